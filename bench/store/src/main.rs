//! Durable commits a second, 64 callers, a record and an execution each: our store, and a bare loop
//! over rusqlite with the same grouping, savepoints and pragmas.
//!
//! Usage: `bench-store FOLDER ROUNDS SECONDS`; prints a line for each round, ours and bare.

mod bare;
mod ours;

use std::path::Path;
use std::time::Duration;

const CALLERS: i64 = 64;
const GROUP: usize = 64;
const CONTEXT: &str = r#"{"action":"create","role":"clerk","user":{"id":4503599627370496},"data":{"project":"Berlin","amount":"400.00","status":"submitted"}}"#;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, rounds, seconds] = args.as_slice() else {
        return Err("usage: bench-store FOLDER ROUNDS SECONDS".into());
    };
    let folder = Path::new(folder);
    let length = Duration::from_secs_f64(seconds.parse()?);
    for round in 0..rounds.parse()? {
        let ours = ours::commits(&folder.join(format!("ours-{round}.db")), length).await?;
        let bare = bare::commits(&folder.join(format!("bare-{round}.db")), length).await?;
        println!("ours {ours:.0} bare {bare:.0}");
    }
    Ok(())
}
