//! Scopes: which names are taken, and by whom.
use crate::engine::columns::table_of;
use crate::engine::index::mix;
use crate::engine::join::Joiner;
use crate::engine::rule::Found;
use crate::language::form::{By, Expr};
use crate::model::{Epoch, FieldId, FieldRef, NounId};
use crate::pack::{Body, Rule, Variant};
use crate::roster::{Sym, Symbols};
use hashbrown::HashTable;
use std::sync::{Arc, OnceLock};

/// Who holds a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Holder {
    /// A record of today.
    Record(NounId, u32),
    /// An entry of the ledger.
    Ledger(u32),
    /// A person of a schema of this run.
    Given {
        /// The schema.
        run: u16,
        /// Its person.
        person: u32,
    },
}

/// The names of one uniqueness.
pub(super) struct Scope<'p> {
    pub(super) id: Arc<str>,
    /// How an account falls into the scope: the values of `within`, and the key.
    account: &'p Variant,
    /// Symbols of an entry: those of `within`, then the key.
    width: usize,
    keys: Vec<Sym>,
    holders: Vec<Holder>,
    /// Per entry, the next of the same key plus one.
    next: Vec<u32>,
    heads: HashTable<u32>,
    /// Entries by what people could take them for; made when it is first asked.
    pub(super) alike: OnceLock<Vec<(u64, u32)>>,
}

impl<'p> Scope<'p> {
    /// An empty scope of a uniqueness that is about accounts.
    pub(super) fn new(rule: &'p Rule, account: NounId) -> Option<Self> {
        let Body::Records { variants, .. } = &rule.body else { return None };
        let of = |epoch: Epoch| {
            variants.iter().find(move |variant| {
                let first = &variant.frame[variant.each.slots[0].0 as usize];
                first.noun == account && first.epoch == epoch
            })
        };
        let account = of(Epoch::Today).or_else(|| of(Epoch::Proposed))?;
        Some(Scope {
            id: rule.id.clone(),
            account,
            width: account.group.len(),
            keys: Vec::new(),
            holders: Vec::new(),
            next: Vec::new(),
            heads: HashTable::new(),
            alike: OnceLock::new(),
        })
    }

    /// Takes in the records that share the name space.
    pub(super) fn fill(&mut self, joiner: &Joiner<'_, '_>, rule: &Rule, found: &Found) {
        let Body::Records { variants, .. } = &rule.body else { return };
        let mut key = Vec::with_capacity(self.width);
        for (at, variant) in variants.iter().enumerate() {
            let Some(slot) = found.slots[at].first().copied() else { continue };
            let columns: Vec<_> = variant
                .group
                .iter()
                .map(|(column, by)| {
                    let place = found.slots[at].iter().position(|slot| *slot == column.slot).unwrap_or(0);
                    (joiner.columns.key(table_of(&variant.frame, column.slot), &column.expr, *by), place)
                })
                .collect();
            let (noun, _) = table_of(&variant.frame, slot);
            for tuple in 0..found.len(at) {
                let rows = found.tuple(at, tuple);
                key.clear();
                key.extend(columns.iter().map(|(column, place)| column[rows[*place] as usize]));
                if key.last().is_some_and(|name| *name != Sym::MISSING) {
                    self.add(&key, Holder::Record(noun, rows[0]));
                }
            }
        }
    }

    /// Adds a name, beside those who hold it already.
    pub(super) fn add(&mut self, key: &[Sym], holder: Holder) {
        let entry = self.holders.len() as u32;
        let (keys, width) = (&self.keys, self.width);
        let of = |entry: u32| &keys[entry as usize * width..(entry as usize + 1) * width];
        let hash = hash(key);
        let mut next = 0;
        match self.heads.find_mut(hash, |head| of(*head) == key) {
            // The first entry of a key stays its head; later ones stand behind it.
            Some(head) => {
                next = self.next[*head as usize];
                self.next[*head as usize] = entry + 1;
            }
            None => {
                self.heads.insert_unique(hash, entry, |entry| self::hash(of(*entry)));
            }
        }
        self.keys.extend_from_slice(key);
        self.holders.push(holder);
        self.next.push(next);
    }

