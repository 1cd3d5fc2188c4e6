//! Columns ready to compare: each is made once, when a rule first needs it, and shared by all. Where few records are asked for, only theirs is worked out.
use crate::language::form::{By, Call, Cond, Expr, Frame, Slot};
use crate::model::{Epoch, FieldRef, NounId, Type, order};
use crate::roster::{Blame, Dataset, Sym, Table};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

/// A noun of today, of the previous snapshot, or as proposed.
pub(super) type TableId = (NounId, Epoch);

/// A column of symbols; 0 is missing, or unreadable where it is a key.
pub(super) enum Symbols<'d> {
    Borrowed(&'d [Sym]),
    Made(Vec<Sym>),
}

impl Deref for Symbols<'_> {
    type Target = [Sym];
    fn deref(&self) -> &[Sym] {
        match self {
            Symbols::Borrowed(column) => column,
            Symbols::Made(column) => column,
        }
    }
}

/// The symbols of the records that were asked for, in their order.
pub(super) enum At<'a, 'd> {
    /// Of a whole column.
    Column(Arc<Symbols<'d>>, &'a [u32]),
    /// Worked out for these alone.
    Few(Vec<Sym>),
}

impl At<'_, '_> {
    #[inline]
    pub(super) fn get(&self, at: usize) -> Sym {
        match self {
            At::Column(column, rows) => column[rows[at] as usize],
            At::Few(symbols) => symbols[at],
        }
    }
}

type Cell<T> = Arc<OnceLock<T>>;
type Shared<K, T> = Mutex<HashMap<K, Cell<T>>>;

/// Of so many records of a table at least must be asked before a column is made for all.
const FEW: usize = 8;

/// Answers to a test on one column of a whole table, remembered across rules.
type Answers = (TableId, Cond, Cell<Arc<Vec<bool>>>);

/// All columns of a run.
pub(super) struct Columns<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) today: i32,
    /// The damaged rows, once they are known: what is told of records in them may have to be hidden.
    pub(super) damage: Blame,
    values: Shared<(TableId, Expr), Arc<Symbols<'d>>>,
    keys: Shared<(TableId, Expr, By), Arc<Symbols<'d>>>,
    orders: Shared<(TableId, Expr, Type), Arc<Vec<f64>>>,
    answers: Mutex<Vec<Answers>>,
}

impl<'d> Columns<'d> {
    pub(super) fn new(dataset: &'d Dataset, today: i32) -> Self {
        Columns {
            dataset,
            today,
            damage: Blame::default(),
            values: Mutex::default(),
            keys: Mutex::default(),
            orders: Mutex::default(),
            answers: Mutex::default(),
        }
    }

