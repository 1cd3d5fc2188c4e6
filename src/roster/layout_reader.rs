//! Reads a layout from its TOML file.
use super::checks::CHECKS;
use super::inventory::Inventory;
use super::layout::{Each, FileMap, Filter, From, Layout, Lookup, Part, RecordMap, Sign, Source};
use super::schema;
use crate::document::{Entry, Keys, Node, Table, Value, parse};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::model::{FieldId, NOUNS, NounId, noun};
use crate::source::{Decoded, Sources, Span};
use std::sync::OnceLock;

/// Reads the layout; `None` when it is too broken to be used.
pub(super) fn read(sources: &mut Sources, name: &str, text: &str, mistakes: &mut Mistakes) -> Option<Layout> {
    let before = mistakes.len();
    let id = sources.add(name, text);
    let root = parse(sources, id, mistakes);
    let mut keys = Keys::new(&root, "a layout");
    let mut layout = head(&mut keys, mistakes);
    for table in keys.tables("file", mistakes) {
        let file = file(table, mistakes);
        if let Some(layout) = &mut layout {
            layout.files.push(file);
        }
    }
    keys.finish(mistakes);
    layout.filter(|_| mistakes.len() == before)
}

fn head(keys: &mut Keys<'_>, mistakes: &mut Mistakes) -> Option<Layout> {
    if !keys.has("layout") {
        let span = keys.span();
        mistakes.push(Mistake::error("missing-key", span, "a layout has no `[layout]` table", "it begins the file"));
    }
    let table = keys.table("layout", mistakes)?;
    let mut keys = Keys::new(table, "`[layout]`");
    let name = keys.required("name", mistakes).map(text);
    let title = keys.required("title", mistakes).map(text);
    let source = keys.text("source", mistakes).map(text);
    let strict_headers = keys.flag("strict-headers", mistakes).unwrap_or(false);
    let flat_archive = keys.flag("flat-archive", mistakes).unwrap_or(false);
    let mut signs = Vec::new();
    for table in keys.tables("sign", mistakes) {
        let mut keys = Keys::new(table, "`[[layout.sign]]`");
        if let (Some(file), Some(line)) = (keys.required("file", mistakes), keys.required("line", mistakes)) {
            signs.push(Sign { file: text(file), line: text(line) });
        }
        keys.finish(mistakes);
    }
    let severity = severities(&mut keys, mistakes);
    let messages = messages(&mut keys, mistakes);
    let mut inventory = None;
    if keys.has("inventory")
        && let Some(table) = keys.table("inventory", mistakes)
    {
        let mut keys = Keys::new(table, "`[layout.inventory]`");
        let (file, prefix) = (keys.required("file", mistakes), keys.required("prefix", mistakes));
        if let (Some(file), Some(prefix), Some(absent)) = (file, prefix, keys.required("absent", mistakes)) {
            let changes = keys.text("changes", mistakes).map(text);
            inventory = Some(Inventory { file: text(file), prefix: text(prefix), absent: text(absent), changes });
        }
        keys.finish(mistakes);
    }
    let deleted = match keys.table("deleted", mistakes) {
        Some(table) => filters("deleted", table, true, mistakes),
        None => Vec::new(),
    };
    keys.finish(mistakes);
    Some(Layout {
        name: name?,
        title: title?,
        source,
        strict_headers,
        flat_archive,
        signs,
        severity,
        messages,
        inventory,
        deleted,
        files: Vec::new(),
        known: OnceLock::new(),
    })
}

fn text(decoded: &Decoded) -> String {
    decoded.as_str().to_owned()
}

pub(super) fn texts(keys: &mut Keys<'_>, key: &'static str, mistakes: &mut Mistakes) -> Vec<String> {
    keys.texts(key, mistakes).into_iter().map(text).collect()
}

