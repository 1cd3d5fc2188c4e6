//! What a pack's file says of the platform that it is about and of what that does with a roster: `[platform]`, `[[sync]]`, and the `[[test]]`s of syncs.
use super::file::{Setup, SourceFile};
use super::sync::{Gone, Hold};
use crate::language::syntax::{Clause, Condition, Value};
use crate::source::{Span, Spanned};

/// `[platform]`
#[derive(Debug, Clone)]
pub struct PlatformFile {
    /// What people call it.
    pub title: Option<String>,
    /// When its syncs run, in words.
    pub runs: Option<String>,
    /// Packs whose own syncs bring the data here.
    pub carriers: Vec<Spanned<String>>,
    /// The header.
    pub span: Span,
}

/// `[[sync]]`
#[derive(Debug, Clone)]
pub struct SyncFile {
    /// Its name.
    pub name: Spanned<String>,
    /// One line on it: what it keeps.
    pub title: Option<String>,
    /// What to do where something is blocked or held.
    pub help: Option<String>,
    /// How the platform comes to behave so.
    pub why: Option<String>,
    /// Ids of a catalogue.
    pub covers: Vec<String>,
    /// Where it was published.
    pub sources: Vec<SourceFile>,
    /// When it runs at all.
    pub when: Option<Condition>,
    /// Why it does not run, where `when` does not hold.
    pub otherwise: Option<String>,
    /// When the data at hand say what the platform has: an export may be of some accounts alone.
    pub known: Option<Condition>,
    /// Why it can't be forecast, where `known` does not hold.
    pub unknown: Option<String>,
    /// The records that are sent.
    pub of: Option<Clause>,
    /// What the platform has for a record.
    pub account: Option<Clause>,
    /// How an account without its record is adopted.
    pub attach: Vec<Clause>,
    /// The accounts that it answers for.
    pub keeps: Option<Clause>,
    /// Accounts that it never touches.
    pub leaves: Option<Condition>,
    /// What an account looks like that is archived, suspended or deleted.
    pub inactive: Option<Condition>,
    /// Which records get an account.
    pub create: CreateFile,
    /// Field of the account, value of the record.
    pub update: Vec<(Spanned<String>, Value)>,
    /// Whether a value that is missing clears the field.
    pub clears: bool,
    /// When an account is suspended though its record is sent.
    pub suspend: Option<Condition>,
    /// What becomes of an account whose record is no longer sent.
    pub gone: Gone,
    /// Whether an inactive account whose record is sent becomes active.
    pub restore: bool,
    /// Rules whose findings keep a record from being created, attached or restored.
    pub blocked: Vec<Spanned<String>>,
    /// What must have an account before.
    pub needs: Vec<NeedFile>,
    /// Past these the whole sync stops.
    pub hold: Vec<HoldFile>,
    /// Whether limits are written at all, sound or not.
    pub limited: bool,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header.
    pub span: Span,
}

/// An entry of `hold`.
#[derive(Debug, Clone)]
pub struct HoldFile {
    /// The limit, where it is written here.
    pub hold: Hold,
    /// The setting that has the limit.
    pub setting: Option<Spanned<String>>,
}

/// `create`
#[derive(Debug, Clone, Default)]
pub enum CreateFile {
    /// Every record.
    #[default]
    Always,
    /// None.
    Never,
    /// Those of which this holds.
    When(Box<Condition>),
}

/// An entry of `needs`.
#[derive(Debug, Clone)]
pub struct NeedFile {
    /// The other sync.
    pub sync: Spanned<String>,
    /// The way to its records.
    pub through: Clause,
    /// What is missing when no record that it leads to has an account.
    pub why: Option<String>,
}

/// `[[test]]` of a sync.
#[derive(Debug, Clone)]
pub struct SyncTest {
    /// The sync under test.
    pub sync: Spanned<String>,
    /// The world that it runs in.
    pub setup: Setup,
    /// Everything but what stays as it is.
    pub expect: Vec<ExpectedOutcome>,
    /// Whether the sync must be held; without it, nothing is asked.
    pub hold: Option<Spanned<bool>>,
}

/// What a test expects of a record or an account.
#[derive(Debug, Clone)]
pub struct ExpectedOutcome {
    /// The variable of the record or of the account, and the identity.
    pub record: (Spanned<String>, String),
    /// What becomes of it, in words.
    pub outcome: Spanned<String>,
    /// The rule or the sync that stands in the way.
    pub by: Option<String>,
    /// The fields that change.
    pub fields: Option<Vec<Spanned<String>>>,
}
