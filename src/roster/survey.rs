//! The first look at the data: which files there are, which layout they are in, and which columns they have. Only header rows are read.
use super::blame::DamagedRow;
use super::bytes::Bytes;
use super::detect::Sight;
use super::exports::one_export;
use super::header::{self, Header, Name, Start};
use super::kind::Kind;
use super::layout::{FileMap, Layout};
use super::layouts::Layouts;
use super::listing::{self, Content, Found, Listing};
use super::notices::{self, Named, Scope};
use super::plan::{FilePlan, Wanted, normal, plan};
use super::recognise::choose_layout;
use super::snapshot::Snapshots;
use super::text::Encoding;
use crate::finding::Finding;
use crate::model::{Epoch, FieldRef, NounId};
use std::cell::OnceCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What a source is to the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Today's roster.
    Roster,
    /// The accounts that exist on the platform.
    Accounts,
    /// Yesterday's data: a roster, accounts, or both.
    Previous,
    /// Accounts that a rule's test proposes, in place of those that naming schemas would make.
    Proposed,
    /// Records that were gone before the previous snapshot, as it remembers them.
    Earlier,
}

impl Role {
    /// The word in configurations and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Roster => "roster",
            Role::Accounts => "accounts",
            Role::Previous => "previous",
            Role::Proposed => "proposed",
            Role::Earlier => "earlier",
        }
    }

    /// The epoch of its records.
    #[must_use]
    pub fn epoch(self) -> Epoch {
        match self {
            Role::Roster | Role::Accounts => Epoch::Today,
            Role::Previous => Epoch::Previous,
            Role::Proposed => Epoch::Proposed,
            Role::Earlier => Epoch::Earlier,
        }
    }
}

/// A source as the user gave it.
#[derive(Clone, Debug)]
pub struct Input {
    /// What it is to the run.
    pub role: Role,
    /// Its folders and files.
    pub paths: Vec<PathBuf>,
    /// The layout that the user says it is in.
    pub layout: Option<String>,
    /// As the user wrote it.
    pub shown: String,
}

/// Why nothing can be read: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyError {
    /// What is wrong, in one line.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether the data are at fault, being empty, damaged or unreadable; otherwise it is what was asked for.
    pub by_data: bool,
}

impl fmt::Display for SurveyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SurveyError {}

/// A source after the first look.
#[derive(Clone)]
pub(super) struct Surveyed {
    pub(super) role: Role,
    pub(super) shown: String,
    pub(super) layout: Arc<Layout>,
    pub(super) why: String,
    pub(super) files: Vec<Sheet>,
    /// Whether it is a snapshot, proved by its checksums: the reader has nothing to say of it.
    pub(super) of_snapshot: bool,
}

/// A file after the first look.
#[derive(Clone)]
pub(super) struct Sheet {
    /// What the layout calls it.
    pub(super) name: Arc<str>,
    /// What people call it.
    pub(super) shown: Arc<str>,
    pub(super) bytes: Arc<Bytes>,
    pub(super) encoding: Encoding,
    /// Bytes of the file as it is.
    pub(super) size: u64,
    /// None when there is nothing in it that can be read.
    pub(super) header: Option<Header>,
    /// Its map in the layout.
    pub(super) map: usize,
    /// Rows with cells that a spreadsheet damaged.
    pub(super) damaged: Vec<DamagedRow>,
    /// Whether it is said to hold changes alone, so that what it does not name may be there all the same.
    pub(super) part: bool,
}

/// The layout of a source, and how it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recognised {
    /// What the source is to the run.
    pub role: Role,
    /// The source, as the user wrote it.
    pub shown: String,
    /// The layout's word.
    pub layout: String,
    /// Its name for people.
    pub title: String,
    /// `recognised by students.csv and schools.csv`, or `as configured`.
    pub why: String,
}

/// What the data consists of, known from names and header rows.
pub struct Survey {
    pub(super) sources: Vec<Surveyed>,
    pub(super) findings: Vec<Finding>,
    pub(super) incomplete: Vec<String>,
    /// What each file could supply, made when first asked for.
    supply: OnceLock<Vec<(Epoch, FilePlan)>>,
    /// Nouns of today's files that are there in whatever state, or should be.
    pub(super) expected: Vec<NounId>,
    /// What is known of the snapshots among the sources.
    pub(super) snapshots: Snapshots,
}

