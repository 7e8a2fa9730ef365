//! Forms: those that the program declares, and plain ones for collections without any, buttons or
//! not.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::ask::{Asked, Refused, Told};
use super::super::inputs::{self, Field, Sent, plain, sent};
use super::super::pick::{self, NEW, Offer, Picker};
use super::super::place::Visit;
use super::super::show;
use super::{Button, nested, search};
use crate::action::Verb;
use crate::answer;
use crate::auth::Grant;
use crate::collection::{Association, AssociationKind, Definition};

/// How many records of an association can be held by a form; of more it is not changed there.
pub(super) const HELD: u64 = 100;

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
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Input {
    #[serde(flatten)]
    pub(super) field: Field,
    pub(super) association: Option<String>,
    pub(super) collection: Option<String>,
    /// What a new record is made of, or each of several.
    pub(super) new: Option<New>,
    /// Of several: whether there are those to pick from.
    #[serde(default)]
    pub(super) picks: bool,
    /// Whether those that are linked can be changed.
    #[serde(default)]
    pub(super) changes: bool,
    /// Whether one that is linked can be left out.
    #[serde(default)]
    pub(super) releases: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct New {
    pub(super) fields: Vec<Input>,
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
        let read = self.fields.iter().filter_map(|input| match input.is_many() {
            true => Some((input.field.name.clone(), input.links(form, self.is_add())?)),
            false => input.read(form),
        });
        Value::Object(read.collect::<Map<_, _>>())
    }

    /// The same with the fields of new records under the names by which they are sent.
    fn named(mut self) -> Self {
        for input in self.fields.iter_mut().filter(|input| !input.is_many()) {
            if let (Some(new), Some(association)) = (&mut input.new, &input.association) {
                for Input { field, .. } in &mut new.fields {
                    field.name = format!("{association}.{}", field.name);
                }
            }
        }
        self
    }
}

impl Input {
    /// A name and a value of the action; `None` if it is left out.
    pub(super) fn read(&self, form: &Sent) -> Option<(String, Value)> {
        let name = self.field.name.as_str();
        match (&self.new, &self.association) {
            (Some(new), Some(association)) if sent(form, name) == Some(NEW) => {
                let values = inputs::values(new.fields.iter().map(|input| &input.field), form);
                let before = association.len() + 1;
                let values = values.as_object().cloned().unwrap_or_default().into_iter();
                let values = values.map(|(name, value)| (name[before..].to_owned(), value));
                Some((association.clone(), Value::Object(values.collect())))
            }
            _ => Some((name.to_owned(), self.field.read(sent(form, name))?)),
        }
    }
}

impl Input {
    /// Whether it takes any number of records.
    pub(super) fn is_many(&self) -> bool {
        self.field.kind == "references"
    }

    /// What a browser sent for any number of records: all of a new one's, else the difference to
    /// what the form held when it was opened; `None` if nothing was asked for.
    fn links(&self, form: &Sent, is_add: bool) -> Option<Value> {
        let named = |name: &str| -> Vec<&str> {
            let all = form.iter().filter(|(given, id)| given == name && !id.is_empty());
            all.map(|(_, id)| id.as_str()).collect()
        };
        let mut rows = nested::filled(self, form)?;
        if self.picks {
            let (ticked, seen) = (named(&self.field.name), named(&pick::seen(&self.field.name)));
            let without = |all: &[&str], others: &[&str]| -> Vec<Value> {
                all.iter().filter(|id| !others.contains(id)).map(|id| number(id)).collect()
            };
            // What was filled in comes first, so that a fault in it names its place.
            rows.add.extend(without(&ticked, &seen));
            rows.remove.extend(without(&seen, &ticked));
        }
        Some(if is_add { rows.add.into() } else { rows.into() })
    }
}

/// An id as the routes take it; what is none is passed on as it is.
pub(super) fn number(id: &str) -> Value {
    id.parse::<i64>().map_or_else(|_| id.into(), Value::from)
}

