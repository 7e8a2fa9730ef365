//! The names by which a request reaches fields and associations, and the columns that link.

use crate::auth::Access;
use crate::collection::{AssociationKind, CollectionMeta, Definition};
use crate::registry;

/// The association of this name; one whose own column is hidden does not exist for a request.
pub(crate) fn association(definition: &Definition, name: &str) -> Option<usize> {
    let (index, association) = definition.association(name)?;
    match association.kind {
        AssociationKind::BelongsTo { column } if definition.columns[column].options.hidden => None,
        _ => Some(index),
    }
}

/// The names of all fields and associations that the role may view, to suggest from.
pub(crate) fn names(definition: &Definition, access: &Access) -> Vec<&'static str> {
    let columns = definition.columns.iter().enumerate();
    let columns = columns.filter(|(index, _)| access.may_view_field(definition, *index));
    let associations = definition.associations.iter().filter_map(|association| {
        self::association(definition, association.json).map(|_| association.json)
    });
    columns.map(|(_, column)| column.json).chain(associations).collect()
}

/// The collection between the two ends of a to-many association.
///
/// # Panics
/// Never: the registry resolved the association, and with it this collection.
pub(crate) fn through(meta: &'static CollectionMeta) -> &'static Definition {
    registry::global().declared(meta).expect("the registry resolves every collection between")
}
