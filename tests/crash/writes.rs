//! Every way to write, killed at its commit: all of it or nothing, and heard of once.

use std::os::unix::process::ExitStatusExt as _;

use rusqlite::Connection;
use serde_json::Value;

use super::SIGABRT;
use super::child::{Program, wait_for};
use super::count::in_flight;

/// A request, what it leaves of tags and links, and what is heard of it.
struct Case {
    /// `{carton}`, `{one}` and `{two}` stand for ids.
    path: &'static str,
    body: &'static str,
    /// The names and sizes of the tags, and how many links there are.
    left: (&'static str, i64),
    heard: &'static [&'static str],
}

/// What is there before each of them: two tags, of which the first is on the carton.
const BEFORE: (&str, i64) = ("one 1, two 2", 1);

const CASES: [Case; 8] = [
    Case {
        path: "tags:updateOrCreate?filterKeys=name",
        body: r#"{"name": "three", "size": 3}"#,
        left: ("one 1, three 3, two 2", 1),
        heard: &["create three 3"],
    },
    Case {
        path: "tags:updateOrCreate?filterKeys=name",
        body: r#"{"name": "one", "size": 9}"#,
        left: ("one 9, two 2", 1),
        heard: &["update one 9"],
    },
    Case {
        path: "tags:firstOrCreate?filterKeys=name",
        body: r#"{"name": "four", "size": 4}"#,
        left: ("four 4, one 1, two 2", 1),
        heard: &["create four 4"],
    },
    Case {
        path: "cartons/{carton}/tags:add",
        body: "[{two}]",
        left: ("one 1, two 2", 2),
        heard: &["create link"],
    },
    Case {
        path: "cartons/{carton}/tags:remove",
        body: "[{one}]",
        left: ("one 1, two 2", 0),
        heard: &["delete link"],
    },
    Case {
        path: "cartons/{carton}/tags:set",
        body: "[{two}]",
        left: ("one 1, two 2", 1),
        heard: &["create link", "delete link"],
    },
    Case {
        path: "cartons:destroy?filterByTk={carton}",
        body: "{}",
        left: ("one 1, two 2", 0),
        heard: &["delete link"],
    },
    Case {
        path: "tags:import?format=json",
        body: r#"[{"name": "five", "size": 5}, {"name": "six", "size": 6}]"#,
        left: ("five 5, one 1, six 6, two 2", 1),
        heard: &["create five 5", "create six 6"],
    },
];

/// The program with what is there before each case.
fn open() -> (Program, String, [String; 3]) {
    let mut program = Program::new(super::EXECUTABLE);
    program.start();
    let root = program.user("Root", "root");
    let made = |path: &str, body: &str| {
        let answer = program.post(&root, &format!("/api/{path}"), body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"].clone()
    };
    let tags = made("tags:create", r#"[{"name": "one", "size": 1}, {"name": "two", "size": 2}]"#);
    let id = |record: &Value| record["id"].to_string();
    let carton = made("cartons:create", &format!(r#"{{"tags": [{}]}}"#, id(&tags[0])));
    let ids = [id(&carton), id(&tags[0]), id(&tags[1])];
    rest(&program);
    (program, root, ids)
}

fn rest(program: &Program) {
    wait_for("everything to come to rest", || (in_flight(program) == 0).then_some(()));
}

fn texts(program: &Program, sql: &str) -> Vec<String> {
    let connection = Connection::open(program.database()).expect("the database");
    let mut statement = connection.prepare(sql).expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}

fn left(program: &Program) -> (String, i64) {
    let tags = texts(program, "SELECT name || ' ' || size FROM tags ORDER BY name");
    let links = texts(program, "SELECT CAST(id AS TEXT) FROM carton_tags");
    (tags.join(", "), i64::try_from(links.len()).expect("few"))
}

/// What was heard since `earlier`.
fn heard(program: &Program, earlier: usize) -> Vec<String> {
    let mut heard = texts(program, "SELECT what FROM heards ORDER BY id").split_off(earlier);
    heard.sort();
    heard
}

#[test]
fn every_way_to_write_is_all_or_nothing() {
    for (case, edge) in CASES.iter().flat_map(|it| [(it, "before_commit"), (it, "after_commit")]) {
        let (mut program, root, [carton, one, two]) = open();
        let earlier = heard(&program, 0).len();
        let _ = program.terminate();
        program.start_with(&["--addr", "127.0.0.1:0"], &[("WF_CRASH_AT", edge)]);
        let named = |text: &str| {
            text.replace("{carton}", &carton).replace("{one}", &one).replace("{two}", &two)
        };
        let (path, body) = (format!("/api/{}", named(case.path)), named(case.body));
        assert_eq!(program.post(&root, &path, &body).status, 0, "{path}: it was answered");
        assert_eq!(program.ended().signal(), Some(SIGABRT), "{path} {edge}");
        program.start();
        rest(&program);
        let (expected, told) = match edge {
            "before_commit" => (BEFORE, &[][..]),
            _ => (case.left, case.heard),
        };
        assert_eq!(left(&program), (expected.0.to_owned(), expected.1), "{path} {edge}");
        assert_eq!(heard(&program, earlier), told, "{path} {edge}");
    }
}

#[test]
fn an_import_ends_at_one_of_its_parts() {
    let mut program = Program::new(super::EXECUTABLE);
    program.start();
    let _ = program.terminate();
    let rows: String = (0..1200).map(|number| format!("tag {number},1\n")).collect();
    let file = program.folder().join("tags.csv");
    std::fs::write(&file, format!("name,size\n{rows}")).expect("a file");
    let count = |program: &Program, table: &str| {
        texts(program, &format!("SELECT CAST(count(*) AS TEXT) FROM {table}"))[0].clone()
    };
    for (arguments, edge, kept) in [
        (&["import", "tags", "tags.csv", "--whole"][..], "before_commit", "0"),
        (&["import", "tags", "tags.csv"], "before_commit:2", "500"),
    ] {
        let output = program.run_with(arguments, &[("WF_CRASH_AT", edge)]);
        assert_eq!(output.status.signal(), Some(SIGABRT), "{output:?}");
        program.start();
        rest(&program);
        assert_eq!(count(&program, "tags"), kept, "{arguments:?}");
        assert_eq!(count(&program, "heards"), kept, "{arguments:?}");
        let _ = program.terminate();
    }
}
