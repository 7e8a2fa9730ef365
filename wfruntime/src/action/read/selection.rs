//! Which fields and associations of a record an answer shows, as the role may see them.

use super::link;
use super::load::Branch;
use crate::action::faults::Faults;
use crate::action::{Verb, View};
use crate::auth::{Access, Grant};
use crate::collection::json::Selection;
use crate::collection::{AssociationKind, Definition};
use crate::error::{Fault, Result};
use crate::spelling::{instead, quoted};

/// How many associations one after the other a path may name.
const DEPTH: usize = 6;

/// How many associations an answer may show, all together.
const APPENDS: usize = 64;

/// What an answer shows of the records of one collection, and what to read for it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// The fields and associations that the answer shows.
    pub(crate) selection: Selection,
    /// Indexes of the columns to read.
    pub(super) columns: Vec<usize>,
    /// The associations to load.
    pub(crate) branches: Vec<Branch>,
}

impl Shown {
    /// Where no record is answered.
    pub(crate) const NOTHING: Self =
        Self { selection: Selection::ALL, columns: Vec::new(), branches: Vec::new() };
}

/// What `view` asks for of the records of `definition`.
///
/// A role that may write records but not view them is shown their system fields.
///
/// # Errors
/// [`ErrorKind::Invalid`] with all that is unknown, else [`ErrorKind::Forbidden`] with all that
/// the role may not view.
pub(crate) fn resolve(
    definition: &'static Definition,
    view: &View,
    access: &Access,
) -> Result<Shown> {
    let mut tree = Tree::new(definition, access.grant(Verb::Get, definition));
    let mut resolver = Resolver { access, faults: Faults::default(), room: APPENDS };
    for path in &view.appends {
        resolver.add(&mut tree, path, "appends");
    }
    for path in &view.fields {
        resolver.add(&mut tree, path, "fields");
    }
    for path in &view.except {
        resolver.remove(&mut tree, path);
    }
    resolver.faults.check()?;
    Ok(tree.finish(access))
}

/// A selection while it is made.
struct Tree {
    definition: &'static Definition,
    grant: Option<Grant>,
    /// The columns that `fields` names; all if it names none here.
    named: Vec<usize>,
    /// The columns and associations that `except` names.
    without: Vec<usize>,
    without_appends: Vec<usize>,
    appends: Vec<(usize, Tree)>,
}

impl Tree {
    fn new(definition: &'static Definition, grant: Option<Grant>) -> Self {
        Self {
            definition,
            grant,
            named: Vec::new(),
            without: Vec::new(),
            without_appends: Vec::new(),
            appends: Vec::new(),
        }
    }

    /// Whether the role may see a column; without the right to view, only what the system sets.
    fn may(&self, column: usize) -> bool {
        let found = &self.definition.columns[column];
        let granted = self.grant.as_ref().map(|grant| grant.fields.has_column(column));
        !found.options.hidden && granted.unwrap_or(found.system)
    }

    fn finish(mut self, access: &Access) -> Shown {
        let definition = self.definition;
        let shown: Vec<bool> = (0..definition.columns.len())
            .map(|column| {
                self.may(column)
                    && (self.named.is_empty() || self.named.contains(&column))
                    && !self.without.contains(&column)
            })
            .collect();
        // The id is needed to load what refers to the record.
        let mut columns = vec![Definition::ID];
        columns.extend((0..shown.len()).filter(|column| shown[*column]));
        let mut associations = Vec::new();
        let mut branches = Vec::new();
        self.appends.sort_by_key(|(association, _)| *association);
        for (association, tree) in self.appends {
            if self.without_appends.contains(&association) {
                continue;
            }
            let kind = definition.associations[association].kind;
            let filter =
                tree.grant.as_ref().and_then(|grant| grant.scope(tree.definition, access.user()));
            let mut of = tree.finish(access);
            match kind {
                AssociationKind::BelongsTo { column } => columns.push(column),
                AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
                    of.columns.push(by);
                }
                AssociationKind::BelongsToMany { .. } => {}
            }
            associations.push((association, of.selection));
            branches.push(Branch {
                association,
                columns: of.columns,
                filter,
                branches: of.branches,
            });
        }
        let selection = Selection { columns: Some(shown), associations: Some(associations) };
        Shown { selection, columns, branches }
    }
}

