//! Branches that run at the same time: all of them, or the first.

use std::future::{Future, poll_fn};

use super::block::{self, Block, Slot};
use super::{Context, SyncContext};
use crate::error::{Error, Result};
use crate::store::BoxFuture;

/// The context of a branch: of the same kind as the one around it.
#[doc(hidden)]
pub trait InBranch: Clone + Send + 'static {
    fn around(&self) -> &SyncContext;
    fn of(branch: SyncContext) -> Self;
}

impl InBranch for SyncContext {
    fn around(&self) -> &SyncContext {
        self
    }

    fn of(branch: SyncContext) -> Self {
        branch
    }
}

impl InBranch for Context {
    fn around(&self) -> &SyncContext {
        self
    }

    fn of(branch: SyncContext) -> Self {
        Self { sync: branch }
    }
}

/// What [`Context::parallel`] takes: a tuple of two to eight closures, each with its context.
#[diagnostic::on_unimplemented(
    message = "`parallel` cannot run this",
    note = "it takes a tuple of 2 to 8 closures: `(|cx: Context| async move {{ … }}, …)`, each of which gives a `Result`"
)]
pub trait Branches<Cx>: Send {
    /// What the branches give, in a tuple.
    type Outputs: Send;

    #[doc(hidden)]
    fn all(self, block: Block) -> impl Future<Output = Result<Self::Outputs>> + Send;
}

/// What [`Context::race`] takes: [`Branches`] that give the same type.
#[diagnostic::on_unimplemented(
    message = "`race` cannot run this",
    note = "it takes a tuple of 2 to 8 closures: `(|cx: Context| async move {{ … }}, …)`, each of which gives a `Result` of the same type"
)]
pub trait Racers<Cx>: Send {
    /// What each of the branches gives.
    type Output: Send;

    #[doc(hidden)]
    const COUNT: usize;

    #[doc(hidden)]
    fn first(self, block: Block) -> impl Future<Output = Result<(usize, Self::Output)>> + Send;
}

async fn parallel<Cx: InBranch, B: Branches<Cx>>(cx: &Cx, branches: B) -> Result<B::Outputs> {
    let block = block::parallel(cx.around()).await?;
    branches.all(block).await
}

async fn race<Cx: InBranch, B: Racers<Cx>>(cx: &Cx, branches: B) -> Result<(usize, B::Output)> {
    let block = block::race(cx.around(), B::COUNT).await?;
    branches.first(block).await
}

impl Context {
    /// Runs branches at the same time, and waits for all of them.
    ///
    /// Each gets a context of its own. The first that fails ends the others: what they wait for
    /// is closed, and the error is that of the block, which the workflow may deal with.
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # async fn ship() -> Result<u32> { Ok(1) }
    /// # async fn send(cx: Context) -> Result<()> {
    /// let (parcel, decision) = cx
    ///     .parallel((
    ///         |cx: Context| async move { cx.run("ship", ship).await },
    ///         |cx: Context| async move { cx.approve("Send the invoice").by_role("finance").await },
    ///     ))
    ///     .await?;
    /// # let _: (u32, wfruntime::Decision) = (parcel, decision);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// That of the first branch that fails.
    // Boxed, so that what a branch borrows is not seen in the caller's future.
    pub fn parallel<'a, B>(&'a self, branches: B) -> BoxFuture<'a, Result<B::Outputs>>
    where
        B: Branches<Self> + 'a,
        B::Outputs: 'a,
    {
        Box::pin(parallel(self, branches))
    }

    /// Runs branches at the same time until the first comes to its end; which one it was, and
    /// what it gave.
    ///
    /// What the others wait for is closed in the unit that says who won. A branch that fails first
    /// has won too: its error is that of the block.
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # use std::time::Duration;
    /// # async fn wait(cx: Context) -> Result<()> {
    /// let (first, ()) = cx
    ///     .race((
    ///         |cx: Context| async move { cx.approve("Go on?").by_role("boss").await.map(drop) },
    ///         |cx: Context| async move { cx.sleep(Duration::from_secs(3600)).await },
    ///     ))
    ///     .await?;
    /// if first == 1 {
    ///     cx.end_failed("an hour has passed")?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// That of the first branch, if it fails.
    pub fn race<'a, B>(&'a self, branches: B) -> BoxFuture<'a, Result<(usize, B::Output)>>
    where
        B: Racers<Self> + 'a,
        B::Output: 'a,
    {
        Box::pin(race(self, branches))
    }
}

