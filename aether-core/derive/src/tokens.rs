//! Tokens as text. The compiler's own formatting may change with its version and follows the source's
//! line breaks; a shape must not, so the spaces are set here.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// The tokens as text, the same for the same tokens whatever the layout of the source.
pub(crate) fn text(tokens: impl IntoIterator<Item = TokenTree>) -> String {
    let mut text = String::new();
    write(&mut text, tokens);
    text
}

/// Whether `name` is among the tokens, at any depth.
pub(crate) fn mention(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mention(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn write(text: &mut String, tokens: impl IntoIterator<Item = TokenTree>) {
    for token in tokens {
        let TokenTree::Group(group) = token else {
            push(text, &token.to_string());
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{", "}"),
            // what a macro's `$ty` leaves behind
            Delimiter::None => ("", ""),
        };
        push(text, open);
        write(text, group.stream());
        text.push_str(close);
    }
}

fn push(text: &mut String, token: &str) {
    if needs_space(text, token) {
        text.push(' ');
    }
    text.push_str(token);
}

/// `a, b`, `a = b`, `a: b`, `a + b`, `dyn A`, `fn() -> A`, but `a::B<C>`, `&'a [b]`, `f(x)`.
fn needs_space(before: &str, token: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().last(), token.chars().next()) else {
        return false;
    };
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"');
    match (last, first) {
        ('(' | '[' | '{', _) => false,
        (',' | ';' | '=' | '+', _) => true,
        ('>', _) if before.ends_with("->") => true,
        (':', _) => first != ':' && !before.ends_with("::"),
        (_, '=' | '+' | '-' | '{') => true,
        (')' | ']' | '}' | '>', _) => word(first),
        _ => word(last) && word(first),
    }
}
