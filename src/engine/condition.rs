//! Conditions over batches of tuples, in Kleene's logic: a column at a time, and only for the tuples that are still undecided.
use super::batch::Batch;
use super::columns::{At, TableId, identity, table_of};
use super::index::NO_ROW;
use super::join::{Joiner, rename};
use crate::language::form::{By, Clause, Column, Cond, Frame, Quantity, Side, Slot};
use crate::language::joins;
use crate::language::syntax::{Operator, TextTest};
use crate::matching::nearly;
use crate::model::{Type, fold, is_email, is_number};
use crate::roster::Sym;
use std::borrow::Cow;

/// True, false or unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    fn of(known: bool) -> Truth {
        if known { Truth::True } else { Truth::False }
    }

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

/// Answers of a test per value, remembered for values seen lately.
struct Memory {
    slots: Vec<(Sym, bool)>,
}

impl Memory {
    fn new() -> Self {
        Memory { slots: vec![(Sym::MISSING, false); 1 << 12] }
    }

    fn ask(&mut self, value: Sym, test: impl FnOnce() -> bool) -> bool {
        let slot = &mut self.slots[(value.0.wrapping_mul(0x9e37_79b1) >> 20) as usize];
        if slot.0 != value {
            *slot = (value, test());
        }
        slot.1
    }
}

impl Joiner<'_, '_> {
    /// The truth of `condition` for the tuples of `batch` at `places`, which ascend, each once.
    pub(super) fn truth(&self, frame: &Frame, condition: &Cond, batch: &Batch, places: &[u32]) -> Vec<Truth> {
        match condition {
            Cond::Known(known) => vec![known.map_or(Truth::Unknown, Truth::of); places.len()],
            Cond::And(terms) => self.chain(frame, terms, batch, places, Truth::False),
            Cond::Or(terms) => self.chain(frame, terms, batch, places, Truth::True),
            Cond::Not(inner) => self.truth(frame, inner, batch, places).into_iter().map(Truth::not).collect(),
            Cond::AtLeast(number, terms) => {
                let truths: Vec<Vec<Truth>> = terms.iter().map(|term| self.truth(frame, term, batch, places)).collect();
                (0..places.len())
                    .map(|at| {
                        let count = |wanted| truths.iter().filter(|truth| truth[at] == wanted).count();
                        let (yes, maybe) = (count(Truth::True), count(Truth::Unknown));
                        match (yes >= *number, yes + maybe >= *number) {
                            (true, _) => Truth::True,
                            (false, true) => Truth::Unknown,
                            (false, false) => Truth::False,
                        }
                    })
                    .collect()
            }
            Cond::Equal(left, Side::Key(key), by) => {
                let wanted = self.columns.constant(key);
                self.by_key(frame, left, *by, batch, places, |value| value == wanted)
            }
            Cond::Equal(left, Side::Column(right), by) => self.equal(frame, left, right, *by, batch, places),
            Cond::OneOf(column, keys, by) => {
                let mut wanted: Vec<Sym> = keys.iter().map(|key| self.columns.constant(key)).collect();
                wanted.sort_unstable();
                self.by_key(frame, column, *by, batch, places, |value| {
                    if wanted.len() <= 8 { wanted.contains(&value) } else { wanted.binary_search(&value).is_ok() }
                })
            }
            Cond::Order(operator, left, right) => {
                if let Some((clause, wanted)) = existence(*operator, left, right)
                    && let Some(truths) = self.exists(frame, clause, batch, places)
                {
                    return truths.into_iter().map(|there| Truth::of(there == wanted)).collect();
                }
                let left = self.numbers(frame, left, batch, places);
                let right = self.numbers(frame, right, batch, places);
                left.into_iter().zip(right).map(|(left, right)| compare(*operator, left, right)).collect()
            }
            Cond::Text(column, test, Side::Key(key), by) => {
                let found = letters(*test);
                self.by_text(frame, column, condition, batch, places, |text| by.key(text).is_some_and(|text| found(&text, key)))
            }
            Cond::Text(column, test, Side::Column(other), by) => {
                self.by_texts(frame, column, other, *by, batch, places, |left, right| Some(letters(*test)(left, right)))
            }
            Cond::Similar(column, Side::Key(key), by, within) => self.by_text(frame, column, condition, batch, places, |text| {
                by.key(text).is_some_and(|text| strsim::jaro_winkler(&text, key) >= *within)
            }),
            Cond::Similar(column, Side::Column(other), by, within) => {
                self.by_texts(frame, column, other, *by, batch, places, |left, right| Some(strsim::jaro_winkler(left, right) >= *within))
            }
            Cond::Nearly(column, Side::Key(text), kind, names) => {
                let rows = batch.at(column.slot, places);
                let values = self.columns.key_at(table_of(frame, column.slot), &column.expr, By::Bytes, &rows, batch.blocks);
                let near = |value| nearly(*kind, self.columns.dataset.symbols().text(value), text, names);
                let truth = |at| match values.get(at) {
                    Sym::MISSING => Truth::Unknown,
                    value => near(value).map_or(Truth::Unknown, Truth::of),
                };
                (0..places.len()).map(truth).collect()
            }
            Cond::Nearly(column, Side::Column(other), kind, names) => {
                self.by_texts(frame, column, other, By::Bytes, batch, places, |left, right| nearly(*kind, left, right, names))
            }
            Cond::Matches(column, pattern) => {
                // A clone has a scratch space of its own, so that threads do not wait for one another.
                let regex = pattern.regex.clone();
                self.by_text(frame, column, condition, batch, places, |text| regex.is_match(text))
            }
            Cond::Email(column) => self.known_text(frame, column, condition, batch, places, is_email),
            Cond::Number(column) => self.known_text(frame, column, condition, batch, places, is_number),
            Cond::Valid(column) => self.known_text(frame, column, condition, batch, places, |text| fold(column.kind, text).is_some()),
            // Where no file has the column, nobody knows whether the value is missing.
            Cond::Missing(column) if !self.supply.can_be(table_of(frame, column.slot), &column.expr) => {
                vec![Truth::Unknown; places.len()]
            }
            Cond::Missing(column) => {
                let values = self.columns.value(table_of(frame, column.slot), &column.expr);
                let rows = batch.rows(column.slot);
                places.iter().map(|place| Truth::of(values[rows[*place as usize] as usize] == Sym::MISSING)).collect()
            }
            Cond::Counterpart(slot) => self.counterpart(frame, *slot, batch, places),
            Cond::Changed(column) => self.changed(frame, column, batch, places),
            Cond::Supplied(noun, epoch, field) => {
                let supplied = self.supplied(*noun, *epoch, field.as_ref());
                vec![Truth::of(supplied); places.len()]
            }
        }
    }

