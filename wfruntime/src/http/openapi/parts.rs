//! What many operations share: parameters, refusals, and what stands beside the records.

use super::node::Object;
use super::schema::{
    about, any, anything, content, count, exactly, flag, id, int, list, named, object, one_of, text,
};
use crate::action::FiredStatus;

/// The name of the schema of an error's answer.
const ERRORS: &str = "wf.Errors";

/// The refusals that an operation may answer with, as they stand in the document.
const REFUSALS: [(&str, &str, &str); 13] = [
    ("400", "Invalid", "the request is wrong, or a workflow that ran in it said no"),
    ("401", "Unauthenticated", "nobody is signed in, or the token is no longer valid"),
    ("403", "Forbidden", "the role may not do this"),
    ("404", "NotFound", "there is no such record, or none that the role may see"),
    ("405", "MethodNotAllowed", "the address has no such method"),
    ("408", "Timeout", "the body did not arrive in time"),
    ("409", "Conflict", "the record is not, or other ones are, as the request needs them"),
    ("413", "TooLarge", "the body is too large"),
    ("415", "Unsupported", "the body is of another media type"),
    ("422", "Unprocessable", "the request cannot be carried out as it stands"),
    ("429", "TooMany", "there were too many attempts; `Retry-After` says when to come again"),
    ("500", "Internal", "something broke; the message says where the log tells more"),
    ("503", "Unavailable", "the server is too busy; `Retry-After` says when to come again"),
];

/// The refusals that an operation without a body may answer with.
pub(super) const BARE: [&str; 9] = ["400", "401", "403", "404", "405", "409", "422", "500", "503"];

