//! A pack's `[platform]` and `[[sync]]` tables, and the tests of syncs.
use super::file_sync::{CreateFile, ExpectedOutcome, HoldFile, NeedFile, PlatformFile, SyncFile};
use super::read::{Reader, spanned, text_of};
use super::sync::{Counted, Gone, Hold};
use crate::document::{Keys, Node, Table, Value};
use crate::finding::{Mistake, suggestion};
use crate::language::parse;
use crate::language::syntax::Condition;
use crate::source::{Decoded, Spanned};

/// Keys whose strings hold the language, for `explain`, in the order in which they are told.
const TOLD: [&str; 10] = ["when", "known", "of", "account", "attach", "keeps", "leaves", "inactive", "create", "suspend"];

/// Fields that a sync may keep equal: each is a bit of what is remembered of a record.
const MOST_FIELDS: usize = 32;

impl Reader<'_> {
    pub(super) fn platform(&mut self, table: &Table) -> PlatformFile {
        let mut keys = Keys::new(table, "[platform]");
        let (title, runs) = (self.string(&mut keys, "title"), self.string(&mut keys, "runs"));
        let carriers = keys.texts("carriers", self.mistakes).into_iter().map(spanned).collect();
        let span = keys.span();
        keys.finish(self.mistakes);
        PlatformFile { title, runs, carriers, span }
    }

    pub(super) fn sync(&mut self, table: &Table) -> Option<SyncFile> {
        let mut keys = Keys::new(table, "[[sync]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a sync");
        }
        let text = told(table);
        let (title, help, why) = (self.string(&mut keys, "title"), self.string(&mut keys, "help"), self.string(&mut keys, "why"));
        let covers = self.strings(&mut keys, "covers");
        let sources = self.sources(&mut keys);
        let when = self.condition(&mut keys, "when");
        let otherwise = keys.text("otherwise", self.mistakes);
        if let (None, Some(text)) = (&when, otherwise) {
            let message = "`otherwise` says why a sync does not run, and this one always does";
            let mistake = Mistake::error("missing-key", text.span(), message, "no `when`");
            self.mistakes.push(mistake.help("write `when = 'setting staff-sync = true'` with it, or take it out"));
        }
        let otherwise = otherwise.map(|text| text.as_str().to_owned());
        let known = self.condition(&mut keys, "known");
        let unknown = keys.text("unknown", self.mistakes);
        if let (None, Some(text)) = (&known, unknown) {
            let message = "`unknown` says why a sync can't be forecast, and this one always can";
            let mistake = Mistake::error("missing-key", text.span(), message, "no `known`");
            self.mistakes.push(mistake.help("write `known = 'count of (account a) > 0'` with it, or take it out"));
        }
        let unknown = unknown.map(|text| text.as_str().to_owned());
        let of = keys.required("of", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let account = keys.required("account", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let attach = self.clause(&mut keys, "attach");
        let keeps = keys.text("keeps", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
        let (leaves, inactive) = (self.condition(&mut keys, "leaves"), self.condition(&mut keys, "inactive"));
        let create = self.create(&mut keys);
        let update = keys.table("update", self.mistakes).map(|table| self.updated(table)).unwrap_or_default();
        let clears = keys.flag("clears", self.mistakes).unwrap_or(false);
        let suspend = self.condition(&mut keys, "suspend");
        let gone = keys.text("gone", self.mistakes).and_then(|text| {
            let found = Gone::ALL.iter().find(|(_, word)| *word == text.as_str()).map(|(gone, _)| *gone);
            if found.is_none() {
                let words = Gone::ALL.map(|(_, word)| word);
                let message = format!("an account whose record is gone is not `{}`", text.as_str());
                let mistake = Mistake::error("wrong-kind", text.span(), message, "not such a word");
                let near = match text.as_str() {
                    "archived" => Some("archive"),
                    "suspended" | "disable" | "disabled" => Some("suspend"),
                    "deleted" | "remove" | "removed" => Some("delete"),
                    other => suggestion(other, words),
                };
                self.mistakes.push(mistake.meant_or(near, "write \"archive\", \"suspend\", \"delete\" or \"keep\""));
            }
            found
        });
        let restore = keys.flag("restore", self.mistakes).unwrap_or(true);
        let blocked = keys.texts("blocked", self.mistakes).into_iter().map(spanned).collect();
        let needs = self.needs(&mut keys);
        let limited = keys.node("hold").is_some_and(|node| !matches!(&node.value, Value::Table(limits) if limits.entries.is_empty()));
        let hold = keys.table("hold", self.mistakes).map(|table| self.hold(table)).unwrap_or_default();
        let span = keys.span();
        keys.finish(self.mistakes);
        Some(SyncFile {
            name: spanned(name?),
            title,
            help,
            why,
            covers,
            sources,
            when,
            otherwise,
            known,
            unknown,
            of,
            account,
            attach,
            keeps,
            leaves,
            inactive,
            create,
            update,
            clears,
            suspend,
            gone: gone.unwrap_or_default(),
            restore,
            blocked,
            needs,
            hold,
            limited,
            text,
            span,
        })
    }

    fn condition(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Option<Condition> {
        keys.text(key, self.mistakes).and_then(|text| parse::condition(text, self.mistakes))
    }

    fn create(&mut self, keys: &mut Keys<'_>) -> CreateFile {
        let Some(node) = keys.node("create") else { return CreateFile::Always };
        match &node.value {
            Value::Flag(true) => CreateFile::Always,
            Value::Flag(false) => CreateFile::Never,
            Value::Text(text) => {
                parse::condition(text, self.mistakes).map_or(CreateFile::Always, |condition| CreateFile::When(Box::new(condition)))
            }
            other => {
                let message = format!("`create` must be a condition, true or false, not {}", other.word());
                let mistake = Mistake::error("wrong-kind", node.span, message, "expected a condition");
                self.mistakes.push(mistake.help("write `create = 't.email is present'`, or `create = false` when the platform makes none"));
                CreateFile::Always
            }
        }
    }

    fn updated(&mut self, table: &Table) -> Vec<(Spanned<String>, crate::language::syntax::Value)> {
        let mut fields = Vec::new();
        for entry in &table.entries {
            let key = Spanned::new(entry.key.clone(), entry.key_span);
            let Value::Text(text) = &entry.node.value else {
                let message = format!("`{}` must be a value of the record, not {}", entry.key, entry.node.value.word());
                let help = format!("write `{} = 't.{}'`, with the record's own variable", entry.key, entry.key);
                self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a string").help(help));
                continue;
            };
            let Some(values) = parse::values(text, self.mistakes) else { continue };
            match values.as_slice() {
                [value] => fields.push((key, value.clone())),
                _ => {
                    let message = format!("`{}` is kept equal to one value, and these are {}", entry.key, values.len());
                    let mistake = Mistake::error("wrong-kind", text.span(), message, "more than one value");
                    self.mistakes.push(mistake.help("write one value; put several together in a field under [derive]"));
                }
            }
        }
        if let Some((beyond, _)) = fields.get(MOST_FIELDS) {
            let message = format!("more than {MOST_FIELDS} fields under `update`");
            self.mistakes.push(Mistake::error("wrong-kind", beyond.span, message, "one too many").help("take the least of them out"));
            fields.truncate(MOST_FIELDS);
        }
        fields
    }

    fn needs(&mut self, keys: &mut Keys<'_>) -> Vec<NeedFile> {
        const FORM: &str = "{ sync = \"sections\", through = 'section c where c.id = e.section_id', why = \"its class is not there\" }";
        let Some(node) = keys.node("needs") else { return Vec::new() };
        let tables: Vec<&Node> = match &node.value {
            Value::List(list) => list.iter().collect(),
            _ => vec![node],
        };
        let mut needs = Vec::new();
        for node in tables {
            let Value::Table(table) = &node.value else {
                let message = format!("an entry of `needs` is a table, not {}", node.value.word());
                self.mistakes
                    .push(Mistake::error("wrong-kind", node.span, message, "expected a table").help(format!("write `needs = [{FORM}]`")));
                continue;
            };
            let mut keys = Keys::new(table, "an entry of `needs`");
            let sync = keys.required("sync", self.mistakes).map(spanned);
            let through = keys.required("through", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
            let why = self.string(&mut keys, "why");
            keys.finish(self.mistakes);
            needs.extend(sync.zip(through).map(|(sync, through)| NeedFile { sync, through, why }));
        }
        needs
    }

    fn hold(&mut self, table: &Table) -> Vec<HoldFile> {
        const FORM: &str = "write a share, \"10%\", a number, 50, a setting, \"setting most-gone\", or `{ share = \"10%\", least = 20 }`";
        let mut holds = Vec::new();
        for entry in &table.entries {
            let Some((of, _)) = Counted::ALL.iter().find(|(_, word)| *word == entry.key) else {
                let message = format!("nothing is held for what is `{}`", entry.key);
                let mistake = Mistake::error("unknown-key", entry.key_span, message, "not known here");
                let near = match entry.key.as_str() {
                    "updated" | "update" => Some("changed"),
                    "deleted" | "archived" | "removed" | "suspended" => Some("gone"),
                    "new" | "added" => Some("created"),
                    other => suggestion(other, Counted::ALL.map(|(_, word)| word)),
                };
                self.mistakes.push(mistake.meant_or(near, "limits are for what is `gone`, `changed` or `created`"));
                continue;
            };
            let mut setting = None;
            let mut asked = |text: &Decoded| match text.as_str().strip_prefix("setting ").filter(|name| !name.trim().is_empty()) {
                // The setting has the share.
                Some(name) => {
                    setting = Some(Spanned::new(name.trim().to_owned(), text.span()));
                    Some(1.0)
                }
                None => share(text.as_str()),
            };
            let hold = match &entry.node.value {
                Value::Integer(most) if *most >= 0 => Some(Hold { of: *of, share: None, least: *most as u64 + 1 }),
                Value::Text(text) => asked(text).map(|share| Hold { of: *of, share: Some(share), least: 1 }),
                Value::Table(inner) => {
                    let mut keys = Keys::new(inner, "a limit");
                    let told = self.mistakes.len();
                    let text = keys.required("share", self.mistakes);
                    let span = text.map(|text| text.span());
                    let share = text.and_then(&mut asked);
                    let least = self.number(&mut keys, "least", 1, 1_000_000_000).unwrap_or(1);
                    keys.finish(self.mistakes);
                    if self.mistakes.len() > told {
                        continue;
                    }
                    if let (None, Some(span)) = (share, span) {
                        let mistake = Mistake::error("wrong-kind", span, "a share is written \"10%\"", "not a share");
                        self.mistakes.push(mistake.help(FORM));
                        continue;
                    }
                    share.map(|share| Hold { of: *of, share: Some(share), least: least as u64 })
                }
                _ => None,
            };
            match hold {
                Some(hold) => holds.push(HoldFile { hold, setting }),
                None => {
                    let message = format!("the limit of what is {} is a share or a number", entry.key);
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "not a limit").help(FORM));
                }
            }
        }
        holds
    }

    /// `hold` of a test.
    pub(super) fn test_hold(&mut self, keys: &mut Keys<'_>) -> Option<Spanned<bool>> {
        let span = keys.key_span("hold");
        keys.flag("hold", self.mistakes).map(|hold| Spanned::new(hold, span))
    }

    /// `expect` of a test of a sync.
    pub(super) fn expect_outcomes(&mut self, keys: &mut Keys<'_>) -> Option<Vec<ExpectedOutcome>> {
        const FORM: &str = "{ t = \"7\", outcome = \"create\" }";
        let absent = format!("say what becomes of each record and account, `expect = [{FORM}]`, or nothing: `expect = []`");
        let mut all = Vec::new();
        for table in self.expected(keys, "an outcome", &absent, FORM)? {
            all.extend(self.expected_outcome(table, FORM));
        }
        Some(all)
    }

    fn expected_outcome(&mut self, table: &Table, form: &str) -> Option<ExpectedOutcome> {
        let (mut record, mut outcome, mut by, mut fields) = (None, None, None, None);
        let told = self.mistakes.len();
        for entry in &table.entries {
            let key = Spanned::new(entry.key.clone(), entry.key_span);
            let wanted = match (entry.key.as_str(), &entry.node.value) {
                ("outcome", Value::Text(text)) => {
                    outcome = Some(spanned(text));
                    continue;
                }
                ("by", Value::Text(text)) => {
                    by = Some(text.as_str().to_owned());
                    continue;
                }
                ("fields", Value::List(list)) => {
                    let names = list.iter().filter_map(|node| Some(Spanned::new(text_of(node)?, node.span)));
                    fields = Some(names.collect());
                    continue;
                }
                ("fields", _) => "a list of strings",
                (_, Value::Text(text)) if record.is_none() => {
                    record = Some((key, text.as_str().to_owned()));
                    continue;
                }
                (other, Value::Text(_)) => {
                    let message = format!("an outcome is of one record or one account, and `{other}` is a second");
                    self.mistakes
                        .push(Mistake::error("wrong-kind", entry.key_span, message, "one too many").help(format!("write `{form}`")));
                    continue;
                }
                _ => "a string",
            };
            let message = format!("`{}` must be {wanted}, not {}", entry.key, entry.node.value.word());
            let mistake = Mistake::error("wrong-kind", entry.node.span, message, format!("expected {wanted}"));
            self.mistakes.push(mistake.help(format!("write `{form}`")));
        }
        let (Some(record), Some(outcome)) = (record, outcome) else {
            if self.mistakes.len() == told {
                let message = "an expected outcome names a record or an account, and what becomes of it";
                self.mistakes.push(Mistake::error("missing-key", table.span, message, "not both").help(format!("write `{form}`")));
            }
            return None;
        };
        Some(ExpectedOutcome { record, outcome, by, fields })
    }
}

/// `10%`, `2.5 %`
fn share(text: &str) -> Option<f64> {
    let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number / 100.0)
}

/// What a table says, as written.
fn told(table: &Table) -> Vec<(&'static str, String)> {
    let mut text = Vec::new();
    for key in TOLD {
        let mut add = |node: &Node| text.extend(text_of(node).map(|written| (key, written.trim().to_owned())));
        match table.get(key) {
            Some(Node { value: Value::List(list), .. }) => list.iter().for_each(&mut add),
            Some(Node { value: Value::Flag(flag), .. }) => text.push((key, flag.to_string())),
            Some(node) => add(node),
            None => {}
        }
    }
    if let Some(Value::Table(update)) = table.get("update").map(|node| &node.value) {
        for entry in &update.entries {
            text.extend(text_of(&entry.node).map(|value| ("update", format!("{} = {}", entry.key, value.trim()))));
        }
    }
    for key in ["clears", "gone", "restore"] {
        match table.get(key).map(|node| &node.value) {
            Some(Value::Text(word)) => text.push((key, word.as_str().to_owned())),
            Some(Value::Flag(flag)) => text.push((key, flag.to_string())),
            _ => {}
        }
    }
    text
}
