//! The graphs of bodies.

use expect_test::{Expect, expect};
use proc_macro2::Span;
use quote::quote;
use syn::parse::{ParseStream, Parser};

use super::Graph;
use crate::diag::Errors;
use crate::trigger::{self, Kind};
use crate::workflow::{lower, parse};

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(body: proc_macro2::TokenStream, expected: Expect) {
    let mut errors = Errors::default();
    let block = |input: ParseStream| Ok(parse::block(input, &mut errors));
    let block = block.parse2(body).expect("a block");
    let args = quote::quote!(mode = "local");
    let name = syn::Ident::new("review", Span::call_site());
    let trigger = trigger::parse(Kind::PostAction, Span::call_site(), args, &mut errors);
    let given = trigger::Given::new(Kind::PostAction, false, syn::parse_quote!(Claim), None);
    let trigger = trigger::lower(trigger, given, &name, &mut errors);
    let steps = lower::lower(block, &trigger, &mut errors).steps;
    let graph = Graph::of(&steps, ("post_action", "Claim".to_owned()), Span::call_site());
    let mut text = errors.text();
    for (index, node) in graph.nodes.iter().enumerate() {
        text.push_str(&format!("{index} {}: {} {}\n", node.key, node.kind, node.label));
    }
    for (from, to, label) in &graph.edges {
        text.push_str(format!("{from} -> {to} {label}").trim_end());
        text.push('\n');
    }
    expected.assert_eq(&text);
}

#[test]
fn loops_and_what_leaves_them() {
    check(
        quote! {
            for line in lines {
                match line.count {
                    0 => continue,
                    1 | 2 => break,
                    n if n > 5 => { for x in n { sleep 1 day; } }
                    _ => update line { count: 1 },
                }
            }
            for _ in 0..3 {}
            end;
        },
        expect![[r#"
            0 : post_action Claim
            1 for#1: for line in lines
            2 for#1/match#1: match line.count
            3 for#1/match#1.2/for#1: for x in n
            4 for#1/match#1.2/for#1/sleep#1: sleep 1 day
            5 for#1/match#1.3/update#1: update line
            6 for#2: for _ in 0..3
            7 end#1: end 
            0 -> 1
            1 -> 2 each
            2 -> 1 0
            2 -> 3 n if n > 5
            3 -> 4 each
            4 -> 3
            2 -> 5 _
            3 -> 1 then
            5 -> 1
            1 -> 6 then
            2 -> 6 1 | 2
            6 -> 7 then
        "#]],
    );
}

#[test]
fn branches_and_their_ends() {
    check(
        quote! {
            parallel {
                { create Payment { amount: 1 }; if a { end failed "no"; } }
                { request GET "https://rates.example/{data.day}"; }
                {}
            }
            let won = race {
                { signal "paid" within 2 days; }
                { sleep until data.due; call remind(data); }
            };
            delete Payment where amount == 1;
        },
        expect![[r#"
            0 : post_action Claim
            1 parallel#1: parallel 
            2 parallel#1.0/create#1: create Payment
            3 parallel#1.0/if#1: if a
            4 parallel#1.0/if#1.0/end#1: end failed: no
            5 parallel#1.1/request#1: request GET https://rates.example/{data.day}
            6 won: race 
            7 won.0/signal#1: signal paid within 2 days
            8 won.0/signal#1.too_late: end failed: no signal `paid` came in time
            9 won.1/sleep#1: sleep until data.due
            10 won.1/call#1: call remind(data)
            11 won.1/call#1.not_resolved: end as the called one
            12 delete#1: delete Payment where amount == 1
            0 -> 1
            1 -> 2
            2 -> 3
            3 -> 4 yes
            1 -> 5
            3 -> 6 no
            5 -> 6
            1 -> 6
            6 -> 7
            7 -> 8 too late
            6 -> 9
            9 -> 10
            10 -> 11 not resolved
            7 -> 12 in time
            10 -> 12 resolved
        "#]],
    );
}

#[test]
fn people_and_values() {
    check(
        quote! {
            approve "Pay?" { by: role(boss), within: 1 day };
            ask "How?" { by: role(boss), within: 1 day, note: String };
            let form = ask "When?" { by: user, day: Date };
            let Some(first) = find Payment order amount desc else { end; };
            require first.amount > 1, "too small";
            let total = sum Payment.amount where claim == data.id;
            let called = call pay(first);
            refresh data;
        },
        expect![[r#"
            0 : post_action Claim
            1 approve#1: approve Pay?
            2 approve#1.rejected: end rejected
            3 ask#1: ask How?
            4 ask#1.too_late: end failed: nobody answered in time
            5 form: ask When?
            6 first: find Payment order amount desc
            7 first.else/end#1: end 
            8 require#1: require first.amount > 1
            9 require#1.no: end failed: too small
            10 total: sum Payment.amount where claim == data.id
            11 called: call pay(first)
            12 refresh#1: refresh data
            0 -> 1
            1 -> 2 rejected
            1 -> 3 approved
            3 -> 4 too late
            3 -> 5 in time
            5 -> 6
            6 -> 7 no
            6 -> 8 yes
            8 -> 9 no
            8 -> 10 yes
            10 -> 11
            11 -> 12
        "#]],
    );
}
