//! The ledger's file: read whole or not at all, written whole or not at all.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use super::setup::Configured;
use crate::engine::Ledger;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The ledger that the arguments or the configuration name, with its path. One that is not there yet is empty; without a name there is none.
pub(super) fn read(named: Option<&Path>, configured: &Configured) -> Result<(Option<PathBuf>, Ledger), Exit> {
    let from_config = configured.config.ledger.as_ref().map(|path| configured.folder.join(&path.value));
    let Some(path) = named.map(Path::to_path_buf).or(from_config) else { return Ok((None, Ledger::default())) };
    let shown = path.display();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("the ledger {shown} is not there: nobody is known to have had a name before");
            return Ok((Some(path), Ledger::default()));
        }
        Err(error) => {
            let help = "without it names would be given that are taken; mend or restore it, or name another with --ledger";
            return Err(output::error(&format!("the ledger `{shown}` can't be read: {error}"), help));
        }
    };
    if text.trim().is_empty() {
        let help = "restore it, or remove it if there shall be a new one";
        return Err(output::error(&format!("the ledger `{shown}` is empty, without even a header"), help));
    }
    match Ledger::parse(&text) {
        Ok(ledger) => Ok((Some(path), ledger)),
        Err(error) => Err(output::error(&format!("the ledger `{shown}`, line {}: {}", error.line, error.message), &error.help)),
    }
}

/// Replaces the ledger in one step: a reader sees the old one or the new one, and a fault in between leaves the old one as it was.
pub(super) fn write(path: &Path, ledger: &Ledger) -> Result<(), Exit> {
    let fault = |error: std::io::Error| {
        output::error(&format!("the ledger `{}` can't be written: {error}", path.display()), "no name was written down; check the folder")
    };
    files::replace(path, Readers::Owner, |out| out.write_all(ledger.print().as_bytes())).map_err(fault)
}
