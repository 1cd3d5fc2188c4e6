//! What a pack says of logs: `[[message]]` tables, and the `vendor` texts and `log` patterns of rules.
use super::file::{LogTest, MessageFile, PackFile, Setup, WordingFile};
use super::read::{Reader, spanned};
use crate::document::{Keys, Table};
use crate::finding::Mistake;
use crate::language::log::Wording;
use crate::source::Spanned;

impl Reader<'_> {
    pub(super) fn log_message(&mut self, table: &Table) -> Option<MessageFile> {
        let mut keys = Keys::new(table, "[[message]]");
        let name = keys.required("name", self.mistakes);
        if let Some(name) = name {
            self.kebab(name, "the name of a message");
        }
        let title = self.string(&mut keys, "title");
        let severity = self.severity(&mut keys);
        let wordings = self.wordings(&mut keys);
        if wordings.is_empty() && !keys.has("vendor") && !keys.has("log") {
            let mistake = Mistake::error("missing-key", keys.span(), "[[message]] has neither `vendor` nor `log`", "a text belongs here");
            self.mistakes.push(mistake.help("write what the log says: `vendor = [\"User {user_id} was not imported\"]`"));
        }
        let (why, help) = (self.string(&mut keys, "why"), self.string(&mut keys, "help"));
        let covers = self.strings(&mut keys, "covers");
        let sources = self.sources(&mut keys);
        let span = keys.span();
        keys.finish(self.mistakes);
        Some(MessageFile { name: spanned(name?), title, severity, wordings, why, help, covers, sources, span })
    }

    /// `vendor` and `log`. Where there are patterns, each must find a text and each text must be found.
    pub(super) fn wordings(&mut self, keys: &mut Keys<'_>) -> Vec<WordingFile> {
        let mut wordings: Vec<WordingFile> = Vec::new();
        for text in keys.texts("vendor", self.mistakes) {
            let wording = Wording::of_text(text.as_str().trim());
            if wording.says_nothing {
                let mistake = Mistake::error("no-words", text.span(), "a text needs words", "no word by which a line is known");
                self.mistakes.push(mistake.help("write what the log says around the values: `Student {student.id} was not imported`"));
                continue;
            }
            wordings.push(WordingFile { wording, pattern: false, sought: true, text: text.clone() });
        }
        let texts = wordings.len();
        for text in keys.texts("log", self.mistakes) {
            match Wording::of_pattern(text.as_str()) {
                Ok(wording) if wording.says_nothing => {
                    let mistake = Mistake::error("no-words", text.span(), "this pattern finds every line", "it also finds an empty one");
                    self.mistakes.push(mistake.help("add words that only this message has"));
                }
                Ok(wording) => {
                    let mut found = 0;
                    for known in wordings[..texts].iter_mut().filter(|known| wording.is_in(&known.wording.text)) {
                        known.sought = false;
                        found += 1;
                    }
                    if texts > 0 && found == 0 {
                        let message = "this pattern finds none of the `vendor` texts";
                        let mistake = Mistake::error("log-misses-vendor", text.span(), message, "finds none of them");
                        self.mistakes.push(mistake.help("correct it, or add the text that it is for to `vendor`"));
                    }
                    wordings.push(WordingFile { wording, pattern: true, sought: true, text: text.clone() });
                }
                Err((fault, range)) => {
                    let mistake = Mistake::error("bad-regex", text.locate(range), "a pattern that can't be read", fault);
                    let help =
                        "a letter that means something in patterns is meant itself after a backslash, `\\(`; docs.rs/regex has the syntax";
                    self.mistakes.push(mistake.help(help));
                }
            }
        }
        wordings
    }

    /// The rest of a test of what a log says.
    pub(super) fn log_test(&mut self, keys: &mut Keys<'_>, of: Option<Spanned<String>>, rule: bool, setup: Setup, pack: &mut PackFile) {
        if let Some(given) = setup.given.first() {
            let mistake =
                Mistake::error("wrong-kind", given.noun.span, "a test of a log is given lines, and no records", "not beside `log`");
            self.mistakes.push(mistake.help("write a test of its own for the records"));
        }
        let log = keys.required("log", self.mistakes).map(|log| log.as_str().to_owned());
        let expect = self.expect_values(keys);
        if let (Some(of), Some(log), Some(expect)) = (of, log, expect) {
            pack.log_tests.push(LogTest { of, rule, setup, log, expect });
        }
    }
}
