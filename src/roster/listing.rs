//! Lists what a path leads to: files of a folder, files of an archive, sheets of a workbook, or a single one of them, or standard input.
use super::archive;
use super::bytes::Bytes;
use super::cause::Cause;
use super::copies::{Inside, Passed, beside, once};
use super::kind::Kind;
use super::notices;
use super::survey::SurveyError;
use super::text::{self, Encoding};
use super::walk::{Gathered, deeper, gather};
use super::workbook::{self, Numbers};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";
/// What standard input is called.
pub(super) const PIPED: &str = "standard input";
/// Bytes that are taken from standard input, at most.
const MOST: u64 = 4 << 30;

/// A table, before anybody knows what it is.
pub(super) struct Found {
    /// What layouts may call it: relative to the source, ending in `.csv`; empty when it has no name.
    pub(super) name: String,
    /// What people call it: with the archive or the workbook that it stands in, relative to the source.
    pub(super) shown: String,
    /// Its path in the archive, or the name of the sheet.
    pub(super) part: String,
    /// The file on the disk.
    pub(super) path: PathBuf,
    /// Where in an archive it stands, if it does.
    pub(super) inside: Option<Inside>,
    pub(super) content: io::Result<Content>,
}

/// What a table holds.
pub(super) struct Content {
    /// Its text in UTF-8, or what is no text.
    pub(super) bytes: Bytes,
    pub(super) encoding: Encoding,
    /// Bytes of the file before it was decoded.
    pub(super) size: u64,
    /// The numbers of a sheet, by column.
    pub(super) numbers: Vec<Numbers>,
}

/// The tables of a source.
#[derive(Default)]
pub(super) struct Listing {
    /// Sorted by name.
    pub(super) tables: Vec<Found>,
    /// Whether the source is a folder or an archive, and so should be complete.
    pub(super) whole: bool,
    /// Tables and archives that were passed over.
    pub(super) passed: Vec<Passed>,
    /// Links that lead out of the folder and were not followed.
    pub(super) outside: Vec<String>,
    /// What people call those tables of a whole that were named themselves.
    pub(super) given: BTreeSet<String>,
}

/// Whether there is something at a path that can be a source: standard input and what stands in archives and workbooks is something too.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT) || path.exists() || inside(path).is_some()
}

/// How a file holds tables, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Gzip,
    Workbook,
    Archive,
}

/// How a file holds tables, and what layouts may call the one that it holds.
pub(super) fn form(file: &str) -> Option<(Form, String)> {
    let (stem, extension) = file.rsplit_once('.')?;
    match extension.to_lowercase().as_str() {
        "csv" => Some((Form::Text, file.to_owned())),
        "tsv" | "tab" => Some((Form::Text, format!("{stem}.csv"))),
        "xlsx" | "xlsm" | "xls" => Some((Form::Workbook, format!("{stem}.csv"))),
        "zip" => Some((Form::Archive, file.to_owned())),
        "gz" => form(stem).filter(|(form, _)| *form == Form::Text).map(|(_, name)| (Form::Gzip, name)),
        _ => None,
    }
}

/// A path that leads into an archive or a workbook: the file, and what in it is meant.
fn inside(path: &Path) -> Option<(PathBuf, String)> {
    let file = path.ancestors().skip(1).find(|above| above.is_file())?;
    let name = file.file_name()?.to_string_lossy().into_owned();
    form(&name).filter(|(form, _)| matches!(form, Form::Archive | Form::Workbook))?;
    let inner = path.strip_prefix(file).ok()?.to_string_lossy().replace('\\', "/");
    Some((file.to_owned(), inner))
}

/// Names that some layout gives a file, without patterns.
pub(super) type Known<'a> = dyn Fn(&str) -> bool + 'a;

fn refuse<T>(message: String, help: &str) -> Result<T, SurveyError> {
    Err(SurveyError { message, help: help.to_owned(), by_data: false })
}

/// The same, where another export would do.
fn broken<T>(message: String, help: &str) -> Result<T, SurveyError> {
    Err(SurveyError { message, help: help.to_owned(), by_data: true })
}

fn no_tables<T>(archive: &Path) -> Result<T, SurveyError> {
    let message = format!("`{}` holds no CSV file and no spreadsheet", archive.display());
    broken(message, "pack the files themselves, not other archives")
}