    pub(super) fn table(&self, table: TableId) -> Option<&'d Table> {
        self.dataset.table(table.0, table.1)
    }

    pub(super) fn rows(&self, table: TableId) -> u32 {
        self.table(table).map_or(0, |table| table.len() as u32)
    }

    /// The values themselves.
    pub(super) fn value(&self, table: TableId, expr: &Expr) -> Arc<Symbols<'d>> {
        let cell = entry(&self.values, (table, expr.clone()));
        cell.get_or_init(|| self.make_value(table, expr)).clone()
    }

    /// The keys by which values are compared.
    pub(super) fn key(&self, table: TableId, expr: &Expr, by: By) -> Arc<Symbols<'d>> {
        let by = alike(by);
        if is_value(by) {
            return self.value(table, expr);
        }
        let cell = entry(&self.keys, (table, expr.clone(), by));
        cell.get_or_init(|| changed(self.dataset.symbols(), self.value(table, expr), |value| self.fold(by, value))).clone()
    }

    /// The keys of some records: from the whole column when it is there or when many are asked for, otherwise worked out for these.
    /// They are one of `blocks` that are asked one after the other.
    pub(super) fn key_at<'a>(&self, table: TableId, expr: &Expr, by: By, rows: &'a [u32], blocks: usize) -> At<'a, 'd> {
        let by = alike(by);
        let many = rows.len() * blocks * FEW >= self.rows(table) as usize;
        if many || (is_value(by) && matches!(expr, Expr::Field(_))) || self.is_made(table, expr, by) {
            return At::Column(self.key(table, expr, by), rows);
        }
        let values = self.few(table, expr, rows);
        if is_value(by) {
            return At::Few(values);
        }
        At::Few(values.into_iter().map(|value| self.fold(by, value)).collect())
    }

    fn is_made(&self, table: TableId, expr: &Expr, by: By) -> bool {
        if is_value(by) {
            let key = (table, expr.clone());
            return lock(&self.values).get(&key).is_some_and(|cell| cell.get().is_some());
        }
        let key = (table, expr.clone(), by);
        lock(&self.keys).get(&key).is_some_and(|cell| cell.get().is_some())
    }

    /// The key of a value.
    fn fold(&self, by: By, value: Sym) -> Sym {
        let symbols = self.dataset.symbols();
        if value == Sym::MISSING || (by == By::Type(Type::Login) && symbols.is_plain(value)) {
            return value;
        }
        let text = symbols.text(value);
        match by.key(text) {
            None => Sym::MISSING,
            Some(key) if key == text => value,
            Some(key) => symbols.intern(&key),
        }
    }

    /// The places of values in the order of their type; NaN where there is none.
    pub(super) fn order(&self, table: TableId, expr: &Expr, kind: Type) -> Arc<Vec<f64>> {
        let cell = entry(&self.orders, (table, expr.clone(), kind));
        cell.get_or_init(|| {
            let symbols = self.dataset.symbols();
            Arc::new(once_per_value(symbols, &self.value(table, expr), |value| order(kind, symbols.text(value)).unwrap_or(f64::NAN)))
        })
        .clone()
    }

    /// The answers to `test` for every record of a table, remembered under the condition, whose variable must be slot 0. Missing values are false.
    pub(super) fn answers(&self, table: TableId, expr: &Expr, condition: Cond, test: impl Fn(&str) -> bool) -> Arc<Vec<bool>> {
        let cell = {
            let mut answers = lock(&self.answers);
            match answers.iter().find(|(of, known, _)| *of == table && *known == condition) {
                Some((_, _, cell)) => cell.clone(),
                None => {
                    let cell = Cell::default();
                    answers.push((table, condition, cell.clone()));
                    cell
                }
            }
        };
        cell.get_or_init(|| {
            let symbols = self.dataset.symbols();
            Arc::new(once_per_value(symbols, &self.value(table, expr), |value| test(symbols.text(value))))
        })
        .clone()
    }

    fn call(&self, call: &Call, value: Sym) -> Sym {
        if value == Sym::MISSING {
            return value;
        }
        let symbols = self.dataset.symbols();
        let text = symbols.text(value);
        match call.function.apply(text, &call.given, self.today) {
            None => Sym::MISSING,
            Some(result) if result == text => value,
            Some(result) => symbols.intern(&result),
        }
    }

    fn make_value(&self, table: TableId, expr: &Expr) -> Arc<Symbols<'d>> {
        let rows = self.rows(table);
        let symbols = match expr {
            Expr::Field(field) => match self.table(table).and_then(|table| table.column(field)) {
                Some(column) => Symbols::Borrowed(column),
                None => Symbols::Made(vec![Sym::MISSING; rows as usize]),
            },
            Expr::Apply(call, inner) => return changed(self.dataset.symbols(), self.value(table, inner), |value| self.call(call, value)),
            _ => Symbols::Made(self.few(table, expr, &(0..rows).collect::<Vec<u32>>())),
        };
        Arc::new(symbols)
    }

    /// The values of some records.
    fn few(&self, table: TableId, expr: &Expr, rows: &[u32]) -> Vec<Sym> {
        let symbols = self.dataset.symbols();
        match expr {
            Expr::Field(field) => match self.table(table).and_then(|table| table.column(field)) {
                Some(column) => rows.iter().map(|row| column[*row as usize]).collect(),
                None => vec![Sym::MISSING; rows.len()],
            },
            Expr::Text(text) => vec![symbols.intern(text); rows.len()],
            Expr::Apply(call, inner) => self.few(table, inner, rows).into_iter().map(|value| self.call(call, value)).collect(),
            Expr::First(parts) => {
                // A later part is worked out only for the records that have none of the earlier ones.
                let mut first = vec![Sym::MISSING; rows.len()];
                for part in parts {
                    let open: Vec<usize> = (0..rows.len()).filter(|at| first[*at] == Sym::MISSING).collect();
                    if open.is_empty() {
                        break;
                    }
                    let open_rows: Vec<u32> = open.iter().map(|at| rows[*at]).collect();
                    for (at, value) in open.into_iter().zip(self.few(table, part, &open_rows)) {
                        first[at] = value;
                    }
                }
                first
            }
            Expr::Join(parts) => {
                // A text between two values stands for itself, also one of blanks, which would be no value.
                let column = |part: &Expr| match part {
                    Expr::Text(_) => None,
                    part => Some(self.few(table, part, rows)),
                };
                let columns: Vec<Option<Vec<Sym>>> = parts.iter().map(column).collect();
                let mut text = String::new();
                let mut joined = |at: usize| {
                    text.clear();
                    for (part, column) in parts.iter().zip(&columns) {
                        match (part, column) {
                            (Expr::Text(literal), _) => text.push_str(literal),
                            (_, Some(column)) if column[at] != Sym::MISSING => text.push_str(symbols.text(column[at])),
                            _ => return Sym::MISSING,
                        }
                    }
                    symbols.intern(&text)
                };
                (0..rows.len()).map(&mut joined).collect()
            }
        }
    }

    /// The symbol of a constant key; one that no value has is still a symbol.
    pub(super) fn constant(&self, key: &str) -> Sym {
        self.dataset.symbols().intern(key)
    }

    /// A value worked out for one record, from the texts of its fields.
    pub(super) fn text_of(&self, expr: &Expr, field: &dyn Fn(&FieldRef) -> Option<String>) -> Option<String> {
        match expr {
            Expr::Field(name) => field(name),
            Expr::Text(text) => Some(text.clone()),
            Expr::Apply(Call { function, given }, inner) => {
                let text = self.text_of(inner, field)?;
                function.apply(&text, given, self.today).map(Cow::into_owned)
            }
            Expr::First(parts) => parts.iter().find_map(|part| self.text_of(part, field)),
            Expr::Join(parts) => parts.iter().map(|part| self.text_of(part, field)).collect(),
        }
    }
}

