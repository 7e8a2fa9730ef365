//! What the arguments mean, and which of them contradict each other.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, LitInt, LitStr};

use super::parse::TriggerAst;
use crate::args::joined;
use crate::diag::{Errors, message};
use crate::paths::Runtime;
use crate::words;

/// What fires a workflow, and how it runs: only this can be emitted.
pub(crate) struct Trigger {
    pub(crate) runtime: Runtime,
    pub(crate) is_local: bool,
    pub(crate) is_sync: bool,
    pub(crate) on: Vec<Ident>,
    pub(crate) appends: Vec<Vec<Ident>>,
    pub(crate) key: String,
    pub(crate) title: Option<String>,
    pub(crate) version: u32,
    pub(crate) enabled: bool,
    pub(crate) when: Option<Expr>,
    pub(crate) changed: Vec<Ident>,
    pub(crate) allow: Vec<Ident>,
    pub(crate) retry: Option<u32>,
    pub(crate) timeout: Option<u64>,
    pub(crate) concurrency: Option<u32>,
    pub(crate) overlap: &'static str,
}

/// Judges the arguments of the workflow `name`.
pub(crate) fn lower(ast: TriggerAst, name: &Ident, errors: &mut Errors) -> Trigger {
    let is_local = mode(&ast, errors);
    let on = on(&ast, is_local, errors);
    let execution = word(&ast.execution, "execution", &["async", "sync"], errors);
    let overlaps = ["allow", "cancel_previous", "refuse"];
    let overlap = word(&ast.overlap, "overlap", &overlaps, errors);
    distinct_paths(&ast.appends, errors);
    let changed = ast.changed.unwrap_or_default();
    distinct(&changed, errors);
    let allow = match ast.allow {
        Some((key, names)) if names.is_empty() => {
            errors.at(
                &key,
                message(
                    "`allow` must name at least one role",
                    Some("without it, every role that has the workflow may use it"),
                    Some("name a role, as in `allow = [supervisor]`, or remove `allow`"),
                ),
            );
            names
        }
        Some((_, names)) => names,
        None => Vec::new(),
    };
    distinct(&allow, errors);
    if let Some((key, length)) = &ast.timeout
        && length.millis == 0
    {
        errors.at(key, "`timeout` must be longer than nothing");
    }
    Trigger {
        runtime: ast.runtime,
        is_local: is_local == Some(true),
        is_sync: execution == Some("sync"),
        on,
        appends: ast.appends,
        key: key(ast.key.as_ref(), name, errors),
        title: ast.title.map(|title| title.value()),
        version: at_least_one(
            ast.version.as_ref(),
            "version",
            "without it, a workflow has version 1",
            errors,
        )
        .unwrap_or(1),
        enabled: ast.enabled.is_none_or(|enabled| enabled.value),
        when: ast.when,
        changed,
        allow,
        retry: at_least_one(ast.retry.as_ref(), "retry", "the first attempt counts", errors),
        timeout: ast.timeout.map(|(_, length)| length.millis),
        concurrency: at_least_one(
            ast.concurrency.as_ref(),
            "concurrency",
            "to switch a workflow off, write `enabled = false`",
            errors,
        ),
        overlap: overlap.unwrap_or("allow"),
    }
}

/// Whether the mode is local; `None` if it is not known.
fn mode(ast: &TriggerAst, errors: &mut Errors) -> Option<bool> {
    if !ast.has_mode {
        errors.span(
            ast.at,
            message(
                "missing argument `mode` of `#[post_action]`",
                Some(
                    "a local workflow runs where it is named, a global one on every action in `on`",
                ),
                Some("add `mode = \"local\"`, or `mode = \"global\", on = [create, update]`"),
            ),
        );
    }
    Some(word(&ast.mode, "mode", &["local", "global"], errors)? == "local")
}

