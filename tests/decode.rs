//! The map from a TOML string to its file: every character leads back to exactly the characters that wrote it.
use proptest::prelude::*;
use rollbook::source::{Decoded, TextId};

/// What stands for a character in the file; a line continuation writes nothing.
type Piece = (Option<char>, String);

fn verbatim() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => proptest::char::range('a', 'z'),
        1 => proptest::sample::select(vec![' ', '/', '{', '(', 'é', 'ß', '日', '🙂', '_', '=']),
    ]
    .prop_map(|letter| (Some(letter), letter.to_string()))
}

fn escape() -> impl Strategy<Value = Piece> {
    proptest::sample::select(vec![
        ('"', "\\\""),
        ('\\', "\\\\"),
        ('\t', "\\t"),
        ('\n', "\\n"),
        ('é', "\\u00e9"),
        ('\\', "\\u005C"),
        ('🙂', "\\U0001F642"),
        ('\u{1b}', "\\e"),
        ('A', "\\x41"),
    ])
    .prop_map(|(letter, written)| (Some(letter), written.to_owned()))
}

fn line() -> impl Strategy<Value = Piece> {
    Just((Some('\n'), "\n".to_owned()))
}

fn continuation() -> impl Strategy<Value = Piece> {
    // An escape after it keeps what follows from being swallowed as indentation.
    proptest::sample::select(vec!["\\\n", "\\\n    ", "\\  \n\n \t", "\\\r\n  "]).prop_map(|written| (None, written.to_owned()))
}

/// Pieces, of which a blank or a line break after a continuation is swallowed with it.
fn settle(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut after_continuation = false;
    let mut settled = Vec::new();
    for (letter, written) in pieces {
        let swallowed = after_continuation && (written == " " || written == "\n");
        after_continuation = letter.is_none() || swallowed;
        settled.push((letter.filter(|_| !swallowed), written));
    }
    settled
}

fn check(open: &str, pieces: &[Piece], close: &str, before: &str) {
    let body: String = pieces.iter().map(|(_, written)| written.as_str()).collect();
    let literal = format!("{open}{body}{close}");
    let file = format!("{before}k = {literal}\nz = 1\n");
    let start = before.len() + 4;
    let decoded = Decoded::new(TextId(0), &file, start..start + literal.len());
    let expected: String = pieces.iter().filter_map(|(letter, _)| *letter).collect();
    assert_eq!(decoded.as_str(), expected, "{literal}");
    let (mut at, mut written_at) = (0, start + open.len());
    for (letter, written) in pieces {
        if let Some(letter) = letter {
            let place = decoded.locate(at..at + letter.len_utf8());
            assert_eq!(&file[place.range()], written, "the character {letter:?} at {at} of {literal}");
            assert_eq!(place.start as usize, written_at, "the character {letter:?} at {at} of {literal}");
            at += letter.len_utf8();
        }
        written_at += written.len();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn basic_strings(pieces in prop::collection::vec(prop_oneof![verbatim(), escape()], 0..24), before in "(# [a-zé]{0,9}\n){0,2}") {
        check("\"", &pieces, "\"", &before);
    }

    #[test]
    fn literal_strings(pieces in prop::collection::vec(verbatim(), 0..24), before in "(# [a-zé]{0,9}\n){0,2}") {
        check("'", &pieces, "'", &before);
    }

    #[test]
    fn multi_line_basic_strings(
        pieces in prop::collection::vec(prop_oneof![verbatim(), escape(), line(), continuation()], 0..24),
        open in proptest::sample::select(vec!["\"\"\"", "\"\"\"\n", "\"\"\"\r\n"]),
        before in "(# [a-zé]{0,9}\n){0,2}",
    ) {
        // A line break right after the quotes would be taken for the opening one.
        prop_assume!(open.ends_with('\n') || pieces.first().is_none_or(|(_, written)| !written.starts_with('\n')));
        check(open, &settle(pieces), "\"\"\"", &before);
    }

    #[test]
    fn multi_line_literal_strings(
        pieces in prop::collection::vec(prop_oneof![verbatim(), line()], 0..24),
        open in proptest::sample::select(vec!["'''", "'''\n", "'''\r\n"]),
        before in "(# [a-zé]{0,9}\n){0,2}",
    ) {
        prop_assume!(open.ends_with('\n') || pieces.first().is_none_or(|(_, written)| !written.starts_with('\n')));
        check(open, &pieces, "'''", &before);
    }
}

#[test]
fn an_escape_after_a_line_continuation_keeps_its_place() {
    let piece = |letter, written: &str| (letter, written.to_owned());
    check("\"\"\"\n", &[piece(Some('a'), "a"), piece(None, "\\\n   "), piece(Some('"'), "\\\""), piece(Some('b'), "b")], "\"\"\"", "");
}
