//! Reads one node: what follows its word.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitInt, LitStr, Path, Token, token};

use super::super::ast::{NodeKind, Text};
use super::{Fault, brackets, outside, people, records, wait};
use crate::diag::{Errors, message};

/// The words that begin a node.
pub(super) const WORDS: &[&str] = &[
    "create", "update", "delete", "find", "list", "count", "sum", "average", "min", "max",
    "refresh", "sleep", "signal", "approve", "ask", "request", "call", "run", "respond", "require",
    "end", "set", "parallel", "race", "let", "if", "match", "for", "break", "continue",
];

/// How the node is written, in short.
pub(super) fn form(word: &Ident) -> Option<String> {
    let word = word.to_string();
    Some(match word.as_str() {
        "create" => "`create Collection { field: value };`".to_owned(),
        "update" => {
            "`update record { field: value };` or `update Collection where … { … };`".to_owned()
        }
        "delete" => "`delete record;` or `delete Collection where …;`".to_owned(),
        "find" => "`find Collection where … order field`".to_owned(),
        "list" => "`list Collection where … order field desc limit 10`".to_owned(),
        "count" => "`count Collection where …`".to_owned(),
        "sum" | "average" | "min" | "max" => format!("`{word} Collection.field where …`"),
        "refresh" => "`refresh record;`".to_owned(),
        "sleep" => "`sleep 2 days;` or `sleep until moment;`".to_owned(),
        "signal" => "`signal \"name\";` or `signal \"name\" within 3 days;`".to_owned(),
        "approve" => "`approve \"title\" { by: role(name) };`".to_owned(),
        "ask" => "`ask \"title\" { by: role(name), field: Type };`".to_owned(),
        "request" => "`request GET \"https://…\";`".to_owned(),
        "call" => "`call workflow(record);`".to_owned(),
        "run" => "`run path(arguments);` or `run path(arguments) retry 3;`".to_owned(),
        "respond" => "`respond \"message\";`".to_owned(),
        "require" => "`require condition, \"message\";`".to_owned(),
        "set" => "`set { field: value };`".to_owned(),
        "end" => "`end;`, `end failed;` or `end failed \"…\";`".to_owned(),
        "parallel" | "race" => format!("`{word} {{ {{ … }} {{ … }} }}`, a block for each branch"),
        _ => return None,
    })
}

/// Whether a node begins here.
pub(super) fn begins(input: ParseStream) -> bool {
    let fork = input.fork();
    let Ok(word) = fork.parse::<Ident>() else { return false };
    match word.to_string().as_str() {
        "require" => !fork.peek(Token![.]) && !fork.peek(Token![=]),
        "end" => {
            let alone = fork.is_empty() || fork.peek(Token![;]);
            alone || fork.peek(Lit) || fork.peek(Ident)
        }
        "set" => fork.peek(token::Brace),
        word if WORDS.contains(&word) => {
            let path =
                fork.peek(Token![crate]) || fork.peek(Token![self]) || fork.peek(Token![super]);
            let word = fork.peek(Ident) || path || fork.peek(Token![::]);
            // `list - 1` subtracts.
            word || fork.peek(Lit) && !fork.peek(Token![-])
        }
        _ => false,
    }
}

/// Whether `parallel { … }` or `race { … }` begins here.
pub(super) fn begins_branches(input: ParseStream) -> bool {
    let fork = input.fork();
    let word = fork.parse::<Ident>();
    word.is_ok_and(|word| word == "parallel" || word == "race") && fork.peek(token::Brace)
}

/// Whether this word is next.
pub(super) fn next_is(input: ParseStream, word: &str) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|next| next == word)
}

