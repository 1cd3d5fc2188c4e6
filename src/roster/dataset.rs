//! The data of a run: tables of nouns, their symbols, and what is wrong with the files.
use super::blame::DamagedRow;
use super::bytes::Bytes;
use super::chunk::Job;
use super::header::Header;
use super::interner::Interner;
use super::kind::Kind;
use super::notices::{self, Scope, finding};
use super::plan::{Feed, FilePlan, LookupPlan, RecordPlan, Wanted};
use super::propose::Proposed;
use super::reader::{Index, Order, Progress, Reading, Repeats, read_all, read_lookup};
use super::records::LookupTable;
use super::release::release_memory;
use super::split::Dialect;
use super::spots::Damaged;
use super::survey::{Role, Sheet, Survey, Surveyed};
use super::symbols::Symbols;
use super::table::{Draft, Table, drop_repeats, tables};
use super::text::{self, Encoding};
use crate::finding::{FileSummary, Finding, SourceSummary};
use crate::model::{Epoch, FieldRef, NounId};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// How to read.
#[derive(Clone, Copy, Default)]
pub struct ReadOptions<'a> {
    /// Told how many bytes are done, of how many; from any thread.
    pub progress: Option<Progress<'a>>,
}

/// Everything that was read.
pub struct Dataset {
    pub(super) tables: BTreeMap<(NounId, Epoch), Table>,
    pub(super) symbols: Symbols,
    pub(super) files: Vec<FileData>,
    findings: Vec<Finding>,
    incomplete: Vec<String>,
    summaries: Vec<SourceSummary>,
    pub(super) proposed: OnceLock<Proposed>,
}

/// What stays of a file: enough to find a record again.
pub(super) struct FileData {
    pub(super) role: Role,
    pub(super) shown: Arc<str>,
    pub(super) bytes: Arc<Bytes>,
    pub(super) header: Header,
    pub(super) plan: FilePlan,
    pub(super) chunks: Vec<Index>,
    /// Rows of which a finding tells that they are damaged: the first thousands of them.
    pub(super) damaged: Vec<DamagedRow>,
    /// Its layout, and its map there.
    layout: (Arc<str>, usize),
}

/// A file and what to take from it, before it is read.
struct Assignment {
    source: usize,
    sheet: usize,
    plan: FilePlan,
}

/// Bytes of data from which on what reading leaves behind is worth a call to the allocator.
const WORTH_RELEASING: usize = 16 << 20;

impl Survey {
    /// Reads the wanted columns of every file, on rayon's current threads.
    #[must_use]
    pub fn read(mut self, wanted: &Wanted, options: &ReadOptions<'_>) -> Dataset {
        let assignments = self.assign(wanted);
        let files: Arc<[Arc<Bytes>]> = assignments.iter().map(|task| self.sources[task.source].files[task.sheet].bytes.clone()).collect();
        let repeats: Vec<Option<Repeats>> = assignments.iter().map(|task| self.repeats(task, &assignments)).collect();
        let fresh = files.iter().zip(&repeats).filter(|(_, repeats)| repeats.is_none()).map(|(file, _)| file.len() as u64).sum();
        let interner = Interner::new(files, fresh);
        let lookups = self.lookups(&assignments, &interner);
        let repeated = |file: usize| repeats.iter().flatten().any(|repeats| repeats.order == file);
        let orders: Vec<Order<'_>> = assignments
            .iter()
            .enumerate()
            .map(|(file, task)| {
                let sheet = &self.sources[task.source].files[task.sheet];
                let rows = sheet.header.as_ref().map_or(0, |header| header.rows);
                let found = task.plan.lookups.iter().filter_map(|lookup| {
                    lookups.iter().find(|(source, plan, _)| *source == task.source && plan == lookup).map(|(_, _, table)| table)
                });
                let job = Job {
                    bytes: &sheet.bytes,
                    header: header_bytes(sheet),
                    dialect: dialect(sheet),
                    ending: ending(sheet),
                    file,
                    plan: &task.plan,
                    interner: &interner,
                    repeated: repeated(file),
                    original: None,
                };
                Order { job, rows, lookups: found.collect(), repeats: repeats[file].clone() }
            })
            .collect();
        let mut readings = read_all(&orders, options.progress);
        drop(orders);
        drop(lookups);
        let suspects: Vec<(usize, usize)> = assignments
            .iter()
            .zip(&readings)
            .filter(|(_, reading)| reading.damage.count(Kind::NotUtf8) > 0)
            .map(|(task, _)| (task.source, task.sheet))
            .collect();
        if self.decode(&suspects) {
            return self.read(wanted, options);
        }
        readings.par_iter_mut().zip(&assignments).for_each(|(reading, task)| {
            for (plan, record) in task.plan.records.iter().enumerate() {
                if record.distinct.is_some() {
                    drop_repeats(reading, plan);
                }
                if let Some(field) = record.fields.iter().position(|(_, feed)| matches!(feed, Feed::Rows)) {
                    count_rows(reading, plan, field, &interner);
                }
            }
        });
        self.assemble(assignments, readings, interner)
    }

