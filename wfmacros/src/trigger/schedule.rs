//! When a schedule runs: its plan, its bounds, and what becomes of missed moments.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{LitInt, LitStr};

use super::cron::{self, Cron};
use super::emit::option;
use super::given::Given;
use super::lower::{at_least_one, word};
use super::parse::TriggerAst;
use crate::args::Args;
use crate::diag::{Errors, message};
use crate::durations::Length;

/// The arguments that only a schedule has, as they were written.
#[derive(Default)]
pub(crate) struct ScheduleAst {
    cron: Option<LitStr>,
    every: Option<(Ident, Length)>,
    at: Option<Ident>,
    before: Option<(Ident, Length)>,
    after: Option<(Ident, Length)>,
    timezone: Option<(Ident, LitStr)>,
    start: Option<LitStr>,
    end: Option<LitStr>,
    repeat: Option<(Ident, LitInt)>,
    catch_up: Option<LitStr>,
    /// Whether one of the arguments that give it moments was there, well-formed or not.
    has_plan: bool,
}

/// When a schedule runs: only this can be emitted.
pub(crate) struct Schedule {
    plan: Plan,
    timezone: String,
    start: Option<String>,
    end: Option<String>,
    repeat: Option<u32>,
    catch_up: &'static str,
    /// The plan in words.
    pub(super) text: String,
}

enum Plan {
    Cron(Cron),
    Every(u64),
    Field { name: Ident, offset: i64, every: Option<u64> },
}

/// What contradicts what the workflow is about.
pub(super) fn check(ast: &TriggerAst, given: &Given, overlap: Option<&str>, errors: &mut Errors) {
    if overlap == Some("refuse") {
        errors.at(
            &ast.overlap,
            message(
                "a schedule cannot refuse to overlap",
                Some("a moment that came is nobody's that could be refused"),
                Some("write `overlap = \"cancel_previous\"` or `concurrency = 1`"),
            ),
        );
    }
    match (&ast.schedule.at, given.collection()) {
        (Some(field), None) => errors.at(
            field,
            message(
                "`at` needs a collection",
                Some("it names a date of each record"),
                Some("write `Scheduled<Claim>`, or `name<Claim>` in `workflow!`"),
            ),
        ),
        (None, Some(collection)) if ast.schedule.has_plan => errors.at(
            collection,
            message(
                "a schedule that goes by the clock has no record",
                Some("it runs once when its moment comes, not for each record"),
                Some("remove the collection and read records with `list`, or write `at = due_on`"),
            ),
        ),
        _ => {}
    }
}

impl ScheduleAst {
    /// Reads the arguments.
    pub(super) fn parse(args: &Args, errors: &mut Errors) -> Self {
        let length = |name: &str, errors: &mut Errors| {
            let length = args.parsed(name, errors)?;
            Some((args.get(name)?.key.clone(), length))
        };
        let keyed = |name: &str| args.get(name).map(|arg| arg.key.clone());
        Self {
            cron: args.text("cron", errors),
            every: length("every", errors),
            at: args.parsed_with("at", Ident::parse_any, errors),
            before: length("before", errors),
            after: length("after", errors),
            timezone: keyed("timezone").zip(args.text("timezone", errors)),
            start: args.text("start", errors),
            end: args.text("end", errors),
            repeat: keyed("repeat").zip(args.int("repeat", errors)),
            catch_up: args.text("catch_up", errors),
            has_plan: ["cron", "every", "at"].iter().any(|name| args.get(name).is_some()),
        }
    }

    /// Judges the arguments of the schedule whose attribute stands at `at`.
    pub(super) fn lower(self, at: Span, errors: &mut Errors) -> Option<Schedule> {
        let catch_up = word(&self.catch_up, "catch_up", &["all", "latest", "none"], errors);
        let repeat = self.repeats(errors);
        self.bounds(errors);
        let plan = self.plan(at, errors);
        self.offsets(errors);
        self.zone(errors);
        let plan = plan?;
        let text = self.text(&plan, repeat);
        let bound = |text: Option<LitStr>| text.map(|text| text.value());
        Some(Schedule {
            plan,
            text,
            timezone: self.timezone.map_or_else(|| "UTC".to_owned(), |(_, zone)| zone.value()),
            start: bound(self.start),
            end: bound(self.end),
            repeat,
            catch_up: match catch_up {
                Some("all") => "All",
                Some("none") => "None",
                _ => "Latest",
            },
        })
    }

