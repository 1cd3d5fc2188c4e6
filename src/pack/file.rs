//! What a pack's file says: names and syntax trees, each with its place; nothing is looked up yet.
use super::file_merge::{MergeFile, MergeTest};
use super::file_sync::{PlatformFile, SyncFile, SyncTest};
use super::fix::{FixFile, FixTest};
use crate::finding::Severity;
use crate::language::log::Wording;
use crate::language::scope::Setting;
use crate::language::syntax::{Clause, Condition, Template, Value};
use crate::model::Epoch;
use crate::naming::{CharClass, Counter, Edge};
use crate::source::{Decoded, Span, Spanned};

/// A pack as written.
#[derive(Debug, Default, Clone)]
pub struct PackFile {
    /// `[pack] name`.
    pub name: Spanned<String>,
    /// `[pack] version`.
    pub version: String,
    /// `[pack] title`.
    pub title: String,
    /// Packs whose definitions and rules it uses.
    pub requires: Vec<Spanned<String>>,
    /// Nouns that choose it when there is no configuration.
    pub applies: Vec<Spanned<String>>,
    /// Layouts that choose it when there is no configuration.
    pub layouts: Vec<Spanned<String>>,
    /// Whether its rules judge data of which only some records are there.
    pub judges_parts: bool,
    /// `[settings]`.
    pub settings: Vec<(Spanned<String>, Setting)>,
    /// `[lists.*]`.
    pub lists: Vec<ListFile>,
    /// `[derive.*]`: noun, field, template.
    pub derived: Vec<(Spanned<String>, Spanned<String>, Template)>,
    /// `[compare]`: noun and field.
    pub exact: Vec<(Spanned<String>, Spanned<String>)>,
    /// `[define.*]`: noun, class, condition.
    pub classes: Vec<(Spanned<String>, Spanned<String>, Condition)>,
    /// Derived fields and classes as written, for `explain` and the docs.
    pub definitions: Vec<Definition>,
    /// `[[exception]]`.
    pub exceptions: Vec<ExceptionFile>,
    /// `[[rule]]` and `[[unique]]`, in the order of the file.
    pub rules: Vec<RuleFile>,
    /// `[target.*]`.
    pub targets: Vec<TargetFile>,
    /// `[[naming]]`.
    pub namings: Vec<NamingFile>,
    /// `[[merge]]`.
    pub merges: Vec<MergeFile>,
    /// `[platform]`.
    pub platform: Option<PlatformFile>,
    /// `[[sync]]`.
    pub syncs: Vec<SyncFile>,
    /// `[[test]]` of a rule.
    pub tests: Vec<TestFile>,
    /// `[[test]]` of a naming schema.
    pub naming_tests: Vec<NamingTest>,
    /// `[[test]]` of a merge.
    pub merge_tests: Vec<MergeTest>,
    /// `[[fix]]`.
    pub fixes: Vec<FixFile>,
    /// `[[test]]` of a fix.
    pub fix_tests: Vec<FixTest>,
    /// `[[test]]` of a sync.
    pub sync_tests: Vec<SyncTest>,
    /// `[[message]]`.
    pub messages: Vec<MessageFile>,
    /// `[[test]]` of what a log says.
    pub log_tests: Vec<LogTest>,
}

impl PackFile {
    /// What it holds, each kind with its number; its rules are counted by the caller, who may know of those that exceptions make.
    #[must_use]
    pub fn contents(&self, rules: usize) -> Vec<(u64, &'static str, &'static str)> {
        let all = [
            (rules, "rule", "rules"),
            (self.namings.len(), "naming schema", "naming schemas"),
            (self.merges.len(), "merge", "merges"),
            (self.syncs.len(), "sync", "syncs"),
            (self.fixes.len(), "fix", "fixes"),
            (self.messages.len(), "message of a log", "messages of a log"),
        ];
        all.into_iter().map(|(count, one, many)| (count as u64, one, many)).collect()
    }

    /// How many tests it has, of every kind.
    #[must_use]
    pub fn test_count(&self) -> usize {
        let others = [self.naming_tests.len(), self.merge_tests.len(), self.fix_tests.len(), self.sync_tests.len(), self.log_tests.len()];
        self.tests.len() + others.iter().sum::<usize>()
    }
}

/// `[[message]]`: what a platform's log says, and no rule over data finds.
#[derive(Debug, Clone)]
pub struct MessageFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: Option<String>,
    /// How bad a line is.
    pub severity: Option<Spanned<Severity>>,
    /// The texts and patterns by which it is known.
    pub wordings: Vec<WordingFile>,
    /// Why it is bad.
    pub why: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// The header.
    pub span: Span,
}

/// An item of `vendor` or `log`.
#[derive(Debug, Clone)]
pub struct WordingFile {
    /// What it says.
    pub wording: Wording,
    /// Whether it is a pattern of `log`, and no text of `vendor`.
    pub pattern: bool,
    /// Whether it is looked for: a text for which there is a pattern is not.
    pub sought: bool,
    /// As written.
    pub text: Decoded,
}

