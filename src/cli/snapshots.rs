//! The folder of snapshots and the key beside it: which snapshot is compared with, which are old.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use super::setup::Configured;
use crate::model::iso;
use crate::roster::{SnapshotKey, Survey, is_snapshot_name};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where snapshots stand when nobody says it.
pub(super) const FOLDER: &str = "snapshots";
const KEY: &str = "snapshot.key";

/// The folder that the configuration names, or the usual one beside it.
pub(super) fn folder(configured: &Configured) -> PathBuf {
    configured.folder.join(configured.config.snapshots.folder.as_ref().map_or(FOLDER, |folder| folder.value.as_str()))
}

/// The file of the key for snapshots in a folder: the one that the configuration names, or the usual one beside the folder.
pub(super) fn key_path(configured: &Configured, folder: &Path) -> PathBuf {
    match &configured.config.snapshots.key {
        Some(key) => configured.folder.join(&key.value),
        None => {
            let real = std::fs::canonicalize(folder).ok();
            let beside = folder.parent().filter(|_| folder.file_name().is_some()).map(Path::to_path_buf);
            beside.or_else(|| Some(real?.parent()?.to_path_buf())).unwrap_or_default().join(KEY)
        }
    }
}

/// The snapshots of a folder by day, the oldest first.
pub(super) fn list(folder: &Path) -> Vec<(i32, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let snapshot = |entry: std::fs::DirEntry| Some((is_snapshot_name(&entry.file_name().to_string_lossy())?, entry.path()));
    let mut found: Vec<(i32, PathBuf)> = entries.filter_map(Result::ok).filter_map(snapshot).filter(|(_, path)| path.is_file()).collect();
    found.sort();
    found
}

/// The newest snapshot of a folder from before a day.
pub(super) fn newest_before(folder: &Path, day: i32) -> Option<PathBuf> {
    list(folder).into_iter().rfind(|(of, _)| *of < day).map(|(_, path)| path)
}

/// What a path of the previous data means: a folder of snapshots is the newest of them from before today, and nothing where there is none yet.
pub(super) fn chosen(path: PathBuf, configured: &Configured, today: i32) -> Option<PathBuf> {
    let own = path == folder(configured);
    if (list(&path).is_empty() && !(own && (!path.exists() || is_empty(&path)))) || path.is_file() {
        return Some(path);
    }
    let newest = newest_before(&path, today);
    if newest.is_none() {
        eprintln!("no snapshot in {} is from before {}, so there is nothing to compare with yet", path.display(), iso(today));
    }
    newest
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// The key of the snapshots that were looked at. Without the right one, what they keep as hashes is taken out of the survey.
pub(super) fn unlock(survey: &mut Survey, configured: &Configured) -> Option<SnapshotKey> {
    let (shown, _) = survey.snapshots().find(|(_, manifest)| manifest.key.is_some())?;
    let folder = Path::new(shown).parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = key_path(configured, folder);
    let key = read_key(&place);
    survey.without_hashes(key.as_ref().map_err(String::as_str), &place);
    key.ok().filter(|_| survey.unusable().is_empty())
}

/// Reads a key, or says why there is none.
fn read_key(path: &Path) -> Result<SnapshotKey, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => SnapshotKey::read(&text).ok_or_else(|| "is no key: a key is 64 hexadecimal digits".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("is not there".to_owned()),
        Err(error) => Err(format!("can't be read: {error}")),
    }
}

/// The key to make snapshots with; it is made the first time. Says whether it is new.
pub(super) fn key(path: &Path, folder: &Path) -> Result<(SnapshotKey, bool), Exit> {
    let shown = path.display();
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let place = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let (Some(place), Some(folder)) = (real(place), real(folder))
        && place.starts_with(&folder)
    {
        let message = format!("the key `{shown}` would stand in the folder of the snapshots");
        return Err(output::error(
            &message,
            "whoever gets the snapshots must not get the key with them: name another place under `[snapshots] key`",
        ));
    }
    if path.exists() {
        let read = read_key(path).map_err(|why| {
            output::error(
                &format!("the key `{shown}` {why}"),
                "put the right file there; or remove it, and a new key is made: what older snapshots keep as hashes can't be compared then",
            )
        })?;
        return Ok((read, false));
    }
    let mut bytes = [0; SnapshotKey::LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| output::error(&format!("the system gives no randomness: {error}"), "no key was made"))?;
    let key = SnapshotKey::new(bytes);
    let write = || {
        let mut file = files::create(path, Readers::Owner)?;
        writeln!(file, "{}", key.text())?;
        file.sync_all()
    };
    write().map_err(|error: std::io::Error| {
        output::error(&format!("the key `{shown}` can't be written: {error}"), "name another place under `[snapshots] key`")
    })?;
    Ok((key, true))
}