impl Survey {
    /// Looks at the sources.
    ///
    /// # Errors
    /// A source that is not there, or whose layout is not recognised.
    pub fn new(inputs: &[Input], layouts: &Layouts) -> Result<Survey, SurveyError> {
        let mut survey = Survey::of_nothing();
        let sources: Vec<PathBuf> = inputs.iter().flat_map(|input| &input.paths).filter_map(|path| path.canonicalize().ok()).collect();
        for input in inputs {
            if survey.together(input, layouts, &sources) {
                continue;
            }
            let before = survey.sources.len();
            let mut failed = None;
            for path in &input.paths {
                match survey.path(input, path, layouts, &sources) {
                    // One of several files that holds nothing to read takes nothing away from the others.
                    Err(error) if error.by_data && input.paths.len() > 1 => {
                        survey.nothing_in(input, path, &error);
                        failed = failed.or(Some(error));
                    }
                    looked => looked?,
                }
            }
            if let Some(error) = failed.filter(|_| survey.sources.len() == before) {
                return Err(error);
            }
        }
        // Soon asked for, and made here, while packs are read.
        survey.supply();
        Ok(survey)
    }

    fn path(&mut self, input: &Input, path: &Path, layouts: &Layouts, sources: &[PathBuf]) -> Result<(), SurveyError> {
        if input.role == Role::Previous && self.snapshot(input, path)? {
            return Ok(());
        }
        let listing = listing::list(path, &input.shown, &|file| is_called(layouts, file))?;
        self.look(input, path, listing, layouts, sources)
    }

    /// Tells of a file in which there is nothing to read.
    fn nothing_in(&mut self, input: &Input, path: &Path, error: &SurveyError) {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let file: Arc<str> = name.into();
        let empty = path.metadata().is_ok_and(|file| file.len() == 0);
        let found = if empty {
            notices::finding(Kind::EmptyFile, input.role, &file, "", format!("`{file}` is empty: not even a header"), 1)
        } else {
            let message = error.message.replace(&input.shown, &path.display().to_string());
            notices::finding(Kind::Unreadable, input.role, &file, "", message, 1)
        };
        self.incomplete.push(notices::told(&found, input.role));
        self.findings.push(found);
    }

    pub(super) fn of_nothing() -> Survey {
        Survey {
            sources: Vec::new(),
            findings: Vec::new(),
            incomplete: Vec::new(),
            supply: OnceLock::new(),
            expected: Vec::new(),
            snapshots: Snapshots::default(),
        }
    }

    /// A survey of data that stands in memory.
    pub(super) fn of(sources: Vec<Surveyed>) -> Survey {
        Survey { sources, ..Survey::of_nothing() }
    }

    fn supply(&self) -> &[(Epoch, FilePlan)] {
        self.supply.get_or_init(|| {
            let everything = Wanted::everything();
            let plan = |source: &Surveyed, sheet: &Sheet| (source.role.epoch(), source.plan(sheet, &everything).unwrap_or_default());
            self.sources.iter().flat_map(|source| source.files.iter().map(move |sheet| plan(source, sheet))).collect()
        })
    }

    /// Looks at one file that stands in memory, under the name that it would have on the disk.
    ///
    /// # Errors
    /// It can't be unpacked, or its layout is not recognised.
    pub fn of_bytes(name: &str, bytes: Vec<u8>, layouts: &Layouts) -> Result<Survey, SurveyError> {
        let mut survey = Survey::of_nothing();
        let path = PathBuf::from(name);
        let listing = listing::of_bytes(&path, name, Bytes::Owned(bytes), &|file| is_called(layouts, file))?;
        let input = Input { role: Role::Roster, paths: vec![path.clone()], layout: None, shown: name.to_owned() };
        survey.look(&input, &path, listing, layouts, &[])?;
        Ok(survey)
    }