    fn plan(&self, at: Span, errors: &mut Errors) -> Option<Plan> {
        if !self.has_plan {
            errors.span(at, message(
                "missing argument `cron` of `#[schedule]`",
                Some("a schedule goes by the calendar, by a length of time, or by a date of each record"),
                Some("add `cron = \"0 9 * * 1-5\"`, `every = 15 minutes` or `at = due_on`"),
            ));
        }
        if let (Some((key, length)), true) = (&self.every, errors.is_empty())
            && length.millis < 1000
        {
            errors.at(key, "`every` must be at least 1 second");
        }
        if let Some(name) = &self.at {
            if let Some(cron) = &self.cron {
                errors.at(cron, one_plan("cron", "at"));
            }
            let signed = |length: &Length| i64::try_from(length.millis).unwrap_or(i64::MAX);
            let before = self.before.as_ref().map(|(_, length)| -signed(length));
            let after = self.after.as_ref().map(|(_, length)| signed(length));
            let every = self.every.as_ref().map(|(_, length)| length.millis);
            let offset = before.or(after).unwrap_or(0);
            return Some(Plan::Field { name: name.clone(), offset, every });
        }
        if let Some(literal) = &self.cron {
            if let Some((key, _)) = &self.every {
                errors.at(key, one_plan("every", "cron"));
            }
            return match cron::parse(&literal.value()) {
                Ok(cron) => Some(Plan::Cron(cron)),
                Err(wrong) => {
                    errors.span(part_of(literal, wrong.at), wrong.message);
                    None
                }
            };
        }
        self.every.as_ref().map(|(_, length)| Plan::Every(length.millis))
    }

    /// `before` and `after` stand beside a date.
    fn offsets(&self, errors: &mut Errors) {
        let both = [("before", &self.before), ("after", &self.after)];
        for (name, given) in both {
            if let (Some((key, _)), None) = (given, &self.at)
                && self.has_plan
            {
                errors.at(
                    key,
                    message(
                        format!("`{name}` needs `at`"),
                        Some("it is a distance from a date of each record"),
                        Some(&format!("name the field, as in `at = due_on, {name} = 2 days`")),
                    ),
                );
            }
        }
        if let (Some(_), Some((key, _))) = (&self.before, &self.after) {
            errors.at(key, "`after` contradicts `before`: write one of them");
        }
    }

    fn repeats(&self, errors: &mut Errors) -> Option<u32> {
        let (key, literal) = match (&self.repeat, &self.every, &self.at) {
            (Some(repeat), _, _) => repeat,
            (None, Some((every, _)), Some(_)) => {
                errors.at(
                    every,
                    message(
                        "`every` beside `at` needs `repeat`",
                        Some("without it, every record there ever was would run for ever"),
                        Some("say how often it runs for each, as in `repeat = 3`"),
                    ),
                );
                return None;
            }
            _ => return None,
        };
        let repeat = at_least_one(Some(literal), "repeat", "the first run counts", errors)?;
        if self.at.is_some() && self.every.is_none() && repeat > 1 {
            errors.at(
                key,
                message(
                    "`repeat` beside `at` needs `every`",
                    Some("each record has one moment, unless it comes again"),
                    Some("say when it comes again, as in `every = 1 week`"),
                ),
            );
        } else if self.at.is_some() && repeat > 100 {
            errors.at(literal, "`repeat` beside `at` must be at most 100");
        }
        Some(repeat)
    }

    fn zone(&self, errors: &mut Errors) {
        if let (Some((key, _)), Some(_), None) = (&self.timezone, &self.every, &self.at)
            && self.cron.is_none()
            && self.start.is_none()
            && self.end.is_none()
        {
            errors.at(
                key,
                message(
                    "`timezone` has no effect on `every`",
                    Some("a length of time is the same in every zone"),
                    Some("remove it, or say when it begins, as in `start = \"2026-01-01T09:00\"`"),
                ),
            );
        }
    }

    fn bounds(&self, errors: &mut Errors) {
        for (name, bound) in [("start", &self.start), ("end", &self.end)] {
            if let Some(literal) = bound
                && !is_local_time(&literal.value())
            {
                errors.at(
                    literal,
                    message(
                        format!("expected a date, or a date and a time, in `{name}`"),
                        Some("it is what clocks show in the schedule's `timezone`"),
                        Some(&format!(
                            "write it as in `{name} = \"2026-01-31\"` or `\"2026-01-31T09:00\"`"
                        )),
                    ),
                );
            }
        }
    }

