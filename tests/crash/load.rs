//! Creates orders and decides tasks until the program is gone.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::child::{Program, wait_for};

/// So many clients create at the same time.
const CLIENTS: usize = 8;

/// Clients at work, or what they got.
pub(crate) struct Load {
    /// The numbers of the orders whose create was answered.
    pub(crate) answered: Vec<i64>,
    /// Those whose create was sent and not answered.
    pub(crate) unanswered: Vec<i64>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    ended: AtomicBool,
    answered: Mutex<Vec<i64>>,
    unanswered: Mutex<Vec<i64>>,
}

impl Load {
    /// Starts the clients: those that create, and one that approves.
    pub(crate) fn run(program: &Program, buyer: &str, checker: &str) -> Self {
        static NUMBER: AtomicI64 = AtomicI64::new(1);
        let shared = Arc::new(Shared::default());
        let mut threads = Vec::new();
        for _ in 0..CLIENTS {
            let (shared, url, buyer) = (shared.clone(), program.url().to_owned(), buyer.to_owned());
            threads.push(std::thread::spawn(move || {
                while !shared.ended.load(Ordering::SeqCst) {
                    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
                    let Some(sent) = create(&url, &buyer, number) else { continue };
                    match read(sent) {
                        Some((200, _)) => shared.answered.lock().expect("numbers").push(number),
                        Some((503, _)) => {}
                        Some((status, body)) => panic!("{status}: {body}"),
                        None => shared.unanswered.lock().expect("numbers").push(number),
                    }
                }
            }));
        }
        let (ended, url, checker) = (shared.clone(), program.url().to_owned(), checker.to_owned());
        threads.push(std::thread::spawn(move || {
            while !ended.ended.load(Ordering::SeqCst) {
                release(&url, &checker);
            }
        }));
        Self { answered: Vec::new(), unanswered: Vec::new(), shared, threads }
    }

    /// Waits until so many creates were answered.
    pub(crate) fn wait_for(&self, requests: usize) {
        wait_for("answers", || {
            (self.shared.answered.lock().expect("numbers").len() >= requests).then_some(())
        });
    }

    /// Stops the clients.
    pub(crate) fn end(mut self) -> Self {
        self.shared.ended.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            thread.join().expect("a client ends well");
        }
        self.answered = std::mem::take(&mut *self.shared.answered.lock().expect("numbers"));
        self.unanswered = std::mem::take(&mut *self.shared.unanswered.lock().expect("numbers"));
        self
    }
}

/// Sends each of these creates again, twice, and adds them to what was answered.
pub(crate) fn repeat(program: &Program, buyer: &str, load: &mut Load) {
    for number in std::mem::take(&mut load.unanswered) {
        let create = || create(program.url(), buyer, number).and_then(read).expect("an answer");
        let (status, first) = create();
        assert_eq!(status, 200, "{first}");
        let again = create();
        let id = |body: &str| {
            let answer: Value = serde_json::from_str(body).expect("JSON");
            answer["data"]["id"].as_i64().expect("an id")
        };
        assert_eq!((again.0, id(&again.1)), (200, id(&first)), "{number}");
        load.answered.push(number);
    }
}

/// Sends the create of an order; its number is its key, too.
fn create(url: &str, token: &str, number: i64) -> Option<TcpStream> {
    let body = format!(r#"{{"number": {number}}}"#);
    let headers = format!("Idempotency-Key: order-{number}\r\n");
    send_with(url, token, "POST", "/api/orders:create", &headers, &body)
}

/// Has every task approved that there is.
pub(crate) fn release_all(program: &Program, checker: &str) {
    wait_for("the last task", || (release(program.url(), checker) == Some(0)).then_some(()));
}

/// Approves the open tasks of the first page; how many there were.
fn release(url: &str, checker: &str) -> Option<usize> {
    let open = "/api/tasks:list?filter=%7B%22status%22:%22open%22%7D";
    let (_, body) = exchange(url, checker, "GET", open, "")?;
    let answer: Value = serde_json::from_str(&body).ok()?;
    let tasks = answer["data"].as_array()?;
    for task in tasks {
        let path = format!("/api/tasks:submit?filterByTk={}", task["id"]);
        exchange(url, checker, "POST", &path, r#"{"decision": "approved"}"#)?;
    }
    Some(tasks.len())
}

/// Sends a create and hangs up, without reading, once `moment` has passed.
pub(crate) fn post_and_leave(program: &Program, token: &str, number: i64, moment: impl FnOnce()) {
    let body = format!(r#"{{"number": {number}}}"#);
    let stream = send(program.url(), token, "POST", "/api/orders:create", &body);
    moment();
    drop(stream);
}

/// Status and body of an answer; `None` if the connection broke.
fn exchange(url: &str, token: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    read(send(url, token, method, path, body)?)
}

fn read(mut stream: TcpStream) -> Option<(u16, String)> {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.get(9..12)?.parse().ok()?, body.to_owned()))
}

fn send(url: &str, token: &str, method: &str, path: &str, body: &str) -> Option<TcpStream> {
    send_with(url, token, method, path, "", body)
}

fn send_with(
    url: &str,
    token: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Option<TcpStream> {
    let address = url.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         {headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    Some(stream)
}
