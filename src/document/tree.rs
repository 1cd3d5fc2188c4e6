//! A TOML document as a tree in which every key and value knows its place.
use crate::finding::{Mistake, Mistakes};
use crate::source::{Decoded, Sources, Span, TextId};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it says.
    pub value: Value,
    /// Its characters; of a `[table]` only the header.
    pub span: Span,
}

/// What a TOML value says.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string, which knows where each of its characters was written.
    Text(Decoded),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Flag(bool),
    /// A date or a time, as written.
    Date(String),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Value {
    /// The word for messages.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Flag(_) => "true or false",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// A table, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The header, or the braces of an inline table.
    pub span: Span,
    /// Its keys and values.
    pub entries: Vec<Entry>,
}

/// One key of a table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its characters.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Table {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }
}

/// Parses a document; its syntax errors go to `mistakes`, and what could be read is returned all the same.
pub fn parse(sources: &Sources, text: TextId, mistakes: &mut Mistakes) -> Table {
    let input = sources.text(text);
    let (root, errors) = DeTable::parse_recoverable(input);
    let mut told_line = None;
    let mut errors = errors;
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let end = input.len();
        let range = span.start.min(end)..span.end.min(end);
        let line = input[..range.start].matches('\n').count();
        // What follows on the same line is a consequence.
        if told_line.replace(line) == Some(line) {
            continue;
        }
        let (message, help) = plain(error.message(), range.is_empty());
        mistakes.push(Mistake::error(SYNTAX, Span::new(text, range), message, "here").help(help));
    }
    let converter = Converter { input, text };
    converter.table(root.get_ref(), Span::new(text, 0..0))
}

const SYNTAX: &str = "toml-syntax";

/// The places that mistakes in the TOML itself spoil: from each to the next header. What is missing or unknown there may only be so for their sake.
#[must_use]
pub fn damage(sources: &Sources, text: TextId, mistakes: &Mistakes) -> Vec<Range<usize>> {
    let input = sources.text(text);
    let spoilt = |start: usize| {
        let line = input[..start].rfind('\n').map_or(0, |at| at + 1);
        let header = input[line..].match_indices('\n').map(|(at, _)| line + at + 1).find(|at| input[*at..].starts_with('['));
        line..header.unwrap_or(input.len())
    };
    let own = mistakes.iter().filter(|mistake| mistake.code == SYNTAX);
    own.filter_map(|mistake| mistake.labels.first())
        .filter(|label| label.span.text == text)
        .map(|label| spoilt(label.span.range().start))
        .collect()
}

/// What TOML's parser says, in the words of someone who writes a pack; and what to do.
fn plain(message: &str, nothing: bool) -> (String, &'static str) {
    let said = |starts: &str| message.starts_with(starts);
    let (message, help) = if said("missing escaped value") {
        ("a backslash that begins no escape", "write the string in single quotes, where a backslash is a backslash: '...'; or double it")
    } else if said("string values must be quoted") && nothing {
        ("a value is missing", "write a string in quotes after the `=`")
    } else if said("string values must be quoted") {
        ("a string needs quotes", "write it in single quotes: 'student s'")
    } else if said("invalid basic string") || said("invalid literal string") {
        (
            "a string that is not closed on its line",
            "end it with the quote that it began with; a string of several lines stands between three quotes",
        )
    } else if said("invalid multi-line") {
        ("a string that is not closed", "end it with the three quotes that it began with")
    } else if said("duplicate key") {
        ("this key is here twice", "take one of them out")
    } else if said("unclosed array table") || said("unclosed table") {
        ("the brackets are not closed", "write `[[rule]]` for a rule, and `[settings]` for a table that is there once")
    } else if said("invalid unquoted key") {
        (
            "a key is letters, digits, `-` and `_`",
            "write `key = 'value'`, with `=` and not `:`; a key with other characters stands in quotes",
        )
    } else if said("key with no value") {
        ("a key without a value", "write `key = 'value'`")
    } else if said("unclosed array") {
        ("a list that is not closed", "end it with `]`")
    } else if said("unclosed inline table") {
        ("braces that are not closed", "end them with `}`")
    } else if said("unexpected key or value") {
        ("more than one value on a line", "write each key on a line of its own, and strings in quotes")
    } else {
        let message = message.lines().next().unwrap_or("not TOML").trim_end_matches('.');
        let mut letters = message.chars();
        let lower = letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
        return (lower, "the rules of TOML are at toml.io; strings that hold the language are easiest in single quotes: 'student s'");
    };
    (message.to_owned(), help)
}

struct Converter<'i> {
    input: &'i str,
    text: TextId,
}

impl Converter<'_> {
    fn table(&self, table: &DeTable<'_>, span: Span) -> Table {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                key_span: Span::new(self.text, key.span()),
                node: self.node(value.get_ref(), Span::new(self.text, value.span())),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span);
        Table { span, entries }
    }

    fn node(&self, value: &DeValue<'_>, span: Span) -> Node {
        let value = match value {
            DeValue::String(_) => Value::Text(Decoded::new(self.text, self.input, span.range())),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Float(number.as_str().parse().unwrap_or(f64::MAX)), Value::Integer),
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(list) => {
                Value::List(list.iter().map(|item| self.node(item.get_ref(), Span::new(self.text, item.span()))).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table, span)),
        };
        Node { value, span }
    }
}
