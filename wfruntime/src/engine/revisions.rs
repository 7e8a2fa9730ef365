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
            Condition::eq("key", workflow.key).and(Condition::eq("state", state.as_str()))
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

/// The open executions whose workflow the program does not have, by its key.
async fn gone(core: &Core) -> Result<Vec<(String, i64)>> {
    let keys: Vec<Value> = core.workflows.all().map(|workflow| workflow.key.into()).collect();
    let known = Condition::In("key", keys);
    let gone = Select {
        table: EXECUTIONS,
        columns: vec![("key", Type::Text), ("id", Type::Int)],
        filter: Condition::Not(Box::new(known)).and(can_be_stranded()),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let row = |row| {
        let mut from = Fields::new(row);
        Ok((from.text()?, from.int()?))
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

/// Strands executions whose workflow, by its key, the program does not have; unless they run.
pub(super) async fn strand(core: &Core, mut gone: Vec<(String, i64)>) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    gone.sort_unstable();
    let of_one = |gone: &[(String, i64)]| {
        let key = &gone[0].0;
        tell(gone);
        let set = vec![
            ("status", to(Status::Stranded.as_str())),
            ("state", to(State::Stranded.as_str())),
            ("error", to(format!("the program has no workflow `{key}`"))),
        ];
        let ids = gone.iter().map(|(_, id)| Value::from(*id)).collect();
        update(set, Condition::In("id", ids).and(can_be_stranded()))
    };
    let of_one_key = gone.chunk_by(|left, right| left.0 == right.0);
    let chunks = of_one_key.flat_map(|of_one| of_one.chunks(CHUNK));
    let statements: Vec<Statement> = chunks.map(of_one).collect();
    core.store
        .write_reserved(move |tx| Box::pin(async move { tx.batch(&statements).await.map(drop) }))
        .await
}

/// Lists executions of one workflow that the program does not have.
fn tell(gone: &[(String, i64)]) {
    for (key, id) in gone.iter().take(NAMED) {
        tracing::warn!("execution {id} of `{key}` is stranded: the program has no such workflow");
    }
    if let (Some((key, _)), true) = (gone.first(), gone.len() > NAMED) {
        let more = gone.len() - NAMED;
        tracing::warn!("{more} more executions of `{key}` are stranded for the same reason");
    }
}
