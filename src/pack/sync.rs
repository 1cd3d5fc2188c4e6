//! A checked `[[sync]]`: what a platform does with the records that it is sent and the accounts that it has.
use super::file::SourceFile;
use super::naming::Way;
use crate::language::form::{Binding, By, Clause, Column, Cond, Frame};
use crate::model::FieldId;
use crate::source::Span;
use std::sync::Arc;

/// Who runs the syncs of a pack.
#[derive(Debug, Clone)]
pub struct Platform {
    /// What people call it.
    pub title: String,
    /// When its syncs run, in words.
    pub runs: Option<String>,
    /// Packs whose own syncs bring the data: where one of them is held, nothing arrives.
    pub carriers: Vec<String>,
}

/// A checked `[[sync]]`.
#[derive(Debug)]
pub struct Sync {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it: what it keeps.
    pub title: String,
    /// What to do where something is blocked or held.
    pub help: Option<String>,
    /// How the platform comes to behave so.
    pub why: Option<String>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// When it runs at all.
    pub when: Option<Asked>,
    /// Why it does not run, where `when` does not hold.
    pub otherwise: Option<String>,
    /// When the data at hand say what the platform has: an export may be of some accounts alone.
    pub known: Option<Asked>,
    /// Why it can't be forecast, where `known` does not hold.
    pub unknown: Option<String>,
    /// The variables of `of`.
    pub frame: Frame,
    /// The records that are sent, each in slot [`super::RECORD`].
    pub of: Clause,
    /// The variable of a record.
    pub record: Binding,
    /// The variable of an account.
    pub other: Binding,
    /// What the platform has for a record; [`Way::end`] is the account.
    pub account: Way,
    /// How an account without its record is adopted, in order.
    pub attach: Vec<Way>,
    /// The accounts that it answers for.
    pub keeps: Option<Kept>,
    /// Accounts that it never touches: about the account, in slot 0.
    pub leaves: Option<Asked>,
    /// The population of an `[[exception]]`, where `leaves` asks for nothing else.
    pub exception: Option<String>,
    /// What an inactive account looks like: about the account, in slot 0.
    pub inactive: Option<Asked>,
    /// Which records get an account: about the record.
    pub create: Create,
    /// Fields that are kept equal.
    pub update: Vec<Updated>,
    /// Whether a value that is missing clears the field.
    pub clears: bool,
    /// When an account is suspended though its record is sent: about the record, and the account in slot [`super::OTHER`].
    pub suspend: Option<Asked>,
    /// What becomes of an account whose record is no longer sent.
    pub gone: Gone,
    /// Whether an inactive account whose record is sent becomes active.
    pub restore: bool,
    /// Rules whose findings keep a record from being created, attached or restored.
    pub blocked: Vec<Arc<str>>,
    /// What must have an account before.
    pub needs: Vec<Need>,
    /// Past these the whole sync stops.
    pub hold: Vec<Hold>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header in its file.
    pub span: Span,
}

/// A condition with its variables.
#[derive(Debug)]
pub struct Asked {
    /// As written.
    pub text: String,
    /// Its variables.
    pub frame: Frame,
    /// What must hold.
    pub condition: Cond,
}

/// A clause of accounts, each in slot 0.
#[derive(Debug)]
pub struct Kept {
    /// Its variables.
    pub frame: Frame,
    /// The clause.
    pub clause: Clause,
}

/// Which records get an account.
#[derive(Debug)]
pub enum Create {
    /// Every record.
    Always,
    /// None.
    Never,
    /// Those of which this holds.
    When(Asked),
}

/// A field of the account that is kept equal to a value of the record.
#[derive(Debug)]
pub struct Updated {
    /// The field of the account.
    pub field: FieldId,
    /// The value of the record.
    pub value: Column,
    /// How the two are compared.
    pub by: By,
}

/// What must have an account before a record gets one.
#[derive(Debug)]
pub struct Need {
    /// The id of the other sync.
    pub sync: Arc<str>,
    /// The way to its records; [`Way::end`] is the record.
    pub way: Way,
    /// What is missing when no record that it leads to has an account.
    pub why: Option<String>,
}

/// What becomes of an account whose record is no longer sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gone {
    /// It is archived.
    #[default]
    Archive,
    /// It is suspended.
    Suspend,
    /// It is deleted.
    Delete,
    /// Nothing.
    Keep,
}

impl Gone {
    /// All, with their words.
    pub const ALL: [(Gone, &'static str); 4] =
        [(Gone::Archive, "archive"), (Gone::Suspend, "suspend"), (Gone::Delete, "delete"), (Gone::Keep, "keep")];
}

/// What is counted against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Accounts that are archived, suspended or deleted.
    Gone,
    /// Accounts that are updated.
    Changed,
    /// Accounts that are created.
    Created,
}

impl Counted {
    /// All, with their words.
    pub const ALL: [(Counted, &'static str); 3] = [(Counted::Gone, "gone"), (Counted::Changed, "changed"), (Counted::Created, "created")];
}

/// A limit past which the whole sync stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hold {
    /// What is counted.
    pub of: Counted,
    /// More than this share of the active accounts that the sync answers for.
    pub share: Option<f64>,
    /// At least so many.
    pub least: u64,
}

impl Hold {
    /// Whether so many of so many accounts pass the limit.
    #[must_use]
    pub fn trips(&self, count: u64, all: u64) -> bool {
        // 0.29 is no number of the machine: 29 of 100 are not more than 29 %, though the product is a little less than 29.
        let more = |share: f64| count as f64 > share * all as f64 * (1.0 + 4.0 * f64::EPSILON);
        count > 0 && count >= self.least && self.share.is_none_or(more)
    }
}

/// What becomes of a record or an account in a sync, in the words of tests and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nothing changes.
    Same,
    /// An account is made.
    Create,
    /// An account without its record is adopted.
    Attach,
    /// Fields of the account change.
    Update,
    /// The account becomes active again.
    Restore,
    /// The account is suspended.
    Suspend,
    /// The account is archived.
    Archive,
    /// The account is deleted.
    Delete,
    /// The sync does not touch the account.
    Left,
    /// Something is in the way.
    Blocked,
    /// The platform makes no account.
    NotCreated,
    /// The account is inactive, and stays so, as it should.
    Already,
}

impl Outcome {
    /// All, in the order in which reports tell them, what needs a person first.
    pub const ALL: [Outcome; 12] = [
        Outcome::Blocked,
        Outcome::Delete,
        Outcome::Archive,
        Outcome::Suspend,
        Outcome::NotCreated,
        Outcome::Restore,
        Outcome::Attach,
        Outcome::Create,
        Outcome::Update,
        Outcome::Left,
        Outcome::Already,
        Outcome::Same,
    ];

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Same => "no change",
            Outcome::Create => "create",
            Outcome::Attach => "attach",
            Outcome::Update => "update",
            Outcome::Restore => "restore",
            Outcome::Suspend => "suspend",
            Outcome::Archive => "archive",
            Outcome::Delete => "delete",
            Outcome::Left => "left alone",
            Outcome::Blocked => "blocked",
            Outcome::NotCreated => "not created",
            Outcome::Already => "stays inactive",
        }
    }

    /// Whether it is worth telling of a single record.
    #[must_use]
    pub fn is_told(self) -> bool {
        !matches!(self, Outcome::Same | Outcome::Already)
    }

    /// Whether an account is there and active afterwards; of one that is left alone the account itself says.
    #[must_use]
    pub fn is_active(self) -> bool {
        matches!(self, Outcome::Same | Outcome::Create | Outcome::Attach | Outcome::Update | Outcome::Restore)
    }
}