/// `[[test]]` of what a log says.
#[derive(Debug, Clone)]
pub struct LogTest {
    /// The message, or the rule, that should know some of the lines.
    pub of: Spanned<String>,
    /// Whether it is a rule.
    pub rule: bool,
    /// Its name and place; the rest of the world has no part in it.
    pub setup: Setup,
    /// The lines.
    pub log: String,
    /// Per line that is known: values by their names.
    pub expect: Vec<Expected>,
}

/// A name that a pack gives, and the words behind it.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The noun.
    pub noun: String,
    /// The field or the class.
    pub name: String,
    /// What it stands for.
    pub text: String,
    /// Whether it is a derived field; otherwise it is a class.
    pub field: bool,
}

/// `[lists.name]`
#[derive(Debug, Clone)]
pub struct ListFile {
    /// Its name.
    pub name: Spanned<String>,
    /// What it is for.
    pub title: String,
    /// What it starts with.
    pub values: Vec<String>,
}

/// `[[exception]]`
#[derive(Debug, Clone)]
pub struct ExceptionFile {
    /// The class that it declares.
    pub name: Spanned<String>,
    /// Who belongs to it.
    pub of: Option<Clause>,
    /// Who of them is meant to be there.
    pub intended: Option<Condition>,
    /// How many there should be, inclusive, and where it says so.
    pub expect: Option<Spanned<(u64, u64)>>,
    /// Of the finding when there are more or fewer.
    pub severity: Option<Spanned<Severity>>,
    /// One line on it.
    pub title: Option<String>,
    /// Why they are outside the sync.
    pub why: Option<String>,
    /// What to do when there are too many.
    pub help: Option<Template>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// As written.
    pub text: String,
    /// The header.
    pub span: Span,
}

/// `[[rule]]` or `[[unique]]`
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: Option<String>,
    /// How bad a finding is.
    pub severity: Option<Spanned<Severity>>,
    /// What it asks.
    pub body: BodyFile,
    /// What a finding says.
    pub message: Option<Template>,
    /// Variable, field or header, text.
    pub labels: Vec<(Spanned<String>, Spanned<String>, Template)>,
    /// What to do.
    pub help: Option<Template>,
    /// Why it is bad.
    pub why: Option<String>,
    /// What the vendor's log or screen says: `vendor`, and patterns for it: `log`.
    pub wordings: Vec<WordingFile>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// Rules of which a finding is only a consequence.
    pub follows: Vec<FollowFile>,
    /// Rules whose findings are only consequences of this one's: the same, said from the other end, for rules of packs that this one requires.
    pub explains: Vec<FollowFile>,
    /// The clauses as written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header.
    pub span: Span,
}

/// What a rule asks.
#[derive(Debug, Clone)]
pub enum BodyFile {
    /// `[[rule]]` with `each`.
    Each {
        /// One clause, or several for several nouns.
        each: Vec<Clause>,
        /// What must be there.
        with: Vec<Clause>,
        /// What must not.
        without: Vec<Clause>,
        /// One finding of all that agree in these.
        per: Vec<Value>,
    },
    /// `[[rule]]` with `when`.
    When(Option<Condition>),
    /// `[[unique]]`.
    Unique {
        /// Whose records share the name space.
        among: Vec<Clause>,
        /// What must be unique.
        key: Vec<Value>,
        /// Within what.
        within: Within,
        /// Only groups that differ in this.
        differ: Vec<Value>,
        /// What the platform does.
        outcome: Option<String>,
    },
}

/// The scope of a uniqueness.
#[derive(Debug, Clone)]
pub enum Within {
    /// All that there is to see; `platform` is said in messages, as a holder may be out of sight.
    All {
        /// Beyond what the data shows.
        platform: bool,
    },
    /// Each school by itself.
    School(Span),
    /// Each value of these.
    Values(Vec<Value>),
}

/// `follows`
#[derive(Debug, Clone)]
pub struct FollowFile {
    /// The rule that explains.
    pub rule: Spanned<String>,
    /// The way to its records.
    pub by: Option<Clause>,
}

/// `source`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// The page's title.
    pub page: String,
    /// Its address.
    pub url: String,
    /// The day on which it was read.
    pub seen: String,
}

/// A finding that a test expects: variable and identities.
pub type Expected = Vec<(Spanned<String>, Vec<String>)>;

/// `[[test]]` of a rule.
#[derive(Debug, Clone)]
pub struct TestFile {
    /// The rule under test.
    pub rule: Spanned<String>,
    /// The world that it runs in.
    pub setup: Setup,
    /// Per finding: variable and identities.
    pub expect: Vec<Expected>,
}

