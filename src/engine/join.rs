//! Joins: from a batch of tuples, step by step, to the batches of longer tuples that a clause has.
use super::batch::Batch;
use super::columns::{At, Columns, Symbols, TableId, is_cheap, table_of};
use super::condition::Truth;
use super::index::{Index, Indexes, Keys, NO_ROW, RowSet, SymbolSet, TOGETHER};
use super::plan::Supply;
use crate::language::form::{By, Column, Cond, Frame, Slot};
use crate::language::joins::{Joined, Step};
use crate::model::{Epoch, FieldRef, NounId};
use crate::roster::Sym;
use std::sync::{Arc, Mutex};

/// Tuples past which a batch is handed on before it grows further.
const BATCH: usize = 1 << 18;

/// Records of a table whose conditions are asked at once.
const BLOCK: u32 = 1 << 15;

/// Tuples of which it is worth asking first whether there is a record at all.
const REDUCED: usize = 1 << 12;

/// Rows of a table that a condition on them alone keeps, remembered across rules.
type Kept = (TableId, Vec<Cond>, Arc<Vec<u32>>);

/// What joins need: columns, indexes, and which nouns are there.
pub(super) struct Joiner<'c, 'd> {
    pub(super) columns: &'c Columns<'d>,
    pub(super) indexes: &'c Indexes<'d>,
    pub(super) supply: &'c Supply,
    kept: &'c Mutex<Vec<Kept>>,
}

/// The memory of [`Joiner`] that outlives a rule.
#[derive(Default)]
pub(super) struct Memory(Mutex<Vec<Kept>>);

