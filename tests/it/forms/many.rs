//! Associations to many records in forms: those that are there, and new ones filled in at once.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use super::faults;
use crate::program_under_test::{Answer, Page, Program};

/// Music.
#[collection]
pub struct Disc {
    pub title: String,
    pub genres: BelongsToMany<Genre, DiscGenre>,
    pub tracks: HasMany<Track>,
    pub reviews: HasMany<Review>,
}

/// A kind of music.
#[collection]
pub struct Genre {
    #[field(length = 1..=20)]
    pub name: String,
}

/// Which music is of which kind.
#[collection]
pub struct DiscGenre {
    pub disc: BelongsTo<Disc>,
    pub genre: BelongsTo<Genre>,
}

/// A part of it, which is nothing without the whole.
#[collection]
pub struct Track {
    pub disc: BelongsTo<Disc>,
    #[field(length = 1..=20)]
    pub name: String,
    #[field(range = 1..=9999, default = 180)]
    pub seconds: i64,
    pub genre: Option<BelongsTo<Genre>>,
    pub code: Option<String>,
}

/// What somebody thinks of it.
#[collection]
pub struct Review {
    pub disc: Option<BelongsTo<Disc>>,
    pub text: String,
}

forms! {
    Disc {
        add "Publish" (title, genres { name }, tracks { name, seconds, genre }) { "Save"; }
        edit "Rework" (title, genres, tracks { name, seconds }, reviews { text }) { "Save"; }
    }
}

role! {
    producer {
        Disc: view, create, update;
        Genre: view, create;
        Track: view, create, update;
        Review: view, create, update;
    }
    /// Makes no kinds, and changes no tracks.
    intern { Disc: view, create, update; Genre: view; Track: view, create; Review: view; }
}

struct Label {
    program: Program,
    root: String,
    producer: String,
    intern: String,
    genres: Vec<i64>,
}

impl Label {
    async fn open() -> Self {
        let program = Program::start().await;
        let root = program.user("Root", &["root"]).await;
        let producer = program.user("Pia", &["producer"]).await;
        let intern = program.user("Ina", &["intern"]).await;
        let mut genres = Vec::new();
        for name in ["Jazz", "Rock"] {
            let made = program.post("/api/genres:create", &root, &json!({ "name": name })).await;
            genres.push(made.id());
        }
        Self { program, root, producer, intern, genres }
    }

    async fn publish(&self, token: &str, values: Value) -> Answer {
        self.program.post("/api/discs:create?button=publish.save", token, &values).await
    }

    /// A disc with two tracks and a review: its id, and theirs.
    async fn disc(&self) -> (i64, Vec<i64>, i64) {
        let values = json!({ "title": "Blue", "tracks": [{ "name": "One" }, { "name": "Two" }] });
        let disc = self.publish(&self.producer, values).await.id();
        let path = format!("/api/discs/{disc}/reviews:create");
        let review = self.program.post(&path, &self.root, &json!({ "text": "fine" })).await.id();
        let tracks = self.linked(disc, "tracks").await;
        (disc, tracks.iter().filter_map(|one| one["id"].as_i64()).collect(), review)
    }

    async fn linked(&self, disc: i64, name: &str) -> Vec<Value> {
        let path = format!("/api/discs/{disc}/{name}:list?sort=id");
        let listed = self.program.get(&path, &self.root).await;
        listed.body["data"].as_array().cloned().unwrap_or_default()
    }

