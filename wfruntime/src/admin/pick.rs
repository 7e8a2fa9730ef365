//! A choice among the records of a collection: a few of them offered, others searched for.
//!
//! Without the script a search is a turn to the server, which draws the form again as it was filled
//! in; with it the results come while one types. Never do all records stand on a page.

use maud::{Markup, html};

use super::inputs::{About, Sent, sent};
use super::place::Place;

/// The value that stands for a record which is filled in beside the choice.
pub(super) const NEW: &str = "new";

/// A record to pick: its id and its title.
pub(super) type Offer = (String, String);

/// What can be picked, and what is.
pub(super) struct Picker<'p> {
    /// The name of the value.
    pub(super) name: &'p str,
    pub(super) label: Markup,
    pub(super) required: bool,
    /// Ids, or [`NEW`].
    pub(super) held: Vec<String>,
    /// Of several, those that were held when the form was opened.
    pub(super) seen: Vec<String>,
    /// Those held, then those found.
    pub(super) offers: Vec<Offer>,
    /// What was looked for.
    pub(super) search: &'p str,
    /// Where the script looks for more.
    pub(super) source: String,
    /// What is filled in for a new record, or for several.
    pub(super) new: Option<Markup>,
    pub(super) about: About<'p>,
}

impl Picker<'_> {
    /// One record.
    pub(super) fn one(&self, page: &Place) -> Markup {
        let (about, id) = (&self.about, &self.about.id);
        let is_held = |value: &str| self.held.iter().any(|held| held == value);
        html! {
            div.field.picker data-pick=(self.source) data-wrong[about.is_wrong()] {
                label for=(id) { (self.label) }
                select id=(id) name=(self.name) required[self.required]
                    aria-describedby=[about.described()] aria-invalid=[about.invalid()] {
                    option value="" { (page.t("none")) }
                    @if self.new.is_some() {
                        option value=(NEW) selected[is_held(NEW)] { (page.t("pick-new")) }
                    }
                    @for (id, title) in &self.offers {
                        option value=(id) selected[is_held(id)] { (title) }
                    }
                }
                (about.told())
                (self.search(page))
                @if let Some(new) = &self.new { (new) }
            }
        }
    }

    /// Any number of records.
    pub(super) fn many(&self, page: &Place) -> Markup {
        let about = &self.about;
        html! {
            fieldset.field.picker data-pick=(self.source) data-many=(self.name)
                aria-describedby=[about.described()] data-wrong[about.is_wrong()] {
                legend { (self.label) }
                // What is not ticked is not sent: this says that none is.
                input type="hidden" name=(self.name) value="";
                @for id in &self.seen { input type="hidden" name=(seen(self.name)) value=(id); }
                div.offers {
                    @for (id, title) in &self.offers {
                        label.tick {
                            input type="checkbox" name=(self.name) value=(id)
                                checked[self.held.contains(id)];
                            " " (title)
                        }
                    }
                }
                (about.told())
                (self.search(page))
                @if let Some(new) = &self.new { (new) }
            }
        }
    }

    fn search(&self, page: &Place) -> Markup {
        let [find, found] = names(self.name);
        html! {
            div.find {
                input type="search" name=(find) value=(self.search) autocomplete="off"
                    placeholder=(page.t("search")) aria-label=(page.t("pick-search"));
                input type="hidden" name=(found) value=(self.search);
                button.small name="look" value=(self.name) formnovalidate { (page.t("search")) }
                span.quiet role="status" {
                    @if !self.search.is_empty() { (told(page, self.offers.len() - self.kept())) }
                }
            }
        }
    }

    /// How many of the offers stand there because they are held.
    fn kept(&self) -> usize {
        self.offers.iter().filter(|(id, _)| self.held.contains(id)).count()
    }
}

/// How many records a search found.
pub(super) fn told(page: &Place, found: usize) -> String {
    page.text.with("pick-found", &[("count", found.into())])
}

/// The names under which a browser sends what is looked for, and what was when the form was drawn.
fn names(name: &str) -> [String; 2] {
    [format!("find.{name}"), format!("found.{name}")]
}

/// What a browser looks for at a choice of this name.
pub(super) fn search<'s>(form: &'s Sent, name: &str) -> &'s str {
    sent(form, &names(name)[0]).unwrap_or_default().trim()
}

/// The name under which a form says what it held when it was opened: what others linked since is
/// not unlinked by it.
pub(super) fn seen(name: &str) -> String {
    format!("{name}.seen")
}

/// The name of the button that asks for another new record; its value says of what.
pub(super) const MORE: &str = "more";

/// Whether a form was sent to be drawn again, and not to be done: by the button beside a search, by
/// the key Enter in one, or for another new record.
pub(super) fn is_turn(form: &Sent) -> bool {
    let was = |name: &str| sent(form, &format!("found.{name}"));
    form.iter().any(|(name, value)| match name.strip_prefix("find.") {
        Some(name) => !value.trim().is_empty() && was(name).is_some_and(|was| was != value.trim()),
        None => name == "look" || name == MORE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_to_be_drawn_again_or_to_be_done() {
        for (sent, expected) in [
            (&[("find.a", ""), ("found.a", ""), ("a", "5")][..], false),
            (&[("find.a", "x"), ("found.a", ""), ("button", "save")], true),
            (&[("find.a", "x"), ("found.a", "x"), ("button", "save")], false),
            (&[("find.a", " x "), ("found.a", "x")], false),
            (&[("find.a", ""), ("found.a", "x"), ("look", "a")], true),
            // A field of the program's own may be called so.
            (&[("find.a", "x")], false),
            (&[("a[0].id", ""), ("more", "a")], true),
        ] {
            let form: Sent =
                sent.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            assert_eq!(is_turn(&form), expected, "{sent:?}");
        }
    }
}
