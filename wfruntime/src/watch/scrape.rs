//! The text of the metrics, and what is looked up for it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::core::Core;
use crate::engine::look;
use crate::error::Result;
use crate::store::Sizes;

/// How long the sizes of tables are believed: rows are counted one by one on SQLite.
const BELIEVED: SignedDuration = SignedDuration::from_mins(5);

/// What is kept from one look to the next.
#[derive(Debug, Default)]
pub(crate) struct Scrape {
    sizes: Mutex<Option<Measured>>,
}

#[derive(Debug, Clone)]
struct Measured {
    at: Timestamp,
    sizes: Arc<Sizes>,
}

impl Scrape {
    /// How large the database is; measured again in the background once that is old.
    async fn sizes(&self, core: &Arc<Core>) -> Result<Arc<Sizes>> {
        let now = core.clock.now();
        let known = {
            let mut known = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
            let before = known.clone();
            // Whoever comes meanwhile does not measure, too.
            if let Some(known) = known.as_mut().filter(|known| is_old(known, now)) {
                known.at = now;
            }
            before
        };
        let Some(known) = known else { return self.measure(core).await };
        if is_old(&known, now) {
            let core = Arc::clone(core);
            tokio::spawn(async move {
                if let Some(metrics) = &core.metrics
                    && let Err(error) = metrics.scrape.measure(&core).await
                {
                    tracing::warn!(%error, "the sizes of the tables cannot be read");
                }
            });
        }
        Ok(known.sizes)
    }

    async fn measure(&self, core: &Core) -> Result<Arc<Sizes>> {
        let at = core.clock.now();
        let tables = crate::app::tables(core.registry);
        let tables = tables.into_iter().map(|table| table.name).collect();
        let sizes = Arc::new(core.store.sizes(tables).await?);
        let measured = Measured { at, sizes: Arc::clone(&sizes) };
        *self.sizes.lock().unwrap_or_else(PoisonError::into_inner) = Some(measured);
        Ok(sizes)
    }
}

fn is_old(known: &Measured, now: Timestamp) -> bool {
    now.duration_since(known.at).abs() >= BELIEVED
}

impl super::Metrics {
    /// All of it as it is now, in the text format of OpenMetrics.
    ///
    /// # Errors
    ///
    /// The database cannot be read: half of the truth would look like all of it.
    pub(crate) async fn text(&self, core: &Arc<Core>) -> Result<String> {
        let (looked, sizes) = (look(core).await?, self.scrape.sizes(core).await?);
        self.written(&looked, core.store.load(), &sizes)
    }
}
