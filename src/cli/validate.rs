//! `rollbook validate`: the main job.
use super::args::{FailOn, Format, ValidateArgs};
use super::clock::Clock;
use super::exit::Exit;
use super::fixes::Folder;
use super::ledger;
use super::load::{self, Loaded};
use super::output::{self, print};
use super::progress::Progress;
use super::setup::Configured;
use super::threads;
use crate::engine::{Outcome, Plan, accounts, fixes, run as run_plan};
use crate::finding::{Count, Finding, List, RuleSummary, RunSummary, Severity, suggestion};
use crate::pack::{Pack, Rule};
use crate::report::{self, Style};
use crate::roster::{CHECKS, Dataset};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::fmt::Write as _;

/// Findings per rule in the terminal.
const SHOWN: usize = 5;
/// Lines of JSON that are made at once.
const LINES: usize = 4096;

pub(super) fn run(args: &ValidateArgs) -> Exit {
    threads::on(args.data.threads, || validate(args))
}

fn validate(args: &ValidateArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let Loaded { configured, inputs, survey, files, packs, decisions, today, key, .. } =
        load::load(&args.data, &args.look, &mut || clock.lap("survey"))?;
    let folder = args.fixes.as_deref().map(|folder| Folder::new(folder, &packs, &configured, &inputs)).transpose()?;

    let selected = selection(args, &packs)?;
    let plan = Plan::new(&packs, &selected, &|noun, epoch, field| load::supplies(&survey, noun, epoch, field), today);
    let hashed = survey.hashed();
    let plan = plan
        .with_hashed(&hashed, &survey.unusable())
        .with_parts(&|noun, epoch| survey.is_part(noun, epoch))
        .explained(&|absent| load::lack(&survey, absent))
        .with_decisions(&decisions);
    let plan = if folder.is_some() { plan.with_fixes() } else { plan };
    let wanted = plan.wanted();
    clock.lap("packs and plan");
    let dataset = load::read(survey, &wanted, &plan, key.as_ref());
    clock.lap("reading");
    if plan.needs_accounts() {
        accounts(&plan, &dataset, ledger::read(None, &configured)?.1).propose();
        clock.lap("naming");
    }
    let progress = Progress::new();
    let outcome = run_plan(&plan, &dataset, &|finding| told(args, finding, &configured.config), &|done, all| {
        progress.tell("checking", done as u64, all as u64)
    });
    progress.done();
    clock.lap("checking");

    let shown = Shown { args, dataset: &dataset, outcome: &outcome, damage: outcome.read() };
    let summary = shown.summary();
    match args.format {
        Format::Jsonl => shown.jsonl(),
        Format::Text => shown.text(&summary, &configured),
    }
    clock.lap("reporting");
    if let Some(folder) = &folder {
        shown.fixes(folder, &plan, &summary)?;
        clock.lap("fix files");
    }
    clock.tell();
    clock.tell_rules(&outcome);
    let exit = shown.exit(&summary);
    // The program ends here; taking a million records apart before would only keep its reader waiting.
    std::mem::forget((outcome, summary));
    std::mem::forget(dataset);
    std::mem::forget((plan, files));
    std::mem::forget(packs);
    Ok(exit)
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
fn told(args: &ValidateArgs, finding: &Finding, config: &crate::pack::Config) -> Option<Finding> {
    let asked = args.rule.is_empty() || args.rule.iter().any(|asked| asks_for(asked, &finding.rule));
    if !asked && finding.severity < Severity::Error {
        return None;
    }
    match config.overrides.severity.get(&*finding.rule).map(|changed| changed.value) {
        Some(changed) => Some(Finding { severity: changed?, ..finding.clone() }),
        None => Some(finding.clone()),
    }
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
        self.asked_checks(&mut rules);
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
            // One check may weigh differently from file to file.
            match rules.iter_mut().find(|rule| rule.rule == finding.rule && rule.severity == finding.severity) {
                Some(rule) => rule.found += 1,
                None => rules.push(RuleSummary {
                    rule: finding.rule.clone(),
                    title: String::new(),
                    severity: finding.severity,
                    checked: 0,
                    found: 1,
                    consequences: 0,
                    unverifiable: 0,
                    skipped: None,
                    inapplicable: false,
                    without: Vec::new(),
                }),
            }
        }
        rules
    }

    /// The reader's checks that `--rule` asks for ran on every file, whether they found something or not.
    fn asked_checks(&self, rules: &mut Vec<RuleSummary>) {
        let files = self.dataset.sources().iter().map(|source| source.files.len() as u64).sum();
        let is_asked = |id: &str| self.args.rule.iter().any(|asked| asks_for(asked, id));
        for check in CHECKS.iter().filter(|check| is_asked(check.id)) {
            let mut found = rules.iter_mut().filter(|rule| &*rule.rule == check.id).peekable();
            if found.peek().is_some() {
                found.for_each(|rule| rule.checked = files);
                continue;
            }
            rules.push(RuleSummary {
                rule: check.id.into(),
                title: String::new(),
                severity: Severity::Info,
                checked: files,
                found: 0,
                consequences: 0,
                unverifiable: 0,
                skipped: None,
                inapplicable: false,
                without: Vec::new(),
            });
        }
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

    /// Writes the fix files, unless the data is incomplete: then a row may rest on what was not read.
    fn fixes(&self, folder: &Folder, plan: &Plan<'_>, summary: &RunSummary) -> Result<(), Exit> {
        if !summary.incomplete.is_empty() {
            eprintln!("no fix file was written, since the data is incomplete");
            folder.left().iter().for_each(|left| eprintln!("{left}"));
            return Ok(());
        }
        let made = fixes(plan, self.outcome, self.args.fixes_likely);
        folder.write(&made)?;
        let told = folder.told(&made, self.limit(SHOWN), &output::style(&self.args.look, false));
        // What is for programs stands alone on standard output.
        match self.args.format {
            Format::Text => print(&told),
            Format::Jsonl => eprint!("{told}"),
        }
        Ok(())
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
        let skipped: Vec<&str> =
            summary.rules.iter().filter(|rule| rule.skipped.is_some() && !rule.inapplicable).map(|rule| &*rule.rule).collect();
        if !summary.incomplete.is_empty() {
            return Exit::Incomplete;
        }
        if self.args.strict && !skipped.is_empty() {
            let mut shown: Vec<String> = skipped.iter().take(3).map(|rule| (*rule).to_owned()).collect();
            shown.extend(skipped.len().checked_sub(4).map(|more| format!("{} more", more + 1)));
            let (were, count) = (if skipped.len() == 1 { "was" } else { "were" }, skipped.len() as u64);
            let message = format!("--strict, and {} {were} skipped: {}", Count(count, "rule", "rules"), List(&shown, "and"));
            output::error(&message, "the summary says why");
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
