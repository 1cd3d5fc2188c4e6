//! Findings about files that should be there, and about those that belong to nothing.
use super::copies::Inside;
use super::inventory::{Declared, Inventory};
use super::kind::Kind;
use super::layout::FileMap;
use super::notices::{NAMED, Scope, finding};
use super::survey::{Role, Sheet};
use crate::finding::{Count, List, Severity};
use std::sync::Arc;

impl Scope<'_> {
    /// Files that the format requires and that are not there; those of `strangers` that are called nearly alike are named.
    pub(super) fn missing(
        &mut self,
        files: &[Sheet],
        unreadable: &[usize],
        strangers: &[String],
        declared: Option<&(&Inventory, Declared)>,
    ) {
        let says = |file: &str| declared.and_then(|(_, declared)| declared.says(file));
        let list = declared.map_or("", |(inventory, _)| inventory.file.as_str());
        for sheet in files.iter().filter(|sheet| says(&sheet.name) == Some(false)) {
            let message = format!("`{}` is there, and `{list}` says that it is absent", sheet.shown);
            self.file(Kind::DeclaredAbsent, &sheet.shown, message);
        }
        self.undeclared(declared);
        for (at, map) in self.layout.files.iter().enumerate() {
            let unreadable = unreadable.contains(&at);
            let there =
                |name: &&String| files.iter().any(|file| file.map == at && (map.names.len() == 1 || file.name.eq_ignore_ascii_case(name)));
            let absent = map.names.iter().filter(|name| !unreadable && !there(name));
            let expected = absent.filter(|name| says(name).unwrap_or(map.required && map.names.first() == Some(*name)));
            for name in expected {
                self.missing_file(map, name, strangers, says(name).map(|_| list));
            }
        }
    }

    /// Files of the format that the list of files says nothing of.
    fn undeclared(&mut self, declared: Option<&(&Inventory, Declared)>) {
        let Some((inventory, declared)) = declared.filter(|(_, declared)| !declared.is_empty()) else { return };
        let names = self.layout.files.iter().flat_map(|map| &map.names);
        let unsaid = names.filter(|name| !name.eq_ignore_ascii_case(&inventory.file) && declared.says(name).is_none());
        let unsaid: Vec<String> = unsaid.map(|name| format!("`{name}`")).collect();
        if !unsaid.is_empty() {
            let list: Arc<str> = inventory.file.as_str().into();
            let message = format!("`{list}` says nothing of {}", List(&unsaid, "and"));
            self.push(finding(Kind::Undeclared, self.role, &list, "", message, unsaid.len() as u64), Kind::Undeclared);
        }
    }

    fn missing_file(&mut self, map: &FileMap, name: &str, strangers: &[String], list: Option<&str>) {
        let file: Arc<str> = name.into();
        let message = match list {
            Some(list) => format!("`{file}` is not there, and `{list}` says that it is"),
            None => format!("`{file}` is not there, and {} requires it", self.layout.title),
        };
        let mut finding = finding(Kind::MissingFile, self.role, &file, "", message, 1);
        let alike = || strangers.iter().map(String::as_str).find(|stranger| map.resembles(stranger));
        if let Some(near) = crate::finding::suggestion(&file, strangers.iter().map(String::as_str)).or_else(alike) {
            finding.help = Some(if is_archive(near) {
                format!("if `{near}` holds it, unpack it beside the other files; otherwise export the file")
            } else {
                format!("if `{near}` is meant, rename it to `{file}`; otherwise export the file")
            });
        }
        if self.role == Role::Previous {
            // Nobody uploads yesterday's data again.
            finding.severity = Severity::Warning;
            finding.message = format!("`{file}` is not in the previous snapshot");
            finding.help = Some("keep whole snapshots; rules that compare today's records with those of this file are skipped".to_owned());
        }
        self.push(finding, Kind::MissingFile);
    }

    /// Where the files of an archive stand in it.
    pub(super) fn inside(&mut self, files: &[(Arc<str>, Inside)]) {
        for (shown, place) in files.iter().filter(|(_, place)| place.twice) {
            let own = shown.strip_prefix(&format!("{}/", place.archive)).unwrap_or(shown);
            let message = format!("`{}` holds two files called `{own}`, and the last of them was read", place.archive);
            self.file(Kind::TwiceInArchive, shown, message);
        }
        let below: Vec<_> = files.iter().filter(|(_, place)| !place.folder.is_empty()).collect();
        if let Some((shown, place)) = below.first().filter(|_| self.layout.flat_archive) {
            let mut folders: Vec<String> = below.iter().map(|(_, place)| format!("`{}`", place.folder)).collect();
            folders.sort_unstable();
            folders.dedup();
            if folders.len() > NAMED {
                let more = folders.len() - NAMED;
                folders.truncate(NAMED);
                folders.push(format!("{more} more"));
            }
            let count = Count(below.len() as u64, "file", "files");
            let stand = if below.len() == 1 { "stands" } else { "stand" };
            let folders = format!("{} {}", if folders.len() == 1 { "folder" } else { "folders" }, List(&folders, "and"));
            let message = format!("{count} of `{}` {stand} in the {folders}, and not at the top of the archive", place.archive);
            self.push(finding(Kind::SubFolder, self.role, shown, "", message, below.len() as u64), Kind::SubFolder);
        }
    }

    /// Files that hold changes alone.
    pub(super) fn parts(&mut self, files: &[Sheet], inventory: &Inventory) {
        let parts: Vec<String> = files.iter().filter(|file| file.part).map(|file| format!("`{}`", file.shown)).collect();
        if !parts.is_empty() {
            let list = files.iter().find(|file| file.name.eq_ignore_ascii_case(&inventory.file));
            let list: Arc<str> = list.map_or_else(|| inventory.file.as_str().into(), |list| list.shown.clone());
            let holds = if parts.len() == 1 { "holds" } else { "hold" };
            let message = format!("{} {holds} changes alone, as `{list}` says", List(&parts, "and"));
            self.push(finding(Kind::Part, self.role, &list, "", message, parts.len() as u64), Kind::Part);
        }
    }

    /// A table or an archive that holds what another file holds.
    pub(super) fn copy(&mut self, shown: &str, of: &str) {
        let holds = if shown.to_lowercase().ends_with(".zip") { "holds a file of the same name as" } else { "holds the same table as" };
        self.file(Kind::Copy, &shown.into(), format!("`{shown}` {holds} `{of}`, which stands beside it; only that one was read"));
    }

    /// Files that belong to nothing.
    pub(super) fn strangers(&mut self, names: &[String]) {
        let Some(first) = names.first() else { return };
        let mut shown: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        if names.len() > NAMED {
            shown.push(format!("{} more", names.len() - NAMED));
        }
        let (are, were) = if names.len() == 1 { ("is", "was") } else { ("are", "were") };
        let message = format!("{} {are} not part of {} and {were} not read", List(&shown, "and"), self.layout.title);
        let mut finding = finding(Kind::UnknownFile, self.role, &first.as_str().into(), "", message, names.len() as u64);
        if names.iter().all(|name| is_archive(name)) {
            finding.help = Some("unpack it beside the other files if it belongs to the data; otherwise leave it".to_owned());
        } else if names.len() > 1 {
            finding.help = Some("rename the files that belong to the data; otherwise leave them".to_owned());
        }
        self.push(finding, Kind::UnknownFile);
    }
}

/// Whether a file is one that stays packed beside others.
fn is_archive(name: &str) -> bool {
    name.to_lowercase().ends_with(".zip")
}
