//! `rollbook log`: what a platform's import log says, which records it means, and whether the findings foresaw it.
use super::args::{Format, LogArgs};
use super::clock::Clock;
use super::exit::Exit;
use super::files;
use super::ledger;
use super::load::{self, Loaded};
use super::output::{self, print, style};
use super::setup;
use super::threads;
use crate::engine::{Line, Names, Outcome, Plan, Scan, Tied, Ties, accounts, run as run_plan, scan};
use crate::finding::{
    Compared, Finding, LogClaim, LogFileView, LogLine, LogReport, LogSection, LogShape, LogUnseen, Mistakes, Record, RuleSummary, Severity,
};
use crate::language::log::{Hit, Messages, Wording};
use crate::pack::{Message, Pack, Reference, Rule};
use crate::report;
use crate::roster::LogFile;
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

/// Lines shown of a message, and kinds of unknown lines.
const SHOWN: usize = 5;
/// Findings and their records that are told of a line, and findings about something else.
const MOST: usize = 5;

pub(super) fn run(args: &LogArgs) -> Exit {
    threads::on(args.data.threads, || told(args))
}

/// Who knows a message: a rule, or a message by itself.
#[derive(Clone, Copy)]
enum Owner<'p> {
    Rule(&'p Rule),
    Message(&'p Message),
}

impl<'p> Owner<'p> {
    fn id(self) -> &'p std::sync::Arc<str> {
        match self {
            Owner::Rule(rule) => &rule.id,
            Owner::Message(message) => &message.id,
        }
    }

    fn pack(self) -> &'p str {
        self.id().split_once('/').map_or("", |(pack, _)| pack)
    }

    fn reference(self) -> &'p Reference {
        match self {
            Owner::Rule(rule) => &rule.reference,
            Owner::Message(message) => &message.reference,
        }
    }

    /// How bad a line is. What the district turned off is still said, and is no error.
    fn severity(self) -> Severity {
        let severity = match self {
            Owner::Rule(rule) => rule.severity,
            Owner::Message(message) => message.severity,
        };
        severity.unwrap_or(Severity::Info)
    }

    fn claim(self) -> LogClaim {
        let title = match self {
            Owner::Rule(rule) => &rule.title,
            Owner::Message(message) => &message.title,
        };
        LogClaim { id: self.id().clone(), title: title.clone(), severity: self.severity() }
    }
}

/// A wording and whose it is: the owner, and its place there.
struct Owned<'p> {
    owner: Owner<'p>,
    number: usize,
    wording: &'p Wording,
}

/// All wordings of packs.
fn owned(packs: &[Pack]) -> Vec<Owned<'_>> {
    let mut all = Vec::new();
    for pack in packs {
        let rules = pack.rules.iter().map(|rule| (Owner::Rule(rule), &rule.wordings));
        for (owner, wordings) in rules.chain(pack.messages.iter().map(|message| (Owner::Message(message), &message.wordings))) {
            all.extend(wordings.iter().enumerate().map(|(number, wording)| Owned { owner, number, wording }));
        }
    }
    all
}

