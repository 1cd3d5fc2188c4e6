//! What equality means for a type: every value has a key, and two values are equal when their keys are.
use super::{Hashed, Type, day, grade};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The key of `text` as a value of `kind`; `None` when it can't be read as one, and so compares as unknown.
///
/// Keys that are the text itself are borrowed, so that folding what is already folded costs no memory.
#[must_use]
pub fn fold(kind: Type, text: &str) -> Option<Cow<'_, str>> {
    if matches!(kind, Type::Id | Type::Text) {
        return Some(Cow::Borrowed(text));
    }
    // A snapshot's hash was made of the key, or says that there was none.
    if let Some(hashed) = Hashed::read(text) {
        return hashed.readable.then_some(Cow::Borrowed(text));
    }
    match kind {
        Type::Id | Type::Text => Some(Cow::Borrowed(text)),
        Type::Login | Type::Email => Some(fold_case(text.trim())),
        Type::Name => fold_name(text),
        Type::Phone => fold_phone(text),
        Type::Date => day(text).map(|day| Cow::Owned(day.to_string())),
        Type::Grade => grade(text).map(|grade| Cow::Borrowed(grade.name)),
        Type::Number => parse_number(text).map(|number| Cow::Owned(number.to_string())),
        Type::Flag => parse_flag(text).map(|flag| Cow::Borrowed(if flag { "true" } else { "false" })),
    }
}

/// The place of `text` in the order of `kind`: days, grades from the youngest, numbers. `None` when it has none.
#[must_use]
pub fn order(kind: Type, text: &str) -> Option<f64> {
    match kind {
        Type::Date => day(text).map(f64::from),
        Type::Grade => grade(text).and_then(|grade| grade.rank).map(f64::from),
        _ => parse_number(text),
    }
}

/// Whether `text` can be read as a number.
#[must_use]
pub fn is_number(text: &str) -> bool {
    parse_number(text).is_some()
}

/// Whether `text` has the form of an email address: one `@`, a local part, and a domain with a dot, of the characters that RFC 5322
/// section 3.4.1 allows without quotes. That form is what rosters and platforms take.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let bytes = text.trim().as_bytes();
    // One pass: where the `@` stood, whether a dot came after it, and whether a part has just begun.
    let (mut domain, mut dotted, mut empty, mut last) = (false, false, true, b'.');
    for byte in bytes {
        match byte {
            b'.' if empty => return false,
            b'.' => (empty, dotted) = (true, domain),
            b'@' if domain || empty => return false,
            b'@' => (domain, empty, dotted) = (true, true, false),
            b'-' if domain && empty && last == b'@' => return false,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | 0x80.. => empty = false,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'/' | b'=' | b'?' | b'^' | b'_' | b'`' | b'{'..=b'~' if !domain => empty = false,
            _ => return false,
        }
        last = *byte;
    }
    domain && dotted && !empty && last != b'-'
}

/// Reads yes or no.
#[must_use]
pub fn parse_flag(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "y", "yes", "1", "t"]) {
        Some(true)
    } else if is(&["false", "n", "no", "0", "f"]) {
        Some(false)
    } else {
        None
    }
}

fn parse_number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

fn fold_case(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// Lower case; apostrophes and full stops dropped, other punctuation and space as one space; diacritics dropped, and the Latin letters that
/// Unicode does not decompose written out.
fn fold_name(text: &str) -> Option<Cow<'_, str>> {
    let plain = |byte: u8| byte.is_ascii_lowercase();
    if !text.is_empty() && text.bytes().all(plain) {
        return Some(Cow::Borrowed(text));
    }
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |letter: char, folded: &mut String| {
        if letter.is_alphanumeric() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            match letter {
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ı' => folded.push('i'),
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'þ' => folded.push_str("th"),
                _ => folded.push(letter),
            }
        } else if !matches!(letter, '\'' | '.' | '’' | 'ʼ' | '`' | '´') && !is_combining_mark(letter) {
            gap = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|letter| push(letter.to_ascii_lowercase(), &mut folded));
    } else {
        for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
            letter.to_lowercase().for_each(|letter| push(letter, &mut folded));
        }
    }
    (!folded.is_empty()).then_some(Cow::Owned(folded))
}

/// The digits; a leading 1 of eleven is the country code of North America.
fn fold_phone(text: &str) -> Option<Cow<'_, str>> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let digits: Cow<'_, str> =
        if all_digits { Cow::Borrowed(text) } else { Cow::Owned(text.chars().filter(char::is_ascii_digit).collect()) };
    if digits.is_empty() {
        return None;
    }
    if digits.len() == 11 && digits.starts_with('1') {
        return Some(match digits {
            Cow::Borrowed(text) => Cow::Borrowed(&text[1..]),
            Cow::Owned(text) => Cow::Owned(text[1..].to_owned()),
        });
    }
    Some(digits)
}
