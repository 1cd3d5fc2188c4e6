//! Zip archives and gzip files, unpacked into memory, within limits that no roster reaches and an archive made to fill the memory does.
use super::cause::Cause;
use super::notices;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};

/// Files in an archive, at most.
const FILES: usize = 10_000;
/// Bytes that an archive unpacks to, at most.
const BYTES: u64 = 4 << 30;
/// Up to here any ratio will do.
const SMALL: u64 = 64 << 20;
/// How many times its packed size a large file may have; text rarely reaches a quarter of it.
const RATIO: u64 = 100;
/// From this many times on, the rest is counted before any more of it is kept.
const DENSE: u64 = 20;
/// How much is unpacked between two looks at the limits.
const STEP: usize = 1 << 18;

/// What is left of the limits of one archive, for all threads that unpack it.
struct Budget(AtomicU64);

impl Budget {
    fn new() -> Self {
        Budget(AtomicU64::new(BYTES))
    }

    /// Reads to the end, or until a limit is reached; `packed` is the size of what is read. Where much comes of little, `count` is asked first whether
    /// the whole keeps within the limits.
    fn read(&self, mut from: impl Read, packed: u64, count: impl FnOnce() -> io::Result<()>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let dense = SMALL.max(packed.saturating_mul(DENSE));
        self.read_into(&mut bytes, from.by_ref().take(dense), packed)?;
        if bytes.len() as u64 == dense {
            count()?;
            self.read_into(&mut bytes, from, packed)?;
        }
        Ok(bytes)
    }

    /// The same; what was read before an error stays in `bytes`.
    fn read_into(&self, bytes: &mut Vec<u8>, mut from: impl Read, packed: u64) -> io::Result<()> {
        loop {
            let got = from.by_ref().take(STEP as u64).read_to_end(bytes)? as u64;
            if got == 0 {
                return Ok(());
            }
            let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(got))).unwrap_or(0);
            within(bytes.len() as u64, packed, before.checked_sub(got))?;
        }
    }
}

/// Reads to the end, or until a limit is reached, and keeps nothing.
fn count(mut from: impl Read, packed: u64) -> io::Result<()> {
    let mut step = vec![0; STEP];
    let mut read = 0;
    loop {
        let got = from.read(&mut step)? as u64;
        if got == 0 {
            return Ok(());
        }
        read += got;
        within(read, packed, BYTES.checked_sub(read))?;
    }
}

/// Whether so many bytes unpacked from `packed` keep within the limits; `left` are those that may still come, none at all beyond the limit.
fn within(read: u64, packed: u64, left: Option<u64>) -> io::Result<()> {
    if left.is_none() {
        return Err(Cause::limit(format!("it unpacks to more than {} GiB", BYTES >> 30)));
    }
    if read > SMALL && read / RATIO > packed {
        return Err(Cause::limit(format!(
            "it unpacks to more than {RATIO} times its size, as an archive does that is made to fill the memory"
        )));
    }
    Ok(())
}

/// A file in an archive.
pub(super) struct Entry {
    /// Its path there, with `/`.
    pub(super) name: String,
    pub(super) bytes: io::Result<Vec<u8>>,
    /// Whether the archive has another file of the very same name; of several this is the last.
    pub(super) twice: bool,
}

/// Whether bytes begin like a zip archive, which a workbook is too.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Whether bytes begin like a gzip file.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b")
}

/// Unpacks a gzip file, all members of it.
pub(super) fn gunzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (unpacked, packed) = (|| flate2::bufread::MultiGzDecoder::new(bytes), bytes.len() as u64);
    Budget::new().read(unpacked(), packed, || count(unpacked(), packed)).map_err(told)
}

/// Unpacks a gzip file as far as it goes: with why it does not go to its end, when it is cut off or damaged behind a readable beginning.
pub(super) fn gunzip_beginning(bytes: &[u8]) -> io::Result<(Vec<u8>, Option<io::Error>)> {
    let mut read = Vec::new();
    match Budget::new().read_into(&mut read, flate2::bufread::MultiGzDecoder::new(bytes), bytes.len() as u64).map_err(told) {
        Ok(()) => Ok((read, None)),
        Err(error) if read.is_empty() => Err(error),
        Err(error) => Ok((read, Some(error))),
    }
}

/// What is wrong with a gzip file, for people.
fn told(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other("it is cut off: the gzip data ends too early"),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => io::Error::other("it is no gzip file, or a damaged one"),
        _ => error,
    }
}

/// Unpacks those files of a zip archive that `wanted` takes by name.
///
/// # Errors
/// Why it is none that can be read.
pub(super) fn unzip(bytes: &[u8], wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Vec<Entry>, String> {
    let broken = |error: zip::result::ZipError| match error {
        zip::result::ZipError::Io(error) => format!("it is a damaged zip archive, perhaps cut off: {}", notices::reason(&error)),
        _ => "it is no zip archive, or a damaged or cut-off one".to_owned(),
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > FILES {
        return Err(format!("it holds {} files, and more than {FILES} are not unpacked", archive.len()));
    }
    let repeated = repeated(bytes, archive.central_directory_start());
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).map_err(broken)?;
        let name = file.name().map_or_else(|_| format!("file {}", at + 1), |name| name.replace('\\', "/"));
        if file.is_file() && wanted(&name) {
            let twice = repeated.contains(file.name_raw());
            names.push((at, name, twice));
        }
    }
    let budget = Budget::new();
    let unpack = |(at, name, twice): (usize, String, bool)| {
        let (mut archive, mut again) = (archive.clone(), archive.clone());
        let bytes = match archive.by_index(at) {
            Ok(file) if file.encrypted() => Err(io::Error::other("it is protected by a password")),
            Ok(file) => {
                let packed = file.compressed_size();
                let count = || count(again.by_index(at).map_err(|error| io::Error::other(broken(error)))?, packed);
                budget.read(file, packed, count).map_err(|error| match error.kind() {
                    io::ErrorKind::Other => error,
                    _ => io::Error::other(format!("it is damaged in the archive: {}", notices::reason(&error))),
                })
            }
            Err(zip::result::ZipError::UnsupportedArchive(what)) if what.contains("assword") => {
                Err(io::Error::other("it is protected by a password"))
            }
            Err(error) => Err(io::Error::other(broken(error))),
        };
        Entry { name, bytes, twice }
    };
    Ok(names.into_par_iter().with_max_len(1).map(unpack).collect())
}

/// The names that stand more than once in an archive's directory, which begins at `start`: a reader that looks files up by name finds only the last of each.
fn repeated(bytes: &[u8], start: u64) -> BTreeSet<&[u8]> {
    let number = |at: usize| bytes.get(at..at + 2).map_or(0, |pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])));
    let (mut once, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    let mut at = usize::try_from(start).unwrap_or(usize::MAX);
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
        let (name, extra, remark) = (number(at + 28), number(at + 30), number(at + 32));
        let Some(found) = bytes.get(at + 46..at + 46 + name) else { break };
        if !once.insert(found) {
            repeated.insert(found);
        }
        at += 46 + name + extra + remark;
    }
    repeated
}

/// The names of the files in a zip archive; none when it can't be read.
pub(super) fn names(bytes: &[u8]) -> Vec<String> {
    let Ok(archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    archive.file_names().flatten().map(|name| name.replace('\\', "/")).collect()
}
