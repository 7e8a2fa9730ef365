//! Declared collections to definitions: names, columns, targets and the account.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::RegistryFault;
use super::inverse;
use crate::auth::User;
use crate::collection::json::whole;
use crate::collection::{
    Association, AssociationKind, AssociationShape, Collection, CollectionMeta, Column, Definition,
    FieldOptions, Id, Kind, MemberMeta, Shape,
};
use crate::store::schema::OnDelete;
use crate::value::Type;

/// Resource names that the framework answers itself.
const RESERVED: [&str; 6] = ["auth", "executions", "hooks", "openapi", "tasks", "workflows"];

/// The prefix of the framework's own tables.
const PREFIX: &str = "wf_";

const EMPTY: &str = "the program declares no collection\n\
    = note: a crate that no code names is not linked, and neither is what it declares; the `main.rs` of a package does not get its own `lib.rs` unless it names it\n\
    = help: name the crate that declares them, as in `use my_models as _;` or `wfruntime::modules![my_models];`";

pub(super) struct Resolved {
    /// Sorted by name; without a built-in account that the program replaced.
    pub(super) visible: Vec<&'static Definition>,
    pub(super) by_type: HashMap<TypeId, &'static Definition>,
    pub(super) account: &'static Definition,
}

/// Resolves what was declared; what has a fault is left out, so that the rest is still checked.
pub(super) fn resolve(
    mut declared: Vec<&'static CollectionMeta>,
    faults: &mut Vec<RegistryFault>,
) -> Resolved {
    let builtin = TypeId::of::<User>();
    declared.retain(|meta| (meta.type_id)() != builtin);
    if declared.is_empty() {
        faults.push(RegistryFault { location: None, message: EMPTY.to_owned() });
    }
    declared.sort_by_key(|meta| (meta.name, meta.location));
    let account = account(&declared, faults);
    let replaced = account.is_some();
    if !replaced {
        declared.insert(0, User::META);
    }
    duplicates(&declared, faults);
    if replaced {
        declared.push(User::META);
    }

    let account_meta = account.unwrap_or(User::META);
    let uniques = inverse::unique_references(&declared);
    let mut by_type: HashMap<TypeId, &'static Definition> = HashMap::new();
    for meta in &declared {
        let definition = define(meta, &uniques, faults);
        by_type.insert((meta.type_id)(), Box::leak(Box::new(definition)));
    }
    let account = by_type[&(account_meta.type_id)()];
    for definition in by_type.values() {
        link(definition, &by_type, account, replaced, faults);
    }
    let visible = |meta: &&CollectionMeta| !replaced || (meta.type_id)() != builtin;
    let mut visible: Vec<_> =
        declared.into_iter().filter(visible).map(|meta| by_type[&(meta.type_id)()]).collect();
    visible.sort_by_key(|definition| definition.name());
    Resolved { visible, by_type, account }
}

/// The account collection of the program, if it has one.
fn account(
    declared: &[&'static CollectionMeta],
    faults: &mut Vec<RegistryFault>,
) -> Option<&'static CollectionMeta> {
    let mut accounts = declared.iter().filter(|meta| meta.account);
    let first = accounts.next()?;
    for other in accounts {
        faults.push(RegistryFault::at(
            other.location,
            format!(
                "`{}` is a second account collection\n= note: the first is `{}` at {}\n= help: remove `account` from one of them",
                other.rust, first.rust, first.location
            ),
        ));
    }
    Some(first)
}

