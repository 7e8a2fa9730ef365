//! What the lines of a role mean, and which of them contradict each other.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Path};

use super::parse::{self, Line};
use crate::diag::{Errors, message};
use crate::words;

/// A role that fits; only this can be emitted.
pub(crate) struct Role {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) grants: Vec<Grant>,
    pub(crate) workflows: Vec<Path>,
    pub(crate) tasks: bool,
}

/// One verb on one collection.
pub(crate) struct Grant {
    pub(crate) collection: Path,
    pub(crate) at: Ident,
    /// `view`, or the name of an own action as in URLs.
    pub(crate) verb: String,
    pub(crate) fields: Option<Vec<Ident>>,
    pub(crate) own: bool,
}

/// The verbs that every collection has.
const VERBS: [&str; 4] = ["view", "create", "update", "destroy"];

/// Judges the roles of one call; each is kept as far as it is understood.
pub(crate) fn lower(roles: Vec<parse::Role>, errors: &mut Errors) -> Vec<Role> {
    let mut lowered: Vec<Role> = Vec::with_capacity(roles.len());
    for role in roles {
        let name = role.name.unraw().to_string();
        if ["root", "admin"].contains(&name.as_str()) {
            let may = if name == "root" { "all" } else { "all but define roles" };
            errors.at(
                &role.name,
                message(
                    format!("the role `{name}` is built in"),
                    Some(&format!("it may do {may}")),
                    Some("remove it, or give it another name"),
                ),
            );
            continue;
        }
        if lowered.iter().any(|earlier| earlier.name == role.name) {
            errors.at(
                &role.name,
                message(
                    format!("duplicate role `{name}`"),
                    None,
                    Some("write all that it may do in one place"),
                ),
            );
            continue;
        }
        lowered.push(one(role, errors));
    }
    lowered
}

fn one(role: parse::Role, errors: &mut Errors) -> Role {
    let parse::Role { attrs, name, lines } = role;
    let mut it = Role { attrs, name, grants: Vec::new(), workflows: Vec::new(), tasks: false };
    for line in lines {
        match line {
            Line::Tasks(word) if it.tasks => errors.at(&word, "duplicate `tasks`"),
            Line::Tasks(word) => {
                it.tasks = true;
                if it.name == "anonymous" {
                    it.tasks = false;
                    errors.at(
                        &word,
                        message(
                            "the role `anonymous` cannot have tasks",
                            Some("it is the role of those who are not signed in"),
                            None,
                        ),
                    );
                }
            }
            Line::Workflows(paths) => {
                for path in paths {
                    if it.workflows.iter().any(|earlier| same(earlier, &path)) {
                        errors.at(&path, "duplicate workflow of a role");
                    } else {
                        it.workflows.push(path);
                    }
                }
            }
            Line::Grants(collection, grants) => {
                for grant in grants {
                    it.grants.extend(judge(&collection, grant, &it, errors));
                }
            }
        }
    }
    it
}

fn judge(
    collection: &Path,
    grant: parse::Grant,
    role: &Role,
    errors: &mut Errors,
) -> Option<Grant> {
    let parse::Grant { verb: at, fields, own } = grant;
    let word = at.unraw().to_string();
    let instead = match word.as_str() {
        "list" | "get" | "read" => Some("view"),
        "delete" => Some("destroy"),
        _ => None,
    };
    if let Some(instead) = instead {
        errors.at(
            &at,
            message(
                format!("unknown action `{word}` of a role"),
                None,
                Some(&format!("write `{instead}`")),
            ),
        );
        return None;
    }
    let verb = if VERBS.contains(&word.as_str()) { word.clone() } else { words::camel(&word) };
    let earlier = |grant: &Grant| same(&grant.collection, collection) && grant.verb == verb;
    if role.grants.iter().any(earlier) {
        errors.at(
            &at,
            message(
                format!("duplicate action `{word}` of a role"),
                None,
                Some("write its fields in one list"),
            ),
        );
        return None;
    }
    takes(&at, &word, fields.as_ref(), own.as_ref(), role, errors);
    let own = own.is_some();
    Some(Grant { collection: collection.clone(), at, verb, fields, own })
}

/// Which verbs take fields and `own`.
fn takes(
    at: &Ident,
    word: &str,
    fields: Option<&Vec<Ident>>,
    own: Option<&Ident>,
    role: &Role,
    errors: &mut Errors,
) {
    if let Some(own) = own {
        if word == "create" {
            errors.at(
                own,
                message(
                    "`own` has no effect on `create`",
                    Some("who creates a record is whose record it is"),
                    Some("remove `own`"),
                ),
            );
        } else if ["export", "import"].contains(&word) {
            errors.at(
                own,
                message(
                    format!("`own` has no effect on `{word}`"),
                    Some("what is exported is what the role may view, what is imported is new"),
                    Some("remove `own`"),
                ),
            );
        } else if role.name == "anonymous" {
            errors.at(
                own,
                message(
                    "`own` has no effect in the role `anonymous`",
                    Some("nobody is signed in, so no record is theirs"),
                    Some("remove it, or grant it to another role"),
                ),
            );
        }
    }
    let Some(fields) = fields else { return };
    if !["view", "create", "update"].contains(&word) {
        errors.at(
            at,
            message(
                format!("`{word}` takes no fields"),
                Some("`view`, `create` and `update` can be limited to fields"),
                Some("remove the list"),
            ),
        );
    } else if fields.is_empty() && word == "view" {
        errors.at(
            at,
            message(
                format!("`{word}` must name at least one field"),
                None,
                Some("remove the brackets to grant all of them"),
            ),
        );
    }
    for (index, field) in fields.iter().enumerate() {
        if fields[..index].contains(field) {
            errors.at(field, format!("duplicate field `{}`", field.unraw()));
        }
    }
}

fn same(a: &Path, b: &Path) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}