/// What a step looks records up in.
enum Lookup<'d> {
    /// All records of the table, or those of a set.
    Index(Arc<Index<'d>>, Option<RowSet>),
    Own(Index<'d>),
    Scan(Vec<u32>),
}

impl<'c, 'd> Joiner<'c, 'd> {
    pub(super) fn new(columns: &'c Columns<'d>, indexes: &'c Indexes<'d>, supply: &'c Supply, memory: &'c Memory) -> Self {
        Joiner { columns, indexes, supply, kept: &memory.0 }
    }

    pub(super) fn supplied(&self, noun: NounId, epoch: Epoch, field: Option<&FieldRef>) -> bool {
        self.supply.has((noun, epoch), field)
    }

    /// Calls `found` with the longer tuples of `batch`, whose `origin` says where they came from. Gives, per outer tuple, whether something unknown stood in the way.
    pub(super) fn join(&self, frame: &Frame, joined: &Joined, batch: Batch, found: &mut dyn FnMut(Batch)) -> Vec<bool> {
        let mut unknown = vec![false; batch.origin.iter().max().map_or(0, |most| *most as usize + 1)];
        let batch = self.filter(frame, &joined.before, batch, &mut unknown);
        self.steps(frame, &joined.steps, batch, &mut unknown, found);
        unknown
    }

    /// Keeps the tuples for which all `conditions` hold, and notes those for which that is unknown.
    pub(super) fn filter(&self, frame: &Frame, conditions: &[Cond], batch: Batch, unknown: &mut [bool]) -> Batch {
        if conditions.is_empty() || batch.len() == 0 {
            return batch;
        }
        let places: Vec<u32> = (0..batch.len() as u32).collect();
        let truths = self.all_of(frame, conditions, &batch, &places);
        let mut kept = Vec::new();
        for (place, truth) in truths.into_iter().enumerate() {
            match truth {
                Truth::True => kept.push(place as u32),
                Truth::Unknown => unknown[batch.origin[place] as usize] = true,
                Truth::False => {}
            }
        }
        if kept.len() < batch.len() { batch.keep(&kept) } else { batch }
    }

    /// The records of a table that conditions on them alone keep. Those that can be told from the record are asked in blocks that stay in the
    /// processor's cache; those that count other records, of all that are left at once. `missed` counts the records for which it is unknown.
    pub(super) fn scan(&self, frame: &Frame, slot: Slot, conditions: &[Cond], semijoins: &[Semijoin], missed: &mut u64) -> Vec<u32> {
        let all = self.columns.rows(table_of(frame, slot));
        let (counting, plain): (Vec<Cond>, Vec<Cond>) = conditions.iter().cloned().partition(|condition| {
            let mut nested = false;
            condition.clauses(&mut |_| nested = true);
            nested
        });
        let mut kept: Vec<u32> = Vec::new();
        if plain.is_empty() && semijoins.is_empty() {
            kept = (0..all).collect();
        } else {
            let mut start = 0;
            while start < all {
                let end = all.min(start.saturating_add(BLOCK));
                let mut scan = Batch::scan(slot, (start..end).collect());
                scan.blocks = all.div_ceil(BLOCK) as usize;
                let mut unknown = vec![false; scan.len()];
                let mut batch = self.filter(frame, &plain, scan, &mut unknown);
                for semijoin in semijoins {
                    batch = self.keep_without(frame, semijoin, batch, &mut unknown);
                }
                kept.extend_from_slice(batch.rows(slot));
                *missed += unknown.into_iter().filter(|unknown| *unknown).count() as u64;
                start = end;
            }
        }
        if !counting.is_empty() && !kept.is_empty() {
            let scan = Batch::scan(slot, kept);
            let mut unknown = vec![false; scan.len()];
            kept = self.filter(frame, &counting, scan, &mut unknown).rows(slot).to_vec();
            *missed += unknown.into_iter().filter(|unknown| *unknown).count() as u64;
        }
        kept
    }

    /// The tuples that have no match.
    fn keep_without(&self, frame: &Frame, semijoin: &Semijoin, batch: Batch, unknown: &mut [bool]) -> Batch {
        if batch.len() == 0 {
            return batch;
        }
        let mut open = Vec::new();
        for (place, truth) in self.has(frame, semijoin, &batch).into_iter().enumerate() {
            match truth {
                Truth::False => open.push(place as u32),
                Truth::Unknown => unknown[batch.origin[place] as usize] = true,
                Truth::True => {}
            }
        }
        batch.keep(&open)
    }

    fn steps(&self, frame: &Frame, steps: &[Step], batch: Batch, unknown: &mut [bool], found: &mut dyn FnMut(Batch)) {
        if batch.len() == 0 {
            return;
        }
        let Some((step, rest)) = steps.split_first() else {
            found(batch);
            return;
        };
        let table = table_of(frame, step.slot);
        let outer = self.outer(frame, step, &batch);
        // Where most keys have no record at all, as when something wrong is looked for, a bit for each says so before any index is made.
        let batch = match self.reducible(table, step, &batch, &outer, unknown) {
            Some(kept) if kept.is_empty() => return,
            Some(kept) => {
                drop(outer);
                let fewer = batch.keep(&kept);
                return self.steps_of(frame, step, rest, table, fewer, unknown, found);
            }
            None => {
                drop(outer);
                batch
            }
        };
        self.steps_of(frame, step, rest, table, batch, unknown, found);
    }

    /// The keys that a step looks up, a column each.
    fn outer<'b>(&self, frame: &Frame, step: &Step, batch: &'b Batch) -> Vec<At<'b, 'd>> {
        let key = |(_, other, by): &(Column, Column, By)| {
            self.columns.key_at(table_of(frame, other.slot), &other.expr, *by, batch.rows(other.slot), batch.blocks)
        };
        step.keys.iter().map(key).collect()
    }

    /// The tuples whose key the table has, when that leaves less than half of many.
    fn reducible(&self, table: TableId, step: &Step, batch: &Batch, outer: &[At<'_, 'd>], unknown: &mut [bool]) -> Option<Vec<u32>> {
        let [(column, _, by)] = step.keys.as_slice() else { return None };
        if batch.len() < REDUCED || !step.own.is_empty() {
            return None;
        }
        let set = self.indexes.set(self.columns, table, &column.expr, *by);
        let mut kept = Vec::new();
        for place in 0..batch.len() {
            match outer[0].get(place) {
                Sym::MISSING => unknown[batch.origin[place] as usize] = true,
                key if set.contains(key) => kept.push(place as u32),
                _ => {}
            }
        }
        (kept.len() * 2 < batch.len()).then_some(kept)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of a join, handed from step to step")]
    fn steps_of(
        &self,
        frame: &Frame,
        step: &Step,
        rest: &[Step],
        table: TableId,
        batch: Batch,
        unknown: &mut [bool],
        found: &mut dyn FnMut(Batch),
    ) {
        let outer: Vec<At<'_, 'd>> = self.outer(frame, step, &batch);
        let lookup = self.lookup(frame, table, step, &batch, &outer);
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        let mut flush = |places: &mut Vec<u32>, rows: &mut Vec<u32>, unknown: &mut [bool]| {
            let longer = batch.extend(places, step.slot, std::mem::take(rows));
            places.clear();
            let longer = self.filter(frame, &step.rest, longer, unknown);
            self.steps(frame, rest, longer, unknown, found);
        };
        let (index, among) = match &lookup {
            Lookup::Index(index, among) => (&**index, among.as_ref()),
            Lookup::Own(index) => (index, None),
            Lookup::Scan(all) => {
                for place in 0..batch.len() as u32 {
                    places.extend(std::iter::repeat_n(place, all.len()));
                    rows.extend_from_slice(all);
                    if places.len() >= BATCH {
                        flush(&mut places, &mut rows, unknown);
                    }
                }
                if !places.is_empty() {
                    flush(&mut places, &mut rows, unknown);
                }
                return;
            }
        };
        let mut keys = Keys::default();
        let unique = index.is_unique();
        let mut only = Vec::new();
        // Files are written in groups: the records of the key before are often those of this one too.
        let (mut last_key, mut last_rows): (Vec<Sym>, Vec<u32>) = (Vec::new(), Vec::new());
        for start in (0..batch.len()).step_by(TOGETHER) {
            let end = batch.len().min(start + TOGETHER);
            keys.gather(&outer, start..end);
            if unique {
                index.only(&keys, &mut only);
                for (place, row) in (start..end).zip(&only) {
                    if *row == NO_ROW {
                        unknown[batch.origin[place] as usize] |= keys.of(place - start)[0] == Sym::MISSING;
                    } else if among.is_none_or(|among| among.contains(*row)) {
                        places.push(place as u32);
                        rows.push(*row);
                    }
                }
                if places.len() >= BATCH {
                    flush(&mut places, &mut rows, unknown);
                }
                continue;
            }
            let mut last = 0;
            index.warm(keys.hashes.iter().copied().filter(|hash| std::mem::replace(&mut last, *hash) != *hash));
            for place in start..end {
                let key = keys.of(place - start);
                if key != last_key {
                    if key.contains(&Sym::MISSING) {
                        unknown[batch.origin[place] as usize] = true;
                        continue;
                    }
                    last_rows.clear();
                    index.each_of(keys.hashes[place - start], key, |row| {
                        if among.is_none_or(|among| among.contains(row)) {
                            last_rows.push(row);
                        }
                        true
                    });
                    last_key.clear();
                    last_key.extend_from_slice(key);
                }
                match last_rows[..] {
                    [] => {}
                    [row] => {
                        places.push(place as u32);
                        rows.push(row);
                    }
                    ref all => {
                        places.extend(std::iter::repeat_n(place as u32, all.len()));
                        rows.extend_from_slice(all);
                    }
                }
                if places.len() >= BATCH {
                    flush(&mut places, &mut rows, unknown);
                }
            }
        }
        if !places.is_empty() {
            flush(&mut places, &mut rows, unknown);
        }
    }

    /// The cheapest way to find a step's records: the shared index when much is asked of the whole table, an index of its own when its conditions
    /// or the keys that are asked for leave few.
    fn lookup(&self, frame: &Frame, table: TableId, step: &Step, batch: &Batch, outer: &[At<'_, 'd>]) -> Lookup<'d> {
        let all = self.columns.rows(table);
        if step.keys.is_empty() {
            return Lookup::Scan(if step.own.is_empty() { (0..all).collect() } else { (*self.own(frame, table, step)).clone() });
        }
        let few = batch.len() * batch.blocks < all as usize / 8;
        let key = (table, step.keys.iter().map(|(column, _, by)| ((*column.expr).clone(), *by)).collect());
        // An index that is there already costs nothing, however few are asked for.
        if step.own.is_empty() && (!few || self.indexes.is_made(&key)) {
            return Lookup::Index(self.indexes.whole(self.columns, &key), None);
        }
        let rows = if few {
            // Few are asked for: pass once over a column of the key and index only what can be asked for.
            let cheapest = (0..step.keys.len()).min_by_key(|part| !is_cheap(step.keys[*part].2)).unwrap_or(0);
            let asked = (0..batch.len()).map(|place| outer[cheapest].get(place));
            let asked = SymbolSet::new(asked, self.columns.dataset.symbols().len());
            let (column, _, by) = &step.keys[cheapest];
            let keys = self.columns.key(table, &column.expr, *by);
            let rows: Vec<u32> = (0..all).filter(|row| asked.contains(keys[*row as usize])).collect();
            if step.own.is_empty() { rows } else { self.kept_of(frame, step, rows) }
        } else {
            let rows = self.own(frame, table, step);
            // Where most records may be meant, the index of all is shared by the rules that ask with one condition or another.
            if rows.len() > all as usize / 2 {
                return Lookup::Index(self.indexes.whole(self.columns, &key), Some(RowSet::new(&rows, all)));
            }
            (*rows).clone()
        };
        let keys = step.keys.iter().map(|(column, _, by)| {
            let part = self.columns.key_at(table, &column.expr, *by, &rows, 1);
            Arc::new(Symbols::Made((0..rows.len()).map(|at| part.get(at)).collect()))
        });
        Lookup::Own(Index::new(keys.collect(), Some(rows)))
    }

    /// The rows of `rows` that the step's own conditions keep.
    fn kept_of(&self, frame: &Frame, step: &Step, rows: Vec<u32>) -> Vec<u32> {
        let batch = Batch::scan(step.slot, rows);
        let mut unknown = vec![false; batch.len()];
        self.filter(frame, &step.own, batch, &mut unknown).rows(step.slot).to_vec()
    }

    /// The rows of a table that a step's own conditions keep, from memory where another rule asked the same.
    fn own(&self, frame: &Frame, table: TableId, step: &Step) -> Arc<Vec<u32>> {
        let mut normal: Vec<Cond> = step.own.clone();
        // Nested clauses name further variables, whose numbers differ from rule to rule: such conditions are not shared.
        let mut nested = false;
        for condition in &mut normal {
            condition.clauses(&mut |_| nested = true);
            rename(condition, step.slot, Slot(0));
        }
        let lock = || self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !nested && let Some((_, _, rows)) = lock().iter().find(|(kept, conditions, _)| *kept == table && *conditions == normal) {
            return rows.clone();
        }
        let rows = Arc::new(self.scan(frame, step.slot, &step.own, &[], &mut 0));
        if !nested {
            lock().push((table, normal, rows.clone()));
        }
        rows
    }

    /// The keys of the records that a clause can match, when a key alone says whether there is one.
    pub(super) fn semijoin(&self, frame: &Frame, joined: &Joined) -> Option<Semijoin> {
        let [step] = joined.steps.as_slice() else { return None };
        let [(column, other, by)] = step.keys.as_slice() else { return None };
        if !joined.is_by_key() {
            return None;
        }
        let table = table_of(frame, step.slot);
        let set = if step.own.is_empty() {
            self.indexes.set(self.columns, table, &column.expr, *by)
        } else {
            let rows = self.own(frame, table, step);
            let keys = self.columns.key_at(table, &column.expr, *by, &rows, 1);
            Arc::new(SymbolSet::new((0..rows.len()).map(|at| keys.get(at)), self.columns.dataset.symbols().len()))
        };
        Some(Semijoin { set, other: other.clone(), by: *by })
    }

    /// Whether each tuple has a match.
    pub(super) fn has(&self, frame: &Frame, semijoin: &Semijoin, batch: &Batch) -> Vec<Truth> {
        let Semijoin { set, other, by } = semijoin;
        let outer = self.columns.key_at(table_of(frame, other.slot), &other.expr, *by, batch.rows(other.slot), batch.blocks);
        let answer = |place| match outer.get(place) {
            Sym::MISSING => Truth::Unknown,
            key if set.contains(key) => Truth::True,
            _ => Truth::False,
        };
        (0..batch.len()).map(answer).collect()
    }
}

