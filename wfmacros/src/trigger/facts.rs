//! What is said of each trigger: its words, its arguments, and what its workflow is given.
//!
//! A new trigger is a variant of `Kind` and one constant here; what is peculiar to its arguments
//! stands beside `lower` and `on`.

use crate::args::Key;

/// What is said of one trigger.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The attribute's name.
    pub(crate) word: &'static str,
    /// The attribute in messages.
    pub(crate) attribute: &'static str,
    /// What its workflow is called in messages.
    pub(crate) noun: &'static str,
    /// The type of the function's argument, without its collection.
    pub(crate) claim: &'static str,
    /// The function of `private` that makes the argument of a snapshot.
    pub(crate) reads: &'static str,
    /// How a function is written.
    pub(crate) form: &'static str,
    /// What the argument tells.
    pub(crate) tells: &'static str,
    /// What the argument's `T` is.
    pub(crate) of: &'static str,
    /// What to write where the record itself was taken.
    pub(crate) record: &'static str,
    /// The names that bodies and `when` use without declaring them; the first is the record.
    pub(crate) names: [&'static str; 4],
    /// Whether it may be about several records, or about none, and be given values.
    pub(crate) is_free: bool,
    /// Whether `call` may run it.
    pub(crate) is_callable: bool,
    /// Where it fires.
    pub(crate) mode: Mode,
    /// Its `on`; none if it has no such argument.
    pub(crate) on: Option<On>,
    /// Its arguments; those without a form are refused, with the reason.
    pub(crate) keys: &'static [Key],
}

/// How the mode of a trigger is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It has to be said.
    Said,
    /// It fires where it is named.
    Local,
    /// Nobody names it.
    Global,
}

/// What is said of an `on`.
#[derive(Debug)]
pub(crate) struct On {
    /// Why it cannot be left out.
    pub(crate) missing: &'static str,
    /// What it names.
    pub(crate) names: &'static str,
    pub(crate) example: &'static str,
}

