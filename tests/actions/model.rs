//! Collections, workflows, roles and actions of the program under test.

use std::sync::Mutex;

use wfruntime::prelude::*;

#[collection]
pub(crate) struct Category {
    pub(crate) title: String,
    pub(crate) parent: Option<BelongsTo<Category>>,
    pub(crate) posts: HasMany<Post>,
}

#[choice]
pub(crate) enum Status {
    Draft,
    Published,
}

#[collection]
pub(crate) struct Post {
    #[field(length = 1..=80)]
    pub(crate) title: String,
    pub(crate) content: Option<String>,
    pub(crate) price: Option<Decimal>,
    pub(crate) category: Option<BelongsTo<Category>>,
    #[field(default = user)]
    pub(crate) author: Option<BelongsTo<User>>,
    #[field(default = Status::Draft)]
    pub(crate) status: Status,
    #[field(default = now)]
    pub(crate) written: Timestamp,
    #[field(unique)]
    pub(crate) slug: Option<String>,
    #[field(range = 0..=10)]
    pub(crate) stars: Option<i32>,
    #[field(hidden)]
    pub(crate) secret: Option<String>,
    pub(crate) extra: Option<Json>,
    pub(crate) comments: HasMany<Comment>,
    pub(crate) notes: HasMany<Note>,
    pub(crate) tags: BelongsToMany<Tag, PostTag>,
    pub(crate) cover: HasOne<Cover>,
}

#[collection]
pub(crate) struct Comment {
    pub(crate) text: String,
    #[field(on_delete = cascade)]
    pub(crate) post: BelongsTo<Post>,
}

#[collection]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) post: Option<BelongsTo<Post>>,
}

#[collection]
pub(crate) struct Tag {
    pub(crate) name: String,
}

#[collection]
pub(crate) struct PostTag {
    #[field(on_delete = cascade)]
    pub(crate) post: BelongsTo<Post>,
    pub(crate) tag: BelongsTo<Tag>,
}

#[collection]
pub(crate) struct Cover {
    pub(crate) url: String,
    pub(crate) post: Option<BelongsTo<Post>>,
}

#[collection]
pub(crate) struct Customer {
    pub(crate) name: String,
    pub(crate) referrer: Option<BelongsTo<Customer>>,
}

/// One of a pair, each of which goes with the other.
#[collection]
pub(crate) struct Glove {
    pub(crate) side: String,
    #[field(on_delete = cascade)]
    pub(crate) other: Option<BelongsTo<Glove>>,
    #[field(on_delete = cascade)]
    pub(crate) pocket: Option<BelongsTo<Pocket>>,
}

#[collection]
pub(crate) struct Pocket {
    pub(crate) name: String,
    #[field(on_delete = cascade)]
    pub(crate) glove: Option<BelongsTo<Glove>>,
}

/// Stays without the glove that is named on it.
#[collection]
pub(crate) struct Label {
    pub(crate) text: String,
    #[field(on_delete = set_null)]
    pub(crate) glove: Option<BelongsTo<Glove>>,
}

/// Holds the pocket that it is sewn to.
#[collection]
pub(crate) struct Thread {
    pub(crate) colour: String,
    pub(crate) pocket: BelongsTo<Pocket>,
}

/// What workflows fire for.
#[collection]
pub(crate) struct Order {
    pub(crate) number: i32,
    pub(crate) note: Option<String>,
    pub(crate) total: Option<Decimal>,
    pub(crate) customer: Option<BelongsTo<Customer>>,
}

/// What workflows saw: the key, and what it had to do with.
pub(crate) static SEEN: Mutex<Vec<(&str, String)>> = Mutex::new(Vec::new());

fn see(key: &'static str, what: String) {
    SEEN.lock().expect("no panic while it is held").push((key, what));
}

/// What workflows of this key saw that begins so.
pub(crate) fn seen(key: &str, start: &str) -> Vec<String> {
    let seen = SEEN.lock().expect("no panic while it is held");
    let of = seen.iter().filter(|(saw, what)| *saw == key && what.starts_with(start));
    of.map(|(_, what)| what.clone()).collect()
}