    /// Takes files whose later rows are not UTF-8 for what they probably are; whether there was any.
    fn decode(&mut self, suspects: &[(usize, usize)]) -> bool {
        let mut any = false;
        // Its header keeps its place when all before the rows is ASCII.
        let plain = |sheet: &Sheet| {
            sheet.encoding == Encoding::Utf8 && sheet.header.as_ref().is_some_and(|header| sheet.bytes[..header.rows].is_ascii())
        };
        for &(source, sheet) in suspects {
            let Surveyed { role, layout, files, .. } = &mut self.sources[source];
            let sheet = &mut files[sheet];
            let Some((bytes, encoding)) = text::legacy(&sheet.bytes).filter(|_| plain(sheet)) else { continue };
            let mut scope = Scope { role: *role, layout, findings: &mut self.findings, incomplete: &mut self.incomplete };
            scope.encoding(&sheet.shown, &encoding);
            (sheet.bytes, sheet.encoding) = (Arc::new(bytes), encoding);
            any = true;
        }
        any
    }

    fn assign(&self, wanted: &Wanted) -> Vec<Assignment> {
        let mut assignments = Vec::new();
        for (at, source) in self.sources.iter().enumerate() {
            for (sheet, file) in source.files.iter().enumerate() {
                if let Some(mut plan) = source.plan(file, wanted) {
                    plan.leave_undecided(&|name| source.files.iter().any(|other| other.part && other.name.eq_ignore_ascii_case(name)));
                    assignments.push(Assignment { source: at, sheet, plan });
                }
            }
        }
        assignments
    }

    /// The file of today whose rows a file of yesterday probably repeats: one of the same layout, map and header, from which at least the same is taken.
    fn repeats(&self, task: &Assignment, assignments: &[Assignment]) -> Option<Repeats> {
        let source = &self.sources[task.source];
        let sheet = &source.files[task.sheet];
        let names = |sheet: &Sheet| sheet.header.as_ref().map(|header| header.names.clone());
        if source.role != Role::Previous || source.of_snapshot {
            return None;
        }
        assignments.iter().enumerate().find_map(|(order, other)| {
            let of = &self.sources[other.source];
            let original = &of.files[other.sheet];
            let alike = of.role != Role::Previous && of.layout.name == source.layout.name && original.map == sheet.map;
            if !alike || names(original) != names(sheet) || dialect(original) != dialect(sheet) {
                return None;
            }
            let slot = |column: &usize| other.plan.columns.iter().position(|known| known == column);
            let plan = |record: &RecordPlan| {
                let digests = other.plan.records.iter().position(|known| known.distinct == record.distinct)?;
                let filled = other.plan.records.iter().position(|known| known.any_of == record.any_of && known.empty == record.empty)?;
                Some((digests, filled))
            };
            let slots = task.plan.columns.iter().map(slot).collect::<Option<Vec<usize>>>()?;
            let plans = task.plan.records.iter().map(plan).collect::<Option<Vec<(usize, usize)>>>()?;
            Some(Repeats { order, slots, plans })
        })
    }

    /// Reads what other files look up.
    fn lookups(&self, assignments: &[Assignment], interner: &Interner) -> Vec<(usize, LookupPlan, LookupTable)> {
        let mut wanted: Vec<(usize, LookupPlan)> = Vec::new();
        for task in assignments {
            for lookup in &task.plan.lookups {
                if !wanted.iter().any(|(source, known)| *source == task.source && known == lookup) {
                    wanted.push((task.source, lookup.clone()));
                }
            }
        }
        let read = |(source, lookup): (usize, LookupPlan)| {
            let file = assignments
                .iter()
                .position(|task| task.source == source && self.sources[source].files[task.sheet].name.eq_ignore_ascii_case(&lookup.file))?;
            let sheet = &self.sources[source].files[assignments[file].sheet];
            let header = sheet.header.as_ref()?;
            let mut columns = vec![header.find(&lookup.key)?, header.find(&lookup.value)?];
            for (column, _) in &lookup.prefer {
                // A preference for a column that is not there is none: any column will do, because no value of it is liked.
                columns.push(header.find(column).unwrap_or(header.names.len()));
            }
            let plan = FilePlan { columns, width: header.names.len(), ..FilePlan::default() };
            let job = Job {
                bytes: &sheet.bytes,
                header: header_bytes(sheet),
                dialect: dialect(sheet),
                ending: header.ending(&sheet.bytes),
                file,
                plan: &plan,
                interner,
                repeated: false,
                original: None,
            };
            let table = read_lookup(Order { job, rows: header.rows, lookups: Vec::new(), repeats: None }, &lookup);
            Some((source, lookup, table))
        };
        wanted.into_iter().filter_map(read).collect()
    }

