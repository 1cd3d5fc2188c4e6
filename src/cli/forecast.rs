//! `rollbook forecast`: what the next sync of each platform will create, change and archive, what is in the way, and what to fix first.
use super::accounts_file;
use super::args::{ForecastArgs, Format};
use super::clock::Clock;
use super::exit::Exit;
use super::files;
use super::forecast_after;
use super::forecast_file;
use super::ledger;
use super::load::{self, Loaded};
use super::output::{self, print, style};
use super::snapshots;
use super::threads;
use crate::engine::{Change, Forecast, Passed, Plan, PlatformRun, SyncCauses, SyncRun, Told, accounts, forecast};
use crate::finding::{Count, List, Record, suggestion};
use crate::model::Epoch;
use crate::pack::{Counted, Outcome, Pack, Rule};
use crate::report::{Style, listing, paragraph};
use crate::roster::{Dataset, Survey};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Records shown per outcome, unless `--limit` says otherwise.
const SHOWN: usize = 10;
/// Causes shown, unless `--limit` says otherwise.
const CAUSES: usize = 5;

pub(super) fn run(args: &ForecastArgs) -> Exit {
    threads::on(args.data.threads, || told(args))
}

fn told(args: &ForecastArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let kind = args.out.as_deref().map(accounts_file::kind).transpose()?;
    if !args.after.is_empty() && args.format == Format::Jsonl {
        return Err(output::error(
            "--after is told in words, and has no lines for programs",
            "take --format jsonl out; the exit code says whether it came true",
        ));
    }
    let loaded = load::load(&args.data, &args.look, &mut || clock.lap("survey"))?;
    let Loaded { configured, inputs, layouts, survey, packs, decisions, today, .. } = loaded;
    asked_platforms(args, &packs)?;
    if let Some(out) = &args.out {
        files::not_read(out, None, &configured, &inputs)?;
    }
    let ledger = ledger::read(None, &configured)?.1;
    let read =
        |mut survey: Survey, clock: &mut Clock, look: &mut dyn FnMut(&Forecast<'_, '_>, &Dataset, &mut Clock) -> Result<Exit, Exit>| {
            let key = snapshots::unlock(&mut survey, &configured);
            let selected = |rule: &Rule| packs.iter().flat_map(|pack| &pack.syncs).any(|sync| sync.blocked.contains(&rule.id));
            let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| load::supplies(&survey, noun, epoch, field);
            let hashed = survey.hashed();
            let plan = Plan::new(&packs, &selected, &supplies, today)
                .with_hashed(&hashed, &survey.unusable())
                .with_parts(&|noun, epoch| survey.is_part(noun, epoch))
                .with_forecast()
                .with_all_new(args.all_new)
                .explained(&|absent| load::lack(&survey, absent))
                .with_decisions(&decisions);
            let wanted = plan.wanted();
            clock.lap("packs and plan");
            let dataset = load::read(survey, &wanted, &plan, key.as_ref());
            clock.lap("reading");
            let named = plan.needs_accounts().then(|| accounts(&plan, &dataset, ledger.clone()));
            if named.is_some() {
                clock.lap("naming");
            }
            let forecast = forecast(&plan, &dataset, named);
            clock.lap("forecasting");
            let exit = look(&forecast, &dataset, clock);
            // The program ends soon; taking a million records apart before would only keep its reader waiting.
            std::mem::forget(forecast);
            std::mem::forget(dataset);
            exit
        };
    let look = style(&args.look, false);
    let exit = if args.after.is_empty() {
        read(survey, &mut clock, &mut |forecast, dataset, clock| {
            known_schools(args, forecast)?;
            if args.format == Format::Jsonl || args.out.is_some() {
                forecast_file::silent(forecast, args).iter().for_each(|line| eprintln!("{line}"));
            }
            match args.format {
                Format::Text => print(&text(forecast, args, &look)),
                Format::Jsonl => print(&forecast_file::lines(forecast, args)?),
            }
            clock.lap("reporting");
            if !dataset.incomplete().is_empty() && args.out.is_some() {
                eprintln!("nothing was written for --out");
            } else if let (Some(path), Some(kind)) = (&args.out, kind) {
                let rows = forecast_file::write(path, kind, forecast, args)?;
                eprintln!("{} written to {}", Count(rows, "row", "rows"), path.display());
                clock.lap("writing");
            }
            Ok(exit(forecast, dataset, args))
        })
    } else {
        let (afterwards, replaced) = forecast_after::survey(&args.after, &inputs, &layouts)?;
        let mut afterwards = Some(afterwards);
        read(survey, &mut clock, &mut |forecast, dataset, clock| {
            let Some(survey) = afterwards.take() else { return Ok(Exit::NoVerdict) };
            read(survey, clock, &mut |after, then, _| {
                let (text, whole) = forecast_after::text(forecast, after, &replaced, args, &look);
                print(&text);
                let mut incomplete: Vec<String> = [dataset, then].into_iter().flat_map(Dataset::incomplete).cloned().collect();
                incomplete.extend(unsure(forecast, dataset, args, Time::Before));
                incomplete.extend(unsure(after, then, args, Time::After));
                incomplete.iter().for_each(|why| eprintln!("incomplete: {why}"));
                Ok(match (incomplete.is_empty(), whole) {
                    (false, _) | (_, None) => Exit::Incomplete,
                    (true, Some(true)) => Exit::Clean,
                    (true, Some(false)) => Exit::Findings,
                })
            })
        })
    };
    clock.tell();
    std::mem::forget(packs);
    exit
}

