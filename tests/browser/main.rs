//! The web page as people use it, in a real browser.
//!
//! Each test has a driver and browsers of its own. What a test waits for is on the page; nothing
//! waits for time to pass. If a test fails, what each person saw stands in a folder that its
//! message names.

mod audit;
#[path = "../child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;
mod claims;
mod driver;
mod hostile;
mod keyboard;
mod language;
mod little;
mod person;
mod phone;
mod pictures;
mod plain;
mod rows;
mod session;
mod several;
mod shapes;
mod story;
mod triggers;
mod watch;
