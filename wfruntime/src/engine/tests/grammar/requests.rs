//! `request` in bodies of `workflow!`.

use super::*;
use crate::outside::counting::serve;

workflow! {
    /// Asks twice, with a night between.
    #[post_action(mode = "local", key = "grammar_request")]
    asks<Claim> {
        let base = format!("http://127.0.0.1:{}", data.amount);
        let paid = request POST "{base}/201/500" {
            json: data.title, headers: { "x-kind": "claim" }, timeout: 10 seconds, retry: 1,
        };
        sleep 1 day;
        request GET "{base}/200/500";
        let gone = request GET "{base}/404/500" { any_status: true, limit: 100 };
        let seen = format!("{} {} {}", paid.status, paid.json::<String>()?, gone.status);
        end failed seen;
    }
}

#[tokio::test]
async fn a_request_is_sent_once_also_after_a_restart() {
    let (port, asked) = serve().await;
    let settings = Settings { requests_to: vec!["127.0.0.1".to_owned()], ..Settings::default() };
    let world = World::with(&[*asks::META], Clock::manual(start_of_time()), settings).await;
    world.core.engine.start().await.expect("an engine");
    let claim = world.claim(port).await;
    let id = world.fire_for("grammar_request", &claim).await;
    world.settled().await;
    let world = restarted::<asks>(world).await;
    let failed = (Status::Failed, Some("201 Berlin 404".to_owned()));
    assert_eq!(after_days(&world, id).await, failed);
    let key = format!("{id}/paid");
    let once = |path: &str, key: &str| (path.to_owned(), key.to_owned());
    let expected = [once("201/500", &key), once("200/500", "none"), once("404/500", "none")];
    assert_eq!(*asked.lock().expect("the list"), expected);
}
