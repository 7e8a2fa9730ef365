//! Random filters on random books: the store finds what a plain reading of the filter finds.

use serde_json::{Value as Json, json};

use super::asked;
use super::library::{Author, Book, Label, Labelling, Library, row};
use crate::action::Verb;
use crate::error::Result;
use crate::prelude::*;

/// Small numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's MMIX generator; its high bits are good enough.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn number(&mut self) -> i64 {
        i64::try_from(self.below(6)).unwrap_or(0)
    }

    fn maybe(&mut self) -> Option<i64> {
        (self.below(4) > 0).then(|| self.number())
    }

    fn text(&mut self) -> String {
        const LETTERS: [&str; 6] = ["a", "b", "%", "_", "A", "ä"];
        (0..self.below(3)).map(|_| LETTERS[usize::try_from(self.below(6)).unwrap_or(0)]).collect()
    }
}

#[derive(Debug)]
struct TestBook {
    id: i64,
    title: String,
    subtitle: Option<String>,
    pages: Option<i64>,
    price: Option<Decimal>,
    author: Option<i64>,
    labels: Vec<i64>,
}

#[derive(Debug, Default)]
struct World {
    books: Vec<TestBook>,
    /// When each author was born; their ids are the places, from 1.
    authors: Vec<Option<i64>>,
}

#[derive(Debug, Clone, Copy)]
enum Sign {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
}

impl Sign {
    const ALL: [(Self, &str); 6] = [
        (Self::Eq, "$eq"),
        (Self::Ne, "$ne"),
        (Self::Gt, "$gt"),
        (Self::Gte, "$gte"),
        (Self::Lt, "$lt"),
        (Self::Lte, "$lte"),
    ];

    fn holds<T: PartialOrd>(self, value: Option<T>, other: &T) -> bool {
        match (self, value) {
            (Self::Ne, None) => true,
            (_, None) => false,
            (Self::Eq, Some(value)) => value == *other,
            (Self::Ne, Some(value)) => value != *other,
            (Self::Gt, Some(value)) => value > *other,
            (Self::Gte, Some(value)) => value >= *other,
            (Self::Lt, Some(value)) => value < *other,
            (Self::Lte, Some(value)) => value <= *other,
        }
    }
}

type Holds = dyn Fn(&World, &TestBook) -> bool;

/// A condition on a book, as JSON and as what it means.
struct Ask {
    json: Json,
    holds: Box<Holds>,
}

impl Ask {
    fn new(json: Json, holds: impl Fn(&World, &TestBook) -> bool + 'static) -> Self {
        Self { json, holds: Box::new(holds) }
    }

    fn random(dice: &mut Dice, depth: u64) -> Self {
        match dice.below(if depth == 0 { 7 } else { 13 }) {
            0 => Self::pages(dice),
            1 => Self::price(dice),
            2 | 3 => Self::text(dice),
            4 => Self::among(dice),
            5 => Self::labelled(dice),
            6 => Self::emptiness(dice),
            7 => Self::group(dice, depth, true),
            8 | 9 => Self::group(dice, depth, false),
            10 => Self::not(dice, depth),
            11 => Self::born(dice),
            _ => Self::fellow(dice, depth),
        }
    }

    fn sign(dice: &mut Dice) -> (Sign, &'static str) {
        Sign::ALL[usize::try_from(dice.below(6)).unwrap_or(0)]
    }

    fn pages(dice: &mut Dice) -> Self {
        let ((sign, name), number) = (Self::sign(dice), dice.number());
        let json = json!({ "pages": { name: number } });
        if dice.below(3) == 0 {
            let json = json!({ "pages": { "$not": { name: number } } });
            return Self::new(json, move |_, book| !sign.holds(book.pages, &number));
        }
        Self::new(json, move |_, book| sign.holds(book.pages, &number))
    }

    fn price(dice: &mut Dice) -> Self {
        let ((sign, name), cents) = (Self::sign(dice), dice.number() * 5);
        let price = Decimal::new(cents, 1);
        let json = json!({ "price": { name: price.to_string() } });
        Self::new(json, move |_, book| sign.holds(book.price, &price))
    }

    fn text(dice: &mut Dice) -> Self {
        let text = dice.text();
        let (name, found): (&str, fn(&str, &str) -> bool) = match dice.below(4) {
            0 => ("$includes", |value, text| value.contains(text)),
            1 => ("$startsWith", |value, text| value.starts_with(text)),
            2 => ("$endsWith", |value, text| value.ends_with(text)),
            _ => ("$eq", |value, text| value == text),
        };
        if dice.below(2) == 0 {
            let json = json!({ "title": { name: text } });
            return Self::new(json, move |_, book| found(&book.title, &text));
        }
        let json = json!({ "subtitle": { name: text } });
        Self::new(json, move |_, book| {
            book.subtitle.as_ref().is_some_and(|value| found(value, &text))
        })
    }

    fn among(dice: &mut Dice) -> Self {
        let numbers: Vec<Option<i64>> = (0..dice.below(20)).map(|_| dice.maybe()).collect();
        let inside = dice.below(2) == 0;
        let name = if inside { "$in" } else { "$notIn" };
        let json = json!({ "pages": { name: numbers } });
        Self::new(json, move |_, book| numbers.contains(&book.pages) == inside)
    }

