//! Tells one export from several in the folders of a source.
use super::detect::Sight;
use super::hash::hash;
use super::layout::{FileMap, From, Layout};
use super::split::EachRow;
use super::survey::{Input, SurveyError};
use crate::model::Type;
use std::collections::{BTreeSet, HashSet};

/// Refuses files of one kind from several sub-folders whose columns differ or whose records are the same: these are exports of several formats or of several days.
pub(super) fn one_export(input: &Input, layout: &Layout, sights: &[Sight<'_>], maps: &[Option<usize>]) -> Result<(), SurveyError> {
    let folder = |name: &str| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let taken: Vec<(&Sight<'_>, usize)> = sights.iter().zip(maps).filter_map(|(sight, map)| Some((sight, (*map)?))).collect();
    for (at, (one, map)) in taken.iter().enumerate() {
        let columns = |sight: &Sight<'_>| {
            sight.header.map(|header| header.names.iter().map(|name| name.as_str().to_owned()).collect::<BTreeSet<String>>())
        };
        let differs = |(other, same): &&(&Sight<'_>, usize)| {
            same == map && folder(other.shown) != folder(one.shown) && columns(other) != columns(one)
        };
        if let Some((other, _)) = taken[at + 1..].iter().find(differs) {
            return Err(SurveyError {
                message: format!(
                    "`{}` seems to hold several exports: `{}` and `{}` are both `{}` of `{}`, but with different columns",
                    input.shown,
                    one.shown,
                    other.shown,
                    layout.files[*map].names.first().map_or("", String::as_str),
                    layout.name
                ),
                help: advice(&folder(one.shown), &folder(other.shown)),
                by_data: false,
            });
        }
    }
    let mut folders: Vec<String> = taken.iter().map(|(sight, _)| folder(sight.shown)).collect();
    folders.sort();
    folders.dedup();
    let of = |wanted: &str| taken.iter().filter(|(sight, _)| folder(sight.shown) == wanted).copied().collect::<Vec<_>>();
    for (at, one) in folders.iter().enumerate() {
        if let Some(other) = folders[at + 1..].iter().find(|other| is_twice(layout, &of(one), &of(other))) {
            let named = |folder: &str| if folder.is_empty() { "the files at its top".to_owned() } else { format!("`{folder}`") };
            return Err(SurveyError {
                message: format!("`{}` holds several exports beside each other: {} and {}", input.shown, named(one), named(other)),
                help: advice(one, other),
                by_data: false,
            });
        }
    }
    Ok(())
}

fn advice(one: &str, other: &str) -> String {
    match (one, other) {
        ("", below) | (below, "") => format!("give the folder `{below}` alone, or the files beside it, or move it elsewhere"),
        _ => format!("give the folder of one of them: `{one}` or `{other}`"),
    }
}

/// Whether two folders are two exports: each has its own list of files, or they hold the same records.
fn is_twice(layout: &Layout, one: &[(&Sight<'_>, usize)], other: &[(&Sight<'_>, usize)]) -> bool {
    let listed = |files: &[(&Sight<'_>, usize)]| {
        let is_list = |map: usize| layout.inventory.as_ref().is_some_and(|inventory| layout.files[map].takes(&inventory.file));
        files.iter().any(|(_, map)| is_list(*map))
    };
    (listed(one) && listed(other)) || is_repeated(layout, one, other)
}

/// Nouns whose records tell two exports from one, the surest first. Schools, terms and courses prove nothing: the exports of two schools share them.
const PROOFS: [&str; 3] = ["student", "staff", "enrollment"];

/// Whether two folders hold the same records: of the surest noun of which both have a file with ids, most are in the other.
fn is_repeated(layout: &Layout, one: &[(&Sight<'_>, usize)], other: &[(&Sight<'_>, usize)]) -> bool {
    let holds = |map: usize, noun: &str| layout.files[map].records.iter().any(|record| record.noun.get().name == noun);
    for noun in PROOFS {
        let pairs = one.iter().filter(|(_, map)| holds(*map, noun)).flat_map(|(sight, map)| {
            other.iter().filter(move |(_, same)| same == map).map(move |(twin, _)| (sight, twin, &layout.files[*map]))
        });
        let compared: Vec<bool> = pairs
            .filter_map(|(sight, twin, map)| {
                let (ids, others) = (ids(map, sight)?, ids(map, twin)?);
                Some(ids.intersection(&others).count() * 2 > ids.len().min(others.len()))
            })
            .collect();
        if !compared.is_empty() {
            return compared.iter().all(|repeated| *repeated);
        }
    }
    false
}

/// The hashes of the ids of a file's records, all of them, since two exports may have them in any order; none where its records have no ids of their own.
fn ids(map: &FileMap, sight: &Sight<'_>) -> Option<HashSet<u64>> {
    let header = sight.header?;
    let column = map.records.iter().find_map(|record| {
        let noun = record.noun.get();
        let (_, sources) = record.fields.iter().find(|(field, _)| {
            let field = field.of(record.noun);
            !noun.technical && noun.identity.first() == Some(&field.name) && field.refers.is_none() && field.kind == Type::Id
        })?;
        sources.iter().find_map(|source| match &source.from {
            From::Column { header: name, .. } => header.find(name),
            _ => None,
        })
    })?;
    let mut found = HashSet::new();
    let mut each = EachRow::new(sight.bytes, header.rows, header.dialect);
    while let Some(row) = each.row() {
        let id = row.cells.get(column).map(|cell| cell.raw(sight.bytes).trim_ascii()).filter(|id| !id.is_empty());
        found.extend(id.map(hash));
    }
    Some(found).filter(|found| !found.is_empty())
}