/// The platforms that `--platform` asks for are there, and there are any.
fn asked_platforms(args: &ForecastArgs, packs: &[Pack]) -> Result<(), Exit> {
    let known = || packs.iter().filter(|pack| !pack.syncs.is_empty()).map(|pack| pack.name.as_str());
    if known().next().is_none() {
        let names: Vec<String> = packs.iter().map(|pack| pack.name.clone()).collect();
        let help =
            "name a pack with a [[sync]]: `packs` in rollbook.toml, or --pack; `rollbook list syncs` prints those of the built-in packs";
        return Err(output::error(&format!("no sync in {}", List(&names, "and")), help));
    }
    for asked in &args.platform {
        if !known().any(|pack| pack == asked) {
            let names: Vec<&str> = known().collect();
            let help = suggestion(asked, known())
                .map_or_else(|| format!("platforms of this run are {}", List(&names, "and")), |near| format!("did you mean `{near}`?"));
            return Err(output::error(&format!("no platform `{asked}` in the packs of this run"), &help));
        }
    }
    Ok(())
}

/// The platforms to tell of.
pub(super) fn platforms<'f, 'p>(forecast: &'f Forecast<'p, '_>, args: &ForecastArgs) -> Vec<&'f PlatformRun<'p>> {
    let asked = |run: &&PlatformRun<'p>| args.platform.is_empty() || args.platform.iter().any(|asked| asked == run.pack);
    forecast.platforms().iter().filter(asked).collect()
}

/// A school of which nobody is, is a slip of the pen.
fn known_schools(args: &ForecastArgs, forecast: &Forecast<'_, '_>) -> Result<(), Exit> {
    if args.school.is_empty() {
        return Ok(());
    }
    let schools: BTreeSet<String> = forecast.syncs().flat_map(|run| run.schools()).filter_map(|count| count.school).collect();
    let Some(school) = args.school.iter().find(|school| !schools.contains(*school)) else { return Ok(()) };
    let near = suggestion(school, schools.iter().map(String::as_str));
    let help = near.map_or_else(|| "--school takes the id of a school".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(output::error(&format!("nobody is of a school `{school}`"), &help))
}

/// What a cron job needs to know.
fn exit(forecast: &Forecast<'_, '_>, dataset: &Dataset, args: &ForecastArgs) -> Exit {
    let platforms = platforms(forecast, args);
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let runs = || platforms.iter().flat_map(|platform| &platform.syncs).map(|at| &syncs[*at]);
    let mut incomplete: Vec<String> = dataset.incomplete().to_vec();
    if runs().all(|run| run.skipped().is_some()) {
        incomplete.push("no sync could be forecast".to_owned());
    }
    incomplete.extend(unsure(forecast, dataset, args, Time::Before));
    incomplete.iter().for_each(|why| eprintln!("incomplete: {why}"));
    if !incomplete.is_empty() || platforms.iter().any(|platform| platform.is_held()) {
        return Exit::Incomplete;
    }
    // An account that is lost though its record is sent is a fault; one whose record is gone is not.
    if runs().any(|run| run.idle().is_none() && run.faults(&args.school) > 0) { Exit::Findings } else { Exit::Clean }
}

/// Which data a forecast is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    Before,
    /// What `--after` gives in place of it.
    After,
}