/// Whether the program declares no forms of a collection: it has plain ones, with all that the role
/// may write.
pub(super) fn are_plain(visit: &Visit, definition: &Definition) -> bool {
    visit.core.registry.forms(definition).is_none_or(|declared| declared.forms.is_empty())
}

/// The forms that the visitor has here: of the collection, or of one of its records.
pub(super) async fn forms(
    visit: &Visit,
    definition: &'static Definition,
    record: Option<&Value>,
) -> Asked<Vec<Form>> {
    if are_plain(visit, definition) {
        return Ok(plain_form(visit, definition, record.is_none()).into_iter().collect());
    }
    let of = record.map(|record| format!("?filterByTk={}", plain(&record["id"])));
    let route = format!("{}:forms{}", definition.name(), of.unwrap_or_default());
    read(&visit.read(&route).await?["data"]["forms"])
}

/// Forms from the answer of the routes.
pub(super) fn read(forms: &Value) -> Asked<Vec<Form>> {
    let forms = Vec::<Form>::deserialize(forms).map_err(Refused::broken)?;
    Ok(forms.into_iter().map(Form::named).collect())
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
    let columns = columns
        .filter(|(index, column)| !column.system && grant.fields.has_column(*index))
        .filter_map(|(index, column)| {
            let link = column.association.map(|index| &definition.associations[index]);
            Some(Input {
                field: described(definition, index, is_add)?,
                association: link.map(|link| link.json.to_owned()),
                collection: link.map(|link| link.target().name().to_owned()),
                new: link.and_then(|link| new_one(visit, link)),
                picks: false,
                changes: false,
                releases: false,
            })
        });
    let linked = definition.associations.iter().enumerate();
    let linked = linked.filter(|(index, _)| grant.fields.has_association(*index));
    let fields = columns.chain(linked.filter_map(|(_, link)| many(visit, link)));
    let fields: Vec<Input> = fields.collect();
    let kind = if is_add { "add" } else { "edit" };
    let form = Form {
        name: String::new(),
        title: String::new(),
        help: None,
        kind: kind.to_owned(),
        fields,
        buttons: Vec::new(),
    };
    (!form.fields.is_empty()).then(|| form.named())
}

/// A column as the routes describe it.
fn described(definition: &Definition, column: usize, is_add: bool) -> Option<Field> {
    let column = &definition.columns[column];
    let member = definition.meta.members.iter().find(|member| member.rust == column.rust)?;
    let described = answer::Field::of_column(member, is_add)?;
    Field::deserialize(&serde_json::to_value(&described).ok()?).ok()
}

/// What a new record behind a reference can be made of; nothing if the role cannot make one.
fn new_one(visit: &Visit, link: &Association) -> Option<New> {
    let target = link.target();
    let Grant { fields: granted, .. } = visit.access.grant(Verb::Create, target)?;
    let columns = target.columns.iter().enumerate().filter(|(_, column)| !column.system);
    let fills =
        |index: usize| granted.has_column(index) && target.columns[index].association.is_none();
    let is_whole = columns.clone().all(|(index, column)| !column.is_required() || fills(index));
    let columns = columns.filter(|(index, _)| fills(*index));
    let fields: Vec<Input> =
        columns.filter_map(|(index, _)| Some(Input::of(described(target, index, true)?))).collect();
    (is_whole && !fields.is_empty()).then_some(New { fields })
}

/// A link to any number of records that belong to nobody alone.
fn many(visit: &Visit, link: &'static Association) -> Option<Input> {
    let target = link.target();
    let is_one = !matches!(link.kind, AssociationKind::BelongsToMany { .. });
    if is_one || visit.access.grant(Verb::List, target).is_none() {
        return None;
    }
    let field = serde_json::json!({ "name": link.json, "title": super::super::layout::words(link.rust),
        "type": "references", "required": true });
    Some(Input {
        association: Some(link.json.to_owned()),
        collection: Some(target.name().to_owned()),
        picks: true,
        ..Input::of(Field::deserialize(&field).ok()?)
    })
}

