//! A checked pack: what the engine plans from and what `explain` and the docs tell.
use super::file::SourceFile;
use super::fix::Fix;
use super::merge::{Merge, Part};
use super::naming::Naming;
use super::sync::{Platform, Sync};
use crate::finding::Severity;
use crate::language::form::{By, Clause, Column, Cond, Frame, Slot, Template};
use crate::language::log::Wording;
use crate::language::scope::Setting;
use crate::model::{Epoch, NounId};
use crate::source::Span;
use std::sync::Arc;

/// A checked pack.
#[derive(Debug)]
pub struct Pack {
    /// Its name, the prefix of its rules.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One line on it.
    pub title: String,
    /// Whether its rules judge data of which only some records are there, as they judge all data.
    pub judges_parts: bool,
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Its naming schemas, in the order of the file.
    pub namings: Vec<Naming>,
    /// Its merges, in the order of the file. Each has rules, so that what it finds is told as findings are.
    pub merges: Vec<Arc<Merge>>,
    /// Its fixes, in the order of the file.
    pub fixes: Vec<Fix>,
    /// Who runs its syncs; none of a pack without any.
    pub platform: Option<Platform>,
    /// Its syncs, in the order of the file.
    pub syncs: Vec<Sync>,
    /// What its platform's log says beside that.
    pub messages: Vec<Message>,
    /// Its settings, as they are in force.
    pub settings: Vec<(String, Setting)>,
    /// Its lists: name and title.
    pub lists: Vec<(String, String)>,
}

/// A checked rule.
#[derive(Debug)]
pub struct Rule {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// How bad a finding is; `None` when the configuration turned it off.
    pub severity: Option<Severity>,
    /// What kind it is.
    pub shape: Shape,
    /// What it asks, and what it says.
    pub body: Body,
    /// The merge that finds for it, and what of the merge it tells.
    pub merge: Option<(Arc<Merge>, Part)>,
    /// Rules that explain its findings.
    pub follows: Vec<Follow>,
    /// What the vendor's log says of its findings.
    pub wordings: Vec<Wording>,
    /// For people.
    pub reference: Reference,
    /// The header in its file.
    pub span: Span,
}

/// What `explain` and the docs tell of a rule.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// Why it is bad.
    pub why: Option<String>,
    /// What to do, as written.
    pub help: Option<String>,
    /// The message, as written.
    pub message: String,
    /// What the vendor says.
    pub vendor: Vec<String>,
    /// Patterns for the vendor's log.
    pub log: Vec<String>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// The clauses as written: key and text.
    pub text: Vec<(&'static str, String)>,
    /// What the platform does at a clash.
    pub outcome: Option<String>,
    /// Every equality, as written, and how it compares.
    pub comparisons: Vec<(String, &'static str)>,
}

/// The kind of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `[[rule]]`
    Rule,
    /// `[[unique]]`
    Unique,
    /// `[[exception]]` with `expect`
    Population,
    /// `[[merge]]`
    Merge(Part),
}

/// What a rule asks.
#[derive(Debug)]
pub enum Body {
    /// About records.
    Records {
        /// One a noun that the rule is about.
        variants: Vec<Variant>,
        /// Whether findings are tuples or groups of them.
        grouping: Grouping,
    },
    /// About the whole.
    Whole {
        /// The variables of its clauses.
        frame: Frame,
        /// What must hold for a finding.
        condition: Cond,
        /// What a finding says.
        message: Template,
        /// What to do.
        help: Option<Template>,
    },
}

/// Which tuples make one finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    /// Each by itself.
    None,
    /// All that agree in [`Variant::group`].
    Per,
    /// The same, and only where there are at least two, which differ in [`Variant::differ`] when it says something.
    Unique,
    /// Those that a merge holds together.
    Merge,
}

/// A rule for one noun.
#[derive(Debug)]
pub struct Variant {
    /// All variables.
    pub frame: Frame,
    /// What it is about.
    pub each: Clause,
    /// What must be there.
    pub with: Vec<Clause>,
    /// What must not.
    pub without: Vec<Clause>,
    /// What tuples of one group agree in.
    pub group: Vec<(Column, By)>,
    /// How many of these, from the first, are the scope of a uniqueness and not its key.
    pub scope: usize,
    /// What records of a group must differ in.
    pub differ: Vec<(Column, By)>,
    /// What a finding says.
    pub message: Template,
    /// What to do.
    pub help: Option<Template>,
    /// What is said of cells.
    pub labels: Vec<Label>,
    /// Further cells that matter.
    pub shown: Vec<Column>,
    /// Which values of a line in a log are values of its records.
    pub ties: Vec<Tie>,
}

/// A value of a line in a log that is a value of a record.
#[derive(Debug, Clone)]
pub struct Tie {
    /// Which wording.
    pub wording: usize,
    /// Which of its values.
    pub value: usize,
    /// The value of the record.
    pub column: Column,
    /// How the two are compared.
    pub by: By,
}

/// A checked `[[message]]`: what a log says, and no rule over data finds.
#[derive(Debug)]
pub struct Message {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// How bad a line is; `None` when the configuration turned it off.
    pub severity: Option<Severity>,
    /// How the log says it.
    pub wordings: Vec<Wording>,
    /// The nouns that its values are of.
    pub frame: Frame,
    /// Which values are values of records.
    pub ties: Vec<Tie>,
    /// For people.
    pub reference: Reference,
    /// The header in its file.
    pub span: Span,
}

impl Variant {
    /// The variables of a finding: those of `each`, then those of `with`.
    #[must_use]
    pub fn tuple(&self) -> Vec<Slot> {
        self.each.slots.iter().chain(self.with.iter().flat_map(|clause| &clause.slots)).copied().collect()
    }
}

/// What is said of a cell.
#[derive(Debug)]
pub struct Label {
    /// The cell: the fields of this value.
    pub column: Column,
    /// The words.
    pub text: Template,
}

/// A rule that explains findings of this one.
#[derive(Debug)]
pub struct Follow {
    /// Its id.
    pub rule: Arc<str>,
    /// The way from this rule's records to its; empty: they share a record, or one refers to the other.
    pub links: Vec<Link>,
}

/// A way between two rules.
#[derive(Debug)]
pub struct Link {
    /// Which variant of this rule.
    pub variant: usize,
    /// Which variant of the other.
    pub root_variant: usize,
    /// This rule's variables, the other's that are lent, and those of the way.
    pub frame: Frame,
    /// The other rule's variables: there, and here.
    pub lent: Vec<(Slot, Slot)>,
    /// The way.
    pub clause: Clause,
}

impl Rule {
    /// The nouns that it reads: noun, and where from.
    #[must_use]
    pub fn nouns(&self) -> Vec<(NounId, Epoch)> {
        let mut nouns = Vec::new();
        match &self.body {
            Body::Records { variants, .. } => {
                for variant in variants {
                    nouns.extend(variant.frame.iter().map(|binding| (binding.noun, binding.epoch)));
                }
            }
            Body::Whole { frame, .. } => nouns.extend(frame.iter().map(|binding| (binding.noun, binding.epoch))),
        }
        nouns.sort_unstable();
        nouns.dedup();
        nouns
    }
}
