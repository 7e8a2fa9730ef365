//! The tables of executions and of what belongs to them.

use crate::store::schema::{ColumnSpec, IndexSpec, TableSpec};
use crate::store::sql::Name;
use crate::value::{Type, Value};

pub(crate) const EXECUTIONS: Name = "wf_executions";
pub(crate) const JOBS: Name = "wf_jobs";
pub(crate) const PAST_JOBS: Name = "wf_past_jobs";
pub(crate) const TASKS: Name = "wf_tasks";
pub(crate) const ASSIGNEES: Name = "wf_task_assignees";
pub(crate) const DECISIONS: Name = "wf_decisions";
pub(crate) const DELEGATIONS: Name = "wf_delegations";
pub(crate) const TIMERS: Name = "wf_timers";
pub(crate) const SIGNALS: Name = "wf_signals";
pub(crate) const PROCESSES: Name = "wf_processes";

/// The tables of the engine.
pub(crate) fn tables() -> Vec<TableSpec> {
    vec![
        executions(),
        jobs(),
        past_jobs(),
        tasks(),
        assignees(),
        decisions(),
        delegations(),
        timers(),
        signals(),
        processes(),
    ]
}

fn executions() -> TableSpec {
    TableSpec {
        was: None,
        name: EXECUTIONS,
        columns: vec![
            column("id", Type::Int),
            column("key", Type::Text),
            column("revision", Type::Text),
            ColumnSpec { default: Value::Int(1), ..column("version", Type::Int) },
            column("collection", Type::Text),
            column("record_id", Type::Int),
            column("status", Type::Text),
            // Null at the end: what is finished is in none of the indexes by which the engine works.
            nullable("state", Type::Text),
            nullable("context", Type::Text),
            column("chain", Type::Text),
            // The keys that its chain did not fire again, as JSON; null if there are none.
            nullable("cut", Type::Text),
            // The node that called it and waits for its end.
            nullable("caller_id", Type::Int),
            nullable("caller_key", Type::Text),
            nullable("user_id", Type::Int),
            column("role", Type::Text),
            nullable("owner", Type::Int),
            column("epoch", Type::Int),
            column("wakes", Type::Int),
            column("messages", Type::Text),
            nullable("error", Type::Text),
            column("sync", Type::Bool),
            column("created_at", Type::Timestamp),
            nullable("started_at", Type::Timestamp),
            nullable("finished_at", Type::Timestamp),
        ],
        key: vec!["id"],
        indexes: vec![
            index(&["state", "id"]).where_set("state"),
            index(&["key", "record_id", "id"]).where_set("state"),
            // By which old ones are found, each status for itself.
            index(&["status", "finished_at"]).where_set("finished_at"),
            index(&["caller_id"]).where_set("caller_id"),
            index(&["record_id"]),
            // For those who look on: the latest of a workflow, and what became of those that ended.
            index(&["key"]),
            index(&["status", "key"]).where_set("finished_at"),
        ],
    }
}

fn jobs() -> TableSpec {
    let columns = [vec![column("execution_id", Type::Int)], job_columns()].concat();
    TableSpec {
        was: None,
        name: JOBS,
        columns,
        key: vec!["execution_id", "key"],
        indexes: Vec::new(),
    }
}

/// Jobs that were put aside as their executions were run again.
fn past_jobs() -> TableSpec {
    let which = vec![
        column("execution_id", Type::Int),
        // Of the execution, from when it was run again.
        column("epoch", Type::Int),
        column("restarted_at", Type::Timestamp),
    ];
    let columns = [which, job_columns()].concat();
    let key = vec!["execution_id", "epoch", "key"];
    TableSpec { was: None, name: PAST_JOBS, columns, key, indexes: Vec::new() }
}

fn job_columns() -> Vec<ColumnSpec> {
    vec![
        column("key", Type::Text),
        column("fingerprint", Type::Int),
        column("kind", Type::Text),
        column("status", Type::Text),
        nullable("output", Type::Text),
        nullable("error", Type::Text),
        column("attempts", Type::Int),
        column("created_at", Type::Timestamp),
        nullable("finished_at", Type::Timestamp),
        // Of the records in `output`, so that whoever shows them knows what is hidden.
        nullable("collection", Type::Text),
        // The how-manyth node it was that the workflow came to; null if that was not kept.
        nullable("position", Type::Int),
        // What it was given, as JSON, for people to see.
        nullable("input", Type::Text),
        // Its last attempts, as JSON.
        nullable("tries", Type::Text),
    ]
}