/// `[[test]]` of a naming schema.
#[derive(Debug, Clone)]
pub struct NamingTest {
    /// The schema under test.
    pub naming: Spanned<String>,
    /// The world that it runs in.
    pub setup: Setup,
    /// What becomes of each person; whom it does not name must have an account already.
    pub expect: Vec<ExpectedPerson>,
}

/// What a test expects of a person.
#[derive(Debug, Clone)]
pub struct ExpectedPerson {
    /// The variable of `for` and the person's identity.
    pub person: (Spanned<String>, String),
    /// Fields and what they hold.
    pub fields: Vec<(Spanned<String>, String)>,
    /// A part of the reason, when the person gets no account.
    pub blocked: Option<String>,
    /// The state in words: `exists`.
    pub state: Option<Spanned<String>>,
}

/// What a test is given.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// What the test shows.
    pub name: String,
    /// Rows by noun.
    pub given: Vec<Given>,
    /// Settings for this test.
    pub settings: Vec<(Spanned<String>, Setting)>,
    /// Lists for this test.
    pub lists: Vec<(Spanned<String>, Vec<String>)>,
    /// The day of the test, in days since 1970.
    pub date: Option<i32>,
    /// The header.
    pub span: Span,
}

/// Rows of a test.
#[derive(Debug, Clone)]
pub struct Given {
    /// The noun.
    pub noun: Spanned<String>,
    /// Where they belong.
    pub epoch: Epoch,
    /// The rows, with a header.
    pub csv: String,
    /// Where the rows stand.
    pub span: Span,
}

/// `[target.*]`: what a platform asks of a name.
#[derive(Debug, Clone)]
pub struct TargetFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: String,
    /// What it asks.
    pub limits: LimitsFile,
    /// `starts with .`, `ends with .`, `contains ..`
    pub forbidden: Vec<Edge>,
    /// Names that the platform keeps for itself.
    pub reserved: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
}

/// `length` and `allowed`.
#[derive(Debug, Clone, Default)]
pub struct LimitsFile {
    /// Characters, at least and at most.
    pub length: Option<Spanned<(usize, usize)>>,
    /// The characters that a name may be made of.
    pub allowed: Option<CharClass>,
}

/// `[[naming]]`
#[derive(Debug, Clone)]
pub struct NamingFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it.
    pub title: Option<String>,
    /// The group of accounts that it makes.
    pub group: Option<String>,
    /// Who gets an account: `for`.
    pub people: Option<Clause>,
    /// How a person's existing account is known.
    pub account: Option<Clause>,
    /// The merge that says which records are one person.
    pub merge: Option<Spanned<String>>,
    /// The sync that creates its accounts.
    pub sync: Option<Spanned<String>>,
    /// The first candidate, and those for a clash.
    pub candidates: Vec<Template>,
    /// What `{n}` gives.
    pub counter: Counter,
    /// The fields that are filled; what one does not say is taken from the schema.
    pub fields: Vec<FieldFile>,
    /// When a name of the ledger may be given again.
    pub reuse: Reuse,
    /// Who chooses first.
    pub order: Vec<Value>,
    /// Rules whose findings keep a person from getting an account.
    pub blocked: Vec<Spanned<String>>,
    /// The other fields of a proposed account.
    pub record: Vec<(Spanned<String>, Template)>,
    /// Records that refer to students whom the account will see.
    pub sees: Option<Clause>,
    /// How initial passwords are made.
    pub password: Option<PasswordFile>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header.
    pub span: Span,
}

/// A field that a schema fills.
#[derive(Debug, Clone)]
pub struct FieldFile {
    /// The field of the account.
    pub name: Spanned<String>,
    /// What it holds; without it the name.
    pub value: Option<Template>,
    /// What must hold of it.
    pub limits: LimitsFile,
    /// Words that it must not be.
    pub never: Vec<Never>,
    /// Target profiles.
    pub targets: Vec<Spanned<String>>,
    /// The uniquenesses in which it must be free.
    pub unique: Vec<Spanned<String>>,
}

/// `list reserved-names`, `containing list offensive-words`
#[derive(Debug, Clone)]
pub struct Never {
    /// The list.
    pub list: Spanned<String>,
    /// Whether its words may stand nowhere in a name.
    pub anywhere: bool,
}

/// When a name that was given once may be given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reuse {
    /// Never.
    #[default]
    Never,
    /// So many days after its holder was last seen.
    After(i32),
}

/// `password`
#[derive(Debug, Clone)]
pub struct PasswordFile {
    /// Words, digits and symbols.
    pub parts: (usize, usize, usize),
    /// Characters, at least and at most.
    pub length: Option<Spanned<(usize, usize)>>,
    /// The list that words are drawn from.
    pub list: Option<Spanned<String>>,
    /// Whether the person must change it at the first login.
    pub must_change: bool,
    /// Where it stands.
    pub span: Span,
}
