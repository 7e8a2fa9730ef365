//! The triggers: what each is called, which arguments it takes, and what its workflow is given.

use syn::Path;

use crate::args::Key;

/// What starts a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An action that succeeded.
    PostAction,
    /// An action that is about to write.
    PreAction,
    /// A change of data, whoever made it.
    CollectionEvent,
}

impl Kind {
    const ALL: [Self; 3] = [Self::PostAction, Self::PreAction, Self::CollectionEvent];

    /// The trigger that an attribute inside `workflow!` names.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let last = path.segments.last()?;
        Self::ALL.into_iter().find(|kind| last.ident == kind.word())
    }

    /// The attribute's name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PostAction => "post_action",
            Self::PreAction => "pre_action",
            Self::CollectionEvent => "collection_event",
        }
    }

    /// The attribute in messages.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::PostAction => "`#[post_action]`",
            Self::PreAction => "`#[pre_action]`",
            Self::CollectionEvent => "`#[collection_event]`",
        }
    }

    /// What its workflow is called in messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::PostAction => "post action",
            Self::PreAction => "pre-action",
            Self::CollectionEvent => "collection event",
        }
    }

    /// The type of the function's argument, without its collection.
    pub(crate) fn claim(self) -> &'static str {
        match self {
            Self::PostAction => "PostAction",
            Self::PreAction => "PreAction",
            Self::CollectionEvent => "CollectionEvent",
        }
    }

    /// The type of what the function may do.
    pub(crate) fn context(self, is_sync: bool, rollback: bool) -> &'static str {
        match self {
            Self::PreAction => "PreContext",
            _ if rollback => "CheckContext",
            _ if is_sync => "SyncContext",
            _ => "Context",
        }
    }

    /// The names that bodies and `when` use without declaring them.
    pub(crate) fn names(self) -> [&'static str; 4] {
        match self {
            Self::PostAction => ["data", "before", "user", "role"],
            Self::PreAction => ["data", "ids", "user", "role"],
            Self::CollectionEvent => ["data", "before", "changed", "action"],
        }
    }

    /// Its arguments; those without a form are refused, with the reason.
    pub(crate) fn keys(self) -> &'static [Key] {
        match self {
            Self::PostAction => POST_ACTION,
            Self::PreAction => PRE_ACTION,
            Self::CollectionEvent => COLLECTION_EVENT,
        }
    }
}

const POST_ACTION: &[Key] = &[
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
    ("crate", "crate = \"wfruntime\""),
];

const PRE_ACTION: &[Key] = &[
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
];

const COLLECTION_EVENT: &[Key] = &[
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
];