    /// The plan in words: for people, and to notice that it was changed.
    fn text(&self, plan: &Plan, repeat: Option<u32>) -> String {
        let every = self.every.as_ref().map(|(_, length)| format!("every {}", length.words));
        let mut text = match plan {
            Plan::Cron(_) => self.cron.as_ref().map(LitStr::value).unwrap_or_default(),
            Plan::Every(_) => every.clone().unwrap_or_default(),
            Plan::Field { name, .. } => {
                let name = name.unraw();
                match (&self.before, &self.after) {
                    (Some((_, length)), _) => format!("{} before {name}", length.words),
                    (None, Some((_, length))) => format!("{} after {name}", length.words),
                    (None, None) => format!("at {name}"),
                }
            }
        };
        if let (Plan::Field { .. }, Some(every)) = (plan, every) {
            text.push_str(&format!(", {every}"));
        }
        if let Some((_, zone)) = &self.timezone {
            text.push_str(&format!(", {}", zone.value()));
        }
        for (word, bound) in [("from", &self.start), ("until", &self.end)] {
            if let Some(bound) = bound {
                text.push_str(&format!(", {word} {}", bound.value()));
            }
        }
        if let Some(repeat) = repeat {
            text.push_str(&format!(", {repeat} times"));
        }
        text
    }
}

fn one_plan(second: &str, first: &str) -> String {
    message(
        format!("`{second}` contradicts `{first}`"),
        Some("a schedule goes by one of them"),
        Some(&format!("remove `{second}`, or write a schedule of its own")),
    )
}

/// Where a part of a literal stands, if the compiler tells; or else the literal.
fn part_of(literal: &LitStr, part: std::ops::Range<usize>) -> Span {
    let token: Literal = literal.token();
    let is_plain = token.to_string() == format!("\"{}\"", literal.value());
    let inside = is_plain.then(|| token.subspan(part.start + 1..part.end + 1)).flatten();
    inside.unwrap_or_else(|| literal.span())
}

/// Whether it has the form `2026-01-31`, with `T09:00` or `T09:00:30` behind it or not.
fn is_local_time(text: &str) -> bool {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let number = |text: &str, digits: usize| {
        let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u32>().ok()).flatten()
    };
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date[..] else { return false };
    let is_date = match (number(year, 4), number(month, 2), number(day, 2)) {
        (Some(year), Some(month), Some(day)) => day >= 1 && day <= days_of(year, month),
        _ => false,
    };
    let is_time = time.is_none_or(|time| {
        let parts: Vec<&str> = time.split(':').collect();
        let within = |(index, part): (usize, &&str)| {
            number(part, 2).is_some_and(|value| value < if index == 0 { 24 } else { 60 })
        };
        (2..=3).contains(&parts.len()) && parts.iter().enumerate().all(within)
    });
    is_date && is_time
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

impl Schedule {
    /// The field that its moments follow.
    pub(super) fn field(&self) -> Option<&Ident> {
        match &self.plan {
            Plan::Field { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The expression of its declaration.
    pub(super) fn emit(&self, private: &TokenStream) -> TokenStream {
        let length = |millis: u64| quote!(::core::time::Duration::from_millis(#millis));
        let plan = match &self.plan {
            Plan::Cron(cron) => {
                let cron = emit_cron(cron, private);
                quote!(Cron(#cron))
            }
            Plan::Every(millis) => {
                let every = length(*millis);
                quote!(Every(#every))
            }
            Plan::Field { name, offset, every } => {
                let name = name.unraw().to_string();
                let every = option(every.map(length));
                quote!(Field { name: #name, offset: #offset, every: #every })
            }
        };
        let (timezone, text) = (&self.timezone, &self.text);
        let bound = |bound: &Option<String>| option(bound.as_ref().map(|bound| quote!(#bound)));
        let (start, end) = (bound(&self.start), bound(&self.end));
        let repeat = option(self.repeat.map(|repeat| quote!(#repeat)));
        let catch_up = Ident::new(self.catch_up, Span::mixed_site());
        quote! {
            #private::Schedule {
                plan: #private::Plan::#plan,
                timezone: #timezone,
                start: #start,
                end: #end,
                repeat: #repeat,
                catch_up: #private::CatchUp::#catch_up,
                text: #text,
            }
        }
    }
}

fn emit_cron(cron: &Cron, private: &TokenStream) -> TokenStream {
    let bits = |bits: u64| Literal::u64_unsuffixed(bits);
    let (seconds, minutes, hours) = (bits(cron.seconds), bits(cron.minutes), bits(cron.hours));
    let (days, months, weekdays) = (bits(cron.days), bits(cron.months), bits(cron.weekdays));
    let (last_day, either) = (cron.last_day, cron.either);
    quote! {
        #private::Cron {
            seconds: #seconds,
            minutes: #minutes,
            hours: #hours,
            days: #days,
            last_day: #last_day,
            months: #months,
            weekdays: #weekdays,
            either: #either,
        }
    }
}