fn told(args: &LogArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let files: Vec<LogFile> = files::once(&args.files).into_iter().flat_map(LogFile::open).collect();
    let unreadable: Vec<&LogFile> = files.iter().filter(|file| file.unreadable().is_some()).collect();
    for file in &unreadable {
        output::error(&format!("`{}` can't be read: {}", file.name, file.unreadable().unwrap_or_default()), "");
    }
    if unreadable.len() == files.len() {
        return Ok(Exit::Incomplete);
    }
    for (file, why) in files.iter().filter(|file| file.unreadable().is_none()).filter_map(|file| Some((file, file.trouble()?))) {
        eprintln!("incomplete: `{}`: {why}; what stands before that is told", file.name);
    }
    let (packs, with_data) = packs(args)?;
    let wordings = owned(&packs);
    let messages = Messages::new(wordings.iter().map(|owned| owned.wording).collect())
        .map_err(|why| output::error(&why, "name the packs of this log: --pack"))?;
    clock.lap("packs");
    let scan = scan(&files, &messages, args.format == Format::Jsonl);
    clock.lap("reading the log");
    let known = scan.known.iter().filter(|line| !line.hits.is_empty()).count();

    let log = Log { args, files: &files, wordings: &wordings, scan: &scan };
    let seen_packs: BTreeSet<&str> = scan.known.iter().flat_map(|line| &line.hits).map(|hit| wordings[hit.wording].owner.pack()).collect();
    let mut complete = files.iter().all(|file| file.trouble().is_none());
    let errors = if with_data {
        let Loaded { configured, survey, packs: of_data, decisions, today, inputs, key, .. } =
            load::load(&args.data, &args.look, &mut || clock.lap("survey"))?;
        let selected = |rule: &Rule| rule.id.split_once('/').is_some_and(|(pack, _)| seen_packs.contains(pack));
        let plan = Plan::new(&of_data, &selected, &|noun, epoch, field| load::supplies(&survey, noun, epoch, field), today);
        let hashed = survey.hashed();
        let plan = plan
            .with_hashed(&hashed, &survey.unusable())
            .with_parts(&|noun, epoch| survey.is_part(noun, epoch))
            .explained(&|absent| load::lack(&survey, absent))
            .with_decisions(&decisions)
            .with_logs(packs.iter().flat_map(|pack| &pack.messages).collect());
        let dataset = load::read(survey, &plan.wanted(), &plan, key.as_ref());
        if plan.needs_accounts() {
            accounts(&plan, &dataset, ledger::read(None, &configured)?.1).propose();
        }
        let outcome = run_plan(&plan, &dataset, &|_| None, &|_, _| {});
        clock.lap("checking the data");
        for why in dataset.incomplete() {
            eprintln!("incomplete: {why}");
            complete = false;
        }
        let shown = inputs.iter().find(|input| input.role == crate::roster::Role::Roster).map_or("the data", |input| input.shown.as_str());
        let packs = of_data.iter().map(|pack| pack.name.as_str()).collect();
        let ties = Ties::new(&outcome);
        log.tell(Some(&Data {
            names: (args.format == Format::Jsonl).then(|| ties.names()),
            ties,
            summaries: outcome.summaries(),
            outcome: &outcome,
            packs,
            shown: shown.to_owned(),
        }))
    } else {
        log.tell(None)
    };
    clock.lap("reporting");
    clock.tell();
    if known == 0 && complete {
        let lines: u64 = scan.lines.iter().sum();
        let why = if lines == 0 { "it holds no line" } else { "no line of it is known to any rule" };
        output::error(
            &format!("nothing was recognised: {why}"),
            "is it the import log? `[[message]]` in a pack of your own teaches a line; docs/language.md has an example",
        );
        return Ok(Exit::Incomplete);
    }
    Ok(match (complete, errors) {
        (false, _) => Exit::Incomplete,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Clean,
    })
}

/// The packs whose messages are looked for, with the district's severities; and whether there is data to compare with.
fn packs(args: &LogArgs) -> Result<(Vec<Pack>, bool), Exit> {
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let from = args.data.path.clone().unwrap_or_else(|| ".".into());
    let configured = if args.data.no_config {
        setup::Configured { config: crate::pack::Config::default(), folder: Default::default(), file: None }
    } else {
        let from = from.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
        setup::configuration(from, &mut sources, &mut mistakes)?
    };
    let (mut names, mut folder) = (setup::all_builtin(), configured.folder.clone());
    names.extend(configured.config.packs.iter().map(|name| name.value.clone()));
    if !args.data.pack.is_empty() {
        (names, folder) = (args.data.pack.clone(), Default::default());
    }
    let files = setup::read_packs_to_run(&names, &folder, &mut sources, &mut mistakes)?;
    let packs = setup::compile(&files, &configured.config.overrides, &sources, &mut mistakes);
    output::mistakes(setup::errors_only(mistakes), &sources, &args.look)?;
    Ok((packs, args.data.path.is_some() || configured.config.roster.is_some()))
}

/// The data to compare with.
struct Data<'o, 'p, 'd> {
    outcome: &'o Outcome<'p, 'd>,
    ties: Ties<'o, 'p, 'd>,
    /// The names of people that lines nobody knows must not show.
    names: Option<Names>,
    summaries: Vec<RuleSummary>,
    /// The packs that were chosen for it.
    packs: BTreeSet<&'p str>,
    /// As the user gave it.
    shown: String,
}

struct Log<'a, 'p> {
    args: &'a LogArgs,
    files: &'a [LogFile],
    wordings: &'a [Owned<'p>],
    scan: &'a Scan,
}

/// Who knows a line, and what it is about.
struct Known<'p> {
    owners: Vec<Owner<'p>>,
    compared: Option<Compared>,
    tied: Vec<(usize, Rc<Tied>)>,
    rows: Tied,
}

