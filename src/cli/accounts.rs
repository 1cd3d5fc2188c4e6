//! `rollbook accounts`: who has an account, who gets one and under which name, who gets none and why.
use super::args::AccountsArgs;
use super::clock::Clock;
use super::exit::Exit;
use super::load::{self, Loaded};
use super::output::{self, print, style};
use super::threads;
use super::{accounts_file, as_if, files, ledger, passwords};
use crate::engine::{Accounts, Plan, SchemaRun, State, accounts};
use crate::finding::{Count, List, Record, Severity, suggestion};
use crate::naming::Step;
use crate::pack::STATES;
use crate::report::{Style, listing};
use crate::roster::Dataset;
use std::fmt::Write as _;

/// Where `blocked` and its fellows stand in [`STATES`].
const EXISTS: usize = 0;
const DIFFERS: usize = 1;
const CREATED: usize = 2;
const BLOCKED: usize = 3;

pub(super) fn run(args: &AccountsArgs) -> Exit {
    threads::on(args.data.threads, || told(args))
}

fn told(args: &AccountsArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let kind = args.out.as_deref().map(accounts_file::kind).transpose()?;
    if let Some(path) = args.passwords.as_deref().filter(|path| path.extension().is_none_or(|extension| extension != "csv")) {
        return Err(output::error(&format!("`{}` is no .csv", path.display()), "passwords are written as CSV: name a .csv file"));
    }
    let Loaded { configured, inputs, survey, packs, files, mut sources, layouts, decisions, today, key } =
        load::load(&args.data, &args.look, &mut || clock.lap("survey"))?;
    if packs.iter().all(|pack| pack.namings.is_empty()) {
        let names: Vec<String> = packs.iter().map(|pack| pack.name.clone()).collect();
        let help = "name a pack with a [[naming]]: `packs` in rollbook.toml, or --pack";
        return Err(output::error(&format!("no naming schema in {}", List(&names, "and")), help));
    }
    let shape = args.shape.as_deref().map(|name| accounts_file::shape(name, &layouts)).transpose()?;
    let other = match &args.as_if {
        Some(path) => Some(as_if::packs(path, &files, &configured, &mut sources, &args.look)?),
        None => None,
    };
    let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| load::supplies(&survey, noun, epoch, field);
    let hashed = survey.hashed();
    let planned = |packs| {
        let plan = Plan::new(packs, &|_| false, &supplies, today).with_hashed(&hashed, &survey.unusable());
        plan.explained(&|absent| load::lack(&survey, absent)).with_accounts().with_decisions(&decisions)
    };
    let plan = planned(&packs);
    let other = other.as_ref().map(|packs| planned(packs));
    let mut wanted = plan.wanted();
    if let Some(other) = &other {
        wanted.extend(other.wanted());
    }
    clock.lap("packs and plan");
    let (path, given) = ledger::read(args.ledger.as_deref(), &configured)?;
    if args.commit && path.is_none() {
        let help = "say where it is: `[accounts] ledger = \"names-given.csv\"` in rollbook.toml, or --ledger FILE";
        return Err(output::error("--commit writes a ledger, and none is named", help));
    }
    let outputs = [args.out.as_deref(), args.passwords.as_deref()];
    outputs
        .into_iter()
        .flatten()
        .try_for_each(|out| files::not_read(out, path.as_deref().map(|path| (path, "ledger")), &configured, &inputs))?;
    let dataset = load::read(survey, &wanted, &plan, key.as_ref());
    clock.lap("reading");
    let named = accounts(&plan, &dataset, given.clone());
    clock.lap("naming");

    let runs = chosen(args, &named)?;
    let look = style(&args.look, false);
    if let Some(id) = &args.explain {
        return explain(id, &runs, &look);
    }
    if let Some(other) = &other {
        let then = accounts(other, &dataset, given.clone());
        print(&as_if::compare(&named, &then, &look));
        if !given.entries.is_empty() {
            print("Names that the ledger remembers are kept under either schema.\n");
        }
        return Ok(Exit::Clean);
    }
    let people: Vec<Vec<usize>> = runs.iter().map(|run| of_schools(args, run)).collect();
    known_schools(args, &runs)?;
    let mut text = String::new();
    for (run, people) in runs.iter().zip(&people) {
        text.push_str(&schema(run, people, args, &look));
    }
    print(&text);
    clock.lap("reporting");

    let unsure = unsure(args, &dataset, &runs);
    unsure.iter().for_each(|why| eprintln!("incomplete: {why}"));
    let asked: Vec<String> = [("--out", args.out.is_some()), ("--commit", args.commit), ("--passwords", args.passwords.is_some())]
        .into_iter()
        .filter(|(_, asked)| *asked)
        .map(|(name, _)| name.to_owned())
        .collect();
    if !unsure.is_empty() {
        if !asked.is_empty() {
            eprintln!("nothing was written for {}", List(&asked, "and"));
        }
        clock.tell();
        return Ok(Exit::Incomplete);
    }
    // The ledger first: a name that is written down and not yet imported is given again; one that is imported and not written down is lost.
    if let (true, Some(path)) = (args.commit, &path) {
        let names = named.committed();
        ledger::write(path, &names)?;
        eprintln!("{} in the ledger {}", Count(names.entries.len() as u64, "name", "names"), path.display());
        clock.lap("ledger");
    }
    if let (Some(path), Some(kind)) = (&args.out, kind) {
        let written = accounts_file::write(path, kind, shape.as_ref(), &runs, (&people, args.school.is_empty()))?;
        eprintln!("{} written to {}", Count(written, "account", "accounts"), path.display());
        clock.lap("writing");
    }
    if let Some(path) = &args.passwords {
        write_passwords(path, &runs, &people)?;
    }
    clock.tell();
    let blocked = runs.iter().zip(&people).any(|(run, people)| people.iter().any(|at| run.state(*at) == STATES[BLOCKED]));
    Ok(if blocked { Exit::Findings } else { Exit::Clean })
}

