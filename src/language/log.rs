//! The wording of a message in a platform's log: from what the vendor printed to what finds it in a line, however the line was wrapped, cut or damaged.
//!
//! Two forms: the vendor's own text, with placeholders where values stand, and a regular expression for what no text can say. A text is matched word by word:
//! letter case, blanks and punctuation don't count, and a line that ends before the message does is still known by its first half.
mod secret;

use secret::MASK;
pub use secret::{is_secret, masked};

use super::check::pattern_fault;
use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// What may stand between two words: anything but letters and digits.
const GAP: &str = r"[^0-9A-Za-z\x80-\xff]*";
/// What stands between two values, besides.
const BETWEEN: &str = r"[^0-9A-Za-z\x80-\xff]";
/// No letter and no digit before, and after.
const START: &str = r"(?:^|[^0-9A-Za-z\x80-\xff])";
const END: &str = r"(?:$|[^0-9A-Za-z\x80-\xff])";
/// Words that a message has at least, so that half of it is enough to know it.
const CUTTABLE: usize = 6;
/// Words and values that it has at most: a pattern for each of its beginnings would grow beyond what can be run.
const TOO_LONG: usize = 100;
/// Letters of a value that are kept.
const LONGEST: usize = 200;

/// How a message is worded.
#[derive(Clone, Debug)]
pub struct Wording {
    /// As written.
    pub text: String,
    /// The values in it, in their order.
    pub values: Vec<Value>,
    /// What every line with the message holds.
    must: String,
    /// The message.
    whole: String,
    /// The message, cut off at the end of the line.
    cut: Option<String>,
    /// Whether it has no word besides a level, or finds the empty line, and so would be found in any line.
    pub says_nothing: bool,
}

/// A value in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is called: the field that it is, or the word of the placeholder.
    pub name: String,
    /// The fields that it may be: variable and field.
    pub fields: Vec<(String, String)>,
    /// Where the text names it.
    pub range: Range<usize>,
    /// The group of the pattern that catches it.
    group: String,
}

/// A piece of a text.
enum Token {
    Word(String),
    /// One of these.
    Choice(Vec<Vec<String>>),
    /// A number, whichever.
    Number,
    /// A value, by its place among the values.
    Value(usize),
}

impl Wording {
    /// The wording of a vendor's text, in which `{..}`, `[..]`, `XXX` and the like stand for values.
    #[must_use]
    pub fn of_text(text: &str) -> Wording {
        let mut values = Vec::new();
        if is_code(text.trim()) {
            let whole = format!("(?i-u)(?:^|[^0-9A-Za-z_])(?:{})(?:$|[^0-9A-Za-z_])", regex_syntax::escape(text.trim()));
            return Wording { text: text.to_owned(), values, must: whole.clone(), whole, cut: None, says_nothing: false };
        }
        let mut tokens = tokens(text, &mut values);
        let words = |tokens: &[Token]| tokens.iter().filter(|token| matches!(token, Token::Word(_) | Token::Choice(..))).count();
        // The level stands before the message in many forms, or not at all.
        if tokens.len() > 2
            && matches!(&tokens[0], Token::Word(word) if ["error", "warning", "warn", "info"].contains(&word.to_lowercase().as_str()))
        {
            tokens.remove(0);
        }
        let words = words(&tokens);
        let half = if words < CUTTABLE || tokens.len() > TOO_LONG { tokens.len() } else { after_words(&tokens, words.div_ceil(2)) };
        let whole =
            format!("(?i-u){START}{}{}", pattern(&tokens, false), if matches!(tokens.last(), Some(Token::Value(_))) { "" } else { END });
        let cut = (half < tokens.len()).then(|| format!("(?i-u){START}{}{}{GAP}$", pattern(&tokens[..half], true), rest(&tokens[half..])));
        Wording { text: text.to_owned(), values, must: must(&tokens[..half]), whole, cut, says_nothing: words == 0 }
    }

