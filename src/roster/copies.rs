//! Tables that are there twice: as a file and in another form, or as a file and in an archive beside it.
use super::archive;
use super::bytes::Bytes;
use super::listing::Found;
use super::survey::SurveyError;
use std::path::PathBuf;

/// A table or an archive that was not read, since others were in its place.
pub(super) struct Passed {
    pub(super) shown: String,
    pub(super) path: PathBuf,
    /// What it repeats, as people call that, if it repeats anything.
    pub(super) of: Option<String>,
}

/// Where a table stands in an archive.
pub(super) struct Inside {
    /// The archive, as people call it.
    pub(super) archive: String,
    /// The folder in it, without a slash at its end; empty at the top.
    pub(super) folder: String,
    /// Whether the archive has another file of the very same name.
    pub(super) twice: bool,
}

/// Sees to it that no table is there twice: a CSV file goes before a copy of it in another form, which is passed over.
///
/// # Errors
/// Neither of two is such a file, so that nobody knows which of them is meant.
pub(super) fn once(tables: &mut Vec<Found>, passed: &mut Vec<Passed>) -> Result<(), SurveyError> {
    let mut at = 1;
    while let (Some(one), Some(other)) = (tables.get(at - 1), tables.get(at)) {
        if one.name.is_empty() || !one.name.eq_ignore_ascii_case(&other.name) || other.name == other.shown {
            at += 1;
            continue;
        }
        if one.name != one.shown {
            let message = format!("`{}` and `{}` hold the same table", one.shown, other.shown);
            let help = "take one of them out, or give the other one alone as PATH".to_owned();
            return Err(SurveyError { message, help, by_data: false });
        }
        let of = Some(one.shown.clone());
        let other = tables.remove(at);
        passed.push(Passed { shown: other.shown, path: other.path, of });
    }
    Ok(())
}

/// An archive that stands beside files and is not read: the first of `tables` that it holds too.
pub(super) fn beside(shown: String, path: PathBuf, tables: &[Found]) -> Passed {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let held: Vec<String> =
        Bytes::open(&path).map_or_else(|_| Vec::new(), |bytes| archive::names(&bytes).iter().map(|name| last(name)).collect());
    let of = tables.iter().find(|table| held.contains(&last(&table.shown))).map(|table| table.shown.clone());
    Passed { shown, path, of }
}