#[post_action(mode = "local")]
pub(crate) async fn review(order: PostAction<Order>, _: Context) -> Result<()> {
    see("review", format!("{}", order.data.number));
    Ok(())
}

#[post_action(mode = "local", appends = [customer.referrer], execution = "sync")]
pub(crate) async fn loaded(order: PostAction<Order>, _: SyncContext) -> Result<()> {
    let customer = order.data.customer.as_ref().map(|customer| customer.get()).transpose()?;
    let name = customer.map_or("nobody", |customer| customer.name.as_str());
    let referrer = customer.and_then(|customer| customer.referrer.as_ref());
    let referrer = referrer.map(|referrer| referrer.get()).transpose()?;
    let referrer = referrer.map_or("nobody", |referrer| referrer.name.as_str());
    see("loaded", format!("{} {name} {referrer}", order.data.number));
    Ok(())
}

#[post_action(mode = "local", overlap = "refuse")]
pub(crate) async fn alone(customer: PostAction<Customer>, _: Context) -> Result<()> {
    see("alone", customer.data.name.clone());
    Ok(())
}

#[post_action(mode = "local", execution = "sync")]
pub(crate) async fn greet(customer: PostAction<Customer>, _: SyncContext) -> Result<()> {
    see("greet", format!("{} {}", customer.data.name, customer.role));
    Ok(())
}

#[post_action(mode = "local", enabled = false)]
pub(crate) async fn switched_off(order: PostAction<Order>, _: Context) -> Result<()> {
    see("switched_off", format!("{}", order.data.number));
    Ok(())
}

#[post_action(mode = "local", allow = [supervisor])]
pub(crate) async fn narrow(order: PostAction<Order>, _: Context) -> Result<()> {
    see("narrow", format!("{}", order.data.number));
    Ok(())
}

#[post_action(mode = "global", on = [create], when = data.number == 4711)]
pub(crate) async fn big_number(order: PostAction<Order>, _: Context) -> Result<()> {
    see("big_number", format!("{}", order.data.number));
    Ok(())
}

#[post_action(mode = "global", on = [update], changed = [total], execution = "sync")]
pub(crate) async fn total_changed(order: PostAction<Order>, _: SyncContext) -> Result<()> {
    let before = order.before.as_ref().and_then(|before| before.total);
    let total = |total: Option<Decimal>| total.map_or("none".into(), |total| total.to_string());
    see(
        "total_changed",
        format!("{} {} {}", order.data.number, total(before), total(order.data.total)),
    );
    Ok(())
}

#[post_action(mode = "local", execution = "sync")]
pub(crate) async fn annotate(order: PostAction<Order>, cx: SyncContext) -> Result<()> {
    let mut order = order.data;
    cx.respond("annotated").await?;
    cx.update(&mut order, Order::changes().note("annotated")).await
}

#[post_action(mode = "local", execution = "sync")]
pub(crate) async fn refuse(order: PostAction<Order>, cx: SyncContext) -> Result<()> {
    let number = order.data.number;
    cx.end_failed(format!("order {number} is refused"))?;
    Ok(())
}

#[post_action(mode = "local", execution = "sync")]
pub(crate) async fn broken(_: PostAction<Order>, _: SyncContext) -> Result<()> {
    Err(Error::internal("the secret reason"))
}

/// Gives an order to the customer whom its note names, twice: before and after a decision.
#[post_action(mode = "local", appends = [customer.referrer])]
pub(crate) async fn hand_on(order: PostAction<Order>, cx: Context) -> Result<()> {
    let mut order = order.data;
    let name = order.note.clone().unwrap_or_default();
    let found = cx.find(<Customer as Collection>::FIELDS.name.eq(name)).await?;
    let found = found.ok_or_else(|| Error::internal("no such customer"))?;
    cx.update(&mut order, Order::changes().customer(&found)).await?;
    see("hand_on", format!("{} {}", order.number, people(&order)?));
    cx.approve("Well?").by_role("supervisor").await?;
    cx.refresh(&mut order).await?;
    see("hand_on", format!("{} {}", order.number, people(&order)?));
    cx.approve("Again?").by_role("supervisor").await?;
    see("hand_on", format!("{} {}", order.number, people(&order)?));
    Ok(())
}

