//! Which values the survivor of merged records keeps.
use super::OTHER_SIDE;
use super::pairs::side;
use crate::engine::columns::Columns;
use crate::model::{FieldId, FieldRef};
use crate::pack::{Keep, Merge};
use crate::roster::Sym;

/// The value of a field that the first of `members`, which survives, keeps, and the member that it is taken from; `None` where no member has one, and for what
/// the survivor is known by.
pub(in crate::engine) fn kept(columns: &Columns<'_>, merge: &Merge, members: &[u32], field: &FieldRef) -> Option<(Sym, u32)> {
    let noun = merge.record.noun;
    let keep = match field {
        FieldRef::Field(id) => merge.values.iter().find(|(known, _)| known == id).map_or(Keep::Present, |(_, keep)| *keep),
        FieldRef::Header(_) => Keep::Present,
    };
    let is_identity = |id: &FieldId| noun.get().identity.contains(&id.of(noun).name);
    if keep == Keep::Present && matches!(field, FieldRef::Field(id) if is_identity(id)) {
        return None;
    }
    let symbols = columns.dataset.symbols();
    let of = |member: &u32| {
        let column = columns.table(side(merge, member & OTHER_SIDE != 0))?.column(field)?;
        let value = column[(member & !OTHER_SIDE) as usize];
        (value != Sym::MISSING && !symbols.text(value).trim().is_empty()).then_some((value, *member))
    };
    let there: Vec<(Sym, u32)> = members.iter().filter_map(of).collect();
    let chosen = match keep {
        Keep::Present => there.first(),
        Keep::Newest => there.last(),
        Keep::Most => {
            let count = |value: Sym| there.iter().filter(|(other, _)| *other == value).count();
            there.iter().rev().max_by_key(|(value, _)| count(*value))
        }
        Keep::Longest => there.iter().rev().max_by_key(|(value, _)| symbols.text(*value).chars().count()),
    };
    chosen.copied()
}
