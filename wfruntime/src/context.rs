//! What a workflow may do: record nodes, own code, waiting, ending.

/// What a synchronous workflow may do; cheap to clone.
#[derive(Clone)]
pub struct SyncContext {}

/// What an asynchronous workflow may do: all of [`SyncContext`], and waiting; cheap to clone.
#[derive(Clone)]
pub struct Context {
    sync: SyncContext,
}

impl std::ops::Deref for Context {
    type Target = SyncContext;

    fn deref(&self) -> &SyncContext {
        &self.sync
    }
}
