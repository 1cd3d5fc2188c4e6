//! How a person came to a name: every attempt, and what stood in its way at the person's turn.
use super::people::Reader;
use super::scopes::Holder;
use super::solve::Fate;
use super::taken::{Taken, held};
use super::{SchemaRun, Tried};
use crate::roster::Sym;

/// Attempts that are told.
const MOST: usize = 250;

impl SchemaRun<'_, '_, '_> {
    /// Every name that was tried for a person, in order, until the one that was taken; at most 250. Names that people later in the order got do
    /// not count. Of a person who has an account already, what would be tried.
    #[must_use]
    pub fn explain(&self, at: usize) -> Vec<Tried> {
        let (run, accounts) = (self.run(), self.accounts);
        let symbols = accounts.columns.dataset.symbols();
        let reader = Reader::new(accounts.columns.dataset, run);
        let values = reader.row(run.rows[at]);
        let taken = Taken { scopes: &accounts.scopes, ledger: &accounts.ledger, symbols, today: accounts.today };
        // Who chose later was not there yet.
        let later = |other: u16, person: u32| {
            let chose = accounts.runs[usize::from(other)].fate[person as usize] == Fate::Created;
            chose && (usize::from(other), person as usize) > (self.at, at)
        };
        let own = |other: u16, person: u32| accounts.runs[usize::from(other)].same(person, run, at) || later(other, person);
        let mut all = Vec::new();
        for attempt in run.naming.schema.attempts(&values, accounts.today).take(MOST) {
            let mut tried = Tried { step: attempt.step, texts: Vec::new(), trouble: "", refused: None, holder: None };
            match attempt.outcome {
                Err(refusal) => {
                    tried.trouble = refusal.trouble();
                    tried.refused = Some(refusal.to_string());
                }
                Ok(texts) => {
                    let names: Vec<Sym> = texts.iter().map(|text| symbols.intern(text)).collect();
                    tried.texts = texts;
                    if let Some((field, holder)) = held(&taken, self.at as u16, run, at, &names, &own) {
                        let name = &run.naming.schema.fields[field].name;
                        let retired = matches!(holder, Holder::Ledger(_));
                        let verb = if retired { "was held" } else { "is held" };
                        tried.refused = Some(format!("{name} `{}` {verb} by {}", tried.texts[field], accounts.holder_words(holder)));
                        tried.trouble = "held by another";
                        tried.holder = accounts.holder_record(holder);
                    }
                }
            }
            let free = tried.refused.is_none();
            all.push(tried);
            if free {
                break;
            }
        }
        all
    }
}
