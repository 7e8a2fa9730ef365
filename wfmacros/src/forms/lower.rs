//! What the forms of a call mean, and what in them contradicts itself.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, LitStr, Member, Path};

use super::parse::{Block, Fire, Head, Item, Kind};
use crate::attributes;
use crate::diag::{Errors, message};
use crate::words;

/// The forms of one collection; only this can be emitted.
pub(crate) struct Model {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) collection: Path,
    pub(crate) forms: Vec<Form>,
    pub(crate) rows: Vec<Button>,
}

/// A form with at least one field and one button.
pub(crate) struct Form {
    pub(crate) is_add: bool,
    /// Whether all of it was understood.
    pub(crate) is_whole: bool,
    pub(crate) fields: Vec<Ident>,
    /// The references beside which a new record can be filled in, each with its fields.
    pub(crate) new: Vec<(Ident, Vec<Ident>)>,
    pub(crate) head: Common,
    pub(crate) buttons: Vec<Button>,
}

/// A button of a form, of a record or of several.
pub(crate) struct Button {
    pub(crate) head: Common,
    /// Whether it is pressed on all records that are selected.
    pub(crate) is_for_several: bool,
    pub(crate) fixed: Vec<(Ident, Expr)>,
    pub(crate) fires: Vec<Fire>,
}

/// What a form and a button both have.
pub(crate) struct Common {
    /// Where its title stands.
    pub(crate) at: Span,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) help: Option<String>,
    pub(crate) when: Option<Expr>,
    pub(crate) allow: Vec<Ident>,
}

/// The fields that the system sets.
const SYSTEM: [&str; 5] = ["id", "created_at", "updated_at", "created_by", "updated_by"];

/// Judges the forms of one call; each is kept as far as it is understood.
pub(crate) fn lower(blocks: Vec<Block>, errors: &mut Errors) -> Vec<Model> {
    let mut names: Vec<(String, &str, String)> = Vec::new();
    let mut models = Vec::with_capacity(blocks.len());
    for block in blocks {
        attributes(&block.attrs, true, errors);
        let collection = block.collection.to_token_stream().to_string();
        let mut model = Model {
            attrs: block.attrs,
            collection: block.collection,
            forms: Vec::new(),
            rows: Vec::new(),
        };
        for item in block.items {
            let is_button = matches!(item.kind, Kind::Row | Kind::Rows);
            let what = if is_button { "button" } else { "form" };
            let head = &item.head;
            let Some(name) = name(&head.title, head.name.as_ref(), errors) else { continue };
            let key = (collection.clone(), what, name.clone());
            if names.contains(&key) && block_has_no_cfg(&model) {
                twice(what, &name, head, errors);
                continue;
            }
            names.push(key);
            match item.kind {
                Kind::Row | Kind::Rows => model.rows.push(row(item, name, errors)),
                kind => model.forms.push(form(item, kind == Kind::Add, name, errors)),
            }
        }
        models.push(model);
    }
    models
}

/// Of two blocks under `cfg`s, one may be there instead of the other.
fn block_has_no_cfg(model: &Model) -> bool {
    attributes::cfgs(&model.attrs).is_empty()
}

fn twice(what: &str, name: &str, head: &Head, errors: &mut Errors) {
    let text = message(
        format!("duplicate {what} `{name}`"),
        Some("requests name it so"),
        Some("give it another title, or another name behind it: `\"…\" as name`"),
    );
    match &head.name {
        Some(at) => errors.at(at, text),
        None => errors.at(&head.title, text),
    }
}

/// What requests call it.
fn name(title: &LitStr, given: Option<&Ident>, errors: &mut Errors) -> Option<String> {
    if let Some(given) = given {
        return Some(given.unraw().to_string());
    }
    let name = words::name_of(&title.value());
    if name.is_empty() {
        errors.at(
            title,
            message(
                "no name can be made of this title",
                Some("requests name a button, as in `button=save_draft`"),
                Some("use letters or digits, or write a name behind it: `\"…\" as name`"),
            ),
        );
        return None;
    }
    Some(name)
}

