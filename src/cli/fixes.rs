//! `--fixes FOLDER`: findings as files for bulk tools, and a list of which finding each row mends.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use super::setup::Configured;
use crate::engine::FixFile;
use crate::finding::{Count, Fingerprint};
use crate::model::iso;
use crate::pack::{INDEX, Pack};
use crate::report::{Audience, SheetKind, Style, paragraph, plain_cell, sheet};
use crate::roster::Input;
use std::path::{Path, PathBuf};

/// The columns of the list of what was written. Of a file as a whole there is a row with its checksum; of a finding one with its row, or with the reason why
/// it has none.
const HEADER: [&str; 7] = ["file", "row", "rule", "finding", "message", "left_out_because", "checksum"];

/// A folder for fix files, looked at before the run: what it holds was written by an earlier run, and is as it was then.
pub(super) struct Folder {
    path: PathBuf,
    /// The files that an earlier run wrote and that are still there.
    old: Vec<String>,
}

impl Folder {
    /// Looks at the folder. One that is inside of the data, or that holds files of somebody else under a name that is needed, is refused.
    pub(super) fn new(path: &Path, packs: &[Pack], configured: &Configured, inputs: &[Input]) -> Result<Folder, Exit> {
        let shown = path.display();
        if path.exists() && !path.is_dir() {
            return Err(output::error(&format!("`{shown}` is a file"), "name a folder for --fixes; it is made if it is not there"));
        }
        let names: Vec<&str> = packs.iter().flat_map(|pack| &pack.fixes).map(|fix| fix.file.as_str()).collect();
        if names.is_empty() {
            let names: Vec<String> = packs.iter().map(|pack| pack.name.clone()).collect();
            let message = format!("no fix in {}", crate::finding::List(&names, "and"));
            return Err(output::error(
                &message,
                "`rollbook list fixes` prints those of the built-in packs; name a pack that has one: --pack",
            ));
        }
        if let Some(input) = inputs.iter().flat_map(|input| &input.paths).find(|input| files::is_inside(path, input)) {
            let message = format!("`{shown}` is inside of what is read ({})", input.display());
            return Err(output::error(&message, "name a folder elsewhere: the next run would read the files as data"));
        }
        let known = read_index(path)?;
        let mut old = Vec::new();
        for name in names.iter().copied().chain(known.iter().map(|(name, _)| name.as_str())) {
            if old.iter().any(|known| known == name) {
                continue;
            }
            let file = path.join(name);
            files::not_read(&file, None, configured, inputs)?;
            let bytes = match std::fs::read(&file) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unwritable(&file, &error)),
            };
            let checksum = known.iter().find(|(known, _)| known == name).map(|(_, checksum)| checksum.as_str());
            if checksum == Some(checksum_of(&bytes).as_str()) {
                old.push(name.to_owned());
                continue;
            }
            let why = if checksum.is_some() { "was changed since it was written" } else { "was not written by this program" };
            let message = format!("`{}` {why}, and is not written over", file.display());
            return Err(output::error(&message, "move it away, or name another folder"));
        }
        Ok(Folder { path: path.to_path_buf(), old })
    }

    /// Writes the files that have rows, takes away those of an earlier run that have none now, and writes the list. Each file is whole or as it was.
    pub(super) fn write(&self, made: &[FixFile<'_>]) -> Result<(), Exit> {
        std::fs::create_dir_all(&self.path).map_err(|error| unwritable(&self.path, &error))?;
        let mut index: Vec<Vec<Option<String>>> = Vec::new();
        let row = |cells: [&str; 7]| cells.map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty())).to_vec();
        for file in made {
            let path = self.path.join(file.name);
            if file.rows.is_empty() {
                continue;
            }
            let rows = file.rows.iter().map(|row| row.cells.iter().cloned().map(Some).collect());
            let mut bytes = Vec::new();
            let written = sheet((SheetKind::Csv, Audience::Program), file.columns, rows, &mut bytes)
                .and_then(|()| files::replace(&path, Readers::Default, |out| std::io::Write::write_all(out, &bytes)));
            written.map_err(|error| unwritable(&path, &error))?;
            index.push(row([file.name, "", "", "", &title(file), "", &checksum_of(&bytes)]));
            for (at, of) in file.rows.iter().enumerate().flat_map(|(at, row)| row.of.iter().map(move |of| (at, of))) {
                index.push(row([file.name, &(at + 1).to_string(), &of.rule, &of.fingerprint.to_string(), &of.message, "", ""]));
            }
        }
        for left in made.iter().flat_map(|file| file.left_out.iter().map(move |left| (file, left))) {
            let (file, left) = left;
            index.push(row([file.name, "", &left.of.rule, &left.of.fingerprint.to_string(), &left.of.message, &left.why, ""]));
        }
        for stale in self.stale(made) {
            let path = self.path.join(stale);
            std::fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        }
        let path = self.path.join(INDEX);
        let header: Vec<String> = HEADER.map(str::to_owned).to_vec();
        files::replace(&path, Readers::Default, |out| sheet((SheetKind::Csv, Audience::People), &header, index.into_iter(), out))
            .map_err(|error| unwritable(&path, &error))
    }

    /// What an earlier run wrote and this one leaves as it is, a sentence a file: it looks ready to upload, and rests on the data of another day.
    pub(super) fn left(&self) -> Vec<String> {
        let told = |name: &String| {
            let path = self.path.join(name);
            let written = std::fs::metadata(&path).and_then(|data| data.modified()).ok();
            let since = written.and_then(|written| written.duration_since(std::time::UNIX_EPOCH).ok());
            let day = since.map_or_else(String::new, |since| format!(" of {}", iso((since.as_secs() / 86_400) as i32)));
            format!("{} is still there from an earlier run{day}: it says nothing of this data, so don't upload it now", path.display())
        };
        self.old.iter().map(told).collect()
    }

    /// The files of an earlier run that have no rows now.
    fn stale<'s>(&'s self, made: &'s [FixFile<'_>]) -> impl Iterator<Item = &'s String> {
        self.old.iter().filter(|old| !made.iter().any(|file| file.name == **old && !file.rows.is_empty()))
    }

    /// What was written and what was not, in words.
    pub(super) fn told(&self, made: &[FixFile<'_>], limit: usize, look: &Style) -> String {
        let mut text = format!("\n{}\n", look.heading("Fix files"));
        for file in made.iter().filter(|file| !file.rows.is_empty() || !file.left_out.is_empty() || !file.notes.is_empty()) {
            let left = match file.left_out.len() {
                0 => String::new(),
                left => format!(", left out {}", Count(left as u64, "finding", "findings")),
            };
            let rows = file.rows.len() as u64;
            let written = match rows {
                0 => format!("no row for {}", file.name),
                _ => format!("wrote {} to {}", Count(rows, "row", "rows"), self.path.join(file.name).display()),
            };
            text.push_str(&paragraph(2, &format!("{written}{left}: {}", title(file)), look));
            let help = file.fixes.iter().filter_map(|fix| fix.help.as_deref());
            let mut helps: Vec<&str> = Vec::new();
            help.for_each(|help| {
                if !helps.contains(&help) {
                    helps.push(help)
                }
            });
            if rows > 0 {
                helps.iter().for_each(|help| text.push_str(&paragraph(4, help, look)));
            }
            for left in file.left_out.iter().take(limit) {
                text.push_str(&paragraph(4, &format!("left out: {} ({}), since {}", left.of.message, left.of.rule, left.why), look));
            }
            if file.left_out.len() > limit {
                let more = Count((file.left_out.len() - limit) as u64, "more finding is", "more findings are");
                text.push_str(&paragraph(4, &format!("{more} left out (--limit 0 shows them)"), look));
            }
            file.notes.iter().for_each(|note| text.push_str(&paragraph(4, note, look)));
        }
        for stale in self.stale(made) {
            text.push_str(&paragraph(
                2,
                &format!("took away {}, which an earlier run wrote: it has no rows now", self.path.join(stale).display()),
                look,
            ));
        }
        let index = self.path.join(INDEX);
        text.push_str(&paragraph(2, &format!("{} says which finding each row mends, and why others were left out", index.display()), look));
        text
    }
}

