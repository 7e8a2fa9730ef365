//! The project's own commands: `cargo xtask test | bench`.

mod bench;
mod gate;
mod process;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  test [STEP…]   the whole gate, or some of its steps; stops at the first that fails
  test --list    what the steps are
  bench          our speed and memory against what one would write by hand, as one table
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    let done = match command.as_deref() {
        Some("test") => gate::test(&rest),
        Some("bench") => bench::bench(&rest),
        Some("--help" | "-h" | "help") => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(format!("unknown command `{other}`\n\n{USAGE}")),
        None => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
