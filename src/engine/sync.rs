//! What the next sync of each platform will do: which accounts it creates, changes, archives, which records are in the way of something and why.
//!
//! [`forecast`] gathers what is known of each sync of a plan (the only place that joins), and resolves it; [`SyncRun`] tells what came of one, and
//! [`Forecast::causes`] what to fix first. [`agreement`] says whether a forecast came true.
mod adopt;
mod agree;
mod causes;
mod facts;
pub(super) mod plan;
mod resolve;
mod tell;
mod trial;

pub use agree::{Agreement, Differing, agreement};
pub use causes::{Cause, Causes};
pub use tell::{Change, Entry, SchoolOutcomes, SyncRun, Told};
pub use trial::sync_trial;

use super::batch::Batch;
use super::columns::Columns;
use super::condition::Truth;
use super::group::Findings;
use super::index::Indexes;
use super::join::{Joiner, Memory};
use super::name::Accounts;
use super::outcome::find;
use super::plan::{Plan, RulePlan};
use crate::finding::List;
use crate::pack::{Counted, Hold, Outcome, Platform, Rule, Sync};
use crate::roster::{Dataset, Sym};
use facts::{Facts, accounts_of, records_of};
use rayon::prelude::*;
use resolve::Resolved;

/// What will become of a dataset's records on the platforms of a plan.
pub struct Forecast<'p, 'd> {
    columns: Columns<'d>,
    runs: Vec<Run<'p>>,
    /// The order in which runs are resolved: what others need comes first.
    order: Vec<usize>,
    resolved: Vec<Resolved>,
    /// Rules that may block, and what they found.
    rules: Vec<(&'p Rule, Findings)>,
    platforms: Vec<PlatformRun<'p>>,
    /// What the naming schemas of the packs say.
    named: Option<Accounts<'p, 'd>>,
}

/// A sync and what is known of it.
struct Run<'p> {
    sync: &'p Sync,
    /// Why it can't be forecast.
    skipped: Option<String>,
    /// Why it does not run.
    idle: Option<String>,
    /// What the forecast had to do without.
    without: Vec<String>,
    facts: Facts,
    /// Per entry of `needs`: the run.
    targets: Vec<usize>,
    /// Per row of the records' table, and of the accounts': the school.
    schools: (Vec<Sym>, Vec<Sym>),
    held: Vec<Passed>,
}

/// Something in the way that could be taken out of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Obstruction {
    /// A record that is needed and not sent: the run that needs it, the place of the entry under `needs`, and the value that names the record.
    Absent(u32, u8, Sym),
    /// A finding: the place of its rule among those of the forecast, and its own.
    Finding(u32, u32),
    /// What a sync asks of a record: run and record.
    Record(u32, u32),
}

/// A limit that is passed: the platform stops the whole sync.
#[derive(Clone, Debug, PartialEq)]
pub struct Passed {
    /// What is counted.
    pub of: Counted,
    /// So many.
    pub count: u64,
    /// Of so many active accounts that the sync answers for.
    pub all: u64,
    /// The limit.
    pub limit: Hold,
}

/// What happens on a platform.
#[derive(Clone, Debug)]
pub struct PlatformRun<'p> {
    /// The pack.
    pub pack: &'p str,
    /// Who runs its syncs, and when.
    pub platform: &'p Platform,
    /// The carrier whose syncs are held, so that nothing arrives.
    pub carrier: Option<&'p str>,
    /// Whether one of its own syncs passes a limit.
    pub trips: bool,
    /// The places of its syncs among [`Forecast::syncs`].
    pub syncs: Vec<usize>,
}

impl PlatformRun<'_> {
    /// Whether nothing changes until somebody approves.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.trips || self.carrier.is_some()
    }
}

