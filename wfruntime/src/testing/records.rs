//! Records: written and read by a person through the actions, looked at by the test.

use std::future::IntoFuture;
use std::panic::Location;

use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::app::{TestApp, rest};
use super::execution::key_of;
use super::{Person, fail};
use crate::action::rows;
use crate::collection::json::value_to_json;
use crate::collection::{Collection, Filter, Id, IntoChanges, IntoDraft, IntoKeys, Record};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::store::BoxFuture;
use crate::store::sql::{Condition, Query as _};
use crate::workflow::Named;

/// A request that creates or changes a record; awaiting it sends it.
///
/// It gives the record as it is stored then, whole: fields that the user may not view, too.
#[must_use = "nothing is sent until it is awaited"]
pub struct Writing<T> {
    person: Person,
    path: String,
    query: Vec<(&'static str, String)>,
    triggers: Vec<String>,
    body: Map<String, Value>,
    /// The record that is changed.
    id: Option<Id<T>>,
    collection: std::marker::PhantomData<fn() -> T>,
}

impl Person {
    /// Creates a record: `ann.create(Claim::new().project("Berlin"))`.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    pub fn create<T: Collection>(&self, draft: impl IntoDraft<T>) -> Writing<T> {
        let values = draft.into_draft().into_values().into_iter().enumerate();
        let given = values.filter_map(|(index, value)| Some((index, value?)));
        Writing::new(self, "create", given, None)
    }

    /// Changes a record: `ann.update(&claim, Claim::changes().amount(dec!(450)))`.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    pub fn update<T: Collection>(
        &self,
        record: impl Into<Id<T>>,
        changes: impl IntoChanges<T>,
    ) -> Writing<T> {
        let changes = changes.into_changes().into_values().into_iter();
        Writing::new(self, "update", changes, Some(record.into()))
    }

    /// Changes the record that has the same key as the draft, or creates one:
    /// `ann.update_or_create(Rate::new().currency("EUR").value(1), Rate::FIELDS.currency)`.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    pub fn update_or_create<T, D, K>(&self, draft: D, keys: K) -> Writing<T>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed("updateOrCreate", keys, draft)
    }

    /// Finds the record that has the same key as the draft, or creates one.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    pub fn first_or_create<T, D, K>(&self, draft: D, keys: K) -> Writing<T>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed("firstOrCreate", keys, draft)
    }

    fn keyed<T: Collection>(
        &self,
        action: &str,
        keys: impl IntoKeys<T>,
        draft: impl IntoDraft<T>,
    ) -> Writing<T> {
        let columns = &T::definition().columns;
        let keys = keys.into_keys().into_columns();
        let keys = columns.iter().filter(|column| keys.contains(&column.name));
        let keys = keys.map(|column| column.json).collect::<Vec<_>>().join(",");
        let values = draft.into_draft().into_values().into_iter().enumerate();
        let given = values.filter_map(|(index, value)| Some((index, value?)));
        let mut writing = Writing::new(self, action, given, None);
        writing.query.push(("filterKeys", keys));
        writing
    }

    /// Reads a record again, once all work has come to rest.
    ///
    /// It is read whole: what is in it that this user may not view, a [`Person::fetch`] shows.
    ///
    /// # Errors
    ///
    /// What the application says, if it refuses: that there is none, if the user may not view it.
    pub async fn get<T: Collection>(&self, record: impl Into<Id<T>>) -> Result<Record<T>> {
        let id = record.into();
        let path = format!("/api/{}:get?filterByTk={id}", T::META.name);
        self.fetch(&path).await.into_result()?;
        stored(&self.app.core(), id).await
    }

    /// The records that the user may view, once all work has come to rest; by their ids, and at
    /// most [`crate::Settings::page_limit`].
    ///
    /// # Errors
    ///
    /// What the application says, if it refuses.
    pub async fn list<T: Collection>(&self) -> Result<Vec<Record<T>>> {
        let core = self.app.core();
        let page = core.settings.page_limit;
        let path = format!("/api/{}:list?fields=id&sort=id&pageSize={page}", T::META.name);
        let data = self.fetch(&path).await.into_result()?;
        let seen = data.as_array().into_iter().flatten();
        let ids: Vec<i64> = seen.filter_map(|record| record["id"].as_i64()).collect();
        read(&core, rows::with_ids(T::definition(), &ids)).await
    }

    /// Removes a record.
    ///
    /// # Errors
    ///
    /// What the application says, if it refuses.
    pub async fn destroy<T: Collection>(&self, record: impl Into<Id<T>>) -> Result<()> {
        let path = format!("/api/{}:destroy?filterByTk={}", T::META.name, record.into());
        self.send(Method::POST, &path, String::new()).await.into_result().map(drop)
    }
}

