//! `filter` as a condition on rows: names, operators and rights checked, every fault told.
//!
//! A field that is hidden does not exist here; one that the role may not view is refused, since
//! a filter by it would tell its values.

mod operand;
mod operator;

use serde_json::{Map, Value as Json};

use super::faults::Faults;
use super::read::link;
use crate::action::Verb;
use crate::auth::Access;
use crate::collection::{AssociationKind, Definition};
use crate::error::{Fault, Result};
use crate::spelling::{instead, quoted};
use crate::store::sql::{Condition, Exists};

/// How deep groups and associations may be nested.
const DEPTH: usize = 16;

/// How many conditions and groups a filter may have; SQLite bears a thousand.
const CONDITIONS: usize = 256;

/// How many values `$in` and the like may have, all together.
const VALUES: usize = 10_000;

/// Reads a filter on records of `definition`, as a role with `access` may use it.
///
/// # Errors
/// [`crate::ErrorKind::Invalid`] with all that is wrong; if nothing is, [`crate::ErrorKind::Forbidden`] with
/// all that the role may not view.
pub(crate) fn parse(
    definition: &'static Definition,
    filter: &Json,
    access: &Access,
) -> Result<Condition> {
    let mut parser = Parser { access, faults: Faults::default(), room: Room::FULL };
    let condition = parser.group(definition, filter, "filter", DEPTH);
    parser.faults.check()?;
    Ok(condition)
}

/// How much more a filter may have.
struct Room {
    conditions: usize,
    values: usize,
}

impl Room {
    const FULL: Self = Self { conditions: CONDITIONS, values: VALUES };
}

struct Parser<'a> {
    access: &'a Access,
    faults: Faults,
    room: Room,
}

