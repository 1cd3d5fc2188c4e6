//! Every fault that the packs detect, and what each of their rules says of it.
use super::plan::Plan;

/// Plants all of them.
pub fn plant(plan: &mut Plan<'_>) {
    let _ = plan;
}
