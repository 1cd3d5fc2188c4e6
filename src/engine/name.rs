//! Accounts for everybody whom a naming schema is for: who has one, who gets one and under which name, who gets none and why.
//!
//! [`accounts`] solves all schemas of a plan over a dataset and a [`Ledger`]; [`Accounts::propose`] lets rules see what comes of it.
//! The first name of each person is worked out in parallel; then one pass in the order of the schema gives each the first that is free.
mod block;
mod explain;
mod ledger;
mod one;
mod people;
mod person;
pub(super) mod plan;
mod propose;
mod scopes;
mod solve;
mod taken;
mod trial;

pub use ledger::{Entry, Ledger, LedgerError};
pub(in crate::engine) use people::follow;
pub use solve::accounts;
pub use trial::naming_trial;

use super::columns::Columns;
use super::group::Findings;
use crate::finding::{Fingerprint, Record};
use crate::model::Day;
use crate::naming::Step;
use crate::pack::{Naming, Rule, STATES};
use crate::roster::Sym;
use one::{Kept, One};
use scopes::Scope;
use solve::Fate;
use std::sync::Arc;

/// What the naming schemas make of a dataset.
pub struct Accounts<'p, 'd> {
    columns: Columns<'d>,
    runs: Vec<Run<'p>>,
    scopes: Vec<Scope<'p>>,
    /// Rules whose findings block, and what they found.
    blocking: Vec<(&'p Rule, Findings)>,
    ledger: Ledger,
    today: Day,
}

/// A schema and what came of it; per person only numbers.
struct Run<'p> {
    naming: &'p Naming,
    /// Why it could not run.
    skipped: Option<String>,
    /// What it had to do without.
    without: Vec<String>,
    /// Per person, in the order in which they chose: the record.
    rows: Vec<u32>,
    /// The identity of each record of the noun.
    identity: Vec<Sym>,
    /// Per person, the account that exists, or [`super::index::NO_ROW`].
    account: Vec<u32>,
    /// Further accounts of a person, by person and row, sorted.
    further: Vec<(u32, u32)>,
    fate: Vec<Fate>,
    /// Per person, a text a field: the name that it has, keeps or gets.
    values: Vec<Sym>,
    steps: Vec<Step>,
    /// Per field of `record`: a value a record of the noun.
    record: Vec<Vec<Sym>>,
    /// Per field, the places of its scopes.
    scopes: Vec<Vec<usize>>,
    /// Students whom accounts will see: person and student, sorted by person.
    sees: Vec<(u32, Sym)>,
    /// Accounts that are of this schema's kind and of nobody.
    gone: Vec<u32>,
    /// The identity of each record that another one of the same person stands for, and the identity of that one.
    one: One,
    /// What people who stand in several records keep of them.
    kept: Arc<Kept>,
    /// Whether nothing is known of the accounts that exist.
    blind: bool,
    /// Further records of a person's identity that say something else, by person and row, sorted.
    namesakes: Vec<(u32, u32)>,
}

/// What becomes of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The account exists, and the schema can make its name.
    Exists,
    /// The account exists under a name that the schema can't make. It is kept.
    Differs,
    /// An account will be created.
    Created,
    /// No account will be created.
    Blocked {
        /// Why, in words.
        reason: String,
        /// The rule whose finding blocks, and the finding.
        finding: Option<(Arc<str>, Fingerprint)>,
    },
}

impl State {
    /// In words; see [`STATES`].
    #[must_use]
    pub fn words(&self) -> &'static str {
        STATES[match self {
            State::Exists => 0,
            State::Differs => 1,
            State::Created => 2,
            State::Blocked { .. } => 3,
        }]
    }
}

/// A person of a schema, with everything that there is to say.
#[derive(Clone, Debug)]
pub struct PersonAccount {
    /// The identity; empty when the record has none.
    pub id: String,
    /// First and last name, as far as they are there.
    pub name: Option<String>,
    /// The school: of `record`, or of the person.
    pub school: Option<String>,
    /// The person's record as it stands in its file, with the fields that the schema reads.
    pub record: Record,
    /// The account that exists.
    pub account: Option<Record>,
    /// What becomes of them.
    pub state: State,
    /// By field of the schema: the name that the account has, keeps or gets.
    pub values: Vec<Option<String>>,
    /// By field of the schema: what the account that exists has.
    pub current: Vec<Option<String>>,
    /// The other fields of the account, as `record` says: name and value.
    pub others: Vec<(&'static str, Option<String>)>,
    /// Where in the schema the name stands; `None` when it was not made in this run.
    pub step: Option<Step>,
    /// What a person should look at: names that look alike, several accounts.
    pub notes: Vec<String>,
    /// The ids of the students whom the account will see.
    pub sees: Vec<String>,
}

/// An attempt at a name, for `--explain`.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Where in the schema it stands.
    pub step: Step,
    /// A text a field; none when the schema could make none.
    pub texts: Vec<String>,
    /// What stood in its way, in a word or two that can be counted; empty when it was taken.
    pub trouble: &'static str,
    /// Why it was not taken; `None` of the one that was.
    pub refused: Option<String>,
    /// Who holds it.
    pub holder: Option<Record>,
}

/// How many people of a school are in each state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchoolCount {
    /// The school; `None` of people without one.
    pub school: Option<String>,
    /// In the order of [`STATES`].
    pub states: [u64; 4],
}

/// One schema of [`Accounts`].
#[derive(Clone, Copy)]
pub struct SchemaRun<'a, 'p, 'd> {
    accounts: &'a Accounts<'p, 'd>,
    at: usize,
}

impl<'p, 'd> Accounts<'p, 'd> {
    /// The schemas, in the order of the packs.
    pub fn schemas<'a>(&'a self) -> impl Iterator<Item = SchemaRun<'a, 'p, 'd>> {
        (0..self.runs.len()).map(move |at| SchemaRun { accounts: self, at })
    }
}

impl<'p> SchemaRun<'_, 'p, '_> {
    fn run(&self) -> &Run<'p> {
        &self.accounts.runs[self.at]
    }

    /// The schema itself: id, title, group, fields, how passwords are made.
    #[must_use]
    pub fn naming(&self) -> &'p Naming {
        self.run().naming
    }

    /// Why it could not run at all.
    #[must_use]
    pub fn skipped(&self) -> Option<&str> {
        self.run().skipped.as_deref()
    }

    /// What it had to do without: without accounts, all are taken for new.
    #[must_use]
    pub fn without(&self) -> &[String] {
        &self.run().without
    }

    /// Whether nothing is known of the accounts that exist, though the schema says how they are known: everybody is then taken for new.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.run().blind
    }

    /// The names of the fields that it fills.
    pub fn fields(&self) -> impl Iterator<Item = &'p str> + use<'p> {
        self.naming().schema.fields.iter().map(|field| field.name.as_str())
    }

    /// How many people it is for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.run().rows.len()
    }

    /// Whether it is for nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
