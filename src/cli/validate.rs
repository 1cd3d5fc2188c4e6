//! `rollbook validate`: the main job.
use super::args::{FailOn, Format, ValidateArgs};
use super::exit::Exit;
use super::output::{self, print};
use super::progress::Progress;
use super::setup::{self, Configured};
use crate::engine::{Ledger, Outcome, Plan, accounts, run as run_plan};
use crate::finding::{Finding, List, Mistake, Mistakes, RuleSummary, RunSummary, Severity, suggestion};
use crate::pack::{Pack, Rule, SourceConfig};
use crate::report::{self, Style};
use crate::roster::{CHECKS, Dataset, Input, Layouts, ReadOptions, Recognised, Role, Survey};
use crate::source::Sources;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Findings per rule in the terminal.
const SHOWN: usize = 5;
/// Rules that `--timings` names.
const SLOWEST: usize = 25;
/// Lines of JSON that are made at once.
const LINES: usize = 4096;

pub(super) fn run(args: &ValidateArgs) -> Exit {
    let threads = args.threads.unwrap_or(0);
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool,
        Err(error) => return output::error(&format!("no threads: {error}"), "give a smaller number to --threads"),
    };
    pool.install(|| validate(args)).unwrap_or_else(|exit| exit)
}

fn validate(args: &ValidateArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let start = args.path.clone().unwrap_or_else(|| PathBuf::from("."));
    if !start.exists() {
        if start.is_symlink() {
            return Err(output::error(
                &format!("`{}` is a link that leads nowhere", start.display()),
                "name the folder or file that it should lead to",
            ));
        }
        return Err(output::error(
            &format!("`{}` is not there", start.display()),
            "name a folder or file of roster data, or a folder with a rollbook.toml",
        ));
    }
    let mut configured = if args.no_config {
        Configured { config: crate::pack::Config::default(), folder: PathBuf::new(), file: None }
    } else {
        setup::configuration(&start, &mut sources, &mut mistakes)?
    };
    let today = setup::today(args.date.as_deref())?;
    configured.config.overrides.today = today;
    let mut layouts = Layouts::builtin();
    for path in &configured.config.layouts {
        let path = configured.folder.join(&path.value);
        let text = setup::read_text(&path)?;
        layouts.add(&mut sources, &path.display().to_string(), &text, &mut mistakes);
    }
    for (id, changed) in configured.config.overrides.severity.iter().filter(|(id, _)| id.starts_with("read/")) {
        if !CHECKS.iter().any(|check| check.id == id) {
            let near = suggestion(id, CHECKS.iter().map(|check| check.id));
            mistakes.push(Mistake::error("unknown-rule", changed.span, format!("no rule `{id}`"), "changes no rule").meant(near));
        }
    }
    // A broken configuration is told before its data is looked at.
    if mistakes.any_error() {
        return Err(output::mistakes(mistakes, &sources, &args.look).err().unwrap_or(Exit::NoVerdict));
    }
    let inputs = inputs(args, &start, &configured)?;
    let mut names: Vec<String> = configured.config.packs.iter().map(|name| name.value.clone()).collect();
    let mut folder = configured.folder.clone();
    if !args.pack.is_empty() {
        (names, folder) = (args.pack.clone(), PathBuf::new());
    }
    // Packs that are named are read while the data is looked at for the first time.
    let named = !names.is_empty();
    let (survey, files) =
        rayon::join(|| Survey::new(&inputs, &layouts), || named.then(|| setup::read_packs(&names, &folder, &mut sources, &mut mistakes)));
    let survey = survey.map_err(|error| output::error(&error.message, &error.help))?;
    let recognised = survey.layouts();
    has_accounts(&recognised, &layouts)?;
    clock.lap("survey");

    let files = match files {
        Some(files) => files?,
        None => {
            let names = setup::fitting_packs(&survey, &recognised, &mut sources);
            if names.is_empty() {
                return Err(output::error("no built-in pack fits this data", "name the packs: --pack roster"));
            }
            setup::read_packs(&names, &folder, &mut sources, &mut mistakes)?
        }
    };
    let packs = setup::compile(&files, &configured.config.overrides, &sources, &mut mistakes);
    output::mistakes(without_warnings_of_builtin(mistakes, &sources), &sources, &args.look)?;

    let selected = selection(args, &packs)?;
    let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| match field {
        Some(field) => survey.has(noun, epoch, field),
        None => survey.supplies(noun, epoch),
    };
    let plan = Plan::new(&packs, &selected, &supplies, today);
    let wanted = plan.wanted();
    clock.lap("packs and plan");
    let progress = Progress::new();
    let reading = |done, all| progress.tell("reading", done, all);
    let dataset = survey.read(&wanted, &ReadOptions { progress: Some(&reading) });
    clock.lap("reading");
    if plan.needs_accounts() {
        accounts(&plan, &dataset, Ledger::default()).propose();
        clock.lap("naming");
    }
    let outcome = run_plan(&plan, &dataset, &|done, all| progress.tell("checking", done as u64, all as u64));
    progress.done();
    clock.lap("checking");

    let damage = damage(args, &dataset, &configured.config);
    let shown = Shown { args, dataset: &dataset, outcome: &outcome, damage };
    let summary = shown.summary();
    match args.format {
        Format::Jsonl => shown.jsonl(),
        Format::Text => shown.text(&summary, &configured),
    }
    clock.lap("reporting");
    clock.tell(&outcome);
    let exit = shown.exit(&summary);
    // The program ends here; taking a million records apart before would only keep its reader waiting.
    std::mem::forget((outcome, summary));
    std::mem::forget(dataset);
    std::mem::forget((plan, files));
    std::mem::forget(packs);
    Ok(exit)
}

