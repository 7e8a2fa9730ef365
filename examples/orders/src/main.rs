//! Orders: stock is taken line by line, then shipping and invoice go on at the same time.
//!
//! ```bash
//! cargo run --package orders -- user add Ada --role clerk --token
//! cargo run --package orders -- user add Will --role warehouse --token
//! cargo run --package orders
//!
//! curl -H 'Authorization: Bearer <token of Ada>' \
//!   -d '{"name": "Chair", "stock": 5, "price": "79.90"}' \
//!   'http://localhost:3000/api/articles:create'
//!
//! # an order with its lines, in one request: it takes the stock and makes the invoice
//! curl -H 'Authorization: Bearer <token of Ada>' \
//!   -d '{"customer": "Café Central", "lines": [{"articleId": <id of the chair>, "count": 2}]}' \
//!   'http://localhost:3000/api/orders:create'
//!
//! # meanwhile the warehouse is asked to pack it
//! curl -H 'Authorization: Bearer <token of Will>' 'http://localhost:3000/api/tasks:list'
//!
//! # it is packed: the carrier is asked for a parcel
//! curl -H 'Authorization: Bearer <token of Will>' -d '{"values": {"kilograms": "11.5"}}' \
//!   'http://localhost:3000/api/tasks:submit?filterByTk=<id of the task>'
//!
//! curl -H 'Authorization: Bearer <token of Ada>' \
//!   'http://localhost:3000/api/orders:list?appends=shipments,invoices'
//! ```

mod carrier;

use carrier::{Label, Parcel};
use wfruntime::prelude::*;

/// Something to sell.
#[collection]
pub struct Article {
    #[field(unique)]
    pub name: String,
    #[field(range = 0..=1_000_000)]
    pub stock: i64,
    #[field(range = dec!(0)..=dec!(100_000))]
    pub price: Decimal,
}

/// What a customer wants.
#[collection]
pub struct Order {
    pub customer: String,
    #[field(default = Stage::New)]
    pub stage: Stage,
    pub lines: HasMany<Line>,
    pub invoices: HasMany<Invoice>,
    pub shipments: HasMany<Shipment>,
}

/// How many of one article.
#[collection]
pub struct Line {
    pub order: BelongsTo<Order>,
    pub article: BelongsTo<Article>,
    #[field(range = 1..=1000)]
    pub count: i64,
    /// What they cost together, once they were taken from the stock.
    pub cost: Option<Decimal>,
}

/// What a customer has to pay.
#[collection]
pub struct Invoice {
    pub order: BelongsTo<Order>,
    pub total: Decimal,
}

/// What is on its way.
#[collection]
pub struct Shipment {
    pub order: BelongsTo<Order>,
    pub parcel: String,
}

/// Where an order stands.
#[choice]
pub enum Stage {
    New,
    Refused,
    Taken,
    Shipped,
}

workflow! {
    /// Takes an order's articles from the stock, then ships it and makes the invoice.
    ///
    /// One order at a time looks at the stock: no two of them get the last chair. While it waits
    /// for the warehouse, the next one has its turn.
    #[post_action(mode = "global", on = [create], concurrency = 1)]
    pub fulfil<Order> {
        let lines = list Line where order == data.id;
        require !lines.is_empty(), "nothing is ordered";
        for line in lines.clone() {
            let Some(article) = find Article where id == line.article else {
                continue;
            };
            if article.stock < line.count {
                update data { stage: Stage::Refused };
                end failed "only {article.stock} of {article.name} are left";
            }
        }
        for mut line in lines {
            let Some(mut article) = find Article where id == line.article else {
                continue;
            };
            update article { stock: article.stock - line.count };
            update line { cost: article.price * Decimal::from(line.count) };
        }
        update data { stage: Stage::Taken };
        parallel {
            {
                let packed = ask "Pack the order of {data.customer}" {
                    by: role(warehouse),
                    #[field(range = dec!(0.1)..=dec!(30))]
                    kilograms: Decimal,
                };
                let carrier = carrier::url();
                let answer = request POST "{carrier}/parcels" {
                    json: Parcel { to: data.customer.clone(), kilograms: packed.kilograms },
                    timeout: 10 seconds,
                    retry: 5,
                };
                let label = answer.json::<Label>()?;
                create Shipment { order: data.id, parcel: label.number };
                update data { stage: Stage::Shipped };
            }
            {
                let total = sum Line.cost where order == data.id;
                create Invoice { order: data.id, total: total.unwrap_or_default() };
                run mail(data.customer, "your invoice");
            }
        }
    }
}

role! {
    clerk {
        Article: view, create, update;
        Order: view, create(customer, lines);
        Line: view, create(article, count);
        Invoice: view;
        Shipment: view;
    }
    warehouse {
        Article: view;
        Order: view;
        Line: view;
        tasks;
    }
}

/// Stands for the program's mailer.
async fn mail(to: String, what: &'static str) -> Result<()> {
    println!("mail to {to}: {what}");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://orders.db")
        // The carrier of this example is at home.
        .allow_requests_to(["localhost", "127.0.0.1"])
        .merge(carrier::routes())
        .run()
        .await
}
