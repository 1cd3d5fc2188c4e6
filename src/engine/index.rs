//! Finding the records that have a key: hash indexes for joins, bit sets for "is there any".
use super::columns::{At, Columns, Symbols, TableId};
use crate::language::form::{By, Expr};
use crate::roster::Sym;
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// What an index is of: a table and the columns of its key.
pub(super) type IndexKey = (TableId, Vec<(Expr, By)>);

/// Records by key. Open addressing over places; records of one key are chained in the order of the table.
pub(super) struct Index<'d> {
    /// The parts of the keys, place by place.
    keys: Vec<Arc<Symbols<'d>>>,
    /// Place plus one; 0 is free.
    heads: Vec<u32>,
    /// Per place, that of the next one of the same key plus one; 0 ends the chain. Empty when no key has two records.
    next: Vec<u32>,
    /// The record at each place; `None`: all of a table, at places of their own number.
    rows: Option<Vec<u32>>,
}

/// Keys that are looked up side by side; see [`Index::warm`].
pub(super) const TOGETHER: usize = 64;

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes the symbols of a key.
pub(super) fn mix(symbols: impl Iterator<Item = Sym>) -> u64 {
    symbols.fold(0, |hash: u64, symbol| (hash.rotate_left(29) ^ u64::from(symbol.0)).wrapping_mul(GOLDEN))
}

impl<'d> Index<'d> {
    /// Indexes records by the `keys` that they have: `rows`, or all of a table. Records with a missing part of the key are left out.
    pub(super) fn new(keys: Vec<Arc<Symbols<'d>>>, rows: Option<Vec<u32>>) -> Self {
        let count = keys.first().map_or(0, |part| part.len());
        let mut index = Index { keys, heads: vec![0; count + count / 2 + 4], next: Vec::new(), rows };
        let mut hashes = Vec::with_capacity(TOGETHER);
        // From the last to the first, so that chains run in the order of the table.
        let mut end = count;
        while end > 0 {
            let start = end.saturating_sub(TOGETHER);
            hashes.clear();
            hashes.extend((start..end).map(|place| mix(index.keys.iter().map(|part| part[place]))));
            index.warm(hashes.iter().copied());
            for place in (start..end).rev() {
                index.insert(place, hashes[place - start], count);
            }
            end = start;
        }
        index
    }

    fn insert(&mut self, place: usize, hash: u64, count: usize) {
        if self.keys.iter().any(|part| part[place] == Sym::MISSING) {
            return;
        }
        let mut at = self.home(hash);
        loop {
            let head = self.heads[at];
            if head == 0 {
                break;
            }
            let other = head as usize - 1;
            if self.keys.iter().all(|part| part[other] == part[place]) {
                self.next.resize(count, 0);
                self.next[place] = head;
                break;
            }
            at = self.after(at);
        }
        self.heads[at] = place as u32 + 1;
    }

    fn row(&self, place: usize) -> u32 {
        self.rows.as_ref().map_or(place as u32, |rows| rows[place])
    }

    /// Where a key should be: its hash as a fraction of the table.
    fn home(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.heads.len() as u128) >> 64) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.heads.len() { 0 } else { at + 1 }
    }

    /// Looks at where these keys should be, all side by side. Nearly every look into a large index misses every cache, and so does the look at the record found
    /// there; the processor fetches them together here, where one key after another would wait each time.
    pub(super) fn warm(&self, keys: impl Iterator<Item = u64>) {
        let rows = keys.map(|hash| self.heads[self.home(hash)]).map(|head| match head.checked_sub(1) {
            Some(place) => self.keys[0][place as usize].0,
            None => 0,
        });
        // Nothing depends on the sum but that what it is made of is at hand afterwards.
        std::hint::black_box(rows.fold(0, u32::wrapping_add));
    }

    /// Whether the key is one value, and no two records have the same.
    pub(super) fn is_unique(&self) -> bool {
        self.keys.len() == 1 && self.next.is_empty()
    }

    /// Where the key is unique: the record of each of these, or [`NO_ROW`]. None waits for another, so that the processor fetches what they need together.
    pub(super) fn only(&self, keys: &Keys, rows: &mut Vec<u32>) {
        rows.clear();
        rows.extend(keys.symbols.iter().zip(&keys.hashes).map(|(key, hash)| {
            let mut at = self.home(*hash);
            loop {
                let head = self.heads[at];
                if head == 0 {
                    return NO_ROW;
                }
                let place = head as usize - 1;
                if self.keys[0][place] == *key {
                    return self.row(place);
                }
                at = self.after(at);
            }
        }));
    }

    /// Calls `visit` with every record of `key`, in the order of the table, until it says false.
    pub(super) fn each(&self, key: &[Sym], visit: impl FnMut(u32) -> bool) {
        self.each_of(mix(key.iter().copied()), key, visit);
    }

    /// The same, where the [`mix`] of the key is at hand.
    pub(super) fn each_of(&self, hash: u64, key: &[Sym], mut visit: impl FnMut(u32) -> bool) {
        let mut at = self.home(hash);
        loop {
            let head = self.heads[at];
            if head == 0 {
                return;
            }
            let first = head as usize - 1;
            if self.keys.iter().zip(key).all(|(part, wanted)| part[first] == *wanted) {
                let mut place = head;
                while place != 0 {
                    if !visit(self.row(place as usize - 1)) {
                        return;
                    }
                    place = self.next.get(place as usize - 1).copied().unwrap_or(0);
                }
                return;
            }
            at = self.after(at);
        }
    }
}

