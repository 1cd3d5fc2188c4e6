//! A pack's `[[fix]]` tables, and the tests of fixes.
use super::fix::{ExpectedRow, FixFile, INDEX};
use super::read::{Reader, spanned, text_of};
use crate::document::{Keys, Node, Table, Value};
use crate::finding::Mistake;
use crate::language::{parse, syntax};
use crate::source::{Decoded, Span, Spanned};

/// How `columns` is written.
const COLUMNS: &str = "write `columns = { StudentID = '{s.id}', Username = '{a.username}' }`, the headers as the tool wants them";
/// How `when` is written.
const WHEN: &str =
    "write `when = [{ holds = 'count of (account b where b.ref_id = s.id) = 0', otherwise = 'an account has RefID {s.id} already' }]`";

impl Reader<'_> {
    pub(super) fn fix(&mut self, table: &Table) -> Option<FixFile> {
        let mut keys = Keys::new(table, "[[fix]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a fix");
        }
        let title = self.string(&mut keys, "title");
        let has_rules = keys.has("rules");
        let rules: Vec<Spanned<String>> = keys.texts("rules", self.mistakes).into_iter().map(spanned).collect();
        if rules.is_empty() && (!has_rules || matches!(table.get("rules").map(|node| &node.value), Some(Value::List(_)))) {
            let span = keys.key_span("rules");
            let mistake = Mistake::error("missing-key", span, "[[fix]] has no `rules`", "`rules = [...]` belongs here");
            self.mistakes.push(mistake.help("name the rules whose findings become rows: `rules = [\"wrong-ref-id\"]`"));
        }
        let file = keys.required("file", self.mistakes);
        if let Some(file) = file {
            self.file_name(file);
        }
        let columns = self.columns(&mut keys);
        let has_key = keys.has("key");
        let key = keys.texts("key", self.mistakes).into_iter().map(spanned).collect();
        let key = has_key.then_some(key);
        let with = self.clause(&mut keys, "with");
        let when = self.when(&mut keys);
        let span = keys.key_span("proof");
        let proof = keys.flag("proof", self.mistakes).map(|proof| Spanned::new(proof, span));
        let help = self.string(&mut keys, "help");
        let sources = self.sources(&mut keys);
        let span = keys.span();
        keys.finish(self.mistakes);
        let text = told(table);
        Some(FixFile {
            name: spanned(name?),
            title,
            rules,
            with,
            file: spanned(file?),
            columns,
            key,
            when,
            proof,
            help,
            sources,
            text,
            span,
        })
    }

    /// A fix file lies in the folder that the person names, and nowhere else.
    fn file_name(&mut self, file: &Decoded) {
        let name = file.as_str();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let fault = if name.eq_ignore_ascii_case(INDEX) {
            "this is the list of what was written"
        } else if !name.ends_with(".csv") || name.len() == ".csv".len() {
            "a fix file is a .csv file"
        } else if !name.chars().all(plain) || name.starts_with(['.', '-']) {
            "a file's name is made of letters, digits, hyphens and points, without a folder"
        } else {
            return;
        };
        let mistake =
            Mistake::error("bad-name", file.span(), format!("`{name}` can't be the name of a fix file: {fault}"), "not such a name");
        self.mistakes.push(mistake.help("write a name such as `set-unique-ids.csv`"));
    }

    fn columns(&mut self, keys: &mut Keys<'_>) -> Vec<(Spanned<String>, syntax::Template)> {
        let (has, span) = (keys.has("columns"), keys.key_span("columns"));
        let Some(table) = keys.table("columns", self.mistakes) else {
            if !has {
                let mistake = Mistake::error("missing-key", span, "[[fix]] has no `columns`", "`columns = {...}` belongs here");
                self.mistakes.push(mistake.help(COLUMNS));
            }
            return Vec::new();
        };
        if table.entries.is_empty() {
            self.mistakes.push(Mistake::error("missing-key", span, "a file without columns holds nothing", "empty").help(COLUMNS));
        }
        let mut columns = Vec::new();
        for entry in &table.entries {
            match &entry.node.value {
                Value::Text(text) => {
                    // The column is there, whatever is wrong with its cells.
                    let cell = parse::template(text, self.mistakes);
                    columns.push((Spanned::new(entry.key.clone(), entry.key_span), cell.unwrap_or_else(|| empty(entry.node.span))));
                }
                other => {
                    columns.push((Spanned::new(entry.key.clone(), entry.key_span), empty(entry.node.span)));
                    let message = format!("the column `{}` must be a string, not {}", entry.key, other.word());
                    let help = format!("write `{} = '{{s.id}}'`; a text that is always the same is written as it is", entry.key);
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                }
            }
        }
        columns
    }

    fn when(&mut self, keys: &mut Keys<'_>) -> Vec<(syntax::Condition, Option<syntax::Template>)> {
        let Some(node) = keys.node("when") else { return Vec::new() };
        let items: Vec<&Node> = match &node.value {
            Value::List(list) => list.iter().collect(),
            _ => vec![node],
        };
        let mut when = Vec::new();
        for item in items {
            let Value::Table(table) = &item.value else {
                let message = format!("`when` holds tables, not {}", item.value.word());
                self.mistakes.push(Mistake::error("wrong-kind", item.span, message, "expected a table").help(WHEN));
                continue;
            };
            let mut keys = Keys::new(table, "`when`");
            let holds = keys.required("holds", self.mistakes).and_then(|text| parse::condition(text, self.mistakes));
            let otherwise = keys.required("otherwise", self.mistakes).and_then(|text| parse::template(text, self.mistakes));
            keys.finish(self.mistakes);
            when.extend(holds.map(|holds| (holds, otherwise)));
        }
        when
    }

    /// `expect` of a test of a fix.
    pub(super) fn expect_rows(&mut self, keys: &mut Keys<'_>) -> Option<Vec<ExpectedRow>> {
        let form = "{ StudentID = \"5n3f\", Username = \"jsmith07\" }";
        let absent = format!("write the rows of the file, `expect = [{form}]`, or none: `expect = []`");
        let mut rows = Vec::new();
        for table in self.expected(keys, "a row", &absent, form)? {
            let mut row = ExpectedRow { cells: Vec::new(), left_out: None };
            for entry in &table.entries {
                match text_of(&entry.node) {
                    Some(text) if entry.key == "left_out" => row.left_out = Some(text),
                    Some(text) => row.cells.push((Spanned::new(entry.key.clone(), entry.key_span), text)),
                    None => {
                        let message = format!("`{}` must be a string, not {}", entry.key, entry.node.value.word());
                        let mistake = Mistake::error("wrong-kind", entry.node.span, message, "expected a string");
                        self.mistakes.push(mistake.help(format!("write `{form}`, or `left_out = \"...\"` with a part of the reason")));
                    }
                }
            }
            rows.push(row);
        }
        Some(rows)
    }
}

