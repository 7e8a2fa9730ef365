//! Expansions of `role!`.

use expect_test::expect;
use quote::quote;

use super::expand;

#[test]
fn roles_of_claims() {
    let tokens = expand(quote! {
        /// Whoever files claims.
        employee {
            Claim: view own, create(project, amount), update(amount) own, mark_paid;
            workflows: review, other::path;
        }
        supervisor { Claim: view; tasks; }
    });
    let text = syn::parse2(tokens).map(|file| prettyplease::unparse(&file));
    expect![[r#"
        const _: () = {
            ::wfruntime::private::inventory::submit! {
                ::wfruntime::private::RegisteredRole(& ::wfruntime::private::RoleMeta { name :
                "employee", title : "Whoever files claims", grants : &
                [::wfruntime::private::GrantMeta { collection : || < Claim as
                ::wfruntime::private::Collection > ::META, verb : "view", fields :
                ::core::option::Option::None, own : true, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }, ::wfruntime::private::GrantMeta { collection :
                || < Claim as ::wfruntime::private::Collection > ::META, verb : "create", fields
                : ::core::option::Option::Some(& ["project", "amount"]), own : false, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }, ::wfruntime::private::GrantMeta { collection :
                || < Claim as ::wfruntime::private::Collection > ::META, verb : "update", fields
                : ::core::option::Option::Some(& ["amount"]), own : true, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }, ::wfruntime::private::GrantMeta { collection :
                || < Claim as ::wfruntime::private::Collection > ::META, verb : "markPaid",
                fields : ::core::option::Option::None, own : false, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }], workflows : & [(< review as
                ::wfruntime::private::Workflow > ::KEY, ::wfruntime::private::Location { file :
                ::core::file!(), line : ::core::line!(), column : ::core::column!(), }), (<
                other::path as ::wfruntime::private::Workflow > ::KEY,
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), })], tasks : false, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, })
            }
            #[allow(dead_code)]
            fn names() {
                let _ = |record: &::wfruntime::private::Record<Claim>| {
                    let _ = &record.project;
                };
                let _ = |record: &::wfruntime::private::Record<Claim>| {
                    let _ = &record.amount;
                };
                let _ = |record: &::wfruntime::private::Record<Claim>| {
                    let _ = &record.amount;
                };
            }
        };
        const _: () = {
            ::wfruntime::private::inventory::submit! {
                ::wfruntime::private::RegisteredRole(& ::wfruntime::private::RoleMeta { name :
                "supervisor", title : "Supervisor", grants : & [::wfruntime::private::GrantMeta {
                collection : || < Claim as ::wfruntime::private::Collection > ::META, verb :
                "view", fields : ::core::option::Option::None, own : false, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }], workflows : & [], tasks : true, location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, })
            }
            #[allow(dead_code)]
            fn names() {}
        };
    "#]]
    .assert_eq(&text.unwrap_or_else(|error| error.to_string()));
}
