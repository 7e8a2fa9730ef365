//! Executions of another program than today's: run again, to see whether they fit.

use crate::core::Core;
use crate::error::Result;
use crate::execution::wind_up::to;
use crate::execution::{EXECUTIONS, Fields, State, Status, revision};
use crate::store::Statement;
use crate::store::sql::{Condition, Op, Query, Select, Set, Update};
use crate::value::{Type, Value};

/// How many executions of one workflow are named one by one.
const NAMED: usize = 50;
/// How many executions one statement is about.
const CHUNK: usize = 5000;

/// At the start of the serving process: makes those ready that wait with another revision than
/// today's, and those that did not fit the program before; strands those whose workflow is gone.
///
/// Finished nodes answer from their jobs. Whoever fits waits on, with today's revision; whoever
/// does not is stranded, before anything of it has run. What has today's revision is not read.
pub(super) async fn review(core: &Core) -> Result<()> {
    if !core.engine.membership().is_serving() {
        return Ok(());
    }
    let mut statements = Vec::new();
    for workflow in core.workflows.all() {
        let of_it = |state: State| {
            Condition::All(vec![
                Condition::eq("key", workflow.key),
                Condition::eq("version", i64::from(workflow.version)),
                Condition::eq("state", state.as_str()),
            ])
        };
        let ready = || ("state", to(State::Ready.as_str()));
        let other = Condition::Compare("revision", Op::Ne, revision(workflow).into());
        statements.push(update(vec![ready()], of_it(State::Waiting).and(other)));
        let again = vec![
            ready(),
            ("status", to(Status::Started.as_str())),
            ("error", Set::To(Value::Null)),
        ];
        statements.push(update(again, of_it(State::Stranded)));
    }
    let changed = core
        .store
        .write_reserved(move |tx| Box::pin(async move { tx.batch(&statements).await }))
        .await?;
    let changed: u64 = changed.iter().sum();
    if changed > 0 {
        tracing::info!("{changed} executions of another revision: run again to see if they fit");
    }
    strand(core, gone(core).await?).await
}

/// An execution that cannot go on: why, the key of its workflow, and its id.
type Gone = (String, String, i64);

/// Why an execution of a workflow that the program does not have cannot go on.
pub(super) fn no_workflow(key: &str) -> String {
    format!("the program has no workflow `{key}`")
}

/// Why an execution of a version that the program does not have cannot go on.
pub(super) fn no_version(key: &str, version: u32) -> String {
    format!("the program has no version {version} of the workflow `{key}`")
}

/// The open executions whose workflow the program does not have, or not in their version.
async fn gone(core: &Core) -> Result<Vec<Gone>> {
    let (mut keys, mut filters) = (Vec::new(), Vec::new());
    for (key, versions) in core.workflows.versions() {
        let known = versions.into_iter().map(|version| i64::from(version).into()).collect();
        let known = Condition::Not(Box::new(Condition::In("version", known)));
        filters.push(Condition::eq("key", key).and(known));
        keys.push(key.into());
    }
    filters.push(Condition::Not(Box::new(Condition::In("key", keys))));
    let gone = Select {
        table: EXECUTIONS,
        columns: vec![("key", Type::Text), ("version", Type::Int), ("id", Type::Int)],
        filter: can_be_stranded().and(Condition::Any(filters)),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let row = |row| {
        let mut from = Fields::new(row);
        let (key, version) = (from.text()?, u32::try_from(from.int()?)?);
        let why = match core.workflows.get(&key) {
            Some(_) => no_version(&key, version),
            None => no_workflow(&key),
        };
        Ok((why, key, from.int()?))
    };
    core.store.read(&gone.build().unbounded()).await?.into_iter().map(row).collect()
}

/// Those that neither run nor are stranded already.
fn can_be_stranded() -> Condition {
    let states = [State::Queued, State::Ready, State::Waiting];
    Condition::In("state", states.map(|state| Value::from(state.as_str())).to_vec())
}

fn update(set: Vec<(&'static str, Set)>, filter: Condition) -> Statement {
    Update { table: EXECUTIONS, set, filter, returning: Vec::new() }.build()
}

/// Strands executions that cannot go on, unless they run.
pub(super) async fn strand(core: &Core, mut gone: Vec<Gone>) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    gone.sort_unstable();
    gone.chunk_by(|left, right| left.0 == right.0).for_each(tell);
    let of_one = |gone: &[Gone]| {
        let set = vec![
            ("status", to(Status::Stranded.as_str())),
            ("state", to(State::Stranded.as_str())),
            ("error", to(gone[0].0.as_str())),
        ];
        let ids = gone.iter().map(|(.., id)| Value::from(*id)).collect();
        update(set, Condition::In("id", ids).and(can_be_stranded()))
    };
    let of_one_reason = gone.chunk_by(|left, right| left.0 == right.0);
    let chunks = of_one_reason.flat_map(|of_one| of_one.chunks(CHUNK));
    let statements: Vec<Statement> = chunks.map(of_one).collect();
    core.store
        .write_reserved(move |tx| Box::pin(async move { tx.batch(&statements).await.map(drop) }))
        .await
}

/// Lists executions that cannot go on for the same reason.
fn tell(gone: &[Gone]) {
    for (why, key, id) in gone.iter().take(NAMED) {
        tracing::warn!("execution {id} of `{key}` is stranded: {why}");
    }
    if let (Some((why, ..)), true) = (gone.first(), gone.len() > NAMED) {
        let more = gone.len() - NAMED;
        tracing::warn!("{more} more executions are stranded: {why}");
    }
}
