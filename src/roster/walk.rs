//! Walks through folders for the files that may be tables.
use super::listing::form;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a folder holds, before it is opened.
#[derive(Default)]
pub(super) struct Gathered {
    /// Name, path, and whether a link leads out of the folder.
    pub(super) files: Vec<(String, PathBuf, bool)>,
    pub(super) outside: Vec<String>,
}

/// How far down they are looked for.
const DEPTH: usize = 6;

/// Folders below this one that hold tables, relative to it, in order.
pub(super) fn deeper(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::new(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        let mut holds = false;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            holds |= !is_folder && form(&name).is_some();
            if is_folder && depth < DEPTH && !name.starts_with('.') {
                folders.push((folder.join(&name), depth + 1));
            }
        }
        if holds && depth > 0 {
            found.push(folder);
        }
    }
    found.sort();
    found
}

pub(super) fn gather(folder: &Path, root: &Path, prefix: &str, deeper: bool, found: &mut Gathered) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{file}");
        let path = entry.path();
        let real = if entry.file_type()?.is_symlink() { path.canonicalize().ok() } else { None };
        let leaves = real.as_ref().is_some_and(|real| !real.starts_with(root));
        // A link to a folder in which it stands shows the same files again.
        if real.is_some_and(|real| !leaves && folder.canonicalize().is_ok_and(|own| own.starts_with(real))) {
            continue;
        }
        if form(&file).is_some() {
            found.files.push((name, path, leaves));
        } else if leaves && path.is_dir() {
            found.outside.push(name);
        } else if deeper && path.is_dir() {
            // A sub-folder that can't be listed is no part of any format that needs it.
            let _ = gather(&path, root, &format!("{name}/"), false, found);
        }
    }
    Ok(())
}
