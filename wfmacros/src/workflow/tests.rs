//! Expansions and messages of `workflow!`.

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
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_review_of_claims() {
    check(
        &expand(quote! {
            /// Claims above 500 wait for a supervisor.
            #[post_action(mode = "local", appends = [applicant], overlap = "cancel_previous")]
            pub expense_review<Reimbursement> {
                if data.amount > dec!(500) {
                    let review = approve "Check the receipts of {data.applicant.nickname}" { by: role(supervisor), within: 3 days };
                    if review.is_rejected() {
                        update data { status: Status::Rejected };
                        end failed "{review.comment}";
                    }
                }
                update data { status: Status::Approved };
                create Payment { claim: data.id, amount: data.amount };
            }
        }),
        expect![[r#"
            /// Claims above 500 wait for a supervisor.
            pub async fn expense_review(
                __fired: ::wfruntime::private::PostAction<Reimbursement>,
                __cx: ::wfruntime::private::Context,
            ) -> ::wfruntime::private::Result<()> {
                #[allow(unused_mut, unused_variables)]
                let (mut data, before, user, role) = __fired.into_parts();
                let _ = &__cx;
                if data.amount > dec!(500) {
                    let review = __cx
                        .node("if#1.0/review", 8509700325633648428u64)
                        .approve({
                            let mut text = ::std::string::String::new();
                            text.push_str("Check the receipts of ");
                            if let ::core::option::Option::Some(it) = ::wfruntime::private::Follow::follow(
                                &data.applicant,
                            )? {
                                ::wfruntime::private::Show::show(&it.nickname, &mut text);
                            }
                            text
                        })
                        .by_role("supervisor")
                        .within(::core::time::Duration::from_millis(259200000u64))
                        .await?;
                    if review.is_rejected() {
                        {
                            let changes = <_ as ::wfruntime::private::Updated>::changes(&data)
                                .status(Status::Rejected);
                            __cx.node("if#1.0/if#1.0/update#1", 824944538836825360u64)
                                .update(
                                    <_ as ::wfruntime::private::Updated>::record(&mut data),
                                    changes,
                                )
                                .await?
                        };
                        return ::wfruntime::private::ended(
                            __cx
                                .end_failed({
                                    let mut text = ::std::string::String::new();
                                    ::wfruntime::private::Show::show(&review.comment, &mut text);
                                    text
                                }),
                        );
                    }
                }
                {
                    let changes = <_ as ::wfruntime::private::Updated>::changes(&data)
                        .status(Status::Approved);
                    __cx.node("update#1", 8461981034098730299u64)
                        .update(<_ as ::wfruntime::private::Updated>::record(&mut data), changes)
                        .await?
                };
                __cx.node("create#1", 1198844733131129235u64)
                    .create(
                        <Payment>::new()
                            .claim(<::wfruntime::private::Place<_>>::of(&data.id).copy())
                            .amount(<::wfruntime::private::Place<_>>::of(&data.amount).copy()),
                    )
                    .await?;
                ::core::result::Result::Ok(())
            }
            ///The workflow `expense_review`, to be named by its path.
            #[allow(non_camel_case_types)]
            pub struct expense_review {}
            const _: () = {
                impl ::wfruntime::private::Workflow for expense_review {
                    type Collection = Reimbursement;
                    const KEY: &'static str = "expense_review";
                    const MODE: ::wfruntime::private::Mode = ::wfruntime::private::Mode::Local;
                    const META: &'static ::wfruntime::private::WorkflowMeta = &::wfruntime::private::WorkflowMeta {
                        key: "expense_review",
                        version: 1u32,
                        title: "Claims above 500 wait for a supervisor",
                        trigger: ::wfruntime::private::Trigger::PostAction {
                            batch: false,
                        },
                        collection: ::core::option::Option::Some(|| {
                            <Reimbursement as ::wfruntime::private::Collection>::META
                        }),
                        mode: ::wfruntime::private::Mode::Local,
                        on: &[],
                        appends: &[&["applicant"]],
                        timing: ::wfruntime::private::Timing::Async,
                        enabled: true,
                        when: ::core::option::Option::None,
                        input: ::core::option::Option::None,
                        changed: &[],
                        allow: &[],
                        retry: ::wfruntime::private::Retry::DEFAULT,
                        timeout: ::core::option::Option::None,
                        concurrency: ::core::option::Option::None,
                        overlap: ::wfruntime::private::Overlap::CancelPrevious,
                        roles: &[
                            (
                                "supervisor",
                                ::wfruntime::private::Location {
                                    file: ::core::file!(),
                                    line: ::core::line!(),
                                    column: ::core::column!(),
                                },
                            ),
                        ],
                        calls: &[],
                        revision: 976567495414828201u64,
                        graph: ::core::option::Option::Some(
                            &::wfruntime::private::Graph {
                                nodes: &[
                                    ::wfruntime::private::GraphNode {
                                        key: "",
                                        kind: "post_action",
                                        label: "Reimbursement, where it is named",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "if#1",
                                        kind: "if",
                                        label: "data.amount > dec!(500)",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "if#1.0/review",
                                        kind: "approve",
                                        label: "Check the receipts of {data.applicant.nickname}",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "if#1.0/if#1",
                                        kind: "if",
                                        label: "review.is_rejected()",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "if#1.0/if#1.0/update#1",
                                        kind: "update",
                                        label: "data",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "if#1.0/if#1.0/end#1",
                                        kind: "end",
                                        label: "failed: {review.comment}",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "update#1",
                                        kind: "update",
                                        label: "data",
                                        line: ::core::line!(),
                                    },
                                    ::wfruntime::private::GraphNode {
                                        key: "create#1",
                                        kind: "create",
                                        label: "Payment",
                                        line: ::core::line!(),
                                    },
                                ],
                                edges: &[
                                    ::wfruntime::private::GraphEdge {
                                        from: 0u16,
                                        to: 1u16,
                                        label: "",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 1u16,
                                        to: 2u16,
                                        label: "yes",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 2u16,
                                        to: 3u16,
                                        label: "",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 3u16,
                                        to: 4u16,
                                        label: "yes",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 4u16,
                                        to: 5u16,
                                        label: "",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 3u16,
                                        to: 6u16,
                                        label: "no",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 1u16,
                                        to: 6u16,
                                        label: "no",
                                    },
                                    ::wfruntime::private::GraphEdge {
                                        from: 6u16,
                                        to: 7u16,
                                        label: "",
                                    },
                                ],
                            },
                        ),
                        handler: |call| ::std::boxed::Box::pin(async move {
                            expense_review(
                                    ::wfruntime::private::fired::<Reimbursement>(&call.snapshot)?,
                                    call.cx,
                                )
                                .await
                        }),
                        function: ::core::option::Option::Some(|| ::wfruntime::private::type_of(
                            &expense_review,
                        )),
                        location: ::wfruntime::private::Location {
                            file: ::core::file!(),
                            line: ::core::line!(),
                            column: ::core::column!(),
                        },
                    };
                }
                impl ::wfruntime::private::Callable for expense_review {}
                ::wfruntime::private::inventory::submit! {
                    ::wfruntime::private::RegisteredWorkflow({ let _ = expense_review {}; <
                    expense_review as ::wfruntime::private::Workflow > ::META })
                }
                #[allow(dead_code)]
                fn names() {
                    let _ = <Reimbursement as ::wfruntime::private::Collection>::ASSOCS.applicant;
                }
            };
        "#]],
    );
}

/// The function and the graph of a body, without the rest.
#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check_body(body: &proc_macro2::TokenStream, expected: Expect) {
    let tokens = expand(quote!(#[post_action(mode = "local")] review<Claim> { #body }));
    let text = match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(mut file) => {
            file.items.truncate(1);
            prettyplease::unparse(&file)
        }
        Err(error) => format!("does not parse: {error}\n{tokens}"),
    };
    expected.assert_eq(&text);
}

#[test]
fn loops_and_choices() {
    check_body(
        &quote! {
            for line in data.lines.get()? {
                match line.count {
                    0 => continue,
                    count if count > 5 => { break; }
                    _ => create Payment { count: line.count },
                }
            }
            sleep until data.due;
        },
        expect![[r#"
            ///The workflow `review`.
            async fn review(
                __fired: ::wfruntime::private::PostAction<Claim>,
                __cx: ::wfruntime::private::Context,
            ) -> ::wfruntime::private::Result<()> {
                #[allow(unused_mut, unused_variables)]
                let (mut data, before, user, role) = __fired.into_parts();
                let _ = &__cx;
                {
                    let mut pass = 0_u64..;
                    for line in <_ as ::wfruntime::private::InAppends>::got(
                        <Claim as ::wfruntime::private::Collection>::ASSOCS.lines,
                    )? {
                        let __cx = __cx.pass("for#1", pass.next().unwrap_or_default());
                        let _ = &__cx;
                        match <::wfruntime::private::Place<_>>::of(&line.count).copy() {
                            0 => {
                                continue;
                            }
                            count if count > 5 => {
                                break;
                            }
                            _ => {
                                __cx.node("match#1.2/create#1", 542473558259328816u64)
                                    .create(
                                        <Payment>::new()
                                            .count(
                                                <::wfruntime::private::Place<_>>::of(&line.count).copy(),
                                            ),
                                    )
                                    .await?;
                            }
                        }
                    }
                }
                __cx.node("sleep#1", 8207814846619210047u64)
                    .sleep_until(<::wfruntime::private::Place<_>>::of(&data.due).copy())
                    .await?;
                ::core::result::Result::Ok(())
            }
        "#]],
    );
}

#[test]
fn branches_and_what_leaves_the_workflow() {
    check_body(
        &quote! {
            let won = race {
                { signal "paid"; }
                { sleep 3 days; end failed "too late"; }
            };
            request POST "{base}/claims/{data.id}?by={user.nickname}" { json: data.title };
            call ship(data);
        },
        expect![[r#"
            ///The workflow `review`.
            async fn review(
                __fired: ::wfruntime::private::PostAction<Claim>,
                __cx: ::wfruntime::private::Context,
            ) -> ::wfruntime::private::Result<()> {
                #[allow(unused_mut, unused_variables)]
                let (mut data, before, user, role) = __fired.into_parts();
                let _ = &__cx;
                let won = __cx
                    .node("won", 6272583755698226590u64)
                    .race((
                        async |
                            __cx: ::wfruntime::private::Context,
                        | -> ::wfruntime::private::Result<()> {
                            #[allow(unused_mut, unused_variables)]
                            let mut data = ::core::clone::Clone::clone(&data);
                            let _ = &__cx;
                            __cx.node("signal#1", 4264671331767860308u64).signal("paid").await?;
                            ::core::result::Result::Ok(())
                        },
                        async |
                            __cx: ::wfruntime::private::Context,
                        | -> ::wfruntime::private::Result<()> {
                            #[allow(unused_mut, unused_variables)]
                            let mut data = ::core::clone::Clone::clone(&data);
                            let _ = &__cx;
                            __cx.node("sleep#1", 1862698799489138615u64)
                                .sleep(::core::time::Duration::from_millis(259200000u64))
                                .await?;
                            return ::wfruntime::private::ended(
                                __cx.end_failed(::std::borrow::ToOwned::to_owned("too late")),
                            );
                        },
                    ))
                    .await?
                    .0;
                __cx.node("request#1", 7443270639009065205u64)
                    .request(
                        "POST",
                        {
                            let mut text = ::std::string::String::new();
                            ::wfruntime::private::Show::show(&base, &mut text);
                            text.push_str("/claims/");
                            ::wfruntime::private::show_in_url(&data.id, &mut text);
                            text.push_str("?by=");
                            if let ::core::option::Option::Some(it) = <_ as ::wfruntime::private::Present>::present(
                                &user,
                            ) {
                                ::wfruntime::private::show_in_url(&it.nickname, &mut text);
                            }
                            text
                        },
                    )
                    .json(&data.title)
                    .await?;
                __cx.end_unless_resolved(
                    &{
                        type __Called = ship;
                        __cx.node("call#1", 1157016020761079618u64)
                            .call::<
                                __Called,
                            >(&<_ as ::wfruntime::private::Identified>::identity(&data))
                            .await?
                    },
                )?;
                ::core::result::Result::Ok(())
            }
        "#]],
    );
}

/// What is left of an incomplete body, in which editors complete and which others name.
#[test]
fn the_rest_of_an_incomplete_body_is_emitted() {
    check_body(
        &quote! {
            update data { amount: data.completed }
            let paid = find Payment where amount == data.
            ;
            updat data { amount: 5 };
            create Payment { amount = 5 };
            let next = data.next
            if data.amount > next { delete data other; }
            end;
        },
        expect![[r#"
            ///The workflow `review`.
            #[allow(unreachable_code, unused_mut, unused_variables)]
            async fn review(
                __fired: ::wfruntime::private::PostAction<Claim>,
                __cx: ::wfruntime::private::Context,
            ) -> ::wfruntime::private::Result<()> {
                #[allow(unused_mut, unused_variables)]
                let (mut data, before, user, role) = __fired.into_parts();
                let _ = &__cx;
                {
                    let changes = <_ as ::wfruntime::private::Updated>::changes(&data)
                        .amount(<::wfruntime::private::Place<_>>::of(&data.completed).copy());
                    __cx.node("update#1", 2653013145694625066u64)
                        .update(<_ as ::wfruntime::private::Updated>::record(&mut data), changes)
                        .await?
                };
                ::core::unreachable!()
            }
        "#]],
    );
}