    /// The wording of a regular expression, whose named groups are values; letter case never counts.
    ///
    /// # Errors
    /// What is wrong with the expression, and the bytes of it.
    pub fn of_pattern(text: &str) -> Result<Wording, (String, Range<usize>)> {
        let place = |span: &regex_syntax::ast::Span| {
            let end = span.end.offset.max(span.start.offset + 1).min(text.len());
            span.start.offset.min(end)..end
        };
        regex_syntax::ast::parse::Parser::new().parse(text).map_err(|error| (pattern_fault(error.kind()), place(error.span())))?;
        let whole = format!("(?i:{text})");
        let regex = Regex::new(&whole).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => ("too large".to_owned(), 0..text.len()),
            _ => ("not a pattern that can be run".to_owned(), 0..text.len()),
        })?;
        let says_nothing = regex.is_match(b"");
        let place = |name: &str| text.find(&format!("<{name}>")).map_or(0..0, |at| at + 1..at + 1 + name.len());
        let values = regex.capture_names().flatten().map(|name| value(name, place(name), name.to_owned())).collect();
        Ok(Wording { text: text.to_owned(), values, must: whole.clone(), whole, cut: None, says_nothing })
    }

    /// Whether it is found in a text, whose placeholders stand for values.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let bare: String = text.chars().filter(|letter| !matches!(letter, '{' | '}' | '[' | ']')).collect();
        let Ok(messages) = Messages::new(vec![self]) else { return false };
        [text, &bare].iter().any(|text| messages.look(text.as_bytes()).iter().any(|hit| hit.whole))
    }
}

/// The value that `{name}`, `[name here]` or `(?P<name>..)` stands for. `s.login or a.username` names fields.
fn value(name: &str, range: Range<usize>, group: String) -> Value {
    let field = |part: &str| -> Option<(String, String)> {
        let (variable, field) = part.trim().split_once('.')?;
        let word = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        (word(variable) && word(field)).then(|| (variable.to_owned(), field.to_owned()))
    };
    let fields: Option<Vec<(String, String)>> = name.split(" or ").map(field).collect();
    match fields {
        Some(fields) => Value { name: fields[0].1.clone(), fields, range, group },
        None => {
            let name = name.trim().trim_end_matches(" here").replace(|letter: char| !letter.is_ascii_alphanumeric(), "_").to_lowercase();
            Value { name: if name.len() < 2 { "value".to_owned() } else { name }, fields: Vec::new(), range, group }
        }
    }
}

/// A code such as `NOT_FOUND` or `UnmatchedEntry`: one word that no sentence has.
fn is_code(text: &str) -> bool {
    let inner_capital = || text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && (text.contains('_') || inner_capital())
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric()
}

/// Cuts a text into words, numbers and values.
fn tokens(text: &str, values: &mut Vec<Value>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let close = match first {
            '{' => rest.find('}'),
            '[' => rest.find(']'),
            _ => None,
        };
        if let Some(close) = close {
            let (inner, start) = (&rest[1..close], at + 1);
            let options: Vec<Vec<String>> =
                inner.split(['|', '/']).map(|option| option.split_whitespace().map(str::to_owned).collect()).collect();
            if options.len() > 1 {
                tokens.push(Token::Choice(options));
            } else {
                let place = values.len();
                values.push(value(inner, start..at + close, format!("v{place}")));
                tokens.push(Token::Value(place));
            }
            at += close + 1;
            continue;
        }
        if !is_letter(first) {
            at += first.len_utf8();
            continue;
        }
        // A number keeps its point, and nothing else its punctuation.
        let mut end = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        while rest[..end].bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && rest[end..].starts_with('.')
            && rest[end + 1..].starts_with(|letter: char| letter.is_ascii_digit())
        {
            end += 1 + rest[end + 1..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len() - end - 1);
        }
        let word = &rest[..end];
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let unknown =
            word.len() > 2 && word.bytes().all(|byte| byte == word.as_bytes()[0] && matches!(byte, b'X' | b'Y' | b'Z')) || word == "X";
        if digits > 0 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && word.len() < 8 {
            tokens.push(Token::Number);
        } else if unknown || (word.len() >= 8 && digits >= 3) {
            // `XXX`, or an id that somebody's log had.
            let place = values.len();
            values.push(value("value", at..at + end, format!("v{place}")));
            tokens.push(Token::Value(place));
        } else {
            tokens.push(Token::Word(word.to_owned()));
        }
        at += end;
    }
    tokens
}

/// How many tokens hold so many words.
fn after_words(tokens: &[Token], words: usize) -> usize {
    let places = tokens.iter().enumerate().filter(|(_, token)| matches!(token, Token::Word(_) | Token::Choice(..)));
    places.map(|(at, _)| at + 1).nth(words.saturating_sub(1)).unwrap_or(tokens.len())
}

fn choice(options: &[Vec<String>]) -> String {
    let option = |words: &Vec<String>| words.iter().map(|word| regex_syntax::escape(word)).collect::<Vec<_>>().join(GAP);
    let one = options.iter().map(option).collect::<Vec<_>>().join("|");
    // A text that was copied from the handbook has all of them.
    format!("(?:{one})(?:{GAP}(?:{one}))*")
}

