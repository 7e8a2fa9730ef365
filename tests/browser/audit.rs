//! Every kind of page for everybody: contrast, labels, order, in both colours and on a phone.

use crate::claims::Claims;
use crate::driver::{Look, browse, kept};
use crate::person::Person;

/// What axe-core finds wrong with a page, in the light and in the dark.
async fn faults(person: &Person, path: &str, look: &Look) -> Vec<String> {
    let axe = kept().join("../npm/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .unwrap_or_else(|_| panic!("no {}: `cargo xtask test tools` gets it", axe.display()));
    person.open(path).await;
    person.evaluate(&axe).await;
    let mut faults = found(person, "{ resultTypes: ['violations'] }").await;
    // Nothing but colours is different in the dark.
    person.look(&Look { is_dark: true, ..look.clone() }).await;
    faults.extend(found(person, "{ runOnly: ['color-contrast'] }").await);
    person.look(look).await;
    faults.iter().map(|fault| format!("{path}: {fault}")).collect()
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

async fn assert_fit_for_everybody(look: Look) {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let token = claims.program.user("Ruth", "root");
        let ruth = driver.person("Ruth", claims.program.url(), &token, look.clone()).await;
        let mut all = Vec::new();
        for path in pages(&claims, &token) {
            all.extend(faults(&ruth, &path, &look).await);
        }
        let nobody = driver.somebody("nobody", claims.program.url(), look.clone()).await;
        for path in ["/sign-in", "/setup?code=x"] {
            all.extend(faults(&nobody, path, &look).await);
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn every_page_is_fit_for_everybody() {
    assert_fit_for_everybody(Look::DESKTOP).await;
}

#[tokio::test]
async fn every_page_is_fit_for_everybody_on_a_phone() {
    assert_fit_for_everybody(Look::PHONE).await;
}