pub(super) const POST_ACTION: Facts = Facts {
    word: "post_action",
    attribute: "`#[post_action]`",
    noun: "post action",
    claim: "PostAction",
    reads: "fired",
    form: "write `async fn name(claim: PostAction<Claim>, cx: Context) -> Result<()>`",
    tells: "what happened",
    of: "`T` is the collection whose actions fire it",
    record: "write `PostAction<T>`: the record is its `data`",
    names: ["data", "before", "user", "role"],
    is_free: false,
    is_callable: true,
    mode: Mode::Said,
    on: Some(On {
        missing: "a global post action must say after which actions it runs",
        names: "action",
        example: "on = [create, update]",
    }),
    keys: &[
        ("mode", "mode = \"local\""),
        ("on", "on = [create, update]"),
        ("appends", "appends = [category, category.parent]"),
        ("execution", "execution = \"sync\""),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = data.amount > dec!(500)"),
        ("changed", "changed = [amount]"),
        ("allow", "allow = [supervisor]"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("concurrency", "concurrency = 1"),
        ("overlap", "overlap = \"cancel_previous\""),
        ("batch", "batch = true"),
        ("crate", "crate = \"wfruntime\""),
    ],
};

pub(super) const PRE_ACTION: Facts = Facts {
    word: "pre_action",
    attribute: "`#[pre_action]`",
    noun: "pre-action",
    claim: "PreAction",
    reads: "asked",
    form: "write `async fn name(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()>`",
    tells: "what is asked for",
    of: "`T` is the collection whose actions fire it",
    record: "write `PreAction<T>`: what was submitted is its `data`",
    names: ["data", "ids", "user", "role"],
    is_free: false,
    is_callable: false,
    mode: Mode::Said,
    on: Some(On {
        missing: "a global pre-action must say before which actions it runs",
        names: "action",
        example: "on = [create, update, update_or_create, destroy]",
    }),
    keys: &[
        ("mode", "mode = \"local\""),
        ("on", "on = [create, update]"),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = data.amount.is_some()"),
        ("allow", "allow = [supervisor]"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("crate", "crate = \"wfruntime\""),
        ("appends", ""),
        ("execution", ""),
        ("changed", ""),
        ("concurrency", ""),
        ("overlap", ""),
        ("rollback", ""),
        ("batch", ""),
    ],
};

pub(super) const COLLECTION_EVENT: Facts = Facts {
    word: "collection_event",
    attribute: "`#[collection_event]`",
    noun: "collection event",
    claim: "CollectionEvent",
    reads: "happened",
    form: "write `async fn name(claim: CollectionEvent<Claim>, cx: Context) -> Result<()>`",
    tells: "what happened",
    of: "`T` is the collection whose changes it hears of",
    record: "write `CollectionEvent<T>`: the record is its `data`",
    names: ["data", "before", "changed", "action"],
    is_free: false,
    is_callable: true,
    mode: Mode::Global,
    on: Some(On {
        missing: "a collection event must say which changes it hears of",
        names: "change",
        example: "on = [create, update, delete]",
    }),
    keys: &[
        ("on", "on = [create, update, delete]"),
        ("appends", "appends = [category, category.parent]"),
        ("execution", "execution = \"sync\""),
        ("rollback", "rollback = true"),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = data.amount > dec!(500)"),
        ("changed", "changed = [amount]"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("concurrency", "concurrency = 1"),
        ("overlap", "overlap = \"cancel_previous\""),
        ("crate", "crate = \"wfruntime\""),
        ("mode", ""),
        ("allow", ""),
        ("batch", ""),
    ],
};

pub(super) const CUSTOM_ACTION: Facts = Facts {
    word: "custom_action",
    attribute: "`#[custom_action]`",
    noun: "custom action",
    claim: "CustomAction",
    reads: "acted",
    form: "write `async fn name(act: CustomAction<Claim>, cx: Context) -> Result<()>`",
    tells: "what it is asked for",
    of: "`T` is the collection of its record, `Many<…>` of several, or `()`",
    record: "write `CustomAction<T>`: the record is its `data`",
    names: ["data", "values", "user", "role"],
    is_free: true,
    is_callable: false,
    mode: Mode::Local,
    on: None,
    keys: &[
        ("values", "values = Reminder"),
        ("appends", "appends = [category, category.parent]"),
        ("execution", "execution = \"sync\""),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = data.amount > dec!(500)"),
        ("allow", "allow = [supervisor]"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("concurrency", "concurrency = 1"),
        ("overlap", "overlap = \"cancel_previous\""),
        ("crate", "crate = \"wfruntime\""),
        ("mode", ""),
        ("on", ""),
        ("changed", ""),
        ("rollback", ""),
        ("batch", ""),
    ],
};

pub(super) const SCHEDULE: Facts = Facts {
    word: "schedule",
    attribute: "`#[schedule]`",
    noun: "schedule",
    claim: "Scheduled",
    reads: "came",
    form: "write `async fn name(due: Scheduled, cx: Context) -> Result<()>`",
    tells: "which moment came",
    of: "it tells the moment; `T` is the collection whose dates it goes by",
    record: "write `Scheduled<T>`: the record is its `data`",
    names: ["data", "at", "_", "_"],
    is_free: false,
    is_callable: false,
    mode: Mode::Global,
    on: None,
    keys: &[
        ("cron", "cron = \"0 9 * * 1-5\""),
        ("every", "every = 15 minutes"),
        ("at", "at = due_on"),
        ("before", "before = 2 days"),
        ("after", "after = 2 days"),
        ("timezone", "timezone = \"Europe/Paris\""),
        ("start", "start = \"2026-01-31\""),
        ("end", "end = \"2026-01-31\""),
        ("repeat", "repeat = 3"),
        ("catch_up", "catch_up = \"latest\""),
        ("appends", "appends = [category, category.parent]"),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = data.amount > dec!(500)"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("concurrency", "concurrency = 1"),
        ("overlap", "overlap = \"cancel_previous\""),
        ("crate", "crate = \"wfruntime\""),
        ("mode", ""),
        ("on", ""),
        ("execution", ""),
        ("changed", ""),
        ("allow", ""),
        ("rollback", ""),
        ("batch", ""),
    ],
};

pub(super) const WEBHOOK: Facts = Facts {
    word: "webhook",
    attribute: "`#[webhook]`",
    noun: "webhook",
    claim: "Webhook",
    reads: "received",
    form: "write `async fn name(hook: Webhook<Payment>, cx: Context) -> Result<()>`",
    tells: "what was sent",
    of: "`T` is the type of the body that is sent",
    record: "write `Webhook<T>`, and read the record with `find`",
    names: ["_", "values", "delivery", "event"],
    is_free: false,
    is_callable: false,
    mode: Mode::Global,
    on: None,
    keys: &[
        ("path", "path = \"payments\""),
        ("from", "from = \"github\""),
        ("secret", "secret = \"payments\""),
        ("within", "within = 5 minutes"),
        ("values", "values = Payment"),
        ("execution", "execution = \"sync\""),
        ("key", "key = \"claims.review\""),
        ("title", "title = \"Review of claims\""),
        ("version", "version = 2"),
        ("enabled", "enabled = false"),
        ("when", "when = values.amount > 0"),
        ("retry", "retry = 5"),
        ("timeout", "timeout = 30 seconds"),
        ("concurrency", "concurrency = 1"),
        ("crate", "crate = \"wfruntime\""),
        ("mode", ""),
        ("on", ""),
        ("appends", ""),
        ("changed", ""),
        ("allow", ""),
        ("overlap", ""),
        ("rollback", ""),
        ("batch", ""),
    ],
};