fn file(table: &Table, mistakes: &mut Mistakes) -> FileMap {
    let mut keys = Keys::new(table, "`[[file]]`");
    let mut file = FileMap { names: texts(&mut keys, "name", mistakes), ..FileMap::default() };
    if file.names.is_empty() {
        mistakes.push(Mistake::error("missing-key", table.span, "`[[file]]` has no `name`", "`name = 'students.csv'` belongs here"));
    }
    file.required = keys.flag("required", mistakes).unwrap_or(false);
    file.header = texts(&mut keys, "header", mistakes);
    file.headless = keys.flag("headless", mistakes).unwrap_or(false);
    file.columns = groups(&mut keys, mistakes);
    file.known = texts(&mut keys, "known", mistakes);
    file.refused = texts(&mut keys, "refused", mistakes);
    if let Some(lookups) = keys.table("lookup", mistakes) {
        for entry in &lookups.entries {
            if let Some(lookup) = lookup(&entry.key, &entry.node, mistakes) {
                file.lookups.push(lookup);
            }
        }
    }
    for table in keys.tables("record", mistakes) {
        if let Some(record) = record(table, &file, mistakes) {
            file.records.push(record);
        }
    }
    if file.headless && file.header.is_empty() {
        let message = "a file that is `headless` needs a `header`";
        mistakes.push(Mistake::error("missing-key", table.span, message, "`header = ['id', 'name']` belongs here, a name for each column"));
    }
    file.records.extend(schema::records(&mut keys, &file, mistakes));
    keys.finish(mistakes);
    file
}

/// Required columns: each a header, or a list of headers of which one must be there.
fn groups(keys: &mut Keys<'_>, mistakes: &mut Mistakes) -> Vec<Vec<String>> {
    let Some(node) = keys.node("columns") else { return Vec::new() };
    let Value::List(list) = &node.value else {
        wrong("columns", "a list of headers", node, mistakes);
        return Vec::new();
    };
    list.iter().map(|item| strings("columns", item, mistakes)).collect()
}

pub(super) fn strings(key: &str, node: &Node, mistakes: &mut Mistakes) -> Vec<String> {
    match &node.value {
        Value::Text(found) => vec![text(found)],
        Value::List(list) => list.iter().flat_map(|item| strings(key, item, mistakes)).collect(),
        _ => {
            wrong(key, "a string or a list of strings", node, mistakes);
            Vec::new()
        }
    }
}

pub(super) fn wrong(key: &str, wanted: &str, node: &Node, mistakes: &mut Mistakes) {
    let message = format!("`{key}` must be {wanted}, not {}", node.value.word());
    mistakes.push(Mistake::error("wrong-kind", node.span, message, format!("expected {wanted}")));
}

fn lookup(name: &str, node: &Node, mistakes: &mut Mistakes) -> Option<Lookup> {
    let Value::Table(table) = &node.value else {
        wrong(name, "a table", node, mistakes);
        return None;
    };
    let mut keys = Keys::new(table, "a lookup");
    let file = keys.required("file", mistakes).map(text);
    let key = keys.required("key", mistakes).map(text);
    let by = keys.required("by", mistakes).map(text);
    let prefer = keys.table("prefer", mistakes).map(|table| filters("prefer", table, false, mistakes)).unwrap_or_default();
    keys.finish(mistakes);
    Some(Lookup { name: name.to_owned(), file: file?, key: key?, by: by?, prefer })
}

fn filters(key: &'static str, table: &Table, negated: bool, mistakes: &mut Mistakes) -> Vec<Filter> {
    let filter = |entry: &crate::document::Entry| Filter {
        column: entry.key.clone(),
        values: strings(key, &entry.node, mistakes).iter().map(|value| value.trim().to_lowercase()).collect(),
        negated,
    };
    table.entries.iter().map(filter).collect()
}

fn record(table: &Table, file: &FileMap, mistakes: &mut Mistakes) -> Option<RecordMap> {
    let mut keys = Keys::new(table, "`[[file.record]]`");
    let noun = keys.required("noun", mistakes).and_then(|word| {
        let known = noun(word.as_str());
        if known.is_none() {
            let message = format!("unknown noun `{}`", word.as_str());
            let near = suggestion(word.as_str(), NOUNS.iter().map(|noun| noun.name));
            mistakes.push(Mistake::error("unknown-noun", word.span(), message, "not a noun").meant(near));
        }
        known
    });
    let distinct = keys.flag("distinct", mistakes).unwrap_or(false);
    let mut conditions = Vec::new();
    for (key, negated) in [("where", false), ("where-not", true)] {
        if let Some(asked) = keys.table(key, mistakes) {
            asked.entries.iter().for_each(|entry| looked_up(&entry.key, entry.key_span, file, mistakes));
            conditions.extend(filters(key, asked, negated, mistakes));
        }
    }
    let any_of = texts(&mut keys, "any-of", mistakes);
    let columns = texts(&mut keys, "each-column", mistakes);
    let items = keys.text("each-item", mistakes);
    let separator = keys.text("separator", mistakes).map_or_else(|| ",".to_owned(), text);
    if let (Some(items), false) = (items, columns.is_empty()) {
        let message = "a record is made for each column or for each item, not both";
        mistakes.push(Mistake::error("two-repeats", items.span(), message, "remove this or `each-column`"));
    }
    let each = match items {
        Some(column) => Each::Items { column: text(column), separator },
        None if columns.is_empty() => Each::Row,
        None => Each::Columns(columns),
    };
    let empty = keys.flag("empty", mistakes).unwrap_or(false);
    if empty && !matches!(each, Each::Columns(_)) {
        let message = "`empty` needs `each-column`";
        mistakes.push(Mistake::error("no-repeat", table.span, message, "no columns whose empty cells could make records"));
    }
    let by_name = keys.flag("fields-by-name", mistakes).unwrap_or(false);
    let named = keys.table("fields", mistakes);
    keys.finish(mistakes);
    let noun = noun?;
    let mut fields = Vec::new();
    for entry in named.map_or(&[][..], |table| &table.entries) {
        match noun.field(&entry.key) {
            Some(field) => fields.push((field, sources(&entry.node, &each, file, mistakes))),
            None => {
                let message = format!("`{}` has no field `{}`", noun.get().name, entry.key);
                let near = suggestion(&entry.key, noun.get().fields.iter().map(|field| field.name));
                mistakes.push(Mistake::error("unknown-field", entry.key_span, message, "not a field").meant(near));
            }
        }
    }
    if by_name {
        add_by_name(noun, &mut fields);
    }
    Some(RecordMap { noun, distinct, filters: conditions, any_of, each, empty, fields })
}

