//! What generated code asks while the program is compiled: complete forms, workflows that fit.
//!
//! An answer is a text, so that the generated code can fail with it at the user's own word.

use super::meta::FireMeta;
use crate::collection::generated::FieldOf;
use crate::collection::{
    AssocRef, AssociationShape, Collection, CollectionMeta, FieldRef, FieldType, IntoField,
    Location, MemberMeta, Shape, ToOne, same,
};
use crate::value::Value;
use crate::workflow::{Mode, Trigger, Workflow, WorkflowMeta};

/// The longest text that is told, in bytes.
const LONGEST: usize = 400;

/// What is wrong, made while the program is compiled; nothing if all is well.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    text: [u8; LONGEST],
    length: usize,
}

impl Told {
    /// All is well.
    pub const NOTHING: Self = Self { text: [0; LONGEST], length: 0 };

    /// The same text, and these; one that has no room is left out.
    const fn and(mut self, parts: &[&str]) -> Self {
        let mut index = 0;
        while index < parts.len() {
            let part = parts[index].as_bytes();
            if part.len() <= LONGEST - self.length {
                let mut at = 0;
                while at < part.len() {
                    self.text[self.length] = part[at];
                    self.length += 1;
                    at += 1;
                }
            }
            index += 1;
        }
        self
    }

    /// Whether all is well.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.length == 0
    }

    /// What is wrong.
    #[must_use]
    pub const fn text(&self) -> &str {
        match std::str::from_utf8(self.text.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// A workflow of a button, and what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// What is registered.
    pub meta: FireMeta,
    /// What is wrong.
    pub told: Told,
}

/// Which required fields a form leaves out although nothing sets them.
#[must_use]
pub const fn left_out(meta: &CollectionMeta, set: &[&str]) -> Told {
    let why = "`: it is no `Option`, has no default, and no button sets it";
    required(meta, set, false, Back::None, "the form leaves out `", why)
}

/// Which required fields a button does not set although other buttons of its form do.
#[must_use]
pub const fn left_to_others(meta: &CollectionMeta, others: &[&str]) -> Told {
    let why = "`: it is no `Option`, has no default, and is no field of the form";
    required(meta, others, true, Back::None, "this button does not set `", why)
}

/// Which required fields a new record behind the association `name` of `meta` leaves out.
///
/// The reference by which a record of a `HasMany` belongs to this one is set by where it stands;
/// where it is not named, the registry knows which of the references that is.
#[must_use]
pub const fn left_out_of_new<C, T: Collection, K>(
    _: AssocRef<C, T, K>,
    meta: &CollectionMeta,
    name: &str,
    names: &[&str],
) -> Told {
    let back = match member(meta, name) {
        Some(MemberMeta {
            shape: Shape::Association(AssociationShape::HasMany { .. }),
            options,
            ..
        }) => match options.by {
            Some(by) => Back::By(by),
            None => Back::Any,
        },
        _ => Back::None,
    };
    let why = "`: it is no `Option` and has no default";
    required(T::META, names, false, back, "the new record leaves out `", why)
}

/// What is wrong with filling in a new record there: of a `HasOne`, this one has to refer to it.
#[must_use]
pub const fn made_there(meta: &CollectionMeta, name: &str) -> Told {
    match member(meta, name) {
        Some(MemberMeta { shape: Shape::Association(AssociationShape::HasOne { .. }), .. }) => {
            let why = "` is a `HasOne`: the other record refers to this one";
            Told::NOTHING.and(&["`", name, why])
        }
        _ => Told::NOTHING,
    }
}

const fn member<'m>(meta: &'m CollectionMeta, name: &str) -> Option<&'m MemberMeta> {
    let mut index = 0;
    while index < meta.members.len() {
        if same(meta.members[index].rust, name) {
            return Some(&meta.members[index]);
        }
        index += 1;
    }
    None
}

/// Which of its references a new record need not be given.
#[derive(Clone, Copy)]
enum Back<'n> {
    None,
    /// The one of this name.
    By(&'n str),
    /// One of them.
    Any,
}

impl Back<'_> {
    const fn may_be(self, member: &MemberMeta) -> bool {
        let refers = matches!(member.shape, Shape::Association(AssociationShape::BelongsTo { .. }));
        match self {
            Self::None => false,
            Self::By(name) => same(member.rust, name),
            Self::Any => refers,
        }
    }
}

/// The fields of the collection that an association leads to.
#[must_use]
pub const fn fields_at<C, T: Collection, K>(_: AssocRef<C, T, K>) -> T::Fields {
    T::FIELDS
}

/// The required fields that are among the names, or are not.
const fn required(
    meta: &CollectionMeta,
    names: &[&str],
    among: bool,
    back: Back<'_>,
    before: &str,
    behind: &str,
) -> Told {
    let mut told = Told::NOTHING;
    let mut index = 0;
    while index < meta.members.len() {
        let member = &meta.members[index];
        let nullable = match member.shape {
            Shape::Column { nullable, .. }
            | Shape::Association(AssociationShape::BelongsTo { nullable, .. }) => nullable,
            Shape::Association(_) => true,
        };
        let is_required = !nullable && member.options.default.is_none();
        if is_required && !back.may_be(member) && is_among(names, member.rust) == among {
            let before = if told.is_nothing() { before } else { "`, `" };
            told = told.and(&[before, member.rust]);
        }
        index += 1;
    }
    if told.is_nothing() { told } else { told.and(&[behind]) }
}

