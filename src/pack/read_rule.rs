//! A pack's `[[rule]]` and `[[unique]]` tables.
use super::file::{BodyFile, FollowFile, RuleFile, Within};
use super::read::{Reader, spanned};
use crate::document::{Keys, Table, Value};
use crate::finding::{Mistake, suggestion};
use crate::language::parse;
use crate::language::syntax::Template;
use crate::source::Spanned;

impl Reader<'_> {
    pub(super) fn rule(&mut self, table: &Table, unique: bool) -> Option<RuleFile> {
        let what = if unique { "[[unique]]" } else { "[[rule]]" };
        let mut keys = Keys::new(table, what);
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a rule");
        }
        let mut text = Vec::new();
        for (key, node) in table.entries.iter().map(|entry| (entry.key.as_str(), &entry.node)) {
            let known =
                ["each", "with", "without", "per", "when", "among", "key", "within", "differ"].into_iter().find(|known| *known == key);
            if let Some(known) = known {
                match &node.value {
                    Value::Text(written) => text.push((known, written.as_str().trim().to_owned())),
                    Value::List(list) => text.extend(list.iter().filter_map(|item| match &item.value {
                        Value::Text(written) => Some((known, written.as_str().trim().to_owned())),
                        _ => None,
                    })),
                    _ => {}
                }
            }
        }
        let title = self.string(&mut keys, "title");
        let severity = self.severity(&mut keys);
        let body = if unique { self.unique(&mut keys) } else { self.body(&mut keys) };
        let message = self.message(&mut keys);
        let labels = self.labels(&mut keys);
        let help = self.template(&mut keys, "help");
        let why = self.string(&mut keys, "why");
        let wordings = self.wordings(&mut keys);
        let covers = self.strings(&mut keys, "covers");
        let sources = self.sources(&mut keys);
        let follows = self.follows(&mut keys, "follows");
        let explains = self.follows(&mut keys, "explains");
        let span = keys.span();
        keys.finish(self.mistakes);
        Some(RuleFile {
            name: spanned(name?),
            title,
            severity,
            body,
            message,
            labels,
            help,
            why,
            wordings,
            covers,
            sources,
            follows,
            explains,
            text,
            span,
        })
    }

    fn message(&mut self, keys: &mut Keys<'_>) -> Option<Template> {
        let text = keys.required("message", self.mistakes)?;
        let written = text.as_str();
        if written.trim().contains('\n') {
            self.mistakes.push(
                Mistake::warning("long-message", text.span(), "a message is one line", "has a line break")
                    .help("put the rest into `why` or `help`"),
            );
        }
        if written.ends_with('.') {
            let end = text.locate(written.len() - 1..written.len());
            self.mistakes.push(Mistake::warning("final-stop", end, "a message has no final stop", "take it out"));
        }
        parse::template(text, self.mistakes)
    }

    fn body(&mut self, keys: &mut Keys<'_>) -> BodyFile {
        if keys.has("when") {
            for other in ["each", "with", "without", "per"] {
                if keys.has(other) {
                    let message = format!("`when` is about the whole, `{other}` about records");
                    self.mistakes.push(
                        Mistake::error("wrong-kind", keys.key_span(other), message, "not beside `when`").help("take one of the two out"),
                    );
                    keys.node(match other {
                        "each" => "each",
                        "with" => "with",
                        "without" => "without",
                        _ => "per",
                    });
                }
            }
            let condition = keys.text("when", self.mistakes).and_then(|text| parse::condition(text, self.mistakes));
            return BodyFile::When(condition);
        }
        if !keys.has("each") {
            let mistake =
                Mistake::error("missing-key", keys.span(), "[[rule]] has neither `each` nor `when`", "`each = 'student s'` belongs here");
            self.mistakes.push(mistake.help("say what the rule is about: `each = 'student s where ...'`"));
        }
        let each = self.clause(keys, "each");
        let (with, without) = (self.clause(keys, "with"), self.clause(keys, "without"));
        BodyFile::Each { each, with, without, per: self.values(keys, "per") }
    }

    fn unique(&mut self, keys: &mut Keys<'_>) -> BodyFile {
        if !keys.has("among") {
            let mistake = Mistake::error("missing-key", keys.span(), "[[unique]] has no `among`", "`among` belongs here");
            self.mistakes.push(mistake.help("say whose records are compared: `among = ['student x']`"));
        }
        let among = self.clause(keys, "among");
        let key = keys.required("key", self.mistakes).and_then(|text| parse::values(text, self.mistakes)).unwrap_or_default();
        let within = match keys.text("within", self.mistakes) {
            None => Within::All { platform: false },
            Some(text) => match text.as_str().trim() {
                "board" => Within::All { platform: false },
                "platform" => Within::All { platform: true },
                "school" => Within::School(text.span()),
                word if !word.contains('.') => {
                    let mistake = Mistake::error("unknown-scope", text.span(), format!("no scope `{word}`"), "unknown scope");
                    let near = suggestion(word, ["board", "platform", "school"]);
                    self.mistakes.push(
                        mistake.meant_or(near, "scopes are board, platform and school, or values of your own: 'x.school_id, x.term_id'"),
                    );
                    Within::All { platform: false }
                }
                _ => Within::Values(parse::values(text, self.mistakes).unwrap_or_default()),
            },
        };
        let differ = self.values(keys, "differ");
        let outcome = keys.text("outcome", self.mistakes).and_then(|text| {
            let known = ["refuse", "suffix", "hold", "merge", "allow"];
            if known.contains(&text.as_str()) {
                return Some(text.as_str().to_owned());
            }
            let mistake = Mistake::error("unknown-outcome", text.span(), format!("no outcome `{}`", text.as_str()), "unknown outcome");
            let near = suggestion(text.as_str(), known);
            self.mistakes.push(mistake.meant_or(near, "outcomes are refuse, suffix, hold, merge and allow"));
            None
        });
        BodyFile::Unique { among, key, within, differ, outcome }
    }

    fn labels(&mut self, keys: &mut Keys<'_>) -> Vec<(Spanned<String>, Spanned<String>, Template)> {
        match keys.table("label", self.mistakes) {
            Some(table) => self.by_noun(table, "`label`", |reader, text| parse::template(text, reader.mistakes)),
            None => Vec::new(),
        }
    }

    pub(super) fn follows(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<FollowFile> {
        let Some(node) = keys.node(key) else { return Vec::new() };
        let Value::List(list) = &node.value else {
            let message = format!("`{key}` must be a list, not {}", node.value.word());
            self.mistakes.push(
                Mistake::error("wrong-kind", node.span, message, "expected a list").help(format!("write `{key} = [\"other-rule\"]`")),
            );
            return Vec::new();
        };
        let mut follows = Vec::new();
        for item in list {
            match &item.value {
                Value::Text(text) => follows.push(FollowFile { rule: spanned(text), by: None }),
                Value::Table(table) => {
                    let mut keys = Keys::new(table, "this table");
                    let rule = keys.required("rule", self.mistakes).map(spanned);
                    let by = keys.text("by", self.mistakes).and_then(|text| parse::clause(text, self.mistakes));
                    keys.finish(self.mistakes);
                    follows.extend(rule.map(|rule| FollowFile { rule, by }));
                }
                other => {
                    let message = format!("`{key}` holds rules, not {}", other.word());
                    self.mistakes.push(
                        Mistake::error("wrong-kind", item.span, message, "expected a rule")
                            .help(format!("write `{key} = [\"other-rule\"]`")),
                    );
                }
            }
        }
        follows
    }
}
