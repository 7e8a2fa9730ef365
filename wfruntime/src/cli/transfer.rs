//! `export` and `import`: whole collections as files.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{own_file, say};
use crate::app::{App, Purpose, close, open};
use crate::collection::Definition;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::spelling::{instead, quoted};
use crate::transfer::{self, Extent, Format, Input, Source};

/// After so many records it is said how many there were.
const STEP: u64 = 10_000;

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The collection, by its name in URLs
    collection: String,
    /// How they are written; without it as the file's name says, else as CSV
    #[arg(long)]
    format: Option<Format>,
    /// The file to write, which is replaced; without it, the standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The collection, by its name in URLs
    collection: String,
    /// The file with its records, each behind those it refers to
    file: PathBuf,
    /// How they are written; without it as the file's name says
    #[arg(long)]
    format: Option<Format>,
    /// Only tries it, and writes nothing; whoever else writes waits until it is done
    #[arg(long)]
    dry_run: bool,
    /// Writes all of them or none; whoever else writes waits until it is done
    #[arg(long, conflicts_with = "dry_run")]
    whole: bool,
}

pub(super) async fn export(app: &App, export: &Export) -> Result<()> {
    with(app, async |core| {
        let definition = collection(core, &export.collection)?;
        let named = export.output.as_deref().and_then(Format::of);
        let format = export.format.or(named).unwrap_or(Format::Csv);
        let Some(file) = &export.output else {
            return write(core, definition, format, &mut std::io::stdout().lock()).await.map(drop);
        };
        let mut out = BufWriter::new(own_file(file)?);
        let count = write(core, definition, format, &mut out).await?;
        let file = file.display();
        say(&format!("{count} records are in {file}, with all fields, hidden ones too"));
        Ok(())
    })
    .await
}

/// Writes all of a collection; how many records there were.
async fn write(
    core: &Core,
    definition: &'static Definition,
    format: Format,
    to: &mut impl Write,
) -> Result<u64> {
    let mut export = transfer::Export::all(core, definition, format).await?;
    while let Some(part) = export.next().await? {
        to.write_all(&part)?;
        told(export.count);
    }
    to.flush()?;
    Ok(export.count)
}

pub(super) async fn import(app: &App, import: &Import) -> Result<()> {
    with(app, async |core| {
        let definition = collection(core, &import.collection)?;
        let file = import.file.clone();
        let Some(format) = import.format.or_else(|| Format::of(&file)) else {
            let message = format!(
                "`{}` ends neither with `.csv` nor with `.json`: `--format` says what it is",
                file.display()
            );
            return Err(Error::invalid("format", message));
        };
        let extent = match (import.dry_run, import.whole) {
            (true, _) => Extent::Trial,
            (false, true) => Extent::Whole,
            (false, false) => Extent::Chunks,
        };
        let source = Source { definition, input: Input::File(file), format, may: None };
        let count =
            transfer::import(core, &source, extent, None, |progress| told(progress.written))
                .await?;
        say(&match extent {
            Extent::Trial => format!("{count} records would be written; nothing was"),
            Extent::Chunks | Extent::Whole => format!("{count} records are written"),
        });
        Ok(())
    })
    .await
}

/// Does something with the application's core beside the process that serves the database.
async fn with(app: &App, work: impl AsyncFnOnce(&Arc<Core>) -> Result<()>) -> Result<()> {
    let core = open(app, Purpose::Existing).await?;
    let done = work(&core).await;
    let closed = close(&core, Duration::ZERO).await;
    done.and(closed)
}

fn collection(core: &Core, name: &str) -> Result<&'static Definition> {
    core.registry.named(name).ok_or_else(|| {
        let names = core.registry.collections().iter().map(|definition| definition.name());
        let message = format!("unknown collection {}{}", quoted(name), instead(name, names));
        Error::invalid("unknown_collection", message)
    })
}

/// Tells the progress, apart from what is exported.
fn told(count: u64) {
    if count > 0 && count.is_multiple_of(STEP) {
        let _ = writeln!(std::io::stderr(), "{count} records");
    }
}
