use expect_test::expect;
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
    expect![[r##"
        #[derive(
            ::wfruntime::private::derive::Debug,
            ::wfruntime::private::derive::Clone,
            ::wfruntime::private::derive::Copy,
            ::wfruntime::private::derive::PartialEq,
            ::wfruntime::private::derive::Eq,
            ::wfruntime::private::derive::Hash
        )]
        pub enum Status {
            Open,
            /// No longer open.
            Closed,
        }
        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            use ::wfruntime::private as __wf;
            #[automatically_derived]
            impl __wf::Choice for Status {
                const META: &'static __wf::ChoiceMeta = &__wf::ChoiceMeta {
                    rust: "Status",
                    variants: &[
                        __wf::Variant {
                            rust: "Open",
                            name: "open",
                            title: "Open",
                        },
                        __wf::Variant {
                            rust: "Closed",
                            name: "shut",
                            title: "No longer open",
                        },
                    ],
                };
                const ALL: &'static [Self] = &[Status::Open, Status::Closed];
                fn name(self) -> &'static str {
                    match self {
                        Self::Open => "open",
                        Self::Closed => "shut",
                    }
                }
            }
            #[automatically_derived]
    "##]]
    .assert_eq(&expansion[..end]);
}