/// Why what was worked out may be wrong for want of data, so that nothing may be written.
fn unsure(args: &AccountsArgs, dataset: &Dataset, runs: &[SchemaRun<'_, '_, '_>]) -> Vec<String> {
    let mut unsure = dataset.incomplete().to_vec();
    let damage = dataset.findings().iter().filter(|finding| finding.severity >= Severity::Error);
    unsure.extend(damage.map(|finding| format!("{} ({})", finding.message, finding.rule)));
    unsure.extend(runs.iter().filter_map(|run| run.skipped().map(|why| format!("{} did not run, {why}", run.naming().id))));
    if !args.all_new {
        let blind = runs.iter().filter(|run| run.is_blind());
        unsure.extend(blind.map(|run| {
            let id = &run.naming().id;
            format!("{id} knows of no account that exists, and would give everybody a second one; --all-new says that there are none yet")
        }));
    }
    let mut seen = std::collections::BTreeSet::new();
    unsure.retain(|why| seen.insert(why.clone()));
    unsure
}

/// The schemas that `--group` asks for.
fn chosen<'a, 'p, 'd>(args: &AccountsArgs, named: &'a Accounts<'p, 'd>) -> Result<Vec<SchemaRun<'a, 'p, 'd>>, Exit> {
    let is = |run: &SchemaRun<'_, '_, '_>, asked: &str| {
        let naming = run.naming();
        naming.group.eq_ignore_ascii_case(asked) || &*naming.id == asked || naming.id.ends_with(&format!("/{asked}"))
    };
    for asked in &args.group {
        if !named.schemas().any(|run| is(&run, asked)) {
            let groups: Vec<String> = named.schemas().map(|run| run.naming().group.clone()).collect();
            let near = suggestion(asked, groups.iter().map(String::as_str));
            let help = near.map_or_else(|| format!("groups are {}", List(&groups, "and")), |near| format!("did you mean `{near}`?"));
            return Err(output::error(&format!("no account group `{asked}` in the packs of this run"), &help));
        }
    }
    Ok(named.schemas().filter(|run| args.group.is_empty() || args.group.iter().any(|asked| is(run, asked))).collect())
}

/// The people of the schools that are asked for.
fn of_schools(args: &AccountsArgs, run: &SchemaRun<'_, '_, '_>) -> Vec<usize> {
    let asked =
        |at: &usize| args.school.is_empty() || run.school(*at).is_some_and(|school| args.school.iter().any(|asked| asked == school));
    (0..run.len()).filter(asked).collect()
}

