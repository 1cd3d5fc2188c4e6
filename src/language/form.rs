//! The ready form: what the engine plans from. Names are slots, types are decided, settings and lists are put in.
//!
//! It is small and relational: values are columns of one record, conditions compare them, clauses join.
use super::functions::{Function, Given};
use super::syntax::{Operator, TextTest};
use crate::matching::Nicknames;
use crate::model::{Epoch, FieldRef, NounId, Type};
use std::sync::Arc;

/// A variable of a rule, by its place in the rule's [`Frame`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(pub u8);

/// All variables of a rule, those of nested clauses included.
pub type Frame = Vec<Binding>;

/// What a variable stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The word in the rule.
    pub name: String,
    /// Its noun.
    pub noun: NounId,
    /// Where it is read from.
    pub epoch: Epoch,
}

/// A value made of the fields of one record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Expr {
    /// The field itself.
    Field(FieldRef),
    /// A text that stands for itself.
    Text(String),
    /// A function of a value.
    Apply(Call, Box<Expr>),
    /// The first that is present.
    First(Vec<Expr>),
    /// One after the other; missing when one is missing.
    Join(Vec<Expr>),
}

/// A function with its arguments.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// Its arguments.
    pub given: Vec<Given>,
}

impl PartialOrd for Call {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Call {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.function.name.cmp(other.function.name).then_with(|| format!("{:?}", self.given).cmp(&format!("{:?}", other.given)))
    }
}

impl Expr {
    /// Calls `visit` with every field in it.
    pub fn fields(&self, visit: &mut dyn FnMut(&FieldRef)) {
        match self {
            Expr::Field(field) => visit(field),
            Expr::Text(_) => {}
            Expr::Apply(_, inner) => inner.fields(visit),
            Expr::First(parts) | Expr::Join(parts) => parts.iter().for_each(|part| part.fields(visit)),
        }
    }
}

/// A value of a variable's record: a column of its noun's table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Column {
    /// Whose record.
    pub slot: Slot,
    /// Which value.
    pub expr: Arc<Expr>,
    /// Its type.
    pub kind: Type,
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// The bytes.
    Bytes,
    /// What equality means for the type.
    Type(Type),
}

impl By {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            By::Bytes => "exactly",
            By::Type(kind) => kind.equality(),
        }
    }

    /// The key of a text; see [`crate::model::fold`].
    #[must_use]
    pub fn key(self, text: &str) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            By::Bytes => Some(text.into()),
            By::Type(kind) => crate::model::fold(kind, text),
        }
    }
}

/// A side of a comparison.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// A value of a record.
    Column(Column),
    /// A text, folded already.
    Key(String),
}

/// A number that can be compared.
#[derive(Clone, PartialEq, Debug)]
pub enum Quantity {
    /// The order of a record's value: a day, a grade, a number.
    Column(Column),
    /// A number, or the order of a constant.
    Number(f64),
    /// How many tuples a clause has.
    Count(Box<Clause>),
    /// How many of the records that are the whole its condition keeps.
    Share(Box<Clause>),
}

/// A condition.
#[derive(Clone, PartialEq, Debug)]
pub enum Cond {
    /// Known beforehand; `None` is unknown.
    Known(Option<bool>),
    /// All hold.
    And(Vec<Cond>),
    /// One holds.
    Or(Vec<Cond>),
    /// It does not hold.
    Not(Box<Cond>),
    /// So many hold.
    AtLeast(usize, Vec<Cond>),
    /// Two values are equal.
    Equal(Column, Side, By),
    /// A value is one of these, folded already.
    OneOf(Column, Arc<Vec<String>>, By),
    /// Two numbers stand in this order; never `=` of two columns.
    Order(Operator, Quantity, Quantity),
    /// A test on letters; both sides are folded by the type when it folds letter case.
    Text(Column, TextTest, Side, By),
    /// The whole value matches.
    Matches(Column, Pattern),
    /// There is no value.
    Missing(Column),
    /// The value can be read as its type.
    Valid(Column),
    /// The value has the form of an email address.
    Email(Column),
    /// The value can be read as a number.
    Number(Column),
    /// The values are nearly equal, as values of this type; a text on the other side stands as it was written.
    Nearly(Column, Side, Type, Nicknames),
    /// Jaro-Winkler similarity of the folded values is at least this.
    Similar(Column, Side, By, f64),
    /// There is a record of the same identity on the other side: in the previous snapshot for today's record, today for a previous one.
    Counterpart(Slot),
    /// The previous record of the same identity has another value.
    Changed(Column),
    /// A noun, or a column of it, was supplied.
    Supplied(NounId, Epoch, Option<FieldRef>),
}

