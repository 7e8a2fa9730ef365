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
pub(crate) const SCHEDULES: Name = "wf_schedules";
pub(crate) const MOMENTS: Name = "wf_moments";

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
        schedules(),
        moments(),
    ]
}

fn executions() -> TableSpec {
    TableSpec {
        was: None,
        name: EXECUTIONS,
        columns: vec![
            ColumnSpec::new("id", Type::Int),
            ColumnSpec::new("key", Type::Text),
            ColumnSpec::new("revision", Type::Text),
            ColumnSpec { default: Value::Int(1), ..ColumnSpec::new("version", Type::Int) },
            ColumnSpec::new("collection", Type::Text),
            ColumnSpec::new("record_id", Type::Int),
            ColumnSpec::new("status", Type::Text),
            // Null at the end: what is finished is in none of the indexes by which the engine works.
            ColumnSpec::new("state", Type::Text).nullable(),
            ColumnSpec::new("context", Type::Text).nullable(),
            ColumnSpec::new("chain", Type::Text),
            // The keys that its chain did not fire again, as JSON; null if there are none.
            ColumnSpec::new("cut", Type::Text).nullable(),
            // The node that called it and waits for its end.
            ColumnSpec::new("caller_id", Type::Int).nullable(),
            ColumnSpec::new("caller_key", Type::Text).nullable(),
            // The trace that it belongs to, the span that made it and its flags, and what other
            // programs keep with the trace.
            ColumnSpec::new("trace_id", Type::Text).nullable(),
            ColumnSpec::new("trace_parent", Type::Text).nullable(),
            ColumnSpec::new("trace_state", Type::Text).nullable(),
            ColumnSpec::new("user_id", Type::Int).nullable(),
            ColumnSpec::new("role", Type::Text),
            ColumnSpec::new("owner", Type::Int).nullable(),
            ColumnSpec::new("epoch", Type::Int),
            ColumnSpec::new("wakes", Type::Int),
            ColumnSpec::new("messages", Type::Text),
            ColumnSpec::new("error", Type::Text).nullable(),
            ColumnSpec::new("sync", Type::Bool),
            ColumnSpec::new("created_at", Type::Timestamp),
            ColumnSpec::new("started_at", Type::Timestamp).nullable(),
            ColumnSpec::new("finished_at", Type::Timestamp).nullable(),
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
    let columns = [vec![ColumnSpec::new("execution_id", Type::Int)], job_columns()].concat();
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
        ColumnSpec::new("execution_id", Type::Int),
        // Of the execution, from when it was run again.
        ColumnSpec::new("epoch", Type::Int),
        ColumnSpec::new("restarted_at", Type::Timestamp),
    ];
    let columns = [which, job_columns()].concat();
    let key = vec!["execution_id", "epoch", "key"];
    TableSpec { was: None, name: PAST_JOBS, columns, key, indexes: Vec::new() }
}

fn job_columns() -> Vec<ColumnSpec> {
    vec![
        ColumnSpec::new("key", Type::Text),
        ColumnSpec::new("fingerprint", Type::Int),
        ColumnSpec::new("kind", Type::Text),
        ColumnSpec::new("status", Type::Text),
        ColumnSpec::new("output", Type::Text).nullable(),
        ColumnSpec::new("error", Type::Text).nullable(),
        ColumnSpec::new("attempts", Type::Int),
        ColumnSpec::new("created_at", Type::Timestamp),
        ColumnSpec::new("finished_at", Type::Timestamp).nullable(),
        // Of the records in `output`, so that whoever shows them knows what is hidden.
        ColumnSpec::new("collection", Type::Text).nullable(),
        // The how-manyth node it was that the workflow came to; null if that was not kept.
        ColumnSpec::new("position", Type::Int).nullable(),
        // What it was given, as JSON, for people to see.
        ColumnSpec::new("input", Type::Text).nullable(),
        // Its last attempts, as JSON.
        ColumnSpec::new("tries", Type::Text).nullable(),
    ]
}

fn tasks() -> TableSpec {
    TableSpec {
        was: None,
        name: TASKS,
        columns: vec![
            ColumnSpec::new("id", Type::Int),
            ColumnSpec::new("execution_id", Type::Int),
            ColumnSpec::new("job_key", Type::Text),
            ColumnSpec::new("title", Type::Text),
            ColumnSpec::new("status", Type::Text),
            // True, or null once it is closed.
            ColumnSpec::new("open", Type::Bool).nullable(),
            ColumnSpec::new("needed", Type::Int),
            ColumnSpec::new("rule", Type::Text),
            ColumnSpec::new("due_at", Type::Timestamp).nullable(),
            ColumnSpec::new("created_at", Type::Timestamp),
            ColumnSpec::new("closed_at", Type::Timestamp).nullable(),
            // The fields it asks for, as JSON; none if it takes a decision.
            ColumnSpec::new("form", Type::Text).nullable(),
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
            ColumnSpec::new("task_id", Type::Int),
            ColumnSpec::new("position", Type::Int),
            ColumnSpec::new("user_id", Type::Int).nullable(),
            ColumnSpec::new("role", Type::Text).nullable(),
            // The position of the seat whose place it shares; its own if it shares none.
            ColumnSpec::new("place", Type::Int).nullable(),
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
            ColumnSpec::new("task_id", Type::Int),
            ColumnSpec::new("user_id", Type::Int),
            ColumnSpec::new("decision", Type::Text),
            ColumnSpec::new("comment", Type::Text).nullable(),
            ColumnSpec::new("role", Type::Text),
            // Whether it was root's and not an assignee's.
            ColumnSpec::new("as_root", Type::Bool),
            ColumnSpec::new("created_at", Type::Timestamp),
            // What they were called then.
            ColumnSpec::new("nickname", Type::Text).nullable(),
            // The values they filled in, as JSON.
            ColumnSpec::new("answer", Type::Text).nullable(),
            // The place that they filled.
            ColumnSpec::new("place", Type::Int).nullable(),
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
            ColumnSpec::new("task_id", Type::Int),
            ColumnSpec::new("number", Type::Int),
            ColumnSpec::new("from_id", Type::Int),
            ColumnSpec::new("to_id", Type::Int),
            // What the receiver was called then.
            ColumnSpec::new("nickname", Type::Text),
            // The role whose place they share, if it was not the giver's own.
            ColumnSpec::new("role", Type::Text).nullable(),
            ColumnSpec::new("created_at", Type::Timestamp),
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
            ColumnSpec::new("execution_id", Type::Int),
            // Empty for the timeout of the whole execution.
            ColumnSpec::new("job_key", Type::Text),
            ColumnSpec::new("due_at", Type::Timestamp),
            // What the job's output is once it is due; if null, it is only woken.
            ColumnSpec::new("output", Type::Text).nullable(),
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
            ColumnSpec::new("id", Type::Int),
            ColumnSpec::new("execution_id", Type::Int),
            ColumnSpec::new("name", Type::Text),
            ColumnSpec::new("payload", Type::Text),
            // Who sent it, as JSON, and in which role.
            ColumnSpec::new("sender", Type::Text).nullable(),
            ColumnSpec::new("role", Type::Text).nullable(),
            ColumnSpec::new("created_at", Type::Timestamp),
            // The key of the job that took it; null until then.
            ColumnSpec::new("taken_by", Type::Text).nullable(),
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
            ColumnSpec::new("number", Type::Int),
            ColumnSpec::new("owner", Type::Int),
            ColumnSpec::new("serving", Type::Bool),
            ColumnSpec::new("expires_at", Type::Timestamp),
        ],
        key: vec!["number"],
        indexes: Vec::new(),
    }
}

fn schedules() -> TableSpec {
    TableSpec {
        was: None,
        name: SCHEDULES,
        columns: vec![
            ColumnSpec::new("key", Type::Text),
            // As it was declared: by this it is noticed that it was changed.
            ColumnSpec::new("plan", Type::Text),
            // Moments before this are not its own: it was made, changed or switched on then.
            ColumnSpec::new("since", Type::Timestamp),
            // All moments up to this are done.
            ColumnSpec::new("until", Type::Timestamp),
            ColumnSpec::new("off", Type::Bool),
            ColumnSpec::new("runs", Type::Int),
            ColumnSpec::new("last_at", Type::Timestamp).nullable(),
            ColumnSpec::new("last_execution", Type::Int).nullable(),
        ],
        key: vec!["key"],
        indexes: Vec::new(),
    }
}

/// Moments that have run: none runs twice.
fn moments() -> TableSpec {
    TableSpec {
        was: None,
        name: MOMENTS,
        columns: vec![
            ColumnSpec::new("key", Type::Text),
            // Zero for a schedule that goes by the clock.
            ColumnSpec::new("record_id", Type::Int),
            ColumnSpec::new("due_at", Type::Timestamp),
        ],
        key: vec!["key", "record_id", "due_at"],
        indexes: vec![index(&["key", "due_at"])],
    }
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
