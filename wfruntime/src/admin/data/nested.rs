//! Records that are filled in with the one around them, any number: rows of a form.
//!
//! The fields of a row are called as the routes name their faults where a record is made:
//! `comments[1].text`. Beside them stands `comments[1].id`, empty for a new one. A new one in which
//! nothing was filled in is none.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::super::ask::{Asked, Refused};
use super::super::inputs::{Sent, plain, sent};
use super::super::pick::MORE;
use super::super::place::Visit;
use super::super::show;
use super::form::{self, Form, HELD, Held, Input};

/// What stands for the place of a row that the script adds.
const NEXT: &str = "+";

/// A row as a browser sent it.
struct Row<'s> {
    /// What its names begin with, as in `comments[1].`.
    place: String,
    /// Nothing for a new one.
    id: &'s str,
    /// Whether it is to be left out.
    is_gone: bool,
    /// Whether it is a new one in which nothing was filled in.
    is_blank: bool,
}

/// The name of a field of a row.
fn place(input: &Input, row: &str) -> String {
    format!("{}[{row}].", input.field.name)
}

/// The rows that a browser sent; those first that are sent on, in their order.
fn sent_rows<'s>(input: &Input, form: &'s Sent) -> Vec<Row<'s>> {
    let before = format!("{}[", input.field.name);
    let mut rows: Vec<Row<'_>> = form
        .iter()
        .filter_map(|(name, id)| {
            let row = name.strip_prefix(&before)?.strip_suffix("].id")?;
            let place = place(input, row);
            let is_gone = sent(form, &format!("{place}gone")).is_some();
            let mut fields = fields(input, &place, false).into_iter();
            let is_blank = id.is_empty()
                && fields.all(|Input { field, .. }| form::given(form, &field) == field.usual());
            Some(Row { place, id, is_gone, is_blank })
        })
        .collect();
    rows.sort_by_key(|row| (row.is_blank, row.is_gone, row.id.is_empty()));
    rows
}

/// The fields of a row under its names.
fn fields(input: &Input, place: &str, is_new: bool) -> Vec<Input> {
    let fields = input.new.iter().flat_map(|new| &new.fields).cloned();
    fields
        .map(|mut one| {
            one.field.name = format!("{place}{}", one.field.name);
            one.field.is_spare = is_new;
            one
        })
        .collect()
}

/// What is to become of the records that a form is about; what it does not name stays.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    pub(super) add: Vec<Value>,
    pub(super) change: Vec<Value>,
    pub(super) remove: Vec<Value>,
}

impl From<Difference> for Value {
    fn from(Difference { add, change, remove }: Difference) -> Self {
        let lists = [("add", add), ("change", change), ("remove", remove)];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        Self::Object(lists.map(|(name, list)| (name.to_owned(), list.into())).collect())
    }
}

/// What a browser sent for the rows; `None` if it was sent none.
pub(super) fn filled(input: &Input, form: &Sent) -> Option<Difference> {
    let rows = sent_rows(input, form);
    if rows.is_empty() && form.iter().all(|(name, _)| *name != input.field.name) {
        return None;
    }
    let mut all = Difference::default();
    for row in rows.iter().filter(|row| !row.is_blank) {
        match (row.id.is_empty(), row.is_gone) {
            (true, _) => all.add.push(values(input, form, row)),
            (false, true) => all.remove.push(form::number(row.id)),
            (false, false) if input.changes => all.change.push(values(input, form, row)),
            (false, false) => {}
        }
    }
    Some(all)
}

fn values(input: &Input, form: &Sent, row: &Row<'_>) -> Value {
    let mut values = Map::new();
    if !row.id.is_empty() {
        values.insert("id".to_owned(), form::number(row.id));
    }
    let read = fields(input, &row.place, false);
    let read = read.iter().filter_map(|field| field.read(form));
    values.extend(read.map(|(name, value)| (name[row.place.len()..].to_owned(), value)));
    values.into()
}

