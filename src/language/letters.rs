//! Letters of other alphabets and spellings: transliteration to ASCII, and the conventions of languages.
use std::borrow::Cow;

/// Transliterates to ASCII; also whether a letter had no counterpart and was left out.
///
/// Signs and pictures that are no letters are left out rather than named, and the syllables of Han characters that stand together are one word
/// with one capital (`小明` is `Xiaoming`), as the rules of pinyin have it.
#[must_use]
pub fn to_ascii(text: &str) -> (Cow<'_, str>, bool) {
    if text.is_ascii() {
        return (text.into(), false);
    }
    let mut ascii = String::with_capacity(text.len());
    let (mut lost, mut in_han) = (false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let han = is_han(letter);
        let counterpart = match letter {
            // The letters that look like an apostrophe are one.
            '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '’' | '‘' | '´' => Some("'"),
            // Marks of direction and joiners are no space.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => Some(""),
            letter => deunicode::deunicode_char(letter),
        };
        match counterpart {
            None => lost |= letter.is_alphabetic(),
            Some(named) if !letter.is_alphanumeric() && named.bytes().any(|byte| byte.is_ascii_alphanumeric()) => {}
            Some(syllable) if han => {
                let syllable = syllable.trim_end();
                if in_han {
                    ascii.push_str(&syllable.to_ascii_lowercase());
                } else {
                    ascii.push_str(syllable);
                }
            }
            Some(plain) => {
                if in_han && letter.is_alphanumeric() {
                    ascii.push(' ');
                }
                // `Æ` before a small letter is `Ae`.
                let capital = plain.len() > 1 && !letter.is_ascii() && plain.bytes().all(|byte| byte.is_ascii_uppercase());
                if capital && letters.peek().is_some_and(|next| next.is_lowercase()) {
                    ascii.push_str(&plain[..1]);
                    ascii.push_str(&plain[1..].to_ascii_lowercase());
                } else {
                    ascii.push_str(plain);
                }
            }
        }
        in_han = han;
    }
    (ascii.trim().to_owned().into(), lost)
}

/// Whether a character is of the Han script: Chinese, and part of Japanese and older Korean writing.
#[must_use]
pub fn is_han(letter: char) -> bool {
    matches!(letter, '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Whether a character is of one of the Japanese syllabaries.
#[must_use]
pub fn is_kana(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}')
}

/// Whether a character is a letter of a script that does not write all vowels: Arabic, Hebrew, and the scripts of India and South-East Asia.
#[must_use]
pub fn leaves_vowels_out(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{77f}' | '\u{840}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && letter.is_alphabetic()
}

/// Whether a character is a letter of a script other than Latin.
#[must_use]
pub fn is_foreign(letter: char) -> bool {
    let latin = matches!(letter, '\0'..='\u{36f}' | '\u{1d00}'..='\u{1dff}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{2bff}' | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab6f}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}');
    !latin && letter.is_alphabetic()
}

/// Letters as German writes them out: ä, ö, ü as ae, oe, ue, and ß as ss.
pub(super) fn german(text: &str) -> Cow<'_, str> {
    written_out(text, |letter| {
        Some(match letter {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            _ => return None,
        })
    })
}

/// Letters as the passports of the Nordic countries write them out (ICAO 9303): å as aa, æ and ä as ae, ø and ö as oe, þ as th, ð as d.
pub(super) fn nordic(text: &str) -> Cow<'_, str> {
    written_out(text, |letter| {
        Some(match letter {
            'å' => "aa",
            'æ' | 'ä' => "ae",
            'ø' | 'ö' => "oe",
            'þ' => "th",
            'ð' => "d",
            _ => return None,
        })
    })
}

/// Replaces small letters by `small`, and capitals likewise: `Ö` is `Oe`, and `OE` among capitals. Letters may be written as one character or with a
/// combining mark.
fn written_out(text: &str, small: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut written = String::with_capacity(text.len() + 4);
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(first) = letters.next() {
        let composed = match letters.peek() {
            Some('\u{308}') => composed(first, &[('a', 'ä'), ('o', 'ö'), ('u', 'ü'), ('A', 'Ä'), ('O', 'Ö'), ('U', 'Ü')]),
            Some('\u{30a}') => composed(first, &[('a', 'å'), ('A', 'Å')]),
            _ => None,
        };
        let letter = composed.unwrap_or(first);
        let lower = if letter == 'ẞ' { 'ß' } else { letter.to_lowercase().next().unwrap_or(letter) };
        match small(lower) {
            None => written.push(first),
            Some(out) => {
                if composed.is_some() {
                    letters.next();
                }
                let among_capitals = match letters.peek() {
                    Some(next) if next.is_alphabetic() => next.is_uppercase(),
                    _ => before.is_some_and(char::is_uppercase),
                };
                match (letter.is_uppercase(), among_capitals) {
                    (false, _) => written.push_str(out),
                    (true, true) => written.push_str(&out.to_ascii_uppercase()),
                    (true, false) => {
                        written.push_str(&out[..1].to_ascii_uppercase());
                        written.push_str(&out[1..]);
                    }
                }
            }
        }
        before = Some(letter);
    }
    written.into()
}

fn composed(letter: char, pairs: &[(char, char)]) -> Option<char> {
    pairs.iter().find(|(base, _)| *base == letter).map(|(_, whole)| *whole)
}
