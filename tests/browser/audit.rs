//! Every kind of page for everybody: contrast, labels, order, in both colours and on a phone.

use serde_json::json;

use crate::claims::Claims;
use crate::driver::{Look, browse, kept};
use crate::person::Person;
use crate::shapes::Shapes;

/// Has axe-core on each page from now on.
async fn brings_axe(person: &Person) {
    let axe = kept().join("../npm/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .unwrap_or_else(|_| panic!("no {}: `cargo xtask test tools` gets it", axe.display()));
    let script = json!({ "source": axe });
    person.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
}

/// What axe-core finds wrong with the page that somebody has before him: in the light, in the dark,
/// and on a phone.
async fn faults(person: &Person, what: &str) -> Vec<String> {
    let mut faults = found(person, "{ resultTypes: ['violations'] }").await;
    // Nothing but colours is different in the dark.
    person.look(&Look { is_dark: true, ..Look::DESKTOP }).await;
    faults.extend(found(person, "{ runOnly: ['color-contrast'] }").await);
    person.look(&Look::PHONE).await;
    faults.extend(found(person, "{ resultTypes: ['violations'] }").await);
    person.look(&Look::DESKTOP).await;
    faults.iter().map(|fault| format!("{what}: {fault}")).collect()
}

async fn found(person: &Person, options: &str) -> Vec<String> {
    let script = "const told = arguments[0];
        const line = (fault) => `${fault.id}: ${fault.help}: ` + fault.nodes.map((node) =>
            `${node.html} ${node.failureSummary.replaceAll('\\n', ' ')}`).join('; ');
        axe.run(document, OPTIONS)
            .then((done) => told(done.violations.map(line)), (error) => told([String(error)]));";
    let found = person.evaluate_later(&script.replace("OPTIONS", options)).await;
    let lines = found.as_array().into_iter().flatten();
    lines.map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

/// The pages that somebody sees who may see all.
pub(crate) fn pages(claims: &Claims, token: &str) -> Vec<String> {
    let id = |path: &str| {
        let answer = claims.program.get(token, &path.replace(' ', "%20"));
        answer.body["data"][0]["id"].as_i64().unwrap_or_else(|| panic!("{path}: {answer:?}"))
    };
    let claim = id("/api/reimbursements:list?filter={\"project\":\"Oslo\"}");
    let reviewed =
        id("/api/executions:list?filter={\"key\":\"expense_review\",\"status\":\"started\"}");
    let task =
        id("/api/tasks:list?filter={\"status\":\"open\",\"title\":\"Check the receipts of Ada\"}");
    let form = id("/api/tasks:list?filter={\"status\":\"open\",\"title\":\"Pay 120.5 to Ada\"}");
    let user = id("/api/users:list?filter={\"nickname\":\"Ada\"}");
    let paths = [
        "/tasks".to_owned(),
        "/tasks?show=closed".to_owned(),
        format!("/tasks/{task}"),
        format!("/tasks/{form}"),
        "/data/reimbursements".to_owned(),
        "/data/reimbursements?view=board".to_owned(),
        "/data/reimbursements?q=nothing&f.status=draft".to_owned(),
        "/data/reimbursements/new".to_owned(),
        format!("/data/reimbursements/{claim}"),
        format!("/data/reimbursements/{claim}/edit"),
        "/workflows".to_owned(),
        "/workflows/expense_review".to_owned(),
        "/workflows/notify_finance".to_owned(),
        "/executions".to_owned(),
        "/executions?status=stranded".to_owned(),
        format!("/executions/{reviewed}"),
        "/users".to_owned(),
        format!("/users/{user}"),
        "/password".to_owned(),
        "/nowhere".to_owned(),
        "/data/reimbursements/7".to_owned(),
    ];
    paths.into()
}

#[tokio::test]
async fn every_page_is_fit_for_everybody() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let token = claims.program.user("Ruth", "root");
        let ruth = driver.person("Ruth", claims.program.url(), &token, Look::DESKTOP).await;
        brings_axe(&ruth).await;
        let mut all = Vec::new();
        for path in pages(&claims, &token) {
            ruth.open(&path).await;
            all.extend(faults(&ruth, &path).await);
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn what_opens_and_what_is_refused_is_fit_for_everybody() {
    browse(async |driver| {
        let claims = Claims::start();
        let ruth = claims.person(driver, "Ruth", "root").await;
        brings_axe(&ruth).await;
        ruth.open("/password").await;
        ruth.press("Ruth root").await;
        ruth.button("Sign out").await;
        let mut all = faults(&ruth, "the menu").await;

        ruth.open("/data/reimbursements/new?form=claim").await;
        ruth.fill("Amount", "a lot").await;
        ruth.fill("Project", "Oslo").await;
        ruth.press("Submit").await;
        ruth.find("//input[@aria-invalid = 'true']", "what is wrong with it").await;
        all.extend(faults(&ruth, "a refused form").await);

        ruth.press("Ruth root").await;
        ruth.press("Sign out").await;
        ruth.find("//h1[. = 'Sign in']", "the way in").await;
        for path in ["/sign-in", "/setup?code=x"] {
            ruth.open(path).await;
            all.extend(faults(&ruth, path).await);
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn rows_and_the_page_of_who_sees_nothing_are_fit_for_everybody() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Nemo", "stranger").await;
        let nemo = driver.person("Nemo", &shapes.url, &token, Look::DESKTOP).await;
        brings_axe(&nemo).await;
        nemo.open("/").await;
        nemo.sees("Nothing here for you yet").await;
        let mut all = faults(&nemo, "nothing").await;
        let keeper = shapes.user("Kim", "keeper").await;
        nemo.has_cookie("wf_session", &keeper).await;
        nemo.open("/data/recipes/new?form=write_down").await;
        nemo.press("Add another").await;
        all.extend(faults(&nemo, "rows of a form").await);
        shapes.ask(&keeper, "/api/marks:create", Some(&json!({ "name": "sour" }))).await;
        nemo.open("/data/marks").await;
        all.extend(faults(&nemo, "boxes of a table").await);
        assert!(all.is_empty(), "{}", all.join("\n"));
    })
    .await;
}
