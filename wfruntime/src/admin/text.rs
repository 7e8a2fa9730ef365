//! The page's own texts, in each language it speaks.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

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
        missing.remove("");
        assert!(missing.is_empty(), "no text for {missing:?}");
        let left: Vec<_> = known.keys().filter(|id| !asked.contains(*id)).collect();
        assert!(left.is_empty(), "nobody asks for {left:?}");
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