fn add_by_name(noun: NounId, fields: &mut Vec<(FieldId, Vec<Source>)>) {
    for (at, field) in noun.get().fields.iter().enumerate() {
        let id = FieldId(at as u8);
        if !fields.iter().any(|(known, _)| *known == id) {
            fields.push((id, vec![plain(field.name)]));
        }
    }
}

fn plain(header: &str) -> Source {
    Source {
        from: From::Column { header: header.to_owned(), first: None, part: None, map: Vec::new() },
        when_file: Vec::new(),
        when_columns: Vec::new(),
    }
}

fn sources(node: &Node, each: &Each, file: &FileMap, mistakes: &mut Mistakes) -> Vec<Source> {
    match &node.value {
        Value::Text(header) => {
            looked_up(header.as_str(), header.span(), file, mistakes);
            vec![plain(header.as_str())]
        }
        Value::List(list) => list.iter().flat_map(|item| sources(item, each, file, mistakes)).collect(),
        Value::Table(table) => source(table, each, file, mistakes),
        _ => {
            wrong("fields", "a header, a table, or a list of them", node, mistakes);
            Vec::new()
        }
    }
}

/// A header such as `demo.born` is that of another file, which a lookup must name, unless the file itself is said to have such a column.
fn looked_up(header: &str, span: Span, file: &FileMap, mistakes: &mut Mistakes) {
    let Some((lookup, column)) = header.split_once('.') else { return };
    let is_word = !lookup.is_empty() && lookup.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
    let is_own = |known: &String| match known.strip_suffix('*') {
        Some(start) => header.starts_with(start),
        None => known == header,
    };
    let own = file.header.iter().chain(file.columns.iter().flatten()).chain(&file.known);
    if !is_word || column.is_empty() || column.starts_with(' ') || file.lookups.iter().any(|known| known.name == lookup) {
        return;
    }
    if !own.into_iter().any(is_own) {
        let near = suggestion(lookup, file.lookups.iter().map(|known| known.name.as_str()));
        let mistake = Mistake::error("unknown-lookup", span, format!("this file has no lookup `{lookup}`"), "never filled");
        let help = format!("add `[file.lookup.{lookup}]`; if the file has a column of this name, put it into the file's `known`");
        mistakes.push(mistake.meant_or(near, &help));
    }
}

/// The part of a text that counts.
fn part(keys: &mut Keys<'_>, table: &Table, mistakes: &mut Mistakes) -> Option<Part> {
    let before = keys.text("before", mistakes).map(|mark| Part::Before(text(mark)));
    let after = keys.text("after", mistakes).map(|mark| Part::After(text(mark)));
    let word = keys.integer("word", mistakes).map(Part::Word);
    if word == Some(Part::Word(0)) {
        mistakes.push(Mistake::error("wrong-kind", table.span, "there is no word 0", "words count from 1, or from the end from -1"));
    }
    let mut parts: Vec<Part> = [before, after, word].into_iter().flatten().collect();
    if parts.len() > 1 {
        let message = "a source takes one of `before`, `after` and `word`";
        mistakes.push(Mistake::error("two-parts", table.span, message, "leave one"));
    }
    parts.pop()
}

