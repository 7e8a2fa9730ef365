//! The triggers: which there are, and where what is said of each stands.

use syn::Path;

use super::facts::{self, Facts};
use super::given::BATCH;
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
    /// A request that names it and writes nothing.
    CustomAction,
    /// A moment that came.
    Schedule,
    /// A signed call from another system.
    Webhook,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::PostAction,
        Self::PreAction,
        Self::CollectionEvent,
        Self::CustomAction,
        Self::Schedule,
        Self::Webhook,
    ];

    /// The trigger that an attribute inside `workflow!` names.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let last = path.segments.last()?;
        Self::ALL.into_iter().find(|kind| last.ident == kind.word())
    }

    /// Whether it is what some trigger gives a function.
    pub(crate) fn is_claim(name: &impl PartialEq<str>) -> bool {
        *name == *BATCH || Self::ALL.into_iter().any(|kind| *name == *kind.claim())
    }

    /// All that is said of it.
    pub(crate) fn facts(self) -> &'static Facts {
        match self {
            Self::PostAction => &facts::POST_ACTION,
            Self::PreAction => &facts::PRE_ACTION,
            Self::CollectionEvent => &facts::COLLECTION_EVENT,
            Self::CustomAction => &facts::CUSTOM_ACTION,
            Self::Schedule => &facts::SCHEDULE,
            Self::Webhook => &facts::WEBHOOK,
        }
    }

    /// The attribute's name.
    pub(crate) fn word(self) -> &'static str {
        self.facts().word
    }

    /// The attribute in messages.
    pub(crate) fn attribute(self) -> &'static str {
        self.facts().attribute
    }

    /// What its workflow is called in messages.
    pub(crate) fn noun(self) -> &'static str {
        self.facts().noun
    }

    /// The type of the function's argument, without its collection.
    pub(crate) fn claim(self) -> &'static str {
        self.facts().claim
    }

    /// Its arguments; those without a form are refused, with the reason.
    pub(crate) fn keys(self) -> &'static [Key] {
        self.facts().keys
    }

    /// Whether it may be about no record.
    pub(crate) fn may_be_alone(self) -> bool {
        self.facts().is_free || matches!(self, Self::Schedule | Self::Webhook)
    }

    /// Whether its argument may stand without a type in brackets.
    pub(crate) fn may_be_bare(self) -> bool {
        matches!(self, Self::Schedule | Self::Webhook)
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
}