/// What the file is, in the words of its first fix.
fn title(file: &FixFile<'_>) -> String {
    file.fixes.first().map(|fix| fix.title.clone()).unwrap_or_default()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Exit {
    output::error(&format!("`{}` can't be written: {error}", path.display()), "check the folder that --fixes names")
}

fn checksum_of(bytes: &[u8]) -> String {
    Fingerprint::of("file", [String::from_utf8_lossy(bytes).as_ref()]).to_string()
}

/// The files that an earlier run wrote to the folder, with their checksums.
fn read_index(folder: &Path) -> Result<Vec<(String, String)>, Exit> {
    let path = folder.join(INDEX);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let strange = || {
        let message = format!("`{}` was not written by this program, and is not written over", path.display());
        output::error(&message, "name another folder for --fixes")
    };
    let mut reader = csv::Reader::from_path(&path).map_err(|_| strange())?;
    if reader.headers().map_err(|_| strange())? != HEADER.as_slice() {
        return Err(strange());
    }
    let mut known = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|_| strange())?;
        if let (Some(file), Some(checksum)) = (row.get(0).map(plain_cell), row.get(6).filter(|checksum| !checksum.is_empty())) {
            // Only plain names are ever written.
            if Path::new(file).components().count() == 1 && !file.contains(['/', '\\']) && file != ".." {
                known.push((file.to_owned(), checksum.to_owned()));
            }
        }
    }
    Ok(known)
}
