//! A checked naming schema: who gets an account, which names it may have, and what else is known of it.
use super::file::Reuse;
use super::merge::Merge;
use crate::finding::{Mistake, Mistakes};
use crate::language::check::Checker;
use crate::language::form::{Binding, Clause, Column, Expr, Frame, Slot};
use crate::language::scope::Scope;
use crate::language::syntax;
use crate::model::{FieldId, FieldRef, NounId, Type};
use crate::naming::Schema;
use crate::source::Span;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A checked `[[naming]]`.
#[derive(Debug)]
pub struct Naming {
    /// `pack/name`.
    pub id: Arc<str>,
    /// One line on it.
    pub title: String,
    /// The group of accounts that it makes.
    pub group: String,
    /// The variables of `for`: the person's, and those of conditions that count.
    pub frame: Frame,
    /// Who gets an account.
    pub people: Clause,
    /// How a person's existing account is known; [`Way::end`] is the account.
    pub account: Option<Way>,
    /// The merge that says which records are one person, who gets one account.
    pub merge: Option<Arc<Merge>>,
    /// The id of the sync that creates its accounts: whom the schema blocks, that creates no account for.
    pub sync: Option<Arc<str>>,
    /// The students whom the account will see; [`Way::end`] is their id.
    pub sees: Option<Way>,
    /// What it makes of one person.
    pub schema: Schema,
    /// Per field of [`Schema::fields`]: the field of the account, and the ids of the uniquenesses in which it must be free.
    pub fields: Vec<(FieldId, Vec<Arc<str>>)>,
    /// Who chooses first.
    pub order: Vec<Column>,
    /// Rules whose findings keep a person from getting an account.
    pub blocked: Vec<Arc<str>>,
    /// The other fields of a proposed account.
    pub record: Vec<(FieldId, Expr)>,
    /// When a name of the ledger may be given again.
    pub reuse: Reuse,
    /// How initial passwords are made.
    pub password: Option<Password>,
    /// As written, for `explain` and the docs: key and text.
    pub text: Vec<(&'static str, String)>,
    /// The header in its file.
    pub span: Span,
}

/// A way from a person, who is slot 0, to other records.
#[derive(Debug)]
pub struct Way {
    /// The person's variable and those of the way.
    pub frame: Frame,
    /// The way.
    pub clause: Clause,
    /// What is looked for at its end.
    pub end: Column,
}

/// How initial passwords are made. The program that writes them draws the chance; nothing here is random.
#[derive(Debug, Clone)]
pub struct Password {
    /// Words.
    pub words: usize,
    /// Digits after them.
    pub digits: usize,
    /// Symbols after those.
    pub symbols: usize,
    /// Characters, at least and at most.
    pub length: RangeInclusive<usize>,
    /// The words to draw from.
    pub list: Vec<String>,
    /// Whether the person must change it at the first login.
    pub must_change: bool,
}

impl Naming {
    /// The noun of the people.
    #[must_use]
    pub fn noun(&self) -> NounId {
        self.frame[self.person().0 as usize].noun
    }

    /// The person's variable.
    #[must_use]
    pub fn person(&self) -> Slot {
        self.people.slots[0]
    }

    /// The name of the person's variable.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.frame[self.person().0 as usize].name
    }
}

/// A clause that joins other records to one, who is slot 0.
pub(super) fn way(scope: &Scope, clause: &syntax::Clause, from: &Binding, mistakes: &mut Mistakes) -> Option<(Frame, Clause)> {
    let mut checker = Checker::new(scope, mistakes);
    checker.lend(from);
    let form = checker.joined_clause(clause)?;
    Some((std::mem::take(&mut checker.frame), form))
}

/// A way to records that refer to students; its end is their id.
pub(super) fn students(scope: &Scope, clause: &syntax::Clause, from: &Binding, mistakes: &mut Mistakes) -> Option<Way> {
    let (frame, form) = way(scope, clause, from, mistakes)?;
    let reached = form.slots.iter().find_map(|slot| {
        let noun = frame[slot.0 as usize].noun;
        let field = if noun.get().name == "student" {
            noun.field("id")
        } else {
            noun.get().fields.iter().position(|field| field.refers == Some("student")).map(|at| FieldId(at as u8))
        };
        Some(Column { slot: *slot, expr: Arc::new(Expr::Field(FieldRef::Field(field?))), kind: Type::Id })
    });
    let Some(end) = reached else {
        let mistake = Mistake::error("wrong-kind", clause.span, "these records do not refer to students", "no student_id");
        mistakes.push(mistake.help("name records that do: 'guardianship g where g.contact_id = c.id'"));
        return None;
    };
    Some(Way { frame, clause: form, end })
}