/// What can't be told for want of rows: an export without any may be one that failed.
fn unsure(forecast: &Forecast<'_, '_>, dataset: &Dataset, args: &ForecastArgs, time: Time) -> BTreeSet<String> {
    let mut unsure = BTreeSet::new();
    if args.all_new {
        return unsure;
    }
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let platforms = platforms(forecast, args);
    for run in platforms.iter().flat_map(|platform| &platform.syncs).map(|at| &syncs[*at]).filter(|run| run.idle().is_none()) {
        let other = &run.sync().other;
        let is_empty = dataset.table(other.noun, other.epoch).is_none_or(|table| table.is_empty());
        if other.noun.get().name == "account" && other.epoch == Epoch::Today && is_empty {
            if run.skipped().is_none() {
                let so = match time {
                    Time::Before => "the accounts have no rows, so that everybody is told as new",
                    Time::After => "the accounts of --after have no rows, so that nobody knows what became of them",
                };
                unsure.insert(format!("{so}; --all-new says that there are none yet"));
            }
            continue;
        }
        unsure.extend(dataset.without_rows(other.noun, other.epoch).into_iter().map(|file| match (other.epoch, time) {
            (Epoch::Today, _) => {
                format!("`{file}` has no rows, so that its accounts are not known; --all-new says that there are none yet")
            }
            (_, Time::Before) => format!(
                "`{file}` of the previous data has no rows, so that its records are told as new; --all-new says that there were none"
            ),
            (_, Time::After) => {
                format!(
                    "`{file}` of --after has no rows, so that nobody knows what became of its records; --all-new says that there are none"
                )
            }
        }));
    }
    unsure
}

/// Everything, for people.
fn text(forecast: &Forecast<'_, '_>, args: &ForecastArgs, look: &Style) -> String {
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let mut text = String::new();
    for platform in platforms(forecast, args) {
        let runs: Vec<&SyncRun<'_, '_, '_>> = platform.syncs.iter().map(|at| &syncs[*at]).collect();
        let when = platform.platform.runs.as_ref().map(|runs| format!(", {runs}")).unwrap_or_default();
        let _ = writeln!(text, "{}", look.heading(&format!("{} ({}){when}", platform.platform.title, platform.pack)));
        for line in held(platform, &runs) {
            text.push_str(&paragraph(2, &line, look));
        }
        text.push('\n');
        text.push_str(&totals(&runs, args, look));
        for run in &runs {
            text.push_str(&sync(run, args, look));
        }
        if args.school.is_empty() {
            text.push_str(&causes(&forecast.causes(&platform.syncs, most(args, CAUSES)), &syncs, look));
        }
    }
    text
}

/// Why a platform is held, a sentence each.
pub(super) fn held(platform: &PlatformRun<'_>, runs: &[&SyncRun<'_, '_, '_>]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for run in runs {
        lines.extend(run.held().iter().map(|passed| format!("HELD. {}", limit(run, passed))));
    }
    if let Some(carrier) = platform.carrier {
        lines.push(format!("HELD. The syncs of {carrier} are held, so nothing arrives here and nothing changes."));
    }
    lines
}

/// A limit that is passed, in a sentence.
pub(super) fn limit(run: &SyncRun<'_, '_, '_>, passed: &Passed) -> String {
    let counts = run.counts();
    let gone = [(Outcome::Archive, "archived"), (Outcome::Suspend, "suspended"), (Outcome::Delete, "deleted")];
    let verb = match passed.of {
        Counted::Created => "created".to_owned(),
        Counted::Changed => "updated".to_owned(),
        // Of those that are sent some may be suspended beside what is archived.
        Counted::Gone => {
            let gone: Vec<&str> = gone.iter().filter(|(outcome, _)| counts[*outcome as usize] > 0).map(|(_, verb)| *verb).collect();
            List(&gone, "or").to_string()
        }
    };
    let most = match passed.limit.share {
        Some(share) => {
            let least =
                if passed.limit.least > 1 { format!(" and at least {}", Count::grouped(passed.limit.least)) } else { String::new() };
            format!("more than {}{least}", percent(share))
        }
        None => format!("more than {}", Count::grouped(passed.limit.least - 1)),
    };
    let share = if passed.all > 0 { format!(", {}", percent(passed.count as f64 / passed.all as f64)) } else { String::new() };
    format!(
        "{}: {} of {} would be {verb}{share}, {most}: the sync is held, and nothing changes until somebody approves.",
        capital(&run.sync().title),
        Count::grouped(passed.count),
        Count::grouped(passed.all),
    )
}