fn on(ast: &TriggerAst, is_local: Option<bool>, errors: &mut Errors) -> Vec<Ident> {
    let Some((key, names)) = &ast.on else {
        if is_local == Some(false) && !ast.has_on {
            errors.span(
                ast.at,
                message(
                    "missing argument `on` of `#[post_action]`",
                    Some("a global post action must say after which actions it runs"),
                    Some("add `on = [create, update]`, or one of them"),
                ),
            );
        }
        return Vec::new();
    };
    if is_local == Some(true) {
        errors.at(
            key,
            message(
                "`on` has no effect when `mode = \"local\"`",
                Some("a local post action runs where it is named, whatever the action"),
                Some("remove `on`, or use `mode = \"global\"`"),
            ),
        );
        return Vec::new();
    }
    if names.is_empty() {
        errors.at(
            key,
            message(
                "`on` must name at least one action",
                None,
                Some("write `on = [create, update]`, or one of them"),
            ),
        );
    }
    for name in names {
        fires(name, errors);
    }
    distinct(names, errors);
    names.clone()
}

/// Refuses the built-in actions that fire nothing.
fn fires(name: &Ident, errors: &mut Errors) {
    match name.unraw().to_string().as_str() {
        word @ ("delete" | "destroy") => errors.at(name, message(
            format!("`{word}` cannot fire a post action"),
            Some("after it there is no record left to work on"),
            Some("use `#[pre_action]` to act before it, or `#[collection_event]` to be told of it"),
        )),
        word @ ("list" | "get" | "view") => errors.at(name, message(
            format!("`{word}` cannot fire a post action"),
            Some("it only reads"),
            Some("known are `create`, `update` and the names of the program's own actions"),
        )),
        _ => {}
    }
}

/// The word of a literal, if it is one of the legal ones.
fn word<'a>(
    literal: &Option<LitStr>,
    key: &str,
    legal: &[&'a str],
    errors: &mut Errors,
) -> Option<&'a str> {
    let literal = literal.as_ref()?;
    let value = literal.value();
    let found = legal.iter().find(|word| **word == value);
    if found.is_none() {
        let quoted: Vec<String> = legal.iter().map(|word| format!("`\"{word}\"`")).collect();
        let help = match words::closest(&value, legal.iter().copied()) {
            Some(close) => format!("write `{key} = \"{close}\"`"),
            None => format!("known are {}", joined(&quoted)),
        };
        errors.at(literal, message(format!("unknown {key} `{value}`"), None, Some(&help)));
    }
    found.copied()
}

fn key(literal: Option<&LitStr>, name: &Ident, errors: &mut Errors) -> String {
    let Some(literal) = literal else { return name.unraw().to_string() };
    let key = literal.value();
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "_-.:/".contains(letter);
    if key.is_empty() || !key.chars().all(legal) {
        errors.at(
            literal,
            message(
                format!("`{key}` cannot be a key"),
                Some("it is named in URLs: `triggerWorkflows=key!association,key`"),
                Some("use letters, digits, `_`, `-`, `.`, `:` and `/`"),
            ),
        );
    }
    key
}

fn at_least_one(
    literal: Option<&LitInt>,
    key: &str,
    note: &str,
    errors: &mut Errors,
) -> Option<u32> {
    let literal = literal?;
    match literal.base10_parse::<u32>() {
        Ok(number) if number > 0 && literal.suffix().is_empty() => Some(number),
        Ok(0) => {
            errors.at(literal, message(format!("`{key}` must be at least 1"), Some(note), None));
            None
        }
        _ => {
            errors.at(literal, format!("`{key}` must be a number from 1 to {}", u32::MAX));
            None
        }
    }
}

fn distinct(names: &[Ident], errors: &mut Errors) {
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            errors.at(name, format!("duplicate name `{}`", name.unraw()));
        }
    }
}

fn distinct_paths(paths: &[Vec<Ident>], errors: &mut Errors) {
    for (index, path) in paths.iter().enumerate() {
        if let (true, Some(last)) = (paths[..index].contains(path), path.last()) {
            let names: Vec<String> = path.iter().map(|name| name.unraw().to_string()).collect();
            errors.at(last, format!("duplicate path `{}`", names.join(".")));
        }
    }
}