/// Forecasts the syncs of a plan that asks for it, on rayon's current threads. `named` is what [`accounts`](super::accounts) made of the dataset, where the plan
/// [needs it](Plan::needs_accounts); what it proposes is then among the dataset's records for rules to read.
#[must_use]
pub fn forecast<'p, 'd>(plan: &Plan<'p>, dataset: &'d Dataset, named: Option<Accounts<'p, 'd>>) -> Forecast<'p, 'd> {
    if let Some(named) = &named {
        named.propose();
    }
    let columns = Columns::new(dataset, plan.today);
    let (indexes, memory) = (Indexes::default(), Memory::default());
    let (runs, order, rules) = {
        let joiner = Joiner::new(&columns, &indexes, &plan.supply, &memory);
        let blocks = |rule: &Rule| plan.syncs().any(|sync| sync.blocked.contains(&rule.id));
        let blocking: Vec<(&'p Rule, &RulePlan)> =
            plan.rules.iter().filter(|(rule, _)| blocks(rule)).map(|(rule, plan)| (*rule, plan)).collect();
        let (_, findings) = find(&joiner, plan, &blocking, &|_, _| {});
        let mut runs: Vec<Run<'p>> = plan
            .syncs()
            .zip(&plan.syncs_skipped)
            .map(|(sync, skipped)| {
                Run::new((&joiner, dataset), sync, skipped.as_ref().map(|(words, _)| words.clone()), (&blocking, plan.all_new))
            })
            .collect();
        let rules: Vec<(&'p Rule, Findings)> =
            blocking.iter().map(|(rule, _)| *rule).zip(findings.into_iter().map(|(found, _)| found)).collect();
        for run in &mut runs {
            let schemas = named.iter().flat_map(Accounts::schemas).filter(|schema| schema.naming().sync.as_ref() == Some(&run.sync.id));
            for schema in schemas {
                if let Some(why) = schema.skipped() {
                    run.without.push(format!("{}, which would say who gets no name: it is skipped, {why}", schema.naming().id));
                }
            }
        }
        let order = ordered(&mut runs);
        runs.par_iter_mut().filter(|run| run.skipped.is_none()).for_each(|run| {
            run.facts = Facts::new(&joiner, run.sync, &rules);
            run.facts.nameless(run.sync, named.as_ref());
            run.schools = (facts::schools(&joiner, records_of(run.sync)), facts::schools(&joiner, accounts_of(run.sync)));
        });
        (runs, order, rules)
    };
    drop((indexes, memory));
    let resolved = resolve::resolve(&columns, &runs, &order, None);
    let mut forecast = Forecast { columns, runs, order, resolved, rules, platforms: Vec::new(), named };
    forecast.hold(plan);
    forecast
}

impl<'p> Run<'p> {
    fn new(
        (joiner, dataset): (&Joiner<'_, '_>, &Dataset),
        sync: &'p Sync,
        skipped: Option<String>,
        (rules, all_new): (&[(&Rule, &RulePlan)], bool),
    ) -> Run<'p> {
        let mut skipped = skipped;
        let mut without = if skipped.is_none() { joiner.supply.sync_without(sync) } else { Vec::new() };
        let mut idle = None;
        if let (Some(when), None) = (&sync.when, &skipped)
            && joiner.truth(&when.frame, &when.condition, &Batch::unit(), &[0])[0] != Truth::True
        {
            idle = Some(sync.otherwise.clone().unwrap_or_else(|| format!("it would if {}", tell::plain(&when.text, "", None))));
        }
        if let (Some(known), None, None) = (&sync.known, &skipped, &idle)
            && joiner.truth(&known.frame, &known.condition, &Batch::unit(), &[0])[0] != Truth::True
        {
            let asks = || format!("it could be if {}", tell::plain(&known.text, "", None));
            // An export that was given and is empty is not one that holds something else.
            let empty: Vec<String> =
                dataset.without_rows(sync.other.noun, sync.other.epoch).iter().map(|file| format!("`{file}`")).collect();
            skipped = match empty.len() {
                0 => Some(sync.unknown.clone().unwrap_or_else(asks)),
                _ if all_new => None,
                1 => Some(format!("{} has a header and no rows", empty[0])),
                _ => Some(format!("{} have headers and no rows", List(&empty, "and"))),
            };
        }
        for (rule, plan) in rules.iter().filter(|(rule, _)| sync.blocked.contains(&rule.id)) {
            if let (Some(why), Some(_)) = (&plan.skipped, rule.severity) {
                without.push(format!("{}, which would say what is blocked: it is skipped, {why}", rule.id));
            }
        }
        let (facts, targets, schools, held) = Default::default();
        Run { sync, skipped, idle, without, facts, targets, schools, held }
    }
}

/// Ties runs to those that they need, and gives the order in which they are resolved. A sync that needs one which can't be forecast can't be either.
fn ordered(runs: &mut [Run<'_>]) -> Vec<usize> {
    let place = |runs: &[Run<'_>], id: &str| runs.iter().position(|run| *run.sync.id == *id);
    for at in 0..runs.len() {
        let targets: Option<Vec<usize>> = runs[at].sync.needs.iter().map(|need| place(runs, &need.sync)).collect();
        // The syncs of required packs are there, since their packs are.
        runs[at].targets = targets.unwrap_or_default();
    }
    let mut order: Vec<usize> = Vec::new();
    while order.len() < runs.len() {
        let ready = |at: &usize| !order.contains(at) && runs[*at].targets.iter().all(|target| order.contains(target));
        // A circle was refused when the packs were checked.
        let Some(next) = (0..runs.len()).find(ready) else { break };
        if let Some(target) = runs[next].targets.iter().find(|target| runs[**target].skipped.is_some()).copied()
            && runs[next].skipped.is_none()
        {
            runs[next].skipped = Some(format!("since {}, which it needs, can't be forecast", runs[target].sync.id));
        }
        order.push(next);
    }
    order
}

impl<'p, 'd> Forecast<'p, 'd> {
    /// Counts what passes the limits, and says which platforms are held: those with such a sync, and those that a held one carries data to.
    fn hold(&mut self, plan: &Plan<'p>) {
        for at in 0..self.runs.len() {
            let run = &self.runs[at];
            let counts = SyncRun { forecast: self, at }.counts();
            let count = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| counts[*outcome as usize]).sum::<u64>();
            let all = run.facts.answers_for;
            let passed = |limit: &&Hold| run.skipped.is_none() && run.idle.is_none() && limit.trips(counted(limit.of, &count), all);
            let held = run.sync.hold.iter().filter(passed).map(|limit| Passed {
                of: limit.of,
                count: counted(limit.of, &count),
                all,
                limit: *limit,
            });
            let held = held.collect();
            self.runs[at].held = held;
        }
        let mut next = 0;
        for pack in plan.packs {
            let Some(platform) = &pack.platform else { continue };
            let syncs: Vec<usize> = (next..next + pack.syncs.len()).collect();
            next += pack.syncs.len();
            let trips = syncs.iter().any(|at| !self.runs[*at].held.is_empty());
            self.platforms.push(PlatformRun { pack: &pack.name, platform, carrier: None, trips, syncs });
        }
        // What is held upstream holds what is downstream, over several platforms too.
        for _ in 0..self.platforms.len() {
            let held: Vec<&'p str> = self.platforms.iter().filter(|platform| platform.is_held()).map(|platform| platform.pack).collect();
            for platform in self.platforms.iter_mut().filter(|platform| platform.carrier.is_none()) {
                platform.carrier = platform.platform.carriers.iter().find_map(|carrier| held.iter().find(|pack| *pack == carrier).copied());
            }
        }
    }

    /// The platforms, in the order of the packs.
    #[must_use]
    pub fn platforms(&self) -> &[PlatformRun<'p>] {
        &self.platforms
    }

    /// The syncs, in the order of the packs.
    pub fn syncs<'a>(&'a self) -> impl Iterator<Item = SyncRun<'a, 'p, 'd>> {
        (0..self.runs.len()).map(move |at| SyncRun { forecast: self, at })
    }
}

fn counted(of: Counted, count: &dyn Fn(&[Outcome]) -> u64) -> u64 {
    match of {
        Counted::Gone => count(&[Outcome::Archive, Outcome::Suspend, Outcome::Delete]),
        Counted::Changed => count(&[Outcome::Update]),
        Counted::Created => count(&[Outcome::Create]),
    }
}