/// The words and values one after the other. A value reaches to the next word; at an end it is one word. `open`: more comes after them.
fn pattern(tokens: &[Token], open: bool) -> String {
    let piece = |(at, token): (usize, &Token)| match token {
        Token::Word(word) => regex_syntax::escape(word),
        Token::Number => r"[0-9.,]+".to_owned(),
        Token::Choice(options) => format!("(?:{})", choice(options)),
        Token::Value(place) if at == 0 => format!(r#"(?P<v{place}>[^\s,;"]+?)"#),
        Token::Value(place) if at + 1 == tokens.len() && !open => format!(r#"(?P<v{place}>[^\s,;"]+)"#),
        Token::Value(place) => format!("(?P<v{place}>.+?)"),
    };
    let mut pattern = String::new();
    for (at, token) in tokens.iter().enumerate() {
        // Two values side by side are words of their own, and not halves of one.
        let apart = at > 0 && matches!((&tokens[at - 1], token), (Token::Value(_), Token::Value(_)));
        pattern.push_str(if at == 0 { "" } else { GAP });
        if apart {
            pattern.push_str(BETWEEN);
        }
        pattern.push_str(&piece((at, token)));
    }
    pattern
}

/// What may be left of the other half of a message that is cut off, within a word too.
fn rest(tokens: &[Token]) -> String {
    let Some((first, others)) = tokens.split_first() else { return String::new() };
    let after = rest(others);
    match first {
        Token::Word(word) => {
            let letters: Vec<String> = word.chars().map(|letter| regex_syntax::escape(&letter.to_string())).collect();
            let part = letters[..letters.len() - 1].iter().rev().fold(String::new(), |inner, letter| format!("(?:{letter}{inner})?"));
            format!("(?:{GAP}(?:{}{after}|{part}))?", regex_syntax::escape(word))
        }
        Token::Number => format!("(?:{GAP}[0-9.,]+{after})?"),
        Token::Choice(options) => format!("(?:{GAP}(?:{}){after})?", choice(options)),
        Token::Value(place) => format!(r"(?:{GAP}(?P<v{place}>\S+?(?:\s\S+?)?){after})?"),
    }
}

/// The words in a row with most letters: a look for them alone passes most lines over.
fn must(tokens: &[Token]) -> String {
    let runs = tokens.split(|token| !matches!(token, Token::Word(_)));
    let letters = |run: &[Token]| run.iter().map(|token| if let Token::Word(word) = token { word.len() } else { 0 }).sum::<usize>();
    let best = runs.max_by_key(|run| letters(run)).unwrap_or_default();
    format!("(?i-u){}", pattern(best, true))
}

/// All messages of a run, to be looked for at once.
pub struct Messages<'w> {
    /// Which messages can be in a line.
    set: RegexSet,
    ready: Vec<Ready<'w>>,
    /// Whether any wording has a password among its values.
    secret: bool,
}

struct Ready<'w> {
    wording: &'w Wording,
    whole: OnceLock<Option<Regex>>,
    cut: OnceLock<Option<Regex>>,
}

/// A message in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which wording, in the order in which they were given.
    pub wording: usize,
    /// Its values, in the order of [`Wording::values`]; what is cut off or empty is none.
    pub values: Vec<Option<String>>,
    /// Whether all of the message is there.
    pub whole: bool,
    /// The bytes of the line.
    pub range: Range<usize>,
    /// What the wording calls a password: where it stands in the line with plain quotes, and the value.
    secrets: Vec<(Range<usize>, String)>,
}

impl<'w> Messages<'w> {
    /// Makes ready what finds these wordings.
    ///
    /// # Errors
    /// In words, when all of them together are too large for the machine that looks for them.
    pub fn new(wordings: Vec<&'w Wording>) -> Result<Messages<'w>, String> {
        let set = RegexSetBuilder::new(wordings.iter().map(|wording| &wording.must)).size_limit(256 << 20).dfa_size_limit(64 << 20).build();
        let set = set.map_err(|error| format!("the patterns for logs are too large together: {error}"))?;
        let secret = wordings.iter().any(|wording| wording.values.iter().any(|value| is_secret(&value.name)));
        let ready = |wording| Ready { wording, whole: OnceLock::new(), cut: OnceLock::new() };
        Ok(Messages { set, ready: wordings.into_iter().map(ready).collect(), secret })
    }

    /// Whether a hit may hold a password.
    #[must_use]
    pub fn have_secrets(&self) -> bool {
        self.secret
    }

    /// The messages in a line. Where one is there as a whole, those that could only be the beginning of another are not told.
    #[must_use]
    pub fn look(&self, line: &[u8]) -> Vec<Hit> {
        let line = plain(line);
        if !self.set.is_match(&line) {
            return Vec::new();
        }
        let can_be: Vec<usize> = self.set.matches(&line).into_iter().collect();
        let mut hits: Vec<Hit> = can_be.iter().filter_map(|at| self.ready[*at].whole(*at, &line)).collect();
        if hits.is_empty() {
            hits = can_be.iter().filter_map(|at| self.ready[*at].cut(*at, &line)).collect();
        }
        hits
    }
}

impl Ready<'_> {
    fn whole(&self, at: usize, line: &[u8]) -> Option<Hit> {
        let regex = self.whole.get_or_init(|| build(&self.wording.whole)).as_ref()?;
        regex.captures(line).map(|found| self.hit(at, &found, line, true))
    }