    pub(super) fn look(
        &mut self,
        input: &Input,
        path: &Path,
        folder: Listing,
        layouts: &Layouts,
        sources: &[PathBuf],
    ) -> Result<(), SurveyError> {
        // Most files are of a layout that their names fit; the headers of all others are asked only where theirs are not known.
        let names: Vec<&str> = folder.tables.iter().map(|table| table.name.as_str()).collect();
        let likely = layouts.taking(&names);
        let all: OnceCell<Vec<&Layout>> = OnceCell::new();
        let is_header = |names: &[&Name]| {
            let count = |layouts: &[&Layout]| names.iter().filter(|name| layouts.iter().any(|layout| layout.knows(name))).count();
            match count(&likely) {
                0 => count(all.get_or_init(|| layouts.iter().collect())),
                known => known,
            }
        };
        let start = |table: &Found| match &table.content {
            Ok(content) => Some(header::start(&content.bytes, content.encoding == Encoding::Cells, &is_header)),
            Err(_) => None,
        };
        let starts: Vec<Option<Start>> = folder.tables.iter().map(start).collect();
        let sights: Vec<Sight<'_>> = folder
            .tables
            .iter()
            .zip(&starts)
            .map(|(table, start)| Sight {
                name: &table.name,
                shown: &table.shown,
                header: match start {
                    Some(Start::Header(header)) => Some(header),
                    _ => None,
                },
                state: match (start, &table.content) {
                    (None, Err(error)) => format!("which can't be read: {}", notices::reason(error)),
                    (start, _) => start.as_ref().map_or_else(String::new, Start::state),
                },
                bytes: table.content.as_ref().map_or(&[], |content| &content.bytes),
                given: !folder.whole || folder.given.contains(&table.shown),
            })
            .collect();
        let (layout, why, maps) = choose_layout(input, (layouts, &likely), &sights, folder.whole)?;
        one_export(input, layout, &sights, &maps)?;
        drop(sights);
        let layout = layouts.shared(layout);
        if input.role != Role::Previous {
            let expected = |(at, map): &(usize, &FileMap)| maps.contains(&Some(*at)) || (folder.whole && map.required);
            let maps = layout.files.iter().enumerate().filter(expected);
            self.expected.extend(maps.flat_map(|(_, map)| map.records.iter().map(|record| record.noun)));
        }
        let mut scope = Scope { role: input.role, layout: &layout, findings: &mut self.findings, incomplete: &mut self.incomplete };
        let mut files = Vec::new();
        let mut unreadable = Vec::new();
        let mut strangers = Vec::new();
        let mut inside = Vec::new();
        // What is read as another source is no stranger.
        let own: Vec<PathBuf> = input.paths.iter().chain([&path.to_owned()]).filter_map(|path| path.canonicalize().ok()).collect();
        let nested = |source: &&PathBuf| own.iter().any(|own| *source != own && source.starts_with(own));
        let others: Vec<&PathBuf> = sources.iter().filter(nested).collect();
        let is_elsewhere = |table: &Path| table.canonicalize().is_ok_and(|real| others.iter().any(|source| real.starts_with(source)));
        let mut order: Vec<usize> = (0..starts.len()).collect();
        order.sort_by(|a, b| (maps[*a], &folder.tables[*a].name).cmp(&(maps[*b], &folder.tables[*b].name)));
        let mut found: Vec<_> = folder.tables.into_iter().zip(starts).map(Some).collect();
        for at in order {
            let Some((table, start)) = found[at].take() else { continue };
            let Some(map) = maps[at] else {
                // Exports of accounts are known by their columns, and one that is empty has none: it is hardly here by chance.
                let empty = matches!(start, Some(Start::Empty)) && input.role == Role::Accounts;
                match (is_elsewhere(&table.path), empty) {
                    (true, _) => {}
                    (false, true) => {
                        let message = format!("`{}` is empty: not even a header", table.shown);
                        scope.file(Kind::EmptyFile, &table.shown.as_str().into(), message);
                    }
                    (false, false) => strangers.push(table.shown),
                }
                continue;
            };
            let shown: Arc<str> = table.shown.into();
            inside.extend(table.inside.map(|place| (shown.clone(), place)));
            // A file that only resembles one of the layout's, or has no name, goes by the layout's name for it.
            let named = layout.files[map].names.first().filter(|_| !layout.files[map].takes(&table.name));
            let name: Arc<str> = named.map_or(&table.name, |name| name).as_str().into();
            let own = table.name.rsplit('/').next().unwrap_or_default();
            if named.is_some() && !layout.files[map].takes(own) && layout.files[map].resembles(own) {
                scope.file(Kind::UnusualName, &shown, format!("`{shown}` is called `{name}` in the format"));
            }
            let (content, start) = match (table.content, start) {
                (Ok(content), Some(start)) => (content, start),
                (Err(error), _) => {
                    unreadable.push(map);
                    scope.unreadable(&shown, &error);
                    continue;
                }
                _ => continue,
            };
            let Content { bytes, encoding, size, numbers } = content;
            let file = Named { name: &name, shown: &shown, bytes: &bytes, map: &layout.files[map] };
            scope.encoding(&shown, &encoding);
            let header = scope.start(&file, start);
            let damaged = header.as_ref().map(|header| scope.numbers(&file, header, &numbers)).unwrap_or_default();
            files.push(Sheet { name, shown, bytes: Arc::new(bytes), encoding, size, header, map, damaged, part: false });
        }
        scope.inside(&inside);
        for passed in folder.passed.into_iter().filter(|passed| !is_elsewhere(&passed.path)) {
            match passed.of {
                Some(of) => scope.copy(&passed.shown, &of),
                None => strangers.push(passed.shown),
            }
        }
        for link in &folder.outside {
            scope.file(
                Kind::LinkOutside,
                &link.as_str().into(),
                format!("`{link}` is a link that leads out of the folder, and was not followed"),
            );
        }
        if folder.whole {
            let declared = layout.inventory.as_ref().map(|inventory| (inventory, inventory.read(&files)));
            scope.missing(&files, &unreadable, &strangers, declared.as_ref());
            if let Some((inventory, declared)) = &declared {
                files.iter_mut().for_each(|file| file.part = declared.is_part(&file.name));
                scope.parts(&files, inventory);
            }
            scope.strangers(&strangers);
        }
        self.sources.push(Surveyed { role: input.role, shown: shown_path(input, path), layout, why, files, of_snapshot: false });
        Ok(())
    }

