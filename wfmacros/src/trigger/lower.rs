//! What the arguments mean, and which of them contradict each other.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, LitInt, LitStr};

use super::facts::Mode;
use super::given::{BATCH, Count, Given};
use super::kind::Kind;
use super::parse::TriggerAst;
use super::schedule::Schedule;
use super::webhook::Webhook;
use crate::args::joined;
use crate::diag::{Errors, message};
use crate::paths::Runtime;
use crate::words;
use crate::workflow::lower::{check_names, uses_of};

/// What fires a workflow, and how it runs: only this can be emitted.
pub(crate) struct Trigger {
    pub(crate) kind: Kind,
    /// What it is about.
    pub(crate) given: Given,
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
    pub(crate) rollback: bool,
    /// When it runs, if it is a schedule.
    pub(super) schedule: Option<Schedule>,
    /// How it is called, if it is a webhook.
    pub(super) webhook: Option<Webhook>,
}

impl Trigger {
    /// Whether it runs before what it is about is written: it may read and refuse, and no more.
    pub(crate) fn is_before(&self) -> bool {
        self.kind == Kind::PreAction || self.rollback
    }

    /// The names that its bodies use without declaring them; `_` if one has no sense here.
    pub(crate) fn names(&self) -> [&'static str; 4] {
        names(self.kind, &self.given)
    }

    /// Whether one execution has all records of an action.
    pub(crate) fn is_batch(&self) -> bool {
        self.kind == Kind::PostAction && self.given.count == Count::Several
    }

    /// The type of its function's argument, without its collection.
    pub(crate) fn claim(&self) -> &'static str {
        if self.is_batch() { BATCH } else { self.kind.claim() }
    }

    /// The function of `private` that makes the argument of a snapshot.
    pub(crate) fn reads(&self) -> &'static str {
        if self.is_batch() { "gathered" } else { self.kind.facts().reads }
    }

    /// How its function is written.
    pub(crate) fn form(&self) -> &'static str {
        match self.is_batch() {
            true => "write `async fn name(batch: Batch<Claim>, cx: Context) -> Result<()>`",
            false => self.kind.facts().form,
        }
    }

    /// The names that its `when` uses: that of a batch is asked for each record.
    pub(crate) fn names_of_when(&self) -> [&'static str; 4] {
        if self.is_batch() { self.kind.facts().names } else { self.names() }
    }

    /// When it runs, in words, if it is a schedule; how it is called, if it is a webhook.
    pub(crate) fn plan(&self) -> Option<String> {
        let called = self.webhook.as_ref().map(Webhook::text);
        called.or_else(|| Some(self.schedule.as_ref()?.text.clone()))
    }

    /// The type of what its function may do.
    pub(crate) fn context(&self) -> &'static str {
        self.kind.context(self.is_sync, self.rollback)
    }
}

/// The names that bodies and `when` use without declaring them.
fn names(kind: Kind, given: &Given) -> [&'static str; 4] {
    let [mut record, second, third, fourth] = kind.facts().names;
    match given.count {
        Count::Nothing => record = "_",
        Count::One => {}
        Count::Several => record = "records",
    }
    [record, second, third, fourth]
}