    /// The truth of all of `conditions` together.
    pub(super) fn all_of(&self, frame: &Frame, conditions: &[Cond], batch: &Batch, places: &[u32]) -> Vec<Truth> {
        self.chain(frame, conditions, batch, places, Truth::False)
    }

    /// `and` when `decisive` is false, `or` when it is true: the first decisive term decides, and later terms are asked only where none has.
    fn chain(&self, frame: &Frame, terms: &[Cond], batch: &Batch, places: &[u32], decisive: Truth) -> Vec<Truth> {
        let mut truths = vec![decisive.not(); places.len()];
        let mut open: Vec<u32> = (0..places.len() as u32).collect();
        let mut ordered: Vec<&Cond> = terms.iter().collect();
        ordered.sort_by_key(|term| cost(term));
        for term in ordered {
            if open.is_empty() {
                break;
            }
            let all = open.len() == places.len();
            let asked: Cow<'_, [u32]> = if all { Cow::Borrowed(places) } else { open.iter().map(|at| places[*at as usize]).collect() };
            let answers = self.truth(frame, term, batch, &asked);
            let mut still = Vec::with_capacity(open.len());
            for (at, answer) in open.iter().zip(answers) {
                let truth = &mut truths[*at as usize];
                if answer == decisive {
                    *truth = decisive;
                } else {
                    if answer == Truth::Unknown {
                        *truth = Truth::Unknown;
                    }
                    still.push(*at);
                }
            }
            open = still;
        }
        truths
    }

