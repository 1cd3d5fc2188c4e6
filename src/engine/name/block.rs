//! Whom findings of a schema's rules keep from getting an account.
use super::Run;
use super::solve::Fate;
use crate::engine::columns::table_of;
use crate::engine::group::Findings;
use crate::engine::index::NO_ROW;
use crate::engine::join::Joiner;
use crate::engine::merge::Solved;
use crate::language::form::Slot;
use crate::model::{Epoch, FieldRef};
use crate::pack::{Body, Rule, Variant};
use crate::roster::Sym;
use hashbrown::HashMap;

impl Run<'_> {
    /// Marks the people whom findings of a rule name. What a rule asked of a record that says otherwise than the person whom it is one record of, is not asked
    /// of the person: one record without an email is nothing where another has it.
    pub(super) fn block(&mut self, joiner: &Joiner<'_, '_>, rule: &Rule, findings: &Findings, number: u16, merged: Option<&Solved<'_>>) {
        let Body::Records { variants, .. } = &rule.body else { return };
        // Of several findings that of the record that survives tells.
        let mut blocked: HashMap<Sym, (usize, u32)> = HashMap::new();
        let identity = self.naming.noun().get().identity;
        let asked = |variant: &Variant, slot: Slot| {
            let mut fields: Vec<FieldRef> = Vec::new();
            for clause in std::iter::once(&variant.each).chain(&variant.with).chain(&variant.without) {
                clause.condition.columns(&mut |column| {
                    if column.slot == slot {
                        column.expr.fields(&mut |field| fields.push(field.clone()));
                    }
                });
            }
            fields.retain(|field| !identity.contains(&field.name(self.naming.noun())));
            fields
        };
        for finding in 0..findings.len() {
            for (variant, tuple) in findings.members(finding) {
                let variant = *variant as usize;
                let rows = findings.found.tuple(variant, *tuple as usize);
                for (slot, row) in findings.found.slots[variant].iter().zip(rows) {
                    if table_of(&variants[variant].frame, *slot) == (self.naming.noun(), Epoch::Today)
                        && !(self.one.is_one_of(*row) && self.one.differs(joiner, merged, *row, &asked(&variants[variant], *slot)))
                    {
                        let told = (self.one.rank(*row), finding as u32);
                        blocked.entry(self.identity[*row as usize]).and_modify(|known| *known = told.min(*known)).or_insert(told);
                    }
                }
            }
        }
        for (person, row) in self.rows.iter().enumerate() {
            if self.fate[person] == Fate::Open
                && self.account[person] == NO_ROW
                && let Some((_, finding)) = blocked.get(&self.identity[*row as usize])
            {
                self.fate[person] = Fate::Finding(number, *finding);
            }
        }
    }
}