/// Lists a folder with its sub-folders one level down, an archive, a workbook, or a single file.
pub(super) fn list(path: &Path, shown: &str, known: &Known<'_>) -> Result<Listing, SurveyError> {
    if path == Path::new(STANDARD_INPUT) {
        return of_piped(piped()?, known);
    }
    let (file, inner) = match inside(path) {
        Some((file, inner)) if !path.exists() => (file, Some(inner)),
        _ => (path.to_owned(), None),
    };
    let data = match fs::metadata(&file) {
        Ok(data) => data,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return refuse(
                format!("there is no `{}`", path.display()),
                "check the spelling; a relative path starts where the command runs, or where the configuration stands",
            );
        }
        Err(error) => return broken(format!("`{}` can't be read: {error}", path.display()), "check the permissions"),
    };
    if data.is_dir() {
        let mut listing = folder(&file, known)?;
        let deeper = if listing.tables.is_empty() { deeper(&file) } else { Vec::new() };
        if let Some(first) = deeper.first() {
            let folders: Vec<String> = deeper.iter().take(SHOWN).map(|folder| format!("`{}`", folder.display())).collect();
            let more = if deeper.len() > SHOWN { " and others" } else { "" };
            return refuse(
                format!(
                    "`{}` holds no CSV file and no spreadsheet; below it, {}{more} do",
                    path.display(),
                    crate::finding::List(&folders, "and")
                ),
                &format!("give the folder of one export, such as `{}`", path.join(first).display()),
            );
        }
        if let Some(archive) = listing.passed.first().filter(|_| listing.tables.is_empty()) {
            return no_tables(&archive.path);
        }
        once(&mut listing.tables, &mut listing.passed)?;
        return Ok(listing);
    }
    let name = file.file_name().map_or_else(|| shown.to_owned(), |name| name.to_string_lossy().into_owned());
    let mut listing = single(&file, &name, Bytes::open(&file), known)?;
    once(&mut listing.tables, &mut listing.passed)?;
    if let Some(inner) = inner {
        pick(&mut listing, &name, &inner, path)?;
    }
    Ok(listing)
}

/// Lists a file that stands in memory.
pub(super) fn of_bytes(path: &Path, name: &str, bytes: Bytes, known: &Known<'_>) -> Result<Listing, SurveyError> {
    let mut listing = single(path, name, Ok(bytes), known)?;
    once(&mut listing.tables, &mut listing.passed)?;
    Ok(listing)
}

/// Keeps only what `inner` names in an archive or a workbook.
fn pick(listing: &mut Listing, file: &str, inner: &str, path: &Path) -> Result<(), SurveyError> {
    let wanted = format!("{file}/{inner}");
    let there: Vec<String> = listing.tables.iter().map(|table| format!("`{}`", table.shown)).collect();
    listing.tables.retain(|table| {
        table.part.eq_ignore_ascii_case(inner)
            || table.shown.eq_ignore_ascii_case(&wanted)
            || table.shown.to_lowercase().starts_with(&format!("{}/", wanted.to_lowercase()))
    });
    if listing.tables.is_empty() {
        let help = format!("it holds {}", crate::finding::List(&there, "and"));
        return refuse(format!("there is no `{}`", path.display()), &help);
    }
    listing.whole &= listing.tables.len() > 1;
    Ok(())
}

/// A file that was named itself.
fn single(path: &Path, name: &str, bytes: io::Result<Bytes>, known: &Known<'_>) -> Result<Listing, SurveyError> {
    let (form, table) = match (form(name), &bytes) {
        (Some(found), _) => found,
        (None, Ok(bytes)) => (by_content(bytes), name.to_owned()),
        (None, Err(_)) => (Form::Text, name.to_owned()),
    };
    if ["ods", "xlsb"].iter().any(|extension| has_extension(path, extension)) {
        return refuse(
            format!("`{}` is a spreadsheet of a kind that is not read", path.display()),
            "save it as .xlsx or as CSV UTF-8 and give that file",
        );
    }
    let (tables, whole) = match form {
        Form::Archive => match bytes.map_err(|error| notices::reason(&error)).and_then(|bytes| archived(path, name, &bytes, known)) {
            Ok(tables) if tables.is_empty() => {
                return no_tables(path);
            }
            Ok(tables) => (tables, true),
            Err(why) => {
                return broken(
                    format!("`{}` can't be unpacked: {why}", path.display()),
                    "copy or export it again, or give the unpacked folder",
                );
            }
        },
        _ => (open(form, path, table.clone(), name.to_owned(), bytes, known), false),
    };
    // A workbook whose sheets are tables by their own names is a whole, like a folder.
    let sheets = form == Form::Workbook && tables.first().is_some_and(|found| found.name != table);
    Ok(Listing { tables, whole: whole || sheets, ..Listing::default() })
}

