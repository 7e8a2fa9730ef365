//! `sort` as columns to sort by, with the id last, so that pages neither repeat nor skip a record.

use super::link;
use crate::action::faults::Faults;
use crate::auth::Access;
use crate::collection::Definition;
use crate::error::{Fault, Result};
use crate::spelling::{instead, quoted};
use crate::store::sql::Name;
use crate::value::Type;

/// By how many fields a list is sorted at most.
const FIELDS: usize = 16;

/// Reads the items of `sort`: names of fields, `-` in front for descending.
pub(super) fn parse(
    definition: &Definition,
    sort: &[String],
    access: &Access,
) -> Result<Vec<(Name, bool)>> {
    let mut order: Vec<(Name, bool)> = Vec::with_capacity(sort.len() + 1);
    let mut invalid = Vec::new();
    let mut forbidden = Vec::new();
    let mut fault = |code: &str, message: String| {
        invalid.push(Fault::new(code, message).at("sort"));
    };
    if sort.len() > FIELDS {
        fault("invalid_sort", format!("a list is sorted by at most {FIELDS} fields"));
    }
    for item in sort.iter().take(FIELDS) {
        let (name, descending) = match item.strip_prefix('-') {
            Some(name) => (name, true),
            None => (item.strip_prefix('+').unwrap_or(item), false),
        };
        let column = definition.column(name).filter(|(_, column)| !column.options.hidden);
        let collection = definition.name();
        match column {
            Some((index, _)) if !access.may_view_field(definition, index) => {
                let role = access.role();
                let message = format!("role `{role}` may not view `{name}` of `{collection}`");
                forbidden.push(Fault::new("forbidden_field", message).at("sort"));
            }
            Some((_, column)) if matches!(column.kind.ty(), Type::Json | Type::Bytes) => {
                fault("invalid_sort", format!("records cannot be sorted by `{name}`"));
            }
            Some((_, column)) if order.iter().any(|(known, _)| *known == column.name) => {
                fault("invalid_sort", format!("`{name}` stands twice in `sort`"));
            }
            Some((_, column)) => order.push((column.name, descending)),
            None if name.contains('.') || link::association(definition, name).is_some() => {
                let message = format!(
                    "{} leads to another collection; records are sorted by their own fields",
                    quoted(name)
                );
                fault("invalid_sort", message);
            }
            None => {
                let legal = definition.columns.iter().enumerate();
                let legal = legal.filter(|(index, _)| access.may_view_field(definition, *index));
                let legal = legal.map(|(_, column)| column.json);
                let message = format!(
                    "unknown field {} of `{collection}`{}",
                    quoted(name),
                    instead(name, legal)
                );
                fault("unknown_field", message);
            }
        }
    }
    Faults { invalid, forbidden }.check()?;
    let id = definition.columns[Definition::ID].name;
    if !order.iter().any(|(name, _)| *name == id) {
        order.push((id, false));
    }
    Ok(order)
}
