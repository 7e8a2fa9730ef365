//! What must not occur where.

use super::Source;

/// Words that must not occur in some files.
pub(crate) struct Absence {
    /// Beginnings of paths.
    pub(crate) within: &'static [&'static str],
    pub(crate) except: &'static [&'static str],
    pub(crate) extension: &'static str,
    pub(crate) words: &'static [&'static str],
    /// Whether it holds for unit tests too.
    pub(crate) tests_too: bool,
    pub(crate) why: &'static str,
}

impl Absence {
    pub(crate) fn covers(&self, source: &Source) -> bool {
        let path = &source.path;
        source.has_extension(self.extension)
            && self.within.iter().any(|within| path.starts_with(within))
            && !self.except.iter().any(|except| path.starts_with(except))
            && path != "tests/tidy/rules.rs"
    }
}

const CRATES: &[&str] = &["wfmacros/src/", "wfruntime/src/"];

pub(crate) const ABSENCES: &[Absence] = &[
    Absence {
        within: &["wfmacros/src/"],
        except: &[],
        extension: "rs",
        words: &[".unwrap()", ".expect(", "panic!", "unimplemented!", "todo!"],
        tests_too: false,
        why: "a macro reports an error, it does not panic",
    },
    Absence {
        within: &[""],
        // What a macro emits may not always be needed: an `expect` of it would be unfulfilled.
        except: &["wfmacros/src/"],
        extension: "rs",
        words: &["#[allow(", "#![allow("],
        tests_too: true,
        why: "an exception is `#[expect(lint, reason = \"…\")]`",
    },
    Absence {
        within: &["wfruntime/src/"],
        except: &["wfruntime/src/registry", "wfruntime/src/private"],
        extension: "rs",
        words: &["inventory::iter"],
        tests_too: true,
        why: "nothing but the registry reads what inventory collected",
    },
    Absence {
        within: CRATES,
        except: &["wfruntime/src/store/"],
        extension: "rs",
        words: &["sea_query", "rusqlite", "SELECT ", "INSERT INTO", "DELETE FROM"],
        tests_too: false,
        why: "SQL stands in the store alone",
    },
    Absence {
        within: &["wfruntime/src/store/"],
        except: &[],
        extension: "rs",
        words: &[
            "workflow",
            "Workflow",
            "crate::action",
            "crate::auth",
            "crate::collection",
            "crate::engine",
            "crate::execution",
            "crate::http",
            "crate::registry",
            "crate::trigger",
        ],
        tests_too: false,
        why: "the store knows rows, not what they mean",
    },
    Absence {
        within: &["wfruntime/src/engine/", "wfruntime/src/execution", "wfruntime/src/context"],
        except: &[],
        extension: "rs",
        words: &["axum", "tower", "crate::http", "crate::cli", "crate::app"],
        tests_too: true,
        why: "the engine does not know where its work comes from",
    },
    Absence {
        within: &["wfruntime/src/trigger/", "wfruntime/src/collection/", "wfruntime/src/workflow"],
        except: &[],
        extension: "rs",
        words: &["axum", "tower", "crate::http"],
        tests_too: true,
        why: "HTTP stops at `http` and `action`",
    },
    Absence {
        within: &["wfmacros/src/"],
        except: &[],
        extension: "rs",
        words: &[
            "wfruntime::collection",
            "wfruntime::store",
            "wfruntime::engine",
            "wfruntime::inventory",
            "wfruntime::registry",
            "wfruntime::trigger",
        ],
        tests_too: false,
        why: "generated code names nothing outside `wfruntime::private`",
    },
    Absence {
        within: &["wfmacros/", "wfruntime/", "tests/", "examples/", "bench/", "xtask/"],
        except: &[],
        extension: "rs",
        words: &["#[ignore", "should_panic"],
        tests_too: true,
        why: "a test runs, and it says what it expects",
    },
    Absence {
        within: &["wfmacros/", "wfruntime/", "tests/", "examples/"],
        // The one place that waits for another process asks it again and again, up to a deadline.
        except: &[
            "tests/child.rs",
            "tests/crash/program.rs",
            "examples/expense-claims/src/",
            "wfruntime/src/",
        ],
        extension: "rs",
        words: &["thread::sleep(", "time::sleep("],
        tests_too: true,
        why: "a test waits for what it waits for, not for time to pass",
    },
    Absence {
        within: &[""],
        except: &[],
        extension: "rs",
        words: &["/home/", "/root/", "/Users/"],
        tests_too: true,
        why: "a path of one machine",
    },
    Absence {
        within: &[""],
        except: &[],
        extension: "md",
        words: &["/home/", "/root/", "/Users/"],
        tests_too: true,
        why: "a path of one machine",
    },
    Absence {
        within: CRATES,
        except: &[],
        extension: "rs",
        words: &["\"invalid input", "failed to parse", "please "],
        tests_too: false,
        why: "a message says what is wrong and what to type",
    },
];

/// Names of files that say nothing.
pub(crate) const BANNED_FILES: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "types", "manager", "service"];

const BANNED_PARTS: &[&str] = &["Manager", "Helper", "Service", "Util"];

/// The name that a line defines, if it is a banned one.
pub(crate) fn banned_name(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "struct" | "enum" | "trait" | "type" | "mod" | "fn"))?;
    let shown = words[..at]
        .iter()
        .all(|word| word.starts_with("pub") || *word == "async" || *word == "const");
    let name: String = words
        .get(at + 1)?
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    let defines = shown && !name.is_empty();
    let banned = match words[at] {
        // An associated type is named by its trait: `type Service` of tower's is not ours.
        "type" if line.starts_with(' ') => false,
        "mod" => BANNED_FILES.contains(&name.as_str()),
        "fn" => at > 0 && words[0] != "async" && name.starts_with("get_") && name != "get_mut",
        _ => BANNED_PARTS.iter().any(|part| name.contains(part)),
    };
    (defines && banned).then_some(name)
}

#[test]
fn banned_names_are_seen() {
    for (line, banned) in [
        ("pub struct PoolManager {", true),
        ("pub(crate) mod util {", true),
        ("    pub async fn get_name(&self) {", true),
        ("fn get(&self) {", false),
        ("    pub fn get_mut(&mut self) {", false),
        ("fn get_is_about_one_record() {", false),
        ("    type Service = Handler;", false),
        ("use tower::Service;", false),
    ] {
        assert_eq!(banned_name(line).is_some(), banned, "{line}");
    }
}
