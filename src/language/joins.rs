//! In which order a clause's nouns are joined, and by which equalities.
use super::form::{By, Clause, Column, Cond, Side, Slot};

/// A clause taken apart for joining.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Conditions on variables that were bound before the clause.
    pub before: Vec<Cond>,
    /// One step a noun.
    pub steps: Vec<Step>,
}

impl Joined {
    /// Whether one key alone says if there is a match: one noun, one equality, and nothing to ask of both sides.
    #[must_use]
    pub fn is_by_key(&self) -> bool {
        matches!(self.steps.as_slice(), [step] if step.keys.len() == 1 && step.rest.is_empty()) && self.before.is_empty()
    }
}

/// One noun of a clause: how its records are found and kept.
#[derive(Clone, Debug)]
pub struct Step {
    /// The variable.
    pub slot: Slot,
    /// Equalities with variables bound before: this one's column, the other's, and how they compare. Empty: all records are scanned.
    pub keys: Vec<(Column, Column, By)>,
    /// Conditions on this variable alone.
    pub own: Vec<Cond>,
    /// Conditions that need this variable and earlier ones, besides the keys.
    pub rest: Vec<Cond>,
}

/// Orders the joins of `clause`, whose outer variables `bound` are there already. The first noun of a clause that uses no outer variable is scanned;
/// any other noun needs an equality, and the error is the first that has none.
///
/// # Errors
/// The slot that nothing joins.
pub fn order(bound: &[Slot], clause: &Clause) -> Result<Joined, Slot> {
    let mut conditions = clause.condition.clone().conjuncts();
    let mut known: Vec<Slot> = bound.to_vec();
    let is_known = |known: &[Slot], condition: &Cond| condition.slots().iter().all(|slot| known.contains(slot));
    let before = extract(&mut conditions, |condition| is_known(&known, condition));
    let uses_outer = conditions.iter().any(|condition| condition.slots().iter().any(|slot| bound.contains(slot)));
    let mut left = clause.slots.clone();
    let mut steps: Vec<Step> = Vec::new();
    while !left.is_empty() {
        let joins = |slot: Slot| conditions.iter().any(|condition| key_of(condition, slot, &known).is_some());
        // A noun with conditions of its own leaves fewer tuples for the next.
        let own = |slot: Slot| conditions.iter().any(|condition| condition.slots() == [slot]);
        let first = left.iter().position(|slot| joins(*slot) && own(*slot)).or_else(|| left.iter().position(|slot| joins(*slot)));
        let at = match first {
            Some(at) => at,
            None if steps.is_empty() && (bound.is_empty() || !uses_outer) => 0,
            None => return Err(left[0]),
        };
        let slot = left.remove(at);
        let mut keys = Vec::new();
        conditions.retain(|condition| match key_of(condition, slot, &known) {
            Some(key) => {
                keys.push(key);
                false
            }
            None => true,
        });
        let own = extract(&mut conditions, |condition| condition.slots() == [slot]);
        known.push(slot);
        let rest = extract(&mut conditions, |condition| is_known(&known, condition));
        steps.push(Step { slot, keys, own, rest });
    }
    Ok(Joined { before, steps })
}

fn extract(conditions: &mut Vec<Cond>, belongs: impl Fn(&Cond) -> bool) -> Vec<Cond> {
    let (taken, left) = std::mem::take(conditions).into_iter().partition(belongs);
    *conditions = left;
    taken
}

/// The equality of `slot` with a known variable that `condition` states, this slot's column first.
fn key_of(condition: &Cond, slot: Slot, known: &[Slot]) -> Option<(Column, Column, By)> {
    let Cond::Equal(left, Side::Column(right), by) = condition else { return None };
    if left.slot == slot && known.contains(&right.slot) {
        Some((left.clone(), right.clone(), *by))
    } else if right.slot == slot && known.contains(&left.slot) {
        Some((right.clone(), left.clone(), *by))
    } else {
        None
    }
}
