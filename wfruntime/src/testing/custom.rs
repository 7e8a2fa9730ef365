//! Custom actions, as a person asks for them.

use std::panic::Location;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::execution::key_of;
use super::{Answer, Person};
use crate::collection::{Collection, Id};
use crate::store::BoxFuture;
use crate::workflow::Named;

impl Person {
    /// Asks for a custom action on these records: `ann.trigger(remind, &[claim.id], json!({}))`.
    ///
    /// It gives the answer; asynchronous ones run behind it.
    ///
    /// # Panics
    ///
    /// If what was given is no workflow.
    #[track_caller]
    pub fn trigger<M, T: Collection>(
        &self,
        workflow: impl Named<M>,
        records: &[Id<T>],
        values: Value,
    ) -> BoxFuture<'static, Answer> {
        let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
        let query = format!("&filterByTk={}", ids.join(","));
        self.ask(T::META.name, key_of(workflow, Location::caller()), &query, values)
    }

    /// Asks for a custom action that is about no record.
    ///
    /// # Panics
    ///
    /// If what was given is no workflow.
    #[track_caller]
    pub fn trigger_alone<M>(
        &self,
        workflow: impl Named<M>,
        values: Value,
    ) -> BoxFuture<'static, Answer> {
        self.ask("workflows", key_of(workflow, Location::caller()), "", values)
    }

    fn ask(
        &self,
        resource: &str,
        key: &str,
        query: &str,
        values: Value,
    ) -> BoxFuture<'static, Answer> {
        let key = utf8_percent_encode(key, NON_ALPHANUMERIC);
        let path = format!("/api/{resource}:trigger?triggerWorkflows={key}{query}");
        let person = self.clone();
        Box::pin(async move { person.post(&path, values).await })
    }
}
