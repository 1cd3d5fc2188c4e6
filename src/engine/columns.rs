//! Columns ready to compare: each is made once, when a rule first needs it, and shared by all.
use crate::language::form::{By, Call, Expr, Frame, Slot};
use crate::language::functions::Given;
use crate::model::{FieldRef, NounId, Type, order};
use crate::roster::{Dataset, Sym, Table};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

/// A noun in one of the two snapshots.
pub(super) type TableId = (NounId, bool);

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

type Cell<T> = Arc<OnceLock<T>>;

/// Columns that were made so far.
type Made<K, C> = Mutex<HashMap<K, Cell<Arc<C>>>>;

/// All columns of a run.
pub(super) struct Columns<'d> {
    pub(super) dataset: &'d Dataset,
    pub(super) today: i32,
    values: Made<(TableId, Expr), Symbols<'d>>,
    keys: Made<(TableId, Expr, By), Symbols<'d>>,
    orders: Made<(TableId, Expr, Type), Vec<f64>>,
}

impl<'d> Columns<'d> {
    pub(super) fn new(dataset: &'d Dataset, today: i32) -> Self {
        Columns { dataset, today, values: Mutex::default(), keys: Mutex::default(), orders: Mutex::default() }
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
        cell.get_or_init(|| Arc::new(self.make_value(table, expr))).clone()
    }

    /// The keys by which values are compared.
    pub(super) fn key(&self, table: TableId, expr: &Expr, by: By) -> Arc<Symbols<'d>> {
        if matches!(by, By::Bytes | By::Type(Type::Id | Type::Text)) {
            return self.value(table, expr);
        }
        let cell = entry(&self.keys, (table, expr.clone(), by));
        cell.get_or_init(|| {
            let symbols = self.dataset.symbols();
            Arc::new(Symbols::Made(once_per_value(&self.value(table, expr), |value| {
                let text = symbols.text(value);
                match by.key(text) {
                    None => Sym::MISSING,
                    Some(Cow::Borrowed(key)) if key == text => value,
                    Some(key) if key.is_empty() => Sym::MISSING,
                    Some(key) => symbols.intern(&key),
                }
            })))
        })
        .clone()
    }

    /// The places of values in the order of their type; NaN where there is none.
    pub(super) fn order(&self, table: TableId, expr: &Expr, kind: Type) -> Arc<Vec<f64>> {
        let cell = entry(&self.orders, (table, expr.clone(), kind));
        cell.get_or_init(|| {
            let symbols = self.dataset.symbols();
            Arc::new(once_per_value(&self.value(table, expr), |value| order(kind, symbols.text(value)).unwrap_or(f64::NAN)))
        })
        .clone()
    }

    fn make_value(&self, table: TableId, expr: &Expr) -> Symbols<'d> {
        let rows = self.rows(table) as usize;
        let symbols = self.dataset.symbols();
        match expr {
            Expr::Field(field) => match self.table(table).and_then(|table| table.column(field)) {
                Some(column) => Symbols::Borrowed(column),
                None => Symbols::Made(vec![Sym::MISSING; rows]),
            },
            Expr::Text(text) => Symbols::Made(vec![symbols.intern(text); rows]),
            Expr::Apply(call, inner) => Symbols::Made(once_per_value(&self.value(table, inner), |value| {
                call.function.apply(symbols.text(value), &call.given, self.today).map_or(Sym::MISSING, |text| symbols.intern(&text))
            })),
            Expr::First(parts) => {
                let columns: Vec<_> = parts.iter().map(|part| self.value(table, part)).collect();
                let first = |row: usize| columns.iter().map(|column| column[row]).find(|value| *value != Sym::MISSING).unwrap_or(Sym::MISSING);
                Symbols::Made((0..rows).map(first).collect())
            }
            Expr::Join(parts) => {
                let columns: Vec<_> = parts.iter().map(|part| self.value(table, part)).collect();
                let mut text = String::new();
                let mut joined = |row: usize| {
                    text.clear();
                    for column in &columns {
                        if column[row] == Sym::MISSING {
                            return Sym::MISSING;
                        }
                        text.push_str(symbols.text(column[row]));
                    }
                    symbols.intern(&text)
                };
                Symbols::Made((0..rows).map(&mut joined).collect())
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
                let given: &[Given] = given;
                function.apply(&text, given, self.today).map(Cow::into_owned)
            }
            Expr::First(parts) => parts.iter().find_map(|part| self.text_of(part, field)),
            Expr::Join(parts) => parts.iter().map(|part| self.text_of(part, field)).collect(),
        }
    }
}

/// Shares the cell of a key; the lock is held only to find it.
fn entry<K: std::hash::Hash + Eq, T>(map: &Mutex<HashMap<K, Cell<T>>>, key: K) -> Cell<T> {
    // A panic while the lock is held leaves a map that is still whole.
    let mut map = map.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    map.entry(key).or_default().clone()
}

/// Works out `make` for every value of a column, from memory where the value was seen lately: columns repeat themselves.
fn once_per_value<T: Copy + MissingValue>(column: &[Sym], mut make: impl FnMut(Sym) -> T) -> Vec<T> {
    const REMEMBERED: usize = 1 << 12;
    let mut memory: Vec<(Sym, T)> = vec![(Sym::MISSING, T::MISSING); REMEMBERED];
    column
        .iter()
        .map(|value| {
            if *value == Sym::MISSING {
                return T::MISSING;
            }
            let place = (value.0.wrapping_mul(0x9e37_79b1) >> 20) as usize;
            let remembered = &mut memory[place];
            if remembered.0 != *value {
                *remembered = (*value, make(*value));
            }
            remembered.1
        })
        .collect()
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

/// The table of a variable.
pub(super) fn table_of(frame: &Frame, slot: Slot) -> TableId {
    let binding = &frame[slot.0 as usize];
    (binding.noun, binding.previous)
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
