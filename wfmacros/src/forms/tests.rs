//! Expansions of `forms!`.

use expect_test::expect;
use quote::quote;

use super::expand;

#[test]
fn forms_of_claims() {
    let tokens = expand(quote! {
        Claim {
            /// Money
            /// spent.
            add "Claim" (project, amount) {
                "Submit" => [greet!applicant.boss];
                "Save draft" { status: Status::Draft };
            }
            row "Take" { owner: user } when is_open;
        }
    });
    let text = syn::parse2(tokens).map(|file| prettyplease::unparse(&file));
    expect![[r##"
        #[allow(dead_code)]
        const _: () = {
            const __WF_FIRES_0: ::wfruntime::private::Judged = ::wfruntime::private::fire_at::<
                greet,
                _,
                _,
            >(
                ::wfruntime::private::one(
                    ::wfruntime::private::follow(
                            ::wfruntime::private::one(
                                <Claim as ::wfruntime::private::Collection>::ASSOCS.applicant,
                            ),
                        )
                        .boss,
                ),
                &["applicant", "boss"],
                ::wfruntime::private::Location {
                    file: ::core::file!(),
                    line: ::core::line!(),
                    column: ::core::column!(),
                },
                true,
            );
            const _: () = ::core::assert!(
                __WF_FIRES_0.told.is_nothing(), "{}", __WF_FIRES_0.told.text()
            );
            const _: () = {
                let _ = <Claim as ::wfruntime::private::Collection>::INPUTS.project;
                let _ = <Claim as ::wfruntime::private::Collection>::INPUTS.amount;
            };
            const _: () = {
                let _ = <Claim as ::wfruntime::private::Collection>::INPUTS.project;
                let _ = <Claim as ::wfruntime::private::Collection>::INPUTS.amount;
                let _ = <Claim as ::wfruntime::private::Collection>::FIELDS.status;
                const META: &::wfruntime::private::CollectionMeta = <Claim as ::wfruntime::private::Collection>::META;
                let told = ::wfruntime::private::left_out(
                    META,
                    &["project", "amount", "status"],
                );
                ::core::assert!(told.is_nothing(), "{}", told.text())
            };
            const _: () = {
                let _ = <Claim as ::wfruntime::private::Collection>::FIELDS.status;
                const META: &::wfruntime::private::CollectionMeta = <Claim as ::wfruntime::private::Collection>::META;
                let told = ::wfruntime::private::left_to_others(META, &["status"]);
                ::core::assert!(told.is_nothing(), "{}", told.text())
            };
            ::wfruntime::private::inventory::submit! {
                ::wfruntime::private::RegisteredForms(& ::wfruntime::private::FormsMeta {
                collection : || < Claim as ::wfruntime::private::Collection > ::META, forms : &
                [::wfruntime::private::FormMeta { kind : ::wfruntime::private::FormKind::Add,
                name : "claim", title : "Claim", fields : & ["project", "amount"], new : & [],
                buttons : & [::wfruntime::private::ButtonMeta { name : "claim.submit", title :
                "Submit", is_for_several : false, fixed : & [], fires : & [__WF_FIRES_0.meta],
                help : ::core::option::Option::None, when : ::core::option::Option::None, allow :
                & [], location : ::wfruntime::private::Location { file : ::core::file!(), line :
                ::core::line!(), column : ::core::column!(), }, },
                ::wfruntime::private::ButtonMeta { name : "claim.save_draft", title :
                "Save draft", is_for_several : false, fixed : & [::wfruntime::private::FixedMeta
                { field : "status", value : ::wfruntime::private::DefaultValue::Value(||
                ::wfruntime::private::fixed(< Claim as ::wfruntime::private::Collection >
                ::FIELDS.status, Status::Draft)) }], fires : & [], help :
                ::core::option::Option::None, when : ::core::option::Option::None, allow : & [],
                location : ::wfruntime::private::Location { file : ::core::file!(), line :
                ::core::line!(), column : ::core::column!(), }, }], help :
                ::core::option::Option::Some("Money spent."), when :
                ::core::option::Option::None, allow : & [], location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, }], rows : & [::wfruntime::private::ButtonMeta {
                name : "take", title : "Take", is_for_several : false, fixed : &
                [::wfruntime::private::FixedMeta { field : "owner", value :
                ::wfruntime::private::of_field(< Claim as ::wfruntime::private::Collection >
                ::FIELDS.owner).user() }], fires : & [], help : ::core::option::Option::None,
                when : ::core::option::Option::Some(||
                ::wfruntime::private::Filter::into_condition(< Claim as
                ::wfruntime::private::Collection > ::FIELDS.is_open.eq(true))), allow : & [],
                location : ::wfruntime::private::Location { file : ::core::file!(), line :
                ::core::line!(), column : ::core::column!(), }, }], location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, })
            }
        };
    "##]]
    .assert_eq(&text.unwrap_or_else(|error| error.to_string()));
}
