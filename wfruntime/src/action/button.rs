//! A pressed button: which values a client may give, which ones it sets, and what it fires.
//!
//! Its values are the program's: the role need not be granted their fields.

use super::authorise;
use super::faults::Faults;
use super::input::{self, Values};
use super::plan::made;
use super::{Request, Verb};
use crate::auth::Access;
use crate::collection::Association;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::forms::{Button, Form, New};
use crate::identity::Identity;
use crate::spelling::{instead, quoted};
use crate::store::sql::Condition;

/// The parameter's name, for the faults in it.
const PARAMETER: &str = "button";

/// A button that a request presses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressed {
    /// The form that it is on; none for a button of a record.
    pub(super) form: Option<&'static Form>,
    pub(super) button: &'static Button,
}

impl Pressed {
    /// The button that a request names, if it names one.
    ///
    /// # Errors
    /// There is no such button, or it is none of the request's action: what the body says cannot
    /// be judged then. [`crate::ErrorKind::Forbidden`] if the role may do nothing there.
    pub(super) fn of(core: &Core, access: &Access, request: &Request) -> Result<Option<Self>> {
        let Some(name) = &request.button else { return Ok(None) };
        let definition = request.collection;
        let collection = definition.name();
        let may = |verb| access.grant(verb, definition).is_some();
        if ![Verb::Get, Verb::Create, Verb::Update].into_iter().any(may) {
            access.may(request.verb, definition)?;
        }
        let forms = core.registry.forms(definition);
        let Some((form, button)) = forms.and_then(|forms| forms.button(name)) else {
            // Only those that the role may press: others are not its business.
            let known = forms.into_iter().flat_map(|forms| forms.buttons()).filter(|found| {
                let (form, button) = *found;
                may(button.verb(form)) && authorise::button(access, form, button).is_ok()
            });
            let hint = instead(name, known.map(|(_, button)| button.meta.name));
            let message = format!("unknown button {} of `{collection}`{hint}", quoted(name));
            return Err(refused("unknown_button", message));
        };
        let pressed = Self { form, button };
        if (request.verb == Verb::Create) != pressed.is_add() {
            let action = if pressed.is_add() { "create" } else { "update" };
            let name = button.meta.name;
            let message = format!("`{name}` is pressed with `{collection}:{action}`");
            return Err(refused("other_action", message));
        }
        Ok(Some(pressed))
    }

    fn is_add(&self) -> bool {
        self.form.is_some_and(Form::is_add)
    }

    /// What it needs the right to.
    pub(super) fn verb(&self) -> Verb {
        self.button.verb(self.form)
    }

    /// Whether the record stays as it is.
    pub(super) fn writes_nothing(&self) -> bool {
        self.verb() == Verb::Get
    }

    /// Gathers what contradicts a press in the request, and why the role may not.
    pub(super) fn judge(&self, access: &Access, request: &Request, faults: &mut Faults) {
        if let Err(error) = authorise::button(access, self.form, self.button) {
            faults.forbidden.extend_from_slice(error.all());
        }
        let name = self.button.meta.name;
        let mut tell = |code, field, message| {
            faults.invalid.push(Fault::new(code, message).at(field));
        };
        if request.triggers.as_deref().is_some_and(|triggers| !triggers.is_empty()) {
            let message = format!("`{name}` says itself what fires: leave out `triggerWorkflows`");
            tell("two_triggers", "triggerWorkflows", message);
        }
        if self.is_add() {
            return;
        }
        // One for several is pressed on those of a filter for which it is there.
        if request.target.filter.is_some() && !self.button.meta.is_for_several {
            let message = format!(
                "`{name}` is pressed on the records that `filterByTk` names: leave out `filter`"
            );
            tell("button_filter", "filter", message);
        }
        if input::is_array(input::body(request.values.as_deref())) {
            let message =
                format!("`{name}` takes one object, for the records that `filterByTk` names");
            tell("button_array", PARAMETER, message);
        }
    }

    /// What is wrong with a client's value of a column, or of an association that has none in this
    /// table.
    pub(super) fn refuses(
        &self,
        column: Option<usize>,
        association: Option<usize>,
    ) -> Option<(&'static str, String)> {
        let name = self.button.meta.name;
        if column.is_some_and(|column| self.button.sets(column)) {
            return Some(("fixed_field", format!("it is set by the button `{name}`")));
        }
        let Some(form) = self.form else {
            return Some(("not_in_form", format!("the button `{name}` takes no values")));
        };
        let is_there = match (column, association) {
            (Some(column), _) => form.has_column(column),
            (None, Some(association)) => form.has_links(association),
            (None, None) => false,
        };
        (!is_there).then(|| {
            let title = form.meta.title;
            ("not_in_form", format!("it is no field of the form \"{title}\""))
        })
    }

    /// What may be filled in of a record behind an association; an error says what is wrong
    /// with an object that is given there.
    pub(super) fn new_at(
        &self,
        association: &Association,
        index: usize,
        is_new: bool,
    ) -> Result<&'static New, (&'static str, String)> {
        let Some(form) = self.form else {
            let name = self.button.meta.name;
            return Err(("not_in_form", format!("the button `{name}` takes no values")));
        };
        let may = is_new || form.changes_at(association, index);
        form.new_at(index).filter(|_| may).ok_or_else(|| {
            let title = form.meta.title;
            let what = if is_new { "makes no record" } else { "changes no record" };
            ("not_in_form", format!("the form \"{title}\" {what} there: give an `id` alone"))
        })
    }

    /// Adds what the button sets to what a client gave.
    pub(super) fn set(
        &self,
        core: &Core,
        identity: &Identity,
        values: &mut Values,
        faults: &mut Faults,
    ) {
        for (index, value) in &self.button.fixed {
            let column = &values.definition.columns[*index];
            let value = made(*value, core.clock.now(), identity.user_id(), column.kind.ty());
            if value.is_null() && !column.nullable {
                let message = format!("`{}` needs somebody who is signed in", column.json);
                faults.invalid.push(Fault::new("required", message).at(column.json));
            }
            faults.invalid.extend(column.check(&value).err());
            values.columns.push((*index, value));
        }
    }

    /// What must hold for a record for the button to be there.
    pub(super) fn when(&self) -> Option<Condition> {
        let form = self.form.and_then(|form| form.meta.when);
        let conditions = form.into_iter().chain(self.button.meta.when);
        conditions.map(|when| when()).reduce(Condition::and)
    }

    /// That the button is not there for a record.
    pub(super) fn is_not_there(&self, id: i64) -> Error {
        let name = self.button.meta.name;
        let message = format!("`{name}` cannot be pressed: record {id} does not fulfil its `when`");
        let fault = Fault::new("button_not_there", message).at(PARAMETER);
        Error::faults(ErrorKind::Conflict, vec![fault])
    }

    /// Whether it sets a column.
    pub(super) fn sets(&self, column: usize) -> bool {
        self.button.sets(column)
    }
}

/// That a request presses a button where there is none.
pub(super) fn none_here(action: &str) -> Error {
    refused("other_action", format!("`{action}` presses no button; leave out `button`"))
}

fn refused(code: &str, message: String) -> Error {
    Error::faults(ErrorKind::Invalid, vec![Fault::new(code, message).at(PARAMETER)])
}