    fn cut(&self, at: usize, line: &[u8]) -> Option<Hit> {
        let pattern = self.wording.cut.as_deref()?;
        let regex = self.cut.get_or_init(|| build(pattern)).as_ref()?;
        regex.captures(line).map(|found| self.hit(at, &found, line, false))
    }

    fn hit(&self, wording: usize, found: &Captures<'_>, line: &[u8], whole: bool) -> Hit {
        let range = found.get(0).map_or(0..0, |found| found.range());
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let text =
                text.trim().trim_end_matches(['.', ',', ';', ':', '"', '\'', ')', ']', '}']).trim_start_matches(['"', '\'', '(', '[', '{']);
            Some(text.chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty())
        };
        let mut secrets = Vec::new();
        let mut shown = |value: &Value| {
            let group = found.name(&value.group)?;
            let found = text(group.as_bytes())?;
            if !is_secret(&value.name) {
                return Some(found);
            }
            // Nothing says where a password ends, or begins, that no word stands after or before.
            let start = if wordless(&line[range.start..group.start()]) { 0 } else { group.start() };
            let end = if wordless(&line[group.end()..range.end]) { line.len() } else { group.end() };
            secrets.push((start..end, found));
            Some(MASK.to_owned())
        };
        let values = self.wording.values.iter().map(&mut shown).collect();
        Hit { wording, values, whole, range, secrets }
    }
}

fn wordless(text: &[u8]) -> bool {
    !text.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

fn build(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(64 << 20).build().ok()
}

impl Hit {
    /// The hit without what `shown`, its line with passwords masked, does not show.
    #[must_use]
    pub fn within(mut self, shown: &str) -> Hit {
        let shown = plain(shown.as_bytes());
        let shown = String::from_utf8_lossy(&shown);
        for value in self.values.iter_mut().flatten() {
            if !shown.contains(value.as_str()) {
                MASK.clone_into(value);
            }
        }
        self
    }

    /// Another text that belongs to the line, without the values that the wording calls passwords.
    #[must_use]
    pub fn mask(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, (_, secret)| text.replace(secret.as_str(), MASK))
    }
}

/// A line without what the messages that were found in it call passwords.
#[must_use]
pub fn without_secrets<'t>(line: &'t [u8], hits: &[Hit]) -> Cow<'t, str> {
    let mut secrets: Vec<&Range<usize>> = hits.iter().flat_map(|hit| &hit.secrets).map(|(range, _)| range).collect();
    if secrets.is_empty() {
        return String::from_utf8_lossy(line);
    }
    secrets.sort_by_key(|range| (range.start, range.end));
    let line = plain(line);
    let (mut shown, mut kept) = (Vec::new(), 0);
    for secret in secrets {
        let end = secret.end.min(line.len());
        if secret.start > kept || shown.is_empty() {
            shown.extend_from_slice(&line[kept..secret.start.clamp(kept, end.max(kept))]);
            shown.extend_from_slice(MASK.as_bytes());
        }
        kept = kept.max(end);
    }
    shown.extend_from_slice(&line[kept..]);
    Cow::Owned(String::from_utf8_lossy(&shown).into_owned())
}

/// The line with plain quotes, hyphens and blanks in place of those of typesetters, which are no part of any message.
fn plain(line: &[u8]) -> Cow<'_, [u8]> {
    if line.is_ascii() || !line.windows(2).any(|pair| matches!(pair, [0xe2, 0x80..=0x81] | [0xc2, 0xa0 | 0xab | 0xb4 | 0xbb])) {
        return Cow::Borrowed(line);
    }
    let text = String::from_utf8_lossy(line);
    let letter = |letter: char| match letter {
        '\u{2018}'..='\u{201b}' | '\u{b4}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{2026}'..='\u{202f}' => ' ',
        other => other,
    };
    Cow::Owned(text.chars().map(letter).collect::<String>().into_bytes())
}
