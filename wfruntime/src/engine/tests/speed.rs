//! Many executions: all of them run once, in bounded memory.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_larger_than_memory_is_drained() {
    let meta = workflow("pays", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            Ok(())
        })
    });
    let count = std::env::var("WF_BACKLOG").ok().and_then(|count| count.parse().ok());
    let count: usize = count.unwrap_or(6000);
    let world = World::with(&[meta], Clock::System, Settings::default()).await;
    let claims: Vec<Row> = {
        let mut claims = Vec::new();
        for _ in 0..(count / 500) {
            let some = (0..500).map(|_| world.claim(1));
            claims.extend(futures_util::future::join_all(some).await);
        }
        claims
    };
    let begun = std::time::Instant::now();
    for some in claims.chunks(500) {
        let fired = some.iter().map(|claim| world.fire_for("pays", claim));
        futures_util::future::join_all(fired).await;
    }
    let fired = begun.elapsed();
    let begun = std::time::Instant::now();
    world.core.engine.start().await.expect("an engine");
    world.settled().await;
    let drained = begun.elapsed();
    assert_eq!(usize::try_from(world.payments().await).expect("a number"), claims.len());
    eprintln!(
        "{} executions fired at {:.0}/s, drained at {:.0}/s",
        claims.len(),
        claims.len() as f64 / fired.as_secs_f64(),
        claims.len() as f64 / drained.as_secs_f64()
    );
}