    async fn names(&self, disc: i64, name: &str) -> Vec<String> {
        let linked = self.linked(disc, name).await;
        linked.iter().map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    async fn page(&self, path: &str, form: Option<&str>) -> Page {
        self.program.page(path, &self.producer, form).await
    }
}

#[tokio::test]
async fn a_record_is_made_with_all_that_belongs_to_it() {
    let label = Label::open().await;
    let tracks =
        json!([{ "name": "One", "genreId": label.genres[1] }, { "name": "Two", "seconds": 7 }]);
    let values = json!({
        "title": "Blue", "genres": [label.genres[0], { "name": "Soul" }], "tracks": tracks,
    });
    let made = label.publish(&label.producer, values).await;
    assert_eq!(made.outcome(), (200, ""), "{made:?}");
    assert_eq!(label.names(made.id(), "genres").await, ["Jazz", "Soul"]);
    assert_eq!(label.names(made.id(), "tracks").await, ["One", "Two"]);
    assert_eq!(label.linked(made.id(), "tracks").await[0]["genreId"], label.genres[1]);
}

#[tokio::test]
async fn what_belongs_to_a_record_takes_the_fields_of_the_form_alone() {
    let label = Label::open().await;
    let (disc, tracks, review) = label.disc().await;
    for (values, expected) in [
        (json!({ "tracks": [{ "name": "x", "code": "y" }] }), "not_in_form tracks[0].code"),
        (json!({ "tracks": [{ "name": "x" }, { "name": "" }] }), "too_short tracks[1].name"),
        (json!({ "tracks": [{ "seconds": 3 }] }), "required tracks[0].name"),
        // It makes tracks, and changes none.
        (json!({ "tracks": [{ "id": tracks[0], "name": "x" }] }), "not_in_form tracks[0]"),
        (json!({ "genres": [{ "name": "" }] }), "too_short genres[0].name"),
        (json!({ "reviews": [] }), "not_in_form reviews"),
    ] {
        let mut all = json!({ "title": "Red" });
        all.as_object_mut().expect("an object").extend(values.as_object().cloned().expect("one"));
        let refused = label.publish(&label.producer, all).await;
        assert_eq!(faults(&refused), (400, vec![expected.to_owned()]), "{refused:?}");
    }
    let path = format!("/api/discs:update?filterByTk={disc}&button=rework.save");
    for (values, expected) in [
        // A genre belongs to nobody alone: it is picked there.
        (json!({ "genres": [{ "name": "Soul" }] }), "not_in_form genres[0]"),
        (json!({ "tracks": [{ "id": tracks[0], "code": "x" }] }), "not_in_form tracks[0].code"),
        (json!({ "reviews": [{ "id": review, "disc": null }] }), "implied reviews[0].disc"),
    ] {
        let refused = label.program.post(&path, &label.producer, &values).await;
        assert!(faults(&refused).1.contains(&expected.to_owned()), "{expected}: {refused:?}");
    }
    let refused =
        label.publish(&label.intern, json!({ "title": "x", "genres": [{ "name": "y" }] }));
    let refused = refused.await;
    assert_eq!(faults(&refused), (403, vec!["forbidden genres[0]".to_owned()]), "{refused:?}");
}

#[tokio::test]
async fn each_role_is_shown_what_it_may_do_with_many_records() {
    let label = Label::open().await;
    let shown = async |token: &str| {
        let shown = label.program.get("/api/discs:forms", token).await;
        let forms = shown.body["data"]["forms"].as_array().cloned().expect("forms");
        let fields = forms.into_iter().flat_map(|form| {
            let title = form["title"].as_str().unwrap_or_default().to_owned();
            let fields = form["fields"].as_array().cloned().expect("fields");
            let many = fields.into_iter().filter(|field| field["type"] == "references");
            many.map(move |field| {
                let new = field["new"]["fields"].as_array().cloned().unwrap_or_default();
                let new: Vec<_> = new.iter().filter_map(|it| it["name"].as_str()).collect();
                let can = ["picks", "changes", "releases"].into_iter();
                let can: Vec<_> = can.filter(|what| field[*what] == true).collect();
                format!("{title} {} {can:?} {new:?}", field["name"].as_str().unwrap_or_default())
            })
        });
        fields.collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&label.producer).await,
        [
            r#"Publish genres ["picks", "releases"] ["name"]"#,
            r#"Publish tracks [] ["name", "seconds", "genreId"]"#,
            r#"Rework genres ["picks", "releases"] []"#,
            r#"Rework tracks ["changes"] ["name", "seconds"]"#,
            r#"Rework reviews ["changes", "releases"] ["text"]"#,
        ]
    );
    // What is not named is linked no longer: who may not do that changes no set.
    assert_eq!(
        shown(&label.intern).await,
        [
            r#"Publish genres ["picks", "releases"] []"#,
            r#"Publish tracks [] ["name", "seconds", "genreId"]"#,
            r#"Rework genres ["picks", "releases"] []"#,
        ]
    );
}

