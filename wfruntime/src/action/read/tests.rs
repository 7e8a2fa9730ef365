//! Reading from a real store, as roles with different rights.

mod library;
mod random;

use serde_json::{Value as Json, json};

use super::read_from;
use crate::action::{AnswerData, Request, Target, Through, Verb, View};
use crate::core::Settings;
use crate::error::{ErrorKind, Result};
use library::{Library, strings};

/// What a request reads: its parameters by their names, in JSON.
async fn asked(
    library: &Library,
    role: &str,
    verb: Verb,
    collection: &str,
    params: Json,
) -> Result<Json> {
    let settings = Settings { rows_limit: 50, page_limit: 100, ..Settings::default() };
    let number = |name: &str| params[name].as_u64();
    let through = params["through"].as_array().map(|through| {
        let source = library.definition(through[0].as_str().expect("a collection"));
        let (association, _) =
            source.association(through[2].as_str().expect("a name")).expect("an association");
        Through { collection: source, id: through[1].as_i64().expect("an id"), association }
    });
    let ids = params["ids"].as_array().map(|ids| ids.iter().filter_map(Json::as_i64).collect());
    let request = Request {
        keys: Vec::new(),
        only: None,
        once: None,
        upserts: false,
        identity: library.identity(role),
        collection: library.definition(collection),
        through,
        verb,
        target: Target { ids, filter: params.get("filter").cloned() },
        values: None,
        triggers: None,
        button: None,
        view: View {
            fields: strings(&params["fields"]),
            except: strings(&params["except"]),
            appends: strings(&params["appends"]),
            sort: strings(&params["sort"]),
            page: number("page"),
            page_size: number("pageSize"),
        },
    };
    let access = library.access(role);
    let (data, selection) = read_from(&library.store, &settings, &access, &request).await?;
    Ok(match data {
        AnswerData::One(row) => serde_json::to_value(row.json(&selection))?,
        AnswerData::Page { rows, count, page, page_size } => {
            let rows: Vec<_> = rows.iter().map(|row| row.json(&selection)).collect();
            json!({ "rows": rows, "count": count, "page": page, "pageSize": page_size })
        }
        other => panic!("a read answered {other:?}"),
    })
}

async fn list(library: &Library, role: &str, params: Json) -> Result<Json> {
    asked(library, role, Verb::List, "books", params).await
}

/// The titles of the books that a list shows, and how many there are in all.
async fn titles(library: &Library, params: Json) -> String {
    let text = params.to_string();
    let found = list(library, "root", params).await;
    let found = found.unwrap_or_else(|error| panic!("{text}: {error}"));
    let rows = found["rows"].as_array().expect("rows");
    let titles: Vec<&str> = rows.iter().filter_map(|row| row["title"].as_str()).collect();
    format!("{} of {}", titles.join(" "), found["count"])
}

#[tokio::test]
async fn lists_are_sorted_and_cut_into_pages() -> Result<()> {
    let library = Library::open().await?;
    for (params, expected) in [
        (json!({}), "Emma Ilias Odyssey Persuasion Sagas of 5"),
        (json!({ "sort": ["-title"] }), "Sagas Persuasion Odyssey Ilias Emma of 5"),
        (json!({ "sort": ["pages", "-title"] }), "Sagas Persuasion Emma Odyssey Ilias of 5"),
        (json!({ "sort": ["-id"], "pageSize": 2 }), "Sagas Persuasion of 5"),
        (json!({ "pageSize": 2, "page": 2 }), "Odyssey Persuasion of 5"),
        (json!({ "pageSize": 2, "page": 3 }), "Sagas of 5"),
        (json!({ "pageSize": 2, "page": 4 }), " of 5"),
        (json!({ "pageSize": 5 }), "Emma Ilias Odyssey Persuasion Sagas of 5"),
        (json!({ "page": 9_000_000_000_000_000_u64 }), " of 5"),
        (json!({ "ids": [2, 3, 99] }), "Ilias Odyssey of 2"),
        (json!({ "filter": { "author.name": "Homer" }, "pageSize": 1 }), "Ilias of 2"),
        (json!({ "through": ["authors", 1, "books"] }), "Emma Persuasion of 2"),
        (json!({ "through": ["labels", 1, "books"] }), "Emma Odyssey of 2"),
    ] {
        assert_eq!(titles(&library, params.clone()).await, expected, "{params}");
    }
    Ok(())
}

