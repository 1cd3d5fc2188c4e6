//! Files that commands write: never over what is read, and whole or not at all.
use super::exit::Exit;
use super::output;
use super::setup::Configured;
use crate::roster::Input;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Names that are tried for a file beside another.
const ATTEMPTS: u32 = 1000;

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Readers {
    /// Its owner alone, where the system knows of owners.
    Owner,
    /// Whoever the system lets by default.
    Default,
}

/// Makes a new file. One that is there already is an error.
pub(super) fn create(path: &Path, readers: Readers) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    options.open(path)
}

/// Replaces a file in one step: a reader sees the old one or the new one, and a fault in between leaves the old one as it was.
///
/// # Errors
/// What the system or `write` says; nothing is left beside the file then.
pub(super) fn replace(path: &Path, readers: Readers, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    // A link is followed, so that it stays one.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (file, beside) = fresh(&target, readers)?;
    let mut out = BufWriter::new(file);
    let written = write(&mut out).and_then(|()| out.flush()).and_then(|()| out.get_ref().sync_all());
    written.and_then(|()| std::fs::rename(&beside, &target)).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}

/// A new file beside another, under a name that nothing there has: `.names.csv.4711-0.new`.
fn fresh(target: &Path, readers: Readers) -> io::Result<(File, PathBuf)> {
    let mut nth = 0;
    loop {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{nth}.new", std::process::id()));
        let beside = target.with_file_name(name);
        match create(&beside, readers) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && nth < ATTEMPTS => nth += 1,
            file => return Ok((file?, beside)),
        }
    }
}

/// Refuses to write over what is read: the sources, what the configuration names, or the command's own file, which `own` names with its word.
pub(super) fn not_read(out: &Path, own: Option<(&Path, &str)>, configured: &Configured, inputs: &[Input]) -> Result<(), Exit> {
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::canonicalize(path).ok().or_else(|| Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?)))
    };
    let Some(target) = place(out) else { return Ok(()) };
    // A new file in a folder that is read would be data of the next run.
    let is_read = |path: &Path| is_inside(out, path) || place(path).is_some_and(|path| target == path);
    if let Some(source) = inputs.iter().flat_map(|input| &input.paths).find(|path| is_read(path)) {
        let is = if out.exists() { "part" } else { "inside" };
        let message = format!("`{}` is {is} of what is read ({})", out.display(), source.display());
        let help = if out.exists() {
            "name another file: the data is never written to"
        } else {
            "name a file elsewhere: the next run would read it as data"
        };
        return Err(output::error(&message, help));
    }
    let named = configured.files();
    let mut named = own.into_iter().chain(named.iter().map(|(path, word)| (path.as_path(), *word)));
    match named.find(|(path, _)| is_read(path)) {
        Some((_, word)) => Err(output::error(&format!("`{}` is the {word}", out.display()), "name another file")),
        None => Ok(()),
    }
}

/// Paths without those that lead to a file that is named before.
pub(super) fn once(paths: &[PathBuf]) -> Vec<&Path> {
    let place = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let is_new = |at: usize| !paths[..at].iter().any(|known| place(known) == place(&paths[at]));
    (0..paths.len()).filter(|at| is_new(*at)).map(|at| &*paths[at]).collect()
}

/// Whether `path`, which may not be there yet, is `folder` or lies in it.
pub(super) fn is_inside(path: &Path, folder: &Path) -> bool {
    let there = path.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (std::fs::canonicalize(there), std::fs::canonicalize(folder)) {
        (Ok(there), Ok(folder)) => folder.is_dir() && there.starts_with(folder),
        _ => false,
    }
}
