//! Snapshots among the sources: looked at as the previous data and as what is remembered from before it, or told as damaged.
use super::read::{Opened, open};
use super::{Compared, Manifest, SnapshotKey};
use crate::model::{Epoch, FieldRef, NounId, Type, iso};
use crate::roster::kind::Kind;
use crate::roster::layouts::{Layouts, PLAIN};
use crate::roster::listing::Listing;
use crate::roster::notices::{finding, told};
use crate::roster::survey::{Input, Role, Survey, SurveyError};
use std::path::Path;
use std::sync::Arc;

/// What is known of the snapshots of a run.
#[derive(Default)]
pub(in crate::roster) struct Snapshots {
    /// Those that are whole, as the user wrote their paths.
    manifests: Vec<(String, Manifest)>,
    /// Whether one is there that is not.
    damaged: bool,
    /// Whether their hashes can't be compared, for want of the key.
    keyless: bool,
}

impl Survey {
    /// Takes a path for a snapshot, if it leads to one.
    pub(in crate::roster) fn snapshot(&mut self, input: &Input, path: &Path) -> Result<bool, SurveyError> {
        let Some(opened) = open(path) else { return Ok(false) };
        let shown: Arc<str> = path.display().to_string().into();
        match opened {
            Ok(Opened { manifest, then, earlier }) => {
                let why = format!("the snapshot of {}", iso(manifest.day));
                self.take(input, path, then, Role::Previous, &why)?;
                if let Some(earlier) = earlier {
                    self.take(input, path, earlier, Role::Earlier, &format!("{why}, of what was gone before"))?;
                }
                self.snapshots.manifests.push((shown.to_string(), manifest));
            }
            Err(why) => {
                let mut finding =
                    finding(Kind::DamagedSnapshot, Role::Previous, &shown, "", format!("the snapshot `{shown}` can't be used: {why}"), 1);
                finding.severity = Kind::DamagedSnapshot.check().severity;
                self.incomplete.push(told(&finding, Role::Previous));
                self.findings.push(finding);
                self.snapshots.damaged = true;
            }
        }
        Ok(true)
    }

    fn take(&mut self, input: &Input, path: &Path, listing: Listing, role: Role, why: &str) -> Result<(), SurveyError> {
        if listing.tables.is_empty() {
            return Ok(());
        }
        let input = Input { role, layout: Some(PLAIN.to_owned()), ..input.clone() };
        let (findings, incomplete) = (self.findings.len(), self.incomplete.len());
        // A district's own layout of that name is not what snapshots are written in.
        self.look(&input, path, listing, &Layouts::builtin(), &[])?;
        // The checksums say that all is as it was written.
        self.findings.truncate(findings);
        self.incomplete.truncate(incomplete);
        if let Some(source) = self.sources.last_mut() {
            (source.why, source.of_snapshot) = (why.to_owned(), true);
        }
        Ok(())
    }

    /// The snapshots among the sources, with their paths as the user wrote them.
    pub fn snapshots(&self) -> impl Iterator<Item = (&str, &Manifest)> {
        self.snapshots.manifests.iter().map(|(shown, manifest)| (shown.as_str(), manifest))
    }

    /// The fields of which the snapshots keep hashes, with the types by which these can be compared; none when the key is not the right one.
    #[must_use]
    pub fn hashed(&self) -> Vec<Compared> {
        if self.snapshots.keyless { Vec::new() } else { self.all_hashed() }
    }

    /// Leaves of the snapshots only the records of these nouns.
    pub fn only_earlier(&mut self, nouns: &std::collections::BTreeSet<NounId>) {
        for source in self.sources.iter_mut().filter(|source| source.of_snapshot) {
            let layout = &source.layout;
            source.files.retain(|sheet| layout.files[sheet.map].records.iter().any(|record| nouns.contains(&record.noun)));
        }
    }

    fn all_hashed(&self) -> Vec<Compared> {
        let of_member = |member: &super::Member| {
            let epoch = if member.earlier { Epoch::Earlier } else { Epoch::Previous };
            let noun = member.noun;
            let compared = |(field, kind): &(FieldRef, Type)| Compared { noun, epoch, field: field.clone(), kind: *kind };
            member.hashed.iter().map(compared).collect::<Vec<_>>()
        };
        self.snapshots().flat_map(|(_, manifest)| &manifest.files).flat_map(of_member).collect()
    }

    /// The same fields, when the key is not the right one.
    #[must_use]
    pub fn unusable(&self) -> Vec<Compared> {
        if self.snapshots.keyless { self.all_hashed() } else { Vec::new() }
    }

    /// Tells of what the snapshots keep as hashes when `key` is not the one that these were made with, or says why there is none; `place` says where it was looked for. Rules that need it
    /// are skipped then, and never told that everything has changed.
    pub fn without_hashes(&mut self, key: Result<&SnapshotKey, &str>, place: &Path) {
        let print = key.ok().map(SnapshotKey::print);
        let other = self.snapshots().find(|(_, manifest)| manifest.key.is_some() && manifest.key != print);
        let Some(shown) = other.map(|(shown, _)| Arc::<str>::from(shown)).filter(|_| !self.snapshots.keyless) else { return };
        let place = place.display();
        let message = match key {
            Err(why) => format!("the key `{place}` {why}, so what `{shown}` keeps as hashes can't be compared"),
            Ok(_) => format!("the key `{place}` is not the one that `{shown}` was made with, so what it keeps as hashes can't be compared"),
        };
        self.findings.push(finding(Kind::OtherSnapshotKey, Role::Previous, &shown, "", message, 1));
        self.snapshots.keyless = true;
    }

    /// Why a noun or a field is not among the previous data, where that is a snapshot; see [`Survey::lack`].
    pub(in crate::roster) fn snapshot_lack(&self, noun: NounId, epoch: Epoch, field: Option<&FieldRef>) -> Option<(String, bool)> {
        if !matches!(epoch, Epoch::Previous | Epoch::Earlier) {
            return None;
        }
        if self.snapshots.damaged {
            return Some(("the snapshot is damaged".to_owned(), false));
        }
        let (_, manifest) = self.snapshots().next()?;
        let of_files = || self.sources.iter().any(|source| source.role == Role::Previous && !source.of_snapshot);
        if epoch == Epoch::Previous && of_files() {
            return None;
        }
        let day = iso(manifest.day);
        // What the format has no place for, no snapshot of it has.
        let there = field.map_or_else(|| self.supplies(noun, Epoch::Today), |field| self.has(noun, Epoch::Today, field));
        if !there {
            let (words, by_format) = self.lack(noun, Epoch::Today, field);
            if by_format {
                return Some((words, true));
            }
        }
        let plural = noun.get().plural;
        let words = match (field, epoch) {
            (None, Epoch::Earlier) => {
                format!("the snapshot of {day} remembers no {plural} that are gone: the rules of its day asked for none")
            }
            (None, _) => format!("the snapshot of {day} keeps no {plural}"),
            (Some(field), _) => format!("the snapshot of {day} does not keep `{}` of {plural}", field.name(noun)),
        };
        Some((words, false))
    }
}
