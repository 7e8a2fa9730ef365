//! A carrier that takes parcels. It stands for another company's service.

use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use wfruntime::prelude::*;

/// What the carrier wants to know of a parcel.
#[derive(Serialize, Deserialize)]
pub struct Parcel {
    pub to: String,
    pub kilograms: Decimal,
}

/// What the carrier says of a parcel.
#[derive(Serialize, Deserialize)]
pub struct Label {
    pub number: String,
}

/// Where it answers: at this program itself, unless `CARRIER_URL` says otherwise.
pub fn url() -> String {
    std::env::var("CARRIER_URL").unwrap_or_else(|_| "http://localhost:3000/carrier".to_owned())
}

/// Its service.
pub fn routes() -> Router {
    let label = |Json(parcel): Json<Parcel>| async move {
        Json(Label { number: format!("{}-{}", parcel.to.len(), parcel.kilograms) })
    };
    Router::new().route("/carrier/parcels", post(label))
}
