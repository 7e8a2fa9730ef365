//! Keywords as names, everywhere a name can stand.
#![deny(warnings)]

use wfruntime::prelude::*;

#[choice]
enum r#Kind {
    r#Match,
    r#Loop,
}

#[collection]
struct r#Struct {
    #[field(default = r#Kind::r#Match)]
    r#type: r#Kind,
    r#fn: String,
    r#ref: Option<BelongsTo<r#Struct>>,
    #[field(by = r#ref)]
    r#use: HasMany<r#Struct>,
}

#[post_action(
    mode = "global",
    on = [create, r#move],
    appends = [r#ref, r#ref.r#ref],
    changed = [r#type],
    allow = [r#dyn],
    when = data.r#type == r#Kind::r#Loop,
)]
async fn r#match(r#in: PostAction<r#Struct>, r#as: Context) -> Result<()> {
    let _ = (r#in, r#as);
    Ok(())
}

#[action(r#Struct)]
async fn r#move(r#box: Act<r#Struct>) -> Result<Record<r#Struct>> {
    let _ = r#box;
    Err(Error::internal("no"))
}

async fn r#async(r#for: String) -> Result<String> {
    Ok(r#for)
}

workflow! {
    #[post_action(mode = "local", appends = [r#ref])]
    r#impl<r#Struct> {
        let r#let = run r#async(data.r#fn) retry 2;
        let r#create = r#let;
        let r#if = find r#Struct where r#type == r#Kind::r#Match && r#fn != field.r#fn;
        require r#if.is_none(), "{r#create} {data.r#type} {data.r#ref.r#fn}";
        update data { r#type: r#Kind::r#Loop, r#fn: r#create };
        update r#Struct where r#fn.contains("x") { r#fn: "y" };
        create r#Struct { r#fn: "z", r#ref: data.id };
        approve "Well?" { by: role(r#dyn) };
    }
}

role! {
    r#dyn {
        r#Struct: view(r#type, r#fn) own, update(r#type), r#move;
        workflows: r#match, r#impl;
        tasks;
    }
}

#[test]
fn compiles_and_is_right() {
    use wfruntime::Workflow;
    assert_eq!([r#match::KEY, r#impl::KEY], ["match", "impl"]);
    assert_eq!(r#Kind::r#Match.to_string(), "match");
    let registry = wfruntime::registry::global();
    let faults: Vec<String> = registry.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let definition = r#Struct::definition();
    assert_eq!((definition.name(), definition.columns[5].name), ("structs", "type"));
}