#[tokio::test]
async fn filters_find_by_every_operator() -> Result<()> {
    let library = Library::open().await?;
    for (filter, expected) in [
        (json!({}), "Emma Ilias Odyssey Persuasion Sagas of 5"),
        (json!({ "title": "Emma" }), "Emma of 1"),
        (json!({ "title": ["Emma", "Ilias"] }), "Emma Ilias of 2"),
        (json!({ "title": { "$ne": "Emma" } }), "Ilias Odyssey Persuasion Sagas of 4"),
        (json!({ "pages": { "$ne": 400 } }), "Ilias Odyssey Sagas of 3"),
        (json!({ "pages": null }), "Sagas of 1"),
        (json!({ "pages": { "$ne": null } }), "Emma Ilias Odyssey Persuasion of 4"),
        (json!({ "pages": { "$gt": 400, "$lte": 700 } }), "Odyssey of 1"),
        (json!({ "pages": { "$gte": "400", "$lt": 700 } }), "Emma Persuasion of 2"),
        (json!({ "pages": { "$not": { "$gt": 500 } } }), "Emma Persuasion Sagas of 3"),
        (json!({ "pages": { "$in": [null, 800] } }), "Ilias Sagas of 2"),
        (json!({ "pages": { "$in": [] } }), " of 0"),
        (json!({ "pages": { "$notIn": [400, 700] } }), "Ilias Sagas of 2"),
        (json!({ "title": { "$includes": "s" } }), "Ilias Odyssey Persuasion Sagas of 4"),
        (json!({ "title": { "$includes": ["mm", "yss"] } }), "Emma Odyssey of 2"),
        (json!({ "title": { "$search": "ODYS" } }), "Odyssey of 1"),
        (json!({ "title": { "$search": ["ËMMA", "sagas"] } }), "Emma Sagas of 2"),
        (json!({ "subtitle": { "$search": "" } }), "Emma Odyssey Persuasion of 3"),
        (json!({ "title": { "$startsWith": "S" } }), "Sagas of 1"),
        (json!({ "title": { "$endsWith": "as" } }), "Ilias Sagas of 2"),
        (json!({ "title": { "$includes": "%" } }), " of 0"),
        (json!({ "subtitle": { "$empty": true } }), "Ilias Odyssey Sagas of 3"),
        (json!({ "subtitle": { "$notEmpty": true } }), "Emma Persuasion of 2"),
        (json!({ "subtitle": { "$empty": false } }), "Emma Persuasion of 2"),
        (json!({ "price": { "$lt": "9.99" } }), "Emma of 1"),
        (json!({ "price": 9.99 }), "Ilias of 1"),
        (json!({ "price": 9.990 }), "Ilias of 1"),
        (json!({ "printed": true, "mood": "merry" }), "Emma Persuasion of 2"),
        (json!({ "mood": { "$notIn": ["merry"] } }), "Ilias Odyssey Sagas of 3"),
        (json!({ "published": { "$lt": "1800-01-01" } }), "Ilias Odyssey of 2"),
        (json!({ "createdAt": { "$gt": "2026-01-03T00:00:00Z" } }), "Persuasion Sagas of 2"),
        (json!({ "extra": { "$empty": true } }), "Ilias Odyssey Persuasion Sagas of 4"),
        (json!({ "authorId": 2 }), "Ilias Odyssey of 2"),
        (json!({ "author": { "name": { "$includes": "o" } } }), "Ilias Odyssey of 2"),
        (json!({ "author.name": "Jane" }), "Emma Persuasion of 2"),
        (json!({ "author": { "$empty": true } }), "Sagas of 1"),
        (json!({ "author": { "$notEmpty": true } }), "Emma Ilias Odyssey Persuasion of 4"),
        (json!({ "author.portrait.file": "jane.png" }), "Emma Persuasion of 2"),
        (json!({ "labels": { "name": "classic" } }), "Emma Odyssey of 2"),
        (json!({ "labels.name": "epic" }), "Ilias Odyssey of 2"),
        (json!({ "labels": { "$empty": true } }), "Persuasion Sagas of 2"),
        (json!({ "author": { "books": { "title": "Ilias" } } }), "Ilias Odyssey of 2"),
        (json!({ "$or": [{ "title": "Emma" }, { "pages": null }] }), "Emma Sagas of 2"),
        (json!({ "$or": [] }), " of 0"),
        (json!({ "$and": [] }), "Emma Ilias Odyssey Persuasion Sagas of 5"),
        (json!({ "$and": { "title": "Emma" } }), "Emma of 1"),
        (json!({ "$not": { "author.name": "Homer" } }), "Emma Persuasion Sagas of 3"),
        (json!({ "$not": { "labels.name": "epic" } }), "Emma Persuasion Sagas of 3"),
    ] {
        let found = titles(&library, json!({ "filter": filter.clone() })).await;
        assert_eq!(found, expected, "{filter}");
    }
    Ok(())
}