    fn assemble(mut self, assignments: Vec<Assignment>, readings: Vec<Reading>, interner: Interner) -> Dataset {
        let symbols = Symbols::freeze(interner);
        let mut drafts: BTreeMap<(NounId, Epoch), Draft> = BTreeMap::new();
        let mut files = Vec::new();
        let mut findings = std::mem::take(&mut self.findings);
        let mut incomplete = std::mem::take(&mut self.incomplete);
        let mut records: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (task, reading) in assignments.into_iter().zip(readings) {
            let source = &self.sources[task.source];
            let sheet = &source.files[task.sheet];
            let Some(header) = sheet.header.clone() else { continue };
            let damaged = Damaged { role: source.role, file: &sheet.shown, bytes: &sheet.bytes, header: &header, plan: &task.plan };
            let mut found = if source.of_snapshot { Vec::new() } else { damaged.findings(&reading.damage) };
            let mut rows = damaged.rows(&reading.damage);
            rows.extend_from_slice(&sheet.damaged);
            found.iter_mut().for_each(|finding| source.layout.weigh(finding, source.role));
            incomplete.extend(found.iter().filter(|finding| is_incomplete(finding)).map(|finding| notices::told(finding, source.role)));
            findings.extend(found);
            let count = reading.records - reading.unused;
            if count == 0 && reading.damage.count(Kind::CutOff) == 0 && !source.of_snapshot {
                let required = source.layout.files[sheet.map].required && source.role.epoch() == Epoch::Today;
                let kind = if required { Kind::NoRowsAtAll } else { Kind::NoRows };
                let message = format!("`{}` has a header and no rows", sheet.shown);
                let mut finding = finding(kind, source.role, &sheet.shown, "", message, 1);
                source.layout.weigh(&mut finding, source.role);
                findings.push(finding);
            }
            records.insert((task.source, task.sheet), count);
            let file = files.len();
            let epoch = source.role.epoch();
            let fields: Vec<Vec<FieldRef>> =
                task.plan.records.iter().map(|record| record.fields.iter().map(|(field, _)| field.clone()).collect()).collect();
            let mut by_plan: Vec<Vec<_>> = task.plan.records.iter().map(|_| Vec::new()).collect();
            for (chunk, pieces) in reading.pieces.into_iter().enumerate() {
                for (plan, piece) in pieces.into_iter().enumerate() {
                    by_plan[plan].push((chunk, piece));
                }
            }
            for (plan, pieces) in by_plan.into_iter().enumerate() {
                let draft = drafts.entry((task.plan.records[plan].noun, epoch)).or_default();
                draft.declare(&fields[plan]);
                for (chunk, piece) in pieces {
                    draft.push(file, plan, chunk, &fields[plan], piece);
                }
            }
            files.push(FileData {
                role: source.role,
                shown: sheet.shown.clone(),
                bytes: sheet.bytes.clone(),
                header,
                plan: task.plan,
                damaged: rows,
                chunks: reading.chunks,
                layout: (source.layout.name.as_str().into(), sheet.map),
            });
        }
        let tables = tables(drafts, &symbols);
        if self.sources.iter().flat_map(|source| &source.files).map(|file| file.bytes.len()).sum::<usize>() > WORTH_RELEASING {
            release_memory();
        }
        let summaries = self.summaries(&records);
        order(&mut findings, &summaries);
        Dataset { tables, symbols, files, findings, incomplete, summaries, proposed: OnceLock::new() }
    }