    /// Whether any file holds records of this noun.
    #[must_use]
    pub fn supplies(&self, noun: NounId, epoch: Epoch) -> bool {
        self.supply().iter().any(|(of, plan)| *of == epoch && plan.records.iter().any(|record| record.noun == noun))
    }

    /// Whether a file of today holds records of this noun, or should.
    #[must_use]
    pub fn expects(&self, noun: NounId) -> bool {
        self.expected.contains(&noun)
    }

    /// Whether any file supplies this field of this noun.
    #[must_use]
    pub fn has(&self, noun: NounId, epoch: Epoch, field: &FieldRef) -> bool {
        let field = normal(field);
        let mut records = self.supply().iter().filter(|(of, _)| *of == epoch).flat_map(|(_, plan)| &plan.records);
        records.any(|record| record.noun == noun && record.fields.iter().any(|(known, _)| *known == field))
    }

    /// Whether records of this noun come from a file that holds changes alone: who is not named there may be there all the same.
    #[must_use]
    pub fn is_part(&self, noun: NounId, epoch: Epoch) -> bool {
        self.part_of(noun, epoch).is_some()
    }

    /// Such a file, and the source that it belongs to.
    pub(super) fn part_of(&self, noun: NounId, epoch: Epoch) -> Option<(&Sheet, &Surveyed)> {
        let sources = self.sources.iter().filter(|source| source.role.epoch() == epoch && !noun.get().technical);
        let mut sheets = sources.flat_map(|source| source.files.iter().map(move |sheet| (sheet, source)));
        sheets.find(|(sheet, source)| sheet.part && source.layout.files[sheet.map].records.iter().any(|record| record.noun == noun))
    }

    /// The layout of each source.
    #[must_use]
    pub fn layouts(&self) -> Vec<Recognised> {
        let recognised = |source: &Surveyed| Recognised {
            role: source.role,
            shown: source.shown.clone(),
            layout: source.layout.name.clone(),
            title: source.layout.title.clone(),
            why: source.why.clone(),
        };
        self.sources.iter().map(recognised).collect()
    }
}

impl Surveyed {
    /// What to take from one of its files.
    pub(super) fn plan(&self, sheet: &Sheet, wanted: &Wanted) -> Option<FilePlan> {
        let others = |name: &str| self.files.iter().find(|file| file.name.eq_ignore_ascii_case(name)).and_then(|file| file.header.as_ref());
        let header = sheet.header.as_ref()?;
        let mut plan = plan(&self.layout.files[sheet.map], &sheet.name, header, &others, wanted, self.role.epoch());
        for deleted in self.layout.deleted.iter().filter(|_| sheet.part) {
            plan.leave_out(deleted, header);
        }
        Some(plan)
    }
}

/// Whether some layout has a file of that name.
pub(super) fn is_called(layouts: &Layouts, file: &str) -> bool {
    layouts.iter().any(|layout| layout.files.iter().any(|map| map.is_called(file)))
}

fn shown_path(input: &Input, path: &Path) -> String {
    if input.paths.len() == 1 { input.shown.clone() } else { path.display().to_string() }
}

impl fmt::Debug for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Survey").field("layouts", &self.layouts()).finish_non_exhaustive()
    }
}
