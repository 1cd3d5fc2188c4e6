//! Values that too many records share: a school's phone number, `none@none.com`, a placeholder birth date. They are no evidence, of anything.
use crate::engine::columns::table_of;
use crate::engine::describe::told;
use crate::engine::join::Joiner;
use crate::language::form::{By, Column, Cond, Expr, Frame, Side};
use crate::matching::common_limit;
use crate::model::{Epoch, NounId, Type};
use crate::pack::{Merge, OTHER, RECORD};
use crate::roster::Sym;
use std::sync::Arc;

/// Common values that are told of one field.
const MOST_TOLD: usize = 5;

/// The common values of a field.
pub(super) struct CommonField {
    pub(super) expr: Arc<Expr>,
    by: By,
    /// As they are compared.
    pub(super) keys: Arc<Vec<String>>,
}

/// A common value, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Common {
    /// The field.
    pub field: String,
    /// The value, as it is compared.
    pub value: String,
    /// How many records have it.
    pub records: u64,
}

/// Finds the common values of the fields by which records are held to be one. Names are never among them, since many people share one.
pub(super) fn find(joiner: &Joiner<'_, '_>, merge: &Merge) -> (Vec<CommonField>, Vec<Common>) {
    let mut asked: Vec<(Column, By)> = Vec::new();
    let conditions = merge.compare.iter().map(|way| (&way.clause.condition, way.end.slot));
    let proofs = merge.same.iter().chain(&merge.likely).chain(&merge.never).map(|proof| (&proof.condition, OTHER));
    for (condition, other) in conditions.chain(proofs) {
        equalities(condition, &mut |left, right, by| {
            if left.expr == right.expr
                && [left.slot, right.slot].contains(&RECORD)
                && [left.slot, right.slot].contains(&other)
                && !matches!(left.kind, Type::Name | Type::Grade | Type::Flag)
                && !asked.iter().any(|(known, of)| known.expr == left.expr && *of == by)
            {
                asked.push((left.clone(), by));
            }
        });
    }
    for (value, field) in merge.score.iter().flat_map(|score| score.values.iter().zip(&score.model.fields)) {
        let by = By::Type(field.kind);
        if !matches!(field.kind, Type::Name | Type::Grade | Type::Flag)
            && !asked.iter().any(|(known, of)| *known.expr == *value && *of == by)
        {
            asked.push((Column { slot: RECORD, expr: Arc::new(value.clone()), kind: field.kind }, by));
        }
    }
    let (mut fields, mut found) = (Vec::new(), Vec::new());
    let table = (merge.record.noun, merge.record.epoch);
    for (column, by) in asked {
        let keys = joiner.columns.key(table, &column.expr, by);
        let common = shared_by_many(&keys, merge.common, column.kind);
        if common.is_empty() {
            continue;
        }
        let symbols = joiner.columns.dataset.symbols();
        let mut values: Vec<(u64, String)> = common.into_iter().map(|(value, count)| (count, symbols.text(value).to_owned())).collect();
        values.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let field = field_name(&column.expr, table.0);
        found.extend(values.iter().take(MOST_TOLD).map(|(records, value)| Common {
            field: field.clone(),
            value: told(joiner.columns, table.0, &column.expr, Some(value.clone())).unwrap_or_default(),
            records: *records,
        }));
        let mut keys: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
        keys.sort();
        fields.push(CommonField { expr: column.expr.clone(), by, keys: Arc::new(keys) });
    }
    (fields, found)
}

/// The keys that more records have than should, and how many do.
fn shared_by_many(keys: &[Sym], asked: Option<u32>, kind: Type) -> Vec<(Sym, u64)> {
    // Sorted, since a counter for every text of the dataset would be larger than the column many times over.
    let mut keys: Vec<Sym> = keys.iter().copied().filter(|key| *key != Sym::MISSING).collect();
    keys.sort_unstable();
    let counts: Vec<(Sym, u32)> = keys.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect();
    let natural = || common_limit(kind, &counts.iter().map(|(_, count)| *count).collect::<Vec<u32>>());
    // So many people are born on a day that a number fit for phones would take every date for common.
    let limit = match asked {
        Some(asked) if kind == Type::Date => natural().map(|limit| limit.max(asked)),
        Some(asked) => Some(asked),
        None => natural(),
    };
    let Some(limit) = limit else { return Vec::new() };
    counts.into_iter().filter(|(_, count)| *count > limit).map(|(key, count)| (key, u64::from(count))).collect()
}

/// The name of a value for people: its field.
pub(super) fn field_name(expr: &Expr, noun: NounId) -> String {
    let mut names: Vec<String> = Vec::new();
    expr.fields(&mut |field| names.push(field.name(noun).to_owned()));
    names.dedup();
    names.join(" or ")
}

/// Calls `visit` with every equality of two records' values.
fn equalities(condition: &Cond, visit: &mut dyn FnMut(&Column, &Column, By)) {
    match condition {
        Cond::Equal(left, Side::Column(right), by) => visit(left, right, *by),
        Cond::And(terms) | Cond::Or(terms) | Cond::AtLeast(_, terms) => terms.iter().for_each(|term| equalities(term, visit)),
        Cond::Not(inner) => equalities(inner, visit),
        _ => {}
    }
}

/// The condition with every equality on a common value unknown: it neither holds nor fails.
pub(super) fn without(condition: &Cond, frame: &Frame, noun: NounId, common: &[CommonField]) -> Cond {
    if common.is_empty() { condition.clone() } else { rewritten(condition, frame, noun, common, true) }
}

fn rewritten(condition: &Cond, frame: &Frame, noun: NounId, common: &[CommonField], positive: bool) -> Cond {
    let all = |terms: &[Cond]| terms.iter().map(|term| rewritten(term, frame, noun, common, positive)).collect::<Vec<_>>();
    match condition {
        Cond::And(terms) => Cond::And(all(terms)),
        Cond::Or(terms) => Cond::Or(all(terms)),
        Cond::AtLeast(number, terms) => Cond::AtLeast(*number, all(terms)),
        Cond::Not(inner) => Cond::Not(Box::new(rewritten(inner, frame, noun, common, !positive))),
        Cond::Equal(left, Side::Column(right), by) => {
            let of = |column: &Column| {
                let (found, epoch) = table_of(frame, column.slot);
                let known = common.iter().find(|known| known.expr == column.expr && known.by == *by)?;
                (found == noun && !matches!(epoch, Epoch::Proposed | Epoch::Earlier))
                    .then(|| Cond::OneOf(column.clone(), known.keys.clone(), *by))
            };
            let sides: Vec<Cond> = [of(left), of(right)].into_iter().flatten().collect();
            if positive {
                // What is equal is common on both sides or on none.
                let rare = sides.into_iter().take(1).map(|side| Cond::Or(vec![Cond::Not(Box::new(side)), Cond::Known(None)]));
                Cond::And(std::iter::once(condition.clone()).chain(rare).collect())
            } else {
                let common = sides.into_iter().map(|side| Cond::And(vec![side, Cond::Known(None)]));
                Cond::Or(std::iter::once(condition.clone()).chain(common).collect())
            }
        }
        other => other.clone(),
    }
}
