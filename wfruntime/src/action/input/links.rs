//! A change of the links to many records: `{"add": […], "change": […], "remove": […]}`.
//!
//! What is not named stays as it is, whoever linked it meanwhile.

use super::{At, Path, Reader, Target};
use crate::collection::json::Entries;
use crate::spelling::{instead, quoted};

/// The lists that it can hold.
const LISTS: [&str; 3] = ["add", "change", "remove"];

impl Reader<'_> {
    /// The records to link or to change, and the ids of those that are to be linked no longer.
    pub(super) fn difference(
        &mut self,
        at: &At<'_>,
        index: usize,
        json: &str,
        here: Path<'_>,
    ) -> (Vec<Target>, Vec<i64>) {
        let (mut targets, mut taken) = (Vec::new(), Vec::new());
        let Ok(lists) = serde_json::from_str::<Entries<'_>>(json) else {
            let message =
                format!("expected an array or an object of lists, found {}", quoted(json));
            self.faults.invalid.push(here.fault("wrong_type", message));
            return (targets, taken);
        };
        for (place, (name, json)) in lists.0.iter().enumerate() {
            let path = here.field(name);
            if lists.0[..place].iter().any(|(earlier, _)| earlier == name) {
                self.faults.invalid.push(path.fault("duplicate_field", "it is given twice"));
                continue;
            }
            match name.as_ref() {
                "add" => targets.extend(self.array(json.get(), path, |reader, json, path| {
                    reader.target(at, index, json, path)
                })),
                "change" => targets.extend(self.array(json.get(), path, |reader, json, path| {
                    reader.linked(at, index, json, path)
                })),
                "remove" => taken.extend(self.array(json.get(), path, |reader, json, path| {
                    let id = reader.id(json, path)?;
                    reader.may_link(at, index, Some(id), path);
                    Some(id)
                })),
                name => {
                    let hint = instead(name, LISTS);
                    let message =
                        format!("links are changed by `add`, `change` and `remove`{hint}");
                    self.faults.invalid.push(path.fault("unknown_field", message));
                }
            }
        }
        let named = |id: &&i64| targets.iter().any(|target| target.id == Some(**id));
        if let Some(id) = taken.iter().find(named) {
            let message = format!("record {id} is named twice");
            self.faults.invalid.push(here.fault("duplicate_record", message));
        }
        (targets, taken)
    }

    /// A changed record that is linked and stays so.
    fn linked(&mut self, at: &At<'_>, index: usize, json: &str, path: Path<'_>) -> Option<Target> {
        let is_keyed = |entries: Entries<'_>| entries.0.iter().any(|(name, _)| name == "id");
        if !serde_json::from_str(json).is_ok_and(is_keyed) {
            let fault = path.field("id").fault("required", "`id` is required: which record?");
            self.faults.invalid.push(fault);
            return None;
        }
        let target = self.target(at, index, json, path)?;
        Some(Target { stays: true, ..target })
    }
}
