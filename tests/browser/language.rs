//! In the visitor's language and colours.

use crate::claims::Claims;
use crate::driver::{Look, browse};

#[tokio::test]
async fn the_page_speaks_the_browsers_language_until_another_is_chosen() {
    browse(async |driver| {
        let claims = Claims::start();
        let look = Look { language: "de", ..Look::DESKTOP };
        let grace = claims.person_with(driver, "Grace", "supervisor", look).await;
        grace.open("/tasks").await;
        grace.sees("Nichts wartet auf Sie.").await;
        grace.press("Grace supervisor").await;
        let language = grace.field("Sprache").await;
        language.send_keys("Français").await.expect("a choice");
        grace
            .find("//form[.//select[@name = 'language']]//button", "the button")
            .await
            .click()
            .await
            .expect("it");
        grace.sees("Rien ne vous attend.").await;
        // It stays so, also for who is signed out.
        grace.press("Reimbursements").await;
        grace.sees("Il n’y a encore rien.").await;
        grace.press("Grace supervisor").await;
        grace.press("Se déconnecter").await;
        grace.find("//*[@lang = 'fr']//h1[. = 'Se connecter']", "the way in").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_is_dark_where_the_visitor_likes_it_dark() {
    browse(async |driver| {
        let claims = Claims::start();
        let token = claims.program.user("Grace", "supervisor");
        let grace = driver.person("Grace", claims.program.url(), &token, Look::DESKTOP).await;
        grace.open("/tasks").await;
        // The brightness of the ground, from 0 to 255.
        let ground = "return Number(getComputedStyle(document.documentElement).backgroundColor
            .match(/\\d+/)[0])";
        assert!(grace.evaluate(ground).await.as_u64() > Some(200));
        grace.look(&Look { is_dark: true, ..Look::DESKTOP }).await;
        assert!(grace.evaluate(ground).await.as_u64() < Some(60));
    })
    .await;
}
