//! Names that are taken, and by whom.
use super::scopes::{Holder, Scope};
use super::solve::{account, id_of};
use super::{Ledger, Run};
use crate::model::Day;
use crate::pack::Reuse;
use crate::roster::{Sym, Symbols};

/// What is known of names that are taken.
pub(super) struct Taken<'a, 'p> {
    pub(super) scopes: &'a [Scope<'p>],
    pub(super) ledger: &'a Ledger,
    pub(super) symbols: &'a Symbols,
    pub(super) today: Day,
}

/// Who is in the way of these names, and of which field. Nobody stands in the own way: not by the own record, not by the own account, not by a name
/// that the ledger remembers; `own` says whether a person of another schema is the same.
pub(super) fn held(
    taken: &Taken<'_, '_>,
    number: u16,
    run: &Run<'_>,
    person: usize,
    names: &[Sym],
    own: &dyn Fn(u16, u32) -> bool,
) -> Option<(usize, Holder)> {
    let identity = run.identity[run.rows[person] as usize];
    let in_the_way = |holder: Holder| match holder {
        Holder::Record(noun, row) if noun == run.naming.noun() => identity == Sym::MISSING || run.identity[row as usize] != identity,
        Holder::Record(noun, row) if noun == account() => {
            run.account[person] != row && run.further.binary_search(&(person as u32, row)).is_err()
        }
        Holder::Record(..) => true,
        Holder::Ledger(at) => {
            let entry = &taken.ledger.entries[at as usize];
            let again = match run.naming.reuse {
                Reuse::Never => false,
                Reuse::After(days) => entry.last_seen.saturating_add(days) < taken.today,
            };
            let id = id_of(run.naming.noun(), &entry.holder).and_then(|id| taken.symbols.get(id));
            let own = identity != Sym::MISSING && run.one.held(identity, id);
            !again && !own
        }
        Holder::Given { run: other, person: held } => (other != number || held != person as u32) && !own(other, held),
    };
    let mut key = Vec::new();
    for (at, places) in run.scopes.iter().enumerate() {
        for place in places {
            let scope = &taken.scopes[*place];
            let other = |field| run.other(person, names, field);
            if scope.key_of(taken.symbols, taken.today, run.naming.fields[at].0, names[at], &other, &mut key)
                && let Some(holder) = scope.holder(&key, in_the_way)
            {
                return Some((at, holder));
            }
        }
    }
    None
}
