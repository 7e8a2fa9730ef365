//! Expansions and messages of `#[post_action]` on functions.

use expect_test::{Expect, expect};
use quote::quote;

use super::expand;

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(tokens: &proc_macro2::TokenStream, expected: Expect) {
    let text = match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => format!("does not parse: {error}\n{tokens}"),
    };
    expected.assert_eq(&text);
}

#[test]
fn a_function_and_all_arguments() {
    let item = quote! {
        /// Tells finance.
        #[cfg(unix)]
        pub(crate) async fn notify(claim: PostAction<Claim>, cx: Context) -> Result<()> { body }
    };
    let args = quote! {
        mode = "global", on = [create, submit], appends = [applicant, applicant.boss],
        when = data.amount > 5, changed = [amount], allow = [employee], retry = 3,
        timeout = 1 minute 30 seconds, concurrency = 1, overlap = "refuse", crate = "wf"
    };
    check(
        &expand(crate::trigger::Kind::PostAction, args, item),
        expect![[r#"
            /// Tells finance.
            #[cfg(unix)]
            pub(crate) async fn notify(claim: PostAction<Claim>, cx: Context) -> Result<()> {
                body
            }
            #[cfg(unix)]
            ///The workflow `notify`, to be named by its path.
            #[allow(non_camel_case_types)]
            pub(crate) struct notify {}
            #[cfg(unix)]
            const _: () = {
                impl wf::private::Workflow for notify {
                    type Collection = Claim;
                    const KEY: &'static str = "notify";
                    const MODE: wf::private::Mode = wf::private::Mode::Global;
                    const META: &'static wf::private::WorkflowMeta = &wf::private::WorkflowMeta {
                        key: "notify",
                        version: 1u32,
                        title: "Tells finance",
                        trigger: wf::private::Trigger::PostAction {
                            batch: false,
                        },
                        collection: ::core::option::Option::Some(|| {
                            <Claim as wf::private::Collection>::META
                        }),
                        mode: wf::private::Mode::Global,
                        on: &["create", "submit"],
                        appends: &[&["applicant"], &["applicant", "boss"]],
                        timing: wf::private::Timing::Async,
                        enabled: true,
                        when: ::core::option::Option::Some(|snapshot| {
                            #[allow(unused_mut, unused_variables)]
                            let (mut data, before, user, role) = wf::private::fired::<
                                Claim,
                            >(snapshot)?
                                .into_parts();
                            ::core::result::Result::Ok({
                                let holds: bool = data.amount > 5;
                                holds
                            })
                        }),
                        input: ::core::option::Option::None,
                        changed: &["amount"],
                        allow: &["employee"],
                        retry: wf::private::Retry {
                            attempts: 3u32,
                            ..wf::private::Retry::DEFAULT
                        },
                        timeout: ::core::option::Option::Some(
                            ::core::time::Duration::from_millis(90000u64),
                        ),
                        concurrency: ::core::option::Option::Some(1u32),
                        overlap: wf::private::Overlap::Refuse,
                        roles: &[],
                        calls: &[],
                        revision: 6082529350170039u64,
                        graph: ::core::option::Option::None,
                        handler: |call| ::std::boxed::Box::pin(async move {
                            let claim: PostAction<Claim> = wf::private::fired::<
                                Claim,
                            >(&call.snapshot)?;
                            let cx: Context = call.cx;
                            let result: Result<()> = notify(claim, cx).await;
                            <Result<()> as wf::private::WorkflowResult>::into_result(result)
                        }),
                        function: ::core::option::Option::Some(|| wf::private::type_of(&notify)),
                        location: wf::private::Location {
                            file: ::core::file!(),
                            line: ::core::line!(),
                            column: ::core::column!(),
                        },
                    };
                }
                impl wf::private::Callable for notify {}
                wf::private::inventory::submit! {
                    wf::private::RegisteredWorkflow({ let _ = notify {}; < notify as
                    wf::private::Workflow > ::META })
                }
                #[allow(dead_code)]
                fn names() {
                    let _ = <Claim as wf::private::Collection>::ASSOCS.applicant;
                    let _ = wf::private::follow(<Claim as wf::private::Collection>::ASSOCS.applicant)
                        .boss;
                    let _ = <Claim as wf::private::Collection>::FIELDS.amount;
                }
            };
        "#]],
    );
}
