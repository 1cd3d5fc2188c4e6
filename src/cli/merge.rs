//! `rollbook merge`: which records are one person, what speaks for it, what a person should decide.
use super::args::MergeArgs;
use super::clock::Clock;
use super::exit::Exit;
use super::files::{self, Readers};
use super::load::{self, Loaded, Purpose};
use super::output::{self, print, style};
use super::threads;
use super::{accounts_file, decisions};
use crate::engine::{Evidence, MergeRun, Plan, Together, merges};
use crate::finding::{Count, List, Record, suggestion};
use crate::model::iso;
use crate::pack::{Pack, Part, Rule, score_toml};
use crate::report::{Audience, Style, listing, sheet};
use crate::roster::Survey;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(args: &MergeArgs) -> Exit {
    threads::on(args.data.threads, || told(args))
}

fn told(args: &MergeArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let kind = args.out.as_deref().map(accounts_file::kind).transpose()?;
    let purpose = if args.read.is_some() { Purpose::Decide } else { Purpose::Compare };
    let Loaded { configured, inputs, survey, packs, decisions: known, today, key, .. } =
        load::load_for(purpose, &args.data, &args.look, &mut || clock.lap("survey"))?;
    let path = decisions::path(args.data.decisions.as_deref(), &configured);
    if let Some(sheet) = &args.read {
        let (exit, decided) = keep(sheet, path.as_deref(), &known, &packs, today)?;
        unknown(&decided, &packs, survey, today);
        return Ok(exit);
    }
    if packs.iter().all(|pack| pack.merges.is_empty()) {
        let names: Vec<String> = packs.iter().map(|pack| pack.name.clone()).collect();
        let help = "name a pack with a [[merge]]: `packs` in rollbook.toml, or --pack";
        return Err(output::error(&format!("no merge in {}", List(&names, "and")), help));
    }
    if let Some(out) = &args.out {
        files::not_read(out, path.as_deref().map(|path| (path, "file of decisions")), &configured, &inputs)?;
        decisions::not_lost(out, &HEADER, &known)?;
    }
    let asked = asked(args, &packs)?;
    let selected = |rule: &Rule| rule.merge.as_ref().is_some_and(|(merge, _)| asked.iter().any(|id| **id == *merge.id));
    let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| load::supplies(&survey, noun, epoch, field);
    let plan = Plan::new(&packs, &selected, &supplies, today)
        .with_parts(&|noun, epoch| survey.is_part(noun, epoch))
        .explained(&|absent| load::lack(&survey, absent))
        .with_merges()
        .with_decisions(&known);
    let plan = if args.estimate { plan.with_fitting() } else { plan };
    let hashed = survey.hashed();
    let plan = plan.with_hashed(&hashed, &survey.unusable());
    let wanted = plan.wanted();
    clock.lap("packs and plan");
    let dataset = load::read(survey, &wanted, &plan, key.as_ref());
    clock.lap("reading");
    let merges = merges(&plan, &dataset);
    clock.lap("merging");
    let runs: Vec<MergeRun<'_, '_, '_>> = merges.runs().filter(|run| asked.iter().any(|id| **id == *run.merge().id)).collect();
    let look = style(&args.look, false);
    if args.estimate {
        runs.iter().for_each(|run| print(&fitted(run)));
        clock.tell();
        return Ok(Exit::Clean);
    }
    let text: String = runs.iter().map(|run| merge(run, args, &look)).collect();
    print(&text);
    clock.lap("reporting");
    let incomplete = dataset.incomplete();
    if !incomplete.is_empty() {
        incomplete.iter().for_each(|why| eprintln!("incomplete: {why}"));
        clock.tell();
        return Ok(Exit::Incomplete);
    }
    if let (Some(path), Some(kind)) = (&args.out, kind) {
        let rows = write(path, kind, &runs)?;
        eprintln!("{} written to {}", Count(rows, "row", "rows"), path.display());
        clock.lap("writing");
    }
    clock.tell();
    Ok(if runs.iter().all(MergeRun::is_empty) { Exit::Clean } else { Exit::Findings })
}

/// The ids of the merges that `--rule` asks for.
fn asked<'p>(args: &MergeArgs, packs: &'p [Pack]) -> Result<Vec<&'p str>, Exit> {
    let ids = || packs.iter().flat_map(|pack| &pack.merges).map(|merge| &*merge.id);
    let is = |id: &str, asked: &str| id == asked || id.split_once('/').is_some_and(|(_, plain)| plain == asked);
    for asked in &args.rule {
        if !ids().any(|id| is(id, asked)) {
            let all: Vec<&str> = ids().collect();
            let help = suggestion(asked, ids())
                .map_or_else(|| format!("merges are {}", List(&all, "and")), |near| format!("did you mean `{near}`?"));
            return Err(output::error(&format!("no merge `{asked}` in the packs of this run"), &help));
        }
    }
    Ok(ids().filter(|id| args.rule.is_empty() || args.rule.iter().any(|asked| is(id, asked))).collect())
}

