//! A TypeScript client made from `/api/openapi.json`: it type-checks, and does its work.

#[path = "../child.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod child;

use std::path::{Path, PathBuf};
use std::process::Command;

use child::{Program, curl};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the generator, the client and the compiler were put into by `cargo xtask test tools`.
fn packages() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let packages = target.join("npm/node_modules");
    assert!(packages.exists(), "no {}: `cargo xtask test tools` makes it", packages.display());
    packages
}

/// A folder with a client made for one role.
struct Client(TempDir);

impl Client {
    /// Generates the types of what `token` may ask for.
    fn generate(program: &Program, token: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(packages(), folder.path().join("node_modules"))
            .expect("a link to the packages");
        let header = format!("Authorization: Bearer {token}");
        let url = format!("{}/api/openapi.json", program.url());
        let document = curl(&["--header", &header, &url]);
        assert_eq!(document.status, 200);
        let client = Self(folder);
        client.write("openapi.json", &document.body.to_string());
        client.write("package.json", &json!({ "type": "module" }).to_string());
        // As the documentation says it: no option that a user would have to find.
        client.node("openapi-typescript/bin/cli.js", &["openapi.json", "--output", "api.d.ts"]);
        client
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("a file is written");
    }

    /// Compiles a source beside the types.
    fn compile(&self, name: &str, source: &str) {
        self.write(name, source);
        let strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
        let to = ["--target", "es2022", "--module", "nodenext"];
        self.node("typescript/bin/tsc", &[&strict[..], &to, &[name]].concat());
    }

    /// Runs a script of a package, or one of its own; what it printed.
    fn node(&self, script: &str, args: &[&str]) -> String {
        let packaged = self.0.path().join("node_modules").join(script);
        let script = if packaged.exists() { packaged } else { self.0.path().join(script) };
        let output = Command::new("node")
            .arg(&script)
            .args(args)
            .current_dir(self.0.path())
            .output()
            .expect("node runs: `cargo xtask test tools` installs it");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {printed}{complaint}", script.display());
        printed
    }
}

#[test]
fn a_client_made_from_the_description_does_its_work() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_program"));
    program.start();
    let (writer, reader) = (program.user("Ada", "writer"), program.user("Grace", "reader"));

    let client = Client::generate(&program, &writer);
    client.compile("writer.ts", include_str!("writer.ts"));
    let printed = client.node("writer.js", &[program.url(), &writer]);
    let told: Value = serde_json::from_str(&printed).expect("one line of JSON");
    let expected = json!({
        "thanks": ["thanks for To be read"],
        "fired": ["review"],
        "found": ["To be read"],
        "refused": [{ "code": "unknown_field", "field": "txt" }],
    });
    assert_eq!(told, expected);

    let client = Client::generate(&program, &reader);
    client.compile("reader.ts", include_str!("reader.ts"));
    let printed = client.node("reader.js", &[program.url(), &reader]);
    let told: Value = serde_json::from_str(&printed).expect("one line of JSON");
    assert_eq!(told, json!({ "titles": ["Read it"], "status": "approved" }));
}

#[test]
fn mistakes_in_a_client_do_not_type_check() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_program"));
    program.start();
    let writer = program.user("Ada", "writer");
    // Each line under `@ts-expect-error` has to be an error, or the compiler says so.
    Client::generate(&program, &writer).compile("mistakes.ts", include_str!("mistakes.ts"));
}

#[test]
fn what_has_a_default_may_be_left_out() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_program"));
    program.start();
    let root = program.user("Root", "root");
    Client::generate(&program, &root).compile("defaults.ts", include_str!("defaults.ts"));
}
