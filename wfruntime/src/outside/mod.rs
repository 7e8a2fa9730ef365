//! One exchange with another service over HTTP: guarded, limited, never longer than its time.
//!
//! It refuses to know workflows: what is tried again, and when, is for the node to decide.

mod allowed;
mod answer;
#[cfg(test)]
pub(crate) mod counting;
mod resolve;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};

use allowed::{Rule, host, is_public};
pub(crate) use answer::Answer;
use resolve::{Guard, Refused, Resolver};

use crate::error::{Error, ErrorKind, Result};

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// The way out of one application.
pub(crate) struct Outside {
    guard: Arc<Guard>,
    client: OnceLock<Client>,
}

/// What is asked of another service.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    /// How long all of it may take, redirects and the reading of the answer too.
    pub(crate) timeout: Duration,
    /// The largest body of an answer, in bytes.
    pub(crate) limit: usize,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Another attempt could succeed.
    Now(Error),
    /// It would fail again.
    Always(Error),
}

/// Checks what a program allows.
///
/// # Errors
///
/// As [`ErrorKind::Startup`], for what is no network, address or host.
pub(crate) fn check(allowed: &[String]) -> Result<()> {
    allowed.iter().try_for_each(|text| Rule::parse(text).map(drop))
}

impl Outside {
    /// The way to public addresses and to what [`check`] has found right.
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self::with(allowed, Resolver::System)
    }

    fn with(allowed: &[String], resolver: Resolver) -> Self {
        let rules = allowed.iter().filter_map(|text| Rule::parse(text).ok()).collect();
        Self { guard: Arc::new(Guard { rules, resolver }), client: OnceLock::new() }
    }

    /// Asks, follows redirects, and reads the answer.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Answer, Failed> {
        let time = question.timeout;
        match tokio::time::timeout(time, self.follow(question)).await {
            Ok(answered) => answered,
            Err(_) => {
                let text = format!("{} took longer than {time:?}", shown(question));
                Err(Failed::Now(error("request_timeout", text)))
            }
        }
    }

    async fn follow(&self, question: &Question) -> Result<Answer, Failed> {
        let client = self.client()?;
        let mut next = question.clone();
        for _ in 0..=REDIRECTS {
            self.guard.check(&next.url).map_err(Failed::Always)?;
            let mut request =
                client.request(next.method.clone(), next.url.clone()).headers(next.headers.clone());
            if let Some(body) = &next.body {
                request = request.body(body.clone());
            }
            let response = request.send().await.map_err(|failed| unanswered(question, failed))?;
            match target(&next.url, &response)? {
                Some(url) => next = redirected(next, url, response.status()),
                None => return answer::read(question, response).await,
            }
        }
        let text = format!("{} leads to more than {REDIRECTS} redirects", shown(question));
        Err(Failed::Always(error("request_redirects", text)))
    }

    fn client(&self) -> Result<&Client, Failed> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // A program that has a provider of its own keeps it.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let installed = rustls::crypto::ring::default_provider().install_default();
            drop(installed);
        }
        let built = Client::builder()
            .no_proxy()
            .referer(false)
            .redirect(Policy::none())
            .dns_resolver(Arc::clone(&self.guard))
            .user_agent(concat!("wfruntime/", env!("CARGO_PKG_VERSION")))
            .build();
        match built {
            Ok(client) => Ok(self.client.get_or_init(|| client)),
            Err(failed) => Err(Failed::Always(
                error("request_client", "no connections can be made").with_source(failed),
            )),
        }
    }
}

impl Guard {
    /// Refuses what is decided before a name is resolved: the scheme, credentials, an address.
    fn check(&self, url: &Url) -> Result<()> {
        let refused = |text: String| Err(error("request_refused", text));
        if !matches!(url.scheme(), "http" | "https") {
            return refused(format!(
                "`{}:` cannot be requested: only http and https",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("credentials do not belong into a url: send a header".to_owned());
        }
        let name = host(url.host_str().unwrap_or_default());
        match name.parse::<IpAddr>() {
            Ok(address) if !self.allows(&name, address) => {
                let refused = Refused { host: name, address };
                Err(error("request_refused", refused.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn allows(&self, name: &str, address: IpAddr) -> bool {
        let allowed = |rule: &Rule| rule.fits_host(name) || rule.fits_address(address);
        is_public(address) || self.rules.iter().any(allowed)
    }
}

/// Where a redirect leads; nowhere if the answer is none.
fn target(from: &Url, response: &reqwest::Response) -> Result<Option<Url>, Failed> {
    let follows = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let Some(location) = response.headers().get(LOCATION).filter(|_| follows) else {
        return Ok(None);
    };
    let location = location.to_str().ok().and_then(|text| from.join(text).ok());
    location.map(Some).ok_or_else(|| {
        Failed::Always(error("request_redirects", "a redirect leads to no url".to_owned()))
    })
}

/// The question as it is asked where a redirect leads.
fn redirected(mut question: Question, url: Url, status: StatusCode) -> Question {
    let posts = question.method == Method::POST;
    let gets = status == StatusCode::SEE_OTHER && question.method != Method::HEAD;
    if gets || (posts && matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND)) {
        question.method = Method::GET;
        question.body = None;
        question.headers.remove(CONTENT_TYPE);
        question.headers.remove(CONTENT_LENGTH);
    }
    if url.origin() != question.url.origin() {
        // Any of them may be a secret that is meant for the other host.
        let kind = question.headers.remove(CONTENT_TYPE);
        question.headers.clear();
        question.headers.extend(kind.map(|kind| (CONTENT_TYPE, kind)));
    }
    question.url = url;
    question
}

/// A connection or an exchange that broke; one that was refused breaks in each attempt.
fn unanswered(question: &Question, failed: reqwest::Error) -> Failed {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&failed);
    while let Some(this) = cause {
        if let Some(refused) = this.downcast_ref::<Refused>() {
            return Failed::Always(error("request_refused", refused.to_string()));
        }
        cause = this.source();
    }
    if failed.is_builder() {
        let text = format!("{} cannot be sent", shown(question));
        return Failed::Always(error("request_failed", text).with_source(failed.without_url()));
    }
    let text = format!("{} got no answer", shown(question));
    Failed::Now(error("request_failed", text).with_source(failed.without_url()))
}

/// A question as messages name it: without what may be secret.
fn shown(question: &Question) -> String {
    let (url, method) = (&question.url, &question.method);
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    format!("`{method} {}://{host}{port}{}`", url.scheme(), url.path())
}

fn error(code: &str, text: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, code, text)
}