/// Judges the arguments of the workflow `name`, which is about what is given.
pub(crate) fn lower(
    mut ast: TriggerAst,
    given: Given,
    name: &Ident,
    errors: &mut Errors,
) -> Trigger {
    let (kind, is_batch) = (ast.kind, ast.is_batch());
    let given = given.with_values(kind, &ast.runtime);
    let is_local = mode(&ast, errors);
    let on = super::on::on(&ast, is_local, errors);
    let execution = word(&ast.execution, "execution", &["async", "sync"], errors);
    let overlaps = ["allow", "cancel_previous", "refuse"];
    let overlap = word(&ast.overlap, "overlap", &overlaps, errors);
    match kind {
        Kind::CollectionEvent => event(&ast, execution, overlap, errors),
        Kind::Schedule => super::schedule::check(&ast, &given, overlap, errors),
        Kind::Webhook => super::webhook::check(&given, errors),
        Kind::PostAction => batch(&mut ast, errors),
        Kind::PreAction | Kind::CustomAction => {}
    }
    distinct_paths(&ast.appends, errors);
    if let (Count::Nothing, Some(first)) =
        (given.count, ast.appends.first().and_then(|it| it.first()))
    {
        errors.at(
            first,
            message(
                "`appends` has no effect without a collection",
                Some("there is no record to load anything with"),
                Some("remove it, and read what is needed with `find`"),
            ),
        );
    }
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
    if let Some(when) = &ast.when {
        let count = if is_batch { Count::One } else { given.count };
        check_names(when, kind, count, errors);
    }
    Trigger {
        kind,
        given,
        runtime: ast.runtime,
        is_local: is_local == Some(true),
        is_sync: kind == Kind::PreAction || execution == Some("sync"),
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
        rollback: execution == Some("sync")
            && ast.rollback.is_some_and(|(_, rollback)| rollback.value),
        schedule: (kind == Kind::Schedule).then(|| ast.schedule.lower(ast.at, errors)).flatten(),
        webhook: (kind == Kind::Webhook).then(|| ast.webhook.lower(ast.at, errors)).flatten(),
    }
}

/// What contradicts itself on a collection event alone.
fn event(ast: &TriggerAst, execution: Option<&str>, overlap: Option<&str>, errors: &mut Errors) {
    if let Some((key, rollback)) = &ast.rollback
        && rollback.value
        && execution != Some("sync")
        && (execution.is_some() || ast.execution.is_none())
    {
        errors.at(
            key,
            message(
                "`rollback` needs `execution = \"sync\"`",
                Some("an asynchronous event begins when the change is written already"),
                Some("add `execution = \"sync\"`, or remove `rollback`"),
            ),
        );
    }
    if overlap == Some("refuse") {
        errors.at(
            &ast.overlap,
            message(
                "a collection event cannot refuse to overlap",
                Some("the change that it hears of may be one that nobody can be refused"),
                Some("write `overlap = \"cancel_previous\"`, or remove `overlap`"),
            ),
        );
    }
}

/// What contradicts itself on a post action of several records.
fn batch(ast: &mut TriggerAst, errors: &mut Errors) {
    if let (true, Some(overlap)) = (ast.is_batch(), &ast.overlap) {
        errors.at(
            overlap,
            message(
                "`overlap` has no effect with `batch = true`",
                Some("it goes by the record, and one execution is about several"),
                Some("remove it; `concurrency = 1` runs one batch after the other"),
            ),
        );
    }
    let records = ast.when.as_ref().filter(|_| ast.is_batch());
    if let Some(at) = records.and_then(|when| uses_of(when, "records")) {
        errors.span(
            at,
            message(
                "`records` cannot be used in the `when` of a batch",
                Some(
                    "it is asked for each record, and leaves out those for which it does not hold",
                ),
                Some("write `data`, or ask in the workflow itself"),
            ),
        );
        // rustc does not know the name, either.
        ast.when = None;
    }
}

/// Whether the mode is local; `None` if it is not known.
fn mode(ast: &TriggerAst, errors: &mut Errors) -> Option<bool> {
    match ast.kind.facts().mode {
        Mode::Said => {}
        Mode::Local => return Some(true),
        Mode::Global => return Some(false),
    }
    if !ast.has_mode {
        errors.span(
            ast.at,
            message(
                format!("missing argument `mode` of {}", ast.kind.attribute()),
                Some(
                    "a local workflow runs where it is named, a global one on every action in `on`",
                ),
                Some("add `mode = \"local\"`, or `mode = \"global\", on = [create, update]`"),
            ),
        );
    }
    Some(word(&ast.mode, "mode", &["local", "global"], errors)? == "local")
}

/// The word of a literal, if it is one of the legal ones.
pub(super) fn word<'a>(
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

pub(super) fn at_least_one(
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

pub(super) fn distinct(names: &[Ident], errors: &mut Errors) {
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
