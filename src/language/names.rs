//! Parts of people's names: capitals, initials, suffixes, and the key of names that look alike.
use std::borrow::Cow;

/// Every word with a capital. A word of small and capital letters is left as it is, since somebody chose them (`McKay`, `DeShawn`); after `Mc`, and after a
/// single letter with an apostrophe (`O'Brien`, `D'Angelo`), stands another capital.
pub(super) fn title(text: &str) -> String {
    let part_of_word = |letter: char| letter.is_alphanumeric() || is_apostrophe(letter) || ('\u{300}'..='\u{36f}').contains(&letter);
    let mut titled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(part_of_word) {
        let (between, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|letter| !part_of_word(letter)).unwrap_or(from.len()));
        titled.push_str(between);
        titled.push_str(&title_word(word));
        rest = after;
    }
    titled + rest
}

fn title_word(word: &str) -> String {
    let small = word.chars().any(char::is_lowercase);
    if small && word.chars().skip_while(|letter| !letter.is_alphabetic()).skip(1).any(char::is_uppercase) {
        return word.to_owned();
    }
    let letters: Vec<char> = word.chars().collect();
    // `'t Hooft`, `'s-Gravesande`; and `Ford III`.
    if (letters.len() == 2 && is_apostrophe(letters[0])) || matches!(word, "II" | "III" | "IV") {
        return if word.starts_with('I') { word.to_owned() } else { word.to_lowercase() };
    }
    let mut titled = String::with_capacity(word.len());
    let mut start = true;
    for (at, letter) in letters.iter().enumerate() {
        let after_mc = at == 2 && letters.len() > 3 && letters[0].eq_ignore_ascii_case(&'m') && letters[1].eq_ignore_ascii_case(&'c');
        let after_apostrophe = at == 2 && letters.len() > 3 && is_apostrophe(letters[1]);
        if letter.is_alphanumeric() && (start || after_mc || after_apostrophe) {
            titled.extend(capital(*letter));
            start = false;
        } else {
            titled.extend(letter.to_lowercase());
        }
    }
    titled
}

/// The letter at the start of a word: of a ligature only its first is a capital, and Georgian has none there.
fn capital(letter: char) -> impl Iterator<Item = char> {
    let georgian = ('\u{10d0}'..='\u{10ff}').contains(&letter);
    let mut upper = (!georgian).then(|| letter.to_uppercase()).into_iter().flatten();
    let first = upper.next().unwrap_or(letter);
    std::iter::once(first).chain(upper.flat_map(char::to_lowercase))
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ')
}

/// The first letter of each word, past apostrophes and other signs before it.
pub(super) fn initials(text: &str) -> String {
    text.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric() && !is_apostrophe(*letter))).collect()
}

/// The generational suffixes: how they are written, without a point, in lower case.
const SUFFIXES: &[&str] = &["jr", "jnr", "sr", "snr", "ii", "iii", "iv"];

/// Where the suffix begins, if the name has one after something else; and where what stands before it ends.
fn suffix_at(text: &str) -> Option<(usize, usize)> {
    let text = text.trim_end();
    let start = text.rfind(|letter: char| letter.is_whitespace() || letter == ',')?;
    let start = start + text[start..].chars().next().map_or(0, char::len_utf8);
    let word = text[start..].trim_end_matches('.');
    let before = text[..start].trim_end_matches(|letter: char| letter.is_whitespace() || letter == ',');
    let known = SUFFIXES.iter().any(|suffix| suffix.eq_ignore_ascii_case(word));
    (known && before.chars().any(char::is_alphanumeric)).then_some((before.len(), start))
}

/// The name without its suffix.
pub(super) fn unsuffixed(text: &str) -> &str {
    suffix_at(text).map_or(text, |(end, _)| &text[..end])
}

/// The suffix of a name, without a point.
pub(super) fn suffix(text: &str) -> Option<&str> {
    suffix_at(text).map(|(_, start)| text[start..].trim_end().trim_end_matches('.'))
}

/// A key that is equal for names that look alike: small letters, 0 as o, 1 and l as i, and no points, hyphens or underscores.
#[must_use]
pub fn lookalike(text: &str) -> Cow<'_, str> {
    let key = |letter: char| match letter {
        '.' | '-' | '_' => None,
        '0' => Some('o'),
        '1' | 'l' => Some('i'),
        letter => Some(letter),
    };
    if text.chars().all(|letter| !letter.is_uppercase() && key(letter) == Some(letter)) {
        return text.into();
    }
    text.to_lowercase().chars().filter_map(key).collect::<String>().into()
}