/// The keys that a clause has records of, and the value that asks for one.
pub(super) struct Semijoin {
    set: Arc<SymbolSet>,
    other: Column,
    by: By,
}

/// Gives the variable `from` the number `to` everywhere in a condition.
pub(super) fn rename(condition: &mut Cond, from: Slot, to: Slot) {
    use crate::language::form::{Quantity, Side};
    let column = |column: &mut Column| {
        if column.slot == from {
            column.slot = to;
        }
    };
    let side = |side: &mut Side| {
        if let Side::Column(inner) = side {
            column(inner);
        }
    };
    match condition {
        Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter_mut().for_each(|term| rename(term, from, to)),
        Cond::Not(inner) => rename(inner, from, to),
        Cond::Equal(left, right, _)
        | Cond::Text(left, _, right, _)
        | Cond::Similar(left, right, _, _)
        | Cond::Nearly(left, right, _, _) => {
            column(left);
            side(right);
        }
        Cond::OneOf(inner, ..)
        | Cond::Matches(inner, _)
        | Cond::Missing(inner)
        | Cond::Valid(inner)
        | Cond::Email(inner)
        | Cond::Number(inner)
        | Cond::Changed(inner) => column(inner),
        Cond::Order(_, left, right) => {
            for quantity in [left, right] {
                if let Quantity::Column(inner) = quantity {
                    column(inner);
                }
            }
        }
        Cond::Counterpart(slot) => {
            if *slot == from {
                *slot = to;
            }
        }
        Cond::Known(_) | Cond::Supplied(..) => {}
    }
}
