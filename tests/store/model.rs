//! Rows in memory, and conditions evaluated on them in Rust: what a store has to agree with.

use std::cmp::Ordering;

use wfruntime::store::sql::{Condition, Name, Op, Place};
use wfruntime::{Result, Type, Value};

use crate::database::{column, required, table};
use wfruntime::store::schema::TableSpec;

/// A column of each type.
pub(crate) const COLUMNS: [(Name, Type); 13] = [
    ("id", Type::Int),
    ("flag", Type::Bool),
    ("number", Type::Int),
    ("ratio", Type::Float),
    ("words", Type::Text),
    ("raw", Type::Bytes),
    ("money", Type::Decimal),
    ("moment", Type::Timestamp),
    ("day", Type::Date),
    ("hour", Type::Time),
    ("local", Type::DateTime),
    ("token", Type::Uuid),
    ("document", Type::Json),
];

pub(crate) fn samples_table() -> TableSpec {
    let columns = COLUMNS.iter().map(|&(name, ty)| match name {
        "id" => required(name, ty),
        _ => column(name, ty),
    });
    table("samples", columns.collect())
}

/// Values of a type in ascending order, extremes among them.
pub(crate) fn samples(ty: Type) -> Result<Vec<Value>> {
    Ok(match ty {
        Type::Bool => vec![false.into(), true.into()],
        Type::Int => [i64::MIN, -1, 0, 7, 1 << 53, i64::MAX].map(Value::from).to_vec(),
        Type::Float => {
            [f64::MIN, -0.1, 0.0, f64::MIN_POSITIVE, 0.1 + 0.2, 1e300].map(Value::from).to_vec()
        }
        Type::Text => ["", "%", "A", "Straße", "_", "a", "a%b", "a_b", "ab", "naïve", "日本", "🦀"]
            .map(Value::from)
            .to_vec(),
        Type::Bytes => [vec![], vec![0], vec![0, 1], vec![1], vec![255]].map(Value::from).to_vec(),
        Type::Decimal => [
            "-79228162514264337593543950335",
            "-1.5",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "2",
            "10",
            "12345678901234.56789",
            "79228162514264337593543950335",
        ]
        .iter()
        .map(|text| Ok(Value::Decimal(text.parse()?)))
        .collect::<Result<_>>()?,
        Type::Timestamp => [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T12:00:00.000001Z",
            "9999-12-30T22:00:00Z",
        ]
        .iter()
        .map(|text| Ok(Value::Timestamp(text.parse()?)))
        .collect::<Result<_>>()?,
        Type::Date => ["0000-01-01", "1999-12-31", "2024-02-29", "9999-12-31"]
            .iter()
            .map(|text| Ok(Value::Date(text.parse()?)))
            .collect::<Result<_>>()?,
        Type::Time => ["00:00:00", "00:00:00.000001", "12:30:00", "23:59:59.999999"]
            .iter()
            .map(|text| Ok(Value::Time(text.parse()?)))
            .collect::<Result<_>>()?,
        Type::DateTime => {
            ["0000-01-01T00:00:00", "2024-02-29T12:00:00.5", "9999-12-31T23:59:59.999999"]
                .iter()
                .map(|text| Ok(Value::DateTime(text.parse()?)))
                .collect::<Result<_>>()?
        }
        Type::Uuid => {
            [0, 1, u128::MAX].map(|bits| Value::Uuid(uuid::Uuid::from_u128(bits))).to_vec()
        }
        Type::Json => vec![
            Value::Json(serde_json::json!("text")),
            Value::Json(serde_json::json!({"a": [1, null, "ü"]})),
            Value::Json(serde_json::Value::Null),
        ],
        other => panic!("no samples of {other:?}"),
    })
}

/// Rows that hold every sample, and rows that hold nulls.
pub(crate) fn rows() -> Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    for id in 0..16_usize {
        let mut row = vec![Value::from(i64::try_from(id)?)];
        for (_, ty) in &COLUMNS[1..] {
            let samples = samples(*ty)?;
            // The last places stay null.
            row.push(
                samples.get(id).or(samples.get(id.wrapping_sub(4))).cloned().unwrap_or_default(),
            );
        }
        rows.push(row);
    }
    Ok(rows)
}

/// What the condition is for a row; `Exists` is not for it.
pub(crate) fn holds(condition: &Condition, row: &[Value]) -> bool {
    let at = |name: &Name| {
        let index = COLUMNS.iter().position(|(column, _)| column == name);
        &row[index.expect("a column of the table")]
    };
    match condition {
        Condition::All(all) => all.iter().all(|each| holds(each, row)),
        Condition::Any(any) => any.iter().any(|each| holds(each, row)),
        Condition::Not(inner) => !holds(inner, row),
        Condition::Compare(column, op, value) => compare(at(column), *op, value),
        Condition::Columns(left, op, right) => compare(at(left), *op, at(right)),
        Condition::In(column, values) => values.contains(at(column)),
        Condition::Null(column) => at(column).is_null(),
        Condition::Text(column, place, text) => {
            at(column).as_text().is_some_and(|stored| match place {
                Place::Start => stored.starts_with(text.as_str()),
                Place::End => stored.ends_with(text.as_str()),
                Place::Anywhere => stored.contains(text.as_str()),
                Place::Mentioned => panic!("not in the model: {text}"),
            })
        }
        other => panic!("not in the model: {other:?}"),
    }
}

fn compare(left: &Value, op: Op, right: &Value) -> bool {
    if left.is_null() || right.is_null() {
        return op == Op::Ne;
    }
    let order = order(left, right);
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Gt => order.is_gt(),
        Op::Gte => order.is_ge(),
        Op::Lt => order.is_lt(),
        Op::Lte => order.is_le(),
        other => panic!("not in the model: {other:?}"),
    }
}

pub(crate) fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => left.total_cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
        (Value::Timestamp(left), Value::Timestamp(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::DateTime(left), Value::DateTime(right)) => left.cmp(right),
        (Value::Uuid(left), Value::Uuid(right)) => left.cmp(right),
        // Documents are only the same or not.
        (left, right) if left == right => Ordering::Equal,
        _ => Ordering::Less,
    }
}