/// A regular expression on a whole value.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Ready to run.
    pub regex: regex::Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A clause: records of these variables, joined and kept by the condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    /// The variables that it binds, in the order written.
    pub slots: Vec<Slot>,
    /// What keeps them.
    pub condition: Cond,
    /// Of a share: which records are the whole, where it is not all of the noun. `condition` asks for it too.
    pub among: Option<Cond>,
}

/// A template.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Text.
    Text(String),
    /// The first of these that is present.
    Value(Vec<Column>),
    /// `{count}`: how many records a grouped finding has.
    Count,
}

/// A part of a naming template.
#[derive(Clone, PartialEq, Debug)]
pub enum NamePart {
    /// Text that stands for itself.
    Literal(String),
    /// A value of the person's record.
    Value {
        /// Which value.
        expr: Arc<Expr>,
        /// Its type: ids, numbers and days are never cut.
        kind: Type,
        /// How it grows when names are taken.
        grow: Option<Grow>,
        /// The fields that it is made of, for reasons: `first_name`, `preferred_first_name or first_name`.
        fields: String,
    },
    /// `{name}`: what the schema's template gives at its shortest.
    Name,
    /// `{n}`: the counter.
    Counter,
}

/// An open range: `first 1..4` takes one character, and up to four while names are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grow {
    /// From which end characters are taken.
    pub end: End,
    /// So many at the start.
    pub from: usize,
    /// So many at most; without it the whole value.
    pub to: Option<usize>,
}

/// An end of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// `first`
    First,
    /// `last`
    Last,
}

impl Cond {
    /// Calls `visit` with the condition and every one in it, those of nested clauses included, each before what is in it.
    pub fn each<'c>(&'c self, visit: &mut dyn FnMut(&'c Cond)) {
        visit(self);
        match self {
            Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().for_each(|term| term.each(visit)),
            Cond::Not(inner) => inner.each(visit),
            Cond::Order(_, left, right) => {
                for quantity in [left, right] {
                    if let Quantity::Count(clause) | Quantity::Share(clause) = quantity {
                        clause.condition.each(visit);
                    }
                }
            }
            _ => {}
        }
    }

    /// Calls `visit` with every column, those of nested clauses included.
    pub fn columns(&self, visit: &mut dyn FnMut(&Column)) {
        self.each(&mut |condition| match condition {
            Cond::Equal(column, other, _)
            | Cond::Text(column, _, other, _)
            | Cond::Similar(column, other, _, _)
            | Cond::Nearly(column, other, _, _) => {
                visit(column);
                if let Side::Column(other) = other {
                    visit(other);
                }
            }
            Cond::OneOf(column, ..)
            | Cond::Matches(column, _)
            | Cond::Missing(column)
            | Cond::Valid(column)
            | Cond::Email(column)
            | Cond::Number(column)
            | Cond::Changed(column) => visit(column),
            Cond::Order(_, left, right) => {
                for quantity in [left, right] {
                    if let Quantity::Column(column) = quantity {
                        visit(column);
                    }
                }
            }
            Cond::And(_) | Cond::Or(_) | Cond::AtLeast(..) | Cond::Not(_) => {}
            Cond::Known(_) | Cond::Counterpart(_) | Cond::Supplied(..) => {}
        });
    }

    /// Calls `visit` with every nested clause, the deepest last.
    pub fn clauses(&self, visit: &mut dyn FnMut(&Clause)) {
        self.each(&mut |condition| {
            if let Cond::Order(_, left, right) = condition {
                for quantity in [left, right] {
                    if let Quantity::Count(clause) | Quantity::Share(clause) = quantity {
                        visit(clause);
                    }
                }
            }
        });
    }

    /// The variables that it needs from outside, without those that its nested clauses bind.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        let mut bound = Vec::new();
        self.clauses(&mut |clause| bound.extend_from_slice(&clause.slots));
        let mut slots = Vec::new();
        self.columns(&mut |column| slots.push(column.slot));
        self.counterparts(&mut |slot| slots.push(slot));
        slots.retain(|slot| !bound.contains(slot));
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Calls `visit` with the variable of every [`Cond::Counterpart`].
    pub fn counterparts(&self, visit: &mut dyn FnMut(Slot)) {
        self.each(&mut |condition| {
            if let Cond::Counterpart(slot) = condition {
                visit(*slot);
            }
        });
    }

    /// The conditions that must all hold.
    #[must_use]
    pub fn conjuncts(self) -> Vec<Cond> {
        match self {
            Cond::And(terms) => terms.into_iter().flat_map(Cond::conjuncts).collect(),
            Cond::Known(Some(true)) => Vec::new(),
            other => vec![other],
        }
    }
}
