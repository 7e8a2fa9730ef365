//! Tells open pages that something was written, so that they ask for themselves again.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse as _;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;

use super::place::Visit;

/// How much is written between two words to a page; a busy program is not asked more often.
const PAUSE: Duration = Duration::from_millis(400);

/// A stream of server-sent events, one after each time that something was committed.
///
/// It ends when the program does.
pub(super) async fn changes(visit: Visit) -> Response {
    let changes = visit.core.store.changes();
    let leaving = visit.core.leaving.subscribe();
    let events = stream::unfold((changes, leaving), |(mut changes, mut leaving)| async {
        let news = async {
            changes.changed().await.ok()?;
            tokio::time::sleep(PAUSE).await;
            Some(*changes.borrow_and_update())
        };
        let number = tokio::select! {
            number = news => number?,
            _ = leaving.wait_for(|leaving| *leaving) => return None,
        };
        let event = Event::default().data(number.to_string());
        Some((Ok::<_, Infallible>(event), (changes, leaving)))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}