/// What stands for a cell with mistakes.
fn empty(span: Span) -> syntax::Template {
    syntax::Template { pieces: Vec::new(), text: String::new(), span }
}

/// What a table says in the language, as written.
fn told(table: &Table) -> Vec<(&'static str, String)> {
    let mut text = Vec::new();
    let list = |key: &str| -> Vec<String> {
        match table.get(key) {
            Some(Node { value: Value::List(list), .. }) => list.iter().filter_map(text_of).collect(),
            Some(node) => text_of(node).into_iter().collect(),
            None => Vec::new(),
        }
    };
    text.extend(list("rules").into_iter().map(|rule| ("rules", rule)));
    text.extend(list("with").into_iter().map(|with| ("with", with)));
    text.extend(list("file").into_iter().map(|file| ("file", file)));
    if let Some(Node { value: Value::Table(columns), .. }) = table.get("columns") {
        text.extend(columns.entries.iter().filter_map(|entry| Some(("column", format!("{} = {}", entry.key, text_of(&entry.node)?)))));
    }
    text.extend(list("key").into_iter().map(|key| ("key", key)));
    let whens: &[Node] = match table.get("when") {
        Some(Node { value: Value::List(list), .. }) => list,
        Some(node) => std::slice::from_ref(node),
        None => &[],
    };
    for when in whens {
        if let Value::Table(when) = &when.value {
            text.extend(when.get("holds").and_then(text_of).map(|holds| ("when", holds)));
        }
    }
    text
}
