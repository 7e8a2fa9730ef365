//! How values stand on the page: records, moments, statuses, the pages of a list.

use jiff::Timestamp;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::inputs::plain;
use super::layout::words;
use super::place::Visit;
use crate::action::Verb;
use crate::collection::{Association, Column, Definition, Kind};
use crate::value::Type;

/// A text as it stands in an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A moment; the script puts it into the visitor's own time.
pub(super) fn moment(moment: &str) -> Markup {
    let shown = moment.get(..16).map_or_else(|| moment.to_owned(), |text| text.replace('T', " "));
    html! { time datetime=(moment) { (shown) } }
}

/// How long it was from one moment to another; nothing if less than a millisecond.
pub(super) fn duration(from: &str, to: &str) -> Option<String> {
    let [from, to] = [from, to].map(|moment| moment.parse::<Timestamp>().ok());
    let millis = to?.duration_since(from?).as_millis();
    let (seconds, minutes, hours) = (millis / 1000, millis / 60_000, millis / 3_600_000);
    Some(match millis {
        ..1 => return None,
        1..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{seconds}.{} s", millis % 1000 / 100),
        60_000..3_600_000 => format!("{minutes} min {} s", seconds % 60),
        3_600_000..86_400_000 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    })
}

/// A status as a word with a colour.
pub(super) fn status(visit: &Visit, status: &str) -> Markup {
    html! { span.status data-status=(status) { (visit.t(&format!("status-{}", status.replace('_', "-")))) } }
}

/// The ways to the other pages of a list, from its `meta`.
pub(super) fn pages(visit: &Visit, meta: &Value) -> Markup {
    let (page, last) =
        (meta["page"].as_u64().unwrap_or(1), meta["totalPage"].as_u64().unwrap_or(1));
    if last <= 1 {
        return html! {};
    }
    let to = |number: u64| visit.here_with("page", &number.to_string());
    html! {
        nav.pages aria-label=(visit.t("pages-of-list")) {
            @if page > 1 { a rel="prev" href=(to(page - 1)) { (visit.t("previous")) } }
            span { (visit.text.with("page-of", &[("page", page.into()), ("last", last.into())])) }
            @if page < last { a rel="next" href=(to(page + 1)) { (visit.t("next")) } }
        }
    }
}

/// The to-one associations of a collection that a role may see at both ends.
pub(super) fn shown_links<'d>(
    visit: &'d Visit,
    definition: &'static Definition,
) -> impl Iterator<Item = (usize, &'static Association)> + 'd {
    let grant = visit.access.grant(Verb::Get, definition);
    definition.associations.iter().enumerate().filter(move |(index, association)| {
        let seen = grant.as_ref().is_some_and(|grant| grant.fields.has_association(*index));
        seen && association.is_to_one()
            && visit.access.grant(Verb::Get, association.target()).is_some()
    })
}

/// The route to one record, with what it refers to.
pub(super) fn one_with(visit: &Visit, definition: &'static Definition, id: i64) -> String {
    let appends: Vec<_> = shown_links(visit, definition).map(|(_, link)| link.json).collect();
    let appends =
        if appends.is_empty() { String::new() } else { format!("&appends={}", appends.join(",")) };
    format!("{}:get?filterByTk={id}{appends}", definition.name())
}

/// The page of a record.
pub(super) fn path(definition: &Definition, record: &Value) -> String {
    format!("/data/{}/{}", definition.name(), plain(&record["id"]))
}

/// The first few values of a record, in a line.
pub(super) fn brief(visit: &Visit, definition: &'static Definition, record: &Value) -> Markup {
    let title = title(definition, record);
    let shown = definition.columns.iter().filter(|column| {
        let value = record.get(column.json);
        !column.system && value.is_some_and(|value| !value.is_null() && plain(value) != title)
    });
    html! {
        @for (index, column) in shown.take(4).enumerate() {
            @if index > 0 { " · " }
            (value(visit, definition, column, record))
        }
    }
}

/// What a record is called: its first text, or else its number.
pub(super) fn title(definition: &Definition, record: &Value) -> String {
    let named = |column: &&Column| {
        !column.system && column.kind.ty() == Type::Text && !column.options.hidden
    };
    let text = definition.columns.iter().filter(named).find_map(|column| {
        record[column.json].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    });
    text.unwrap_or_else(|| format!("{} {}", definition.meta.rust, plain(&record["id"])))
}

/// The label of a column.
pub(super) fn label(column: &Column) -> String {
    words(column.options.title.unwrap_or(column.rust))
}

/// The value of a column, drawn by its type; references as a link to what they lead to.
pub(super) fn value(
    visit: &Visit,
    definition: &Definition,
    column: &Column,
    record: &Value,
) -> Markup {
    let value = &record[column.json];
    if value.is_null() {
        return html! { span.quiet { "–" } };
    }
    if let Some(index) = column.association {
        let association = &definition.associations[index];
        let target = association.target();
        let linked = &record[association.json];
        let name =
            if linked.is_object() { title(target, linked) } else { format!("#{}", plain(value)) };
        let is_seen = visit.access.grant(Verb::Get, target).is_some();
        let path = format!("/data/{}/{}", target.name(), plain(value));
        return html! { @if is_seen { a href=(visit.at(&path)) { (name) } } @else { (name) } };
    }
    match (column.kind, value) {
        (Kind::Choice(choice), Value::String(stored)) => {
            let variant = choice.variants.iter().find(|variant| variant.name == stored);
            let title = variant.map_or(stored.as_str(), |variant| variant.title);
            html! { span.choice { (title) } }
        }
        (_, Value::Bool(yes)) => html! { (visit.t(if *yes { "yes" } else { "no" })) },
        (kind, Value::String(text)) if kind.ty() == Type::Timestamp => moment(text),
        (kind, value) => {
            let is_number = matches!(kind.ty(), Type::Int | Type::Float | Type::Decimal);
            html! { @if is_number { span.number { (plain(value)) } } @else { (plain(value)) } }
        }
    }
}

/// A record as a list of its fields.
pub(super) fn record(visit: &Visit, definition: &'static Definition, record: &Value) -> Markup {
    let shown = definition
        .columns
        .iter()
        .filter(|column| !column.system && record.get(column.json).is_some());
    html! {
        dl.record {
            @for column in shown {
                div { dt { (label(column)) } dd { (value(visit, definition, column, record)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn lengths_of_time_are_read_at_a_glance() {
        let start = "2026-01-01T00:00:00Z";
        for (end, expected) in [
            ("2026-01-01T00:00:00.0004Z", None),
            ("2025-12-31T00:00:00Z", None),
            ("2026-01-01T00:00:00.085Z", Some("85 ms")),
            ("2026-01-01T00:00:01.25Z", Some("1.2 s")),
            ("2026-01-01T00:02:05Z", Some("2 min 5 s")),
            ("2026-01-01T03:04:05Z", Some("3 h 4 min")),
            ("2026-01-03T05:00:00Z", Some("2 d 5 h")),
            ("nonsense", None),
        ] {
            assert_eq!(duration(start, end).as_deref(), expected, "{end}");
        }
    }
}