    /// Equality of two values. What is written alike is equal; only what is not is folded.
    fn equal(&self, frame: &Frame, left: &Column, right: &Column, by: By, batch: &Batch, places: &[u32]) -> Vec<Truth> {
        let (left_rows, right_rows) = (batch.at(left.slot, places), batch.at(right.slot, places));
        let (left_table, right_table) = (table_of(frame, left.slot), table_of(frame, right.slot));
        let left_value = self.columns.key_at(left_table, &left.expr, By::Bytes, &left_rows, batch.blocks);
        let right_value = self.columns.key_at(right_table, &right.expr, By::Bytes, &right_rows, batch.blocks);
        let mut truths = Vec::with_capacity(places.len());
        let mut open = Vec::new();
        for at in 0..places.len() {
            let (left, right) = (left_value.get(at), right_value.get(at));
            truths.push(match (left, right) {
                (Sym::MISSING, _) | (_, Sym::MISSING) => Truth::Unknown,
                (left, right) if left == right => Truth::True,
                _ => {
                    open.push(at);
                    Truth::False
                }
            });
        }
        if matches!(by, By::Bytes | By::Type(Type::Id | Type::Text)) || open.is_empty() {
            return truths;
        }
        let pick = |rows: &[u32]| open.iter().map(|at| rows[*at]).collect::<Vec<u32>>();
        let (left_rows, right_rows) = (pick(&left_rows), pick(&right_rows));
        let left_key = self.columns.key_at(left_table, &left.expr, by, &left_rows, batch.blocks);
        let right_key = self.columns.key_at(right_table, &right.expr, by, &right_rows, batch.blocks);
        for (nth, at) in open.into_iter().enumerate() {
            let (left, right) = (left_key.get(nth), right_key.get(nth));
            truths[at] = if left == Sym::MISSING || right == Sym::MISSING { Truth::Unknown } else { Truth::of(left == right) };
        }
        truths
    }

    fn by_key(&self, frame: &Frame, column: &Column, by: By, batch: &Batch, places: &[u32], test: impl Fn(Sym) -> bool) -> Vec<Truth> {
        let rows = batch.at(column.slot, places);
        let keys = self.columns.key_at(table_of(frame, column.slot), &column.expr, by, &rows, batch.blocks);
        let truth = |at| match keys.get(at) {
            Sym::MISSING => Truth::Unknown,
            key => Truth::of(test(key)),
        };
        (0..places.len()).map(truth).collect()
    }

    /// A test on texts. When much of a table is asked, all of it is answered once, for every rule that asks the same.
    fn by_text(
        &self,
        frame: &Frame,
        column: &Column,
        condition: &Cond,
        batch: &Batch,
        places: &[u32],
        test: impl Fn(&str) -> bool,
    ) -> Vec<Truth> {
        let table = table_of(frame, column.slot);
        let rows = batch.at(column.slot, places);
        let values = self.columns.key_at(table, &column.expr, By::Bytes, &rows, batch.blocks);
        if let At::Column(values, rows) = &values
            && rows.len() * batch.blocks * 4 >= self.columns.rows(table) as usize
        {
            let mut asked = condition.clone();
            rename(&mut asked, column.slot, Slot(0));
            let answers = self.columns.answers(table, &column.expr, asked, test);
            let truth = |row: &u32| match values[*row as usize] {
                Sym::MISSING => Truth::Unknown,
                _ => Truth::of(answers[*row as usize]),
            };
            return rows.iter().map(truth).collect();
        }
        let mut memory = Memory::new();
        let truth = |at| match values.get(at) {
            Sym::MISSING => Truth::Unknown,
            value => Truth::of(memory.ask(value, || test(self.columns.dataset.symbols().text(value)))),
        };
        (0..places.len()).map(truth).collect()
    }

    /// The same for tests that are always known: a missing value fails them.
    fn known_text(
        &self,
        frame: &Frame,
        column: &Column,
        condition: &Cond,
        batch: &Batch,
        places: &[u32],
        test: impl Fn(&str) -> bool,
    ) -> Vec<Truth> {
        let mut truths = self.by_text(frame, column, condition, batch, places, test);
        for truth in &mut truths {
            if *truth == Truth::Unknown {
                *truth = Truth::False;
            }
        }
        truths
    }

