//! Sends the same request over keep-alive connections and counts: one line of figures.
//!
//! Usage: `bench-load ADDRESS PATH TOKEN BODY CONNECTIONS SECONDS [RATE]`. Without a rate each
//! connection sends its next request when it has the answer to the last (closed loop); with one,
//! requests are due at that many a second, and their time counts from when they were due.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// What one connection saw.
#[derive(Default)]
struct Seen {
    micros: Vec<u32>,
    errors: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, path, token, body, connections, seconds, rate @ ..] = args.as_slice() else {
        return Err("usage: bench-load ADDRESS PATH TOKEN BODY CONNECTIONS SECONDS [RATE]".into());
    };
    let connections: u32 = connections.parse()?;
    let length = Duration::from_secs_f64(seconds.parse()?);
    let pause = match rate {
        [rate, ..] => Some(Duration::from_secs_f64(f64::from(connections) / rate.parse::<f64>()?)),
        [] => None,
    };
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );

    let start = Instant::now();
    let mut running = Vec::new();
    for index in 0..connections {
        let (address, request) = (address.clone(), request.clone());
        let first = start + pause.unwrap_or_default() * index / connections;
        running.push(tokio::spawn(async move {
            connection(&address, request.as_bytes(), first, pause, start + length).await
        }));
    }
    let mut all = Seen::default();
    for one in running {
        let seen = one.await?;
        all.micros.extend(seen.micros);
        all.errors += seen.errors;
    }
    all.micros.sort_unstable();
    let at = |share: f64| {
        let last = all.micros.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below the number of requests"
        )]
        let index = (last as f64 * share) as usize;
        all.micros.get(index).copied().unwrap_or(0)
    };
    println!(
        "answered {} seconds {:.3} p50 {} p99 {} errors {}",
        all.micros.len(),
        start.elapsed().as_secs_f64(),
        at(0.50),
        at(0.99),
        all.errors
    );
    Ok(())
}

async fn connection(
    address: &str,
    request: &[u8],
    mut due: Instant,
    pause: Option<Duration>,
    end: Instant,
) -> Seen {
    let mut seen = Seen::default();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut stream = None;
    while Instant::now() < end {
        let begun = match pause {
            Some(pause) => {
                let this = due;
                due += pause;
                sleep_until(this).await;
                this
            }
            None => Instant::now(),
        };
        let mut open = match stream.take() {
            Some(open) => open,
            None => match TcpStream::connect(address).await {
                Ok(open) => {
                    let _ = open.set_nodelay(true);
                    open
                }
                Err(_) => {
                    seen.errors += 1;
                    sleep_until(Instant::now() + Duration::from_millis(10)).await;
                    continue;
                }
            },
        };
        match exchange(&mut open, request, &mut buffer).await {
            Some(200) => {
                let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
                seen.micros.push(micros);
                stream = Some(open);
            }
            Some(_) => {
                seen.errors += 1;
                stream = Some(open);
            }
            None => seen.errors += 1,
        }
    }
    seen
}

/// Sends one request and reads its whole answer; the status, or `None` if the connection broke.
async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> Option<u16> {
    stream.write_all(request).await.ok()?;
    let mut filled = 0;
    loop {
        let read = stream.read(buffer.get_mut(filled..)?).await.ok()?;
        if read == 0 {
            return None;
        }
        filled += read;
        let Some(head) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).ok()?;
        let length: usize = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        })?;
        if filled >= head + 4 + length {
            return text.get(9..12)?.parse().ok();
        }
    }
}