    fn summaries(&self, records: &BTreeMap<(usize, usize), u64>) -> Vec<SourceSummary> {
        let summary = |(at, source): (usize, &Surveyed)| SourceSummary {
            name: source.role.word().into(),
            path: source.shown.clone(),
            layout: source.layout.title.clone(),
            why: source.why.clone(),
            files: source
                .files
                .iter()
                .enumerate()
                .map(|(sheet, file)| FileSummary {
                    file: file.shown.clone(),
                    bytes: file.size,
                    records: records.get(&(at, sheet)).copied().unwrap_or(0),
                })
                .collect(),
        };
        self.sources.iter().enumerate().map(summary).collect()
    }
}

/// The header as it stands in the file, with its line end.
fn header_bytes(sheet: &Sheet) -> &[u8] {
    sheet.header.as_ref().and_then(|header| sheet.bytes.get(header.start..header.rows)).unwrap_or_default()
}

/// Writes into a field of a plan's one record how many rows it stands for.
fn count_rows(reading: &mut Reading, plan: usize, field: usize, interner: &Interner) {
    let all: u64 = reading.pieces.iter().map(|pieces| pieces[plan].all).sum();
    let first = reading.pieces.iter_mut().find_map(|pieces| pieces[plan].columns[field].first_mut());
    if let Some(first) = first {
        *first = interner.own(&all.to_string());
    }
}

/// How a file that has a header is split.
fn dialect(sheet: &Sheet) -> Dialect {
    sheet.header.as_ref().map_or_else(Dialect::default, |header| header.dialect)
}

/// How many bytes end a line of a file.
fn ending(sheet: &Sheet) -> usize {
    sheet.header.as_ref().map_or(1, |header| header.ending(&sheet.bytes))
}

fn is_incomplete(finding: &Finding) -> bool {
    super::checks::CHECKS.iter().any(|check| check.id == finding.rule.as_ref() && check.incomplete)
}

/// Sorts findings by source, file and line; files in the order in which they were read, those that are not there first.
fn order(findings: &mut [Finding], summaries: &[SourceSummary]) {
    let rank = |source: &str, file: &str| {
        let mut files = summaries.iter().filter(|summary| summary.name.as_ref() == source).flat_map(|summary| &summary.files);
        files.position(|known| known.file.as_ref() == file).map_or(0, |at| at + 1)
    };
    let source = |name: &str| [Role::Roster, Role::Accounts, Role::Previous, Role::Earlier].iter().position(|role| role.word() == name);
    findings.sort_by_key(|finding| {
        finding.place.as_ref().map(|place| (source(&place.source), rank(&place.source, &place.file), place.line, place.column))
    });
}

impl Dataset {
    /// The records of a noun, if any source supplies them.
    #[must_use]
    pub fn table(&self, noun: NounId, epoch: Epoch) -> Option<&Table> {
        let proposed =
            || self.proposed.get().map(|proposed| &proposed.table).filter(|table| (table.noun(), table.epoch()) == (noun, epoch));
        self.tables.get(&(noun, epoch)).or_else(proposed)
    }

    /// The files that should hold records of a noun and hold no row, as people call them. Of what was before, only those that say less than today's files do: a
    /// kind of record that there is neither then nor now is missed by nobody.
    #[must_use]
    pub fn without_rows(&self, noun: NounId, epoch: Epoch) -> Vec<&str> {
        let holds = |file: usize| self.tables.values().any(|table| table.parts.iter().any(|part| part.file == file));
        let of = |epoch: Epoch| {
            let files = self.files.iter().enumerate();
            files.filter(move |(_, file)| file.role.epoch() == epoch && file.plan.records.iter().any(|record| record.noun == noun))
        };
        let is_less = |file: &FileData| {
            let mut alike = of(Epoch::Today).filter(|(_, today)| today.layout.0 == file.layout.0).peekable();
            match alike.peek() {
                Some(_) => alike.any(|(at, today)| today.layout == file.layout && holds(at)),
                None => {
                    let is_empty = |epoch| self.tables.get(&(noun, epoch)).is_none_or(Table::is_empty);
                    is_empty(epoch) && !is_empty(Epoch::Today)
                }
            }
        };
        let empty = of(epoch).filter(|(at, file)| !holds(*at) && (epoch == Epoch::Today || is_less(file)));
        empty.map(|(_, file)| &*file.shown).collect()
    }

    /// All distinct texts.
    #[must_use]
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// What is wrong with the files, in the order of source, file and line.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What was read.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceSummary> {
        self.summaries.clone()
    }

    /// Why there is no complete verdict; empty when there is one.
    #[must_use]
    pub fn incomplete(&self) -> &[String] {
        &self.incomplete
    }
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dataset").field("tables", &self.tables.len()).field("symbols", &self.symbols).finish_non_exhaustive()
    }
}
