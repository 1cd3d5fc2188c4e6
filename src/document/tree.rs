//! A TOML document as a tree in which every key and value knows its place.
use crate::finding::{Mistake, Mistakes};
use crate::source::{Decoded, Sources, Span, TextId};
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
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let end = input.len();
        let range = span.start.min(end)..span.end.min(end);
        mistakes.push(
            Mistake::error("toml-syntax", Span::new(text, range), lower_first(error.message()), "here")
                .help("the rules of TOML are at toml.io; strings that hold the language are easiest in single quotes: 'student s'"),
        );
    }
    let converter = Converter { input, text };
    converter.table(root.get_ref(), Span::new(text, 0..0))
}

fn lower_first(message: &str) -> String {
    let message = message.lines().next().unwrap_or("not TOML").trim_end_matches('.');
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
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
