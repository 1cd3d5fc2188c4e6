//! Passwords in what is shown of a log: found by the words that announce them, and masked.
//!
//! A password may hold blanks and marks, and nothing says where one without quotes ends: then the rest of the line is masked.
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands in place of a password.
pub(super) const MASK: &str = "***";
/// Words for a password, wherever they stand in a name: `initialPassword`, `user_passwords`.
const LONG: &str = r"passwo?r[dt]|pass[ _-]word|passwd|passcode|pass[ _-]?phrase|kennwort|contrase(?:ñ|n|n\u{303})a|mot[ _-]?de[ _-]?passe|wachtwoord|lösenord|senha|pwd|пароль|密码|密碼|パスワード";
/// Words that other words hold, too: they stand alone.
const SHORT: &str = "pass|pin|pw|mdp|clave|parola";

static ANNOUNCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = format!(r"(?:\w*(?:{LONG})\w*|\b(?:\w+[_-])?(?:{SHORT})(?:[_-]\w+)?\b)");
    let quote = r#"[\\"'”’»`]*"#;
    // `password:`, `password for the student 12:`, `new password (first) =`, `"password" =>`, `<password>`, `the password is`.
    let between = r"(?:[ \t]+(?:for|of|für|von|para|pour|de|du)\b[^:=\r\n]{0,60}|[ \t]+[^\s:=>|]+){0,2}?";
    let marked = format!(r"{quote}{between}{quote}\s*(?:=>|->|→|[:=：>|]+|\b(?:is|was|ist|es|est)\b)\s*");
    // Without a mark: a quoted value, a column of its own, or a word that no sentence has.
    let bare = r#"(?:\\?["']?[ \t]+)"#;
    Regex::new(&format!("(?i)(?P<name>{name})(?:(?P<marked>{marked})|(?P<bare>{bare}))")).ok()
});

static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)(?:{LONG})|^(?:.*[\s_-])?(?:{SHORT})(?:[\s_-].*)?$")).ok());

/// Whether a column of this name holds passwords.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    NAME.as_ref().is_none_or(|secret| secret.is_match(name.trim()))
}

/// The text with every password in it masked: what a word for a password announces, to the end of its quotes, else to the end of the line.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let Some(announced) = &*ANNOUNCED else { return Cow::Borrowed(MASK) };
    let mut shown = String::new();
    let (mut kept, mut from) = (0, 0);
    while let Some(found) = announced.captures_at(text, from) {
        // Group 0 is the match itself.
        let Some(whole) = found.get(0) else { break };
        let start = whole.end();
        let value = &text[start..];
        let open = quote(value);
        let is_value = match found.name("bare") {
            Some(gap) => !open.is_empty() || (wide(gap.as_str()) && !value.trim().is_empty()) || unusual(value),
            None => !value.trim().is_empty(),
        };
        if !is_value {
            // On behind the name: what follows it may announce one, too.
            from = found.name("name").map_or(start, |name| name.end());
            continue;
        }
        let inner = start + open.len();
        let end = closed(&text[inner..], open).map_or_else(|| inner + line(&text[inner..]), |length| inner + length);
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
