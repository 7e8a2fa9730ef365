//! Runs other programs from the workspace's root.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a command of this program gives back; the error is a sentence for people.
pub(crate) type Done<T = ()> = Result<T, String>;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs `line`, its output shown as it comes.
pub(crate) fn run(line: &[&str], environment: &[(&str, &str)]) -> Done {
    println!("$ {}", line.join(" "));
    let status = command(line)?
        .envs(environment.iter().copied())
        .status()
        .map_err(|error| format!("`{}` does not start: {error}", line.join(" ")))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed: {status}", line.join(" "))) }
}

/// What `line` prints; `None` if it does not start or fails.
pub(crate) fn output(line: &[&str]) -> Option<String> {
    let output = command(line).ok()?.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether `line` runs and succeeds.
pub(crate) fn succeeds(line: &[&str]) -> bool {
    output(line).is_some()
}

fn command(line: &[&str]) -> Done<Command> {
    let (program, args) = line.split_first().ok_or("an empty command")?;
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    Ok(command)
}