/// How long the phases took, for `--timings`.
struct Clock {
    told: bool,
    last: Instant,
    laps: Vec<(&'static str, Duration, Option<u64>)>,
}

impl Clock {
    fn new(told: bool) -> Self {
        Clock { told, last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, what: &'static str) {
        let now = Instant::now();
        if self.told {
            self.laps.push((what, now - self.last, private_memory()));
        }
        self.last = now;
    }

    fn tell(&self, outcome: &Outcome<'_, '_>) {
        if !self.told {
            return;
        }
        for (what, time, memory) in &self.laps {
            let memory = memory.map(|bytes| format!("  {:6} MB private after it", bytes >> 20)).unwrap_or_default();
            eprintln!("{what:16} {:9.1} ms{memory}", time.as_secs_f64() * 1000.0);
        }
        let (rules, causes) = outcome.times();
        eprintln!("{:16} {:9.1} ms", "  root causes", causes.as_secs_f64() * 1000.0);
        for (rule, time) in rules.iter().take(SLOWEST) {
            eprintln!("  {:8.1} ms  {}", time.as_secs_f64() * 1000.0, rule.id);
        }
    }
}

/// Bytes of memory that are the program's own, mapped files left out; where the system tells.
fn private_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Warnings on packs that nobody here can change are no news; `rollbook lint` tells them.
fn without_warnings_of_builtin(mistakes: Mistakes, sources: &Sources) -> Mistakes {
    let mut kept = Mistakes::default();
    for mistake in mistakes.sorted() {
        let builtin = mistake.labels.first().is_some_and(|label| sources.name(label.span.text).ends_with("(built-in pack)"));
        if mistake.severity >= Severity::Error || !builtin {
            kept.push(mistake);
        }
    }
    kept
}

/// Files given as accounts hold accounts; roster files there would be poured into today's roster.
fn has_accounts(recognised: &[Recognised], layouts: &Layouts) -> Result<(), Exit> {
    for source in recognised.iter().filter(|source| source.role == Role::Accounts) {
        let nouns = layouts.get(&source.layout).map(|layout| layout.nouns()).unwrap_or_default();
        if !nouns.iter().any(|noun| noun.get().name == "account") {
            let message = format!("`{}` was given as accounts, and is read as {}, which holds none", source.shown, source.title);
            let help = "give an export of existing accounts to --accounts, or say its layout with --layout accounts=NAME (`rollbook list layouts`)";
            return Err(output::error(&message, help));
        }
    }
    Ok(())
}

fn inputs(args: &ValidateArgs, start: &Path, configured: &Configured) -> Result<Vec<Input>, Exit> {
    let mut layouts: Vec<(Role, String)> = Vec::new();
    for layout in &args.layout {
        let (role, name) = match layout.split_once('=') {
            None => (Role::Roster, layout.as_str()),
            Some(("roster", name)) => (Role::Roster, name),
            Some(("accounts", name)) => (Role::Accounts, name),
            Some(("previous", name)) => (Role::Previous, name),
            Some((other, _)) => return Err(output::error(&format!("no source `{other}`"), "sources are roster, accounts and previous")),
        };
        layouts.push((role, name.to_owned()));
    }
    let layout_of = |role: Role| layouts.iter().find(|(of, _)| *of == role).map(|(_, name)| name.clone());
    let mut inputs = Vec::new();
    let mut add = |role: Role, paths: &[PathBuf], folder: &Path, layout: Option<String>| {
        if !paths.is_empty() {
            let shown: Vec<String> = paths.iter().map(|path| folder.join(path).display().to_string()).collect();
            let paths = paths.iter().map(|path| folder.join(path)).collect();
            inputs.push(Input { role, paths, layout: layout_of(role).or(layout), shown: shown.join(", ") });
        }
    };
    let config = &configured.config;
    let mut from_config = |role: Role, source: Option<&SourceConfig>| {
        if let Some(source) = source {
            add(role, &source.paths, &configured.folder, source.layout.as_ref().map(|layout| layout.value.clone()));
        }
    };
    // What is said on the command line stands before what the configuration says. The folder of the configuration itself is no data.
    let is_config = configured.file.as_ref().is_some_and(|file| {
        let folder = file.parent().unwrap_or(Path::new(""));
        start == file
            || same_folder(start, folder)
            || config
                .roster
                .as_ref()
                .is_some_and(|roster| roster.paths.iter().any(|path| same_folder(start, &configured.folder.join(path))))
    });
    let by_config = configured.file.is_some() && (args.path.is_none() || is_config);
    if by_config && config.roster.is_some() {
        from_config(Role::Roster, config.roster.as_ref());
    }
    if args.accounts.is_empty() {
        from_config(Role::Accounts, config.accounts.as_ref());
    }
    if args.previous.is_empty() {
        from_config(Role::Previous, config.previous.as_ref());
    }
    let here = Path::new("");
    if !(by_config && config.roster.is_some()) {
        add(Role::Roster, &[start.to_path_buf()], here, None);
    }
    add(Role::Accounts, &args.accounts, here, None);
    add(Role::Previous, &args.previous, here, None);
    inputs.sort_by_key(|input| match input.role {
        Role::Roster => 0,
        Role::Accounts => 1,
        Role::Previous | Role::Proposed => 2,
    });
    Ok(inputs)
}

fn same_folder(one: &Path, other: &Path) -> bool {
    let other = if other.as_os_str().is_empty() { Path::new(".") } else { other };
    matches!((std::fs::canonicalize(one), std::fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// Which rules `--rule` asks for; a name that no rule has is an error.
fn selection<'a>(args: &'a ValidateArgs, packs: &[Pack]) -> Result<impl Fn(&Rule) -> bool + use<'a>, Exit> {
    for asked in &args.rule {
        let ids = || packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| &*rule.id)).chain(CHECKS.iter().map(|check| check.id));
        if !ids().any(|id| asks_for(asked, id)) {
            let pack = packs.iter().find(|pack| pack.name == *asked).map(|pack| format!("{}/", pack.name));
            let near = pack.as_deref().or_else(|| suggestion(asked, ids()));
            let help = near.map_or_else(|| "`rollbook list rules` prints all of them".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(output::error(&format!("no rule `{asked}` in the packs of this run"), &help));
        }
    }
    Ok(move |rule: &Rule| args.rule.is_empty() || args.rule.iter().any(|asked| asks_for(asked, &rule.id)))
}

/// What the reader found, with the district's severities; with `--rule`, what was asked for and what makes the verdict incomplete.
fn damage(args: &ValidateArgs, dataset: &Dataset, config: &crate::pack::Config) -> Vec<Finding> {
    let mut damage = Vec::new();
    for finding in dataset.findings() {
        let asked = args.rule.is_empty() || args.rule.iter().any(|asked| asks_for(asked, &finding.rule));
        if !asked && finding.severity < Severity::Error {
            continue;
        }
        match config.overrides.severity.get(&*finding.rule).map(|changed| changed.value) {
            Some(None) => {}
            Some(Some(severity)) => damage.push(Finding { severity, ..finding.clone() }),
            None => damage.push(finding.clone()),
        }
    }
    damage
}

/// Whether `--rule asked` means the rule: by its id, by its name alone, or by `pack/`.
fn asks_for(asked: &str, id: &str) -> bool {
    asked == id || (asked.ends_with('/') && id.starts_with(asked)) || id.split_once('/').is_some_and(|(_, name)| name == asked)
}

struct Shown<'a, 'p, 'd> {
    args: &'a ValidateArgs,
    damage: Vec<Finding>,
    dataset: &'d Dataset,
    outcome: &'a Outcome<'p, 'd>,
}

impl Shown<'_, '_, '_> {
    fn damage(&self) -> impl Iterator<Item = &Finding> {
        self.damage.iter()
    }

