//! Grants and field lists through the gate.