    #[expect(clippy::too_many_arguments, reason = "two columns and how to compare them, each used once")]
    fn by_texts(
        &self,
        frame: &Frame,
        left: &Column,
        right: &Column,
        by: By,
        batch: &Batch,
        places: &[u32],
        test: impl Fn(&str, &str) -> Option<bool>,
    ) -> Vec<Truth> {
        let (left_rows, right_rows) = (batch.at(left.slot, places), batch.at(right.slot, places));
        let left_keys = self.columns.key_at(table_of(frame, left.slot), &left.expr, by, &left_rows, batch.blocks);
        let right_keys = self.columns.key_at(table_of(frame, right.slot), &right.expr, by, &right_rows, batch.blocks);
        let symbols = self.columns.dataset.symbols();
        (0..places.len())
            .map(|at| {
                let (left, right) = (left_keys.get(at), right_keys.get(at));
                if left == Sym::MISSING || right == Sym::MISSING {
                    Truth::Unknown
                } else {
                    test(symbols.text(left), symbols.text(right)).map_or(Truth::Unknown, Truth::of)
                }
            })
            .collect()
    }

    /// Whether a clause has a match for each tuple, when its keys alone can say; a missing key has none.
    fn exists(&self, frame: &Frame, clause: &Clause, batch: &Batch, places: &[u32]) -> Option<Vec<bool>> {
        if !clause.slots.iter().all(|slot| self.supply.has(table_of(frame, *slot), None)) {
            return None;
        }
        let joined = joins::order(&batch.bound(), clause).ok()?;
        let semijoin = self.semijoin(frame, &joined)?;
        let truths = self.has(frame, &semijoin, &batch.select(places));
        Some(truths.into_iter().map(|truth| truth == Truth::True).collect())
    }

    fn numbers(&self, frame: &Frame, quantity: &Quantity, batch: &Batch, places: &[u32]) -> Vec<f64> {
        match quantity {
            Quantity::Number(number) => vec![*number; places.len()],
            Quantity::Column(column) => {
                let orders = self.columns.order(table_of(frame, column.slot), &column.expr, column.kind);
                let rows = batch.rows(column.slot);
                places.iter().map(|place| orders[rows[*place as usize] as usize]).collect()
            }
            Quantity::Count(clause) => self.counts(frame, clause, batch, places),
            Quantity::Share(clause) => {
                let kept = self.counts(frame, clause, batch, places);
                let all = match &clause.among {
                    Some(among) => {
                        let whole = Clause { slots: clause.slots.clone(), condition: among.clone(), among: None };
                        self.counts(frame, &whole, batch, places)
                    }
                    None => vec![f64::from(self.columns.rows(table_of(frame, clause.slots[0]))); places.len()],
                };
                // A share of nothing is unknown.
                kept.into_iter().zip(all).map(|(kept, all)| if all == 0.0 { f64::NAN } else { kept / all }).collect()
            }
        }
    }

    /// How many tuples `clause` has for each tuple of the batch.
    pub(super) fn counts(&self, frame: &Frame, clause: &Clause, batch: &Batch, places: &[u32]) -> Vec<f64> {
        let supplied = clause.slots.iter().all(|slot| {
            let table = table_of(frame, *slot);
            self.supplied(table.0, table.1, None)
        });
        if !supplied {
            return vec![f64::NAN; places.len()];
        }
        let bound = batch.bound();
        if !bound.is_empty() && clause.condition.slots().iter().all(|slot| clause.slots.contains(slot)) {
            // It does not speak of the outer records: it is the same for all.
            let count = self.counts(frame, clause, &Batch::unit(), &[0])[0];
            return vec![count; places.len()];
        }
        let Ok(joined) = joins::order(&bound, clause) else { return vec![f64::NAN; places.len()] };
        let mut counts = vec![0u32; places.len()];
        let asked = batch.select(places);
        self.join(frame, &joined, asked, &mut |found| {
            for origin in &found.origin {
                counts[*origin as usize] += 1;
            }
        });
        counts.into_iter().map(f64::from).collect()
    }

    fn counterpart(&self, frame: &Frame, slot: Slot, batch: &Batch, places: &[u32]) -> Vec<Truth> {
        let (noun, epoch) = table_of(frame, slot);
        let other: TableId = (noun, epoch.other());
        if self.columns.table(other).is_none() {
            return vec![Truth::Unknown; places.len()];
        }
        let expr = identity(noun);
        let there = self.indexes.set(self.columns, other, &expr, By::Bytes);
        let rows = batch.at(slot, places);
        let own = self.columns.key_at((noun, epoch), &expr, By::Bytes, &rows, batch.blocks);
        let truth = |at| match own.get(at) {
            Sym::MISSING => Truth::Unknown,
            id => Truth::of(there.contains(id)),
        };
        (0..places.len()).map(truth).collect()
    }