    fn summary(&self) -> RunSummary {
        let mut rules = self.damage_summaries();
        rules.extend(self.outcome.summaries());
        let mut incomplete = self.dataset.incomplete().to_vec();
        let ran = rules.iter().any(|rule| rule.skipped.is_none() && rule.checked > 0);
        if !ran {
            incomplete.push("no rule had anything to check".to_owned());
        }
        RunSummary { sources: self.dataset.sources(), rules, causes: self.outcome.causes(), incomplete }
    }

    fn damage_summaries(&self) -> Vec<RuleSummary> {
        let mut rules: Vec<RuleSummary> = Vec::new();
        for finding in self.damage() {
            match rules.iter_mut().find(|rule| rule.rule == finding.rule) {
                Some(rule) => {
                    rule.found += 1;
                    rule.severity = rule.severity.max(finding.severity);
                }
                None => rules.push(RuleSummary {
                    rule: finding.rule.clone(),
                    title: String::new(),
                    severity: finding.severity,
                    checked: 0,
                    found: 1,
                    consequences: 0,
                    unverifiable: 0,
                    skipped: None,
                    without: Vec::new(),
                }),
            }
        }
        rules
    }

    fn limit(&self, default: usize) -> usize {
        match self.args.limit.unwrap_or(default) {
            0 => usize::MAX,
            limit => limit,
        }
    }

