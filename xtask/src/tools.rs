//! What the tests need on the machine besides Rust, and how to get it.

use crate::process::{Done, run, succeeds};

/// A program the tests call.
struct Tool {
    name: &'static str,
    /// Succeeds if it is there.
    check: &'static [&'static str],
    /// Debian's package with it.
    package: &'static str,
}

const TOOLS: &[Tool] = &[Tool { name: "curl", check: &["curl", "--version"], package: "curl" }];

/// Installs what is missing, if this is root on a machine with `apt-get`; else names it.
pub(crate) fn install() -> Done {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !succeeds(tool.check)).collect();
    if missing.is_empty() {
        let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        println!("present: {}", names.join(", "));
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    if !is_root() || !succeeds(&["apt-get", "--version"]) {
        return Err(format!("the tests need these programs, install them: {}", packages.join(" ")));
    }
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    run(&["apt-get", "update", "--quiet"], &quiet)?;
    let mut line = vec!["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"];
    line.extend(packages);
    run(&line, &quiet)
}

fn is_root() -> bool {
    crate::process::output(&["id", "-u"]).as_deref() == Some("0")
}
