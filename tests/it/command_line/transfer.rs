//! `export` and `import`.

use super::{Server, folder, run};

const CSV: &str = "\
name,size,price,note,onId
\"a, \"\"b\"\"\",1,1.50,\"two
lines\",
c,,,,
";

fn write(folder: &tempfile::TempDir, file: &str, text: &str) {
    std::fs::write(folder.path().join(file), text).expect("a file");
}

fn read(folder: &tempfile::TempDir, file: &str) -> String {
    std::fs::read_to_string(folder.path().join(file)).expect("a file")
}

#[test]
fn records_go_out_and_come_in_unchanged() {
    let folder = folder();
    run(&folder, &["migrate"]);
    write(&folder, "in.csv", CSV);
    let tried = run(&folder, &["import", "labels", "in.csv", "--dry-run"]);
    assert_eq!(tried.out, "2 records would be written; nothing was\n", "{}", tried.err);
    let done = run(&folder, &["import", "labels", "in.csv"]);
    assert_eq!(
        (done.code, done.out.as_str()),
        (Some(0), "2 records are written\n"),
        "{}",
        done.err
    );
    for (format, file) in [("json", "out.json"), ("csv", "out.csv")] {
        let done = run(&folder, &["export", "labels", "--output", file]);
        assert!(done.out.starts_with(&format!("2 records are in {file}")), "{}", done.err);
        let other = super::folder();
        run(&other, &["migrate"]);
        write(&other, "labels", &read(&folder, file));
        let import = ["import", "labels", "labels", "--format", format];
        let done = run(&other, &[&import[..], &["--whole"]].concat());
        assert_eq!(done.out, "2 records are written\n", "{}", done.err);
        let out = run(&other, &["export", "labels", "--format", format]).out;
        assert_eq!(out, read(&folder, file), "with ids and moments");
    }
    let json = read(&folder, "out.json");
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&read[0]["name"], &read[0]["price"]), (&"a, \"b\"".into(), &"1.5".into()));
    assert_eq!((&read[1]["size"], &read[1]["note"]), (&().into(), &().into()));
    assert_eq!(read[0]["note"], "two\nlines");
}

#[test]
fn no_workflow_follows_an_import_beside_the_server() {
    let folder = folder();
    let server = Server::start(&folder);
    write(&folder, "notes.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
    let done = run(&folder, &["import", "notes", "notes.jsonl"]);
    assert_eq!(done.out, "2 records are written\n", "{}", done.err);
    let executions = run(&folder, &["executions", "list"]).out;
    assert!(!executions.contains("thank"), "{executions}");
    let notes = run(&folder, &["export", "notes"]).out;
    assert_eq!(notes.lines().count(), 3, "{notes}");
    drop(server);
}

#[test]
fn what_is_wrong_is_told_by_its_line_and_nothing_is_written() {
    let folder = folder();
    run(&folder, &["migrate"]);
    let labels = |sizes: &[&str]| {
        let rows = sizes.iter().enumerate().map(|(index, size)| format!("n{index},{size}\n"));
        format!("name,size\n{}", rows.collect::<String>())
    };
    for (file, text, told) in [
        ("a.csv", labels(&["1", "x", "3", "1.5"]), vec!["line 3: ", "line 5: "]),
        ("a.csv", "size\n1\n".to_owned(), vec!["line 2: `name` is required"]),
        (
            "a.csv",
            "name,sise\na,1\n".to_owned(),
            vec!["unknown field `sise`; did you mean `size`?"],
        ),
        ("a.csv", "name,name\na,1\n".to_owned(), vec!["`name` stands twice in its first line"]),
        ("a.csv", "name,size\na\n".to_owned(), vec!["line 2: "]),
        ("a.json", "[\n{\"name\": \"a\"},\n{\"name\": 1}]".to_owned(), vec!["line 3: "]),
        ("a.json", "[{\"name\": \"a\"}, 5]".to_owned(), vec!["line 1: expected an object"]),
        (
            "a.json",
            "{\"name\": \"a\", \"id\": 9007199254740000}".to_owned(),
            vec!["line 1: `id` is none"],
        ),
        ("a.csv", "name\na\na\n".to_owned(), vec!["line 3: "]),
        ("a.csv", "name,onId\na,77\n".to_owned(), vec!["line 2: "]),
        ("a.txt", String::new(), vec!["`--format` says what it is"]),
    ] {
        write(&folder, file, &text);
        for arguments in [&["import", "labels", file][..], &["import", "labels", file, "--dry-run"]]
        {
            let done = run(&folder, arguments);
            assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{text}");
            for told in &told {
                assert!(done.err.contains(told), "{text}: {}", done.err);
            }
        }
    }
    let left = run(&folder, &["export", "labels"]).out;
    assert_eq!(left.lines().count(), 1, "{left}");
    let done = run(&folder, &["import", "users", "a.csv"]);
    assert!(done.err.contains("users cannot be imported"), "{}", done.err);
    let done = run(&folder, &["export", "lables"]);
    assert!(done.err.contains("did you mean `labels`?"), "{}", done.err);
}

#[test]
fn many_records_are_written_in_parts_or_as_a_whole() {
    let folder = folder();
    run(&folder, &["migrate"]);
    let mut rows: String = (0..1200).map(|index| format!("n{index}\n")).collect();
    rows.push_str("n3\n");
    write(&folder, "a.csv", &format!("name\n{rows}"));
    let count = || run(&folder, &["export", "labels"]).out.lines().count() - 1;
    let done = run(&folder, &["import", "labels", "a.csv", "--whole"]);
    assert!(done.err.contains("line 1202: "), "{}", done.err);
    assert_eq!(count(), 0);
    let done = run(&folder, &["import", "labels", "a.csv"]);
    assert!(done.err.contains("the first 1000 records are written"), "{}", done.err);
    assert_eq!(count(), 1000);
}