impl SyncContext {
    /// As [`Context::parallel`], with branches that do not wait.
    ///
    /// # Errors
    ///
    /// That of the first branch that fails.
    // Boxed, so that what a branch borrows is not seen in the caller's future.
    pub fn parallel<'a, B>(&'a self, branches: B) -> BoxFuture<'a, Result<B::Outputs>>
    where
        B: Branches<Self> + 'a,
        B::Outputs: 'a,
    {
        Box::pin(parallel(self, branches))
    }

    /// As [`Context::race`], with branches that do not wait.
    ///
    /// # Errors
    ///
    /// That of the first branch, if it fails.
    pub fn race<'a, B>(&'a self, branches: B) -> BoxFuture<'a, Result<(usize, B::Output)>>
    where
        B: Racers<Self> + 'a,
        B::Output: 'a,
    {
        Box::pin(race(self, branches))
    }
}

fn no_output() -> Error {
    Error::internal("a branch came to its end without an output")
}

macro_rules! branches {
    ($count:literal: $($closure:ident $future:ident $output:ident $index:tt),+) => {
        impl<Cx, $($closure, $future, $output),+> Branches<Cx> for ($($closure,)+)
        where
            Cx: InBranch,
            $(
                $closure: FnOnce(Cx) -> $future + Send,
                $future: Future<Output = Result<$output>> + Send,
                $output: Send,
            )+
        {
            type Outputs = ($($output,)+);

            async fn all(self, block: Block) -> Result<Self::Outputs> {
                let mut slots =
                    ($(Slot::new(Some((self.$index)(Cx::of(block.branch($index))))),)+);
                let result =
                    poll_fn(|cx| block.poll_all(cx, &mut [$(&mut slots.$index),+])).await;
                let outputs = ($(slots.$index.take(),)+);
                drop(slots);
                block.joined(&result).await?;
                result?;
                Ok(($(outputs.$index.ok_or_else(no_output)?,)+))
            }
        }

        impl<Cx, R, $($closure, $future),+> Racers<Cx> for ($($closure,)+)
        where
            Cx: InBranch,
            R: Send,
            $(
                $closure: FnOnce(Cx) -> $future + Send,
                $future: Future<Output = Result<R>> + Send,
            )+
        {
            type Output = R;

            const COUNT: usize = $count;

            async fn first(self, block: Block) -> Result<(usize, R)> {
                let mut slots = ($(
                    Slot::new(
                        block.runs($index).then(|| (self.$index)(Cx::of(block.branch($index)))),
                    ),
                )+);
                let (winner, result) =
                    poll_fn(|cx| block.poll_first(cx, &mut [$(&mut slots.$index),+])).await;
                let mut outputs = [$(slots.$index.take()),+];
                drop(slots);
                block.won(winner, &result).await?;
                result?;
                Ok((winner, outputs[winner].take().ok_or_else(no_output)?))
            }
        }
    };
}

branches!(2: A Fa Ra 0, B Fb Rb 1);
branches!(3: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2);
branches!(4: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2, D Fd Rd 3);
branches!(5: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2, D Fd Rd 3, E Fe Re 4);
branches!(6: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2, D Fd Rd 3, E Fe Re 4, F Ff Rf 5);
branches!(7: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2, D Fd Rd 3, E Fe Re 4, F Ff Rf 5, G Fg Rg 6);
branches!(8: A Fa Ra 0, B Fb Rb 1, C Fc Rc 2, D Fd Rd 3, E Fe Re 4, F Ff Rf 5, G Fg Rg 6, H Fh Rh 7);