/// The names of an order's customer and of who referred them.
fn people(order: &Order) -> Result<String> {
    let Some(customer) = &order.customer else { return Ok("nobody".to_owned()) };
    let customer = customer.get()?;
    let referrer = customer.referrer.as_ref().map(|referrer| referrer.get()).transpose()?;
    Ok(format!("{} {}", customer.name, referrer.map_or("nobody", |it| it.name.as_str())))
}

/// Makes the customer whom an order's note names the referrer of the order's own.
#[post_action(mode = "local", appends = [customer.referrer], execution = "sync")]
pub(crate) async fn refer(order: PostAction<Order>, cx: SyncContext) -> Result<()> {
    let mut order = order.data;
    let name = order.note.clone().unwrap_or_default();
    let found = cx.find(<Customer as Collection>::FIELDS.name.eq(name)).await?;
    let found = found.ok_or_else(|| Error::internal("no such customer"))?;
    let Some(customer) = &mut order.customer else { return Ok(()) };
    let mut customer = customer.get()?.clone();
    cx.update(&mut customer, Customer::changes().referrer(&found)).await?;
    let referrer = customer.referrer.as_ref().map(|referrer| referrer.get()).transpose()?;
    see("refer", format!("{} {}", order.number, referrer.map_or("nobody", |it| &it.name)));
    Ok(())
}

/// Takes the roles of the user whom an order's note names.
#[post_action(mode = "local", execution = "sync")]
pub(crate) async fn demote(order: PostAction<Order>, cx: SyncContext) -> Result<()> {
    let name = order.data.note.clone().unwrap_or_default();
    let found = cx.find(<User as Collection>::FIELDS.nickname.eq(name)).await?;
    let mut user = found.ok_or_else(|| Error::internal("no such user"))?;
    cx.update(&mut user, User::changes().roles(Roles::default())).await
}

#[post_action(mode = "global", on = [close], execution = "sync")]
pub(crate) async fn closed(order: PostAction<Order>, _: SyncContext) -> Result<()> {
    let changed = order.changed.contains("note");
    see("closed", format!("{} {} {changed}", order.data.number, order.action));
    Ok(())
}

#[derive(serde::Deserialize)]
pub(crate) struct Close {
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) fail: bool,
}

/// Closes an order, and makes another one for its customer.
#[action(Order)]
async fn close(form: Json<Close>, act: Act<Order>) -> Result<Record<Order>> {
    let id = act.target().ok_or_else(|| Error::invalid("no_target", "which order?"))?;
    let order = act.get::<Order>(id).await?;
    act.create(Customer::new().name(form.note.clone()))?;
    let closed = act.update(&order, Order::changes().note(form.note.clone())).await?;
    if form.fail {
        return Err(Error::invalid("no", "not today"));
    }
    Ok(closed)
}

/// Gives an order as it is.
#[action(Order)]
async fn peek(act: Act<Order>) -> Result<Record<Order>> {
    let id = act.target().ok_or_else(|| Error::invalid("no_target", "which order?"))?;
    act.get::<Order>(id).await
}

role! {
    /// Writes posts.
    writer {
        Post: view own, create(title, content, category), update(title) own, destroy own;
        Category: view;
        Comment: view;
        Order: view, create, update own, close own, peek own;
        workflows: review, narrow;
    }
    /// Links what belongs to own posts.
    linker {
        Post: view, create, update own;
        Category: view;
        Tag: view;
    }
    /// Sees all orders.
    supervisor {
        Order: view, create, update;
        workflows: narrow;
    }
}