#[tokio::test]
async fn records_are_shown_with_what_was_asked_for() -> Result<()> {
    let library = Library::open().await?;
    let get = |params: Json| asked(&library, "root", Verb::Get, "books", params);
    for (params, expected) in [
        (json!({ "fields": ["title"] }), json!({ "title": "Emma" })),
        (
            json!({ "fields": ["title", "author"], "except": ["author.id", "author.born",
                "author.createdAt", "author.updatedAt", "author.createdById", "author.updatedById"] }),
            json!({ "title": "Emma", "author": { "name": "Jane" } }),
        ),
        (
            json!({ "fields": ["title", "author.name"] }),
            json!({ "title": "Emma", "author": { "name": "Jane" } }),
        ),
        (
            json!({ "fields": ["id", "labels.name", "author.portrait.file"] }),
            json!({
                "id": 1,
                "labels": [{ "name": "classic" }],
                "author": { "portrait": { "file": "jane.png" } },
            }),
        ),
        (
            json!({ "fields": ["id"], "appends": ["author.books"], "except": ["author"] }),
            json!({ "id": 1 }),
        ),
    ] {
        let mut params = params;
        params["ids"] = json!([1]);
        // What is not named of an association shown on the way to another is all of its fields.
        let mut found = get(params.clone()).await?;
        if let Some(author) = found.get_mut("author").and_then(Json::as_object_mut)
            && author.contains_key("portrait")
        {
            author.retain(|name, _| name == "portrait");
        }
        assert_eq!(found, expected, "{params}");
    }
    let book =
        get(json!({ "filter": { "title": "Sagas" }, "appends": ["author", "labels"] })).await?;
    assert_eq!(book["author"], Json::Null);
    assert_eq!(book["labels"], json!([]));
    assert_eq!(book.get("secret"), None);
    let all =
        list(&library, "root", json!({ "appends": ["author.books"], "fields": ["title"] })).await?;
    let books = &all["rows"][3]["author"]["books"];
    let books: Vec<&Json> =
        books.as_array().expect("books").iter().map(|book| &book["title"]).collect();
    assert_eq!(books, ["Emma", "Persuasion"]);
    Ok(())
}