/// What stands after the word of a node.
pub(super) fn kind(
    word: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> Result<NodeKind, Fault> {
    Ok(match word.to_string().as_str() {
        "create" => records::create(input)?,
        "update" => records::update(input)?,
        "delete" => records::delete(input)?,
        "find" | "list" => records::read(word, input)?,
        "count" => records::count(input)?,
        "sum" | "average" | "min" | "max" => records::aggregate(word, input)?,
        "refresh" => NodeKind::Refresh { record: input.parse()? },
        "sleep" => wait::sleep(input)?,
        "request" => outside::request(input, errors)?,
        "call" => outside::call(input)?,
        "signal" => wait::signal(input)?,
        "run" => run(input)?,
        "ask" => NodeKind::Ask(Box::new(people::ask(word, input, errors)?)),
        "approve" => NodeKind::Approve(Box::new(people::approve(word, input, errors)?)),
        "set" => records::set(input)?,
        "respond" => NodeKind::Respond { text: text(input)? },
        "require" => require(word, input)?,
        "end" => end(input)?,
        _ => return Err(Fault::Said),
    })
}

fn run(input: ParseStream) -> Result<NodeKind, Fault> {
    let function = input.call(Path::parse_mod_style)?;
    if !input.peek(token::Paren) {
        let text = "expected the arguments of the function, as in `run send(data.id)`";
        return Err(syn::Error::new(input.span(), text).into());
    }
    let content = brackets::round(input)?;
    let arguments = content.call(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    let mut retry = None;
    if next_is(input, "retry") {
        input.parse::<Ident>()?;
        retry = Some(attempts(input)?);
    }
    Ok(NodeKind::Run { function, arguments: arguments.into_iter().collect(), retry })
}

/// How often something is tried.
pub(super) fn attempts(input: ParseStream) -> syn::Result<LitInt> {
    let count: LitInt = input.parse()?;
    if count.base10_parse::<u32>()? == 0 {
        let text = "`retry` must be at least 1\n= note: the first attempt counts";
        return Err(syn::Error::new(count.span(), text));
    }
    Ok(count)
}

fn require(word: &Ident, input: ParseStream) -> Result<NodeKind, Fault> {
    if input.is_empty() || input.peek(Token![;]) {
        let help = form(word).map(|form| format!("write {form}"));
        let text = message("`require` must have a condition", None, help.as_deref());
        return Err(syn::Error::new(word.span(), text).into());
    }
    let condition = input.parse::<Expr>()?;
    if input.peek(LitStr) {
        return Err(syn::Error::new(input.span(), "expected `,` before the message").into());
    }
    let message = match input.parse::<Option<Token![,]>>()? {
        Some(_) => Some(text(input)?),
        None => None,
    };
    Ok(NodeKind::Require { condition, message })
}

fn end(input: ParseStream) -> Result<NodeKind, Fault> {
    let word = input.parse::<Option<Ident>>()?;
    if let Some(word) = word.as_ref().filter(|word| *word != "failed") {
        let end = Ident::new("end", word.span());
        let help = form(&end).map(|form| format!("write {form}"));
        let text = format!("expected `;` or `failed`, found `{word}`");
        let text = message(text, None, help.as_deref());
        return Err(syn::Error::new(word.span(), text).into());
    }
    let failed = word.is_some();
    let message = if input.is_empty() || input.peek(Token![;]) { None } else { Some(text(input)?) };
    Ok(NodeKind::End { failed, message })
}

/// A literal, or an expression up to the node's braces.
pub(super) fn text(input: ParseStream) -> syn::Result<Text> {
    let fork = input.fork();
    if fork.parse::<LitStr>().is_ok() && !fork.peek(Token![.]) {
        return Ok(Text::Literal(input.parse()?));
    }
    Ok(Text::Expr(input.call(Expr::parse_without_eager_brace)?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::WORDS;

    const DOCS: &str = include_str!("../../../../wfruntime/src/docs/workflow.md");

    /// The workflows of the documentation's examples.
    fn examples() -> proc_macro2::TokenStream {
        let blocks = DOCS.split("```").skip(1).step_by(2).filter(|block| block.starts_with('\n'));
        let shown = |line: &str| line.trim_start_matches("# ").to_owned() + "\n";
        let mut workflows = proc_macro2::TokenStream::new();
        for block in blocks {
            let code: String = block.lines().map(shown).collect();
            let file = syn::parse_file(&code).expect("an example");
            let items = file.items.into_iter().flat_map(|item| match item {
                syn::Item::Mod(module) => module.content.map_or_else(Vec::new, |(_, items)| items),
                item => vec![item],
            });
            for item in items {
                if let syn::Item::Macro(call) = item
                    && call.mac.path.is_ident("workflow")
                {
                    workflows.extend(call.mac.tokens);
                }
            }
        }
        workflows
    }

    fn words(tokens: proc_macro2::TokenStream, found: &mut HashSet<String>) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => words(group.stream(), found),
                proc_macro2::TokenTree::Ident(word) => {
                    found.insert(word.to_string());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_documentation_shows_each_word_in_grammar_table_and_example() {
        let (_, grammar) = DOCS.split_once("```text").expect("the grammar");
        let examples = examples();
        let expanded = crate::workflow::expand(examples.clone()).to_string();
        assert!(!expanded.contains("compile_error"), "{expanded}");
        let mut used = HashSet::new();
        words(examples, &mut used);
        for word in WORDS {
            assert!(grammar.contains(&format!("\"{word}\"")), "`{word}` is not in the grammar");
            assert!(DOCS.contains(&format!("`{word}")), "`{word}` is not in a table");
            assert!(used.contains(*word), "`{word}` is in no example");
        }
    }
}
