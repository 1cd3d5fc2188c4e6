//! A run, and what came of it.
use super::blame::{blame, is_id, shifted};
use super::columns::Columns;
use super::follow::{FindingId, explain, root_of};
use super::group::Findings;
use super::index::Indexes;
use super::join::{Joiner, Memory};
use super::merge::{MergeRun, Solved, solve_one};
use super::plan::{Plan, RulePlan};
use super::rule::Found;
use crate::finding::{Cause, Finding, Fingerprint, Hanging, RuleSummary, Severity};
use crate::pack::{Body, Grouping, Merge, Rule};
use crate::roster::{Blame, Dataset, release_memory};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Records of a rule from which on what it leaves behind is worth giving back, and rules between two times of doing so.
const LARGE: u64 = 1 << 19;
const BETWEEN: usize = 16;
/// Root causes that a summary names.
const MOST_CAUSES: usize = 5;

/// What the rules found in a dataset.
pub struct Outcome<'p, 'd> {
    pub(super) columns: Columns<'d>,
    pub(super) rules: Vec<(&'p Rule, &'p RulePlan)>,
    pub(super) merges: Vec<Solved<'p>>,
    pub(super) findings: Vec<Findings>,
    /// Behind the rules stands what the reader found, which nothing explains.
    explained: Vec<Vec<Option<FindingId>>>,
    read: Vec<Finding>,
    /// Per root finding, its consequences per rule.
    hanging: HashMap<FindingId, Vec<(u32, u64)>>,
    /// The order in which rules are shown.
    order: Vec<usize>,
    /// How long each rule took, and the search for root causes.
    times: (Vec<Duration>, Duration),
}

