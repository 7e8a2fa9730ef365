//! What the figures were measured on, and with what.

use std::fs::read_to_string;

use crate::process::{output, root};

/// A line for each.
pub(super) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = read_to_string("/proc/cpuinfo").ok().and_then(|text| field(&text, "model name"));
    let memory = read_to_string("/proc/meminfo").ok().and_then(|text| field(&text, "MemTotal"));
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let kernel = output(&["uname", "-sr"]).unwrap_or_default();
    let rustc = output(&["rustc", "--version"]).unwrap_or_default();
    format!(
        "Machine: {cores} cores ({}), {}, {kernel}; load {} at the end.\n\
         Versions: {rustc}; ours {}; hand-written {}.",
        cpu.unwrap_or_else(|| "unknown".into()),
        memory.unwrap_or_else(|| "memory unknown".into()),
        load.join(" "),
        versions("Cargo.lock", &["wfruntime", "axum", "tokio", "rusqlite"]),
        versions("bench/handwritten/Cargo.lock", &["axum", "tokio", "sqlx"]),
    )
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn versions(lock: &str, names: &[&str]) -> String {
    let lock = read_to_string(root().join(lock)).unwrap_or_default();
    let version = |name: &&str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some(format!("{name} {}", rest.split('"').next()?))
    };
    names.iter().filter_map(version).collect::<Vec<_>>().join(", ")
}
