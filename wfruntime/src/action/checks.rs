//! What is judged before anything is written, gathered so that it is told at once.

use super::authorise;
use super::before::{Before, UPSERT};
use super::button::Pressed;
use super::faults::Faults;
use super::found::{Finder, Found};
use super::input::Values;
use super::read::{self, Shown};
use super::{Request, Verb, rows};
use crate::auth::{Access, Grant};
use crate::collection::{AssociationKind, Definition, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;
use crate::store::Statement;
use crate::store::sql::Query;
use crate::trigger::{self, Act, Matches, Named};

/// The faults of one request so far, and who makes it.
pub(super) struct Checks<'a> {
    pub(super) core: &'a Core,
    pub(super) identity: &'a Identity,
    pub(super) access: Access,
    /// What the role may do with the request's verb on its collection.
    pub(super) grant: Grant,
    /// The button that the request presses.
    pub(super) pressed: Option<Pressed>,
    pub(super) faults: Faults,
    /// Whether a user loses the role `root`.
    takes_root: bool,
    shown: Option<Shown>,
}

impl<'a> Checks<'a> {
    /// Enters through the gate.
    ///
    /// # Errors
    /// The role may not use the verb on the collection, or there is no such button.
    pub(super) fn enter(core: &'a Core, request: &'a Request) -> Result<Self> {
        let identity = &request.identity;
        let (access, grant, pressed) = authorise::enter(core, request)?;
        let mut faults = Faults::default();
        if let Some(pressed) = pressed {
            pressed.judge(&access, request, &mut faults);
        }
        Ok(Self { core, identity, access, grant, pressed, faults, takes_root: false, shown: None })
    }

    /// What the action fires; judges what of its records the answer is to show, too.
    pub(super) async fn matches(&mut self, action: &str, request: &Request) -> Result<Matches> {
        let definition = request.collection;
        let shown = read::resolve(definition, &request.view, &self.access);
        self.shown = self.faults.keep(shown)?;
        let named = match &self.pressed {
            None => Named::In(request.triggers.as_deref()),
            Some(pressed) => Named::By(pressed.button, pressed.writes_nothing()),
        };
        let faults = &mut self.faults;
        let heard = !matches!(named, Named::By(_, true));
        let mut matches =
            trigger::matches(self.core, &self.access, definition, action, named, faults).await?;
        if heard {
            let actions = if request.upserts { &[action, UPSERT][..] } else { &[action][..] };
            let listening = trigger::before(self.core, &self.access, definition, actions);
            matches.before.extend(listening.await?);
        }
        Ok(matches)
    }

    /// Who asks for what, for the pre-actions of the request.
    pub(super) fn before<'b>(&'b self, request: &Request, action: &'static str) -> Before<'b> {
        Before { core: self.core, identity: self.identity, definition: request.collection, action }
    }

    /// What the answer shows, if there are no faults.
    pub(super) fn shown(&mut self) -> Result<Shown> {
        self.check()?;
        self.shown.take().ok_or_else(|| Error::internal("a view without faults"))
    }

    /// Reads the linked records; `given` are objects, each with the record it changes.
    pub(super) async fn find<'v>(
        &mut self,
        given: impl Iterator<Item = (&'v Values, Option<&'v Row>)> + Clone + Send,
    ) -> Result<Found> {
        let mut finder = Finder::new(&self.access);
        for (values, stored) in given.clone() {
            finder.visit(values, stored.map(Row::id));
        }
        let found = finder.read(&self.core.store, &mut self.faults).await?;
        for (values, stored) in given {
            self.users(values, stored, &found)?;
        }
        Ok(found)
    }

    /// Judges users among the records of an object, which their own rules guard.
    fn users(&mut self, given: &Values, stored: Option<&Row>, found: &Found) -> Result<()> {
        if given.definition.meta.account {
            let roles = given.value(self.core.auth.account.roles_column());
            let judged = authorise::user(self.core, &self.access, given.definition, roles, stored);
            self.faults.keep(judged)?;
            self.takes_root |= roles.is_some()
                && stored.is_some_and(|stored| authorise::takes_root(self.core, roles, stored));
        }
        for link in &given.links {
            for target in &link.targets {
                if let Some(values) = &target.values {
                    let stored = target.id.and_then(|id| found.row(values.definition, id));
                    self.users(values, stored, found)?;
                }
            }
        }
        Ok(())
    }

    /// Adds what the pressed button sets, if one is pressed.
    pub(super) fn set(&mut self, values: &mut Values) {
        if let Some(pressed) = &self.pressed {
            pressed.set(self.core, self.identity, values, &mut self.faults);
        }
    }

    /// Fails with all that was gathered.
    pub(super) fn check(&mut self) -> Result<()> {
        std::mem::take(&mut self.faults).check()
    }

    /// The record that the request goes through, if it goes through one.
    ///
    /// # Errors
    /// It is not there, or not to be seen, or setting its own reference is not granted.
    pub(super) async fn parent(&self, request: &Request) -> Result<Option<Row>> {
        let Some(through) = request.through else { return Ok(None) };
        read::reach(&self.core.store, &self.access, through).await?;
        let definition = through.collection;
        let select = rows::select(definition, rows::with_ids(definition, &[through.id]));
        let read = self.core.store.read(&select.build()).await?;
        let parent = rows::from_values(definition, read).next();
        let parent = parent.ok_or_else(|| read::no_record(definition, through.id))?;
        let association = &definition.associations[through.association];
        if let (AssociationKind::BelongsTo { column }, Verb::Create) =
            (association.kind, request.verb)
        {
            self.may_refer(definition, column, &parent)?;
        }
        Ok(Some(parent))
    }

    /// Fails unless the role may change a column of this record.
    fn may_refer(&self, definition: &Definition, column: usize, row: &Row) -> Result<()> {
        let grant = self.access.may(Verb::Update, definition)?;
        let owner = row.values[crate::auth::owner_column(definition)].as_int();
        let is_own = owner.is_some() && owner == self.access.user();
        if grant.fields.has_column(column) && (!grant.own || is_own) {
            return Ok(());
        }
        let message = format!(
            "role `{}` may not write `{}` of this record of `{}`",
            self.access.role(),
            definition.columns[column].json,
            definition.name()
        );
        Err(Error::faults(ErrorKind::Forbidden, vec![Fault::new("forbidden_field", message)]))
    }

    /// What has to be found in the unit of the write, if a user loses the role `root`.
    pub(super) fn a_root(&self) -> Option<Statement> {
        self.takes_root.then(|| self.core.auth.account.a_root())
    }

    /// Who acts, for what the action fires.
    pub(super) fn act<'b>(&'b self, action: &'b str) -> Act<'b> {
        Act { core: self.core, identity: self.identity, action, input: None }
    }
}