#[tokio::test]
async fn rows_are_filled_in_on_the_page() {
    let label = Label::open().await;
    let form = "/admin/data/discs/new?form=publish";
    let page = label.page(form, None).await;
    for there in ["name=\"tracks[0].name\"", "name=\"tracks[+].seconds\"", " Jazz</label>"] {
        assert!(page.text.contains(there), "no {there}: {}", page.text);
    }
    assert!(page.text.contains("data-pick=\"/admin/pick/genres\""), "{}", page.text);
    assert!(!page.text.contains("genres[0].name"), "none is made unless it is asked for");

    // Without the script, the server draws another row.
    let first = "title=Blue&genres=&tracks=&tracks[0].id=&tracks[0].name=One&tracks[0].seconds=60";
    let page = label.page(form, Some(&format!("{first}&more=tracks"))).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("name=\"tracks[0].name\" value=\"One\""), "{}", page.text);
    assert!(page.text.contains("name=\"tracks[1].seconds\" value=\"180\""), "{}", page.text);

    // What is wrong stands at its field, though a row before it was left empty.
    let empty = "tracks[1].id=&tracks[1].name=&tracks[1].seconds=180&tracks[1].genreId=";
    let wrong = "tracks[n3].id=&tracks[n3].name=Two&tracks[n3].seconds=0&tracks[n3].genreId=";
    let sent = format!("{first}&tracks[0].genreId=&{empty}&{wrong}&button=publish.save");
    let page = label.page(form, Some(&sent)).await;
    assert_eq!(page.status, 400, "{}", page.text);
    assert!(page.text.contains("id=\"field-tracks[1].seconds-fault\""), "{}", page.text);
    assert!(page.text.contains("name=\"tracks[1].name\" value=\"Two\""), "{}", page.text);

    let [jazz, rock] = label.genres[..] else { panic!("two") };
    let right = format!(
        "tracks[n3].id=&tracks[n3].name=Two&tracks[n3].seconds=5&tracks[n3].genreId={rock}"
    );
    let soul = "genres[n1].id=&genres[n1].name=Soul";
    let sent = format!(
        "{first}&tracks[0].genreId=&{empty}&{right}&genres={jazz}&{soul}&button=publish.save"
    );
    let page = label.page(form, Some(&sent)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let disc = page.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    assert_eq!(label.names(disc, "tracks").await, ["One", "Two"]);
    assert_eq!(label.linked(disc, "tracks").await[1]["genreId"], rock);
    let mut genres = label.names(disc, "genres").await;
    genres.sort_unstable();
    assert_eq!(genres, ["Jazz", "Soul"]);
}