/// Everything on one merge.
fn merge(run: &MergeRun<'_, '_, '_>, args: &MergeArgs, look: &Style) -> String {
    let merge = run.merge();
    let mut text = format!("{}\n", look.heading(&format!("{} ({})", merge.title, merge.id)));
    if let Some(why) = run.skipped() {
        let _ = writeln!(text, "  not run: {why}\n");
        return text;
    }
    for without in run.without() {
        let _ = writeln!(text, "  ran without {without}");
    }
    run.notes().iter().for_each(|note| {
        let _ = writeln!(text, "  note: {note}");
    });
    let noun = merge.record.noun.get();
    let (records, pairs) = run.counts();
    let counts = [
        format!("{} of several records", Count(run.len(Part::Same) as u64, "person", "people")),
        format!("{} to decide", Count(run.len(Part::Likely) as u64, "pair", "pairs")),
        format!("{} contradicted", Count(run.len(Part::Contradicted) as u64, "chain", "chains")),
    ];
    let pairs = Count(pairs, "pair", "pairs");
    let _ = writeln!(text, "  {}, {pairs} compared: {}", Count(records, noun.name, noun.plural), List(&counts, "and"));
    for common in run.common() {
        let _ =
            writeln!(text, "  no evidence: {} {}, which {} share", common.field, common.value, Count(common.records, "record", "records"));
    }
    for (why, count) in run.apart() {
        let _ = writeln!(text, "  kept apart by {why}: {}", Count(count, "pair", "pairs"));
    }
    text.push('\n');
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    for part in Part::ALL {
        let all = run.len(part);
        if all == 0 {
            continue;
        }
        let (title, count) = match part {
            Part::Same => ("one person", "person"),
            Part::Likely => ("perhaps one person: to be decided", "pair"),
            Part::Contradicted => ("one person by a chain, and contradicted: not merged", "chain"),
        };
        let _ = writeln!(text, "  {}", look.heading(title));
        let shown = all.min(most);
        let rows: Vec<Vec<String>> = (0..shown).flat_map(|at| rows(&run.together(part, at), at + 1)).collect();
        text.push_str(&listing(&[count, noun.name, "name", "where", "why"], &rows, look));
        if all > shown {
            let _ = writeln!(text, "  ... and {} more (--limit 0 shows them)", Count::grouped((all - shown) as u64));
        }
        text.push('\n');
    }
    text
}

/// The weights that were fitted to the data, as TOML with what they rest on.
fn fitted(run: &MergeRun<'_, '_, '_>) -> String {
    let id = &run.merge().id;
    if let Some(why) = run.skipped() {
        return format!("# {id} was not run: {why}\n");
    }
    match run.fitted() {
        None => format!("# {id}: nothing to learn from: no pair that is compared looks like one person\n"),
        Some(found) => format!(
            "# {id}: fitted to {} in {}; about {} of them one person\n{}\n",
            Count(run.counts().1, "compared pair", "compared pairs"),
            Count(found.rounds as u64, "round", "rounds"),
            Count::grouped(found.people.round().max(0.0) as u64),
            score_toml(&found.model)
        ),
    }
}

/// A row a record: the one that survives first, each other with what ties it to those before.
fn rows(together: &Together, number: usize) -> Vec<Vec<String>> {
    let place = |id: &str| together.members.iter().position(|member| member.id == id).unwrap_or(0);
    let of = |nth: usize, evidence: &[Evidence], word: &str| -> Vec<String> {
        let later = |evidence: &&Evidence| place(&evidence.records.0).max(place(&evidence.records.1)) == nth;
        let tell = |evidence: &Evidence| {
            let other = if place(&evidence.records.0) == nth { &evidence.records.1 } else { &evidence.records.0 };
            format!("{word} {other}: {}", evidence.words())
        };
        evidence.iter().filter(later).map(tell).collect()
    };
    let row = |(nth, member): (usize, &Record)| {
        let mut why = Vec::new();
        if nth == 0 && together.part == Part::Same {
            why.push("survives".to_owned());
            why.extend(
                together.values.iter().map(|kept| format!("takes {} {} from {}", kept.field.replace('_', " "), kept.value, kept.from)),
            );
            if !together.sees.is_empty() {
                why.push(format!("one account sees {}", List(&together.sees, "and")));
            }
        }
        why.extend(of(nth, &together.evidence, "with"));
        why.extend(of(nth, &together.against, "but not"));
        let number = if nth == 0 { number.to_string() } else { String::new() };
        vec![number, member.id.clone(), name(member), format!("{}:{}", member.file, member.line), why.join("; ")]
    };
    together.members.iter().enumerate().map(row).collect()
}

/// First and last name, or the name as a whole.
fn name(record: &Record) -> String {
    let cell = |field: &str| {
        record.cells.iter().find(|cell| cell.field == field && !cell.value.trim().is_empty()).map(|cell| cell.value.trim().to_owned())
    };
    let parts: Vec<String> = ["first_name", "last_name"].iter().filter_map(|field| cell(field)).collect();
    if parts.is_empty() { cell("name").unwrap_or_default() } else { parts.join(" ") }
}

