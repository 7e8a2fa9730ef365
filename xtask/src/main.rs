//! The project's own commands: `cargo xtask test | bench`.

fn main() {}
