//! The texts that are sent: each value is bound, each name is quoted.

use expect_test::{Expect as Text, expect};

use super::super::Statement;
use super::super::sql::*;
use crate::value::{Type, Value};

fn check(statement: &Statement, text: &Text) {
    text.assert_eq(&format!("{}\n{:?}", statement.sql, statement.params));
}

fn select(filter: Condition) -> Select {
    Select {
        table: "posts",
        columns: vec![("id", Type::Int), ("title", Type::Text)],
        filter,
        order: Vec::new(),
        limit: None,
        offset: None,
    }
}

#[test]
fn selects() {
    check(
        &Select {
            order: vec![("title", true)],
            limit: Some(2),
            offset: Some(4),
            ..select(Condition::always())
        }
        .build(),
        &expect![[r#"
            SELECT "id", "title" FROM "posts" ORDER BY "title" DESC NULLS LAST LIMIT ? OFFSET ?
            [Int(2), Int(4)]"#]],
    );
    let filter = Condition::All(vec![
        Condition::Not(Box::new(Condition::eq("title", "a' OR 1"))),
        Condition::Any(vec![
            Condition::Null("title"),
            Condition::Text("title", Place::End, "%".into()),
        ]),
    ]);
    check(
        &select(filter).build(),
        &expect![[r#"
        SELECT "id", "title" FROM "posts" WHERE ("posts"."title" <> ? OR "posts"."title" IS NULL) AND ("posts"."title" IS NULL OR substr(CAST("posts"."title" AS BLOB), ?) = ?)
        [Text("a' OR 1"), Int(-1), Bytes([37])]"#]],
    );
}

#[test]
fn rows_of_another_table_are_named_apart() {
    let exists = |filter| {
        let (table, inner, outer) = ("posts", "parent_id", "id");
        Condition::Exists(Box::new(Exists { table, inner, outer, filter }))
    };
    let statement = select(exists(exists(Condition::eq("title", "x")))).build();
    check(
        &statement,
        &expect![[r#"
        SELECT "id", "title" FROM "posts" WHERE EXISTS(SELECT 1 FROM "posts" AS "x0" WHERE "x0"."parent_id" = "posts"."id" AND EXISTS(SELECT 1 FROM "posts" AS "x1" WHERE "x1"."parent_id" = "x0"."id" AND "x1"."title" = ?))
        [Text("x")]"#]],
    );
}

#[test]
fn changes() {
    let insert = Insert {
        table: "posts",
        columns: vec!["id", "title"],
        rows: vec![vec![1.into(), Value::Null], vec![2.into(), "b".into()]],
        conflict: OnConflict::Replace(vec!["id"]),
    };
    check(
        &insert.build(),
        &expect![[r#"
        INSERT INTO "posts" ("id", "title") VALUES (?, ?), (?, ?) ON CONFLICT ("id") DO UPDATE SET "title" = "excluded"."title"
        [Int(1), Null, Int(2), Text("b")]"#]],
    );
    let update = Update {
        table: "posts",
        set: vec![
            ("title", Set::To("c".into())),
            ("seen", Set::Plus(1)),
            ("rank", Set::AtLeast(5.into())),
        ],
        filter: Condition::eq("id", 1_i64),
        returning: vec![("id", Type::Int)],
    };
    check(
        &update.build(),
        &expect![[r#"
        UPDATE "posts" SET "title" = ?, "seen" = "posts"."seen" + ?, "rank" = (CASE WHEN ("posts"."rank" >= ?) THEN "posts"."rank" ELSE ? END) WHERE "posts"."id" = ? RETURNING "id"
        [Text("c"), Int(1), Int(5), Int(5), Int(1)]"#]],
    );
    let delete =
        Delete { table: "posts", filter: Condition::In("id", vec![1.into(), Value::Null]) };
    check(
        &delete.build(),
        &expect![[r#"
        DELETE FROM "posts" WHERE "posts"."id" IN (?) OR "posts"."id" IS NULL
        [Int(1)]"#]],
    );
}