impl Parser<'_> {
    /// Notes what is wrong; the condition that stands for it is never used.
    fn fault(&mut self, code: &str, at: &str, message: impl Into<String>) -> Condition {
        self.faults.invalid.push(Fault::new(code, message).at(at));
        Condition::always()
    }

    /// Takes room for one more condition; what no longer fits is told once.
    fn enter(&mut self, at: &str) -> Option<Condition> {
        if let Some(left) = self.room.conditions.checked_sub(1) {
            self.room.conditions = left;
            return None;
        }
        let told = self.faults.invalid.iter().any(|fault| fault.code == "filter_too_large");
        let message = format!("a filter has at most {CONDITIONS} parts");
        Some(if told { Condition::always() } else { self.fault("filter_too_large", at, message) })
    }

    fn group(
        &mut self,
        definition: &'static Definition,
        filter: &Json,
        at: &str,
        depth: usize,
    ) -> Condition {
        let Some(depth) = depth.checked_sub(1) else {
            return self.fault(
                "filter_too_deep",
                at,
                format!("a filter is nested at most {DEPTH} levels deep"),
            );
        };
        let Json::Object(members) = filter else {
            return self.fault(
                "invalid_filter",
                at,
                format!("expected an object like {{\"title\": \"A title\"}}, not {}", kind(filter)),
            );
        };
        Condition::All(self.members(definition, members, at, depth))
    }

    fn members(
        &mut self,
        definition: &'static Definition,
        members: &Map<String, Json>,
        at: &str,
        depth: usize,
    ) -> Vec<Condition> {
        let mut all = Vec::with_capacity(members.len());
        for (name, value) in members {
            let at = format!("{at}.{}", shortened(name));
            if let Some(full) = self.enter(&at) {
                all.push(full);
                break;
            }
            all.push(match name.as_str() {
                "$and" => Condition::All(self.groups(definition, value, &at, depth)),
                "$or" => Condition::Any(self.groups(definition, value, &at, depth)),
                "$not" => Condition::Not(Box::new(self.group(definition, value, &at, depth))),
                operator if operator.starts_with('$') => self.stray(operator, &at),
                name => self.member(definition, name, value, &at, depth),
            });
        }
        all
    }

    fn stray(&mut self, operator: &str, at: &str) -> Condition {
        if operator::NAMES.contains(&operator) {
            let message =
                format!("`{operator}` stands at a field: {{\"title\": {{\"{operator}\": …}}}}");
            return self.fault("misplaced_operator", at, message);
        }
        let legal = ["$and", "$or", "$not"].into_iter().chain(operator::NAMES);
        let message = format!("unknown operator {}{}", quoted(operator), instead(operator, legal));
        self.fault("unknown_operator", at, message)
    }

    /// The groups of `$and` and `$or`; some clients write one group without brackets.
    fn groups(
        &mut self,
        definition: &'static Definition,
        value: &Json,
        at: &str,
        depth: usize,
    ) -> Vec<Condition> {
        match value {
            Json::Array(groups) => groups
                .iter()
                .enumerate()
                .map(|(index, group)| {
                    let at = format!("{at}.{index}");
                    match self.enter(&at) {
                        Some(full) => full,
                        None => self.group(definition, group, &at, depth),
                    }
                })
                .collect(),
            one => vec![self.group(definition, one, at, depth)],
        }
    }

    fn member(
        &mut self,
        definition: &'static Definition,
        name: &str,
        value: &Json,
        at: &str,
        depth: usize,
    ) -> Condition {
        if let Some((index, column)) = definition.column(name)
            && !column.options.hidden
        {
            if !self.access.may_view_field(definition, index) {
                return self.forbid(definition, name, at);
            }
            return self.column(column, value, at, depth);
        }
        let (name, rest) = match name.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (name, None),
        };
        match link::association(definition, name) {
            Some(index) => match rest {
                Some(rest) => {
                    let inner = Map::from_iter([(rest.to_owned(), value.clone())]);
                    // The rest of the path is added again on the way.
                    let at = at.strip_suffix(rest).map_or(at, |at| at.trim_end_matches('.'));
                    self.association(definition, index, &Json::Object(inner), at, depth)
                }
                None => self.association(definition, index, value, at, depth),
            },
            None => {
                let collection = definition.name();
                let legal = link::names(definition, self.access);
                let message = format!(
                    "unknown field {} of `{collection}`{}",
                    quoted(name),
                    instead(name, legal)
                );
                self.fault("unknown_field", at, message)
            }
        }
    }

    fn forbid(&mut self, definition: &Definition, name: &str, at: &str) -> Condition {
        let collection = definition.name();
        let role = self.access.role();
        let message = format!("role `{role}` may not view {} of `{collection}`", quoted(name));
        self.faults.forbidden.push(Fault::new("forbidden_field", message).at(at));
        Condition::always()
    }

    fn association(
        &mut self,
        definition: &'static Definition,
        index: usize,
        value: &Json,
        at: &str,
        depth: usize,
    ) -> Condition {
        let association = &definition.associations[index];
        let target = association.target();
        let grant = self.access.grant(Verb::List, target);
        let seen = self
            .access
            .grant(Verb::List, definition)
            .is_some_and(|grant| grant.fields.has_association(index));
        let Some(grant) = grant.filter(|_| seen) else {
            return self.forbid(definition, association.json, at);
        };
        let scope = grant.scope(target, self.access.user());
        if let Some(wanted) = self.emptiness(value, at) {
            let any = exists(definition, index, scope.unwrap_or_else(Condition::always));
            return if wanted { Condition::Not(Box::new(any)) } else { any };
        }
        let inner = self.group(target, value, at, depth);
        exists(definition, index, scope.into_iter().fold(inner, Condition::and))
    }

    /// Whether an association is asked to lead nowhere, or somewhere: `{"$empty": true}`.
    fn emptiness(&mut self, value: &Json, at: &str) -> Option<bool> {
        let members = value.as_object().filter(|members| members.len() == 1)?;
        let (name, value) = members.iter().next()?;
        let empty = match name.as_str() {
            "$empty" => true,
            "$notEmpty" => false,
            _ => return None,
        };
        Some(self.flag(value, &format!("{at}.{name}")) == empty)
    }

    /// The operand of `$empty` and `$notEmpty`.
    fn flag(&mut self, value: &Json, at: &str) -> bool {
        if let Json::Bool(flag) = value {
            return *flag;
        }
        self.fault("invalid_operand", at, format!("expected true or false, not {}", kind(value)));
        true
    }
}

/// The condition that an association leads to a record for which `filter` holds.
pub(crate) fn exists(
    definition: &'static Definition,
    association: usize,
    filter: Condition,
) -> Condition {
    let association = &definition.associations[association];
    let target = association.target();
    let id = |definition: &Definition| definition.columns[Definition::ID].name;
    let exists = match association.kind {
        AssociationKind::BelongsTo { column } => Exists {
            table: target.table(),
            inner: id(target),
            outer: definition.columns[column].name,
            filter,
        },
        AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => Exists {
            table: target.table(),
            inner: target.columns[by].name,
            outer: id(definition),
            filter,
        },
        AssociationKind::BelongsToMany { through, source, target: far } => {
            let through = link::through(through);
            let outer = through.columns[far].name;
            let end = Exists { table: target.table(), inner: id(target), outer, filter };
            Exists {
                table: through.table(),
                inner: through.columns[source].name,
                outer: id(definition),
                filter: Condition::Exists(Box::new(end)),
            }
        }
    };
    Condition::Exists(Box::new(exists))
}

/// What a JSON value is, for messages.
fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// A name of the caller's as a path holds it.
fn shortened(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(60).collect()
}
