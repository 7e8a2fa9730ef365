//! The parameters of a request, from the query of its address.
//!
//! A parameter that nobody knows is ignored, since clients send some of their own; one that
//! looks like a mistyped one of ours is a fault, since ignoring it would answer something else.

use percent_encoding::percent_decode_str;

use super::distinct;
use super::path::is_well_encoded;
use crate::action::View;
use crate::error::Fault;
use crate::spelling::{closest, quoted};

/// The parameters that mean something.
const NAMES: [&str; 15] = [
    "filterByTk",
    "filter",
    "fields",
    "except",
    "appends",
    "sort",
    "page",
    "pageSize",
    "triggerWorkflows",
    "token",
    "button",
    "filterKeys",
    "format",
    "dryRun",
    "whole",
];

/// A parameter of NocoBase's clients that is close to ours but is none.
const FOREIGN: [&str; 1] = ["fieldNames"];

/// The parameters of a request, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Params {
    /// `filterByTk`, each of them as it was written; absent if empty.
    keys: Option<Vec<String>>,
    /// `filter`.
    pub(super) filter: Option<serde_json::Value>,
    /// What to show, and how to cut a list.
    pub(super) view: View,
    /// `triggerWorkflows`, as it stands.
    pub(super) triggers: Option<String>,
    /// `filterKeys`, the fields that tell a record from others.
    pub(super) filter_keys: Vec<String>,
    /// `format`, how the records of a file stand in it.
    pub(super) format: Option<String>,
    /// `dryRun=true`: nothing is written.
    pub(super) dry_run: bool,
    /// `whole=true`: all is written or nothing.
    pub(super) whole: bool,
    /// `button`, the name of the one that is pressed.
    pub(super) button: Option<String>,
    /// The known ones that were given, each once.
    pub(super) given: Vec<&'static str>,
    /// What is wrong.
    pub(super) faults: Vec<Fault>,
}