/// A refusal whose faults stand at the rows as they are drawn again: `comments.add[0]` may be
/// `comments[2]`.
pub(super) fn placed(form: &Form, body: &Sent, mut refused: Refused) -> Refused {
    for input in form.fields.iter().filter(|input| input.is_many()) {
        let rows = sent_rows(input, body);
        let of_list = |is_new: bool| {
            let rows = rows.iter().enumerate().filter(move |(_, row)| {
                !row.is_blank && !row.is_gone && row.id.is_empty() == is_new
            });
            rows.map(|(index, _)| index).collect::<Vec<_>>()
        };
        for (list, rows) in [("change", of_list(false)), ("add", of_list(true))] {
            let before = format!("{}.{list}[", input.field.name);
            for field in refused.errors.iter_mut().filter_map(|told| told.field.as_mut()) {
                let at = field.strip_prefix(&before).and_then(|rest| rest.split_once(']'));
                let row =
                    at.and_then(|(at, rest)| Some((rows.get(at.parse::<usize>().ok()?)?, rest)));
                if let Some((row, rest)) = row {
                    *field = format!("{}[{row}]{rest}", input.field.name);
                }
            }
        }
    }
    refused
}

/// The records that are linked, the oldest first; `None` if there are too many for a form.
async fn linked(visit: &Visit, held: &Held<'_>, name: &str) -> Asked<Option<Vec<Value>>> {
    let Some(record) = held.record else { return Ok(Some(Vec::new())) };
    let (of, id) = (held.definition.name(), plain(&record["id"]));
    let mut answer = visit.read(&format!("{of}/{id}/{name}:list?pageSize={HELD}&sort=id")).await?;
    let is_whole = answer["meta"]["count"].as_u64().is_some_and(|count| count <= HELD);
    Ok(match answer["data"].take() {
        Value::Array(found) if is_whole => Some(found),
        _ => None,
    })
}

/// The rows with what stands around them; those that are stored come first.
pub(super) async fn draw(visit: &Visit, input: &Input, held: &Held<'_>) -> Asked<Markup> {
    let field = &input.field;
    let Some(stored) = linked(visit, held, &field.name).await? else {
        return Ok(html! { p.quiet { (field.label()) ": " (visit.t("pick-too-many")) } });
    };
    let about = field.about(held.faults, "");
    let rows = rows(visit, input, held, &stored).await?;
    Ok(html! {
        fieldset.field aria-describedby=[about.described()] data-wrong[about.is_wrong()] {
            legend { (field.label()) }
            // Without any row, this says that there is none.
            input type="hidden" name=(field.name) value="";
            (about.told())
            (rows)
        }
    })
}

/// A row to be drawn.
struct Drawn<'d> {
    /// Nothing for a new one.
    id: String,
    record: Option<&'d Value>,
    /// What was sent, and under which name.
    sent: Option<(&'d Sent, String)>,
    is_gone: bool,
}

/// The rows alone, with the button for another one.
pub(super) async fn rows(
    visit: &Visit,
    input: &Input,
    held: &Held<'_>,
    stored: &[Value],
) -> Asked<Markup> {
    let new = || Drawn { id: String::new(), record: None, sent: None, is_gone: false };
    let stored_as = |id: &str| stored.iter().find(|one| plain(&one["id"]) == id);
    let mut all: Vec<Drawn<'_>> = match held.sent {
        Some(form) => sent_rows(input, form)
            .into_iter()
            .map(|row| Drawn {
                id: row.id.to_owned(),
                record: stored_as(row.id),
                sent: (!row.is_blank).then_some((form, row.place)),
                is_gone: row.is_gone,
            })
            .collect(),
        None => stored
            .iter()
            .map(|one| Drawn { id: plain(&one["id"]), record: Some(one), ..new() })
            .collect(),
    };
    // One that is sent is asked for again; a first one is there without being asked for.
    let is_asked = held.sent.is_some_and(|form| sent(form, MORE) == Some(&input.field.name));
    let makes = input.new.is_some();
    if makes && (is_asked || (held.sent.is_none() && held.record.is_none() && !input.picks)) {
        all.push(new());
    }
    let mut rows = Vec::with_capacity(all.len());
    for (index, row) in all.iter().enumerate() {
        rows.push(one(visit, input, held, &index.to_string(), row).await?);
    }
    let next = if makes { Some(one(visit, input, held, NEXT, &new()).await?) } else { None };
    Ok(html! {
        div.rows { @for row in &rows { (row) } }
        @if let Some(next) = &next {
            template { (next) }
            button.small name=(MORE) value=(input.field.name) formnovalidate data-more {
                (visit.t("rows-more"))
            }
        }
    })
}