fn duplicates(declared: &[&'static CollectionMeta], faults: &mut Vec<RegistryFault>) {
    let mut names: HashMap<&str, &CollectionMeta> = HashMap::new();
    let mut tables: HashMap<String, &CollectionMeta> = HashMap::new();
    for meta in declared {
        if RESERVED.contains(&meta.name) {
            faults.push(RegistryFault::at(
                meta.location,
                format!(
                    "the name `{}` is taken by the framework\n= help: give the collection another one: `#[collection(name = \"…\")]`",
                    meta.name
                ),
            ));
        }
        if meta.table.starts_with(PREFIX) {
            faults.push(RegistryFault::at(
                meta.location,
                format!("tables that begin with `{PREFIX}` are the framework's: `{}`", meta.table),
            ));
        }
        let same = [
            ("name", meta.name, names.insert(meta.name, meta)),
            ("table", meta.table, tables.insert(meta.table.to_lowercase(), meta)),
        ];
        // Two collections of one name have one table as well: that is one mistake.
        if let Some((what, word, Some(other))) = same.into_iter().find(|same| same.2.is_some()) {
            let builtin = (other.type_id)() == TypeId::of::<User>();
            let help = if builtin {
                "if its records are the users who sign in, write `#[collection(account)]`".into()
            } else {
                format!("give one of them another {what}: `#[collection({what} = \"…\")]`")
            };
            faults.push(RegistryFault::at(
                meta.location,
                format!(
                    "`{}` and `{}` have the same {what} `{word}`\n= note: the other one is declared at {}\n= help: {help}",
                    meta.rust, other.rust, other.location
                ),
            ));
        }
    }
}

fn define(
    meta: &'static CollectionMeta,
    uniques: &[(TypeId, usize)],
    faults: &mut Vec<RegistryFault>,
) -> Definition {
    let mut columns = system_columns();
    let mut associations = vec![
        association("createdBy", "created_by", Definition::CREATED_BY),
        association("updatedBy", "updated_by", Definition::UPDATED_BY),
    ];
    for (index, member) in meta.members.iter().enumerate() {
        match member.shape {
            Shape::Column { kind, nullable } => {
                columns.push(column(member, kind, nullable, None, faults));
            }
            Shape::Association(AssociationShape::BelongsTo { nullable, .. }) => {
                let kind = AssociationKind::BelongsTo { column: columns.len() };
                let mut column =
                    column(member, Kind::Reference, nullable, Some(associations.len()), faults);
                column.options.unique |= uniques.contains(&((meta.type_id)(), index));
                columns.push(column);
                associations.push(of_member(member, kind));
            }
            Shape::Association(shape) => {
                if let Some(kind) = inverse::resolve(meta, member, shape, faults) {
                    associations.push(of_member(member, kind));
                }
            }
        }
    }
    let mut column_names = HashMap::new();
    let mut names = HashMap::new();
    for (index, column) in columns.iter().enumerate() {
        let same = column_names.insert(column.json, index).is_some()
            | names.insert(column.name.to_lowercase(), index).is_some();
        if same {
            faults.push(RegistryFault::at(
                place(meta, column.rust),
                format!("two fields of `{}` have the column `{}`\n= help: give one of them another: `#[field(column = \"…\")]`", meta.rust, column.name),
            ));
        }
    }
    let association_names = associations
        .iter()
        .enumerate()
        .map(|(index, association)| (association.json, index))
        .collect();
    Definition { meta, columns, associations, column_names, association_names }
}

fn place(meta: &CollectionMeta, rust: &str) -> crate::collection::Location {
    let member = meta.members.iter().find(|member| member.rust == rust);
    member.map_or(meta.location, |member| member.location)
}

fn system_columns() -> Vec<Column> {
    let ids = Kind::Int { min: 1, max: Id::<()>::MAX };
    let plain = |json, name, kind| Column {
        json,
        rust: name,
        name,
        kind,
        nullable: false,
        options: FieldOptions::NONE,
        association: None,
        system: true,
        pattern: None,
    };
    let user = |json, rust, name, association| Column {
        rust,
        nullable: true,
        options: FieldOptions { on_delete: OnDelete::SetNull, ..FieldOptions::NONE },
        association: Some(association),
        ..plain(json, name, Kind::Reference)
    };
    let moment = Kind::Plain(Type::Timestamp);
    vec![
        plain("id", "id", ids),
        plain("createdAt", "created_at", moment),
        plain("updatedAt", "updated_at", moment),
        user("createdById", "created_by", "created_by_id", 0),
        user("updatedById", "updated_by", "updated_by_id", 1),
    ]
}

fn column(
    member: &MemberMeta,
    kind: Kind,
    nullable: bool,
    association: Option<usize>,
    faults: &mut Vec<RegistryFault>,
) -> Column {
    Column {
        json: member.column_json,
        rust: member.rust,
        name: member.column,
        kind,
        nullable,
        options: member.options,
        association,
        system: false,
        pattern: compiled(member, faults),
    }
}

/// The field's pattern, for the whole text.
pub(super) fn compiled(
    member: &MemberMeta,
    faults: &mut Vec<RegistryFault>,
) -> Option<regex_lite::Regex> {
    let pattern = member.options.pattern?;
    match whole(pattern) {
        Ok(compiled) => Some(compiled),
        Err(error) => {
            faults.push(RegistryFault::at(
                member.location,
                format!("`{pattern}` is no regular expression: {error}"),
            ));
            None
        }
    }
}

fn association(json: &'static str, rust: &'static str, column: usize) -> Association {
    let kind = AssociationKind::BelongsTo { column };
    Association { json, rust, kind, target: OnceLock::new() }
}

fn of_member(member: &MemberMeta, kind: AssociationKind) -> Association {
    Association { json: member.json, rust: member.rust, kind, target: OnceLock::new() }
}

/// Sets the targets of a definition's associations.
fn link(
    definition: &'static Definition,
    by_type: &HashMap<TypeId, &'static Definition>,
    account: &'static Definition,
    replaced: bool,
    faults: &mut Vec<RegistryFault>,
) {
    for (index, association) in definition.associations.iter().enumerate() {
        if index < Definition::SYSTEM_ASSOCIATIONS {
            let _ = association.target.set(account);
            continue;
        }
        let members = definition.meta.members;
        let Some(member) = members.iter().find(|member| member.rust == association.rust) else {
            continue;
        };
        let Some(target) = member.target() else { continue };
        if replaced && (target.type_id)() == TypeId::of::<User>() {
            faults.push(RegistryFault::at(
                member.location,
                format!(
                    "`User` is replaced by `{0}`\n= note: `{0}` is the account collection, declared at {1}\n= help: refer to `{0}`",
                    account.meta.rust, account.meta.location
                ),
            ));
        }
        match by_type.get(&(target.type_id)()) {
            Some(target) => {
                let _ = association.target.set(target);
            }
            None => faults.push(RegistryFault::at(
                member.location,
                format!("the collection `{}` is not registered", target.rust),
            )),
        }
    }
}
