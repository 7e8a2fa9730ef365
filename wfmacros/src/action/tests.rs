//! Expansions of `#[action]`.

use expect_test::expect;
use quote::quote;

use super::expand;

#[test]
fn an_action_of_claims() {
    let item = quote! {
        /// Hands a claim in.
        async fn hand_in(form: Json<Submit>, act: Act<Claim>) -> Result<Record<Claim>> { body }
    };
    let tokens = expand(quote!(Claim), item);
    let text = syn::parse2(tokens).map(|file| prettyplease::unparse(&file));
    expect![[r#"
        /// Hands a claim in.
        async fn hand_in(form: Json<Submit>, act: Act<Claim>) -> Result<Record<Claim>> {
            body
        }
        const _: () = {
            ::wfruntime::private::inventory::submit! {
                ::wfruntime::private::RegisteredAction(& ::wfruntime::private::ActionMeta { name
                : "handIn", title : "Hands a claim in", collection : || < Claim as
                ::wfruntime::private::Collection > ::META, handler : | call |
                ::std::boxed::Box::pin(async move { let result : Result < Record < Claim > > =
                hand_in(< Json < Submit > as ::wfruntime::private::FromOwnCall < Claim >>
                ::from_own_call(& call) ?, < Act < Claim > as ::wfruntime::private::FromOwnCall <
                Claim >> ::from_own_call(& call) ?). await; < Result < Record < Claim > > as
                ::wfruntime::private::ActionResult < Claim >> ::into_row(result) }), location :
                ::wfruntime::private::Location { file : ::core::file!(), line : ::core::line!(),
                column : ::core::column!(), }, })
            }
        };
    "#]]
    .assert_eq(&text.unwrap_or_else(|error| error.to_string()));
}
