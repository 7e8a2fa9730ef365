//! What people send for a form: every fault in it, or checked values.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::Form;
use super::form::Field;
use crate::collection::json::{Entries, value_to_json};
use crate::error::{Fault, Result};
use crate::spelling::{instead, quoted};

impl Form {
    /// The values of a JSON text, those left out by their default; or all that is wrong with them.
    ///
    /// `place` is where the text stands in the request: faults are about `values.reference`.
    ///
    /// # Errors
    /// The form itself cannot be read.
    pub(crate) fn read(
        &self,
        text: &str,
        place: &str,
        now: Timestamp,
    ) -> Result<Result<Map<String, Json>, Vec<Fault>>> {
        let Ok(entries) = serde_json::from_str::<Entries<'_>>(text) else {
            let message = format!(
                "`{place}` must be an object, found {}; send `{}`",
                quoted(text),
                self.example()
            );
            return Ok(Err(vec![Fault::new("wrong_type", message).at(place)]));
        };
        let at = |name: &str| format!("{place}.{}", name.chars().take(100).collect::<String>());
        let (mut values, mut faults, mut seen) = (Map::new(), Vec::new(), HashSet::new());
        for (name, json) in &entries.0 {
            let name = name.as_ref();
            let Some(field) = self.fields.iter().find(|field| field.name == name) else {
                faults.push(self.unknown(name).at(at(name)));
                continue;
            };
            if !seen.insert(name) {
                let message = format!("{} is given twice", quoted(name));
                faults.push(Fault::new("duplicate_field", message).at(at(name)));
                continue;
            }
            // Nothing where something is asked for is left out, however it is sent.
            if !field.takes_null() && json.get() == "null" {
                seen.remove(name);
                continue;
            }
            match field.with_slot(|slot| slot.read(json))? {
                Ok(value) => {
                    values.insert(name.to_owned(), value_to_json(&value));
                }
                Err(fault) => faults.push(fault.at(at(name))),
            }
        }
        for field in self.fields.iter().filter(|field| !seen.contains(field.name.as_str())) {
            match field.left_out(now) {
                Ok(value) => {
                    values.insert(field.name.clone(), value);
                }
                Err(fault) => faults.push(fault.at(at(&field.name))),
            }
        }
        faults.truncate(100);
        Ok(if faults.is_empty() { Ok(values) } else { Err(faults) })
    }

    fn unknown(&self, name: &str) -> Fault {
        let names = self.fields.iter().map(|field| field.name.as_str());
        let message = format!("unknown field {}{}", quoted(name), instead(name, names));
        Fault::new("unknown_field", message)
    }
}

impl Field {
    fn left_out(&self, now: Timestamp) -> Result<Json, Fault> {
        if self.required {
            return Err(Fault::new("required", format!("`{}` is required", self.name)));
        }
        Ok(self.default(now).unwrap_or(Json::Null))
    }
}
