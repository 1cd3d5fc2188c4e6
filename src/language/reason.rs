//! What can be said of conditions before any data: that some can never hold together.
use super::form::{Column, Cond, Quantity, Side};
use super::syntax::Operator;

/// Two of `terms`, all of which must hold, that can't; and why.
#[must_use]
pub(super) fn contradiction(terms: &[Cond]) -> Option<(usize, usize, String)> {
    for (second, later) in terms.iter().enumerate() {
        for (first, earlier) in terms[..second].iter().enumerate() {
            if let Some(why) = clash(earlier, later).or_else(|| clash(later, earlier)) {
                return Some((first, second, why));
            }
        }
    }
    None
}

/// Whether two conditions on the same variables can be seen never to hold together. When they can't be seen to, they may.
#[must_use]
pub fn exclude(left: &Cond, right: &Cond) -> bool {
    fn terms(condition: &Cond) -> &[Cond] {
        match condition {
            Cond::And(terms) => terms,
            other => std::slice::from_ref(other),
        }
    }
    // Of an `or`, every branch must be excluded.
    match (left, right) {
        (Cond::Known(Some(false)), _) | (_, Cond::Known(Some(false))) => true,
        (Cond::Or(branches), other) | (other, Cond::Or(branches)) => branches.iter().all(|branch| exclude(branch, other)),
        _ => {
            let either = || terms(left).iter().flat_map(|one| terms(right).iter().map(move |other| (one, other)));
            either().any(|(one, other)| {
                let whole = std::ptr::eq(one, left) && std::ptr::eq(other, right);
                clash(one, other).is_some() || clash(other, one).is_some() || (!whole && is_or(one, other) && exclude(one, other))
            })
        }
    }
}

fn is_or(left: &Cond, right: &Cond) -> bool {
    matches!(left, Cond::Or(_)) || matches!(right, Cond::Or(_))
}

fn clash(left: &Cond, right: &Cond) -> Option<String> {
    match (left, right) {
        (condition, Cond::Not(negated)) if condition == &**negated => Some("the opposite".to_owned()),
        (Cond::Equal(a, Side::Key(one), by), Cond::Equal(b, Side::Key(other), with)) if a == b && by == with && one != other => {
            Some(format!("it can't be both `{one}` and `{other}`"))
        }
        (Cond::Equal(a, Side::Key(one), by), Cond::OneOf(b, keys, with)) if a == b && by == with && !keys.contains(one) => {
            Some(format!("`{one}` is not among these"))
        }
        (Cond::OneOf(a, some, by), Cond::OneOf(b, others, with))
            if a == b && by == with && !some.is_empty() && !others.is_empty() && !some.iter().any(|key| others.contains(key)) =>
        {
            Some("no value is in both lists".to_owned())
        }
        (Cond::Missing(missing), other) => needs_value(other, missing).then(|| "a missing value compares as unknown".to_owned()),
        (Cond::Order(low, Quantity::Column(a), Quantity::Number(from)), Cond::Order(high, Quantity::Column(b), Quantity::Number(to)))
            if a == b =>
        {
            let above = matches!(low, Operator::Greater | Operator::GreaterOrEqual);
            let below = matches!(high, Operator::Less | Operator::LessOrEqual);
            let strict = *low == Operator::Greater || *high == Operator::Less;
            (above && below && (from > to || (strict && from == to))).then(|| "the range is empty".to_owned())
        }
        _ => None,
    }
}

/// Whether `condition` can only hold when `column` has a value.
fn needs_value(condition: &Cond, column: &Column) -> bool {
    match condition {
        Cond::Equal(left, right, _)
        | Cond::Text(left, _, right, _)
        | Cond::Similar(left, right, _, _)
        | Cond::Nearly(left, right, _, _) => left == column || matches!(right, Side::Column(right) if right == column),
        Cond::OneOf(value, ..) | Cond::Matches(value, _) | Cond::Email(value) | Cond::Number(value) | Cond::Valid(value) => value == column,
        Cond::Not(inner) => !matches!(&**inner, Cond::Missing(_)) && needs_value(inner, column),
        _ => false,
    }
}

/// Why a count or a share can't compare so; they are never negative, and a share is never above one.
#[must_use]
pub(super) fn impossible_count(operator: Operator, left: &Quantity, right: &Quantity) -> Option<&'static str> {
    let (counted, operator, number) = match (left, right) {
        (counted @ (Quantity::Count(_) | Quantity::Share(_)), Quantity::Number(number)) => (counted, operator, *number),
        (Quantity::Number(number), counted @ (Quantity::Count(_) | Quantity::Share(_))) => (counted, mirrored(operator), *number),
        _ => return None,
    };
    let negative = match operator {
        Operator::Less => number <= 0.0,
        Operator::LessOrEqual | Operator::Equal => number < 0.0,
        _ => false,
    };
    let fraction = matches!(counted, Quantity::Count(_)) && operator == Operator::Equal && number.fract() != 0.0;
    let above = matches!(counted, Quantity::Share(_))
        && match operator {
            Operator::Greater => number >= 1.0,
            Operator::GreaterOrEqual | Operator::Equal => number > 1.0,
            _ => false,
        };
    if negative {
        Some("it is never below zero")
    } else if fraction {
        Some("a count is a whole number")
    } else if above {
        Some("a share is never above 100%")
    } else {
        None
    }
}

fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        same => same,
    }
}