/// The keys of some tuples, side by side, with their hashes.
#[derive(Default)]
pub(super) struct Keys {
    width: usize,
    symbols: Vec<Sym>,
    pub(super) hashes: Vec<u64>,
}

impl Keys {
    /// Takes the keys at `places`.
    pub(super) fn gather(&mut self, outer: &[At<'_, '_>], places: Range<usize>) {
        let count = places.len();
        self.width = outer.len();
        self.symbols.resize(count * self.width, Sym::MISSING);
        for (part, column) in outer.iter().enumerate() {
            let cells = self.symbols[part..].iter_mut().step_by(self.width);
            match column {
                At::Column(column, rows) => {
                    let column: &[Sym] = column;
                    cells.zip(&rows[places.clone()]).for_each(|(cell, row)| *cell = column[*row as usize]);
                }
                At::Few(symbols) => cells.zip(&symbols[places.clone()]).for_each(|(cell, symbol)| *cell = *symbol),
            }
        }
        self.hashes.clear();
        self.hashes.extend(self.symbols.chunks_exact(self.width).map(|key| mix(key.iter().copied())));
    }

    pub(super) fn of(&self, nth: usize) -> &[Sym] {
        &self.symbols[nth * self.width..(nth + 1) * self.width]
    }
}

/// A set of a table's records, one bit each.
pub(super) struct RowSet {
    bits: Vec<u64>,
}

impl RowSet {
    pub(super) fn new(rows: &[u32], all: u32) -> Self {
        let mut set = RowSet { bits: vec![0; all as usize / 64 + 1] };
        rows.iter().for_each(|row| set.bits[*row as usize / 64] |= 1 << (row % 64));
        set
    }

    #[inline]
    pub(super) fn contains(&self, row: u32) -> bool {
        self.bits[row as usize / 64] & (1 << (row % 64)) != 0
    }
}

/// A set of symbols, one bit each.
pub(super) struct SymbolSet {
    bits: Vec<u64>,
}

impl SymbolSet {
    pub(super) fn new(symbols: impl Iterator<Item = Sym>, most: usize) -> Self {
        let mut set = SymbolSet { bits: vec![0; most / 64 + 1] };
        for symbol in symbols {
            let word = symbol.0 as usize / 64;
            if word >= set.bits.len() {
                set.bits.resize(word + 1, 0);
            }
            set.bits[word] |= 1 << (symbol.0 % 64);
        }
        set.bits[0] &= !1;
        set
    }

    pub(super) fn contains(&self, symbol: Sym) -> bool {
        self.bits.get(symbol.0 as usize / 64).is_some_and(|word| word & (1 << (symbol.0 % 64)) != 0)
    }
}

type Cell<T> = Arc<OnceLock<Arc<T>>>;

/// The indexes of whole tables, each made once and shared.
#[derive(Default)]
pub(super) struct Indexes<'d> {
    indexes: Mutex<HashMap<IndexKey, Cell<Index<'d>>>>,
    sets: Mutex<HashMap<(TableId, Expr, By), Cell<SymbolSet>>>,
    counterparts: Mutex<HashMap<TableId, Cell<Vec<u32>>>>,
}

/// No record.
pub(super) const NO_ROW: u32 = u32::MAX;

impl<'d> Indexes<'d> {
    /// The index of a whole table.
    pub(super) fn whole(&self, columns: &Columns<'d>, key: &IndexKey) -> Arc<Index<'d>> {
        let cell = shared(&self.indexes, key.clone());
        cell.get_or_init(|| {
            let keys = key.1.iter().map(|(expr, by)| columns.key(key.0, expr, *by)).collect();
            Arc::new(Index::new(keys, None))
        })
        .clone()
    }

    /// For every record of a table the first one of the same identity in the other snapshot, or [`NO_ROW`].
    pub(super) fn counterparts(&self, columns: &Columns<'d>, table: TableId, identity: &Expr) -> Arc<Vec<u32>> {
        let cell = shared(&self.counterparts, table);
        cell.get_or_init(|| {
            let there = self.whole(columns, &((table.0, table.1.other()), vec![(identity.clone(), By::Bytes)]));
            let own = columns.key(table, identity, By::Bytes);
            let mut counterparts = Vec::with_capacity(own.len());
            for ids in own.chunks(TOGETHER) {
                there.warm(ids.iter().map(|id| mix([*id].into_iter())));
                counterparts.extend(ids.iter().map(|id| {
                    let mut row = NO_ROW;
                    if *id != Sym::MISSING {
                        there.each(&[*id], |first| {
                            row = first;
                            false
                        });
                    }
                    row
                }));
            }
            Arc::new(counterparts)
        })
        .clone()
    }

    /// Whether the index of a whole table is there already.
    pub(super) fn is_made(&self, key: &IndexKey) -> bool {
        let indexes = self.indexes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        indexes.get(key).is_some_and(|cell| cell.get().is_some())
    }

    /// The keys that a table has.
    pub(super) fn set(&self, columns: &Columns<'d>, table: TableId, expr: &Expr, by: By) -> Arc<SymbolSet> {
        let cell = shared(&self.sets, (table, expr.clone(), by));
        cell.get_or_init(|| Arc::new(SymbolSet::new(columns.key(table, expr, by).iter().copied(), columns.dataset.symbols().len()))).clone()
    }
}

fn shared<K: std::hash::Hash + Eq, T>(map: &Mutex<HashMap<K, Cell<T>>>, key: K) -> Cell<T> {
    map.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(key).or_default().clone()
}