async fn one(
    visit: &Visit,
    input: &Input,
    held: &Held<'_>,
    index: &str,
    row: &Drawn<'_>,
) -> Asked<Markup> {
    let (place, is_new) = (place(input, index), row.id.is_empty());
    let target = input.collection.as_deref().and_then(|name| visit.core.registry.named(name));
    let Some(target) = target else { return Ok(html! {}) };
    // Sent under another name, if rows before it are not drawn again.
    let sent: Option<Sent> = row.sent.as_ref().map(|(form, before)| {
        let own = form.iter().filter(|(name, _)| name.contains(before.as_str()));
        own.map(|(name, value)| (name.replacen(before.as_str(), &place, 1), value.clone()))
            .collect()
    });
    let within = Held {
        definition: target,
        place: &place,
        record: row.record,
        sent: sent.as_ref(),
        faults: held.faults,
    };
    // Somebody has taken it away since the form was opened.
    let is_lost = !is_new && row.record.is_none();
    let mut drawn = Vec::new();
    if is_new || (input.changes && !is_lost) {
        for field in fields(input, &place, is_new) {
            drawn.push(form::single(visit, &field, &within).await?);
        }
    }
    let whole = place.trim_end_matches('.');
    let faults = held.faults.iter().filter(|told| told.field.as_deref() == Some(whole));
    let title = match row.record {
        Some(record) => show::title(target, record),
        None if is_new => visit.t("rows-new"),
        None => format!("#{}", row.id),
    };
    Ok(html! {
        div.row role="group" aria-label=(title) data-gone[row.is_gone] {
            input type="hidden" name={ (place) "id" } value=(row.id);
            @for told in faults { p.fault { (told.message) } }
            @if is_lost { input type="hidden" name={ (place) "gone" } value="on"; }
            @if drawn.is_empty() { p { (title) } }
            @for field in &drawn { (field) }
            @if !is_new && input.releases && !is_lost {
                label.tick {
                    input type="checkbox" name={ (place) "gone" } checked[row.is_gone];
                    " " (visit.t("rows-release"))
                }
            }
            // Without the script, what is left empty is not made.
            @if is_new { button.small type="button" hidden data-drop { (visit.t("rows-drop")) } }
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn comments(changes: bool) -> Input {
        let field = |name: &str, kind: &str| json!({ "name": name, "title": name, "type": kind, "required": true });
        let mut input = field("comments", "references");
        input["new"] = json!({ "fields": [field("text", "text"), field("stars", "integer")] });
        input["changes"] = changes.into();
        input["releases"] = true.into();
        serde_json::from_value(input).expect("an input")
    }

    fn form(pairs: &[(&str, &str)]) -> Sent {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn rows_are_read_in_the_order_in_which_their_faults_are_told() {
        let sent = form(&[
            ("comments", ""),
            ("comments[0].id", ""),
            ("comments[0].text", ""),
            ("comments[0].stars", ""),
            ("comments[1].id", "7"),
            ("comments[1].text", "old"),
            ("comments[1].stars", "2"),
            ("comments[1].gone", "on"),
            ("comments[n5].id", ""),
            ("comments[n5].text", "new"),
            ("comments[n5].stars", "many"),
            ("comments[8].id", "9"),
            ("comments[8].text", "kept"),
            ("comments[8].stars", "3"),
        ]);
        let all = filled(&comments(true), &sent).unwrap_or_default();
        let added = json!({ "text": "new", "stars": "many" });
        let changed = json!({ "id": 9, "text": "kept", "stars": 3 });
        let expected = json!({ "add": [added], "change": [changed], "remove": [7] });
        assert_eq!(Value::from(all), expected);
        // Where they may not be changed, they are not named.
        let all = filled(&comments(false), &sent).unwrap_or_default();
        assert_eq!(Value::from(all), json!({ "add": [added], "remove": [7] }));
        assert_eq!(
            filled(&comments(true), &form(&[("comments", "")])),
            Some(Difference::default())
        );
        assert_eq!(filled(&comments(true), &form(&[("title", "x")])), None, "too many to be shown");
    }
}