/// What a form holds: what the record has, or what was sent and is drawn again.
pub(super) struct Held<'h> {
    pub(super) definition: &'static Definition,
    /// What stands before the names of the record's fields.
    pub(super) place: &'h str,
    pub(super) record: Option<&'h Value>,
    pub(super) sent: Option<&'h Sent>,
    pub(super) faults: &'h [Told],
}

impl Held<'_> {
    fn of(&self, field: &Field) -> String {
        match (self.sent, self.record) {
            (Some(form), _) => given(form, field),
            (None, Some(record)) => {
                plain(&record[field.name.strip_prefix(self.place).unwrap_or(&field.name)])
            }
            (None, None) => field.usual(),
        }
    }

    /// The ids of an association when the form was opened, if these are `ids` now.
    fn seen(&self, name: &str, ids: &[String]) -> Vec<String> {
        match (self.sent, self.record) {
            (Some(form), _) => {
                let seen = pick::seen(name);
                form.iter().filter(|(given, _)| *given == seen).map(|(_, id)| id.clone()).collect()
            }
            (None, Some(_)) => ids.to_vec(),
            (None, None) => Vec::new(),
        }
    }

    /// The ids of an association; `None` if there are too many.
    async fn ids(&self, visit: &Visit, name: &str) -> Asked<Option<Vec<String>>> {
        if let Some(form) = self.sent {
            let given = form.iter().filter(|(given, id)| given == name && !id.is_empty());
            return Ok(Some(given.map(|(_, id)| id.clone()).collect()));
        }
        let Some(record) = self.record else { return Ok(Some(Vec::new())) };
        let route = format!(
            "{}/{}/{name}:list?pageSize={HELD}&fields=id",
            self.definition.name(),
            plain(&record["id"])
        );
        let answer = visit.read(&route).await?;
        let ids = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
        let is_whole = answer["meta"]["count"].as_u64().is_some_and(|count| count <= HELD);
        Ok(is_whole.then(|| ids.iter().map(|one| plain(&one["id"])).collect()))
    }
}

/// The form drawn, with what it holds and what was wrong with it.
pub(super) async fn draw(
    visit: &Visit,
    form: &Form,
    action: &str,
    held: &Held<'_>,
) -> Asked<Markup> {
    let mut fields = Vec::with_capacity(form.fields.len());
    for input in &form.fields {
        fields.push(control(visit, input, held).await?);
    }
    let usual = form.buttons.first().map(|button| button.name.as_str());
    let has_search = form.fields.iter().any(|input| input.collection.is_some());
    Ok(html! {
        form.card method="post" action=(visit.at(action)) data-keep {
            @if let Some(help) = &form.help { p.quiet { (help) } }
            @if has_search {
                // The key Enter presses the first button, which may not be that of a search.
                button.hidden tabindex="-1" aria-hidden="true" name=[usual.map(|_| "button")]
                    value=[usual] { (visit.t("save")) }
            }
            @for field in &fields { (field) }
            div.buttons {
                @if form.buttons.is_empty() { button.primary { (visit.t("save")) } }
                @for (index, button) in form.buttons.iter().enumerate() {
                    @let described = button.hint(visit).map(|_| format!("hint-{index}"));
                    button.primary[index == 0] name="button" value=(button.name)
                        aria-describedby=[described] {
                        (button.title)
                    }
                }
            }
            @for (index, button) in form.buttons.iter().enumerate() {
                @if let Some(hint) = button.hint(visit) {
                    p.quiet id=(format!("hint-{index}")) { strong { (button.title) } ": " (hint) }
                }
            }
        }
    })
}

