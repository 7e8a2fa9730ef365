//! Names of associations that the compiler checks: what `appends` and trigger paths expand to.

use std::marker::PhantomData;

use super::Collection;

/// Leads to at most one record.
#[derive(Debug, Clone, Copy)]
pub enum ToOne {}

/// Leads to any number of records.
#[derive(Debug, Clone, Copy)]
pub enum ToMany {}

type Ends<C, T, Cardinality> = fn() -> (C, T, Cardinality);

/// An association of `C` to `T`, by name.
#[derive(Debug)]
pub struct AssocRef<C, T, Cardinality> {
    name: &'static str,
    ends: PhantomData<Ends<C, T, Cardinality>>,
}

impl<C, T, Cardinality> Clone for AssocRef<C, T, Cardinality> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, T, Cardinality> Copy for AssocRef<C, T, Cardinality> {}

impl<C, T, Cardinality> AssocRef<C, T, Cardinality> {
    /// The association of this JSON name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, ends: PhantomData }
    }

    /// Its JSON name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// The associations of the collection an association leads to.
#[must_use]
pub const fn follow<C, T: Collection, Cardinality>(_: AssocRef<C, T, Cardinality>) -> T::Assocs {
    T::ASSOCS
}