#[tokio::test]
async fn rows_are_changed_added_and_taken_away_on_the_page() {
    let label = Label::open().await;
    let (disc, tracks, review) = label.disc().await;
    let edit = format!("/admin/data/discs/{disc}/edit?form=rework");
    let page = label.page(&edit, None).await;
    let value = |name: &str, value: &str| format!("name=\"{name}\" value=\"{value}\"");
    for there in [
        value("tracks[0].id", &tracks[0].to_string()),
        value("tracks[1].name", "Two"),
        value("reviews[0].text", "fine"),
        "name=\"reviews[0].gone\"".to_owned(),
    ] {
        assert!(page.text.contains(&there), "no {there}: {}", page.text);
    }
    // A track belongs to a disc or is none.
    assert!(!page.text.contains("tracks[0].gone"), "{}", page.text);

    // Meanwhile there is another track, of which the form does not know.
    let path = format!("/api/discs/{disc}/tracks:create");
    label.program.post(&path, &label.root, &json!({ "name": "Three" })).await;
    let sent = format!(
        "title=Blue&genres=&tracks=&tracks[0].id={}&tracks[0].name=First&tracks[0].seconds=9\
         &tracks[1].id={}&tracks[1].name=Two&tracks[1].seconds=180\
         &tracks[n1].id=&tracks[n1].name=Four&tracks[n1].seconds=4\
         &reviews=&reviews[0].id={review}&reviews[0].text=fine&reviews[0].gone=on\
         &button=rework.save",
        tracks[0], tracks[1]
    );
    let page = label.page(&edit, Some(&sent)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(label.names(disc, "tracks").await, ["First", "Two", "Three", "Four"]);
    assert_eq!(label.linked(disc, "tracks").await[0]["seconds"], 9);
    assert_eq!(label.linked(disc, "reviews").await, [Value::Null; 0]);
    let path = format!("/api/reviews:get?filterByTk={review}");
    let kept = label.program.get(&path, &label.root).await;
    assert_eq!(kept.body["data"]["discId"], Value::Null, "it is there, and belongs to none");
}

#[tokio::test]
async fn what_others_link_while_a_form_is_open_stays_linked() {
    let label = Label::open().await;
    let (disc, ..) = label.disc().await;
    let [jazz, rock] = label.genres[..] else { panic!("two") };
    let link = async |verb: &str, ids: Value| {
        let path = format!("/api/discs/{disc}/genres:{verb}");
        let linked = label.program.post(&path, &label.root, &ids).await;
        assert_eq!(linked.outcome(), (200, ""), "{linked:?}");
    };
    link("set", json!([jazz])).await;
    let edit = format!("/admin/data/discs/{disc}/edit?form=rework");
    let seen = format!("name=\"genres.seen\" value=\"{jazz}\"");
    assert!(label.page(&edit, None).await.text.contains(&seen));
    // A search draws the form again, which still says what it had seen first.
    let opened = format!("title=Blue&genres=&genres.seen={jazz}");
    link("set", json!([jazz, rock])).await;
    let again = format!("{opened}&genres={jazz}&find.genres=x&found.genres=&look=genres");
    let page = label.page(&edit, Some(&again)).await;
    assert!(page.text.contains(&seen), "{}", page.text);
    assert!(!page.text.contains(&format!("name=\"genres.seen\" value=\"{rock}\"")));

    let linked = async |ticked: &[i64]| {
        let ticked: String = ticked.iter().map(|id| format!("&genres={id}")).collect();
        let sent = format!("{opened}{ticked}&button=rework.save");
        let page = label.page(&edit, Some(&sent)).await;
        assert_eq!(page.status, 303, "{}", page.text);
        let mut names = label.names(disc, "genres").await;
        names.sort_unstable();
        names
    };
    assert_eq!(linked(&[jazz]).await, ["Jazz", "Rock"], "nothing was changed there");
    assert_eq!(linked(&[]).await, ["Rock"], "what was unticked alone");
    assert_eq!(linked(&[jazz, rock]).await, ["Rock"], "only what was ticked is linked");
}

#[tokio::test]
async fn what_others_take_away_while_a_form_is_open_is_not_taken_back() {
    let label = Label::open().await;
    let (disc, tracks, _) = label.disc().await;
    let (other, ..) = label.disc().await;
    let edit = format!("/admin/data/discs/{disc}/edit?form=rework");
    let path = format!("/api/discs/{other}/tracks:add");
    label.program.post(&path, &label.root, &json!([tracks[0]])).await;
    let sent = format!(
        "title=Blue&tracks=&tracks[0].id={}&tracks[0].name=Mine&tracks[0].seconds=9\
         &tracks[1].id={}&tracks[1].name=Deux&tracks[1].seconds=7\
         &tracks[n1].id=&tracks[n1].name=Four&tracks[n1].seconds=4",
        tracks[0], tracks[1]
    );
    let page = label.page(&edit, Some(&format!("{sent}&button=rework.save"))).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("Somebody has taken this away meanwhile"), "{}", page.text);
    assert!(page.text.contains("name=\"tracks[0].gone\" value=\"on\""), "{}", page.text);
    assert!(page.text.contains("name=\"tracks[2].name\" value=\"Four\""), "{}", page.text);
    assert_eq!(label.names(disc, "tracks").await, ["Two"], "nothing was written");

    let sent = format!("{sent}&tracks[0].gone=on&button=rework.save");
    let page = label.page(&edit, Some(&sent)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(label.names(disc, "tracks").await, ["Deux", "Four"]);
    assert!(label.names(other, "tracks").await.contains(&"One".to_owned()), "and as it was called");
}

#[tokio::test]
async fn an_update_names_what_changes_of_many_links() {
    let label = Label::open().await;
    let (disc, tracks, review) = label.disc().await;
    let [jazz, rock] = label.genres[..] else { panic!("two") };
    let path = format!("/api/discs:update?filterByTk={disc}");
    let update = async |token: &str, values: Value| {
        let answer = label.program.post(&path, token, &values).await;
        let (status, told) = faults(&answer);
        (status, told.join(", "))
    };
    let all = json!({
        "genres": { "add": [jazz, { "name": "Soul" }] },
        "tracks": { "add": [{ "name": "Three" }], "change": [{ "id": tracks[0], "name": "First" }] },
        "reviews": { "remove": [review] },
    });
    assert_eq!(update(&label.producer, all).await, (200, String::new()));
    assert_eq!(label.names(disc, "genres").await, ["Jazz", "Soul"]);
    assert_eq!(label.names(disc, "tracks").await, ["First", "Two", "Three"]);
    assert_eq!(label.linked(disc, "reviews").await, [Value::Null; 0]);
    // Named again, nothing comes of it.
    let same = json!({ "genres": { "add": [jazz], "remove": [rock] }, "reviews": {} });
    assert_eq!(update(&label.producer, same).await, (200, String::new()));
    assert_eq!(label.names(disc, "genres").await, ["Jazz", "Soul"]);

    let (free, ..) = label.disc().await;
    let others = label.linked(free, "tracks").await;
    for (values, expected) in [
        (json!({ "genres": { "put": [1] } }), "unknown_field genres.put"),
        (json!({ "genres": { "add": 5 } }), "wrong_type genres.add"),
        (json!({ "genres": { "add": [7] } }), "not_found genres.add[0]"),
        (json!({ "genres": { "add": [jazz], "remove": [jazz] } }), "duplicate_record genres"),
        (json!({ "tracks": { "change": [{ "name": "x" }] } }), "required tracks.change[0].id"),
        (json!({ "tracks": { "change": [tracks[0]] } }), "required tracks.change[0].id"),
        (
            json!({ "tracks": { "change": [{ "id": others[0]["id"], "name": "x" }] } }),
            "not_linked tracks.change[0]",
        ),
        (json!({ "tracks": { "remove": [tracks[0]] } }), "required tracks"),
        (json!({ "tracks": { "add": [{ "name": "" }] } }), "too_short tracks.add[0].name"),
    ] {
        assert_eq!(update(&label.producer, values).await, (400, expected.to_owned()));
    }
    let forbidden = update(&label.intern, json!({ "reviews": { "remove": [review] } })).await;
    assert_eq!(forbidden.0, 403, "{forbidden:?}");
    let values = json!({ "title": "x", "genres": { "add": [jazz] } });
    let made = label.program.post("/api/discs:create", &label.producer, &values).await;
    assert_eq!(made.code(), "wrong_type", "a new one has no others");
}
