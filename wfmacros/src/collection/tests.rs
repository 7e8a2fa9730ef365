use expect_test::{Expect, expect};
use proc_macro2::TokenStream;

/// The formatted expansion of a collection.
fn expanded(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    let expansion = super::expand(tokens(args), tokens(item));
    prettyplease::unparse(&syn::parse2(expansion).expect("items"))
}

/// The part of an expansion between two texts.
fn part(expansion: &str, from: &str, to: &str, expected: &Expect) {
    let start = expansion.find(from).expect("the beginning");
    let end = start + expansion[start..].find(to).expect("the end");
    expected.assert_eq(&expansion[start..end]);
}

const POST: &str = "
    /// What people read.
    pub struct Post {
        /// Its title.
        #[field(length = ..=80, was = \"headline\")]
        pub title: String,
        #[serde(skip)]
        category: Option<BelongsTo<Category>>,
        #[field(default = now)]
        pub(crate) date: Timestamp,
        parts: HasMany<Part>,
    }
";

#[test]
fn the_item_comes_first_without_our_attributes() {
    part(
        &expanded("", POST),
        "",
        "#[allow",
        &expect![[r#"
        /// What people read.
        pub struct Post {
            /// Its title.
            pub title: String,
            #[serde(skip)]
            category: Option<BelongsTo<Category>>,
            pub(crate) date: Timestamp,
            parts: HasMany<Part>,
        }
    "#]],
    );
}

#[test]
fn what_was_derived_is_not_derived_again() {
    let item = "#[derive(Debug, serde::Serialize)] #[derive(std::clone::Clone)] struct A { a: u8 }";
    let expansion = expanded("", item);
    part(
        &expansion,
        "",
        "struct",
        &expect![[r#"
        #[derive(Debug, serde::Serialize)]
        #[derive(std::clone::Clone)]
    "#]],
    );
    assert!(!expansion.contains("Serialize for A") && expansion.contains("Deserialize<'de> for A"));
}

#[test]
fn the_metadata() {
    let expansion = expanded("name = \"letters\"", POST);
    part(
        &expansion,
        "impl __wf::Collection for Post",
        "type Fields",
        &expect![[r#"
            impl __wf::Collection for Post {
                    const META: &'static __wf::CollectionMeta = &__wf::CollectionMeta {
                        name: "letters",
                        table: "posts",
                        rust: "Post",
                        title: "What people read",
                        account: false,
                        members: &[
                            __wf::MemberMeta {
                                rust: "title",
                                json: "title",
                                column: "title",
                                column_json: "title",
                                shape: <String as __wf::FieldType>::SHAPE,
                                options: __wf::FieldOptions {
                                    length: {
                                        __wf::FieldOf::<String>::TYPE.length();
                                        ::core::option::Option::Some((0, 80))
                                    },
                                    was: ::core::option::Option::Some("headline"),
                                    ..__wf::FieldOptions::NONE
                                },
                                location: __wf::Location {
                                    file: ::core::file!(),
                                    line: 6,
                                    column: 13,
                                },
                            },
                            __wf::MemberMeta {
                                rust: "category",
                                json: "category",
                                column: "category_id",
                                column_json: "categoryId",
                                shape: <Option<BelongsTo<Category>> as __wf::FieldType>::SHAPE,
                                options: __wf::FieldOptions::NONE,
                                location: __wf::Location {
                                    file: ::core::file!(),
                                    line: 8,
                                    column: 9,
                                },
                            },
                            __wf::MemberMeta {
                                rust: "date",
                                json: "date",
                                column: "date",
                                column_json: "date",
                                shape: <Timestamp as __wf::FieldType>::SHAPE,
                                options: __wf::FieldOptions {
                                    default: ::core::option::Option::Some(
                                        __wf::FieldOf::<Timestamp>::TYPE.now(),
                                    ),
                                    ..__wf::FieldOptions::NONE
                                },
                                location: __wf::Location {
                                    file: ::core::file!(),
                                    line: 10,
                                    column: 20,
                                },
                            },
                            __wf::MemberMeta {
                                rust: "parts",
                                json: "parts",
                                column: "parts",
                                column_json: "parts",
                                shape: <HasMany<Part> as __wf::FieldType>::SHAPE,
                                options: __wf::FieldOptions::NONE,
                                location: __wf::Location {
                                    file: ::core::file!(),
                                    line: 11,
                                    column: 9,
                                },
                            },
                        ],
                        location: __wf::Location {
                            file: ::core::file!(),
                            line: 3,
                            column: 16,
                        },
                        type_id: ::core::any::TypeId::of::<Self>,
                    };
                    type Assocs = PostAssociations;
                    const ASSOCS: PostAssociations = PostAssociations {
                        created_by: __wf::AssocRef::new("createdBy"),
                        updated_by: __wf::AssocRef::new("updatedBy"),
                        category: __wf::AssocRef::new("category"),
                        parts: __wf::AssocRef::new("parts"),
                    };
        "#]],
    );
}

#[test]
fn the_builder() {
    part(
        &expanded("", POST),
        "/// The required fields",
        "/// Changes of",
        &expect![[r#"
            /// The required fields that are not set yet, each a type.
                #[allow(non_camel_case_types)]
                mod missing {
                    /// It is not set.
                    pub enum title {}
                }
                /// A new record, whose fields are set one by one.
                #[must_use = "nothing is created until it is passed to `create`"]
                pub struct NewPost<P0 = missing::title> {
                    given: __wf::Given,
                    set: ::core::marker::PhantomData<fn() -> (P0,)>,
                }
                impl Post {
                    /// Starts a new record, whose fields are set one by one.
                    pub fn new() -> NewPost {
                        NewPost {
                            given: ::core::default::Default::default(),
                            set: ::core::marker::PhantomData,
                        }
                    }
                }
                impl<P0> NewPost<P0> {
                    /// Its title.
                    pub fn title(self, title: impl __wf::IntoField<String>) -> NewPost<__wf::Set> {
                        NewPost {
                            given: self
                                .given
                                .set(
                                    const {
                                        __wf::column_named(<Post as __wf::Collection>::META, "title")
                                    },
                                    <String as __wf::FieldType>::stored(
                                        __wf::IntoField::into_field(title),
                                    ),
                                ),
                            set: ::core::marker::PhantomData,
                        }
                    }
                    /// The field of this name.
                    fn category(
                        self,
                        category: impl __wf::IntoField<Option<BelongsTo<Category>>>,
                    ) -> NewPost<P0> {
                        NewPost {
                            given: self
                                .given
                                .set(
                                    const {
                                        __wf::column_named(
                                            <Post as __wf::Collection>::META,
                                            "category",
                                        )
                                    },
                                    <Option<
                                        BelongsTo<Category>,
                                    > as __wf::FieldType>::stored(
                                        __wf::IntoField::into_field(category),
                                    ),
                                ),
                            set: ::core::marker::PhantomData,
                        }
                    }
                    /// The field of this name.
                    pub(crate) fn date(self, date: impl __wf::IntoField<Timestamp>) -> NewPost<P0> {
                        NewPost {
                            given: self
                                .given
                                .set(
                                    const {
                                        __wf::column_named(<Post as __wf::Collection>::META, "date")
                                    },
                                    <Timestamp as __wf::FieldType>::stored(
                                        __wf::IntoField::into_field(date),
                                    ),
                                ),
                            set: ::core::marker::PhantomData,
                        }
                    }
                }
                #[automatically_derived]
                impl<P0: __wf::IsSet> __wf::IntoDraft<Post> for NewPost<P0> {
                    fn into_draft(self) -> __wf::Draft<Post> {
                        __wf::Draft::from_given(self.given)
                    }
                }
    "#]],
    );
}

#[test]
fn the_runtime_has_the_path_that_was_given() {
    let expansion = expanded("crate = \"crate::ours::wf\"", "struct A { a: u8 }");
    assert!(expansion.contains("use crate::ours::wf::private as __wf;"));
    assert!(!expansion.contains("wfruntime"));
}

#[test]
fn a_broken_item_is_emitted_as_it_stands() {
    let tokens: TokenStream = "struct Post { title String }".parse().expect("tokens");
    assert_eq!(super::expand(TokenStream::new(), tokens.clone()).to_string(), tokens.to_string());
}
