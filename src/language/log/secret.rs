//! Passwords in what is shown of a log: found by the words that announce them, and masked.
//!
//! A password may hold blanks and marks, and nothing says where one without quotes ends: then the rest of the line is masked.
pub use crate::model::is_secret;
use crate::model::{SECRET_ALONE, SECRET_WITHIN};
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands in place of a password.
pub(super) const MASK: &str = "***";

/// The list of words as alternatives of a pattern: a blank may be any mark, or nothing.
fn alternatives(words: &[&str]) -> String {
    words.iter().map(|word| regex::escape(word).replace(' ', "[ _-]?")).collect::<Vec<_>>().join("|")
}

static ANNOUNCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (within, alone) = (alternatives(SECRET_WITHIN), alternatives(SECRET_ALONE));
    // Alone is a word between marks, or behind small letters: `access_token`, `accessToken`.
    let name =
        format!(r"(?:\w*(?:{within})\w*|\b(?:\w+[_-])?(?:{alone})(?:[_-]\w+)?\b|\b\w*(?-i:[a-z](?:Token|Secret|Pin|PIN|PW|Pass))\b)");
    let quote = r#"[\\"'”’»`]*"#;
    // `password:`, `password for the student 12:`, `new password (first) =`, `"password" =>`, `<password>`, `the password is`.
    let between = r"(?P<between>(?:[ \t]+(?:for|of|für|von|para|pour|de|du)\b[^:=\r\n]{0,60}|[ \t]+[^\s:=>|]+){0,2}?)";
    let verb = r"\b(?:is|was|ist|lautet|es|est)\b";
    // What such a sentence goes on with before it comes to the password: `was reset to`, `is now`, `has been set to:`.
    let on = r"(?:\s*(?:\b(?:now|been|being|set|reset|changed|updated|to|as|be|is|was)\b|[:=：]+))*";
    let marked = format!(r"{quote}{between}{quote}\s*(?:=>|->|→|[:=：>|]+|(?P<verb>{verb}{on}))\s*");
    // `set password to`, `password reset to`, `password has been changed to`.
    let linked = r#"\\?["']?[ \t]+(?:(?:has|been|was|is|now|set|reset|changed|updated)[ \t]+){0,4}(?:to|as)\b[ \t]*[:=：]*[ \t]*"#;
    // Without a mark: a quoted value, a column of its own, or a word that no sentence has.
    let bare = r#"(?:\\?["']?[ \t]+(?:(?:has|been|set|reset|changed|updated|now)[ \t]+){0,3})"#;
    Regex::new(&format!("(?i)(?P<name>{name})(?:(?P<linked>{linked})|(?P<marked>{marked})|(?P<bare>{bare}))")).ok()
});

/// What is as good as a password, and no word for one stands before it: `Authorization: Bearer ...`, `http://user:password@host`.
static CARRIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let header = r#"\bauthorization["']?\s*[:=]+\s*["']?(?:(?:bearer|basic|digest|negotiate)\s+)?"#;
    Regex::new(&format!(r"(?i)(?:(?P<header>{header})[^\s,;]+|(?P<bearer>\bbearer\s+)[^\s,;]+|(?P<address>://[^\s/:@]*:)[^\s/]+@)")).ok()
});

/// The text with every password in it masked: what a word for a password announces, to the end of its quotes, else to the end of the line.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let (Some(announced), Some(carried)) = (&*ANNOUNCED, &*CARRIED) else { return Cow::Borrowed(MASK) };
    let text = announced_masked(text, announced);
    if !carried.is_match(&text) {
        return text;
    }
    let replaced = carried.replace_all(&text, |found: &regex::Captures<'_>| {
        let kept = ["header", "bearer", "address"].iter().find_map(|name| found.name(name)).map_or("", |kept| kept.as_str());
        format!("{kept}{MASK}{}", if kept.starts_with("://") { "@" } else { "" })
    });
    Cow::Owned(replaced.into_owned())
}

/// What words for a password announce, masked.
fn announced_masked<'t>(text: &'t str, announced: &Regex) -> Cow<'t, str> {
    let mut shown = String::new();
    let (mut kept, mut from) = (0, 0);
    while let Some(found) = announced.captures_at(text, from) {
        // Group 0 is the match itself.
        let Some(whole) = found.get(0) else { break };
        // `the password Hunter3 is`: what stands before the verb is it, unless it says whose.
        let early = found.name("between").filter(|between| {
            let first = between.as_str().split_whitespace().next().unwrap_or_default();
            !first.is_empty() && !WHOSE.contains(&first.to_lowercase().as_str()) && (found.name("verb").is_some() || unusual(first))
        });
        let early = early.map(|between| between.start() + between.as_str().len() - between.as_str().trim_start().len());
        // `for jlee39 Tulip9`, and `for jlee39 Tulip9 is`.
        let behind = match (found.name("bare"), found.name("between")) {
            (Some(_), _) => Some((&text[whole.end()..], whole.end())),
            (None, between) => between.map(|between| (between.as_str(), between.start())),
        };
        let behind = behind.and_then(|(value, at)| Some(at + behind_holder(value)?));
        let start = early.or(behind).unwrap_or(whole.end());
        let value = &text[start..];
        let open = quote(value);
        let is_value = match found.name("bare") {
            _ if found.name("between").is_some_and(|between| leaves_quotes(between.as_str())) => false,
            Some(gap) => !open.is_empty() || (wide(gap.as_str()) && !value.trim().is_empty()) || unusual(value),
            None => !value.trim().is_empty(),
        };
        if !is_value {
            // On behind the name: what follows it may announce one, too.
            from = found.name("name").map_or(start, |name| name.end());
            continue;
        }
        let inner = start + open.len();
        let name = found.name("name").map_or("", |name| name.as_str());
        let end = closed(&text[inner..], open).map_or_else(|| inner + unquoted(name, &text[inner..]), |length| inner + length);
        if end > inner {
            shown.push_str(&text[kept..inner]);
            shown.push_str(MASK);
            kept = end;
        }
        from = end.max(whole.end());
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[kept..]);
    Cow::Owned(shown)
}