impl Params {
    /// Reads the query; its faults are kept, so that all of a request are told at once.
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let mut params = Self::default();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let (Some(name), Some(value)) = (decode(name), decode(value)) {
                params.take(&name, value);
            } else {
                let message = "a parameter must be percent-encoded UTF-8".to_owned();
                params.fault("invalid_encoding", name, message);
            }
        }
        params
    }

    fn take(&mut self, written: &str, value: String) {
        let name = plain(written);
        let Some(known) = NAMES.into_iter().find(|known| *known == name) else {
            return self.unknown(name);
        };
        let is_again = self.given.contains(&known);
        if is_again && matches!(known, "filter" | "page" | "pageSize" | "button") {
            let message = format!("`{known}` is given twice");
            return self.fault("duplicate_parameter", known, message);
        }
        if !is_again {
            self.given.push(known);
        }
        match known {
            "filterByTk" => self.keys.get_or_insert_default().extend(self::list(&value)),
            "filter" => self.take_filter(written, &value),
            "fields" => self.view.fields.extend(list(&value)),
            "except" => self.view.except.extend(list(&value)),
            "appends" => self.view.appends.extend(list(&value)),
            "sort" => self.view.sort.extend(list(&value)),
            "page" => self.view.page = self.number(known, &value),
            "pageSize" => self.view.page_size = self.number(known, &value),
            "triggerWorkflows" => match &mut self.triggers {
                Some(triggers) => {
                    triggers.push(',');
                    triggers.push_str(&value);
                }
                None => self.triggers = Some(value),
            },
            "filterKeys" => self.filter_keys.extend(list(&value)),
            "button" => self.button = Some(value),
            "format" => self.format = Some(value),
            "dryRun" => self.dry_run = self.flag(known, &value),
            "whole" => self.whole = self.flag(known, &value),
            // `token` is read by others.
            _ => {}
        }
    }

    fn unknown(&mut self, name: &str) {
        let meant = closest(name, NAMES).filter(|_| !FOREIGN.contains(&name));
        // `page_size` and `filterBytk` are the same word to a person.
        let bare = |name: &str| name.replace(['_', '-'], "").to_lowercase();
        let meant = meant.or_else(|| NAMES.into_iter().find(|known| bare(known) == bare(name)));
        match meant {
            // `field` and `append` are as likely as `feilds`; `tk` is not.
            Some(meant) if name.len() > 2 => {
                let message =
                    format!("unknown parameter {}; did you mean `{meant}`?", quoted(name));
                self.fault("unknown_parameter", name, message);
            }
            _ => {}
        }
    }

    fn take_filter(&mut self, written: &str, value: &str) {
        if written != "filter" {
            let message = "`filter` is one JSON object: `filter={\"title\":\"A title\"}`";
            return self.fault("invalid_filter", "filter", message.to_owned());
        }
        if value.trim().is_empty() {
            return;
        }
        match distinct::read(value) {
            Ok(filter) => self.filter = Some(filter),
            Err(error) => {
                let message = format!(
                    "`filter` is no JSON: {error}; write it as `{{\"title\":\"A title\"}}`"
                );
                self.fault("invalid_filter", "filter", message);
            }
        }
    }

    fn number(&mut self, name: &str, value: &str) -> Option<u64> {
        // A page beyond 2^53 is as empty as any, but its offset would overflow.
        let number = value.parse::<u64>().ok().filter(|number| (1..1 << 53).contains(number));
        if number.is_none() {
            let message = format!("`{name}` must be a number from 1, not {}", quoted(value));
            self.fault(&format!("invalid_{}", snake(name)), name, message);
        }
        number
    }

    fn flag(&mut self, name: &str, value: &str) -> bool {
        if !matches!(value, "true" | "false") {
            let message = format!("`{name}` must be `true` or `false`, not {}", quoted(value));
            self.fault("invalid_flag", name, message);
        }
        value == "true"
    }

    fn fault(&mut self, code: &str, field: &str, message: String) {
        let field: String = field.chars().take(100).collect();
        self.faults.push(Fault::new(code, message).at(field));
    }

    /// The ids of `filterByTk`; what is no id is a fault.
    pub(super) fn ids(&mut self) -> Option<Vec<i64>> {
        let keys = self.keys.take()?;
        if keys.is_empty() {
            let message = "`filterByTk` is empty; expected an id".to_owned();
            self.fault("invalid_id", "filterByTk", message);
            return None;
        }
        let mut ids = Vec::with_capacity(keys.len());
        for key in keys {
            match id(&key) {
                Some(id) if ids.contains(&id) => {}
                Some(id) => ids.push(id),
                None => self.fault("invalid_id", "filterByTk", no_id(&key)),
            }
        }
        Some(ids)
    }

    /// `filterByTk` where it may be a name: of a resource of the framework's own.
    pub(super) fn keys(&self) -> &[String] {
        self.keys.as_deref().unwrap_or_default()
    }
}

/// An id as it stands in an address.
pub(super) fn id(text: &str) -> Option<i64> {
    // `+1` and `007` are numbers to Rust, but no ids that anybody was given.
    let plain = text == "0" || text.starts_with(|first: char| ('1'..='9').contains(&first));
    text.parse().ok().filter(|_| plain)
}

/// What to say of a text that is no id.
pub(super) fn no_id(text: &str) -> String {
    format!("{} is no id; expected a whole number", quoted(text))
}

/// `fields[]` and `fields[0]` as `fields`: how some clients write lists.
fn plain(name: &str) -> &str {
    match name.split_once('[') {
        Some((name, rest)) if rest.ends_with(']') => name,
        _ => name,
    }
}