const fn is_among(names: &[&str], name: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index], name) {
            return true;
        }
        index += 1;
    }
    false
}

/// A workflow that a button of `T` fires for its own record.
#[must_use]
pub const fn fire<W, T>(location: Location, writes: bool) -> Judged
where
    W: Workflow<Collection: Collection>,
    T: Collection,
{
    fire_for::<W>(T::META, &[], location, writes)
}

/// A workflow that a button fires for the record behind an association.
#[must_use]
pub const fn fire_at<W, C, T>(
    _: AssocRef<C, T, ToOne>,
    path: &'static [&'static str],
    location: Location,
    writes: bool,
) -> Judged
where
    W: Workflow<Collection: Collection>,
    T: Collection,
{
    fire_for::<W>(T::META, path, location, writes)
}

const fn fire_for<W: Workflow<Collection: Collection>>(
    record: &CollectionMeta,
    path: &'static [&'static str],
    location: Location,
    writes: bool,
) -> Judged {
    let of = <W::Collection as Collection>::META;
    let told = match W::MODE {
        _ if matches!(W::META.trigger, Trigger::CollectionEvent { .. }) => Told::NOTHING.and(&[
            "the workflow `",
            W::KEY,
            "` is a collection event: it runs on every change in its `on`, and no button fires it",
        ]),
        _ if matches!(W::META.trigger, Trigger::CustomAction { .. }) && writes => Told::NOTHING
            .and(&[
                "the workflow `",
                W::KEY,
                "` is a custom action, which a button without values fires; what runs after a \
                 write is a `#[post_action]`",
            ]),
        _ if W::META.input.is_some() => Told::NOTHING.and(&[
            "the workflow `",
            W::KEY,
            "` takes values, and a button gives it none",
        ]),
        Mode::Global => Told::NOTHING.and(&[
            "the workflow `",
            W::KEY,
            "` is global: it runs after each action in its `on`, and no button fires it",
        ]),
        Mode::Local if is(of, record) => Told::NOTHING,
        Mode::Local => Told::NOTHING.and(&[
            "the workflow `",
            W::KEY,
            "` is one of `",
            of.rust,
            "`, and the record is one of `",
            record.rust,
            "`",
        ]),
    };
    Judged { meta: FireMeta { workflow: meta_of::<W>, path, location }, told }
}

fn meta_of<W: Workflow>() -> &'static WorkflowMeta {
    W::META
}

/// Whether both are the same collection; `createdBy` leads to the account, whichever that is.
const fn is(workflow: &CollectionMeta, record: &CollectionMeta) -> bool {
    let is_same = same(workflow.rust, record.rust)
        && same(workflow.location.file, record.location.file)
        && workflow.location.line == record.location.line;
    is_same || (workflow.account && record.account)
}

/// How many records an association leads to, where a form needs one.
#[diagnostic::on_unimplemented(
    message = "this association leads to many records",
    label = "expected one that leads to one",
    note = "a button fires a workflow for its record, or for the one record that a path leads to"
)]
pub trait Leads {}

#[diagnostic::do_not_recommend]
impl Leads for ToOne {}

/// The same association, if it leads to one record.
#[must_use]
pub const fn one<C, T, K: Leads>(association: AssocRef<C, T, K>) -> AssocRef<C, T, ToOne> {
    AssocRef::new(association.name())
}

/// The type of a field, to ask what it holds.
#[must_use]
pub const fn of_field<C, F>(_: FieldRef<C, F>) -> FieldOf<F> {
    FieldOf::TYPE
}

/// The stored value of a field that a button sets; a wrong one is told at the expression.
pub fn fixed<C, F: FieldType>(_: FieldRef<C, F>, value: impl IntoField<F>) -> Value {
    value.into_field().stored()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::User;

    #[test]
    fn what_is_told_fits_or_is_left_out() {
        let long = "x".repeat(LONGEST);
        let told = Told::NOTHING.and(&["a `", &long, "`"]);
        assert_eq!(told.text(), "a ``");
        assert!(Told::NOTHING.and(&[]).is_nothing());
        assert_eq!(Told::NOTHING.and(&[&long]).and(&["more"]).text(), long);
    }

    #[test]
    fn a_form_may_leave_out_what_has_a_default_or_may_be_null() {
        assert_eq!(
            left_out(User::META, &["email"]).text(),
            "the form leaves out `nickname`: it is no `Option`, has no default, and no button sets it"
        );
        assert!(left_out(User::META, &["nickname"]).is_nothing());
        assert!(left_to_others(User::META, &["email", "roles"]).is_nothing());
        assert!(!left_to_others(User::META, &["nickname"]).is_nothing());
    }
}
