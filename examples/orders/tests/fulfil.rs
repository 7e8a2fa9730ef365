//! Orders through the real program, with a carrier that is not always there.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use child::{Answer, Program, wait_for};
use serde_json::{Value, json};

/// What a carrier was asked: keys and bodies.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// A carrier that is out of order at first. Where it answers, and what it is asked.
fn carrier() -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.expect("a connection"));
            let (mut key, mut length) = (String::new(), 0);
            for line in stream.by_ref().lines().map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("idempotency-key", value)) => value.clone_into(&mut key),
                    Some(("content-length", value)) => length = value.parse().expect("a length"),
                    Some(_) => {}
                    None if line.is_empty() => break,
                    None => assert_eq!(line, "POST /parcels HTTP/1.1"),
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).expect("a body");
            let mut kept = kept.lock().expect("the list");
            let (status, body, said) = match kept.len() {
                0 => ("503 Service Unavailable", body, "closed"),
                _ => ("200 OK", body, r#"{"number": "P-1"}"#),
            };
            kept.push((key, serde_json::from_slice(&body).expect("JSON")));
            let length = said.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n");
            let answer = format!("{head}connection: close\r\n\r\n{said}");
            stream.get_mut().write_all(answer.as_bytes()).expect("an answer");
        }
    });
    (url, asked)
}

struct Shop {
    program: Program,
    clerk: String,
    warehouse: String,
}

impl Shop {
    fn open(carrier: &str) -> Self {
        let mut program = Program::new(env!("CARGO_BIN_EXE_orders"));
        program.start_with(&["--addr", "127.0.0.1:0"], &[("CARRIER_URL", carrier)]);
        let (clerk, warehouse) = (program.user("Ada", "clerk"), program.user("Will", "warehouse"));
        Self { program, clerk, warehouse }
    }

    fn article(&self, name: &str, stock: i64, price: &str) -> i64 {
        let body = json!({ "name": name, "stock": stock, "price": price }).to_string();
        let answer = self.program.post(&self.clerk, "/api/articles:create", &body);
        answer.body["data"]["id"].as_i64().unwrap_or_else(|| panic!("{answer:?}"))
    }

    fn order(&self, lines: &[(i64, i64)]) -> Answer {
        let lines =
            lines.iter().map(|(article, count)| json!({"articleId": article, "count": count}));
        let body = json!({ "customer": "Café Central", "lines": lines.collect::<Vec<_>>() });
        self.program.post(&self.clerk, "/api/orders:create", &body.to_string())
    }

    /// The order once it is at this stage.
    fn at(&self, order: &Answer, stage: &str) -> Value {
        let id = &order.body["data"]["id"];
        let path = format!("/api/orders:get?filterByTk={id}&appends=lines,invoices,shipments");
        wait_for(stage, || {
            let data = self.program.get(&self.clerk, &path).body["data"].take();
            (data["stage"] == stage).then_some(data)
        })
    }

    fn stock(&self, article: i64) -> Value {
        let path = format!("/api/articles:get?filterByTk={article}");
        self.program.get(&self.clerk, &path).body["data"]["stock"].take()
    }

    fn tasks(&self, count: usize) -> Vec<Value> {
        wait_for("tasks", || {
            let open = "/api/tasks:list?filter={\"status\":\"open\"}";
            let tasks = self.program.get(&self.warehouse, open).body["data"].as_array()?.clone();
            (tasks.len() == count).then_some(tasks)
        })
    }

    fn pack(&self, task: &Value, kilograms: &Value) -> Answer {
        let path = format!("/api/tasks:submit?filterByTk={}", task["id"]);
        let body = json!({ "values": { "kilograms": kilograms } }).to_string();
        self.program.post(&self.warehouse, &path, &body)
    }
}

