//! `executions export`: writes recorded executions, to replay them in tests.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use super::executions::{Filter, id};
use super::{own_file, say};
use crate::core::Core;
use crate::engine::control;
use crate::error::Result;
use crate::execution::Recorded;
use crate::store::sql::{Condition, Op};

/// How many are read at once.
const PAGE: u64 = 200;

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// Their ids; without any, all that fit
    #[arg(value_parser = id, conflicts_with_all = ["status", "key"])]
    ids: Vec<i64>,
    #[command(flatten)]
    filter: Filter,
    /// The file to write, which is replaced; without it, the standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(core: &Core, export: Export) -> Result<()> {
    let filter = export.filter.condition()?;
    let Some(file) = &export.output else {
        write(core, &export.ids, filter, &mut std::io::stdout().lock()).await?;
        return Ok(());
    };
    let mut writer = BufWriter::new(own_file(file)?);
    let count = write(core, &export.ids, filter, &mut writer).await?;
    writer.flush()?;
    let file = file.display();
    say(&format!(
        "{count} executions are in {file}, with all fields of their records, hidden ones too"
    ));
    Ok(())
}

/// Writes them, the oldest first, a line each; how many.
async fn write(
    core: &Core,
    ids: &[i64],
    filter: Condition,
    to: &mut (impl Write + ?Sized),
) -> Result<u64> {
    if !ids.is_empty() {
        for id in ids {
            write_one(core, *id, to).await?;
        }
        return Ok(ids.len() as u64);
    }
    let (mut count, mut last) = (0, 0);
    loop {
        let next = filter.clone().and(Condition::Compare("id", Op::Gt, last.into()));
        let (page, _) = control::list(&core.store, next, vec![("id", false)], PAGE, 0).await?;
        let Some(end) = page.last() else { return Ok(count) };
        last = end.id;
        for execution in &page {
            write_one(core, execution.id, to).await?;
            count += 1;
        }
    }
}

async fn write_one(core: &Core, id: i64, to: &mut (impl Write + ?Sized)) -> Result<()> {
    let control::Found { execution, jobs, .. } = control::get(&core.store, id).await?;
    serde_json::to_writer(&mut *to, &Recorded::of(execution, jobs)?)?;
    to.write_all(b"\n")?;
    Ok(())
}
