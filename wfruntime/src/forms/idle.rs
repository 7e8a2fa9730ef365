//! Buttons that fire workflows which are switched off: reported at start.

use crate::core::Core;
use crate::error::Result;

/// A line for each workflow of a button that is switched off, with where it is named.
///
/// # Errors
/// What the store says when it is asked for the switches.
pub(crate) async fn idle(core: &Core) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for forms in core.registry.collections().iter().filter_map(|it| core.registry.forms(it)) {
        for (_, button) in forms.buttons() {
            for fires in &button.fires {
                let workflow = fires.workflow.meta;
                if !core.switches.is_enabled(&core.store, workflow, core.clock.now()).await? {
                    let (at, of) = (fires.meta.location, forms.collection.name());
                    let (name, key) = (button.meta.name, workflow.key);
                    lines.push(format!(
                        "{at}: the button `{name}` of `{of}` does not fire `{key}`, which is switched off"
                    ));
                }
            }
        }
    }
    Ok(lines)
}
