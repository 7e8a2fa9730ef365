//! Pictures of small graphs in every format.

use expect_test::{Expect, expect};

use super::*;
use crate::workflow::{GraphEdge, GraphNode};

const REVIEW: Graph = Graph {
    nodes: &[
        node("", "post_action", "Claim, where it is named"),
        node("if#1", "if", "data.amount > dec!(500) && \"<b>\" != x"),
        node("if#1.0/approve#1", "approve", "Check the receipts of {data.applicant.nickname}"),
        node("if#1.0/approve#1.rejected", "end", "rejected"),
        node("create#1", "create", "Payment"),
    ],
    edges: &[
        edge(0, 1, ""),
        edge(1, 2, "yes"),
        edge(2, 3, "rejected"),
        edge(2, 4, "approved"),
        edge(1, 4, "no"),
    ],
};

/// A loop with a choice in it, left early; branches; waits.
const ORDER: Graph = Graph {
    nodes: &[
        node("", "post_action", "Order: create"),
        node("for#1", "for", "line in lines"),
        node("for#1/match#1", "match", "line.state"),
        node("for#1/match#1.0/update#1", "update", "line"),
        node("for#1/match#1.1/request#1", "request", "POST https://stock.example"),
        node("parallel#1", "parallel", ""),
        node("parallel#1.0/call#1", "call", "ship(data)"),
        node("parallel#1.1/form", "ask", "Print the invoice"),
        node("race#1", "race", ""),
        node("race#1.0/signal#1", "signal", "paid"),
        node("race#1.1/sleep#1", "sleep", "3 days"),
        node("race#1.1/end#1", "end", "failed: not paid"),
    ],
    edges: &[
        edge(0, 1, ""),
        edge(1, 2, "each"),
        edge(2, 3, "State::New"),
        edge(2, 4, "State::Short"),
        edge(3, 1, ""),
        edge(2, 1, "State::Done"),
        edge(2, 1, "State::Gone"),
        edge(1, 5, "then"),
        edge(4, 5, ""),
        edge(5, 6, ""),
        edge(5, 7, ""),
        edge(6, 8, ""),
        edge(7, 8, ""),
        edge(8, 9, ""),
        edge(8, 10, ""),
        edge(10, 11, ""),
    ],
};

const fn node(key: &'static str, kind: &'static str, label: &'static str) -> GraphNode {
    GraphNode { key, kind, label, line: 1 }
}

