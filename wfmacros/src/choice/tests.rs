use expect_test::expect_file;
use proc_macro2::TokenStream;

#[test]
fn a_choice_is_its_names() {
    let item = "
        pub enum Status {
            Open,
            /// No longer open.
            #[choice(name = \"shut\")]
            Closed,
        }
    ";
    let tokens = item.parse::<TokenStream>().expect("tokens");
    let expansion = super::expand(TokenStream::new(), tokens);
    let expansion = prettyplease::unparse(&syn::parse2(expansion).expect("items"));
    let end = expansion.find("impl ::core::fmt::Display").expect("the text");
    expect_file!["expansions/choice.txt"].assert_eq(expansion[..end].trim_end_matches(' '));
}
