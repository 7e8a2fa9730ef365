//! Forms: those that the program declares, and plain ones for collections without any.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::super::ask::{Asked, Refused, Told};
use super::super::inputs::{self, Field, Sent, plain, sent};
use super::super::place::Visit;
use super::super::show;
use super::{Button, search};
use crate::action::Verb;
use crate::answer;
use crate::collection::Definition;

/// A form as the routes describe it.
#[derive(Debug, Deserialize)]
pub(super) struct Form {
    /// Nothing for a plain one.
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) title: String,
    pub(super) help: Option<String>,
    pub(super) kind: String,
    pub(super) fields: Vec<Input>,
    pub(super) buttons: Vec<Button>,
}

/// One field of a form; a reference says where it leads.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    #[serde(flatten)]
    pub(super) field: Field,
    collection: Option<String>,
}

impl Form {
    /// The name of its address: `?form=claim`.
    pub(super) fn query(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!("?form={}", self.name) }
    }

    pub(super) fn is_add(&self) -> bool {
        self.kind == "add"
    }

    /// What a browser sent, as the values of the action.
    pub(super) fn values(&self, form: &Sent) -> Value {
        let fields: Vec<Field> = self.fields.iter().map(|input| input.field.clone()).collect();
        inputs::values(&fields, form)
    }
}

/// The forms that the visitor has here: of the collection, or of one of its records.
///
/// A collection for which the program declares none has plain ones, with all that the role may
/// write.
pub(super) async fn forms(
    visit: &Visit,
    definition: &'static Definition,
    record: Option<&Value>,
) -> Asked<Vec<Form>> {
    if visit.core.registry.forms(definition).is_none() {
        return Ok(plain_form(visit, definition, record.is_none()).into_iter().collect());
    }
    let of = record.map(|record| format!("?filterByTk={}", plain(&record["id"])));
    let route = format!("{}:forms{}", definition.name(), of.unwrap_or_default());
    read(&visit.read(&route).await?["data"]["forms"])
}

/// Forms from the answer of the routes.
pub(super) fn read(forms: &Value) -> Asked<Vec<Form>> {
    Vec::deserialize(forms).map_err(Refused::broken)
}

/// A form of all that the role may write.
pub(super) fn plain_form(
    visit: &Visit,
    definition: &'static Definition,
    is_add: bool,
) -> Option<Form> {
    let verb = if is_add { Verb::Create } else { Verb::Update };
    let grant = visit.access.grant(verb, definition)?;
    let columns = definition.columns.iter().enumerate();
    let fields = columns
        .filter(|(index, column)| !column.system && grant.fields.has_column(*index))
        .filter_map(|(_, column)| {
            let mut members = definition.meta.members.iter();
            let member = members.find(|member| member.rust == column.rust)?;
            let described = answer::Field::of_column(member, is_add)?;
            let field = serde_json::to_value(&described).ok()?;
            let link = column.association.map(|index| &definition.associations[index]);
            Some(Input {
                field: Field::deserialize(&field).ok()?,
                collection: link.map(|link| link.target().name().to_owned()),
            })
        });
    let fields: Vec<Input> = fields.collect();
    let kind = if is_add { "add" } else { "edit" };
    (!fields.is_empty()).then(|| Form {
        name: String::new(),
        title: String::new(),
        help: None,
        kind: kind.to_owned(),
        fields,
        buttons: Vec::new(),
    })
}

/// The form drawn, with what it holds and what was wrong with it.
pub(super) async fn draw(
    visit: &Visit,
    form: &Form,
    action: &str,
    held: impl Fn(&Field) -> String,
    faults: &[Told],
) -> Asked<Markup> {
    let mut fields = Vec::with_capacity(form.fields.len());
    for input in &form.fields {
        let value = held(&input.field);
        let offered = options(visit, input, &value).await?;
        fields.push(match &offered {
            Some((options, source)) => {
                input.field.pick(visit, &value, options, source.as_deref(), faults)
            }
            None => input.field.draw(visit, &value, faults, ""),
        });
    }
    Ok(html! {
        form.card method="post" action=(visit.at(action)) data-keep {
            @if let Some(help) = &form.help { p.quiet { (help) } }
            @for field in &fields { (field) }
            div.buttons {
                @if form.buttons.is_empty() { button.primary { (visit.t("save")) } }
                @for (index, button) in form.buttons.iter().enumerate() {
                    @let hint = button.hint(visit);
                    button.primary[index == 0] name="button" value=(button.name) title=[hint] {
                        (button.title)
                    }
                }
            }
        }
    })
}

/// What a reference can be set to, and where to look for more.
async fn options(
    visit: &Visit,
    input: &Input,
    value: &str,
) -> Asked<Option<(Vec<(String, String)>, Option<String>)>> {
    let Some(target) = &input.collection else { return Ok(None) };
    let Some(target) = visit.collections().find(|known| known.name() == target) else {
        return Ok(None);
    };
    let mut options = search::offered(visit, target, "").await?;
    let is_offered = options.iter().any(|(id, _)| id == value);
    if !value.is_empty() && !is_offered {
        let route = format!("{}:get?filterByTk={}", target.name(), show::encoded(value));
        let title = visit.read(&route).await.map(|answer| show::title(target, &answer["data"]));
        options.insert(0, (value.to_owned(), title.unwrap_or_else(|_| format!("#{value}"))));
    }
    Ok(Some((options, Some(visit.at(&format!("/pick/{}", target.name()))))))
}

/// What was sent for a field.
pub(super) fn given(form: &Sent, field: &Field) -> String {
    match sent(form, &field.name) {
        Some(_) if field.kind == "boolean" => "true".to_owned(),
        Some(text) => text.to_owned(),
        None => String::new(),
    }
}
