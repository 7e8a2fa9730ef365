//! The fields of a form: drawn by what they hold, and read back from what a browser sent.
//!
//! A field is described as the routes describe it: `name`, `title`, `type`, `required`, and where
//! they apply `choices`, `length`, `range`, `pattern`, `default`.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::ask::Told;
use super::layout::words;
use super::place::Place;

/// One field as the routes describe it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(default)]
    title: String,
    help: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    length: Bounds,
    #[serde(default)]
    range: Bounds,
    pattern: Option<String>,
    pub(super) default: Option<Value>,
    /// Whether it may stay empty in the browser although it is required: nothing may be sent of what
    /// stands around it.
    #[serde(skip)]
    pub(super) is_spare: bool,
}

#[derive(Debug, Clone, Deserialize)]
struct Choice {
    name: String,
    title: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Bounds {
    min: Option<Value>,
    max: Option<Value>,
}

/// What a browser sent, in the order of its form.
pub(super) type Sent = Vec<(String, String)>;

/// The first value of this name.
pub(super) fn sent<'s>(form: &'s Sent, name: &str) -> Option<&'s str> {
    form.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// A JSON value as a text of an input.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Field {
    /// A text of the page's own that has to be given.
    pub(super) fn text(name: &str, title: String, help: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            title,
            help,
            kind: "text".to_owned(),
            required: true,
            choices: Vec::new(),
            length: Bounds { min: Some(1.into()), max: None },
            range: Bounds::default(),
            pattern: None,
            default: None,
            is_spare: false,
        }
    }

    /// Whether a browser must not leave it empty.
    pub(super) fn is_needed(&self) -> bool {
        self.required && !self.is_spare
    }

    /// Its name for people.
    pub(super) fn label(&self) -> String {
        if self.title.is_empty() || self.title == self.name {
            words(&self.name)
        } else {
            words(&self.title)
        }
    }

    /// What a browser sent for it, as JSON; `None` if it is left out.
    ///
    /// What cannot be read is passed on as a text: the routes say what is wrong with it.
    pub(super) fn read(&self, text: Option<&str>) -> Option<Value> {
        if self.kind == "boolean" {
            return Some(text.is_some().into());
        }
        let text = text?.replace("\r\n", "\n");
        if text.is_empty() {
            // A text that may be empty is empty; everything else is nothing.
            let is_text = self.kind == "text" && self.required && self.length.min.is_none();
            return if is_text {
                Some(text.into())
            } else if self.required {
                None
            } else {
                Some(Value::Null)
            };
        }
        Some(match self.kind.as_str() {
            "integer" | "number" | "reference" => {
                text.trim().parse::<Number>().map_or_else(|_| text.into(), Value::Number)
            }
            "json" => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            _ => text.into(),
        })
    }

    /// The field with its label, its help, what it holds, and what was wrong with it.
    ///
    /// `place` is what stands before the name in a fault: `values.` for the values of a task.
    pub(super) fn draw(&self, page: &Place, value: &str, faults: &[Told], place: &str) -> Markup {
        let about = self.about(faults, place);
        html! {
            div.field data-wrong[about.is_wrong()] {
                label for=(about.id) { (self.name_tag(page)) }
                (self.control(page, value, &about))
                (about.told())
            }
        }
    }

    /// What stands around its input.
    pub(super) fn about<'f>(&'f self, faults: &'f [Told], place: &str) -> About<'f> {
        let here = format!("{place}{}", self.name);
        let faults = faults.iter().filter(|told| told.field.as_deref() == Some(&here)).collect();
        About { id: format!("field-{}", self.name), help: self.help.as_deref(), faults }
    }

    /// Its name for people, with what is not needed said so.
    pub(super) fn name_tag(&self, page: &Place) -> Markup {
        // Of these, nothing is said by an empty one too.
        let is_never_left = matches!(self.kind.as_str(), "boolean" | "references");
        html! {
            (self.label())
            @if !self.required && !is_never_left { " " span.quiet { (page.t("optional")) } }
        }
    }

    /// What it holds before anybody has filled it in.
    pub(super) fn usual(&self) -> String {
        let usual = self.default.as_ref().map(plain);
        usual.filter(|text| text != "now" && text != "user").unwrap_or_default()
    }

    fn control(&self, page: &Place, value: &str, about: &About<'_>) -> Markup {
        let (id, described, invalid) = (&about.id, about.described(), about.invalid());
        let length = |bound: &Option<Value>| bound.as_ref().and_then(Value::as_u64);
        match self.kind.as_str() {
            "choice" => html! {
                select id=(id) name=(self.name) required[self.is_needed()]
                    aria-describedby=[&described] aria-invalid=[invalid] {
                    @if !self.required || value.is_empty() { option value="" { (page.t("none")) } }
                    @for choice in &self.choices {
                        option value=(choice.name) selected[choice.name == value] { (choice.title) }
                    }
                }
            },
            "boolean" => html! {
                input type="checkbox" id=(id) name=(self.name) checked[value == "true"]
                    aria-describedby=[&described] aria-invalid=[invalid];
            },
            "json" => html! {
                textarea.code id=(id) name=(self.name) rows="4" required[self.is_needed()]
                    spellcheck="false" aria-describedby=[&described] aria-invalid=[invalid] { (value) }
            },
            "text" if self.is_long() => html! {
                textarea id=(id) name=(self.name) rows="4" maxlength=[length(&self.length.max)]
                    aria-describedby=[&described] aria-invalid=[invalid] { (value) }
            },
            kind => {
                let (ty, step) = match kind {
                    "integer" => ("number", Some("1")),
                    "number" => ("number", Some("any")),
                    "date" => ("date", None),
                    "time" => ("time", Some("1")),
                    "dateTime" => ("datetime-local", Some("1")),
                    _ => ("text", None),
                };
                let mode = (kind == "decimal").then_some("decimal");
                let bound =
                    |bound: &Option<Value>| bound.as_ref().filter(|_| ty != "text").map(plain);
                html! {
                    input type=(ty) id=(id) name=(self.name) value=(value) step=[step]
                        inputmode=[mode] required[self.is_needed()]
                        min=[bound(&self.range.min)] max=[bound(&self.range.max)]
                        minlength=[length(&self.length.min)] maxlength=[length(&self.length.max)]
                        pattern=[&self.pattern] aria-describedby=[&described]
                        aria-invalid=[invalid];
                }
            }
        }
    }

    /// Whether it may hold more than a line.
    fn is_long(&self) -> bool {
        let most = self.length.max.as_ref().and_then(Value::as_u64);
        self.pattern.is_none() && most.is_some_and(|most| most > 200)
    }
}

