//! Writes the workflows of `bench-wide`: as many as `WF_WORKFLOWS` says, since the bench alone
//! needs a number that takes long to compile.

use std::fmt::Write as _;
use std::path::Path;

/// How many workflows a collection has, of which kinds.
const KINDS: [(&str, &str); 5] = [
    ("#[post_action(mode = \"global\", on = [create])]", "PostAction<Other>, _: Context"),
    (
        "#[post_action(mode = \"global\", on = [create, update], execution = \"sync\")]",
        "PostAction<Other>, _: SyncContext",
    ),
    ("#[post_action(mode = \"local\")]", "PostAction<Other>, _: Context"),
    ("#[pre_action(mode = \"global\", on = [create])]", "PreAction<Other>, _: PreContext<Other>"),
    ("#[collection_event(on = [create, update])]", "CollectionEvent<Other>, _: Context"),
];
const EACH: usize = 20;

fn main() {
    println!("cargo:rerun-if-env-changed=WF_WORKFLOWS");
    let wanted = std::env::var("WF_WORKFLOWS").ok().and_then(|number| number.parse().ok());
    let wanted: usize = wanted.unwrap_or(EACH);
    let mut text = String::new();
    for collection in 0..wanted.div_ceil(EACH) {
        let _ = writeln!(
            text,
            "mod other{collection} {{\nuse wfruntime::prelude::*;\n\
             #[collection(name = \"others{collection}\", table = \"others_{collection}\")]\n\
             pub(crate) struct Other {{ pub(crate) text: String }}"
        );
        for workflow in collection * EACH..wanted.min((collection + 1) * EACH) {
            let (attribute, arguments) = KINDS[workflow % KINDS.len()];
            let _ = writeln!(
                text,
                "{attribute}\nasync fn other{workflow}(_: {arguments}) -> Result<()> {{ Ok(()) }}"
            );
        }
        text.push_str("}\n");
    }
    let folder = std::env::var("OUT_DIR").expect("cargo says where to write");
    std::fs::write(Path::new(&folder).join("others.rs"), text).expect("the file is written");
}