/// `[layout.severity]`: how bad checks of the reader are for this format.
fn severities(keys: &mut Keys<'_>, mistakes: &mut Mistakes) -> Vec<(String, Severity)> {
    let mut found = Vec::new();
    let Some(table) = keys.table("severity", mistakes) else { return found };
    for entry in &table.entries {
        known_check(entry, "changes no check", mistakes);
        let severity = if let Value::Text(word) = &entry.node.value { Severity::parse(word.as_str()) } else { None };
        match severity {
            Some(severity) => found.push((entry.key.clone(), severity)),
            None => wrong("severity", "info, warning, error or blocker", &entry.node, mistakes),
        }
    }
    found
}

/// What receivers say, by check.
fn messages(keys: &mut Keys<'_>, mistakes: &mut Mistakes) -> Vec<(String, Vec<String>)> {
    let Some(table) = keys.table("messages", mistakes) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in &table.entries {
        known_check(entry, "stands under no check", mistakes);
        found.push((entry.key.clone(), strings("messages", &entry.node, mistakes)));
    }
    found
}

fn known_check(entry: &Entry, label: &str, mistakes: &mut Mistakes) {
    if !CHECKS.iter().any(|check| check.id == entry.key) {
        let near = suggestion(&entry.key, CHECKS.iter().map(|check| check.id));
        let message = format!("no check `{}`", entry.key);
        mistakes.push(Mistake::error("unknown-rule", entry.key_span, message, label).meant(near));
    }
}

/// What values stand for others: from each in lower case, to the other.
fn map(table: &Table, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    let mut map: Vec<(String, String)> = Vec::new();
    for (at, entry) in table.entries.iter().enumerate() {
        let from = entry.key.trim().to_lowercase();
        if let Some(other) = table.entries[..at].iter().find(|other| other.key.trim().to_lowercase() == from) {
            let message = format!("`{}` stands for two values: letter case is ignored here", entry.key);
            let mistake = Mistake::error("duplicate-key", entry.key_span, message, "named again").and(other.key_span, "named here first");
            mistakes.push(mistake.help("take one of them out"));
        }
        match &entry.node.value {
            Value::Text(to) => map.push((from, text(to))),
            _ => wrong("map", "a table of strings", &entry.node, mistakes),
        }
    }
    map
}

fn source(table: &Table, each: &Each, file: &FileMap, mistakes: &mut Mistakes) -> Vec<Source> {
    let mut keys = Keys::new(table, "the source of a field");
    let columns = keys.texts("column", mistakes);
    columns.iter().for_each(|header| looked_up(header.as_str(), header.span(), file, mistakes));
    let columns: Vec<String> = columns.into_iter().map(text).collect();
    let value = keys.text("value", mistakes).map(text);
    let repeated = keys.text("each", mistakes);
    let separator = keys.text("separator", mistakes).map_or_else(|| ",".to_owned(), text);
    let first = keys.flag("first", mistakes).unwrap_or(false).then_some(separator);
    let part = part(&mut keys, table, mistakes);
    let map = keys.table("map", mistakes).map(|table| map(table, mistakes)).unwrap_or_default();
    let when_file = texts(&mut keys, "when-file", mistakes);
    let when_columns = texts(&mut keys, "when-column", mistakes);
    keys.finish(mistakes);
    let mut found: Vec<From> =
        columns.into_iter().map(|header| From::Column { header, first: first.clone(), part: part.clone(), map: map.clone() }).collect();
    found.extend(value.map(From::Value));
    if let Some(word) = repeated {
        match word.as_str() {
            _ if *each == Each::Row => {
                let message = "`each` needs `each-column` or `each-item` in its record";
                mistakes.push(Mistake::error("no-repeat", word.span(), message, "nothing is repeated here"));
            }
            "value" => found.push(From::EachValue),
            "position" => found.push(From::EachPosition),
            "header" => found.push(From::EachHeader),
            other => {
                let message = format!("`each` must be `value`, `position` or `header`, not `{other}`");
                mistakes.push(Mistake::error("unknown-word", word.span(), message, "not known here"));
            }
        }
    }
    if found.is_empty() && !mistakes.any_error() {
        mistakes.push(Mistake::error(
            "missing-key",
            table.span,
            "the source of a field has no `column`, `value` or `each`",
            "one of them belongs here",
        ));
    }
    found.into_iter().map(|from| Source { from, when_file: when_file.clone(), when_columns: when_columns.clone() }).collect()
}