const fn edge(from: u16, to: u16, label: &'static str) -> GraphEdge {
    GraphEdge { from, to, label }
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check(format: Format, expected: Expect) {
    expected.assert_eq(&REVIEW.draw("Review of \"claims\"", format));
}

#[test]
fn mermaid() {
    check(
        Format::Mermaid,
        expect![[r#"
        ---
        title: "Review of \"claims\""
        ---
        flowchart TD
            n0(["Claim, where it is named"])
            n1{"if data.amount #gt; dec!(500) #amp;#amp; #quot;#lt;b#gt;#quot; != x"}
            n2{{"approve Check the receipts of {data.applicant.nickname}"}}
            n3(["end rejected"])
            n4["create Payment"]
            n0 --> n1
            n1 -->|yes| n2
            n2 -->|rejected| n3
            n2 -->|approved| n4
            n1 -->|no| n4
    "#]],
    );
}

#[test]
fn graphviz() {
    check(
        Format::Dot,
        expect![[r#"
        digraph {
            label="Review of \"claims\""
            labelloc=t
            node [shape=box, fontname="sans-serif"]
            n0 [label="Claim, where it is named", style=rounded]
            n1 [label="if data.amount > dec!(500) && \"<b>\" != x", shape=diamond]
            n2 [label="approve Check the receipts of {data.applicant.nickname}", shape=hexagon]
            n3 [label="end rejected", style=rounded]
            n4 [label="create Payment"]
            n0 -> n1
            n1 -> n2 [label="yes"]
            n2 -> n3 [label="rejected"]
            n2 -> n4 [label="approved"]
            n1 -> n4 [label="no"]
        }
    "#]],
    );
}

#[test]
fn svg() {
    check(
        Format::Svg,
        expect![[r#"
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -24 528 438" width="528" role="img">
            <title>Review of &quot;claims&quot;</title>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
            <style>text{font:14px sans-serif;fill:#1c2733}.title{font-weight:600;font-size:16px}.label{font-size:12px;fill:#5a6775}rect{fill:#f6f8fa;stroke:#8a97a5;rx:6}.if{fill:#fff6dd;stroke:#c9a227}.people{fill:#e5f0ff;stroke:#4a86d8}.end{fill:#eef1f4;rx:17}.trigger{fill:#e4f6ea;stroke:#3c9a5f;rx:17}.wait{fill:#f1eaff;stroke:#8a63d2}.for{fill:#fdeee4;stroke:#cc7a3d}.outside{fill:#e2f5f6;stroke:#2f8f96}path{fill:none;stroke:#5a6775}marker path{fill:#5a6775}</style>
            <text class="title" x="0" y="14">Review of &quot;claims&quot;</text>
            <path d="M20 74 V110" marker-end="url(#tip)"/>
            <path d="M76 162 V198" marker-end="url(#tip)"/>
            <text class="label" x="82" y="178">yes</text>
            <path d="M132 250 V286" marker-end="url(#tip)"/>
            <text class="label" x="138" y="266">rejected</text>
            <path d="M76 250 V356" marker-end="url(#tip)"/>
            <text class="label" x="82" y="266">approved</text>
            <path d="M20 162 V356" marker-end="url(#tip)"/>
            <text class="label" x="26" y="178">no</text>
            <g data-key=""><title>line 1</title><rect class="trigger" x="0" y="40" width="312" height="34"/>
            <text x="14" y="61">Claim, where it is named</text>
            </g>
            <g data-key="if#1"><title>line 1</title><rect class="if" x="0" y="110" width="312" height="52"/>
            <text x="14" y="131">if data.amount &gt; dec!(500) &amp;&amp; &quot;&lt;b&gt;&quot;</text>
            <text x="14" y="149">!= x</text>
            </g>
            <g data-key="if#1.0/approve#1"><title>line 1</title><rect class="people" x="56" y="198" width="312" height="52"/>
            <text x="70" y="219">approve Check the receipts of</text>
            <text x="70" y="237">{data.applicant.nickname}</text>
            </g>
            <g data-key="if#1.0/approve#1.rejected"><title>line 1</title><rect class="end" x="112" y="286" width="312" height="34"/>
            <text x="126" y="307">end rejected</text>
            </g>
            <g data-key="create#1"><title>line 1</title><rect class="plain" x="0" y="356" width="312" height="34"/>
            <text x="14" y="377">create Payment</text>
            </g>
            </svg>
        "#]],
    );
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn check_order(format: Format, expected: Expect) {
    expected.assert_eq(&ORDER.draw("Orders", format));
}

#[test]
fn loops_and_branches_in_mermaid() {
    check_order(
        Format::Mermaid,
        expect![[r#"
        ---
        title: "Orders"
        ---
        flowchart TD
            n0(["Order: create"])
            n1[/"for line in lines"\]
            n2{"match line.state"}
            n3["update line"]
            n4[/"request POST https://stock.example"/]
            n5[\"parallel"/]
            n6[["call ship(data)"]]
            n7{{"ask Print the invoice"}}
            n8[\"race"/]
            n9>"signal paid"]
            n10>"sleep 3 days"]
            n11(["end failed: not paid"])
            n0 --> n1
            n1 -->|each| n2
            n2 -->|State::New| n3
            n2 -->|State::Short| n4
            n3 --> n1
            n2 -->|State::Done| n1
            n2 -->|State::Gone| n1
            n1 -->|then| n5
            n4 --> n5
            n5 --> n6
            n5 --> n7
            n6 --> n8
            n7 --> n8
            n8 --> n9
            n8 --> n10
            n10 --> n11
    "#]],
    );
}

#[test]
fn loops_and_branches_in_graphviz() {
    check_order(
        Format::Dot,
        expect![[r#"
        digraph {
            label="Orders"
            labelloc=t
            node [shape=box, fontname="sans-serif"]
            n0 [label="Order: create", style=rounded]
            n1 [label="for line in lines", shape=trapezium]
            n2 [label="match line.state", shape=diamond]
            n3 [label="update line"]
            n4 [label="request POST https://stock.example", shape=parallelogram]
            n5 [label="parallel", shape=invtrapezium]
            n6 [label="call ship(data)", peripheries=2]
            n7 [label="ask Print the invoice", shape=hexagon]
            n8 [label="race", shape=invtrapezium]
            n9 [label="signal paid", shape=cds]
            n10 [label="sleep 3 days", shape=cds]
            n11 [label="end failed: not paid", style=rounded]
            n0 -> n1
            n1 -> n2 [label="each"]
            n2 -> n3 [label="State::New"]
            n2 -> n4 [label="State::Short"]
            n3 -> n1
            n2 -> n1 [label="State::Done"]
            n2 -> n1 [label="State::Gone"]
            n1 -> n5 [label="then"]
            n4 -> n5
            n5 -> n6
            n5 -> n7
            n6 -> n8
            n7 -> n8
            n8 -> n9
            n8 -> n10
            n10 -> n11
        }
    "#]],
    );
}

#[test]
fn loops_and_branches_in_svg() {
    check_order(
        Format::Svg,
        expect![[r#"
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -24 540 892" width="540" role="img">
            <title>Orders</title>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
            <style>text{font:14px sans-serif;fill:#1c2733}.title{font-weight:600;font-size:16px}.label{font-size:12px;fill:#5a6775}rect{fill:#f6f8fa;stroke:#8a97a5;rx:6}.if{fill:#fff6dd;stroke:#c9a227}.people{fill:#e5f0ff;stroke:#4a86d8}.end{fill:#eef1f4;rx:17}.trigger{fill:#e4f6ea;stroke:#3c9a5f;rx:17}.wait{fill:#f1eaff;stroke:#8a63d2}.for{fill:#fdeee4;stroke:#cc7a3d}.outside{fill:#e2f5f6;stroke:#2f8f96}path{fill:none;stroke:#5a6775}marker path{fill:#5a6775}</style>
            <text class="title" x="0" y="14">Orders</text>
            <path d="M20 74 V110" marker-end="url(#tip)"/>
            <path d="M76 144 V180" marker-end="url(#tip)"/>
            <text class="label" x="82" y="160">each</text>
            <path d="M132 214 V250" marker-end="url(#tip)"/>
            <text class="label" x="138" y="230">State::New</text>
            <path d="M76 214 V337 H112" marker-end="url(#tip)"/>
            <text class="label" x="112" y="314">State::Short</text>
            <path d="M424 267 H436 V127 H312" marker-end="url(#tip)"/>
            <path d="M368 197 H380 V127 H312" marker-end="url(#tip)"/>
            <text class="label" x="370" y="191">State::Done, State::Gone</text>
            <path d="M20 144 V390" marker-end="url(#tip)"/>
            <text class="label" x="26" y="160">then</text>
            <path d="M132 354 V390" marker-end="url(#tip)"/>
            <path d="M76 424 V460" marker-end="url(#tip)"/>
            <path d="M20 424 V547 H56" marker-end="url(#tip)"/>
            <path d="M368 477 H380 V617 H312" marker-end="url(#tip)"/>
            <path d="M76 564 V600" marker-end="url(#tip)"/>
            <path d="M76 634 V670" marker-end="url(#tip)"/>
            <path d="M20 634 V757 H56" marker-end="url(#tip)"/>
            <path d="M76 774 V810" marker-end="url(#tip)"/>
            <g data-key=""><title>line 1</title><rect class="trigger" x="0" y="40" width="312" height="34"/>
            <text x="14" y="61">Order: create</text>
            </g>
            <g data-key="for#1"><title>line 1</title><rect class="for" x="0" y="110" width="312" height="34"/>
            <text x="14" y="131">for line in lines</text>
            </g>
            <g data-key="for#1/match#1"><title>line 1</title><rect class="if" x="56" y="180" width="312" height="34"/>
            <text x="70" y="201">match line.state</text>
            </g>
            <g data-key="for#1/match#1.0/update#1"><title>line 1</title><rect class="plain" x="112" y="250" width="312" height="34"/>
            <text x="126" y="271">update line</text>
            </g>
            <g data-key="for#1/match#1.1/request#1"><title>line 1</title><rect class="outside" x="112" y="320" width="312" height="34"/>
            <text x="126" y="341">request POST https://stock.example</text>
            </g>
            <g data-key="parallel#1"><title>line 1</title><rect class="for" x="0" y="390" width="312" height="34"/>
            <text x="14" y="411">parallel</text>
            </g>
            <g data-key="parallel#1.0/call#1"><title>line 1</title><rect class="outside" x="56" y="460" width="312" height="34"/>
            <text x="70" y="481">call ship(data)</text>
            </g>
            <g data-key="parallel#1.1/form"><title>line 1</title><rect class="people" x="56" y="530" width="312" height="34"/>
            <text x="70" y="551">ask Print the invoice</text>
            </g>
            <g data-key="race#1"><title>line 1</title><rect class="for" x="0" y="600" width="312" height="34"/>
            <text x="14" y="621">race</text>
            </g>
            <g data-key="race#1.0/signal#1"><title>line 1</title><rect class="wait" x="56" y="670" width="312" height="34"/>
            <text x="70" y="691">signal paid</text>
            </g>
            <g data-key="race#1.1/sleep#1"><title>line 1</title><rect class="wait" x="56" y="740" width="312" height="34"/>
            <text x="70" y="761">sleep 3 days</text>
            </g>
            <g data-key="race#1.1/end#1"><title>line 1</title><rect class="end" x="56" y="810" width="312" height="34"/>
            <text x="70" y="831">end failed: not paid</text>
            </g>
            </svg>
        "#]],
    );
}
