//! Clients that send their requests byte by byte, or never to the end.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::program_under_test::Program;

/// Sends a byte now and then, until the server closes; gives what it said.
async fn drip(address: std::net::SocketAddr, first: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(first.as_bytes()).await?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        let pause = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut part));
        match pause.await {
            Ok(Ok(0) | Err(_)) => return Ok(String::from_utf8_lossy(&answer).into_owned()),
            Ok(Ok(count)) => answer.extend_from_slice(&part[..count]),
            // That the server does not listen any more is seen when it is read next.
            Err(_) => drop(stream.write_all(b"x").await),
        }
    }
}

#[tokio::test]
async fn a_slow_client_holds_nobody_up_and_is_closed() -> io::Result<()> {
    let program = Program::start_with(|app| {
        app.settings(|settings| settings.request_timeout = Duration::from_millis(500))
    })
    .await;
    let root = program.user("Root", &["root"]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let running = program.running.clone();
    tokio::spawn(async move { running.serve(listener, std::future::pending()).await });

    let head = format!("POST /api/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {root}\r\n");
    let in_head = format!("{head}X-Slow: ");
    let in_body = format!("{head}Content-Length: 1000000\r\n\r\n{{\"text\": \"");
    let in_chunk = format!("{head}Transfer-Encoding: chunked\r\n\r\nf4240\r\n{{\"text\": \"");
    let slow: Vec<_> = (0..30)
        .map(|index| [&in_head, &in_body, &in_chunk][index % 3].clone())
        .map(|first| tokio::spawn(async move { drip(address, &first).await }))
        .collect();
    // The test has one thread, which serves as well: whoever blocked it would be noticed.
    let ask = format!("{head}Content-Length: 13\r\nConnection: close\r\n\r\n{{\"text\": \"a\"}}");
    let mut quick = TcpStream::connect(address).await?;
    quick.write_all(ask.as_bytes()).await?;
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(slow.iter().all(|slow| !slow.is_finished()), "they are as slow as that");

    for (index, slow) in slow.into_iter().enumerate() {
        let answer = slow.await.expect("it ends")?;
        if index % 3 == 0 {
            assert_eq!(answer, "", "a head that does not come is not answered");
        } else {
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
            assert!(answer.contains("the body did not arrive in time"), "{answer}");
        }
    }
    let notes = program.get("/api/notes", &root).await;
    assert_eq!(notes.body["meta"]["count"], 1, "nothing but the quick one was written");
    Ok(())
}