    /// The first holder of a key who is in the way.
    pub(super) fn holder(&self, key: &[Sym], in_the_way: impl Fn(Holder) -> bool) -> Option<Holder> {
        let head = self.heads.find(hash(key), |head| self.key(*head) == key)?;
        let mut at = *head + 1;
        while at != 0 {
            let holder = self.holders[at as usize - 1];
            if in_the_way(holder) {
                return Some(holder);
            }
            at = self.next[at as usize - 1];
        }
        None
    }

    fn key(&self, entry: u32) -> &[Sym] {
        &self.keys[entry as usize * self.width..(entry as usize + 1) * self.width]
    }

    /// Every entry: its number, its `within` and key, its holder.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, &[Sym], Holder)> {
        (0..self.holders.len() as u32).map(|entry| (entry, self.key(entry), self.holders[entry as usize]))
    }

    /// An entry.
    pub(super) fn entry(&self, entry: u32) -> (&[Sym], Holder) {
        (self.key(entry), self.holders[entry as usize])
    }

    /// The `within` and the key of a name that `field` would hold, into `key`; false when it has none. `other` gives the account's other fields.
    pub(super) fn key_of(
        &self,
        symbols: &Symbols,
        today: i32,
        field: FieldId,
        name: Sym,
        other: &dyn Fn(FieldId) -> Sym,
        key: &mut Vec<Sym>,
    ) -> bool {
        key.clear();
        let within = self.account.scope;
        for (at, (column, by)) in self.account.group.iter().enumerate() {
            let value = |of: &FieldRef| match of {
                FieldRef::Field(of) if at < within => other(*of),
                FieldRef::Field(of) if *of == field => name,
                _ => Sym::MISSING,
            };
            let value = match &*column.expr {
                Expr::Field(of) => value(of),
                expr => text_of(symbols, today, expr, &value).map_or(Sym::MISSING, |text| symbols.intern(&text)),
            };
            key.push(fold(symbols, *by, value));
        }
        key.last().is_some_and(|name| *name != Sym::MISSING)
    }

    /// The scope of a key as the ledger writes it: `pack/login-per-school[104]`.
    pub(super) fn words(&self, symbols: &Symbols, key: &[Sym]) -> String {
        let within = key[..self.account.scope].iter().map(|value| format!("[{}]", symbols.text(*value)));
        std::iter::once(self.id.to_string()).chain(within).collect()
    }

    /// The `within` that the ledger wrote; `None` when it is of another scope.
    pub(super) fn within(&self, symbols: &Symbols, written: &str) -> Option<Vec<Sym>> {
        let rest = written.strip_prefix(&*self.id)?;
        if self.account.scope == 0 {
            return rest.is_empty().then(Vec::new);
        }
        let values = rest.strip_prefix('[')?.strip_suffix(']')?;
        let values: Vec<Sym> = values.split("][").map(|value| symbols.intern(value)).collect();
        (values.len() == self.account.scope).then_some(values)
    }
}

fn hash(key: &[Sym]) -> u64 {
    mix(key.iter().copied())
}

/// The key of a value under a comparison.
fn fold(symbols: &Symbols, by: By, value: Sym) -> Sym {
    if value == Sym::MISSING {
        return value;
    }
    let text = symbols.text(value);
    match by.key(text) {
        None => Sym::MISSING,
        Some(key) if key == text => value,
        Some(key) => symbols.intern(&key),
    }
}

fn text_of(symbols: &Symbols, today: i32, expr: &Expr, value: &dyn Fn(&FieldRef) -> Sym) -> Option<String> {
    match expr {
        Expr::Field(field) => match value(field) {
            Sym::MISSING => None,
            sym => Some(symbols.text(sym).to_owned()),
        },
        Expr::Text(text) => Some(text.clone()),
        Expr::Apply(call, inner) => {
            let text = text_of(symbols, today, inner, value)?;
            call.function.apply(&text, &call.given, today).map(std::borrow::Cow::into_owned)
        }
        Expr::First(parts) => parts.iter().find_map(|part| text_of(symbols, today, part, value)),
        Expr::Join(parts) => parts.iter().map(|part| text_of(symbols, today, part, value)).collect(),
    }
}