#[test]
fn an_order_is_taken_packed_shipped_and_billed() {
    let (url, asked) = carrier();
    let mut shop = Shop::open(&url);
    let (chair, table) = (shop.article("Chair", 5, "79.90"), shop.article("Table", 1, "250"));
    let order = shop.order(&[(chair, 4), (table, 1)]);
    assert_eq!(order.status, 200, "{order:?}");

    // The invoice does not wait for the warehouse.
    let task = shop.tasks(1).remove(0);
    assert_eq!(task["title"], "Pack the order of Café Central");
    let taken = wait_for("the invoice", || {
        let order = shop.at(&order, "taken");
        order["invoices"][0].is_object().then_some(order)
    });
    assert_eq!(taken["invoices"][0]["total"], "569.6");
    assert_eq!(taken["shipments"], json!([]));
    assert_eq!((shop.stock(chair), shop.stock(table)), (json!(1), json!(0)));
    shop.program.line_with("mail to Café Central: your invoice");

    shop.program.kill();
    shop.program.start_with(&["--addr", "127.0.0.1:0"], &[("CARRIER_URL", &url)]);
    for heavy in [json!("30.5"), json!(0), json!("much")] {
        assert_eq!(shop.pack(&task, &heavy).status, 400, "{heavy}");
    }
    assert_eq!(shop.pack(&task, &json!("11.5")).status, 200);
    let shipped = shop.at(&order, "shipped");
    assert_eq!(shipped["shipments"][0]["parcel"], "P-1");
    assert_eq!(shipped["invoices"].as_array().map(Vec::len), Some(1));

    // It was out of order at first, and asked again with the same key.
    let asked = asked.lock().expect("the list");
    let parcel = json!({ "to": "Café Central", "kilograms": "11.5" });
    assert_eq!(asked.len(), 2);
    assert!(!asked[0].0.is_empty() && asked[0] == asked[1], "{asked:?}");
    assert_eq!(asked[0].1, parcel);
}

#[test]
fn what_is_not_in_stock_is_refused_as_a_whole() {
    let shop = Shop::open("http://localhost:1");
    let (chair, table) = (shop.article("Chair", 5, "79.90"), shop.article("Table", 1, "250"));
    let order = shop.order(&[(chair, 4), (table, 2)]);
    let refused = shop.at(&order, "refused");
    assert_eq!((&refused["invoices"], &refused["lines"][0]["cost"]), (&json!([]), &Value::Null));
    assert_eq!((shop.stock(chair), shop.stock(table)), (json!(5), json!(1)));
    let root = shop.program.user("Root", "root");
    let list = shop.program.get(&root, "/api/executions:list");
    assert_eq!(list.body["data"][0]["error"], "only 1 of Table are left", "{list:?}");
    shop.tasks(0);
}

#[test]
fn a_clerk_gives_lines_but_no_stage() {
    let shop = Shop::open("http://localhost:1");
    let body = r#"{"customer": "Café Central", "stage": "shipped"}"#;
    let refused = shop.program.post(&shop.clerk, "/api/orders:create", body);
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(refused.body["errors"][0]["field"], "stage");
    let empty = shop.order(&[]);
    assert_eq!(empty.body["workflows"][0]["key"], "fulfil", "{empty:?}");
    let root = shop.program.user("Root", "root");
    wait_for("the end", || {
        let list = shop.program.get(&root, "/api/executions:list");
        (list.body["data"][0]["error"] == "nothing is ordered").then_some(())
    });
}

#[test]
fn nobody_gets_what_another_one_has_taken() {
    let shop = Shop::open("http://localhost:1");
    let chair = shop.article("Chair", 7, "79.90");
    // None of them is waited for: the workflows go on behind the answers.
    let orders: Vec<Answer> = (0..5).map(|_| shop.order(&[(chair, 2)])).collect();
    shop.tasks(3);
    let stages = wait_for("stages", || {
        let list = shop.program.get(&shop.clerk, "/api/orders:list");
        let orders = list.body["data"].as_array()?.clone();
        let mut stages: Vec<_> = orders.iter().map(|order| order["stage"].clone()).collect();
        stages.sort_by_key(ToString::to_string);
        stages.iter().all(|stage| stage != "new").then_some(stages)
    });
    assert_eq!(orders.len(), stages.len());
    assert_eq!(json!(stages), json!(["refused", "refused", "taken", "taken", "taken"]));
    assert_eq!(shop.stock(chair), 1);
}

#[test]
fn the_carrier_of_the_example_gives_numbers() {
    // The port is free again by the time the program takes it.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = port.expect("a port").to_string();
    let mut program = Program::new(env!("CARGO_BIN_EXE_orders"));
    let carrier = format!("http://{address}/carrier");
    program.start_with(&["--addr", &address], &[("CARRIER_URL", &carrier)]);
    let (clerk, warehouse) = (program.user("Ada", "clerk"), program.user("Will", "warehouse"));
    let shop = Shop { program, clerk, warehouse };
    let chair = shop.article("Chair", 1, "79.90");
    let order = shop.order(&[(chair, 1)]);
    assert_eq!(shop.pack(&shop.tasks(1)[0], &json!(7)).status, 200);
    let number = shop.at(&order, "shipped")["shipments"][0]["parcel"].take();
    assert!(number.as_str().is_some_and(|number| number.ends_with("-7")), "{number}");
}
