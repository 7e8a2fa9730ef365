//! Collections and workflows of the program under test.

use wfruntime::prelude::*;

#[collection]
pub(crate) struct Order {
    pub(crate) number: i32,
    pub(crate) amount: i64,
    pub(crate) note: Option<String>,
    pub(crate) stock: Option<BelongsTo<Stock>>,
    pub(crate) lines: HasMany<Line>,
    pub(crate) tags: BelongsToMany<Tag, OrderTag>,
}

#[collection]
pub(crate) struct Line {
    pub(crate) text: String,
    #[field(on_delete = cascade)]
    pub(crate) order: Option<BelongsTo<Order>>,
}

#[collection]
pub(crate) struct Tag {
    pub(crate) name: String,
}

#[collection]
pub(crate) struct OrderTag {
    #[field(on_delete = cascade)]
    pub(crate) order: BelongsTo<Order>,
    pub(crate) tag: BelongsTo<Tag>,
}

/// Nobody may take more of it than there is.
#[collection]
pub(crate) struct Stock {
    pub(crate) name: String,
    pub(crate) left: i64,
}

/// What events saw.
#[collection]
pub(crate) struct Seen {
    pub(crate) by: String,
    pub(crate) what: String,
}

#[collection]
pub(crate) struct Claim {
    #[field(length = 1..=20)]
    pub(crate) project: String,
    pub(crate) amount: i64,
    #[field(range = 0..=9)]
    pub(crate) level: Option<i32>,
    pub(crate) note: Option<String>,
    pub(crate) parts: HasMany<Part>,
}

#[collection]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) claim: Option<BelongsTo<Claim>>,
}

async fn see(cx: &SyncContext, by: &str, what: String) -> Result<()> {
    cx.create(Seen::new().by(by).what(what)).await.map(drop)
}

/// Hears of every order.
#[collection_event(on = [create, update, delete])]
pub(crate) async fn history(order: CollectionEvent<Order>, cx: Context) -> Result<()> {
    let was = order.before.as_ref().map_or(0, |before| before.amount);
    let amount = if order.changed.contains("amount") { " amount" } else { "" };
    let what =
        format!("{} {} {was}-{}{amount}", order.action, order.data.number, order.data.amount);
    see(&cx, "history", what).await
}

workflow! {
    /// Hears of lines in the request, with their order.
    #[collection_event(
        on = [create, update, delete],
        execution = "sync",
        when = data.text != "quiet",
        appends = [order],
    )]
    pub(crate) lines<Line> {
        let number = match &data.order { Some(order) => order.get()?.number, None => 0 };
        create Seen { by: "lines", what: format!("{action} {} {number}", data.text) };
        if data.text == "refuse" { end failed "no such line"; }
        if data.text == "say" { respond "a line is there"; }
    }

    #[collection_event(on = [create, delete], execution = "sync")]
    links<OrderTag> {
        create Seen { by: "links", what: action };
    }

    /// Changes what it hears of.
    #[collection_event(on = [create, update], changed = [amount], when = data.note.is_some())]
    grow<Order> {
        update data { amount: data.amount + 1 };
    }

    /// A change that a workflow makes.
    #[post_action(mode = "local", execution = "sync")]
    take<Order> {
        update Line where text == "bulk" { text: "changed" };
        create Line { text: "by a node", order: data.id };
    }

    /// Takes what the order asks for; `guard` may undo it.
    #[post_action(mode = "local", execution = "sync")]
    buy<Order> {
        update Stock where name == "nuts" { left: 10 - data.amount };
        create Seen { by: "buy", what: "bought" };
    }

    #[collection_event(on = [create, update, delete], execution = "sync", rollback = true)]
    guard<Stock> {
        let many = count Stock where name == data.name;
        require data.name != "kept" || action != "delete", "it is kept";
        require data.left >= 0, "{data.name} has not so many, of {many}";
    }

    #[collection_event(on = [create], execution = "sync", when = data.nickname.starts_with("new"))]
    joined<User> {
        create Seen { by: "joined", what: format!("{} {:?}", data.nickname, data.roles) };
    }

    #[collection_event(
        on = [create],
        execution = "sync",
        rollback = true,
        when = data.nickname.starts_with("bot"),
    )]
    no_bots<User> {
        end failed "{data.nickname} is no person";
    }

    /// Refuses by its words, or sets values.
    #[pre_action(mode = "local")]
    gate<Claim> {
        if data.amount.is_some_and(|amount| amount > 500) {
            require role == "root", "so much needs root";
        }
        respond "gated {data.project}";
        set { note: "gated", level: 3 };
    }

    #[pre_action(mode = "global", on = [destroy])]
    keep<Claim> {
        for id in ids {
            let claim = find Claim where id == id order id;
            require claim.is_none_or(|claim| claim.note.as_deref() != Some("keep")), "it is kept";
        }
    }
}

#[pre_action(mode = "global", on = [create, update])]
async fn judge(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let note = claim.data.get(Claim::FIELDS.note);
    match note.as_ref().and_then(Option::as_deref) {
        Some("fail") => cx.end_failed("judged badly").map(drop),
        Some("end") => {
            cx.respond("later").await?;
            cx.end().map(drop)
        }
        Some("panic") => panic!("on purpose"),
        Some("level") => cx.set(Claim::FIELDS.level, 12),
        Some("system") => cx.set(Claim::FIELDS.created_at, Timestamp::UNIX_EPOCH),
        Some("double") => {
            let amount = claim.data.get(Claim::FIELDS.amount).unwrap_or_default();
            cx.set(Claim::FIELDS.amount, amount * 2)?;
            cx.set(Claim::FIELDS.level, None)
        }
        // Given as null, or left out.
        None if note.is_some() => cx.set(Claim::FIELDS.note, "was null"),
        _ => Ok(()),
    }
}

#[pre_action(mode = "global", on = [update_or_create], when = data.contains("level"))]
async fn upsert(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let text = format!("{} {} {}", claim.action, claim.ids.len(), claim.role);
    cx.set(Claim::FIELDS.note, text)
}

role! {
    clerk { Claim: view, create(project, amount, note), update(project, amount, note); workflows: gate; }
}
