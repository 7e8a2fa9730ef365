//! Queries as plain data, and their SQL text.
//!
//! Names are `&'static str`: they come from the registry or from this crate, never from a
//! request; every value is bound.

use super::{Expect, Statement};
use crate::value::{Type, Value};

/// The name of a table, a column or an index.
pub type Name = &'static str;

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
}

/// Where in a text another text has to stand; letters compare as they are stored, but for
/// [`Place::Mentioned`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Place {
    Start,
    End,
    Anywhere,
    /// Anywhere, whatever its capitals and accents: `zurich` in `Zürich`, `STRASSE` in `Straße`.
    Mentioned,
}

/// A condition on the rows of one table; columns are those of the table in whose scope it stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// All of them; true if empty.
    All(Vec<Condition>),
    /// Any of them; false if empty.
    Any(Vec<Condition>),
    /// Not it; a comparison with null counts as false first.
    Not(Box<Condition>),
    /// A column against a value that is not null. `Ne` holds for null too.
    Compare(Name, Op, Value),
    /// Two columns of the same table; if either is null, only `Ne` holds.
    Columns(Name, Op, Name),
    /// A column among values; a null among them stands for null.
    In(Name, Vec<Value>),
    /// A column is null.
    Null(Name),
    /// A text column contains a text; `%` and `_` in it stand for themselves.
    Text(Name, Place, String),
    /// There is a row in another table.
    Exists(Box<Exists>),
}

/// A row of `table` whose column `inner` equals the column `outer` of the enclosing scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Exists {
    /// The other table; it gets an alias of its own, so it may be the same one.
    pub table: Name,
    /// Its column.
    pub inner: Name,
    /// The column of the enclosing scope.
    pub outer: Name,
    /// What else must hold for the row, in the scope of `table`.
    pub filter: Condition,
}

/// A column set by an update.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Set {
    /// To a value.
    To(Value),
    /// To itself plus a number.
    Plus(i64),
    /// To the greater of itself and a value.
    AtLeast(Value),
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Select {
    pub table: Name,
    pub columns: Vec<(Name, Type)>,
    pub filter: Condition,
    /// Columns to sort by, with whether descending; null sorts first ascending.
    pub order: Vec<(Name, bool)>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

/// How many rows of a table fit.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Count {
    pub table: Name,
    pub filter: Condition,
}

/// How many rows of a table fit, for each combination of values of some columns that there is.
///
/// A row of the result has the values and then the number.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CountBy {
    pub table: Name,
    pub columns: Vec<(Name, Type)>,
    pub filter: Condition,
}

/// One value computed from a column of the rows that fit; null if there is none.
///
/// Sums and averages of decimals are exact as far as a decimal has digits; the average of other
/// numbers is a float.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Aggregate {
    pub table: Name,
    pub function: Function,
    pub column: Name,
    pub ty: Type,
    pub filter: Condition,
}

/// What an [`Aggregate`] computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Function {
    Min,
    Max,
    Sum,
    Average,
}

/// New rows of one table: at least one.
///
/// A row is inserted after the rows it refers to. For any number of rows, and for more values
/// than one statement may have, there is [`Insert::build_all`].
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Insert {
    pub table: Name,
    pub columns: Vec<Name>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
    /// What to do where a row with the same unique columns exists.
    pub conflict: OnConflict,
}

/// What an [`Insert`] does where the row exists.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum OnConflict {
    /// Fails its unit with [`crate::ErrorKind::Conflict`].
    #[default]
    Fail,
    /// Leaves the row as it is.
    Ignore(Vec<Name>),
    /// Sets all columns but the named key to the new values.
    Replace(Vec<Name>),
}

/// Changed rows of one table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Update {
    pub table: Name,
    pub set: Vec<(Name, Set)>,
    pub filter: Condition,
    /// Columns of the changed rows to return, after the change; may be empty.
    pub returning: Vec<(Name, Type)>,
}

/// Removed rows of one table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Delete {
    pub table: Name,
    pub filter: Condition,
}

/// Anything that has SQL text.
pub trait Query {
    /// The statement, in the store's dialect, with its values bound.
    ///
    /// # Panics
    ///
    /// If a row of an [`Insert`] is not as long as its columns.
    fn build(&self) -> Statement;

    /// The statement, failing its unit if it changes no row.
    fn expect(&self, expect: Expect) -> Statement {
        self.build().expect(expect)
    }
}

impl Condition {
    /// The column equals the value; null if the value is null.
    pub fn eq(column: Name, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => Self::Null(column),
            value => Self::Compare(column, Op::Eq, value),
        }
    }

    /// Always true.
    #[must_use]
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Both of them.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut all) => {
                all.push(other);
                Self::All(all)
            }
            this => Self::All(vec![this, other]),
        }
    }
}
