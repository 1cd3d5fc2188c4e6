//! `score` of a `[[merge]]`: what the levels of each field weigh, and from which score on two records are one.
use super::read::{Reader, text_of};
use crate::document::{Node, Table, Value};
use crate::finding::{Mistake, Mistakes, suggestion};
use crate::language::form::Expr;
use crate::matching::{Field, Level, Levels, Model, Role, Weights};
use crate::model::{FieldRef, NounId, Type};
use crate::source::{Span, Spanned};
use std::fmt::Write as _;

/// `score` as written.
#[derive(Debug, Clone, Default)]
pub struct ScoreFile {
    /// The fields, with their weights.
    pub fields: Vec<(Spanned<String>, FieldScore)>,
    /// From this score on two records are one.
    pub same: f64,
    /// From this score on a person should look.
    pub likely: f64,
    /// What all evidence of a common household is worth together.
    pub household: Option<f64>,
    /// Where it stands.
    pub span: Span,
}

/// What a field weighs.
#[derive(Debug, Clone, Default)]
pub struct FieldScore {
    /// What it is evidence of, when it says so.
    pub role: Option<Role>,
    /// Against two strangers.
    pub strangers: Weights,
    /// Against two of one family; without it the same.
    pub family: Option<Weights>,
}

/// Checked weights, and the values that they weigh.
#[derive(Debug, Clone)]
pub struct Score {
    /// The model.
    pub model: Model,
    /// The value of each field of the model.
    pub values: Vec<Expr>,
}

/// The words of roles.
const ROLES: [(&str, Role); 3] = [("personal", Role::Personal), ("given", Role::Given), ("shared", Role::Shared)];

/// Fields that are given names unless `role` says otherwise.
const GIVEN: [&str; 2] = ["first_name", "preferred_first_name"];

impl Reader<'_> {
    pub(super) fn score(&mut self, table: &Table) -> ScoreFile {
        let mut score = ScoreFile { same: f64::INFINITY, likely: f64::INFINITY, span: table.span, ..ScoreFile::default() };
        for entry in &table.entries {
            let number = number(&entry.node);
            match (entry.key.as_str(), &entry.node.value) {
                ("same", _) if number.is_some() => score.same = number.unwrap_or(f64::INFINITY),
                ("likely", _) if number.is_some() => score.likely = number.unwrap_or(f64::INFINITY),
                ("household", _) if number.is_some() => score.household = number,
                ("same" | "likely" | "household", other) => self.no_number(&entry.key, other, entry.node.span),
                (_, Value::Table(inner)) => {
                    let field = self.field_score(inner);
                    score.fields.push((Spanned::new(entry.key.clone(), entry.key_span), field));
                }
                (key, other) => {
                    let message = format!("`{key}` must be a table, not {}", other.word());
                    let help = format!("write `{key} = {{ same = 8.0, typo = 3.0, differs = -6.0 }}`");
                    self.mistakes.push(Mistake::error("wrong-kind", entry.node.span, message, "expected a table").help(help));
                }
            }
        }
        if score.same.is_infinite() {
            let mistake = Mistake::error("missing-key", table.span, "`score` has no `same`", "`same = 12.0` belongs here");
            self.mistakes.push(mistake.help("say from which score on two records are one; `rollbook merge --estimate` works weights out"));
        }
        if score.likely > score.same {
            score.likely = score.same;
        }
        if score.fields.len() > Levels::FIELDS {
            let mistake = Mistake::error("wrong-kind", table.span, format!("more than {} fields in a score", Levels::FIELDS), "too many");
            self.mistakes.push(mistake.help("leave out those that say least"));
        }
        score
    }

    fn no_number(&mut self, key: &str, value: &Value, span: Span) {
        let message = format!("`{key}` must be a number, not {}", value.word());
        self.mistakes.push(Mistake::error("wrong-kind", span, message, "expected a number").help(format!("write `{key} = 4.0`")));
    }

    fn field_score(&mut self, table: &Table) -> FieldScore {
        let mut field = FieldScore::default();
        for entry in &table.entries {
            match (entry.key.as_str(), &entry.node.value) {
                ("role", _) => {
                    let written = text_of(&entry.node).unwrap_or_default();
                    field.role = ROLES.iter().find(|(word, _)| *word == written).map(|(_, role)| *role);
                    if field.role.is_none() {
                        let mistake = Mistake::error("wrong-kind", entry.node.span, format!("no role `{written}`"), "unknown role");
                        let words = ROLES.map(|(word, _)| word);
                        self.mistakes.push(mistake.meant_or(suggestion(&written, words), "write \"personal\", \"given\" or \"shared\""));
                    }
                }
                ("family", Value::Table(inner)) => field.family = Some(self.weights(inner, &[])),
                _ => {}
            }
        }
        field.strangers = self.weights(table, &["role", "family"]);
        field
    }

    fn weights(&mut self, table: &Table, besides: &[&str]) -> Weights {
        let mut weights = Weights::default();
        for entry in table.entries.iter().filter(|entry| !besides.contains(&entry.key.as_str())) {
            match (Level::of(&entry.key), number(&entry.node)) {
                (Some(level), Some(bits)) => weights = weights.with(level, bits),
                (Some(_), None) => self.no_number(&entry.key, &entry.node.value, entry.node.span),
                (None, _) => {
                    let mistake =
                        Mistake::error("unknown-key", entry.key_span, format!("no comparison level `{}`", entry.key), "not known here");
                    let words = Level::ALL.map(Level::word).into_iter().chain(["role", "family"]);
                    let help =
                        "levels are `same`, `rare`, `form`, `typo`, `similar` and `differs`; `role` and `family` may stand beside them";
                    self.mistakes.push(mistake.meant_or(suggestion(&entry.key, words), help));
                }
            }
        }
        weights
    }
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// What a field is evidence of, unless the author says so.
#[must_use]
pub fn role_of(name: &str, shared: bool) -> Role {
    match (shared, GIVEN.contains(&name)) {
        (true, _) => Role::Shared,
        (false, true) => Role::Given,
        (false, false) => Role::Personal,
    }
}