/// A list as clients write it: `a,b` or `["a","b"]`; empty items are ignored.
fn list(value: &str) -> Vec<String> {
    if value.trim_start().starts_with('[')
        && let Ok(items) = serde_json::from_str::<Vec<serde_json::Value>>(value)
    {
        return items
            .into_iter()
            .map(|item| match item {
                serde_json::Value::String(item) => item,
                item => item.to_string(),
            })
            .collect();
    }
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn decode(text: &str) -> Option<String> {
    if !is_well_encoded(text) {
        return None;
    }
    let spaced = text.replace('+', " ");
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        snake
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_in_several_ways() {
        for query in [
            "fields=a,b.c",
            "fields=a&fields=b.c",
            "fields[]=a&fields[]=b.c",
            "fields%5B0%5D=a&fields%5B1%5D=b.c",
            "fields=%5B%22a%22,%22b.c%22%5D",
            "fields=,a,,b.c,",
        ] {
            let params = Params::parse(Some(query));
            assert_eq!(params.view.fields, ["a", "b.c"], "{query}");
            assert!(params.faults.is_empty(), "{query}: {:?}", params.faults);
        }
    }

    #[test]
    fn ids_are_whole_numbers() {
        for (query, ids) in [
            ("filterByTk=1", Some(vec![1])),
            ("filterByTk=1,2", Some(vec![1, 2])),
            ("filterByTk=1&filterByTk=2", Some(vec![1, 2])),
            ("filterByTk[]=1&filterByTk[]=1", Some(vec![1])),
            ("filterByTk=[1,%222%22]", Some(vec![1, 2])),
            ("filterByTk=4503599627370496", Some(vec![4_503_599_627_370_496])),
            ("", None),
        ] {
            let mut params = Params::parse(Some(query));
            assert_eq!(params.ids(), ids, "{query}");
            assert!(params.faults.is_empty(), "{query}: {:?}", params.faults);
        }
        for query in ["filterByTk=", "filterByTk=a", "filterByTk=1.0", "filterByTk=%2B1"]
            .into_iter()
            .chain(["filterByTk=01", "filterByTk=99999999999999999999", "filterByTk=[[1]]"])
        {
            let mut params = Params::parse(Some(query));
            params.ids();
            assert_eq!(params.faults.len(), 1, "{query}");
            assert_eq!(params.faults[0].code, "invalid_id");
            assert_eq!(params.faults[0].field.as_deref(), Some("filterByTk"));
        }
    }

    #[test]
    fn each_fault_names_its_parameter() {
        let faults = |query: &str| -> Vec<String> {
            let params = Params::parse(Some(query));
            let field =
                |fault: Fault| format!("{} {}", fault.code, fault.field.unwrap_or_default());
            params.faults.into_iter().map(field).collect()
        };
        for (query, expected) in [
            ("page=0", "invalid_page page"),
            ("page=", "invalid_page page"),
            ("page=-1", "invalid_page page"),
            ("page=18446744073709551615", "invalid_page page"),
            ("pageSize=x", "invalid_page_size pageSize"),
            ("page=1&page=2", "duplicate_parameter page"),
            ("filter={", "invalid_filter filter"),
            ("filter[title]=x", "invalid_filter filter"),
            ("filter={%22a%22:1,%22a%22:2}", "invalid_filter filter"),
            ("filterByTK=1", "unknown_parameter filterByTK"),
            ("triggerWorkflow=x", "unknown_parameter triggerWorkflow"),
            ("page_size=1", "unknown_parameter page_size"),
            ("field=x", "unknown_parameter field"),
            ("title=%zz", "invalid_encoding title"),
            ("title=%ff", "invalid_encoding title"),
        ] {
            assert_eq!(faults(query), [expected], "{query}");
        }
        assert_eq!(faults("page=x&pageSize=y&filter=z").len(), 3);
        for query in ["filterKeys=a", "tree=true", "_=1", "paginate=false", "filter=", "values=1"] {
            assert!(faults(query).is_empty(), "{query}");
        }
    }

    #[test]
    fn trigger_workflows_stand_as_they_were_written() {
        for (query, expected) in [
            ("triggerWorkflows=a!b.c,d", "a!b.c,d"),
            ("triggerWorkflows=a+b%20c", "a b c"),
            ("triggerWorkflows=a&triggerWorkflows=b", "a,b"),
        ] {
            assert_eq!(Params::parse(Some(query)).triggers.as_deref(), Some(expected));
        }
        assert_eq!(Params::parse(Some("filterByTk=key")).keys(), ["key"]);
    }
}
