//! Grants and field lists through the gate.

use wfruntime::collection;

/// Something somebody wrote down.
#[collection]
pub struct Note {
    pub text: String,
    pub remark: Option<String>,
}
