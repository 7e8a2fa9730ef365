//! The crate under another path, and no other crate named.
#![deny(warnings)]

mod ours {
    pub use wfruntime as workflows;
}

use ours::workflows::prelude::*;

#[collection(crate = "crate::ours::workflows")]
struct Price {
    #[field(default = dec!(0.10), range = dec!(0)..=dec!(100))]
    amount: Decimal,
    #[field(default = Unit::Piece)]
    unit: Unit,
}

#[choice(crate = "crate::ours::workflows")]
enum Unit {
    Piece,
}

#[test]
fn compiles_and_is_right() {
    assert_eq!(Price::definition().columns.len(), 7);
    assert_eq!(Unit::Piece.to_string(), "piece");
}