/// Whether what was quoted ends within a text, and a line's level follows: ` for jlee39" level`. Any other word may announce the password.
fn leaves_quotes(between: &str) -> bool {
    let behind = between.split_once('"').filter(|(before, _)| !before.ends_with(' ')).map(|(_, after)| after.trim_start().to_lowercase());
    behind.is_some_and(|word| ["level", "lvl", "severity"].contains(&word.as_str()))
}

/// Where the word begins that stands directly behind whose a password is: `for jlee39 Tulip9`. Whose it is ends with a word that no sentence has.
fn behind_holder(value: &str) -> Option<usize> {
    let line = &value[..line(value)];
    let mut at = line.len() - line.trim_start().len();
    for nth in 0..HOLDER {
        let word = line[at..].split_whitespace().next()?;
        if nth == 0 && !WHOSE.contains(&word.to_lowercase().as_str()) {
            return None;
        }
        if word.ends_with(['"', '”', '»']) && quote(word).is_empty() {
            // What was quoted ends here: `msg="set a password for jlee39" level=info`.
            return None;
        }
        at += word.len();
        at += line[at..].len() - line[at..].trim_start().len();
        if nth > 0 && unusual(word) {
            return (unusual(&line[at..]) || !quote(&line[at..]).is_empty()).then_some(at);
        }
    }
    None
}

/// Words that may say whose a password is: `for the student 300101`.
const HOLDER: usize = 5;

/// Words behind one for a password that say whose it is.
const WHOSE: &[&str] = &["for", "of", "für", "von", "para", "pour", "de", "du"];

/// How far a value without quotes reaches: to the end of its line, since a password may hold blanks; a token holds none, nor does a number of digits alone.
fn unquoted(name: &str, value: &str) -> usize {
    let whole = line(value);
    let word = value[..whole].find(|letter: char| letter.is_whitespace() || ",;&".contains(letter)).unwrap_or(whole);
    let name = name.to_lowercase();
    let digits = value[..word].trim_end_matches(['.', ':']).bytes().all(|byte| byte.is_ascii_digit());
    if name.contains("token") || (name.contains("pin") && digits) { word } else { whole }
}

/// How far a line reaches.
fn line(text: &str) -> usize {
    text.find(['\r', '\n']).unwrap_or(text.len())
}

/// The quote that a value begins with, with the backslashes before it where a text in quotes quotes it.
fn quote(value: &str) -> &str {
    let marks = value.len() - value.trim_start_matches('\\').len();
    match value[marks..].chars().next() {
        Some(letter @ ('"' | '\'' | '`' | '“' | '„' | '‘' | '«')) => &value[..marks + letter.len_utf8()],
        _ => "",
    }
}

/// How many bytes a quoted value has. Nothing without quotes, or when they are never closed.
fn closed(value: &str, open: &str) -> Option<usize> {
    let close = match open.trim_start_matches('\\') {
        "" => return None,
        "“" => "”",
        "„" => "“",
        "‘" => "’",
        "«" => "»",
        same => same,
    };
    let marks = open.len() - open.trim_start_matches('\\').len();
    let mut at = 0;
    while let Some(found) = value[at..].find(close) {
        let end = at + found;
        let after = &value[end + close.len()..];
        let before = value[..end].len() - value[..end].trim_end_matches('\\').len();
        if end > 0 && after.starts_with(close) {
            // Doubled: a quote within the value.
            at = end + 2 * close.len();
        } else if before == marks && !after.starts_with(char::is_alphanumeric) {
            return Some(end - marks);
        } else {
            at = end + close.len();
        }
    }
    None
}

/// Whether a gap is wider than words have between them.
fn wide(gap: &str) -> bool {
    gap.contains('\t') || gap.contains("  ")
}

/// Whether the first word is none of a sentence: it has digits, or capitals and marks within.
fn unusual(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let inner = || word.chars().skip(1).any(|letter| letter.is_uppercase()) && word.chars().any(char::is_lowercase);
    word.chars().any(|letter| letter.is_ascii_digit() || "!@#$%^&*+?_~".contains(letter)) || inner()
}