/// Whether a value is its own key.
fn is_value(by: By) -> bool {
    matches!(by, By::Bytes | By::Type(Type::Id | Type::Text))
}

/// Whether a comparison works on values as they are, or nearly so: such keys are looked at first, and the others only for what they leave.
pub(super) fn is_cheap(by: By) -> bool {
    matches!(by, By::Bytes | By::Type(Type::Id | Type::Text | Type::Login | Type::Email))
}

/// Emails are folded as logins are, and share their columns.
fn alike(by: By) -> By {
    if by == By::Type(Type::Email) { By::Type(Type::Login) } else { by }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic while a lock is held leaves a map or a list that is still whole.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Shares the cell of a key; the lock is held only to find it.
fn entry<K: std::hash::Hash + Eq, T>(map: &Shared<K, T>, key: K) -> Cell<T> {
    lock(map).entry(key).or_default().clone()
}

/// A column with every value changed by `make`; the column itself where that changes nothing, as with the outer space of most columns.
fn changed<'d>(symbols: &crate::roster::Symbols, column: Arc<Symbols<'d>>, make: impl FnMut(Sym) -> Sym) -> Arc<Symbols<'d>> {
    let made = once_per_value(symbols, &column, make);
    if made[..] == column[..] { column } else { Arc::new(Symbols::Made(made)) }
}

/// Values whose texts are looked at side by side; see [`crate::roster::Symbols::warm`].
const TOGETHER: usize = 64;

/// Works out `make` for every value of a column, from memory where the value was seen lately: columns repeat themselves.
fn once_per_value<T: Copy + MissingValue>(symbols: &crate::roster::Symbols, column: &[Sym], mut make: impl FnMut(Sym) -> T) -> Vec<T> {
    const REMEMBERED: u32 = 1 << 15;
    let mut memory: Vec<(Sym, T)> = vec![(Sym::MISSING, T::MISSING); REMEMBERED as usize];
    let mut values = Vec::with_capacity(column.len());
    let mut unseen = TOGETHER;
    for block in column.chunks(TOGETHER) {
        if unseen > TOGETHER / 4 {
            symbols.warm(block);
        }
        unseen = 0;
        for value in block {
            if *value == Sym::MISSING {
                values.push(T::MISSING);
                continue;
            }
            let place = (value.0.wrapping_mul(0x9e37_79b1) >> (u32::BITS - REMEMBERED.trailing_zeros())) as usize;
            let remembered = &mut memory[place];
            if remembered.0 != *value {
                *remembered = (*value, make(*value));
                unseen += 1;
            }
            values.push(remembered.1);
        }
    }
    values
}

trait MissingValue {
    const MISSING: Self;
}
impl MissingValue for Sym {
    const MISSING: Sym = Sym::MISSING;
}
impl MissingValue for f64 {
    const MISSING: f64 = f64::NAN;
}
impl MissingValue for bool {
    const MISSING: bool = false;
}

/// The table of a variable.
pub(super) fn table_of(frame: &Frame, slot: Slot) -> TableId {
    let binding = &frame[slot.0 as usize];
    (binding.noun, binding.epoch)
}

/// What tells one record of a noun from another, as a value: the parts joined by `/`, or for nouns that are not always numbered the first that is there.
pub(super) fn identity(noun: NounId) -> Expr {
    let field = |name: &str| Expr::Field(FieldRef::Field(noun.field(name).unwrap_or(crate::model::FieldId(0))));
    let names = noun.get().identity;
    match noun.get().name {
        "account" => Expr::First(names.iter().map(|name| field(name)).collect()),
        "contact" => {
            let slash = || Expr::Text("/".into());
            let by_name = Expr::Join(vec![field("student_id"), slash(), field("name")]);
            let by_names = Expr::Join(vec![field("student_id"), slash(), field("first_name"), Expr::Text(" ".into()), field("last_name")]);
            Expr::First(vec![field("id"), by_name, by_names])
        }
        _ if names.len() == 1 => field(names[0]),
        _ => {
            let mut parts = Vec::new();
            for name in names {
                if !parts.is_empty() {
                    parts.push(Expr::Text("/".into()));
                }
                parts.push(field(name));
            }
            Expr::Join(parts)
        }
    }
}
