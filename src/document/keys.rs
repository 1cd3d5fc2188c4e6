//! A table read by the keys that its reader knows.
use super::{Entry, Node, Table, Value};
use crate::finding::{List, Mistake, Mistakes, suggestion};
use crate::source::{Decoded, Span};

/// Hands out the values of a table by key, and remembers what was asked for.
///
/// The verbs: `text`, `texts`, `flag` ... give `None` when the key is not there; a value of the wrong kind is reported and given as `None`.
/// [`Keys::finish`] reports the keys that nobody asked for.
pub struct Keys<'t> {
    table: &'t Table,
    what: &'t str,
    asked: Vec<&'static str>,
}

impl<'t> Keys<'t> {
    /// Reads `table`, which messages call `what`: `[[rule]]`.
    #[must_use]
    pub fn new(table: &'t Table, what: &'t str) -> Self {
        Keys { table, what, asked: Vec::new() }
    }

    /// Where the table stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.table.span
    }

    /// Whether a key is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The characters of a key, or of the table when it is not there.
    #[must_use]
    pub fn key_span(&self, key: &str) -> Span {
        self.table.entries.iter().find(|entry| entry.key == key).map_or(self.table.span, |entry| entry.key_span)
    }

    /// A value of any kind.
    pub fn node(&mut self, key: &'static str) -> Option<&'t Node> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// A string.
    pub fn text(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<&'t Decoded> {
        let node = self.node(key)?;
        match &node.value {
            Value::Text(text) => Some(text),
            other => wrong(key, "a string", node, other, mistakes),
        }
    }

    /// A string that must be there.
    pub fn required(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<&'t Decoded> {
        if !self.has(key) {
            self.asked.push(key);
            let message = format!("{} has no `{key}`", self.what);
            let mistake = Mistake::error("missing-key", self.table.span, message, format!("`{key}` belongs here"));
            mistakes.push(mistake.help(format!("add `{key} = '...'`")));
            return None;
        }
        self.text(key, mistakes)
    }

    /// A string, or a list of strings.
    pub fn texts(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<&'t Decoded> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.value {
            Value::Text(text) => vec![text],
            Value::List(list) => list
                .iter()
                .filter_map(|item| match &item.value {
                    Value::Text(text) => Some(text),
                    other => wrong(key, "a list of strings", item, other, mistakes),
                })
                .collect(),
            other => wrong(key, "a string or a list of strings", node, other, mistakes).unwrap_or_default(),
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<bool> {
        let node = self.node(key)?;
        match &node.value {
            Value::Flag(flag) => Some(*flag),
            other => wrong(key, "true or false", node, other, mistakes),
        }
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<i64> {
        let node = self.node(key)?;
        match &node.value {
            Value::Integer(number) => Some(*number),
            other => wrong(key, "a whole number", node, other, mistakes),
        }
    }

    /// A table.
    pub fn table(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<&'t Table> {
        let node = self.node(key)?;
        match &node.value {
            Value::Table(table) => Some(table),
            other => wrong(key, "a table", node, other, mistakes),
        }
    }

    /// An array of tables.
    pub fn tables(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<&'t Table> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.value {
            Value::List(list) => list
                .iter()
                .filter_map(|item| match &item.value {
                    Value::Table(table) => Some(table),
                    other => wrong(key, "a list of tables", item, other, mistakes),
                })
                .collect(),
            other => {
                let message = format!("`{key}` must be a list of tables, not {}", other.word());
                let mistake = Mistake::error("wrong-kind", self.key_span(key), message, "one pair of brackets");
                mistakes.push(mistake.help(format!("write `[[{key}]]`, with two pairs of brackets")));
                Vec::new()
            }
        }
    }

    /// Reports the keys that were not asked for.
    pub fn finish(self, mistakes: &mut Mistakes) {
        let unknown = |entry: &&Entry| !self.asked.contains(&entry.key.as_str());
        for entry in self.table.entries.iter().filter(unknown) {
            let mistake =
                Mistake::error("unknown-key", entry.key_span, format!("{} has no key `{}`", self.what, entry.key), "not known here");
            let near = suggestion(&entry.key, self.asked.iter().copied());
            mistakes.push(if near.is_some() {
                mistake.meant(near)
            } else {
                let mut known = self.asked.clone();
                known.sort_unstable();
                known.dedup();
                let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
                mistake.help(format!("the keys here are {}", List(&known, "and")))
            });
        }
    }
}

fn wrong<T>(key: &str, wanted: &str, node: &Node, found: &Value, mistakes: &mut Mistakes) -> Option<T> {
    let message = format!("`{key}` must be {wanted}, not {}", found.word());
    let help = match wanted {
        "a string" => format!("write `{key} = '...'`"),
        "a string or a list of strings" => format!("write `{key} = '...'` or `{key} = ['...', '...']`"),
        "a list of strings" => format!("write `{key} = ['...', '...']`, each in quotes"),
        "true or false" => format!("write `{key} = true` or `{key} = false`, without quotes"),
        "a whole number" => format!("write `{key} = 1`, without quotes"),
        "a table" => format!("write keys under it: `{key}.name = ...`"),
        _ => format!("write `[[{key}]]`"),
    };
    mistakes.push(Mistake::error("wrong-kind", node.span, message, format!("expected {wanted}")).help(help));
    None
}
