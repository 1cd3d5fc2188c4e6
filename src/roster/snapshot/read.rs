//! Opens a snapshot: whole and proved by its checksums, or not at all.
use super::manifest::{EARLIER, MANIFEST, Manifest, Member, NoManifest};
use crate::model::{day, iso};
use crate::roster::archive::{self, is_zip};
use crate::roster::bytes::Bytes;
use crate::roster::listing::{Content, Found, Listing};
use crate::roster::notices;
use crate::roster::text::Encoding;
use rayon::prelude::*;
use std::path::Path;

/// A snapshot that is whole.
pub(in crate::roster) struct Opened {
    pub(in crate::roster) manifest: Manifest,
    /// The records of its day, and those that were gone before.
    pub(in crate::roster) then: Listing,
    pub(in crate::roster) earlier: Option<Listing>,
}

/// Whether a file is called as snapshots are, by the day: `2026-11-22.zip`; the day.
#[must_use]
pub fn is_snapshot_name(name: &str) -> Option<i32> {
    let stem = name.strip_suffix(".zip")?;
    day(stem).filter(|day| iso(*day) == stem)
}

/// Whether there is a snapshot at a path, by its manifest or by its name.
#[must_use]
pub fn is_snapshot(path: &Path) -> bool {
    open(path).is_some()
}

/// What the snapshot at a path says of itself, where it is whole.
#[must_use]
pub fn snapshot_at(path: &Path) -> Option<Manifest> {
    open(path)?.ok().map(|opened| opened.manifest)
}

/// Opens the snapshot at a path. `None` says that it is something else; an error why it is not one that can be trusted.
pub(in crate::roster) fn open(path: &Path) -> Option<Result<Opened, String>> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if !path.is_file() {
        return None;
    }
    // By its name it is one, whatever happened to it.
    let named = is_snapshot_name(&name).is_some();
    let bytes = match Bytes::open(path) {
        Ok(bytes) => bytes,
        Err(error) => return named.then(|| Err(notices::reason(&error))),
    };
    if !is_zip(&bytes) {
        let why = if bytes.is_empty() { "it is empty" } else { "it is no zip archive" };
        return named.then(|| Err(why.to_owned()));
    }
    let manifest = match archive::unzip(&bytes, &|name| name == MANIFEST) {
        Ok(entries) => entries.into_iter().next()?,
        Err(why) => return named.then_some(Err(why)),
    };
    let manifest = match manifest.bytes.map_err(|error| notices::reason(&error)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(why) => return Some(Err(why)),
    };
    let manifest = match Manifest::read(&manifest) {
        Ok(manifest) => manifest,
        Err(NoManifest::Foreign) => return None,
        Err(NoManifest::Broken(why)) => return Some(Err(why)),
    };
    Some(members(path, &name, &bytes, manifest))
}

fn members(path: &Path, name: &str, bytes: &[u8], manifest: Manifest) -> Result<Opened, String> {
    let entries = archive::unzip(bytes, &|name| name != MANIFEST)?;
    let found: Vec<(&Member, Vec<u8>)> = entries
        .into_par_iter()
        .map(|entry| {
            let member = manifest.files.iter().find(|member| member.name == entry.name);
            let member = member.ok_or_else(|| format!("it holds `{}`, of which its manifest knows nothing", entry.name))?;
            let bytes = entry.bytes.map_err(|error| format!("`{}`: {}", entry.name, notices::reason(&error)))?;
            let whole = bytes.len() as u64 == member.bytes && blake3::hash(&bytes).to_hex().as_str() == member.checksum;
            if whole { Ok((member, bytes)) } else { Err(format!("`{}` is not what its checksum says", entry.name)) }
        })
        .collect::<Result<_, String>>()?;
    if let Some(missing) = manifest.files.iter().find(|member| !found.iter().any(|(known, _)| known.name == member.name)) {
        return Err(format!("`{}` is missing from it", missing.name));
    }
    let (mut then, mut earlier) = (Vec::new(), Vec::new());
    for (member, bytes) in found {
        let size = bytes.len() as u64;
        let table = Found {
            name: member.name.strip_prefix(EARLIER).unwrap_or(&member.name).to_owned(),
            shown: format!("{name}/{}", member.name),
            part: member.name.clone(),
            path: path.to_owned(),
            inside: None,
            content: Ok(Content { bytes: Bytes::Owned(bytes), encoding: Encoding::Utf8, size, numbers: Vec::new() }),
        };
        if member.earlier { &mut earlier } else { &mut then }.push(table);
    }
    let listing = |mut tables: Vec<Found>| {
        tables.sort_by(|one, other| one.name.cmp(&other.name));
        Listing { tables, ..Listing::default() }
    };
    let earlier = (!earlier.is_empty()).then(|| listing(earlier));
    Ok(Opened { then: listing(then), earlier, manifest })
}
