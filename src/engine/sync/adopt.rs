//! Which account is whose, where records and accounts may find several of the other: the first by identity on either side, whatever the order of rows.
use super::facts::{Bits, by_texts};
use crate::engine::columns::TableId;
use crate::engine::index::NO_ROW;
use crate::engine::join::Joiner;

/// What was left over.
#[derive(Default)]
pub(super) struct Adopted {
    /// Records whose only accounts are those of others: record, account.
    pub(super) taken: Vec<(u32, u32)>,
    /// Accounts that a record has besides its own, and that are nobody else's: record, account.
    pub(super) further: Vec<(u32, u32)>,
}

/// Gives records their accounts from `pairs` of places and account rows. A record takes the first of its accounts that is free, and records choose in the
/// order of their identities. `claimed` are the accounts that are somebody's, or that nobody else may have.
pub(super) fn adopt(
    joiner: &Joiner<'_, '_>,
    (records, accounts): (TableId, TableId),
    rows: &[u32],
    mut pairs: Vec<(u32, u32)>,
    account: &mut [u32],
    claimed: &mut Bits,
) -> Adopted {
    let all = joiner.columns.rows(accounts) as usize;
    if !pairs.is_sorted() {
        pairs.sort_unstable();
    }
    pairs.dedup();
    let (mut once, mut twice) = (Bits::of([], all), Bits::of([], all));
    for (_, row) in &pairs {
        if once.has(*row) {
            twice.set(*row);
        }
        once.set(*row);
    }
    // Almost always one record finds one account; only the rest has to be put in order.
    let mut contested = Vec::new();
    for of_record in pairs.chunk_by(|a, b| a.0 == b.0) {
        match of_record {
            [(place, row)] if !twice.has(*row) => {
                account[*place as usize] = *row;
                claimed.set(*row);
            }
            several => contested.extend_from_slice(several),
        }
    }
    contested.sort_by(|a, b| {
        let own = by_texts(joiner.columns, records, rows[a.0 as usize], rows[b.0 as usize]);
        own.then_with(|| by_texts(joiner.columns, accounts, a.1, b.1))
    });
    let mut left = Vec::new();
    for (place, row) in contested {
        if account[place as usize] == NO_ROW && !claimed.has(row) {
            account[place as usize] = row;
            claimed.set(row);
        } else {
            left.push((place, row));
        }
    }
    let mut adopted = Adopted::default();
    for (place, row) in left {
        if !claimed.has(row) {
            claimed.set(row);
            adopted.further.push((place, row));
        } else if account[place as usize] == NO_ROW && adopted.taken.last().is_none_or(|(last, _)| *last != place) {
            adopted.taken.push((place, row));
        }
    }
    adopted.taken.sort_unstable();
    adopted.further.sort_unstable();
    adopted
}
