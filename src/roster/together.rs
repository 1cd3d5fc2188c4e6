//! Several paths of one roster: parts of one export are looked at together, so that none misses what stands in another.
use super::layouts::Layouts;
use super::listing::{self, Listing};
use super::survey::{Input, Role, Survey, is_called};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Survey {
    /// Looks at the paths of today's roster as at one folder, where no file is there twice and one format takes each file that was named and some of each folder.
    /// Whether it is so; if not, each path stands for itself.
    pub(super) fn together(&mut self, input: &Input, layouts: &Layouts, sources: &[PathBuf]) -> bool {
        let packed = |path: &&PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        // Two archives are two exports, and too much to be unpacked only to see it.
        if input.role != Role::Roster || input.paths.len() < 2 || input.paths.iter().filter(packed).count() > 1 {
            return false;
        }
        if input.paths.iter().any(|path| path == Path::new("-")) {
            return false;
        }
        let mut all = Listing::default();
        let mut names = BTreeSet::new();
        let mut parts = Vec::new();
        for path in &input.paths {
            let Ok(part) = listing::list(path, &input.shown, &|file| is_called(layouts, file)) else { return false };
            if !part.tables.iter().all(|table| names.insert(table.name.to_lowercase())) {
                return false;
            }
            let shown: Vec<String> = part.tables.iter().map(|table| table.shown.clone()).collect();
            if !part.whole {
                all.given.extend(shown.iter().cloned());
            }
            parts.push((part.whole, shown));
            all.whole |= part.whole;
            all.tables.extend(part.tables);
            all.passed.extend(part.passed);
            all.outside.extend(part.outside);
        }
        let mut trial = Survey::of_nothing();
        if trial.look(input, &input.paths[0], all, layouts, sources).is_err() {
            return false;
        }
        let is_taken = |shown: &String| {
            let read = trial.sources.iter().flat_map(|source| &source.files).any(|file| *file.shown == **shown);
            let told = || trial.findings.iter().filter(|finding| &*finding.rule == "read/unreadable");
            read || told().any(|finding| finding.place.as_ref().is_some_and(|place| *place.file == **shown))
        };
        if !parts.iter().all(|(whole, shown)| if *whole { shown.iter().any(is_taken) } else { shown.iter().all(is_taken) }) {
            return false;
        }
        trial.sources.iter_mut().for_each(|source| source.shown.clone_from(&input.shown));
        self.sources.append(&mut trial.sources);
        self.findings.append(&mut trial.findings);
        self.incomplete.append(&mut trial.incomplete);
        self.expected.append(&mut trial.expected);
        true
    }
}
