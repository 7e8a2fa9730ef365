//! The files of the repository, read once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A text file of the repository.
pub(crate) struct Source {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file that is no text, by path from the root, with its size in bytes.
pub(crate) fn pictures() -> Vec<(String, u64)> {
    let mut found = Vec::new();
    binaries(&root(), &mut found);
    found
}

/// Every text file, by path.
pub(crate) fn all() -> &'static [Source] {
    static ALL: OnceLock<Vec<Source>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut found = Vec::new();
        collect(&root(), &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    })
}

/// What is in a folder of ours.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        name != "target" && name != ".git" && name != "wip"
    };
    entries.filter(ours).map(|entry| entry.path())
}

fn binaries(folder: &Path, found: &mut Vec<(String, u64)>) {
    for path in entries(folder) {
        if path.is_dir() {
            binaries(&path, found);
        } else if path.to_string_lossy().contains(".db") {
            // Of an example that was tried.
        } else if std::fs::read_to_string(&path).is_err() {
            let size = std::fs::metadata(&path).map_or(0, |file| file.len());
            let path = path.strip_prefix(root()).unwrap_or(&path);
            found.push((path.to_string_lossy().replace('\\', "/"), size));
        }
    }
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for path in entries(folder) {
        if path.is_dir() {
            collect(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap_or(&path);
            found.push(Source { path: path.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

impl Source {
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    pub(crate) fn stem(&self) -> &str {
        Path::new(&self.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    /// Whether it is the manifest of a package in the workspace.
    pub(crate) fn is_member_manifest(&self) -> bool {
        self.path.ends_with("/Cargo.toml") && self.path != "bench/handwritten/Cargo.toml"
    }

    /// Its lines with their numbers, without `//` comments; unit tests only if `tests_too`.
    pub(crate) fn lines(&self, tests_too: bool) -> Vec<(usize, String)> {
        let rust = self.has_extension("rs");
        let in_crate = self.path.contains("/src/");
        if !tests_too && in_crate && (self.stem() == "tests" || self.path.contains("/tests/")) {
            return Vec::new();
        }
        let mut lines = Vec::new();
        let mut all = self.text.lines().enumerate().peekable();
        while let Some((index, line)) = all.next() {
            let opens = |next: &&(usize, &str)| {
                let next = next.1.trim_start();
                next.starts_with("mod ") && next.ends_with('{') || next.starts_with("#[expect")
            };
            // House form: the unit tests are the last module of a file.
            if rust
                && !tests_too
                && line == "#[cfg(test)]"
                && all.peek().as_ref().is_some_and(opens)
            {
                break;
            }
            let code = match (rust, line.find("//")) {
                (true, Some(at)) if !line[..at].ends_with(':') => &line[..at],
                _ => line,
            };
            lines.push((index + 1, code.to_owned()));
        }
        lines
    }
}