    /// Another value than the previous record of the same identity has; one that came or went is a change.
    fn changed(&self, frame: &Frame, column: &Column, batch: &Batch, places: &[u32]) -> Vec<Truth> {
        let (noun, epoch) = table_of(frame, column.slot);
        let other: TableId = (noun, epoch.other());
        if self.columns.table(other).is_none() {
            return vec![Truth::Unknown; places.len()];
        }
        let counterparts = self.indexes.counterparts(self.columns, (noun, epoch), &identity(noun));
        let (own_table, by) = ((noun, epoch), By::Type(column.kind));
        let rows = batch.at(column.slot, places);
        let mut truths = vec![Truth::Unknown; places.len()];
        let known: Vec<usize> = (0..places.len()).filter(|at| counterparts[rows[*at] as usize] != NO_ROW).collect();
        let mut pairs: (Vec<u32>, Vec<u32>) = known.iter().map(|at| (rows[*at], counterparts[rows[*at] as usize])).unzip();
        let now = self.columns.key_at(own_table, &column.expr, By::Bytes, &pairs.0, batch.blocks);
        let then = self.columns.key_at(other, &column.expr, By::Bytes, &pairs.1, batch.blocks);
        // What is written alike has not changed; only the rest is folded.
        let open: Vec<usize> = (0..known.len()).filter(|nth| now.get(*nth) != then.get(*nth)).collect();
        known.iter().for_each(|at| truths[*at] = Truth::False);
        drop((now, then));
        pairs = open.iter().map(|nth| (pairs.0[*nth], pairs.1[*nth])).unzip();
        let now = self.columns.key_at(own_table, &column.expr, by, &pairs.0, batch.blocks);
        let then = self.columns.key_at(other, &column.expr, by, &pairs.1, batch.blocks);
        for (at, nth) in open.iter().enumerate() {
            truths[known[*nth]] = Truth::of(now.get(at) != then.get(at));
        }
        truths
    }
}

/// The clause of a comparison that only asks whether there is any record, and whether there should be.
fn existence<'c>(operator: Operator, left: &'c Quantity, right: &Quantity) -> Option<(&'c Clause, bool)> {
    let (Quantity::Count(clause), Quantity::Number(number)) = (left, right) else { return None };
    match (operator, *number) {
        (Operator::Greater | Operator::NotEqual, 0.0) | (Operator::GreaterOrEqual, 1.0) => Some((clause, true)),
        (Operator::Equal | Operator::LessOrEqual, 0.0) | (Operator::Less, 1.0) => Some((clause, false)),
        _ => None,
    }
}

fn letters(test: TextTest) -> fn(&str, &str) -> bool {
    match test {
        TextTest::StartsWith => |text, part| text.starts_with(part),
        TextTest::EndsWith => |text, part| text.ends_with(part),
        TextTest::Contains => |text, part| text.contains(part),
    }
}

fn compare(operator: Operator, left: f64, right: f64) -> Truth {
    if left.is_nan() || right.is_nan() {
        return Truth::Unknown;
    }
    Truth::of(operator.holds(left, right))
}

/// Roughly what a condition costs a tuple, so that the cheap ones of a chain are asked first.
fn cost(condition: &Cond) -> u32 {
    match condition {
        Cond::Known(_) | Cond::Supplied(..) => 0,
        Cond::Missing(_) => 1,
        Cond::Equal(_, Side::Key(_), _) | Cond::OneOf(..) => 2,
        Cond::Equal(..) => 3,
        Cond::Counterpart(_) => 4,
        Cond::Order(_, left, right) => {
            let counted = |quantity: &Quantity| matches!(quantity, Quantity::Count(_) | Quantity::Share(_));
            if counted(left) || counted(right) { 40 } else { 5 }
        }
        Cond::Changed(_) => 8,
        Cond::Text(column, ..) => 10 + made(column),
        Cond::Email(column) | Cond::Number(column) | Cond::Valid(column) => 11 + made(column),
        Cond::Matches(column, _) => 20 + made(column),
        Cond::Similar(..) | Cond::Nearly(..) => 30,
        Cond::Not(inner) => cost(inner),
        Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().map(cost).sum(),
    }
}

/// What it costs besides to make a value that is no field.
fn made(column: &Column) -> u32 {
    if matches!(*column.expr, crate::language::form::Expr::Field(_)) { 0 } else { 10 }
}