struct Resolver<'a> {
    access: &'a Access,
    faults: Faults,
    room: usize,
}

impl Resolver<'_> {
    /// Follows a path of `appends` or `fields` and takes what is at its end.
    fn add(&mut self, tree: &mut Tree, path: &str, parameter: &'static str) {
        let mut tree = tree;
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > DEPTH + usize::from(parameter == "fields") {
            let message = format!("{} has more than {DEPTH} associations", quoted(path));
            return self.fault("path_too_deep", parameter, message);
        }
        for (index, step) in steps.iter().enumerate() {
            let definition = tree.definition;
            if let Some(association) = link::association(definition, step) {
                let Some(next) = self.step(tree, association, parameter) else { return };
                tree = next;
                continue;
            }
            let column = definition.column(step).filter(|(_, column)| !column.options.hidden);
            let last = index + 1 == steps.len();
            return match column {
                Some((column, _)) if last && parameter == "fields" => {
                    if tree.may(column) {
                        tree.named.push(column);
                    } else {
                        self.forbid(definition, step, parameter);
                    }
                }
                Some(_) => {
                    let message = format!("{} of {} is no association", quoted(step), quoted(path));
                    self.fault("not_an_association", parameter, message);
                }
                None => self.unknown(definition, step, parameter),
            };
        }
        // A field list that ends at an association shows all of it.
    }

    fn step<'t>(
        &mut self,
        tree: &'t mut Tree,
        association: usize,
        parameter: &'static str,
    ) -> Option<&'t mut Tree> {
        let at = match tree.appends.iter().position(|(known, _)| *known == association) {
            Some(at) => at,
            None => {
                let found = &tree.definition.associations[association];
                let seen = tree
                    .grant
                    .as_ref()
                    .is_some_and(|grant| grant.fields.has_association(association));
                let grant = self.access.grant(Verb::List, found.target()).filter(|_| seen);
                let Some(grant) = grant else {
                    self.forbid(tree.definition, found.json, parameter);
                    return None;
                };
                let Some(room) = self.room.checked_sub(1) else {
                    let message = format!("at most {APPENDS} associations are shown at once");
                    self.fault("too_many_appends", parameter, message);
                    return None;
                };
                self.room = room;
                tree.appends.push((association, Tree::new(found.target(), Some(grant))));
                tree.appends.len() - 1
            }
        };
        tree.appends.get_mut(at).map(|(_, tree)| tree)
    }

    /// Takes away what is at the end of a path of `except`.
    fn remove(&mut self, tree: &mut Tree, path: &str) {
        let mut tree = tree;
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let definition = tree.definition;
            let association = link::association(definition, step);
            if let Some(association) = association {
                if steps.peek().is_none() {
                    return tree.without_appends.push(association);
                }
                // What is not shown need not be left out.
                let shown = tree.appends.iter().position(|(known, _)| *known == association);
                let Some(shown) = shown else { return };
                tree = &mut tree.appends[shown].1;
                continue;
            }
            return match definition.column(step).filter(|(_, column)| !column.options.hidden) {
                Some((column, _)) if steps.peek().is_none() => tree.without.push(column),
                Some(_) => {
                    let message = format!("{} of {} is no association", quoted(step), quoted(path));
                    self.fault("not_an_association", "except", message);
                }
                None => self.unknown(definition, step, "except"),
            };
        }
    }

    fn unknown(&mut self, definition: &Definition, name: &str, parameter: &'static str) {
        let legal = link::names(definition, self.access);
        let legal = legal
            .into_iter()
            .filter(|name| parameter != "appends" || definition.association(name).is_some());
        let what = if parameter == "appends" { "association" } else { "field" };
        let message = format!(
            "unknown {what} {} of `{}`{}",
            quoted(name),
            definition.name(),
            instead(name, legal)
        );
        self.fault(&format!("unknown_{what}"), parameter, message);
    }

    fn fault(&mut self, code: &str, parameter: &str, message: String) {
        self.faults.invalid.push(Fault::new(code, message).at(parameter));
    }

    fn forbid(&mut self, definition: &Definition, name: &str, parameter: &str) {
        let role = self.access.role();
        let message =
            format!("role `{role}` may not view {} of `{}`", quoted(name), definition.name());
        self.faults.forbidden.push(Fault::new("forbidden_field", message).at(parameter));
    }
}