/// What is gathered of lines that say one thing.
#[derive(Default)]
struct Gathered<'p, 'l> {
    owners: Vec<Owner<'p>>,
    count: u64,
    lines: Vec<(&'l Line, Known<'p>)>,
    compared: BTreeMap<Compared, u64>,
}

impl<'p> Log<'_, 'p> {
    /// Prints everything, and says whether any line is an error.
    fn tell(&self, data: Option<&Data<'_, '_, '_>>) -> bool {
        let places: BTreeMap<&str, usize> =
            data.map(|data| data.outcome.rules().map(|at| (&*data.outcome.rule(at).id, at)).collect()).unwrap_or_default();
        let limit = match self.args.limit.unwrap_or(SHOWN) {
            0 => usize::MAX,
            limit => limit,
        };
        let mut gathered: BTreeMap<Vec<&str>, Gathered<'p, '_>> = BTreeMap::new();
        let mut seen: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut counted: BTreeSet<*const Tied> = BTreeSet::new();
        // The packs of which some line speaks for certain: a text that several packs quote may be another's.
        let mut speaks: BTreeSet<&str> = BTreeSet::new();
        let mut worst = None;
        let mut json = String::new();
        for line in &self.scan.known {
            let known = self.known(line, data, &places);
            worst = worst.max(known.owners.iter().map(|owner| owner.severity()).max());
            if let Some((first, others)) = known.owners.split_first()
                && others.iter().all(|other| other.pack() == first.pack())
            {
                speaks.insert(first.pack());
            }
            // Lines that say the same share what they lead to.
            for (at, tied) in known.tied.iter().filter(|(_, tied)| counted.insert(Rc::as_ptr(tied))) {
                seen.entry(*at).or_default().extend(&tied.findings);
            }
            for (at, finding) in data.map(|data| others(data, &known)).unwrap_or_default() {
                seen.entry(at).or_default().insert(finding);
            }
            if self.args.format == Format::Jsonl {
                let mut told = self.line(line, &known, data);
                if let Some(names) = data.and_then(|data| data.names.as_ref()).filter(|_| told.claims.is_empty()) {
                    told.values.iter_mut().map(|(_, value)| value).chain([&mut told.text]).for_each(|text| *text = names.masked(text));
                }
                json.push_str(&report::log_json_line(&told));
                json.push('\n');
                if json.len() > 1 << 16 {
                    print(&std::mem::take(&mut json));
                }
                continue;
            }
            let section = gathered.entry(known.owners.iter().map(|owner| &**owner.id()).collect()).or_default();
            section.count += 1;
            if let Some(compared) = &known.compared {
                *section.compared.entry(compared.clone()).or_default() += 1;
            }
            if section.lines.len() < limit {
                section.owners.clone_from(&known.owners);
                section.lines.push((line, known));
            }
        }
        let errors = worst.is_some_and(|worst| worst >= Severity::Error) || self.scan.unknown.iter().any(|shape| shape.error);
        if self.args.format == Format::Jsonl {
            print(&json);
            return errors;
        }
        let mut sections: Vec<LogSection> = gathered.into_values().map(|gathered| self.section(&gathered, data)).collect();
        sections.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)));
        let of_file = |at: usize| self.scan.known.iter().filter(|line| line.file == at).count() as u64;
        let unknown = self.scan.unknown.iter().map(|alike| LogShape {
            shape: alike.shape.clone(),
            count: alike.count,
            first: (self.files[alike.first.0].name.clone(), alike.first.1),
            error: alike.error,
        });
        let report = LogReport {
            files: (self.files.iter().enumerate())
                .map(|(at, file)| LogFileView {
                    name: file.name.clone(),
                    lines: self.scan.lines[at],
                    known: of_file(at),
                    trouble: file.trouble().map(str::to_owned),
                })
                .collect(),
            sections,
            unseen: data.map(|data| unseen(data, &speaks, &seen, limit)).unwrap_or_default(),
            unknown: unknown.collect(),
            data: data.map(|data| data.shown.clone()),
        };
        print(&report::log_report(&report, limit, &style(&self.args.look, false)));
        errors
    }

    /// Who knows a line. Where findings are about the very records of the line, the rules that found them do, and no other.
    fn known(&self, line: &Line, data: Option<&Data<'_, '_, '_>>, places: &BTreeMap<&str, usize>) -> Known<'p> {
        let mut owners: Vec<(Owner<'p>, usize, &Hit)> = Vec::new();
        let filled = |hit: &Hit| hit.values.iter().flatten().count();
        for hit in &line.hits {
            let owned = &self.wordings[hit.wording];
            match owners.iter_mut().find(|(owner, ..)| owner.id() == owned.owner.id()) {
                Some(known) if filled(known.2) >= filled(hit) => {}
                Some(known) => *known = (owned.owner, owned.number, hit),
                None => owners.push((owned.owner, owned.number, hit)),
            }
        }
        let Some(data) = data else {
            return Known {
                owners: owners.into_iter().map(|(owner, ..)| owner).collect(),
                compared: None,
                tied: Vec::new(),
                rows: Tied::default(),
            };
        };
        // A rule of a platform that this data is not for explains nothing here.
        let of_run = |owner: &Owner<'_>| matches!(owner, Owner::Message(_)) || data.packs.contains(owner.pack());
        if owners.iter().any(|(owner, ..)| of_run(owner)) {
            owners.retain(|(owner, ..)| of_run(owner));
        }
        let (mut tied, mut rows, mut compared) = (Vec::new(), Tied::default(), BTreeSet::new());
        for (owner, number, hit) in &owners {
            let (one, verdict) = match owner {
                Owner::Message(message) => {
                    let one = Rc::new(data.ties.of_message(message, *number, hit));
                    let verdict = if one.asked && one.rows.is_empty() { Compared::NoRecord } else { Compared::NoRule };
                    (one, verdict)
                }
                Owner::Rule(rule) => match places.get(&*rule.id) {
                    None => (Rc::default(), Compared::NotChecked(format!("the pack {} is not chosen for this data", owner.pack()))),
                    Some(at) => {
                        let one = data.ties.of_rule(*at, *number, hit);
                        let verdict = verdict(data, rule, *at, &one);
                        tied.push((*at, one.clone()));
                        (one, verdict)
                    }
                },
            };
            compared.insert(verdict);
            one.rows.iter().for_each(|row| {
                if !rows.rows.contains(row) {
                    rows.rows.push(*row);
                }
            });
        }
        // The first in the order of `Compared` is what tells most.
        let compared = compared.into_iter().next();
        if compared == Some(Compared::Foreseen) {
            tied.retain(|(_, tied)| !tied.findings.is_empty());
            let finds = |owner: &Owner<'_>| tied.iter().any(|(at, _)| data.outcome.rule(*at).id == *owner.id());
            owners.retain(|(owner, ..)| finds(owner));
            let of_finders = tied.iter().flat_map(|(_, tied)| &tied.rows);
            rows.rows = of_finders.fold(Vec::new(), |mut rows, row| {
                if !rows.contains(row) {
                    rows.push(*row);
                }
                rows
            });
        }
        Known { owners: owners.into_iter().map(|(owner, ..)| owner).collect(), compared, tied, rows }
    }

    /// A line as it is told.
    fn line(&self, line: &Line, known: &Known<'_>, data: Option<&Data<'_, '_, '_>>) -> LogLine {
        let best = line.hits.iter().max_by_key(|hit| (hit.values.iter().flatten().count(), std::cmp::Reverse(hit.wording)));
        let mut values: Vec<(String, String)> = Vec::new();
        if let Some(hit) = best {
            let named = self.wordings[hit.wording].wording.values.iter().zip(&hit.values);
            values.extend(named.filter_map(|(value, found)| Some((value.name.clone(), found.clone()?))));
        }
        values.extend(line.cells.iter().cloned());
        let (mut findings, mut others, mut records): (Vec<Finding>, Vec<Finding>, Vec<Record>) = Default::default();
        let found = known.tied.iter().flat_map(|(at, tied)| tied.findings.iter().map(|finding| (*at, *finding)));
        let all = found.clone().count();
        if let Some(data) = data {
            records.extend(known.rows.rows.iter().map(|row| data.ties.record(*row)));
            findings.extend(found.take(MOST).map(|(at, finding)| data.outcome.describe(at, finding)));
            others.extend(self::others(data, known).into_iter().map(|(at, finding)| data.outcome.describe(at, finding)));
            // The other records of a finding belong to what the line says: the account beside the student.
            for record in findings.iter().flat_map(|finding| &finding.records).take(MOST) {
                if !records.iter().any(|known| (&known.source, &known.file, known.line) == (&record.source, &record.file, record.line)) {
                    records.push(record.clone());
                }
            }
        }
        LogLine {
            file: self.files[line.file].name.clone(),
            line: line.line,
            lines: line.lines,
            text: line.text.clone(),
            claims: known.owners.iter().map(|owner| owner.claim()).collect(),
            whole: line.hits.iter().any(|hit| hit.whole),
            values,
            records,
            compared: known.compared.clone(),
            more: (all - findings.len()) as u64,
            findings,
            others,
        }
    }

    fn section(&self, gathered: &Gathered<'p, '_>, data: Option<&Data<'_, '_, '_>>) -> LogSection {
        let claims: Vec<LogClaim> = gathered.owners.iter().map(|owner| owner.claim()).collect();
        let lines: Vec<LogLine> = gathered.lines.iter().map(|(line, known)| self.line(line, known, data)).collect();
        let mut help_of_first = false;
        let (mut why, mut help) = (None, Some("`rollbook explain RULE` says what each of them is, and what to do".to_owned()));
        if let [owner] = gathered.owners.as_slice() {
            let one_line = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let reference = owner.reference();
            why = reference.why.as_ref().map(one_line);
            let filled = lines.iter().flat_map(|line| &line.findings).find_map(|finding| finding.help.clone());
            let written = reference.help.as_ref().map(one_line);
            // What a rule advises speaks of its records: without them, its page says it.
            let general =
                written.map(|help| if help.contains('{') { format!("`rollbook explain {}` says what to do", owner.id()) } else { help });
            help_of_first = filled.is_some() && reference.help.as_ref().is_some_and(|help| help.contains('{'));
            help = filled.or(general);
        }
        LogSection {
            severity: claims.iter().map(|claim| claim.severity).max().unwrap_or(Severity::Info),
            claims,
            count: gathered.count,
            lines,
            why,
            help,
            help_of_first,
            compared: gathered.compared.iter().map(|(compared, count)| (compared.clone(), *count)).collect(),
        }
    }
}

/// What is found about the records of a line, where its own rule finds nothing: rule and number, the worst first.
fn others(data: &Data<'_, '_, '_>, known: &Known<'_>) -> Vec<(usize, usize)> {
    if known.compared != Some(Compared::Missed) {
        return Vec::new();
    }
    let mut about = data.ties.about(&known.rows.rows);
    about.retain(|(at, _)| data.outcome.rule(*at).severity >= Some(Severity::Warning));
    about.sort_by_key(|(at, _)| std::cmp::Reverse(data.outcome.rule(*at).severity));
    about.truncate(MOST);
    about
}

/// How a line compares with what its rule finds.
fn verdict(data: &Data<'_, '_, '_>, rule: &Rule, at: usize, tied: &Tied) -> Compared {
    if !tied.findings.is_empty() {
        return Compared::Foreseen;
    }
    let summary = data.summaries.iter().find(|summary| summary.rule == rule.id);
    match summary {
        None => Compared::NotChecked(format!("{} is turned off", rule.id)),
        Some(RuleSummary { skipped: Some(why), .. }) => Compared::NotChecked(format!("{} was skipped, {why}", rule.id)),
        Some(_) if tied.asked && tied.rows.is_empty() => Compared::NoRecord,
        Some(_) if tied.asked => Compared::Missed,
        Some(_) if data.outcome.count(at) > 0 => Compared::Found(data.outcome.count(at)),
        Some(_) => Compared::NotFound,
    }
}

/// The findings of which a log should have spoken, had they come true.
fn unseen(data: &Data<'_, '_, '_>, speaks: &BTreeSet<&str>, seen: &BTreeMap<usize, BTreeSet<usize>>, limit: usize) -> Vec<LogUnseen> {
    let mut all = Vec::new();
    for at in data.outcome.rules() {
        let rule = data.outcome.rule(at);
        if !data.ties.can_tell(rule) || !rule.id.split_once('/').is_some_and(|(pack, _)| speaks.contains(pack)) {
            continue;
        }
        let unseen: Vec<usize> =
            data.outcome.findings(at).filter(|finding| !seen.get(&at).is_some_and(|seen| seen.contains(finding))).collect();
        if !unseen.is_empty() {
            let messages = unseen.iter().take(limit).map(|finding| data.outcome.describe(at, *finding).message).collect();
            all.push(LogUnseen { claim: Owner::Rule(rule).claim(), count: unseen.len() as u64, messages });
        }
    }
    all
}