/// What stands around an input: its id, its help, and what was wrong with it.
pub(super) struct About<'f> {
    pub(super) id: String,
    help: Option<&'f str>,
    faults: Vec<&'f Told>,
}

impl About<'_> {
    pub(super) fn is_wrong(&self) -> bool {
        !self.faults.is_empty()
    }

    /// `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.is_wrong().then_some("true")
    }

    /// `aria-describedby`: the faults, and the help.
    pub(super) fn described(&self) -> Option<String> {
        let fault = self.is_wrong().then(|| format!("{}-fault", self.id));
        let help = self.help.map(|_| format!("{}-help", self.id));
        match (fault, help) {
            (Some(fault), Some(help)) => Some(format!("{fault} {help}")),
            (fault, help) => fault.or(help),
        }
    }

    /// The faults and the help, to stand below the input.
    pub(super) fn told(&self) -> Markup {
        html! {
            @if self.is_wrong() {
                p.fault id=(format!("{}-fault", self.id)) {
                    @for told in &self.faults { (told.message) " " }
                }
            }
            @if let Some(help) = self.help {
                p.quiet.help id=(format!("{}-help", self.id)) { (help) }
            }
        }
    }
}

/// Some fields of a form as the values of an action.
pub(super) fn values<'f>(fields: impl IntoIterator<Item = &'f Field>, form: &Sent) -> Value {
    let read = fields
        .into_iter()
        .filter_map(|field| Some((field.name.clone(), field.read(sent(form, &field.name))?)));
    Value::Object(read.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(kind: &str, required: bool) -> Field {
        serde_json::from_value(json!({ "name": "paidOn", "type": kind, "required": required }))
            .expect("a field")
    }

    #[test]
    fn what_a_browser_sends_is_read_by_the_type() {
        for (kind, required, text, expected) in [
            ("integer", true, Some("12"), Some(json!(12))),
            ("integer", true, Some("12x"), Some(json!("12x"))),
            ("decimal", true, Some("12.50"), Some(json!("12.50"))),
            ("boolean", true, None, Some(json!(false))),
            ("boolean", true, Some("on"), Some(json!(true))),
            ("date", false, Some(""), Some(Value::Null)),
            ("date", true, Some(""), None),
            ("text", true, Some(""), Some(json!(""))),
            ("text", true, None, None),
            ("text", false, Some("a\r\nb"), Some(json!("a\nb"))),
            ("json", true, Some("{\"a\":1}"), Some(json!({ "a": 1 }))),
            ("json", true, Some("{"), Some(json!("{"))),
        ] {
            assert_eq!(field(kind, required).read(text), expected, "{kind} {text:?}");
        }
        assert_eq!(field("date", true).label(), "Paid on");
    }
}