/// What a file holds whose name doesn't say it.
fn by_content(bytes: &[u8]) -> Form {
    if archive::is_gzip(bytes) {
        Form::Gzip
    } else if workbook::is_old(bytes) {
        Form::Workbook
    } else if archive::is_zip(bytes) {
        let book = archive::unzip(bytes, &|_| false).is_ok() && memchr::memmem::find(bytes, b"xl/workbook.xml").is_some();
        if book { Form::Workbook } else { Form::Archive }
    } else {
        Form::Text
    }
}

/// All of standard input.
pub(super) fn piped() -> Result<Vec<u8>, SurveyError> {
    let mut bytes = Vec::new();
    if let Err(error) = io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes) {
        return broken(format!("standard input can't be read: {}", notices::reason(&error)), "give the path of a file or folder");
    }
    if bytes.len() as u64 > MOST {
        return refuse(format!("standard input is longer than {} GiB", MOST >> 30), "write it to a file and give its path");
    }
    if bytes.is_empty() {
        return broken(
            "standard input is empty".to_owned(),
            "pipe a file in, `rollbook validate - < students.csv`, or give a path; if there is nothing to export, write the header alone",
        );
    }
    Ok(bytes)
}

/// What standard input holds.
pub(super) fn of_piped(mut bytes: Vec<u8>, known: &Known<'_>) -> Result<Listing, SurveyError> {
    let path = Path::new(STANDARD_INPUT);
    if archive::is_gzip(&bytes) {
        bytes = match archive::gunzip(&bytes) {
            Ok(bytes) => bytes,
            Err(error) => return broken(format!("standard input can't be unpacked: {error}"), "copy or export it again"),
        };
    }
    let mut listing = single(path, PIPED, Ok(Bytes::Owned(bytes)), known)?;
    for table in &mut listing.tables {
        // What came without a name is known by its columns alone.
        if table.name == PIPED {
            table.name.clear();
        }
    }
    Ok(listing)
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn io_error(why: String) -> io::Error {
    io::Error::other(why)
}

/// The tables of a file, which is no archive.
fn open(form: Form, path: &Path, name: String, shown: String, bytes: io::Result<Bytes>, known: &Known<'_>) -> Vec<Found> {
    let one = |content| {
        vec![Found { name: name.clone(), shown: shown.clone(), part: String::new(), path: path.to_owned(), inside: None, content }]
    };
    let bytes = match bytes {
        Ok(bytes) if form == Form::Gzip => archive::gunzip(&bytes).map(Bytes::Owned),
        other => other,
    };
    match bytes {
        Err(error) => one(Err(error)),
        Ok(bytes) if form == Form::Workbook => match workbook::read(&bytes) {
            Ok(sheets) => sheets_of(path, (&name, &shown), sheets, bytes.len() as u64, known),
            Err(error) => one(Err(error)),
        },
        Ok(bytes) => {
            let size = bytes.len() as u64;
            let (bytes, encoding) = text::decode(bytes);
            one(Ok(Content { bytes, encoding, size, numbers: Vec::new() }))
        }
    }
}

/// The sheets of a workbook: the first is the table that the file is named after, unless its own name is that of a table; empty ones are none.
fn sheets_of(path: &Path, (name, shown): (&str, &str), mut sheets: Vec<workbook::Sheet>, size: u64, known: &Known<'_>) -> Vec<Found> {
    let several = sheets.len() > 1;
    let first = sheets.iter().position(|sheet| !sheet.text.is_empty()).unwrap_or(0);
    let mut at = 0;
    sheets.retain(|sheet| {
        at += 1;
        !sheet.text.is_empty() || at == first + 1
    });
    let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let only = sheets.len() == 1;
    let found = |(at, sheet): (usize, workbook::Sheet)| {
        let own = format!("{folder}{}.csv", sheet.name);
        let by_book = at == 0 && (!known(&own) || (only && known(name)));
        Found {
            name: if by_book { name.to_owned() } else { own },
            shown: if several { format!("{shown}/{}", sheet.name) } else { shown.to_owned() },
            part: sheet.name,
            path: path.to_owned(),
            inside: None,
            content: Ok(Content { bytes: Bytes::Owned(sheet.text), encoding: Encoding::Cells, size, numbers: sheet.columns }),
        }
    };
    sheets.into_iter().enumerate().map(found).collect()
}

/// The tables of a zip archive, by their paths there without the folder that all of them stand in.
fn archived(path: &Path, shown: &str, bytes: &[u8], known: &Known<'_>) -> Result<Vec<Found>, String> {
    let wanted = |name: &str| {
        let hidden = name.split('/').any(|part| (part.starts_with('.') && part != "..") || part == "__MACOSX");
        !hidden && form(name).is_some()
    };
    let (outside, entries): (Vec<_>, Vec<_>) = archive::unzip(bytes, &wanted)?.into_iter().partition(|entry| leads_out(&entry.name));
    let tables = || entries.iter().filter(|entry| form(&entry.name).is_some_and(|(form, _)| form != Form::Archive));
    let folder = |name: &str| name.rfind('/').map_or(0, |end| end + 1);
    let common = tables().map(|entry| &entry.name[..folder(&entry.name)]).reduce(|one, other| {
        let alike = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        let same: usize = alike.map(|(letter, _)| letter.len_utf8()).sum();
        &one[..folder(&one[..same])]
    });
    let common = common.map_or(0, str::len);
    let mut found = Vec::new();
    if tables().next().is_none() {
        return Ok(found);
    }
    for entry in entries {
        let archive = shown.to_owned();
        let shown = format!("{archive}/{}", entry.name);
        let inner = entry.name.get(common..).unwrap_or(&entry.name);
        match form(inner) {
            Some((Form::Archive, name)) => {
                let content = Err(io_error("it is an archive in an archive, which is not unpacked".to_owned()));
                found.push(Found { name, shown, part: entry.name, path: path.to_owned(), inside: None, content });
            }
            Some((form, name)) => {
                for table in open(form, path, name, shown, entry.bytes.map(Bytes::Owned), known) {
                    let part = if table.part.is_empty() { entry.name.clone() } else { format!("{}/{}", entry.name, table.part) };
                    let folder = entry.name[..folder(&entry.name)].trim_end_matches('/').to_owned();
                    let inside = Some(Inside { archive: archive.clone(), folder, twice: entry.twice });
                    found.push(Found { part, inside, ..table });
                }
            }
            None => {}
        }
    }
    for entry in outside {
        let content = Err(Cause::error("its path leads out of the archive", "pack the files again, from the folder in which they stand"));
        let shown = format!("{shown}/{}", entry.name);
        found.push(Found { name: entry.name.clone(), shown, part: entry.name, path: path.to_owned(), content, inside: None });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Whether a path in an archive leads to a place outside of the folder into which it would be unpacked.
fn leads_out(name: &str) -> bool {
    name.starts_with('/') || name.split('/').any(|part| part == "..")
}

/// Folders far below that are named.
const SHOWN: usize = 3;

/// Why a link is not followed.
const LEAVES: &str = "it is a link that leads out of the folder, and such links are not followed";

fn folder(path: &Path, known: &Known<'_>) -> Result<Listing, SurveyError> {
    let root = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut gathered = Gathered::default();
    if let Err(error) = gather(path, &root, "", true, &mut gathered) {
        return broken(format!("`{}` can't be read: {error}", path.display()), "check the permissions");
    }
    let Gathered { mut files, mut outside } = gathered;
    files.sort();
    outside.sort();
    let is_archive = |file: &(String, PathBuf, bool)| form(&file.0).is_some_and(|(form, _)| form == Form::Archive);
    let (archives, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(is_archive);
    // Archives beside the files are copies of them more often than not: they are told as strangers, and read when there is nothing else.
    let unpack = plain.is_empty();
    let mut tables = Vec::new();
    let mut passed: Vec<Passed> = Vec::new();
    // When all stands in one sub-folder, that is the one that was meant.
    let below = |name: &str| name.rfind('/').map_or(0, |end| end + 1);
    let common = plain.first().map_or("", |(name, ..)| &name[..below(name)]).to_owned();
    let alone = plain.iter().all(|(name, ..)| name[..below(name)] == common);
    for (name, path, leaves) in plain {
        let inner = name.strip_prefix(common.as_str()).filter(|_| alone).unwrap_or(&name);
        let Some((form, table)) = form(inner) else { continue };
        let bytes = if leaves { Err(Cause::error(LEAVES, Kind::LinkOutside.check().help)) } else { Bytes::open(&path) };
        tables.extend(open(form, &path, table, name, bytes, known));
    }
    for (name, file, leaves) in archives {
        if leaves {
            outside.push(name);
            continue;
        }
        if !unpack {
            passed.push(beside(name, file, &tables));
            continue;
        }
        let read = Bytes::open(&file).map_err(|error| notices::reason(&error)).and_then(|bytes| archived(&file, &name, &bytes, known));
        match read {
            Ok(found) if found.is_empty() => passed.push(Passed { shown: name, path: file, of: None }),
            Ok(found) => tables.extend(found),
            Err(why) => {
                return broken(
                    format!("`{}` can't be unpacked: {why}", file.display()),
                    "copy or export it again, or give the unpacked folder",
                );
            }
        }
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| (a.name != a.shown, &a.shown).cmp(&(b.name != b.shown, &b.shown))));
    Ok(Listing { tables, whole: true, passed, outside, ..Listing::default() })
}