/// Runs a plan over a dataset, in parallel over rules on rayon's current pool. Findings may hang on what the reader found: `tell` says
/// how it is told, or that it is not. `progress` is told how many rules and merges of all are done.
#[must_use]
pub fn run<'p, 'd>(
    plan: &'p Plan<'p>,
    dataset: &'d Dataset,
    tell: &dyn Fn(&Finding) -> Option<Finding>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<'p, 'd> {
    let mut columns = Columns::new(dataset, plan.today);
    let rules: Vec<(&Rule, &RulePlan)> = plan.rules.iter().map(|(rule, plan)| (*rule, plan)).collect();
    let (merges, findings, explained, read, damage, times) = {
        let (indexes, memory) = (Indexes::default(), Memory::default());
        let joiner = Joiner::new(&columns, &indexes, &plan.supply, &memory);
        let (merges, found) = find(&joiner, plan, &rules, progress);
        let (findings, times): (Vec<Findings>, Vec<Duration>) = found.into_iter().unzip();
        let bare: Vec<&Rule> = rules.iter().map(|(rule, _)| *rule).collect();
        let start = Instant::now();
        let mut explained = explain(&joiner, &bare, &findings);
        let shifted: Vec<_> =
            shifted(&joiner, &bare, &findings).into_iter().filter_map(|(finding, rows)| Some((tell(&finding)?, rows))).collect();
        let (more, rows): (Vec<Finding>, Vec<_>) = shifted.into_iter().unzip();
        let read: Vec<Finding> = dataset.findings().iter().filter_map(tell).chain(more).collect();
        let damage = Blame::new(dataset, &read, &rows.concat(), &|noun, epoch, text| is_id(&joiner, noun, epoch, text));
        for (explained, damaged) in explained.iter_mut().zip(blame(&columns, &bare, &findings, &damage)) {
            for (explained, damaged) in explained.iter_mut().zip(damaged) {
                // Nothing lies deeper than the file.
                *explained = damaged.map(|finding| (rules.len() as u32, finding as u32)).or(*explained);
            }
        }
        explained.push(vec![None; read.len()]);
        (merges, findings, explained, read, damage, (times, start.elapsed()))
    };
    columns.damage = damage;
    let mut hanging: HashMap<FindingId, Vec<(u32, u64)>> = HashMap::new();
    for (at, rule) in explained.iter().enumerate() {
        for (finding, root) in rule.iter().enumerate() {
            if root.is_some() {
                let root = root_of(&explained, (at as u32, finding as u32));
                let rules = hanging.entry(root).or_default();
                match rules.iter_mut().find(|(rule, _)| *rule == at as u32) {
                    Some((_, count)) => *count += 1,
                    None => rules.push((at as u32, 1)),
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..rules.len()).collect();
    // Among rules of one severity, that whose findings clear most comes first.
    let mut clears = vec![0u64; rules.len() + 1];
    for (root, hang) in &hanging {
        let most = &mut clears[root.0 as usize];
        *most = (*most).max(hang.iter().map(|(_, count)| count).sum());
    }
    order.sort_by_key(|at| (std::cmp::Reverse(rules[*at].0.severity), std::cmp::Reverse(clears[*at]), *at));
    Outcome { columns, rules, merges, findings, explained, read, hanging, order, times }
}

/// What a thread takes next.
enum Job<'p> {
    Merge(&'p Merge),
    Rule(usize),
}

/// Solves the merges of a plan and runs `rules`, side by side; what takes longest first, so that no thread is left with it at the end. What rules of merges
/// find is there when all are solved. `progress` is told how many of both are done.
pub(super) fn find<'p>(
    joiner: &Joiner<'_, '_>,
    plan: &Plan<'p>,
    rules: &[(&Rule, &RulePlan)],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> (Vec<Solved<'p>>, Vec<(Findings, Duration)>) {
    let weight = |rule: &Rule| rule.nouns().iter().map(|table| u64::from(joiner.columns.rows(*table))).sum::<u64>();
    let mut order: Vec<usize> = (0..rules.len()).filter(|at| rules[*at].0.merge.is_none()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(weight(rules[*at].0)), *at));
    let merges: Vec<&'p Merge> = plan.merges().collect();
    let queue: Vec<Job<'p>> = merges.iter().copied().map(Job::Merge).chain(order.into_iter().map(Job::Rule)).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let solved: Mutex<Vec<Solved<'p>>> = Mutex::default();
    let slots: Vec<Mutex<(Findings, Duration)>> = rules.iter().map(|_| Mutex::default()).collect();
    (0..rayon::current_num_threads().max(1)).into_par_iter().for_each(|_| {
        while let Some(job) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            match job {
                Job::Merge(merge) => {
                    let merge = solve_one(plan, joiner, merge);
                    solved.lock().unwrap_or_else(PoisonError::into_inner).push(merge);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, queue.len());
                }
                Job::Rule(at) => {
                    let (rule, plan) = rules[*at];
                    let findings = one(joiner, rule, plan, &[]);
                    *slots[*at].lock().unwrap_or_else(PoisonError::into_inner) = (findings, start.elapsed());
                    // What rules leave behind would otherwise lie beside what later ones need.
                    let finished = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if weight(rule) >= LARGE && finished.is_multiple_of(BETWEEN) {
                        release_memory();
                    }
                    progress(finished, queue.len());
                }
            }
        }
    });
    let mut solved = solved.into_inner().unwrap_or_else(PoisonError::into_inner);
    solved.sort_by_key(|solved| merges.iter().position(|merge| merge.id == solved.merge.id));
    let mut found: Vec<(Findings, Duration)> =
        slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
    for ((rule, plan), found) in rules.iter().zip(&mut found).filter(|((rule, _), _)| rule.merge.is_some()) {
        found.0 = one(joiner, rule, plan, &solved);
    }
    (solved, found)
}

/// What a rule finds; what a rule of a merge finds is among `merges`.
pub(super) fn one(joiner: &Joiner<'_, '_>, rule: &Rule, plan: &RulePlan, merges: &[Solved<'_>]) -> Findings {
    if rule.severity.is_none() || plan.skipped.is_some() {
        return Findings::single(Found::default());
    }
    if let Some((merge, part)) = &rule.merge {
        let solved = merges.iter().find(|solved| solved.merge.id == merge.id);
        return solved.map_or_else(|| Findings::single(Found::default()), |solved| solved.findings(*part));
    }
    let found = joiner.find(rule, &plan.runnable);
    match &rule.body {
        Body::Records { variants, grouping } if *grouping != Grouping::None => joiner.group(variants, *grouping, found),
        _ => Findings::single(found),
    }
}

impl<'p, 'd> Outcome<'p, 'd> {
    /// The rules that ran, or would have, in the order in which they are shown: the worst first, then the order of the packs.
    pub fn rules(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().copied()
    }

    /// A rule.
    #[must_use]
    pub fn rule(&self, rule: usize) -> &'p Rule {
        self.rules[rule].0
    }

    /// Its findings, consequences included.
    #[must_use]
    pub fn count(&self, rule: usize) -> u64 {
        self.findings[rule].len() as u64 + self.findings[rule].beyond()
    }

    pub(super) fn findings_of(&self, rule: usize) -> &Findings {
        &self.findings[rule]
    }

    /// How many of them are consequences.
    #[must_use]
    pub fn consequences(&self, rule: usize) -> u64 {
        self.explained[rule].iter().filter(|root| root.is_some()).count() as u64
    }

    /// The findings of a rule that can be described, by number.
    pub fn findings(&self, rule: usize) -> impl Iterator<Item = usize> + use<'_> {
        0..self.findings[rule].len()
    }

    /// Whether a finding is only a consequence of another.
    #[must_use]
    pub fn is_consequence(&self, rule: usize, finding: usize) -> bool {
        self.explained[rule][finding].is_some()
    }

    /// The rule of the finding that a consequence goes back to; of one that is none, its own.
    #[must_use]
    pub fn root(&self, rule: usize, finding: usize) -> &str {
        let (root, at) = root_of(&self.explained, (rule as u32, finding as u32));
        self.rules.get(root as usize).map_or_else(|| &*self.read[at as usize].rule, |(rule, _)| &*rule.id)
    }

    /// What the reader found, with what hangs on it.
    #[must_use]
    pub fn read(&self) -> Vec<Finding> {
        let hanging = |at: usize| self.hanging_on((self.rules.len() as u32, at as u32));
        self.read.iter().enumerate().map(|(at, finding)| Finding { hanging: hanging(at), ..finding.clone() }).collect()
    }

    fn hanging_on(&self, finding: FindingId) -> Vec<Hanging> {
        let hanging = |(at, count): &(u32, u64)| {
            let rule = self.rules[*at as usize].0;
            Hanging { rule: rule.id.clone(), title: rule.title.clone(), count: *count }
        };
        self.hanging.get(&finding).map(|rules| rules.iter().map(hanging).collect()).unwrap_or_default()
    }

    /// How many findings go when this one is fixed, itself included.
    #[must_use]
    pub fn clears(&self, rule: usize, finding: usize) -> u64 {
        let id = (rule as u32, finding as u32);
        1 + self.hanging.get(&id).map_or(0, |rules| rules.iter().map(|(_, count)| count).sum())
    }

    /// A finding, with its records as they stand in the files.
    #[must_use]
    pub fn describe(&self, rule: usize, finding: usize) -> Finding {
        let (form, _) = self.rules[rule];
        let mut described = super::describe::describe(&self.columns, form, &self.findings[rule], finding);
        if let Some((run, part)) = self.merge(form) {
            let together = run.together(part, finding);
            described.fingerprint = run.fingerprint(&form.id, part, finding);
            described.message = format!("{}: {}", described.message, together.words());
            let elsewhere = together.members.into_iter().filter(|member| described.records.iter().all(|record| record.id != member.id));
            described.records.extend(elsewhere.take(if described.records.len() < 2 { 1 } else { 0 }).collect::<Vec<_>>());
        }
        described.follows = self.explained[rule][finding].map(|(root, at)| self.fingerprint(root as usize, at as usize));
        described.hanging = self.hanging_on((rule as u32, finding as u32));
        described
    }

    /// The merge that a rule tells of, and which part.
    fn merge(&self, rule: &Rule) -> Option<(MergeRun<'_, 'p, 'd>, crate::pack::Part)> {
        let (merge, part) = rule.merge.as_ref()?;
        let solved = self.merges.iter().find(|solved| solved.merge.id == merge.id)?;
        Some((MergeRun::new(&self.columns, solved), *part))
    }

    fn fingerprint(&self, rule: usize, finding: usize) -> Fingerprint {
        if rule == self.rules.len() {
            return self.read[finding].fingerprint;
        }
        if let Some((run, part)) = self.merge(self.rules[rule].0) {
            return run.fingerprint(&self.rules[rule].0.id, part, finding);
        }
        super::describe::fingerprint(&self.columns, self.rules[rule].0, &self.findings[rule], finding)
    }

    /// The longest rules, the longest first, and how long the search for root causes took. A rule that made a column for all pays for it alone.
    #[must_use]
    pub fn times(&self) -> (Vec<(&'p Rule, Duration)>, Duration) {
        let mut times: Vec<(&Rule, Duration)> = self.rules.iter().map(|(rule, _)| *rule).zip(self.times.0.iter().copied()).collect();
        times.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        (times, self.times.1)
    }

    /// Per rule, what it did; rules that were turned off are left out.
    #[must_use]
    pub fn summaries(&self) -> Vec<RuleSummary> {
        let mut summaries = Vec::new();
        for (at, (rule, plan)) in self.rules.iter().enumerate() {
            let Some(severity) = rule.severity else { continue };
            let told = rule.merge.as_ref().filter(|(_, part)| *part == crate::pack::Part::Same);
            let solved = told.and_then(|(merge, _)| self.merges.iter().find(|solved| solved.merge.id == merge.id));
            let common = solved.map(Solved::common_words).unwrap_or_default();
            summaries.push(RuleSummary {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity,
                checked: self.findings[at].found.checked,
                found: self.count(at),
                consequences: self.consequences(at),
                unverifiable: self.findings[at].found.unverifiable,
                skipped: plan.skipped.clone(),
                inapplicable: plan.inapplicable,
                without: plan.without.iter().cloned().chain(common).collect(),
            });
        }
        summaries
    }

    /// What to fix first: what stops many records, then the root causes that clear most findings.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let mut roots: Vec<(Severity, u64, FindingId)> = Vec::new();
        let severity = |rule: usize| self.rules.get(rule).and_then(|(rule, _)| rule.severity).unwrap_or(Severity::Info);
        for rule in self.rules().filter(|rule| severity(*rule) == Severity::Blocker) {
            let of_rule = self.findings(rule).filter(|finding| !self.is_consequence(rule, *finding)).take(MOST_CAUSES);
            roots.extend(of_rule.map(|finding| (Severity::Blocker, self.clears(rule, finding), (rule as u32, finding as u32))));
        }
        for root in self.hanging.keys().filter(|root| severity(root.0 as usize) < Severity::Blocker) {
            roots.push((Severity::Info, self.clears(root.0 as usize, root.1 as usize), *root));
        }
        roots.sort_unstable_by_key(|(severity, clears, root)| (std::cmp::Reverse(*severity), std::cmp::Reverse(*clears), *root));
        roots
            .into_iter()
            .take(MOST_CAUSES)
            .map(|(_, clears, (rule, finding))| {
                if let Some(found) = self.read.get(finding as usize).filter(|_| rule as usize == self.rules.len()) {
                    return Cause { rule: found.rule.clone(), message: found.message.clone(), clears };
                }
                let found = self.describe(rule as usize, finding as usize);
                Cause { rule: found.rule, message: found.message, clears }
            })
            .collect()
    }

    /// The worst severity of any finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        (0..self.rules.len()).filter(|at| self.count(*at) > 0).filter_map(|at| self.rules[at].0.severity).max()
    }

    /// The identity of the records of a finding, by variable: for tests.
    #[must_use]
    pub fn identities(&self, rule: usize, finding: usize) -> Vec<(String, Vec<String>)> {
        super::describe::identities(&self.columns, self.rules[rule].0, &self.findings[rule], finding)
    }
}
