//! What a person does with a browser, and what is to be seen there.
//!
//! Buttons are found by what is written on them and fields by their labels, as people find them.

use serde_json::{Value, json};
use thirtyfour::extensions::query::ElementQuery;
use thirtyfour::prelude::*;

use crate::driver::Look;

/// Somebody in front of a browser.
pub(crate) struct Person {
    pub(crate) browser: WebDriver,
    /// Where the page is, as `http://127.0.0.1:3000/admin`.
    at: String,
}

impl Person {
    pub(crate) fn new(browser: WebDriver, at: &str) -> Self {
        Self { browser, at: format!("{at}/admin") }
    }

    /// Sets what the window cannot say: a phone's size, dark or light.
    pub(crate) async fn look(&self, look: &Look) {
        let (width, height) = look.size;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": look.is_phone
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.is_dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" }
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        let is_disabled = json!({ "value": !look.has_script });
        self.devtools("Emulation.setScriptExecutionDisabled", is_disabled).await;
    }

    pub(crate) async fn has_cookie(&self, name: &str, value: &str) {
        let cookie = json!({
            "name": name, "value": value, "url": self.at, "path": "/admin", "httpOnly": true
        });
        self.devtools("Network.setCookie", cookie).await;
    }

    pub(crate) async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let answer = self.browser.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Opens a page of the program, as `/tasks`.
    pub(crate) async fn open(&self, path: &str) {
        self.browser.goto(format!("{}{path}", self.at)).await.expect("the page");
        // A busy driver comes back before the page is whole.
        let is_whole = async |page: WebElement| {
            let state = page.handle().execute("return document.readyState", Vec::new()).await?;
            Ok(state.json() == "complete")
        };
        let whole = self.query("/html", "the whole page").with_filter(is_whole).first().await;
        whole.unwrap_or_else(|error| panic!("{path} is not loaded: {error}"));
    }

    /// Where the browser is, below `/admin`.
    pub(crate) async fn path(&self) -> String {
        let url = self.browser.current_url().await.expect("an address").to_string();
        url.strip_prefix(&self.at).unwrap_or(&url).to_owned()
    }

    /// Waits until the text is to be seen somewhere.
    pub(crate) async fn sees(&self, text: &str) -> WebElement {
        let text = quoted(text);
        let holds = format!("contains(normalize-space(.), {text})");
        self.find(&format!("//body//*[{holds} and not(./*[{holds}])]"), &text).await
    }

    /// Waits until the text is nowhere to be seen.
    pub(crate) async fn sees_no(&self, text: &str) {
        let text = quoted(text);
        let query = self.query(&format!("//body//*[text()[contains(., {text})]]"), &text);
        let gone = query.and_displayed().not_exists().await.expect("an answer");
        assert!(gone, "{text} is still to be seen");
    }

    /// Presses the button, or follows the link, on which this is written.
    pub(crate) async fn press(&self, text: &str) {
        let pressed = self.button(text).await;
        pressed.click().await.unwrap_or_else(|error| panic!("{text} cannot be pressed: {error}"));
    }

    /// What one presses, by what is written on it or read out for it.
    pub(crate) async fn button(&self, text: &str) -> WebElement {
        let text = quoted(text);
        let path = format!(
            "//*[self::a or self::button or self::summary]\
             [normalize-space(.) = {text} or @aria-label = {text}]"
        );
        self.find(&path, &text).await
    }

    /// What one fills in, by its label.
    pub(crate) async fn field(&self, label: &str) -> WebElement {
        let label = quoted(label);
        let control = "self::input or self::select or self::textarea";
        let path = format!(
            "//*[{control}][@id = //label[starts-with(normalize-space(.), {label})]/@for \
             or ancestor::label[starts-with(normalize-space(.), {label})] or @aria-label = {label}]"
        );
        self.find(&path, &label).await
    }

    /// Fills in a field.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field that can be filled in");
    }

    /// Fills in the form of the example, and presses the button that has it decided.
    ///
    /// Where the claim stands then is for the story to say: one below the limit is approved at once.
    pub(crate) async fn files_a_claim(&self, project: &str, amount: &str) {
        self.open("/data/reimbursements").await;
        self.press("Claim").await;
        self.fill("Project", project).await;
        self.fill("Amount", amount).await;
        self.press("Submit").await;
        self.find(&format!("//h1[. = {}]", quoted(project)), "the claim").await;
    }

    /// The first thing at this path that can be seen, once there is one.
    pub(crate) async fn find(&self, path: &str, what: &str) -> WebElement {
        let found = self.query(path, what).and_displayed().first().await;
        found.unwrap_or_else(|error| panic!("nothing to be seen of {what}: {error}"))
    }

    fn query(&self, path: &str, what: &str) -> ElementQuery {
        self.browser.query(By::XPath(path)).desc(what).ignore_errors(true)
    }

    /// Everything in the page's source.
    pub(crate) async fn source(&self) -> String {
        self.browser.source().await.expect("a source")
    }

    /// What a script of the test's gives back; the page's policy does not hold for it.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        let answer = self.browser.execute(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// What a script gives to `arguments[0]`, the function that it is called with.
    pub(crate) async fn evaluate_later(&self, script: &str) -> Value {
        let answer = self.browser.execute_async(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// What the window shows, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.browser.screenshot_as_png().await.expect("a picture")
    }

    /// Marks the page, so that it shows whether it was loaded anew.
    pub(crate) async fn marks_the_page(&self) {
        self.evaluate("window.isMarked = true").await;
    }

    pub(crate) async fn is_on_the_marked_page(&self) -> bool {
        self.evaluate("return window.isMarked === true").await == true
    }
}

/// A text as XPath writes it.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}