async fn control(visit: &Visit, input: &Input, held: &Held<'_>) -> Asked<Markup> {
    if !input.is_many() {
        return single(visit, input, held).await;
    }
    if !input.picks {
        return nested::draw(visit, input, held).await;
    }
    let field = &input.field;
    let Some(target) = input.target(visit) else { return Ok(html! {}) };
    let Some(ids) = held.ids(visit, &field.name).await? else {
        return Ok(html! { p.quiet { (field.label()) ": " (visit.t("pick-too-many")) } });
    };
    let new = match &input.new {
        Some(_) => Some(nested::rows(visit, input, held, &[]).await?),
        None => None,
    };
    let seen = held.seen(&field.name, &ids);
    let picker = Picker { seen, ..picker(visit, target, field, held, (ids, new)).await? };
    Ok(picker.many(visit))
}

/// A field with one value: one to write, or a record to pick.
pub(super) async fn single(visit: &Visit, input: &Input, held: &Held<'_>) -> Asked<Markup> {
    let field = &input.field;
    let Some(target) = input.target(visit) else {
        return Ok(field.draw(visit, &held.of(field), held.faults, ""));
    };
    let ids: Vec<String> = Some(held.of(field)).filter(|id| !id.is_empty()).into_iter().collect();
    let new = input.new.as_ref().map(|new| {
        let fields = new.fields.iter().map(|Input { field, .. }| {
            let value = held.sent.map_or_else(|| field.usual(), |form| given(form, field));
            field.draw(visit, &value, held.faults, "")
        });
        let fields: Vec<Markup> = fields.collect();
        html! { div.new role="group" aria-label=(visit.t("pick-new")) {
            @for field in &fields { (field) }
        } }
    });
    Ok(picker(visit, target, field, held, (ids, new)).await?.one(visit))
}

/// What can be picked for a field, with what is picked and what is drawn for new records.
async fn picker<'f>(
    visit: &Visit,
    target: &'static Definition,
    field: &'f Field,
    held: &Held<'f>,
    (ids, new): (Vec<String>, Option<Markup>),
) -> Asked<Picker<'f>> {
    let search = held.sent.map_or("", |form| pick::search(form, &field.name));
    Ok(Picker {
        name: &field.name,
        label: field.name_tag(visit),
        required: field.is_needed(),
        offers: offers(visit, target, &ids, search).await?,
        held: ids,
        seen: Vec::new(),
        search,
        source: visit.at(&format!("/pick/{}", target.name())),
        new,
        about: field.about(held.faults, ""),
    })
}

impl Input {
    /// A field that is nothing else.
    pub(super) fn of(field: Field) -> Self {
        Self {
            field,
            association: None,
            collection: None,
            new: None,
            picks: false,
            changes: false,
            releases: false,
        }
    }

    /// Where it leads to, as far as the visitor may see that, or may make what he may not see.
    pub(super) fn target(&self, visit: &Visit) -> Option<&'static Definition> {
        let name = self.collection.as_deref()?;
        let seen = visit.collections().find(|known| known.name() == name);
        seen.or_else(|| self.new.as_ref().and_then(|_| visit.core.registry.named(name)))
    }
}

/// The records that are held, and then a few others.
async fn offers(
    visit: &Visit,
    target: &'static Definition,
    held: &[String],
    search: &str,
) -> Asked<Vec<Offer>> {
    let mut offers = Vec::new();
    for id in held.iter().filter(|id| id.as_str() != NEW) {
        let route = format!("{}:get?filterByTk={}", target.name(), show::encoded(id));
        let title = visit.read(&route).await.map(|answer| show::title(target, &answer["data"]));
        offers.push((id.clone(), title.unwrap_or_else(|_| format!("#{id}"))));
    }
    let mut found = search::offered(visit, target, search).await?;
    found.retain(|(id, _)| !held.contains(id));
    offers.extend(found);
    Ok(offers)
}

/// What was sent for a field.
pub(super) fn given(form: &Sent, field: &Field) -> String {
    match sent(form, &field.name) {
        Some(_) if field.kind == "boolean" => "true".to_owned(),
        Some(text) => text.to_owned(),
        None => String::new(),
    }
}
