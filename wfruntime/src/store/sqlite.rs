//! The embedded store: one SQLite file, one writer that commits in groups.