    fn jsonl(&self) {
        for finding in self.damage() {
            print(&(report::json_line(finding) + "\n"));
        }
        let limit = self.limit(0);
        for rule in self.outcome.rules() {
            let numbers: Vec<usize> = self.outcome.findings(rule).take(limit).collect();
            for chunk in numbers.chunks(LINES) {
                let lines: Vec<String> =
                    chunk.par_iter().map(|finding| report::json_line(&self.outcome.describe(rule, *finding)) + "\n").collect();
                print(&lines.concat());
            }
        }
    }

    fn text(&self, summary: &RunSummary, configured: &Configured) {
        let style = output::style(&self.args.look, false);
        let mut text = String::new();
        if let Some(file) = &configured.file {
            let _ = writeln!(text, "configured by {}\n", file.display());
        }
        let limit = self.limit(SHOWN);
        // Damage comes first, since much of what rules find may come from it; what is only worth knowing comes last.
        self.damage_text(limit, &style, &mut text, &|severity| severity > Severity::Info);
        for rule in self.outcome.rules() {
            let total = self.outcome.count(rule);
            if total == 0 {
                continue;
            }
            let mut roots: Vec<usize> =
                self.outcome.findings(rule).filter(|finding| !self.outcome.is_consequence(rule, *finding) || limit == usize::MAX).collect();
            // What clears most stands first.
            roots.sort_by_key(|finding| (Reverse(self.outcome.clears(rule, *finding)), *finding));
            let shown = roots.len().min(limit);
            for finding in &roots[..shown] {
                text.push_str(&report::finding(&self.outcome.describe(rule, *finding), &style));
                text.push('\n');
            }
            let consequences = self.outcome.consequences(rule);
            let tail = report::rule_tail(&self.outcome.rule(rule).id, shown as u64, total, consequences, &style);
            if !tail.is_empty() && shown > 0 {
                text.push_str(&tail);
                text.push('\n');
            }
            print(&std::mem::take(&mut text));
        }
        self.damage_text(limit, &style, &mut text, &|severity| severity == Severity::Info);
        text.push_str(&report::summary(summary, &style));
        print(&text);
    }

    fn damage_text(&self, limit: usize, style: &Style, text: &mut String, now: &dyn Fn(Severity) -> bool) {
        let mut rules: Vec<&str> = Vec::new();
        let mut found: Vec<&Finding> = self.damage().filter(|finding| now(finding.severity)).collect();
        found.sort_by_key(|finding| Reverse(finding.severity));
        for finding in &found {
            if !rules.contains(&&*finding.rule) {
                rules.push(&finding.rule);
            }
        }
        for rule in rules {
            let all: Vec<&Finding> = found.iter().copied().filter(|finding| &*finding.rule == rule).collect();
            let shown = all.len().min(limit);
            for finding in &all[..shown] {
                text.push_str(&report::finding(finding, style));
                text.push('\n');
            }
            let tail = report::rule_tail(rule, shown as u64, all.len() as u64, 0, style);
            if !tail.is_empty() {
                text.push_str(&tail);
                text.push('\n');
            }
        }
    }

    fn exit(&self, summary: &RunSummary) -> Exit {
        let skipped: Vec<&str> = summary.rules.iter().filter(|rule| rule.skipped.is_some()).map(|rule| &*rule.rule).collect();
        if !summary.incomplete.is_empty() {
            return Exit::Incomplete;
        }
        if self.args.strict && !skipped.is_empty() {
            let shown: Vec<&&str> = skipped.iter().take(3).collect();
            output::error(
                &format!("--strict, and {} rules were skipped: {} ...", skipped.len(), List(&shown, "and")),
                "the summary says why",
            );
            return Exit::Incomplete;
        }
        let fail_on = match self.args.fail_on {
            FailOn::Info => Severity::Info,
            FailOn::Warning => Severity::Warning,
            FailOn::Error => Severity::Error,
            FailOn::Blocker => Severity::Blocker,
            FailOn::Never => return Exit::Clean,
        };
        let worst = summary.rules.iter().filter(|rule| rule.found > 0).map(|rule| rule.severity).max();
        if worst.is_some_and(|worst| worst >= fail_on) { Exit::Findings } else { Exit::Clean }
    }
}