fn attributes(attrs: &[Attribute], takes_cfg: bool, errors: &mut Errors) {
    for attribute in attrs {
        let path = attribute.path();
        if path.is_ident("doc") || (takes_cfg && path.is_ident("cfg")) {
            continue;
        }
        errors.at(
            attribute,
            message(
                "only a doc comment can stand on a form or button",
                Some("its text is shown as help"),
                path.is_ident("cfg")
                    .then_some("write the collection a second time, and the `cfg` on that"),
            ),
        );
    }
}

fn form(item: Item, is_add: bool, name: String, errors: &mut Errors) -> Form {
    let Item { word, head, buttons, is_broken, .. } = item;
    attributes(&head.attrs, false, errors);
    if let Some((arrow, _)) = &head.fires {
        let help = "write it on a button: `\"Save\" => [review];`";
        let text = message("a form fires no workflows", Some("its buttons do"), Some(help));
        errors.at(arrow, text);
    }
    let (fields, new) = form_fields(&word, &head, errors);
    if buttons.is_empty() && !is_broken {
        let help = "write it behind the fields: `{ \"Save\"; }`";
        errors.at(&head.title, message("a form must have a button", None, Some(help)));
    }
    // What is wrong already would be told again as missing.
    let given = head.fields.as_ref().map_or(0, |(_, fields)| fields.len());
    let is_whole = !buttons.is_empty() && !is_broken && given > 0 && fields.len() == given;
    if is_add {
        no_record(&head, errors);
    }
    let mut form = Form {
        is_add,
        is_whole,
        fields,
        new,
        head: common(head, name, errors),
        buttons: Vec::with_capacity(buttons.len()),
    };
    for head in buttons {
        let button = button_of(&form, head, errors);
        form.buttons.extend(button);
    }
    form
}

/// A button of a form, whose earlier ones are known.
fn button_of(form: &Form, head: Head, errors: &mut Errors) -> Option<Button> {
    if let Some((paren, _)) = &head.fields {
        errors.span(
            paren.span.join(),
            message(
                "a button takes no fields",
                Some("those of its form are filled in"),
                Some("write what the button sets in braces: `{ status: Status::Draft }`"),
            ),
        );
    }
    if form.is_add {
        no_record(&head, errors);
    }
    let own = name(&head.title, head.name.as_ref(), errors)?;
    let full = format!("{}.{own}", form.head.name);
    if form.buttons.iter().any(|earlier| earlier.head.name == full) {
        twice("button", &own, &head, errors);
        return None;
    }
    let button = button(head, full, errors);
    for (field, _) in button.fixed.iter().filter(|(field, _)| form.fields.contains(field)) {
        errors.at(
            field,
            message(
                format!("`{}` is a field of the form and set by its button", field.unraw()),
                Some("what people fill in would be lost"),
                Some("remove it from one of them"),
            ),
        );
    }
    Some(button)
}

/// A new record fulfils no condition yet.
fn no_record(head: &Head, errors: &mut Errors) {
    if let Some((word, _)) = &head.when {
        errors.at(
            word,
            message(
                "`when` has no effect on a form that adds",
                Some("there is no record yet whose fields it could look at"),
                Some("remove it"),
            ),
        );
    }
}

/// The fields of a form, and those of the new records in it.
fn form_fields(
    word: &Ident,
    head: &Head,
    errors: &mut Errors,
) -> (Vec<Ident>, Vec<(Ident, Vec<Ident>)>) {
    let fields = head.fields.as_ref().map_or(&[][..], |(_, fields)| fields);
    if fields.is_empty() {
        errors.at(
            &head.title,
            message(
                "a form must name at least one field",
                None,
                Some(&format!("write `{word} \"…\" (field, field) {{ … }}`")),
            ),
        );
    }
    let mut new: Vec<(Ident, Vec<Ident>)> = Vec::new();
    for field in fields {
        let Some(own) = &field.new else { continue };
        if own.is_empty() {
            let name = field.name.unraw();
            errors.at(
                &field.name,
                message(
                    "a new record must have a field",
                    None,
                    Some(&format!("write `{name} {{ name }}`, or `{name}` to pick one alone")),
                ),
            );
        } else if new.iter().all(|(known, _)| *known != field.name) {
            new.push((field.name.clone(), once(own.iter(), errors)));
        }
    }
    (once(fields.iter().map(|field| &field.name), errors), new)
}

