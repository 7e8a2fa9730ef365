//! What the tests need on the machine besides Rust, and how to get it.

use std::path::Path;

use crate::process::{Done, run, succeeds};

/// A program the tests call.
struct Tool {
    name: &'static str,
    /// Succeeds if it is there.
    check: &'static [&'static str],
    /// Debian's package with it.
    package: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { name: "curl", check: &["curl", "--version"], package: "curl" },
    Tool {
        name: "chromium",
        check: &["chromium-headless-shell", "--version"],
        package: "chromium-headless-shell",
    },
    Tool {
        name: "chromedriver",
        check: &["chromedriver", "--version"],
        package: "chromium-driver",
    },
    Tool {
        name: "postgresql",
        // Debian keeps the server's programs outside the path; this one tells of them.
        check: &["sh", "-c", "command -v initdb || ls /usr/lib/postgresql/*/bin/initdb"],
        package: "postgresql",
    },
    // For the packages below, and for node, which runs them.
    Tool { name: "npm", check: &["npm", "--version"], package: "npm" },
];

/// What is taken from npm.
const PACKAGES: &[&str] = &[
    // Finds faults that keep people from using a page, run in the browser by `wf-browser`.
    "axe-core@4.14.1",
    // A client made from `/api/openapi.json`, as `client` makes it.
    "openapi-fetch@0.17.0",
    "openapi-typescript@7.13.0",
    "typescript@5.9.3",
];

/// Installs what is missing, if this is root on a machine with `apt-get`; else names it.
pub(crate) fn install() -> Done {
    programs()?;
    packages()
}

fn programs() -> Done {
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

/// Takes the packages from npm into the target folder; no script of theirs is run for it.
fn packages() -> Done {
    // This program is in a folder of the target folder.
    let here = std::env::current_exe().map_err(|error| format!("where is this? {error}"))?;
    let target = here.ancestors().nth(2).ok_or("the target folder is unknown")?;
    let folder = target.join("npm");
    if PACKAGES.iter().all(|package| has(&folder, package)) {
        println!("present: {}", PACKAGES.join(", "));
        return Ok(());
    }
    let prefix = folder.to_string_lossy();
    let quiet = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    let line = [&["npm", "install", "--prefix", &prefix][..], &quiet, PACKAGES].concat();
    std::fs::create_dir_all(&folder).map_err(|error| format!("`{prefix}`: {error}"))?;
    let names = PACKAGES.join(", ");
    run(&line, &[]).map_err(|error| format!("the tests need {names} from npm: {error}"))
}

/// Whether `name@version` is in a folder of packages.
fn has(folder: &Path, package: &str) -> bool {
    let Some((name, version)) = package.rsplit_once('@') else { return false };
    let manifest = folder.join("node_modules").join(name).join("package.json");
    std::fs::read_to_string(manifest)
        .is_ok_and(|manifest| manifest.contains(&format!("\"version\": \"{version}\"")))
}

fn is_root() -> bool {
    crate::process::output(&["id", "-u"]).as_deref() == Some("0")
}