impl<T: Collection> Writing<T> {
    fn new(
        person: &Person,
        action: &str,
        given: impl Iterator<Item = (usize, crate::Value)>,
        id: Option<Id<T>>,
    ) -> Self {
        let columns = &T::definition().columns;
        let body = given.map(|(index, value)| {
            // The exact number, whatever a float makes of it.
            (columns[index].json.to_owned(), value_to_json(&value))
        });
        Self {
            person: person.clone(),
            path: format!("/api/{}:{action}", T::META.name),
            query: id.map(|id| ("filterByTk", id.to_string())).into_iter().collect(),
            triggers: Vec::new(),
            body: body.collect(),
            id,
            collection: std::marker::PhantomData,
        }
    }

    /// Names a workflow for the record, as `triggerWorkflows` does; more than one call adds up.
    ///
    /// # Panics
    ///
    /// If it is no workflow.
    #[track_caller]
    pub fn fire<M>(self, workflow: impl Named<M>) -> Self {
        let key = key_of(workflow, Location::caller());
        self.trigger(key)
    }

    /// Names a workflow for a record that this one belongs to: `fire_for(greet, "category")`.
    ///
    /// # Panics
    ///
    /// If it is no workflow.
    #[track_caller]
    pub fn fire_for<M>(self, workflow: impl Named<M>, path: &str) -> Self {
        let key = key_of(workflow, Location::caller());
        self.trigger(&format!("{key}!{path}"))
    }

    /// Adds this to `triggerWorkflows` as it stands.
    pub fn trigger(mut self, item: &str) -> Self {
        self.triggers.push(item.to_owned());
        self
    }

    /// Presses a button of the collection's forms.
    pub fn button(mut self, name: &str) -> Self {
        self.query.push(("button", name.to_owned()));
        self
    }

    /// Adds a value under its JSON name, such as a nested record: `("category", json!({…}))`.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.body.insert(name.to_owned(), value);
        self
    }

    async fn send(mut self) -> Result<Record<T>> {
        if !self.triggers.is_empty() {
            self.query.push(("triggerWorkflows", self.triggers.join(",")));
        }
        for (index, (name, value)) in self.query.iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            self.path.push_str(&format!("{mark}{name}={value}"));
        }
        let core = self.person.app.core();
        let data = self.person.post(&self.path, Value::Object(self.body)).await.into_result()?;
        let id = self.id.or_else(|| data["id"].as_i64().map(Id::new));
        let id = id.ok_or_else(|| Error::internal("the answer has no id"))?;
        stored(&core, id).await
    }
}

impl<T: Collection> IntoFuture for Writing<T> {
    type Output = Result<Record<T>>;
    type IntoFuture = BoxFuture<'static, Result<Record<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl TestApp {
    /// All records of a collection by their ids, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If a stored value does not fit its field.
    #[track_caller]
    pub fn all<T: Collection>(&self) -> impl Future<Output = Vec<Record<T>>> + Send {
        self.list(Filter::all())
    }

    /// The records that fit, by their ids, once all work has come to rest:
    /// `app.list(Payment::FIELDS.claim.eq(claim.id))`.
    ///
    /// # Panics
    ///
    /// If a stored value does not fit its field.
    #[track_caller]
    pub fn list<T: Collection>(
        &self,
        filter: Filter<T>,
    ) -> impl Future<Output = Vec<Record<T>>> + Send {
        let (at, core) = (Location::caller(), self.core());
        let filter = filter.into_condition();
        async move {
            rest(&core, at).await;
            read(&core, filter).await.unwrap_or_else(|error| fail(at, error))
        }
    }

    /// A record as it is stored now, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If it is gone.
    #[track_caller]
    pub fn reload<T: Collection>(
        &self,
        record: impl Into<Id<T>>,
    ) -> impl Future<Output = Record<T>> + Send {
        let (at, core, id) = (Location::caller(), self.core(), record.into());
        async move {
            rest(&core, at).await;
            stored(&core, id).await.unwrap_or_else(|error| fail(at, error))
        }
    }
}

async fn read<T: Collection>(core: &Core, filter: Condition) -> Result<Vec<Record<T>>> {
    let definition = T::definition();
    let select = rows::select(definition, filter).build().unbounded();
    let values = core.store.read(&select).await?;
    rows::from_values(definition, values).map(Record::from_row).collect()
}

async fn stored<T: Collection>(core: &Core, id: Id<T>) -> Result<Record<T>> {
    let found = read(core, rows::with_ids(T::definition(), &[id.get()])).await?;
    let gone = || format!("there is no record {id} of `{}`", T::META.name);
    found
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(crate::ErrorKind::NotFound, "not_found", gone()))
}