/// Checks a score: its fields are those of the noun. `shared` are the names of fields that a household shares.
pub(super) fn check(file: &ScoreFile, noun: NounId, shared: &[String], mistakes: &mut Mistakes) -> Option<Score> {
    let (mut fields, mut values) = (Vec::new(), Vec::new());
    let mut family = Vec::new();
    for (name, score) in &file.fields {
        let Some(field) = noun.field(&name.value) else {
            let near = suggestion(&name.value, noun.get().fields.iter().map(|field| field.name).chain(["same", "likely", "household"]));
            let message = format!("no field `{}` of {}", name.value, noun.get().name);
            let mistake = Mistake::error("unknown-field", name.span, message, "unknown field");
            mistakes.push(mistake.meant_or(near, "`rollbook list nouns` prints the fields"));
            continue;
        };
        let kind: Type = field.of(noun).kind;
        let role = score.role.unwrap_or_else(|| role_of(&name.value, shared.contains(&name.value)));
        fields.push((Field { name: name.value.clone(), kind, role }, score.strangers));
        family.push(score.family);
        values.push(Expr::Field(FieldRef::Field(field)));
    }
    (fields.len() == file.fields.len()).then_some(())?;
    let mut model = Model::by_hand(fields, file.same, file.likely);
    for (own, given) in model.family.iter_mut().zip(family) {
        *own = given.unwrap_or(*own);
    }
    model.household = file.household.unwrap_or(model.household);
    Some(Score { model, values })
}

/// A model as TOML, to be pasted into a `[[merge]]`.
#[must_use]
pub fn score_toml(model: &Model) -> String {
    let weights = |weights: &Weights| {
        let of = |level: Level| Some(format!("{} = {:.2}", level.word(), weights.of(level))).filter(|_| weights.of(level) != 0.0);
        Level::ALL.into_iter().filter_map(of).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::from("[merge.score]\n");
    let _ = writeln!(text, "same = {:.2}\nlikely = {:.2}\nhousehold = {:.2}", model.same, model.likely, model.household);
    for (at, field) in model.fields.iter().enumerate() {
        let role = ROLES.iter().find(|(_, role)| *role == field.role).map_or("personal", |(word, _)| word);
        let (strangers, family) = (weights(&model.strangers[at]), weights(&model.family[at]));
        // What two of a family always share weighs nothing between them.
        let family = if family.is_empty() { "{}".to_owned() } else { format!("{{ {family} }}") };
        let _ = writeln!(text, "{} = {{ role = \"{role}\", {strangers}, family = {family} }}", field.name);
    }
    text
}