/// The fields that can be written, each once.
fn once<'f>(fields: impl Iterator<Item = &'f Ident>, errors: &mut Errors) -> Vec<Ident> {
    let mut known: Vec<Ident> = Vec::new();
    for field in fields {
        if known.contains(field) {
            errors.at(field, format!("duplicate field `{}`", field.unraw()));
        } else if !is_system(field, errors) {
            known.push(field.clone());
        }
    }
    known
}

fn is_system(field: &Ident, errors: &mut Errors) -> bool {
    let name = field.unraw().to_string();
    let is_one = SYSTEM.contains(&name.as_str());
    if is_one {
        errors.at(
            field,
            message(
                format!("`{name}` cannot be written"),
                Some("the system sets it"),
                Some("remove it"),
            ),
        );
    }
    is_one
}

fn row(item: Item, name: String, errors: &mut Errors) -> Button {
    let (head, is_for_several) = (item.head, item.kind == Kind::Rows);
    if let Some((paren, _)) = &head.fields {
        errors.span(
            paren.span.join(),
            message(
                "the button of records takes no fields",
                Some("it is pressed without a form"),
                Some("write an `edit` form, or what the button sets: `{ status: Status::Draft }`"),
            ),
        );
    }
    let does_nothing = head.values.as_ref().is_none_or(Vec::is_empty)
        && head.fires.as_ref().is_none_or(|(_, fires)| fires.is_empty());
    if does_nothing && head.fields.is_none() {
        errors.at(&head.title, message(
            "this button does nothing",
            None,
            Some("write what it sets, `{ status: Status::Draft }`, or what it fires, `=> [review]`"),
        ));
    }
    Button { is_for_several, ..button(head, name, errors) }
}

fn button(mut head: Head, name: String, errors: &mut Errors) -> Button {
    attributes(&head.attrs, false, errors);
    let mut fixed: Vec<(Ident, Expr)> = Vec::new();
    for value in head.values.take().unwrap_or_default() {
        let Member::Named(field) = value.name else { continue };
        if fixed.iter().any(|(earlier, _)| *earlier == field) {
            errors.at(&field, format!("duplicate field `{}`", field.unraw()));
        } else if !is_system(&field, errors) {
            fixed.push((field, value.value));
        }
    }
    let mut fires: Vec<Fire> = Vec::new();
    for fire in head.fires.take().map(|(_, fires)| fires).unwrap_or_default() {
        let same =
            |a: &Path, b: &Path| a.to_token_stream().to_string() == b.to_token_stream().to_string();
        if fires.iter().any(|earlier| same(&earlier.workflow, &fire.workflow)) {
            errors.at(
                &fire.workflow,
                message(
                    "duplicate workflow of a button",
                    Some("a press fires it once, for one record"),
                    Some("remove it"),
                ),
            );
        } else {
            fires.push(fire);
        }
    }
    Button { head: common(head, name, errors), is_for_several: false, fixed, fires }
}

fn common(head: Head, name: String, errors: &mut Errors) -> Common {
    let mut allow: Vec<Ident> = Vec::new();
    if let Some((word, roles)) = head.allow {
        if roles.is_empty() {
            errors.at(&word, message(
                "`allow` must name at least one role",
                Some("without it, every role that may do the same without the button may press it"),
                Some("name a role, as in `allow [clerk]`, or remove `allow`"),
            ));
        }
        for role in roles {
            if allow.contains(&role) {
                errors.at(&role, format!("duplicate role `{}`", role.unraw()));
            } else {
                allow.push(role);
            }
        }
    }
    Common {
        at: head.title.span(),
        name,
        title: head.title.value(),
        help: attributes::text(&head.attrs),
        when: head.when.map(|(_, when)| when),
        allow,
    }
}
