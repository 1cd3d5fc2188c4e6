//! The rules of the pack `mylexia`.
use super::*;

pub fn plant(plan: &mut Plan<'_>) {
    let _ = plan;
}
