//! The story of the README, told by the README itself: its curl lines are run against the demo, and
//! what they are answered has to be what stands there.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use child::{Answer, Program, curl, wait_for};
use serde_json::Value;

const README: &str = include_str!("../../../README.md");

/// A line of the story, and the answer that stands below it.
struct Step {
    /// What stands in quotes.
    words: Vec<String>,
    answer: Option<Value>,
}

/// The curl lines of the story.
fn steps() -> Vec<Step> {
    let (_, story) = README.split_once("## The story").expect("the story");
    let (story, _) = story.split_once("## What it promises").expect("its end");
    let mut steps = Vec::new();
    for block in story.split("```").skip(1).step_by(2) {
        if let Some(line) = block.strip_prefix("bash\ncurl ") {
            let words = line.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
            steps.push(Step { words, answer: None });
        } else if let Some(json) = block.strip_prefix("json\n") {
            let answer = serde_json::from_str(json).expect("JSON in the README");
            steps.last_mut().expect("a line above an answer").answer = Some(answer);
        }
    }
    steps
}

/// A value in which ids are the places of their first appearance in `ids`, and moments one word.
fn plain(value: &Value, ids: &mut Vec<i64>) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|id| id > 1 << 40) => {
            let id = number.as_i64().unwrap_or_default();
            let place = ids.iter().position(|known| *known == id).unwrap_or_else(|| {
                ids.push(id);
                ids.len() - 1
            });
            format!("id {place}").into()
        }
        Value::String(text) if text.starts_with("20") && text.ends_with('Z') => "moment".into(),
        Value::Array(items) => items.iter().map(|item| plain(item, ids)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), plain(value, ids)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// The token in the demo's line below this heading.
fn token(program: &Program, heading: &str) -> String {
    program.line_with(heading);
    let line = program.line_with("curl -H");
    line.split(['\'', ' ']).nth(5).expect("a token").to_owned()
}

#[test]
fn the_readme_shows_what_is_answered() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_expense-claims"));
    program.start_with(&["--demo", "--addr", "127.0.0.1:0"], &[]);
    let people = [("Ada", "# Ada files"), ("Grace", "# Grace sees"), ("Paul", "# Paul sees")];
    let people =
        people.map(|(name, heading)| (format!("<token of {name}>"), token(&program, heading)));
    // The ids of the README and those of this run, in the order in which they appear.
    let (mut written, mut found) = (Vec::new(), Vec::new());
    let steps = steps();
    assert!(steps.len() >= 4, "the story is not found");
    for Step { words, answer: expected } in steps {
        let mut arguments = Vec::new();
        for mut word in words {
            for (place, token) in &people {
                word = word.replace(place, token);
            }
            for (there, here) in written.iter().zip(&found) {
                word = word.replace(&i64::to_string(there), &i64::to_string(here));
            }
            if let Some(path) = word.strip_prefix("http://localhost:3000") {
                arguments.push(format!("{}{path}", program.url()));
            } else {
                let flag = if word.starts_with("Authorization: ") { "-H" } else { "-d" };
                arguments.extend([flag.to_owned(), word]);
            }
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let expected = expected.map(|expected| plain(&expected, &mut written));
        let ask = || {
            let Answer { status, body } = curl(&arguments);
            assert_eq!(status, 200, "{arguments:?} {body}");
            let mut ids = found.clone();
            (plain(&body, &mut ids), ids)
        };
        let Some(expected) = expected else {
            ask();
            continue;
        };
        if arguments.contains(&"-d") {
            let (body, ids) = ask();
            assert_eq!(body, expected, "{arguments:?}");
            found = ids;
        } else {
            // Workflows go on behind the answers.
            found = wait_for(&format!("{arguments:?} {expected}"), || {
                let (body, ids) = ask();
                (body == expected).then_some(ids)
            });
        }
    }
}
