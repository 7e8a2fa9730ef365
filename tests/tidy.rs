//! The rules of the house that no lint knows.

#[path = "tidy/messages.rs"]
mod messages;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/sources.rs"]
mod sources;

use sources::{Source, all, root};

/// Fails with every fault at once, a line each.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn files_are_small() {
    const SOFT: usize = 400;
    const HARD: usize = 600;
    let mut faults = Vec::new();
    for source in all().iter().filter(|source| source.has_extension("rs")) {
        let lines = source.text.lines().count();
        if lines > HARD {
            faults.push(format!("{}: {lines} lines, at most {HARD}", source.path));
        } else if lines > SOFT {
            println!("{}: {lines} lines, better at most {SOFT}", source.path);
        }
    }
    assert_none(&faults);
}

#[test]
fn what_a_module_refuses_to_know_does_not_occur_in_it() {
    let mut faults = Vec::new();
    for source in all() {
        for rule in rules::ABSENCES.iter().filter(|rule| rule.covers(source)) {
            for (number, line) in source.lines(rule.tests_too) {
                faults.extend(
                    rule.words
                        .iter()
                        .filter(|word| line.contains(**word))
                        .map(|word| format!("{}:{number}: `{word}`: {}", source.path, rule.why)),
                );
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn nothing_is_named_by_a_banned_word() {
    let mut faults = Vec::new();
    for source in all() {
        let stem = source.stem();
        if rules::BANNED_FILES.contains(&stem) {
            faults.push(format!("{}: `{stem}` says nothing of what is in it", source.path));
        }
        if !source.has_extension("rs") {
            continue;
        }
        for (number, line) in source.lines(true) {
            if let Some(name) = rules::banned_name(&line) {
                faults.push(format!("{}:{number}: `{name}` is a banned name", source.path));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_dependency_is_in_the_workspace_table() {
    let mut faults = Vec::new();
    for source in all().iter().filter(|source| source.is_member_manifest()) {
        let mut in_dependencies = false;
        for (number, line) in source.text.lines().enumerate() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies && line.contains('=') && !line.contains("workspace = true") {
                faults.push(format!("{}:{}: `{line}`", source.path, number + 1));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_message_has_a_golden_file() {
    assert_none(&messages::without_golden());
}

#[test]
fn golden_files_are_short() {
    let mut faults = Vec::new();
    for golden in all().iter().filter(|source| source.has_extension("stderr")) {
        let lines = golden.text.lines().count();
        if lines > 25 {
            faults.push(format!("{}: {lines} lines, at most 25", golden.path));
        }
    }
    for case in all().iter().filter(|source| source.path.starts_with("tests/ui/")) {
        let lines = case.text.lines().count();
        if case.has_extension("rs") && lines > 15 {
            faults.push(format!("{}: {lines} lines, at most 15", case.path));
        }
    }
    assert_none(&faults);
}

#[test]
fn the_readme_shows_the_example_and_the_two_commands() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a README");
    let program = readme
        .split_once("```rust\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(program, _)| program)
        .expect("the README holds a program");
    let example = std::fs::read_to_string(root().join("examples/expense-claims/src/main.rs"))
        .expect("the example");
    // The example can seed itself and has a variant besides; that is no part of the story.
    let besides =
        |line: &&str| ["demo", "ahead", "mod forms;"].iter().any(|word| line.contains(word));
    let example: String = example.split_inclusive('\n').filter(|line| !besides(line)).collect();
    assert_eq!(program, example, "README.md and examples/expense-claims/src/main.rs differ");
    for command in ["cargo run -p expense-claims -- --demo", "cargo xtask test"] {
        assert!(readme.contains(command), "the README does not show `{command}`");
    }
}

#[test]
fn pictures_are_small_and_shown() {
    const MOST: u64 = 120_000;
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a README");
    let mut faults = Vec::new();
    for (path, size) in sources::pictures() {
        if !path.starts_with("docs/") || !path.ends_with(".png") {
            faults.push(format!("{path}: no text, and no picture in docs"));
        }
        if size > MOST {
            faults.push(format!("{path}: {size} bytes, at most {MOST}"));
        }
        if !readme.contains(&format!("({path})")) {
            faults.push(format!("{path}: the README does not show it"));
        }
    }
    assert_none(&faults);
}

#[test]
fn the_map_is_short() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(map.lines().count() <= 200, "ARCHITECTURE.md has more than 200 lines");
}

#[test]
fn ci_runs_what_the_readme_says() {
    let ci = std::fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
    assert!(ci.lines().any(|line| line == "cargo xtask test"));
}

/// So that a rule whose words never occur anywhere is noticed when a path in it is mistyped.
#[test]
fn every_rule_covers_a_file() {
    let faults: Vec<String> = rules::ABSENCES
        .iter()
        .filter(|rule| !all().iter().any(|source| rule.covers(source)))
        .map(|rule| format!("no file for the rule: {}", rule.why))
        .collect();
    assert_none(&faults);
}
