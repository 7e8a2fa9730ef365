//! By which field of the other collection a `HasOne`, `HasMany` or `BelongsToMany` is linked.

use std::any::TypeId;

use super::RegistryFault;
use crate::collection::{
    AssociationKind, AssociationShape, CollectionMeta, Location, MemberMeta, Shape, column_of,
};

/// The link of an association that has no column of its own; a fault if it has none or several.
pub(super) fn resolve(
    owner: &'static CollectionMeta,
    member: &'static MemberMeta,
    shape: AssociationShape,
    faults: &mut Vec<RegistryFault>,
) -> Option<AssociationKind> {
    let by = member.options.by;
    let at = member.location;
    match shape {
        AssociationShape::HasOne { target } => {
            let target = target();
            let by = column_of(target, reference(target, owner, by, at, faults)?);
            Some(AssociationKind::HasOne { by })
        }
        AssociationShape::HasMany { target } => {
            let target = target();
            let by = column_of(target, reference(target, owner, by, at, faults)?);
            Some(AssociationKind::HasMany { by })
        }
        AssociationShape::BelongsToMany { target, through } => {
            let (target, through) = (target(), through());
            let source = reference(through, owner, by, at, faults)?;
            let target = other_reference(through, target, source, at, faults)?;
            let (source, target) = (column_of(through, source), column_of(through, target));
            Some(AssociationKind::BelongsToMany { through, source, target })
        }
        AssociationShape::BelongsTo { .. } => None,
    }
}

/// The references that a `HasOne` leads back along: each may stand only once.
pub(super) fn unique_references(declared: &[&'static CollectionMeta]) -> Vec<(TypeId, usize)> {
    let mut found = Vec::new();
    for owner in declared {
        for member in owner.members {
            if let Shape::Association(AssociationShape::HasOne { target }) = member.shape {
                let target = target();
                let fitting = fitting(target, owner);
                let chosen = match member.options.by {
                    Some(by) => fitting.into_iter().find(|index| target.members[*index].rust == by),
                    None => fitting.first().copied(),
                };
                found.extend(chosen.map(|index| ((target.type_id)(), index)));
            }
        }
    }
    found
}

/// Indexes of the members of `from` that refer to `to`.
fn fitting(from: &CollectionMeta, to: &CollectionMeta) -> Vec<usize> {
    let refers = |member: &MemberMeta| match member.shape {
        Shape::Association(AssociationShape::BelongsTo { target, .. }) => {
            (target().type_id)() == (to.type_id)()
        }
        _ => false,
    };
    (0..from.members.len()).filter(|index| refers(&from.members[*index])).collect()
}

fn names(meta: &CollectionMeta, members: &[usize]) -> String {
    let names: Vec<_> =
        members.iter().map(|index| format!("`{}`", meta.members[*index].rust)).collect();
    names.join(", ")
}

/// The member of `from` that refers to `to`: the one named, or the only one.
fn reference(
    from: &CollectionMeta,
    to: &CollectionMeta,
    by: Option<&str>,
    at: Location,
    faults: &mut Vec<RegistryFault>,
) -> Option<usize> {
    let fitting = fitting(from, to);
    let message = match (by, fitting.as_slice()) {
        (Some(by), _) => {
            let named = fitting.iter().find(|index| from.members[**index].rust == by);
            if let Some(index) = named {
                return Some(*index);
            }
            let note = if fitting.is_empty() {
                format!("no field of `{}` refers to `{}`", from.rust, to.rust)
            } else {
                format!("fields of `{}` that do: {}", from.rust, names(from, &fitting))
            };
            format!("no field `{by}` of `{}` refers to `{}`\n= note: {note}", from.rust, to.rust)
        }
        (None, [only]) => return Some(*only),
        (None, []) => format!(
            "no field of `{0}` refers to `{1}`\n= help: add a field of type `BelongsTo<{1}>` to `{0}`",
            from.rust, to.rust
        ),
        (None, several) => format!(
            "several fields of `{}` refer to `{}`: {}\n= help: name the one that is meant: `#[field(by = {})]`",
            from.rust,
            to.rust,
            names(from, several),
            from.members[several[0]].rust
        ),
    };
    faults.push(RegistryFault::at(at, message));
    None
}

/// The member of `through` that refers to `target` and is not `source`.
fn other_reference(
    through: &CollectionMeta,
    target: &CollectionMeta,
    source: usize,
    at: Location,
    faults: &mut Vec<RegistryFault>,
) -> Option<usize> {
    let mut others = fitting(through, target);
    others.retain(|index| *index != source);
    match others.as_slice() {
        [only] => return Some(*only),
        [] => faults.push(RegistryFault::at(
            at,
            format!(
                "no field of `{0}` refers to `{1}`\n= help: add a field of type `BelongsTo<{1}>` to `{0}`",
                through.rust, target.rust
            ),
        )),
        several => faults.push(RegistryFault::at(
            at,
            format!(
                "several fields of `{}` refer to `{}`: {}\n= help: a collection between two others refers to each of them once",
                through.rust,
                target.rust,
                names(through, several)
            ),
        )),
    }
    None
}
