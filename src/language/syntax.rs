//! The syntax tree: what was written, before anyone asks what it means. Every node has its span in the pack's file.
use crate::model::Epoch;
use crate::source::{Span, Spanned};

/// A word as written.
pub type Name = Spanned<String>;

/// `account a, section c where ...`
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its nouns, each with a variable.
    pub bindings: Vec<Binding>,
    /// Its `among`: what makes the whole of which a share is taken.
    pub among: Option<Condition>,
    /// Its `where`.
    pub condition: Option<Condition>,
    /// All of it.
    pub span: Span,
}

/// `previous student p`
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where it is read from.
    pub epoch: Epoch,
    /// The noun.
    pub noun: Name,
    /// The variable.
    pub variable: Name,
    /// All of it.
    pub span: Span,
}

/// A condition and where it stands.
pub type Condition = Spanned<Cond>;

/// What a condition says.
#[derive(Clone, Debug)]
pub enum Cond {
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// So many hold.
    AtLeast(Spanned<f64>, Vec<Condition>),
    /// `changed(s.email)`
    Changed(Value),
    /// `supplied(account.ref_id)`
    Supplied {
        /// Where it is read from.
        epoch: Epoch,
        /// The noun.
        noun: Name,
        /// The field, or the noun as a whole.
        field: Option<Name>,
    },
    /// `left = right`
    Compare(Value, Operator, Value),
    /// `value is exactly other`
    Exactly(Value, Value),
    /// `value is class`: a class of a record, or `missing`, `present`, `valid`, `email`, `number`, `gone`, `new`.
    Is(Value, Name),
    /// `value in [..]`
    In(Value, Vec<Value>),
    /// `value in list name`
    InList(Value, Name),
    /// `value starts with other`
    Text(Value, TextTest, Value),
    /// `value matches /pattern/`
    Matches(Value, Pattern),
    /// `left nearly right`
    Nearly(Value, Value),
    /// `left similar to right within 0.9`
    Similar(Value, Value, Spanned<f64>),
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// Whether two numbers stand in this order.
    #[must_use]
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            Operator::GreaterOrEqual => left >= right,
        }
    }
}

/// A test on the letters of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum TextTest {
    /// `starts with`
    StartsWith,
    /// `ends with`
    EndsWith,
    /// `contains`
    Contains,
}

/// A regular expression as written, without its slashes.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The expression.
    pub text: String,
    /// Each byte of `text` begins here in the file, and the last entry is its end; so a fault inside can be shown at its place.
    pub places: Vec<Span>,
    /// All of it with the slashes.
    pub span: Span,
}

/// A value and where it stands.
pub type Value = Spanned<Val>;

/// What a value says.
#[derive(Clone, Debug)]
pub enum Val {
    /// `s.email`
    Field(Name, Name),
    /// `s."Locker No"`
    Header(Name, Name),
    /// A word alone: a variable, or in a definition a field.
    Name(String),
    /// `"text"`
    Text(String),
    /// `20`
    Number(f64),
    /// `10%`
    Share(f64),
    /// `true`
    Flag(bool),
    /// `today`
    Today,
    /// `setting limit`
    Setting(Name),
    /// `count of (...)`
    Count(Box<Clause>),
    /// `share of (...)`
    ShareOf(Box<Clause>),
    /// `1..4`: the argument of a function in a naming template.
    Range(usize, Option<usize>),
    /// `(a or b)` in a template: the first that is present.
    First(Vec<Value>),
    /// `value | function arguments`
    Apply(Box<Value>, Name, Vec<Value>),
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Text that stands for itself.
    Literal(String),
    /// `{a or b}`
    Hole(Vec<Value>, Span),
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
    /// As written, without TOML's escapes.
    pub text: String,
    /// All of it.
    pub span: Span,
}