/// The columns of a review sheet. A person fills in `decision` and `reason`.
const HEADER: [&str; 11] = ["merge", "kind", "score", "records", "names", "where", "evidence", "against", "sees", "decision", "reason"];

/// Writes the review sheet, a row for what belongs together, and gives the number of rows. The file is whole or not there.
fn write(path: &Path, kind: crate::report::SheetKind, runs: &[MergeRun<'_, '_, '_>]) -> Result<u64, Exit> {
    let header: Vec<String> = HEADER.map(str::to_owned).to_vec();
    let mut count = 0;
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let row = |run: &MergeRun<'_, '_, '_>, part: Part, at: usize| {
        let together = run.together(part, at);
        let each = |of: &dyn Fn(&Record) -> String| text(together.members.iter().map(of).collect::<Vec<_>>().join(decisions::BETWEEN));
        let why = |evidence: &[Evidence]| {
            let words = |evidence: &Evidence| format!("{} and {}: {}", evidence.records.0, evidence.records.1, evidence.words());
            text(evidence.iter().map(words).collect::<Vec<_>>().join("; "))
        };
        vec![
            text(run.merge().id.to_string()),
            text(part.word().to_owned()),
            together.score.map(|score| format!("{score:.1}")),
            each(&|member| member.id.clone()),
            each(&name),
            each(&|member| format!("{}:{}", member.file, member.line)),
            why(&together.evidence),
            why(&together.against),
            text(together.sees.join(" ")),
            None,
            None,
        ]
    };
    // What a person must decide stands first.
    let parts = [Part::Likely, Part::Contradicted, Part::Same];
    let all = runs.iter().flat_map(|run| parts.into_iter().flat_map(move |part| (0..run.len(part)).map(move |at| (run, part, at))));
    let rows = all.map(|(run, part, at)| row(run, part, at)).inspect(|_| count += 1);
    files::replace(path, Readers::Default, |out| sheet((kind, Audience::People), &header, rows, out))
        .map_err(|error| output::error(&format!("`{}` can't be written: {error}", path.display()), "no file was left"))?;
    Ok(count)
}

/// Keeps the decisions that a review sheet holds.
fn keep(sheet: &Path, path: Option<&Path>, known: &[crate::pack::Decision], packs: &[Pack], today: i32) -> Result<(Exit, Vec<Of>), Exit> {
    let Some(path) = path else {
        let help = "say where they are kept: `[merge] decisions = \"decisions.toml\"` in rollbook.toml, or --decisions FILE";
        return Err(output::error("--read keeps decisions, and no file of decisions is named", help));
    };
    let merges: Vec<&str> = packs.iter().flat_map(|pack| &pack.merges).map(|merge| &*merge.id).collect();
    let made = decisions::from_sheet(sheet, &merges)?;
    let filled = made.len();
    let of = made.iter().flat_map(|made| made.records.iter().map(|record| (made.merge.clone(), record.clone()))).collect();
    let (added, refused) = decisions::add(path, known, made, &iso(today))?;
    print(&format!(
        "{} in {}, {} new in {}\n",
        Count(filled as u64, "decision", "decisions"),
        sheet.display(),
        Count::grouped(added as u64),
        path.display()
    ));
    for records in &refused {
        output::error(&format!("{records} were decided the other way before, and stay so"), "take the old decision out of the file first");
    }
    Ok((if refused.is_empty() { Exit::Clean } else { Exit::Findings }, of))
}

/// A merge by its id, and a record that was decided on.
type Of = (String, String);

/// Tells which of the records that were decided on nobody has today. Such a decision is kept, since people leave and come back; or the id is a slip.
fn unknown(decided: &[Of], packs: &[Pack], survey: Survey, today: i32) {
    let supplies = |noun, epoch, field: Option<&crate::model::FieldRef>| load::supplies(&survey, noun, epoch, field);
    let plan = Plan::new(packs, &|_| false, &supplies, today).with_merges();
    let wanted = plan.wanted();
    let dataset = load::read(survey, &wanted, &plan, None);
    for merge in packs.iter().flat_map(|pack| &pack.merges) {
        let mut sought: Vec<&str> = decided.iter().filter(|(id, _)| *id == *merge.id).map(|(_, record)| record.as_str()).collect();
        for binding in [&merge.record, &merge.other] {
            let Some(table) = dataset.table(binding.noun, binding.epoch).filter(|_| !sought.is_empty()) else { continue };
            for row in 0..table.len() as u32 {
                let id = dataset.identity(table, row);
                sought.retain(|record| *record != id);
            }
        }
        sought.sort_unstable();
        sought.dedup();
        let noun = merge.record.noun.get();
        if !sought.is_empty() {
            let (is, has) = if sought.len() == 1 { (noun.name, "is") } else { (noun.plural, "are") };
            eprintln!("note: {is} {} {has} not in the data of today; check the ids, unless they have left", List(&sought, "and"));
        }
    }
}