#[tokio::test]
async fn faults_are_told_at_once_with_what_to_write_instead() -> Result<()> {
    let library = Library::open().await?;
    let params = json!({
        "filter": { "titel": 1, "pages": { "$gtt": 1 }, "autor": {}, "$eq": 1 },
        "fields": ["pags"],
        "except": ["secret"],
        "appends": ["title", "lables"],
        "sort": ["-pges", "author.name", "extra"],
        "pageSize": 101,
    });
    let error = list(&library, "root", params).await.expect_err("all of it is wrong");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let told: Vec<String> = error
        .all()
        .iter()
        .map(|fault| {
            let field = fault.field.as_deref().unwrap_or_default();
            format!("{field} {}: {}", fault.code, fault.message)
        })
        .collect();
    expect_test::expect![[r#"
        filter.$eq misplaced_operator: `$eq` stands at a field: {"title": {"$eq": …}}
        filter.autor unknown_field: unknown field `autor` of `readBooks`; did you mean `author`?
        filter.pages.$gtt unknown_operator: unknown operator `$gtt`; did you mean `$gt`?
        filter.titel unknown_field: unknown field `titel` of `readBooks`; did you mean `title`?
        appends not_an_association: `title` of `title` is no association
        appends unknown_association: unknown association `lables` of `readBooks`; did you mean `labels`?
        fields unknown_field: unknown field `pags` of `readBooks`; did you mean `pages`?
        except unknown_field: unknown field `secret` of `readBooks`; expected one of `id`, `createdAt`, `updatedAt`, `createdById`, `updatedById`, `title`, `subtitle`, `pages`, `price`, `printed`, `mood`, `published`, …
        sort unknown_field: unknown field `pges` of `readBooks`; did you mean `pages`?
        sort invalid_sort: `author.name` leads to another collection; records are sorted by their own fields
        sort invalid_sort: records cannot be sorted by `extra`
        pageSize invalid_page_size: `pageSize` is at most 100"#]].assert_eq(&told.join("\n"));
    Ok(())
}

#[tokio::test]
async fn each_fault_of_a_filter_names_its_place() -> Result<()> {
    let library = Library::open().await?;
    let deep = (0..40).fold(json!({ "title": "x" }), |filter, _| json!({ "$not": filter }));
    let wide = json!({ "$or": vec![json!({ "title": "x" }); 300] });
    let long = json!({ "pages": vec![1; 10_001] });
    let mut told = String::new();
    for filter in [
        json!([]),
        json!("x"),
        json!({ "title": {} }),
        json!({ "title": 5 }),
        json!({ "title": { "$in": "x" } }),
        json!({ "title": { "$includes": 5 } }),
        json!({ "title": { "$gt": null } }),
        json!({ "pages": { "$includes": "1" } }),
        json!({ "pages": 1.5 }),
        json!({ "pages": "many" }),
        json!({ "printed": { "$gt": false } }),
        json!({ "mood": "mery" }),
        json!({ "mood": { "$startsWith": "m" } }),
        json!({ "published": "1.1.1800" }),
        json!({ "createdAt": "yesterday" }),
        json!({ "extra": { "a": 1 } }),
        json!({ "price": "cheap" }),
        json!({ "secret": "x" }),
        json!({ "subtitle": { "$empty": "yes" } }),
        json!({ "author": "Jane" }),
        json!({ "author": { "nam": "Jane" } }),
        json!({ "author.books.titel": "Emma" }),
        json!({ "$xor": [] }),
        json!({ "$and": [{ "$or": [5] }] }),
        deep,
        wide,
        long,
    ] {
        let text: String = filter.to_string().chars().take(50).collect();
        let error = list(&library, "root", json!({ "filter": filter })).await.expect_err("wrong");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{text}");
        assert_eq!(error.all().len(), 1, "{text}: {error}");
        let fault = &error.all()[0];
        let field: String = fault.field.as_deref().unwrap_or_default().chars().take(40).collect();
        told.push_str(&format!("{text}\n  {field} {}: {}\n", fault.code, fault.message));
    }
    expect_test::expect![[r#"
        []
          filter invalid_filter: expected an object like {"title": "A title"}, not an array
        "x"
          filter invalid_filter: expected an object like {"title": "A title"}, not a text
        {"title":{}}
          filter.title missing_operator: expected an operator; expected one of `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$notIn`, `$includes`, `$search`, `$startsWith`, `$endsWith`, `$empty`, `$notEmpty`
        {"title":5}
          filter.title invalid_operand: expected a text, not a number
        {"title":{"$in":"x"}}
          filter.title.$in invalid_operand: expected an array of values, not a text
        {"title":{"$includes":5}}
          filter.title.$includes invalid_operand: expected a text, not a number
        {"title":{"$gt":null}}
          filter.title.$gt invalid_operand: null is neither less nor greater
        {"pages":{"$includes":"1"}}
          filter.pages.$includes unfit_operator: `$includes` does not fit field `pages`; expected one of `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$notIn`, `$empty`, `$notEmpty`
        {"pages":1.5}
          filter.pages invalid_operand: expected a whole number of at most 64 bits
        {"pages":"many"}
          filter.pages invalid_operand: expected a whole number of at most 64 bits
        {"printed":{"$gt":false}}
          filter.printed.$gt unfit_operator: `$gt` does not fit field `printed`; expected one of `$eq`, `$ne`, `$in`, `$notIn`, `$empty`, `$notEmpty`
        {"mood":"mery"}
          filter.mood invalid_operand: unknown choice `mery`; did you mean `merry`?
        {"mood":{"$startsWith":"m"}}
          filter.mood.$startsWith unfit_operator: `$startsWith` does not fit field `mood`; expected one of `$eq`, `$ne`, `$in`, `$notIn`, `$empty`, `$notEmpty`
        {"published":"1.1.1800"}
          filter.published invalid_operand: expected a date like `2026-01-31`, not `1.1.1800`
        {"createdAt":"yesterday"}
          filter.createdAt invalid_operand: expected a moment like `2026-01-31T09:30:00Z`, not `yesterday`
        {"extra":{"a":1}}
          filter.extra.a unknown_operator: unknown operator `a`; expected one of `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$notIn`, `$includes`, `$search`, `$startsWith`, `$endsWith`, …
        {"price":"cheap"}
          filter.price invalid_operand: expected a decimal number, not `cheap`
        {"secret":"x"}
          filter.secret unknown_field: unknown field `secret` of `readBooks`; expected one of `id`, `createdAt`, `updatedAt`, `createdById`, `updatedById`, `title`, `subtitle`, `pages`, `price`, `printed`, `mood`, `published`, …
        {"subtitle":{"$empty":"yes"}}
          filter.subtitle.$empty invalid_operand: expected true or false, not a text
        {"author":"Jane"}
          filter.author invalid_filter: expected an object like {"title": "A title"}, not a text
        {"author":{"nam":"Jane"}}
          filter.author.nam unknown_field: unknown field `nam` of `readAuthors`; did you mean `name`?
        {"author.books.titel":"Emma"}
          filter.author.books.titel unknown_field: unknown field `titel` of `readBooks`; did you mean `title`?
        {"$xor":[]}
          filter.$xor unknown_operator: unknown operator `$xor`; did you mean `$or`?
        {"$and":[{"$or":[5]}]}
          filter.$and.0.$or.0 invalid_filter: expected an object like {"title": "A title"}, not a number
        {"$not":{"$not":{"$not":{"$not":{"$not":{"$not":{"
          filter.$not.$not.$not.$not.$not.$not.$no filter_too_deep: a filter is nested at most 16 levels deep
        {"$or":[{"title":"x"},{"title":"x"},{"title":"x"},
          filter.$or.127.title filter_too_large: a filter has at most 256 parts
        {"pages":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
          filter.pages filter_too_large: a filter has at most 10000 values
    "#]].assert_eq(&told);
    Ok(())
}

#[tokio::test]
async fn a_role_sees_what_it_was_granted() -> Result<()> {
    let library = Library::open().await?;
    let reader = |params: Json| list(&library, "reader", params);
    // `reader` views title, author and labels of its own books, and the names of authors.
    let found = reader(json!({ "appends": ["author"] })).await?;
    assert_eq!(found["count"], 2);
    let mut shown = found["rows"][0]
        .as_object()
        .expect("a record")
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>();
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            "author",
            "authorId",
            "createdAt",
            "createdById",
            "id",
            "title",
            "updatedAt",
            "updatedById"
        ]
    );
    assert_eq!(found["rows"][0]["author"]["name"], "Jane");
    assert_eq!(found["rows"][0]["author"].get("born"), None);
    for (params, code) in [
        (json!({ "fields": ["pages"] }), "forbidden_field"),
        (json!({ "sort": ["pages"] }), "forbidden_field"),
        (json!({ "filter": { "pages": 1 } }), "forbidden_field"),
        (json!({ "filter": { "author.born": 1 } }), "forbidden_field"),
        (json!({ "filter": { "author.portrait.file": "x" } }), "forbidden_field"),
        (json!({ "appends": ["author.portrait"] }), "forbidden_field"),
    ] {
        let error = reader(params.clone()).await.expect_err("forbidden");
        assert_eq!(
            (error.kind(), error.all()[0].code.as_str()),
            (ErrorKind::Forbidden, code),
            "{params}"
        );
    }
    // What is wrong is told before what is forbidden.
    let error = reader(json!({ "sort": ["pages"], "fields": ["x"] })).await.expect_err("wrong");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    // Records of others do not exist.
    for (id, expected) in
        [(1, None), (2, Some(ErrorKind::NotFound)), (99, Some(ErrorKind::NotFound))]
    {
        let found = asked(&library, "reader", Verb::Get, "books", json!({ "ids": [id] })).await;
        assert_eq!(found.err().map(|error| error.kind()), expected, "{id}");
    }
    let of_author = json!({ "through": ["authors", 1, "books"] });
    let error = reader(of_author).await.expect_err("`books` of authors is not granted");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let error = list(&library, "nobody", json!({})).await.expect_err("nothing is granted");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let error = list(&library, "anonymous", json!({})).await.expect_err("nobody is signed in");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    Ok(())
}

#[tokio::test]
async fn own_records_stay_own_behind_associations() -> Result<()> {
    let library = Library::open().await?;
    // `critic` views all authors, and of the books its own: 1 and 5.
    let params = json!({ "appends": ["books"], "fields": ["name", "books.title"] });
    let found = asked(&library, "critic", Verb::List, "authors", params).await?;
    assert_eq!(
        found["rows"],
        json!([
            { "name": "Jane", "books": [{ "title": "Emma" }] },
            { "name": "Homer", "books": [] },
        ])
    );
    for (filter, expected) in [
        (json!({ "books.title": "Emma" }), 1),
        (json!({ "books.title": "Persuasion" }), 0),
        (json!({ "books": { "$empty": true } }), 1),
    ] {
        let params = json!({ "filter": filter });
        let found = asked(&library, "critic", Verb::List, "authors", params.clone()).await?;
        assert_eq!(found["count"], expected, "{params}");
    }
    Ok(())
}

#[tokio::test]
async fn get_is_about_one_record() -> Result<()> {
    let library = Library::open().await?;
    let get = |collection: &'static str, params: Json| {
        asked(&library, "root", Verb::Get, collection, params)
    };
    for (params, expected) in [
        (json!({}), ErrorKind::Invalid),
        (json!({ "ids": [1, 2] }), ErrorKind::Invalid),
        (json!({ "ids": [99] }), ErrorKind::NotFound),
        (json!({ "filter": { "title": "x" } }), ErrorKind::NotFound),
        (json!({ "ids": [1], "filter": { "title": "Ilias" } }), ErrorKind::NotFound),
        (json!({ "ids": [1], "through": ["authors", 2, "books"] }), ErrorKind::NotFound),
        (json!({ "ids": [1], "through": ["authors", 99, "books"] }), ErrorKind::NotFound),
    ] {
        let error = get("books", params.clone()).await.expect_err("no record");
        assert_eq!(error.kind(), expected, "{params}");
    }
    let author = get("authors", json!({ "through": ["books", 1, "author"] })).await?;
    assert_eq!(author["name"], "Jane");
    let portrait = get("portraits", json!({ "through": ["authors", 1, "portrait"] })).await?;
    assert_eq!(portrait["file"], "jane.png");
    let error = get("authors", json!({ "through": ["books", 5, "author"] })).await;
    assert_eq!(error.expect_err("no author").kind(), ErrorKind::NotFound);
    Ok(())
}

#[tokio::test]
async fn an_association_leads_to_a_bounded_number_of_records() -> Result<()> {
    let library = Library::open().await?;
    library.insert_many_books(60).await?;
    let error = list(&library, "root", json!({ "appends": ["author.books"] })).await;
    let error = error.expect_err("more than fifty");
    assert_eq!(
        (error.kind(), error.all()[0].code.as_str()),
        (ErrorKind::Invalid, "too_many_records")
    );
    Ok(())
}
