//! The page's own texts, in each language it speaks.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::layout::words;
use crate::error::Fault;

/// The languages: code, name in itself, texts.
const LANGUAGES: [(&str, &str, &str); 3] = [
    ("en", "English", include_str!("text/en.ftl")),
    ("fr", "Français", include_str!("text/fr.ftl")),
    ("de", "Deutsch", include_str!("text/de.ftl")),
];

static ALL: LazyLock<Vec<Catalogue>> =
    LazyLock::new(|| LANGUAGES.map(|(code, name, texts)| Catalogue::new(code, name, texts)).into());

/// The texts of one language.
pub(super) struct Catalogue {
    /// As in `<html lang>`.
    pub(super) code: &'static str,
    /// Its name in itself.
    pub(super) name: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    fn new(code: &'static str, name: &'static str, texts: &str) -> Self {
        let tag = code.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The texts are put into HTML, where marks of direction would only be odd letters.
        bundle.set_use_isolating(false);
        let texts = match FluentResource::try_new(texts.to_owned()) {
            Ok(texts) => texts,
            Err((readable, errors)) => {
                tracing::error!(?errors, "the texts in `{code}` are not well-formed");
                readable
            }
        };
        bundle.add_resource_overriding(texts);
        Self { code, name, bundle }
    }

    /// All of them.
    pub(super) fn all() -> &'static [Self] {
        &ALL
    }

    /// The language that was chosen, or else the one that the browser likes best.
    pub(super) fn choose(chosen: Option<&str>, accepted: &str) -> &'static Self {
        let named = |code: &str| {
            let language = code.split(['-', '_']).next().unwrap_or_default();
            ALL.iter().find(|known| known.code.eq_ignore_ascii_case(language))
        };
        let mut wishes: Vec<(f32, &str)> = accepted
            .split(',')
            .filter_map(|wish| {
                let mut parts = wish.split(';').map(str::trim);
                let code = parts.next().filter(|code| !code.is_empty())?;
                let weight = parts.find_map(|part| part.strip_prefix("q="));
                Some((weight.map_or(Some(1.0), |weight| weight.parse().ok())?, code))
            })
            .collect();
        wishes.sort_by(|one, other| other.0.total_cmp(&one.0));
        let wished = || wishes.iter().find_map(|(_, code)| named(code));
        chosen.and_then(named).or_else(wished).unwrap_or(&ALL[0])
    }

    /// A text.
    pub(super) fn get(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// What is wrong, in this language: by its code, or else as it is written. What a program says
    /// in its own words stays as it is.
    pub(super) fn fault(&self, fault: &Fault) -> String {
        let id = format!("error-{}", fault.code.replace('_', "-"));
        let (Some(args), Some(text)) = (fault.args(), self.bundle.get_message(&id)) else {
            return fault.message.clone();
        };
        // `price` and `lines[2].price` are the same to people.
        let field = fault.field.as_deref().and_then(|field| field.rsplit('.').next());
        let field = field.map(|field| words(field.strip_suffix("Id").unwrap_or(field)));
        let values = args.iter().map(|(name, value)| (*name, value.as_str()));
        let values = values.chain(field.as_deref().map(|field| ("field", field)));
        let values: FluentArgs<'_> =
            values.map(|(name, value)| (name, FluentValue::from(value))).collect();
        let nearer = args.iter().find_map(|(name, _)| text.get_attribute(name));
        let pattern = nearer.map(|nearer| nearer.value()).or_else(|| text.value());
        let mut errors = Vec::new();
        let told = pattern.map(|it| self.bundle.format_pattern(it, Some(&values), &mut errors));
        match told {
            Some(told) if errors.is_empty() => {
                let line = args.iter().find(|(name, _)| *name == "line");
                match line.and_then(|(_, line)| line.parse::<u64>().ok()) {
                    Some(line) => {
                        self.with("in-line", &[("line", line.into()), ("what", told.into())])
                    }
                    None => told.into_owned(),
                }
            }
            _ => fault.message.clone(),
        }
    }

    /// A text with values in it.
    pub(super) fn with(&self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!("no text `{id}` in `{}`", self.code);
            return id.to_owned();
        };
        let values: FluentArgs<'_> = values.iter().cloned().collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(?errors, "the text `{id}` in `{}` lacks values", self.code);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The texts that one language has, each with the values that stand in it.
    fn texts(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut last = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let text = match line.split_once(" = ") {
                Some((id, text)) if !line.starts_with([' ', '}']) => {
                    assert!(texts.insert(id.to_owned(), BTreeSet::new()).is_none(), "`{id}` twice");
                    last = id.to_owned();
                    text
                }
                _ => line,
            };
            let values = text.split('$').skip(1);
            let names = values.map(|rest| {
                rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()
            });
            texts.entry(last.clone()).or_default().extend(names);
        }
        texts.remove("");
        texts
    }

    #[test]
    fn every_language_has_every_text_with_the_same_values() {
        let [(_, _, english), others @ ..] = &LANGUAGES;
        for (code, _, source) in others {
            assert_eq!(texts(source), texts(english), "{code}");
        }
        for (code, _, source) in &LANGUAGES {
            assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{code}");
        }
    }

    /// What the page asks for, from its source: `t("id")`, `with("id"`, and the words behind which a
    /// status or the like stands.
    #[test]
    fn no_text_that_the_page_asks_for_is_missing_and_none_is_left_over() {
        let known = texts(LANGUAGES[0].2);
        let (mut asked, mut missing) = (BTreeSet::new(), BTreeSet::new());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin");
        for folder in ["", "data", "executions", "workflows"].map(|name| folder.join(name)) {
            for file in std::fs::read_dir(folder).expect("the page's source") {
                let path = file.expect("a file").path();
                if path.extension().is_some_and(|suffix| suffix == "rs") {
                    let source = std::fs::read_to_string(&path).expect("a source");
                    let calls = source.split(".t(\"").chain(source.split(".text.with(\"")).skip(1);
                    let named = calls.filter_map(|rest| rest.split_once('"').map(|(id, _)| id));
                    let is_id = |id: &&str| {
                        id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
                    };
                    missing.extend(
                        named
                            .filter(is_id)
                            .filter(|id| !known.contains_key(*id))
                            .map(str::to_owned),
                    );
                    asked.extend(source.split('"').skip(1).step_by(2).map(str::to_owned));
                }
            }
        }
        let statuses = ["open", "approved", "rejected", "answered", "timed-out", "closed"];
        let statuses =
            statuses.into_iter().chain(crate::execution::Status::WORDS).chain(["pending"]);
        asked.extend(statuses.map(|status| format!("status-{status}")));
        let others = ["execution-sync", "execution-async", "these-open", "these-trouble"];
        let commands = ["nickname", "email", "password"];
        asked.extend(others.into_iter().chain(commands).map(str::to_owned));
        asked.extend(codes().iter().map(|code| format!("error-{}", code.replace('_', "-"))));
        missing.remove("");
        assert!(missing.is_empty(), "no text for {missing:?}");
        let left: Vec<_> = known.keys().filter(|id| !asked.contains(*id)).collect();
        assert!(left.is_empty(), "nobody asks for {left:?}");
    }

    /// Codes of what only programs send, or only the command line says: told as they are written.
    /// The first are the words of the program's workflows.
    const AS_WRITTEN: &str = "account bad_id bad_signature before_own before_path body body_missing broken_body button_array \
        button_filter cannot_open collection_event conflict csv custom_named custom_path \
        declaration disk_error duplicate_field duplicate_parameter duplicate_record \
        duplicate_target empty_path event_named failed filter_too_deep filter_too_large format \
        global_path idempotency_key_reused implied inexact input invalid invalid_body \
        invalid_encoding invalid_filter invalid_flag invalid_format invalid_id \
        invalid_idempotency_key invalid_json invalid_operand invalid_page_size invalid_sort \
        invalid_target json method_not_allowed misplaced_operator missing_operator no_context \
        no_custom_action no_database no_effect no_execution no_graph no_target no_values \
        not_a_database not_a_number not_admitted not_an_association other_action \
        other_collection output overflow path_too_deep payload_limit read_only \
        recorded_fingerprint recorded_format rejected request request_too_large runs_before \
        scalar_path schedule_named signal_name signal_payload stack_limit stopped to_many_path \
        token_expired token_malformed token_revoked token_unknown too_complex too_deep \
        too_large too_many too_many_appends too_many_processes too_many_records two_paths \
        two_targets two_triggers under_way unfit_operator unknown_action unknown_association \
        unknown_button unknown_collection unknown_field unknown_node unknown_operator \
        unknown_parameter unknown_path unknown_status unknown_webhook unknown_workflow unprocessable \
        unsupported_encoding unsupported_parameter webhook webhook_named wrong_value";

    /// The codes of faults, from the source: the first text behind what makes one.
    fn codes() -> BTreeSet<String> {
        const MAKERS: [&str; 7] = [
            "Fault::new(",
            "Error::invalid(",
            "fault(",
            "refused(",
            "conflict(",
            "tell(",
            "wrong(",
        ];
        const NO_CODES: [&str; 4] = ["decimal_sum", "decimal_avg", "due_at", "post_action"];
        const TUPLES: [&str; 4] = ["Some(", "Err(", "=>", "{"];
        const QUIET: [&str; 4] = ["Startup,", "Internal,", "Fenced,", "Ended,"];
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut codes = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).expect("the source") {
                let path = file.expect("a file").path();
                if path.is_dir() && !path.ends_with("tests") {
                    folders.push(path);
                } else if path.extension().is_some_and(|suffix| suffix == "rs") {
                    let source = std::fs::read_to_string(&path).expect("a source");
                    let source = source.split("#[cfg(test)]\nmod tests {").next().expect("code");
                    let mut parts = source.split('"');
                    let mut before = parts.next().unwrap_or_default();
                    while let (Some(text), Some(behind)) = (parts.next(), parts.next()) {
                        let makes = before.trim_end();
                        let kind = makes.rsplit("ErrorKind::").next().unwrap_or_default();
                        let is_kind = makes.contains("ErrorKind::")
                            && kind.ends_with(',')
                            && kind.bytes().filter(|it| !it.is_ascii_alphabetic()).count() == 1;
                        let tuple = makes.strip_suffix('(').map(str::trim_end);
                        let is_tuple = tuple
                            .is_some_and(|it| TUPLES.iter().any(|before| it.ends_with(before)));
                        let is_made = MAKERS.iter().any(|maker| makes.ends_with(maker))
                            || (is_tuple && text.contains('_') && !NO_CODES.contains(&text));
                        let is_code = text.bytes().all(|it| it == b'_' || it.is_ascii_lowercase());
                        let is_told = is_made || (is_kind && !QUIET.contains(&kind));
                        if is_told && is_code && !text.is_empty() && behind.starts_with([',', ')'])
                        {
                            codes.insert(text.to_owned());
                        }
                        before = behind;
                    }
                }
            }
        }
        codes
    }

    #[test]
    fn what_people_are_refused_is_told_in_their_language() {
        let known = texts(LANGUAGES[0].2);
        let as_written: BTreeSet<&str> = AS_WRITTEN.split_whitespace().collect();
        let (mut without, mut twice) = (Vec::new(), Vec::new());
        for code in codes() {
            let has_text = known.contains_key(&format!("error-{}", code.replace('_', "-")));
            match (has_text, as_written.contains(&*code)) {
                (false, false) => without.push(code),
                (true, true) => twice.push(code),
                _ => {}
            }
        }
        assert!(without.is_empty(), "neither a text nor left as written: {without:?}");
        assert!(twice.is_empty(), "a text, and left as written: {twice:?}");
    }

    #[test]
    fn a_fault_is_told_by_its_code_and_what_stands_in_it() {
        let of = |code| ALL.iter().find(|known| known.code == code).expect("the language");
        let fault = Fault::new("out_of_range", "`price` must be at least 5").at("lines[2].price");
        for (code, fault, expected) in [
            ("de", fault.clone().with("min", 5), "„Price“ muss mindestens 5 sein."),
            ("fr", fault.clone().with("max", 5), "« Price » doit être au plus 5."),
            ("en", fault, "“Price” is too small or too large."),
            (
                "de",
                Fault::new("required", "`x` is required").at("shelfId"),
                "Füllen Sie „Shelf“ aus.",
            ),
            // Without a field there is nothing to name.
            ("de", Fault::new("required", "a name"), "a name"),
            ("de", Fault::new("two_paths", "as written"), "as written"),
        ] {
            assert_eq!(of(code).fault(&fault), expected);
        }
    }

    #[test]
    fn the_language_is_the_chosen_one_or_the_one_liked_best() {
        for (chosen, accepted, expected) in [
            (None, "", "en"),
            (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
            (None, "es, en;q=0.2, fr;q=0.5", "fr"),
            (None, "xx;q=oops, *", "en"),
            (Some("fr"), "de", "fr"),
            (Some("nonsense"), "de", "de"),
        ] {
            assert_eq!(Catalogue::choose(chosen, accepted).code, expected, "{chosen:?} {accepted}");
        }
    }
}
