//! What the measured requests create.

use wfruntime::prelude::*;

/// A claim for money spent.
#[collection]
pub(crate) struct Claim {
    pub project: String,
    pub amount: Decimal,
}