/// The refusals that an operation with a body may answer with.
pub(super) const WITH_BODY: [&str; 12] =
    ["400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "500", "503"];

/// The refusals of signing in.
pub(super) const SIGNING_IN: [&str; 13] =
    ["400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "429", "500", "503"];

/// The answers of an operation: what is in the one when all is well, and the refusals with these
/// statuses; `is_taken` if it may go on behind the answer.
pub(super) fn answers(ok: Object, refusals: &[&str], is_taken: bool) -> Object {
    let known = REFUSALS.into_iter().filter(|(status, ..)| refusals.contains(status));
    let taken = about("Taken: it goes on behind the answer.", Object::new());
    let taken = is_taken.then(|| taken.with("content", ok.clone()));
    let ok = about("As asked for.", Object::new()).with("content", ok);
    let all = Object::new().with("200", ok).maybe("202", taken);
    known.fold(all, |answers, (status, name, _)| {
        let refusal = format!("#/components/responses/wf.{name}");
        answers.with(status, Object::new().with("$ref", refusal))
    })
}

/// The refusals that the operations refer to.
pub(super) fn responses() -> Object {
    REFUSALS.into_iter().fold(Object::new(), |all, (_, name, text)| {
        let answer = about(text, Object::new()).with("content", content(named(ERRORS)));
        all.with(format!("wf.{name}"), answer)
    })
}

/// The schemas that stand beside those of the collections.
pub(super) fn schemas() -> Vec<(&'static str, Object)> {
    let error = object([("message", text()), ("code", text()), ("field?", text())]);
    let fired =
        object([("key", text()), ("execution?", id()), ("status", one_of(FiredStatus::WORDS))]);
    let meta = object([
        ("count", count()),
        ("page", count()),
        ("pageSize", count()),
        ("totalPage", count()),
    ]);
    let errors = object([
        ("errors", list(named("wf.Error"))),
        ("committed?", flag()),
        ("data?", anything()),
        ("messages?", list(named("wf.Message"))),
        ("workflows?", list(named("wf.Fired"))),
    ]);
    let why = "Why the request was refused. If `committed` is true, the records are saved although \
               a workflow that ran in the request did not end well.";
    vec![
        ("wf.Error", about("What is wrong: in words, as a code, and with which field.", error)),
        ("wf.Message", object([("message", text())])),
        ("wf.Fired", about("A workflow that fired or was named, and what became of it.", fired)),
        ("wf.Meta", about("How many there are in all, and which part of them this is.", meta)),
        (ERRORS, about(why, errors)),
    ]
}

/// What an action on records answers: the records, and what fired; no records if something ran
/// before the write and ended it.
pub(super) fn done(records: Object, may_end: bool) -> Object {
    object([
        (if may_end { "data?" } else { "data" }, records),
        ("messages?", list(named("wf.Message"))),
        ("workflows?", list(named("wf.Fired"))),
    ])
}

/// What custom actions answer: what fired.
pub(super) fn fired() -> Object {
    object([("messages?", list(named("wf.Message"))), ("workflows?", list(named("wf.Fired")))])
}

/// A page of a list.
pub(super) fn page(of: Object) -> Object {
    object([("data", list(of)), ("meta", named("wf.Meta"))])
}

/// A parameter in the query that may be left out.
pub(super) fn parameter(name: &'static str, text: &str, shape: Object) -> Object {
    let parameter = Object::new().with("name", name).with("in", "query");
    about(text, parameter).with("schema", shape)
}

/// One that has to be there.
pub(super) fn required(parameter: Object) -> Object {
    parameter.with("required", true)
}

/// One whose items are separated by commas, as in `fields=project,amount`.
pub(super) fn in_one(parameter: Object) -> Object {
    parameter.with("style", "form").with("explode", false)
}

/// A parameter that many operations take, by its name in [`parameters`].
pub(super) fn shared(name: &str) -> Object {
    Object::new().with("$ref", format!("#/components/parameters/wf.{name}"))
}

/// What of the records is answered.
pub(super) fn shown() -> [Object; 3] {
    [shared("fields"), shared("except"), shared("appends")]
}

/// The parameters that many operations take; a page has at most `most` records.
pub(super) fn parameters(most: u64) -> Object {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let names = |name, text| in_one(parameter(name, text, list(self::text())));
    let filter = "Which records, as JSON: fields with values or operators (`$eq`, `$ne`, `$gt`, \
                  `$gte`, `$lt`, `$lte`, `$in`, `$notIn`, `$includes`, `$search`, \
                  `$startsWith`, `$endsWith`, `$empty`, `$notEmpty`), joined by `$and`, `$or`, `$not`, nested by \
                  association.";
    let filter = parameter("filter", filter, text()).with("example", r#"{"id":{"$gt":0}}"#);
    let role = "One of the user's roles to act in; the first one if it is not given.";
    let header = Object::new().with("name", "X-Role").with("in", "header");
    Object::new()
        .with("wf.filter", filter)
        .with("wf.sort", names("sort", "Fields to sort by, `-` in front for descending."))
        .with("wf.page", parameter("page", "Which page, from 1.", int(1, (1 << 53) - 1)))
        .with("wf.pageSize", parameter("pageSize", "How many on a page; usually 20.", int(1, most)))
        .with("wf.fields", names("fields", "The fields to answer; all if it is not given."))
        .with("wf.except", names("except", "Fields not to answer."))
        .with("wf.appends", names("appends", "Associations to answer, too, as `a` or `a.b`."))
        .with("wf.role", about(role, header).with("schema", text()))
}

/// The id in a path.
pub(super) fn id_in_path(text: &str) -> Object {
    let parameter = Object::new().with("name", "id").with("in", "path");
    required(about(text, parameter).with("schema", id()))
}

/// `filterByTk`: ids.
pub(super) fn ids(text: &str) -> Object {
    in_one(parameter("filterByTk", text, list(id())))
}

/// `filterByTk`: one id.
pub(super) fn key(text: &str) -> Object {
    required(parameter("filterByTk", text, id()))
}

/// A record, or several.
pub(super) fn one_or_several(record: &Object) -> Object {
    any([record.clone(), list(record.clone())])
}

/// An object with exactly these members, as the body of a request.
pub(super) fn body<N: AsRef<str>>(members: impl IntoIterator<Item = (N, Object)>) -> Object {
    exactly(members)
}