    fn labelled(dice: &mut Dice) -> Self {
        let label = dice.number() % 3 + 1;
        let json = json!({ "labels": { "name": label.to_string() } });
        Self::new(json, move |_, book| book.labels.contains(&label))
    }

    fn emptiness(dice: &mut Dice) -> Self {
        let empty = dice.below(2) == 0;
        let name = if empty { "$empty" } else { "$notEmpty" };
        let (field, is): (&str, fn(&TestBook) -> bool) = match dice.below(4) {
            0 => ("subtitle", |book| book.subtitle.as_ref().is_none_or(String::is_empty)),
            1 => ("pages", |book| book.pages.is_none()),
            2 => ("author", |book| book.author.is_none()),
            _ => ("labels", |book| book.labels.is_empty()),
        };
        Self::new(json!({ field: { name: true } }), move |_, book| is(book) == empty)
    }

    fn group(dice: &mut Dice, depth: u64, all: bool) -> Self {
        let parts: Vec<Self> = (0..dice.below(4)).map(|_| Self::random(dice, depth - 1)).collect();
        let jsons: Vec<&Json> = parts.iter().map(|part| &part.json).collect();
        let json = if all { json!({ "$and": jsons }) } else { json!({ "$or": jsons }) };
        Self::new(json, move |world, book| {
            let mut parts = parts.iter().map(|part| (part.holds)(world, book));
            if all { parts.all(|holds| holds) } else { parts.any(|holds| holds) }
        })
    }

    fn not(dice: &mut Dice, depth: u64) -> Self {
        let inner = Self::random(dice, depth - 1);
        let json = json!({ "$not": inner.json });
        Self::new(json, move |world, book| !(inner.holds)(world, book))
    }

    fn born(dice: &mut Dice) -> Self {
        let ((sign, name), number) = (Self::sign(dice), dice.number());
        let json = json!({ "author.born": { name: number } });
        Self::new(json, move |world, book| {
            book.author.is_some_and(|author| {
                let at = usize::try_from(author - 1).unwrap_or(0);
                sign.holds(world.authors[at], &number)
            })
        })
    }

    /// Another book of the same author.
    fn fellow(dice: &mut Dice, depth: u64) -> Self {
        let inner = Self::random(dice, depth - 1);
        let json = json!({ "author": { "books": inner.json } });
        Self::new(json, move |world, book| {
            book.author.is_some()
                && world
                    .books
                    .iter()
                    .any(|other| other.author == book.author && (inner.holds)(world, other))
        })
    }
}

async fn world(library: &Library, dice: &mut Dice) -> Result<World> {
    let mut world = World::default();
    let mut rows = Vec::new();
    for id in 1..=3 {
        let born = dice.maybe();
        world.authors.push(born);
        rows.push(row(Author::definition(), id, &[("name", "x".into()), ("born", born.into())]));
        rows.push(row(Label::definition(), id, &[("name", id.to_string().into())]));
    }
    let mut links = 0;
    for id in 1..=40 {
        let book = TestBook {
            id,
            title: dice.text(),
            subtitle: dice.maybe().map(|_| dice.text()),
            pages: dice.maybe(),
            price: dice.maybe().map(|tens| Decimal::new(tens * 50, 2)),
            author: dice.maybe().map(|number| number % 3 + 1),
            labels: (1..=3).filter(|_| dice.below(3) == 0).collect(),
        };
        rows.push(row(
            Book::definition(),
            id,
            &[
                ("title", book.title.as_str().into()),
                ("subtitle", book.subtitle.clone().into()),
                ("pages", book.pages.into()),
                ("price", book.price.into()),
                ("authorId", book.author.into()),
            ],
        ));
        for label in &book.labels {
            links += 1;
            let ends = [("bookId", id.into()), ("labelId", (*label).into())];
            rows.push(row(Labelling::definition(), links, &ends));
        }
        world.books.push(book);
    }
    library.write(rows).await?;
    Ok(world)
}

#[tokio::test]
async fn random_filters_find_what_they_say() -> Result<()> {
    let mut dice = Dice(20_260_131);
    let library = Library::empty().await?;
    let world = world(&library, &mut dice).await?;
    let mut sizes = [0; 3];
    for _ in 0..600 {
        let ask = Ask::random(&mut dice, 3);
        let expected: Vec<i64> = world
            .books
            .iter()
            .filter(|book| (ask.holds)(&world, book))
            .map(|book| book.id)
            .collect();
        let params = json!({ "filter": ask.json, "pageSize": 100, "fields": ["id"] });
        let found = asked(&library, "root", Verb::List, "books", params).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", ask.json));
        let rows = found["rows"].as_array().expect("rows");
        let ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
        assert_eq!(ids, expected, "{}", ask.json);
        sizes[if ids.is_empty() { 0 } else { 1 + usize::from(ids.len() == world.books.len()) }] +=
            1;
    }
    // Most filters divide the books, or they would prove little.
    assert!(sizes[1] > 300, "{sizes:?}");
    Ok(())
}