/// A text that begins with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `12.2 %`, `10 %`
fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

/// The numbers of a platform: a row for each outcome, a column for each sync.
fn totals(runs: &[&SyncRun<'_, '_, '_>], args: &ForecastArgs, look: &Style) -> String {
    let there: Vec<&&SyncRun<'_, '_, '_>> = runs.iter().filter(|run| run.skipped().is_none() && run.idle().is_none()).collect();
    if there.is_empty() {
        return String::new();
    }
    let counts: Vec<[u64; Outcome::ALL.len()]> = there.iter().map(|run| counts(run, args)).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for outcome in Outcome::ALL {
        if counts.iter().any(|counts| counts[outcome as usize] > 0) {
            let numbers = counts.iter().map(|counts| Count::grouped(counts[outcome as usize]));
            rows.push(std::iter::once(outcome.words().to_owned()).chain(numbers).collect());
        }
    }
    let header: Vec<&str> =
        std::iter::once("outcome").chain(there.iter().map(|run| run.sync().id.split_once('/').map_or("", |(_, name)| name))).collect();
    if rows.is_empty() { String::from("  nothing is sent, and there is nothing\n\n") } else { listing(&header, &rows, look) + "\n" }
}

/// The counts of the schools that are asked for.
fn counts(run: &SyncRun<'_, '_, '_>, args: &ForecastArgs) -> [u64; Outcome::ALL.len()] {
    if args.school.is_empty() {
        return run.counts();
    }
    let mut counts = [0; Outcome::ALL.len()];
    let asked = run.schools().into_iter().filter(|count| count.school.as_ref().is_some_and(|school| args.school.contains(school)));
    asked.for_each(|count| count.outcomes.iter().zip(&mut counts).for_each(|(of_school, all)| *all += of_school));
    counts
}

/// Everything on one sync.
fn sync(run: &SyncRun<'_, '_, '_>, args: &ForecastArgs, look: &Style) -> String {
    let mut text = format!("  {}\n", look.heading(&format!("{} ({})", run.sync().title, run.sync().id)));
    if let Some(why) = run.skipped() {
        text.push_str(&paragraph(2, &format!("not forecast: {why}"), look));
        return text + "\n";
    }
    if let Some(when) = run.idle() {
        text.push_str(&paragraph(2, &format!("does not run: {when}"), look));
        return text + "\n";
    }
    for without in run.without() {
        text.push_str(&paragraph(2, &format!("forecast without {without}"), look));
    }
    let counts = counts(run, args);
    let told: Vec<Outcome> = Outcome::ALL.into_iter().filter(|outcome| outcome.is_told() && counts[*outcome as usize] > 0).collect();
    // Which school a row that repeats another is of, nobody counts.
    if run.repeats() > 0 && args.school.is_empty() {
        let are = if run.repeats() == 1 { "is" } else { "are" };
        let repeats = Count(run.repeats(), "record repeats", "records repeat");
        text.push_str(&paragraph(2, &format!("{repeats} the id of another, and {are} told with it"), look));
    }
    if told.is_empty() {
        text.push_str("  nothing changes\n\n");
        return text;
    }
    if let Some(help) = run.sync().help.as_ref().filter(|_| run.faults(&args.school) > 0 || !run.held().is_empty()) {
        text.push_str(&paragraph(2, &format!("what to do: {}", help.split_whitespace().collect::<Vec<_>>().join(" ")), look));
    }
    if text.lines().count() > 1 {
        text.push('\n');
    }
    text.push_str(&schools(run, args, look));
    let most = most(args, SHOWN);
    for outcome in told {
        let entries = run.entries(outcome, &args.school, most);
        let rows: Vec<Vec<String>> = entries.iter().map(|entry| row(&run.tell(*entry))).collect();
        let _ = writeln!(text, "  {}", look.heading(outcome.words()));
        text.push_str(&listing(&[run.sync().record.noun.get().name, "name", "school", "where", "account", "why"], &rows, look));
        more(&mut text, counts[outcome as usize] as usize, rows.len());
    }
    text
}

/// How many of each are shown.
pub(super) fn most(args: &ForecastArgs, shown: usize) -> usize {
    match args.limit {
        None => shown,
        Some(0) => usize::MAX,
        Some(limit) => limit,
    }
}

fn more(text: &mut String, all: usize, shown: usize) {
    if all > shown {
        let (left, all) = (Count::grouped((all - shown) as u64), Count::grouped(all as u64));
        let _ = writeln!(text, "  ... and {left} more ({all} in all; --limit 0 shows them)");
    }
    text.push('\n');
}

fn row(told: &Told) -> Vec<String> {
    let place = told.record.as_ref().or(told.account.as_ref()).map(place).unwrap_or_default();
    // An account under the identity of its record says nothing new.
    let account = told.account.as_ref().map(|account| account.id.clone()).filter(|id| *id != told.id).unwrap_or_default();
    vec![told.id.clone(), told.name.clone().unwrap_or_default(), told.school.clone().unwrap_or_default(), place, account, why(told)]
}

/// File and line of a record; one of the last snapshot says so, since its file has the name of today's.
pub(super) fn place(record: &Record) -> String {
    let of = if &*record.source == "previous" { "previous " } else { "" };
    if record.line > 0 { format!("{of}{}:{}", record.file, record.line) } else { String::new() }
}

/// Why, with the rule that says it, what changes, and what else there is to know.
fn why(told: &Told) -> String {
    let mut words: Vec<String> = told.changes.iter().map(change).collect();
    if !told.reason.is_empty() {
        words.push(told.rule.as_ref().map_or_else(|| told.reason.clone(), |rule| format!("{} ({rule})", told.reason)));
    }
    words.extend(told.notes.iter().cloned());
    words.join("; ")
}

/// A field that changes, in words.
pub(super) fn change(change: &Change) -> String {
    let field = change.field.replace('_', " ");
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{field} from {old} to {new}"),
        (None, Some(new)) => format!("{field} to {new}"),
        (Some(old), None) => format!("{field} is cleared, and was {old}"),
        (None, None) => field,
    }
}

