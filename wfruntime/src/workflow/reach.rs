//! How the expressions of `workflow!` reach records: through associations, and by what has an id.

use crate::auth::User;
use crate::collection::generated::StartChanges;
use crate::collection::{
    Account, AssocRef, BelongsTo, BelongsToMany, Collection, Follow, HasMany, HasOne, Id, Record,
    ToMany, ToOne,
};
use crate::error::{Error, Result};
use crate::identity::Actor;

/// An association to one record that `appends` loaded: what `data.applicant.nickname` goes through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to one record",
    label = "expected a `BelongsTo`, an `Option<BelongsTo>` or a `HasOne`"
)]
pub trait Loaded {
    /// The record, or an `Option` of it where the association may be empty.
    type Reached<'a>
    where
        Self: 'a;

    /// The record it leads to.
    ///
    /// # Errors
    /// It was not loaded.
    fn reached(&self) -> Result<Self::Reached<'_>>;
}

impl<T: Collection> Loaded for BelongsTo<T> {
    type Reached<'a> = &'a Record<T>;

    fn reached(&self) -> Result<&Record<T>> {
        self.get()
    }
}

impl<T: Collection> Loaded for Option<BelongsTo<T>> {
    type Reached<'a> = Option<&'a Record<T>>;

    fn reached(&self) -> Result<Option<&Record<T>>> {
        self.follow()
    }
}

impl<T: Collection> Loaded for HasOne<T> {
    type Reached<'a> = Option<&'a Record<T>>;

    fn reached(&self) -> Result<Option<&Record<T>>> {
        self.get()
    }
}

/// See [`Loaded::reached`].
///
/// # Errors
/// It was not loaded.
pub fn loaded<L: Loaded>(association: &L) -> Result<L::Reached<'_>> {
    association.reached()
}

/// Holds for no association: what is used without being loaded is an error of the compiler.
#[diagnostic::on_unimplemented(
    message = "this association is used without being in `appends`",
    label = "not loaded",
    note = "only what `appends` of `#[post_action]` names is loaded with the record"
)]
pub trait InAppends: Got + Sized {
    /// Stands where an association is used that is not in `appends`; never compiles.
    fn record(self) -> Self::Got;

    /// The same for `get()`.
    ///
    /// # Errors
    /// Never.
    fn got(self) -> Result<Self::Got>;
}

/// What `get` would give.
pub trait Got {
    /// The record, or the records.
    type Got;
}

impl<C, T: Collection> Got for AssocRef<C, T, ToOne> {
    type Got = &'static Record<T>;
}

impl<C, T: Collection> Got for AssocRef<C, T, ToMany> {
    type Got = &'static [Record<T>];
}

/// `before` or `user` in a text: as the body begins an `Option`, and what is in it once it is taken
/// out under the same name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shown in a text by its fields",
    label = "expected a record or a user",
    note = "give it another name than `before` or `user`"
)]
pub trait Present {
    /// The record or user.
    type It;

    /// It, if there is one.
    fn present(&self) -> Option<&Self::It>;
}

#[diagnostic::do_not_recommend]
impl<T> Present for Option<T> {
    type It = T;

    fn present(&self) -> Option<&T> {
        self.as_ref()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Present for Record<T> {
    type It = Self;

    fn present(&self) -> Option<&Self> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl Present for Actor {
    type It = Self;

    fn present(&self) -> Option<&Self> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Present> Present for &P {
    type It = P::It;

    fn present(&self) -> Option<&P::It> {
        (**self).present()
    }
}

/// What `update` can change: a record.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record",
    label = "expected a record",
    note = "`find` gives an `Option`: take the record out with `let Some(mut name) = find … else`"
)]
pub trait Updated {
    /// The collection.
    type Of: StartChanges;

    /// Starts its changes.
    fn changes(&self) -> <Self::Of as StartChanges>::Builder {
        Self::Of::start_changes()
    }

    /// The record itself.
    fn record(&mut self) -> &mut Record<Self::Of>;
}

#[diagnostic::do_not_recommend]
impl<T: StartChanges> Updated for Record<T> {
    type Of = T;

    fn record(&mut self) -> &mut Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R: Updated> Updated for &mut R {
    type Of = R::Of;

    fn record(&mut self) -> &mut Record<R::Of> {
        (**self).record()
    }
}

/// What can be deleted: a record, or its id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record",
    label = "expected a record, an id or a reference to one",
    note = "`find` gives an `Option`: take the record out with `let Some(name) = find … else`"
)]
pub trait Identified {
    /// The collection.
    type Of;

    /// Its id.
    fn identity(&self) -> Id<Self::Of>;
}

#[diagnostic::do_not_recommend]
impl<T> Identified for Record<T> {
    type Of = T;

    fn identity(&self) -> Id<T> {
        self.id
    }
}

#[diagnostic::do_not_recommend]
impl<T> Identified for &Record<T> {
    type Of = T;

    fn identity(&self) -> Id<T> {
        self.id
    }
}

#[diagnostic::do_not_recommend]
impl<T> Identified for Id<T> {
    type Of = T;

    fn identity(&self) -> Self {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<T> Identified for BelongsTo<T> {
    type Of = T;

    fn identity(&self) -> Id<T> {
        self.id()
    }
}

/// Who can decide: what leads to a user, or to several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no user",
    label = "expected a user, or a list of users",
    note = "`by` takes `role(name)`, `user`, a `BelongsTo<User>`, an `Id<User>`, a `Record<User>`, or a list of these"
)]
pub trait Decider {
    /// The users' ids, whatever the account collection is called.
    ///
    /// # Errors
    /// There is no user where one is named, or the list was not loaded.
    fn deciders(&self) -> Result<Vec<Id<User>>>;
}

#[diagnostic::do_not_recommend]
impl Decider for Actor {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        Ok(vec![Id::new(self.id)])
    }
}

#[diagnostic::do_not_recommend]
impl<T: Account> Decider for Id<T> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        Ok(vec![Id::new(self.get())])
    }
}

#[diagnostic::do_not_recommend]
impl<T: Account> Decider for BelongsTo<T> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        self.id().deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Account> Decider for Record<T> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        self.id.deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<D: Decider> Decider for Option<D> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        let nobody = || Error::internal("nobody can decide: the user named in `by` is empty");
        self.as_ref().ok_or_else(nobody)?.deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<D: Decider + ?Sized> Decider for &D {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        (**self).deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<D: Decider> Decider for [D] {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        let each: Vec<Vec<Id<User>>> = self.iter().map(D::deciders).collect::<Result<_>>()?;
        Ok(each.concat())
    }
}

#[diagnostic::do_not_recommend]
impl<D: Decider> Decider for Vec<D> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        self.as_slice().deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Account> Decider for HasMany<T> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        self.get()?.deciders()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Account, Through: Collection> Decider for BelongsToMany<T, Through> {
    fn deciders(&self) -> Result<Vec<Id<User>>> {
        self.get()?.deciders()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_cannot_decide() {
        let user = Id::<User>::new(7);
        assert_eq!(user.deciders().ok(), Some(vec![user]));
        assert_eq!(Some(BelongsTo::from(user)).deciders().ok(), Some(vec![user]));
        let nobody = None::<Actor>.deciders().map_err(|error| error.to_string());
        assert!(nobody.is_err_and(|text| text.contains("`by` is empty")));
    }
}