/// A school of which nobody is, is a slip of the pen.
fn known_schools(args: &AccountsArgs, runs: &[SchemaRun<'_, '_, '_>]) -> Result<(), Exit> {
    if args.school.is_empty() {
        return Ok(());
    }
    let schools: std::collections::BTreeSet<String> = runs.iter().flat_map(SchemaRun::counts).filter_map(|count| count.school).collect();
    let Some(school) = args.school.iter().find(|school| !schools.contains(*school)) else { return Ok(()) };
    let near = suggestion(school, schools.iter().map(String::as_str));
    let help = near.map_or_else(|| "--school takes the id of a school".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(output::error(&format!("nobody is of a school `{school}`"), &help))
}

/// Everything on one schema.
fn schema(run: &SchemaRun<'_, '_, '_>, people: &[usize], args: &AccountsArgs, look: &Style) -> String {
    let naming = run.naming();
    let mut text = format!("{}\n", look.heading(&format!("{} ({})", naming.group, naming.id)));
    if let Some(why) = run.skipped() {
        let _ = writeln!(text, "  not run: {why}\n");
        return text;
    }
    for without in run.without() {
        let _ = writeln!(text, "  ran without {without}");
    }
    let mut states = [0u64; STATES.len()];
    let place = |at: usize| STATES.iter().position(|state| *state == run.state(at)).unwrap_or(BLOCKED);
    people.iter().for_each(|at| states[place(*at)] += 1);
    let gone: Vec<Record> = if args.school.is_empty() { run.gone().collect() } else { Vec::new() };
    let words = |count: u64, one: &str, several: &str| format!("{} {}", Count::grouped(count), if count == 1 { one } else { several });
    let mut counts = [
        words(states[EXISTS], "has an account", "have an account"),
        words(states[DIFFERS], "has one under a name that differs from the schema", "have one under a name that differs from the schema"),
        words(states[CREATED], "will be created", "will be created"),
        words(states[BLOCKED], "is blocked", "are blocked"),
    ]
    .join(", ");
    if !gone.is_empty() {
        let _ = write!(counts, "; {} no longer in the roster", Count(gone.len() as u64, "account", "accounts"));
    }
    let _ = writeln!(text, "  {}: {counts}\n", Count(people.len() as u64, "person", "people"));
    let settled = settled(run, people);
    if !settled.is_empty() {
        let _ = writeln!(text, "  names by {settled}\n");
    }
    text.push_str(&schools(run, args, look));
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    for state in [BLOCKED, CREATED, DIFFERS, EXISTS] {
        let of_state: Vec<usize> = people.iter().copied().filter(|at| place(*at) == state).collect();
        if of_state.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = of_state.iter().take(most).map(|at| row(run, *at, state)).collect();
        let fields: Vec<&str> = run.fields().collect();
        let header: Vec<&str> = ["id", "name", "school"].into_iter().chain(fields).chain(["sees", NOTES[state]]).collect();
        let _ = writeln!(text, "  {}", look.heading(STATES[state]));
        text.push_str(&listing(&header, &rows, look));
        more(&mut text, of_state.len(), rows.len());
    }
    if !gone.is_empty() {
        let _ = writeln!(text, "  {}", look.heading("no longer in the roster"));
        let rows: Vec<Vec<String>> = gone.iter().take(most).map(gone_row).collect();
        text.push_str(&listing(&["account", "names", "where"], &rows, look));
        more(&mut text, gone.len(), rows.len());
    }
    text
}

/// How many of the new names are from which candidate: `template 812, template with more letters 31, candidate 1 of on_clash 4`.
fn settled(run: &SchemaRun<'_, '_, '_>, people: &[usize]) -> String {
    let mut counts: std::collections::BTreeMap<(u16, bool, bool), u64> = std::collections::BTreeMap::new();
    for step in people.iter().filter_map(|at| run.step(*at)) {
        *counts.entry((step.candidate, step.grown > 0, step.n.is_some())).or_default() += 1;
    }
    let words = |((candidate, grown, counted), count): ((u16, bool, bool), u64)| {
        let base = Step { candidate, ..Step::default() };
        let more = if grown { " with more letters" } else { "" };
        let number = if counted { " with a number" } else { "" };
        format!("{base}{more}{number}: {}", Count::grouped(count))
    };
    counts.into_iter().map(words).collect::<Vec<_>>().join("; ")
}

/// The title of the last column, by state.
const NOTES: [&str; STATES.len()] = ["note", "note", "note", "why"];

fn more(text: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(
            text,
            "  ... and {} more ({} in all; --limit 0 shows them)",
            Count::grouped((all - shown) as u64),
            Count::grouped(all as u64)
        );
    }
    text.push('\n');
}

fn schools(run: &SchemaRun<'_, '_, '_>, args: &AccountsArgs, look: &Style) -> String {
    let mut counts = run.counts();
    counts.retain(|count| args.school.is_empty() || count.school.as_ref().is_some_and(|school| args.school.contains(school)));
    if counts.len() < 2 {
        return String::new();
    }
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    let rows: Vec<Vec<String>> = counts
        .iter()
        .take(most)
        .map(|count| {
            let school = count.school.clone().unwrap_or_else(|| "(none)".to_owned());
            std::iter::once(school).chain(count.states.iter().map(|count| Count::grouped(*count))).collect()
        })
        .collect();
    let header: Vec<&str> = std::iter::once("school").chain(STATES).collect();
    let mut text = listing(&header, &rows, look);
    more(&mut text, counts.len(), rows.len());
    text
}

fn row(run: &SchemaRun<'_, '_, '_>, at: usize, state: usize) -> Vec<String> {
    let person = run.person(at);
    let mut row = vec![person.id.clone(), person.name.clone().unwrap_or_default(), person.school.clone().unwrap_or_default()];
    row.extend(person.values.iter().map(|value| value.clone().unwrap_or_default()));
    row.push(person.sees.join(" "));
    let mut notes = Vec::new();
    if let State::Blocked { reason, finding } = &person.state {
        notes.push(finding.as_ref().map_or_else(|| reason.clone(), |(rule, _)| format!("{reason} ({rule})")));
    }
    if state == CREATED
        && let Some(step) = person.step.filter(|step| *step != Step::default())
    {
        notes.push(step.to_string());
    }
    notes.extend(person.notes.clone());
    row.push(notes.join("; "));
    row
}

fn gone_row(record: &Record) -> Vec<String> {
    let names: Vec<&str> = record.cells.iter().map(|cell| cell.value.as_str()).filter(|value| !value.is_empty()).collect();
    vec![record.id.clone(), names.join(", "), place(record)]
}

fn place(record: &Record) -> String {
    format!("{}:{}", record.file, record.line)
}

/// Why a person gets this name.
fn explain(id: &str, runs: &[SchemaRun<'_, '_, '_>], look: &Style) -> Result<Exit, Exit> {
    let found: Vec<(&SchemaRun<'_, '_, '_>, usize)> = runs.iter().filter_map(|run| run.find(id).map(|at| (run, at))).collect();
    if found.is_empty() {
        let nouns: std::collections::BTreeSet<&str> = runs.iter().map(|run| run.naming().noun().get().name).collect();
        let nouns: Vec<String> = nouns.into_iter().map(str::to_owned).collect();
        let help = format!("--explain takes the id of somebody for whom there is a schema: {}", List(&nouns, "or"));
        return Err(output::error(&format!("nobody with the id `{id}`"), &help));
    }
    let mut text = String::new();
    for (run, at) in found {
        let person = run.person(at);
        let naming = run.naming();
        let name = person.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
        let noun = naming.noun().get().name;
        let _ = writeln!(text, "{}", look.heading(&format!("{noun} {id}{name} ({})", place(&person.record))));
        let values: Vec<String> = person.values.iter().flatten().cloned().collect();
        let under = if values.is_empty() { String::new() } else { format!(" as {}", List(&values, "and")) };
        let step = person.step.map(|step| format!(", by {step}")).unwrap_or_default();
        let becomes =
            if matches!(person.state, State::Differs) { "has an account that the schema would not name so," } else { person.state.words() };
        let _ = writeln!(text, "  {}: {becomes}{under}{step}", naming.id);
        if let State::Blocked { reason, finding } = &person.state {
            let _ = writeln!(text, "  because {reason}");
            if let Some((rule, _)) = finding {
                let _ = writeln!(text, "  `rollbook explain {rule}` says what to do");
            }
        }
        if let Some(account) = &person.account {
            let _ = writeln!(text, "  the account is {} ({}); an account that exists keeps its name", account.id, place(account));
        }
        if !person.sees.is_empty() {
            let _ = writeln!(text, "  it will see {}", List(&person.sees, "and"));
        }
        person.notes.iter().for_each(|note| {
            let _ = writeln!(text, "  note: {note}");
        });
        for (key, written) in naming.text.iter().filter(|(key, _)| ["template", "on_clash"].contains(key)) {
            let _ = writeln!(text, "  {key}: {written}");
        }
        text.push('\n');
        let taken = if person.step.is_some() { "given" } else { "free" };
        let rows: Vec<Vec<String>> = run
            .explain(at)
            .into_iter()
            .map(|tried| {
                let holder = tried.holder.as_ref().map(|holder| format!(" ({})", place(holder))).unwrap_or_default();
                let outcome = tried.refused.map_or_else(|| taken.to_owned(), |why| format!("{why}{holder}"));
                vec![tried.step.to_string(), tried.texts.join(", "), outcome]
            })
            .collect();
        text.push_str(&listing(&["tried", "gives", "outcome"], &rows, look));
        text.push('\n');
    }
    print(&text);
    Ok(Exit::Clean)
}

fn write_passwords(path: &std::path::Path, runs: &[SchemaRun<'_, '_, '_>], people: &[Vec<usize>]) -> Result<(), Exit> {
    let mut given = Vec::new();
    for (run, people) in runs.iter().zip(people) {
        let naming = run.naming();
        let Some(policy) = &naming.password else { continue };
        for at in people.iter().copied().filter(|at| run.state(*at) == STATES[CREATED]) {
            let login = run.value(at, 0).unwrap_or_default().to_owned();
            let id = run.id(at).to_owned();
            given.push(passwords::Given { schema: &naming.id, group: &naming.group, id, login, policy });
        }
    }
    if given.is_empty() {
        let help = "passwords are made for accounts to create whose schema has a `password`";
        return Err(output::error("nobody gets a password", help));
    }
    passwords::write(path, &given)?;
    eprintln!("{} written to {}", Count(given.len() as u64, "password", "passwords"), path.display());
    Ok(())
}