/// A row for each school with a change, whatever `--limit` says, since it is an overview; a column for each outcome that there is.
fn schools(run: &SyncRun<'_, '_, '_>, args: &ForecastArgs, look: &Style) -> String {
    let mut counts = run.schools();
    counts.retain(|count| args.school.is_empty() || count.school.as_ref().is_some_and(|school| args.school.contains(school)));
    if counts.len() < 2 {
        return String::new();
    }
    counts.retain(|count| Outcome::ALL.into_iter().any(|outcome| outcome.is_told() && count.outcomes[outcome as usize] > 0));
    let there: Vec<Outcome> =
        Outcome::ALL.into_iter().filter(|outcome| counts.iter().any(|count| count.outcomes[*outcome as usize] > 0)).collect();
    let row = |count: &crate::engine::SchoolOutcomes| -> Vec<String> {
        let school = count.school.clone().unwrap_or_else(|| "(none)".to_owned());
        let numbers = there.iter().map(|outcome| Count::grouped(count.outcomes[*outcome as usize]));
        std::iter::once(school).chain(numbers).collect()
    };
    let rows: Vec<Vec<String>> = counts.iter().map(row).collect();
    let header: Vec<&str> = std::iter::once("school").chain(there.iter().map(|outcome| outcome.words())).collect();
    listing(&header, &rows, look) + "\n"
}

/// What to fix first.
fn causes(causes: &SyncCauses, syncs: &[SyncRun<'_, '_, '_>], look: &Style) -> String {
    if causes.first.is_empty() {
        return String::new();
    }
    let mut text = format!("  {}\n", look.heading("Fix first"));
    let counted = |(at, count): &(usize, u64)| {
        let noun = syncs[*at].sync().record.noun.get();
        Count(*count, noun.name, noun.plural).to_string()
    };
    for (nth, cause) in causes.first.iter().enumerate() {
        let rule = cause.rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
        text.push_str(&paragraph(2, &format!("{}. {}{rule}", nth + 1, cause.message), look));
        if !cause.hangs.is_empty() {
            let hangs: Vec<String> = cause.hangs.iter().map(counted).collect();
            text.push_str(&paragraph(5, &format!("hangs on it: {}", List(&hangs, "and")), look));
        }
        let then = match cause.frees.as_deref() {
            None => continue,
            Some([]) => "something else is still in the way".to_owned(),
            Some(frees) => {
                let go = if matches!(frees, [(_, 1)]) { "goes" } else { "go" };
                let names: Vec<String> = frees.iter().map(counted).collect();
                format!("{} {go} through", List(&names, "and"))
            }
        };
        text.push_str(&paragraph(5, &format!("once it is fixed: {then}"), look));
    }
    more(&mut text, causes.all, causes.first.len());
    text
}