fn tasks() -> TableSpec {
    TableSpec {
        was: None,
        name: TASKS,
        columns: vec![
            column("id", Type::Int),
            column("execution_id", Type::Int),
            column("job_key", Type::Text),
            column("title", Type::Text),
            column("status", Type::Text),
            // True, or null once it is closed.
            nullable("open", Type::Bool),
            column("needed", Type::Int),
            column("rule", Type::Text),
            nullable("due_at", Type::Timestamp),
            column("created_at", Type::Timestamp),
            nullable("closed_at", Type::Timestamp),
            // The fields it asks for, as JSON; none if it takes a decision.
            nullable("form", Type::Text),
        ],
        key: vec!["id"],
        indexes: vec![index(&["execution_id"]), index(&["open", "id"]).where_set("open")],
    }
}

fn assignees() -> TableSpec {
    TableSpec {
        was: None,
        name: ASSIGNEES,
        columns: vec![
            column("task_id", Type::Int),
            column("position", Type::Int),
            nullable("user_id", Type::Int),
            nullable("role", Type::Text),
            // The position of the seat whose place it shares; its own if it shares none.
            nullable("place", Type::Int),
        ],
        key: vec!["task_id", "position"],
        indexes: Vec::new(),
    }
}

fn decisions() -> TableSpec {
    TableSpec {
        was: None,
        name: DECISIONS,
        columns: vec![
            column("task_id", Type::Int),
            column("user_id", Type::Int),
            column("decision", Type::Text),
            nullable("comment", Type::Text),
            column("role", Type::Text),
            // Whether it was root's and not an assignee's.
            column("as_root", Type::Bool),
            column("created_at", Type::Timestamp),
            // What they were called then.
            nullable("nickname", Type::Text),
            // The values they filled in, as JSON.
            nullable("answer", Type::Text),
            // The place that they filled.
            nullable("place", Type::Int),
        ],
        key: vec!["task_id", "user_id"],
        indexes: Vec::new(),
    }
}

fn delegations() -> TableSpec {
    TableSpec {
        was: None,
        name: DELEGATIONS,
        columns: vec![
            column("task_id", Type::Int),
            column("number", Type::Int),
            column("from_id", Type::Int),
            column("to_id", Type::Int),
            // What the receiver was called then.
            column("nickname", Type::Text),
            // The role whose place they share, if it was not the giver's own.
            nullable("role", Type::Text),
            column("created_at", Type::Timestamp),
        ],
        key: vec!["task_id", "number"],
        indexes: Vec::new(),
    }
}

fn timers() -> TableSpec {
    TableSpec {
        was: None,
        name: TIMERS,
        columns: vec![
            column("execution_id", Type::Int),
            // Empty for the timeout of the whole execution.
            column("job_key", Type::Text),
            column("due_at", Type::Timestamp),
            // What the job's output is once it is due; if null, it is only woken.
            nullable("output", Type::Text),
        ],
        key: vec!["execution_id", "job_key"],
        indexes: vec![index(&["due_at"])],
    }
}

fn signals() -> TableSpec {
    TableSpec {
        was: None,
        name: SIGNALS,
        columns: vec![
            column("id", Type::Int),
            column("execution_id", Type::Int),
            column("name", Type::Text),
            column("payload", Type::Text),
            // Who sent it, as JSON, and in which role.
            nullable("sender", Type::Text),
            nullable("role", Type::Text),
            column("created_at", Type::Timestamp),
            // The key of the job that took it; null until then.
            nullable("taken_by", Type::Text),
        ],
        key: vec!["id"],
        indexes: vec![index(&["execution_id", "id"])],
    }
}

fn processes() -> TableSpec {
    TableSpec {
        was: None,
        name: PROCESSES,
        columns: vec![
            column("number", Type::Int),
            column("owner", Type::Int),
            column("serving", Type::Bool),
            column("expires_at", Type::Timestamp),
        ],
        key: vec!["number"],
        indexes: Vec::new(),
    }
}

fn column(name: Name, ty: Type) -> ColumnSpec {
    ColumnSpec { name, ty, nullable: false, default: Value::Null, references: None, was: None }
}

fn nullable(name: Name, ty: Type) -> ColumnSpec {
    ColumnSpec { nullable: true, ..column(name, ty) }
}

fn index(columns: &[Name]) -> IndexSpec {
    IndexSpec { columns: columns.to_vec(), unique: false, only: None }
}

impl IndexSpec {
    /// Only rows where the column is not null.
    fn where_set(mut self, column: Name) -> Self {
        self.only = Some((column, Vec::new()));
        self
    }
}
