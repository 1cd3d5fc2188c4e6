//! `rollbook snapshot`: keeps what comparing needs of today's data.
use super::args::{DataArgs, SnapshotArgs};
use super::clock::Clock;
use super::exit::Exit;
use super::files::{self, Readers};
use super::load::{self, Loaded, Purpose};
use super::output::{self, print, style};
use super::progress::Progress;
use super::snapshots;
use super::threads;
use crate::engine::{Keeps, Plan, stand_ins};
use crate::finding::{Count, Finding, List};
use crate::model::{Epoch, FieldRef, LAST_SEEN, NounId, Type, iso};
use crate::report::listing;
use crate::roster::{Dataset, KeepOptions, Kept, MadeFrom, Manifest, ReadOptions, Role, Survey, Sym, Wanted, is_snapshot, snapshot_at};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Days for which snapshots stay, when nobody says it.
const KEEP: i64 = 30;
/// Days for which records that are gone are remembered.
const REMEMBER: i64 = 400;
/// From so many records on, fewer than half of those of the snapshot before look like data that was cut short.
const FEW: u64 = 10;

pub(super) fn run(args: &SnapshotArgs) -> Exit {
    threads::on(args.threads, || snapshot(args))
}

fn snapshot(args: &SnapshotArgs) -> Result<Exit, Exit> {
    let mut clock = Clock::new(args.timings);
    let data = DataArgs {
        path: args.path.clone(),
        accounts: args.accounts.clone(),
        previous: Vec::new(),
        pack: args.pack.clone(),
        layout: args.layout.clone(),
        date: args.date.clone(),
        decisions: None,
        threads: args.threads,
        no_config: args.no_config,
    };
    let purpose = Purpose::Keep { to: args.to.as_deref() };
    let Loaded { configured, inputs, mut survey, packs, today, .. } =
        load::load_for(purpose, &data, &args.look, &mut || clock.lap("survey"))?;
    let folder = args.to.clone().unwrap_or_else(|| snapshots::folder(&configured));
    let same = |source: &Path| matches!((folder.canonicalize(), source.canonicalize()), (Ok(folder), Ok(source)) if folder == source);
    if let Some(source) = inputs.iter().flat_map(|input| &input.paths).find(|path| same(path)) {
        let message = format!("`{}` is what is read ({})", folder.display(), source.display());
        return Err(output::error(&message, "name another folder with --to: the data is never written to"));
    }
    let mut read = inputs.iter().filter(|input| input.role != Role::Previous).flat_map(|input| &input.paths);
    if let Some(source) = read.find(|source| files::is_inside(&folder, source)) {
        let message =
            format!("`{}` is inside of what is read ({}): the next run would read snapshots too", folder.display(), source.display());
        let help = format!("keep them beside it, with --to {} or `folder` under [snapshots] of rollbook.toml", beside(source).display());
        return Err(output::error(&message, &help));
    }
    let settings = &configured.config.snapshots;
    let path = folder.join(format!("{}.zip", iso(today)));
    if path.exists() && !is_snapshot(&path) {
        return Err(output::error(
            &format!("`{}` is there, and is no snapshot", path.display()),
            "take it away, or name another folder with --to",
        ));
    }

    let keeps = keeps(&survey, &packs, today)?;
    let wanted = wanted(&keeps);
    survey.only_earlier(&keeps.earlier);
    let before: Option<Manifest> = survey.snapshots().map(|(_, manifest)| manifest.clone()).next();
    let (hashed, lost) = (survey.hashed(), survey.unusable());
    let made_from = made_from(&survey);
    clock.lap("packs and plan");
    let progress = Progress::new();
    let reading = |done, all| progress.tell("reading", done, all);
    let dataset = survey.read(&wanted, &ReadOptions { progress: Some(&reading) });
    progress.done();
    clock.lap("reading");
    // What is replaced may be the better one of a day.
    let replaced = snapshot_at(&path);
    let doubts = doubts(&dataset, before.iter().chain(&replaced));
    if !doubts.is_empty() && !args.anyway {
        doubts.iter().for_each(|why| eprintln!("incomplete: {why}"));
        eprintln!(
            "no snapshot was kept: tomorrow's data would be compared with what is missing here. If all is as it should be, --anyway keeps it."
        );
        return Ok(Exit::Incomplete);
    }

    std::fs::create_dir_all(&folder)
        .map_err(|error| output::error(&format!("the folder `{}` can't be made: {error}", folder.display()), "name another with --to"))?;
    let fields = fields(&dataset, &keeps);
    let needs_key = fields.values().any(|fields| fields.values().any(Option::is_some));
    let place = snapshots::key_path(&configured, &folder);
    let (key, made) = if needs_key {
        let (key, made) = snapshots::key(&place, &folder)?;
        (Some(key), made)
    } else {
        (None, false)
    };
    let options = KeepOptions {
        day: today,
        fields: &fields,
        earlier: &keeps.earlier,
        remember: i32::try_from(settings.remember_days.unwrap_or(REMEMBER)).unwrap_or(i32::MAX),
        key: key.as_ref(),
        before: before.as_ref().map(|before| (before.day, hashed.as_slice())),
        lost: &lost,
        made_from,
        incomplete: !doubts.is_empty(),
    };
    let kept = dataset.keep(&options).map_err(|error| output::error(&format!("the snapshot can't be packed: {error}"), ""))?;
    clock.lap("packing");
    let fault = |error: std::io::Error| {
        output::error(
            &format!("the snapshot `{}` can't be written: {error}", path.display()),
            "what stood there before is as it was; check the folder and its space",
        )
    };
    files::replace(&path, Readers::Owner, |out| kept.write(out)).map_err(fault)?;
    clock.lap("writing");
    let old = prune(&folder, today, settings.keep_days.unwrap_or(KEEP));
    print(&told(&kept, &path, args));
    if let Some(key) = &key {
        let made = if made { "was made for it, for its owner's eyes alone" } else { "is the one that was there" };
        print(&format!(
            "The key {} {made} ({}). Keep it apart from the snapshots: with both, hashes can be guessed.\n",
            place.display(),
            key.print()
        ));
    }
    if !lost.is_empty() {
        print("What the snapshot before kept as hashes was made with another key, and is not carried on.\n");
    }
    print(&old);
    doubts.iter().for_each(|why| eprintln!("incomplete, and kept all the same: {why}"));
    clock.tell();
    std::mem::forget(dataset);
    Ok(Exit::Clean)
}

/// Where snapshots may stand that are made of a folder.
fn beside(source: &Path) -> PathBuf {
    match source.file_name() {
        Some(_) => source.with_file_name(snapshots::FOLDER),
        None => {
            let above = source.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
            above.join("..").join(snapshots::FOLDER)
        }
    }
}

/// What the rules of the packs will ask of this data when it is the previous one, and later when it is gone.
fn keeps(survey: &Survey, packs: &[crate::pack::Pack], today: i32) -> Result<Keeps, Exit> {
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| match epoch {
        Epoch::Proposed => false,
        Epoch::Earlier if field.is_some_and(|field| field.name(noun) == LAST_SEEN) => survey.supplies(noun, Epoch::Today),
        _ => load::supplies(survey, noun, Epoch::Today, field),
    };
    let keeps = Plan::new(packs, &|_| true, &supplies, today).with_merges().with_forecast().with_fixes().keeps();
    if keeps.fields.is_empty() && !survey.incomplete().is_empty() {
        survey.incomplete().iter().for_each(|why| eprintln!("incomplete: {why}"));
        eprintln!("no snapshot was kept: there is nothing to keep");
        return Err(Exit::Incomplete);
    }
    if keeps.fields.is_empty() {
        let names: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
        let message = format!("no rule of {} compares this data with an earlier day, so there is nothing to keep", List(&names, "and"));
        return Err(output::error(&message, "name the packs with --pack, or in rollbook.toml"));
    }
    Ok(keeps)
}

fn wanted(keeps: &Keeps) -> Wanted {
    let mut wanted = Wanted::default();
    for (noun, fields) in &keeps.fields {
        for field in fields.keys() {
            wanted.add(*noun, Epoch::Today, field.clone());
            for epoch in [Epoch::Previous, Epoch::Earlier].into_iter().filter(|_| keeps.earlier.contains(noun)) {
                wanted.add(*noun, epoch, field.clone());
            }
        }
        if let Some(seen) = noun.field(LAST_SEEN).filter(|_| keeps.earlier.contains(noun)) {
            wanted.add(*noun, Epoch::Earlier, FieldRef::Field(seen));
        }
    }
    wanted
}

fn made_from(survey: &Survey) -> Vec<MadeFrom> {
    let of_today = |role: Role| matches!(role, Role::Roster | Role::Accounts);
    let sources = survey.layouts().into_iter().filter(|source| of_today(source.role));
    sources.map(|source| MadeFrom { source: source.role.word().to_owned(), path: source.shown, layout: source.title }).collect()
}

/// Why this data should not be what tomorrow is compared with.
fn doubts<'a>(dataset: &Dataset, others: impl Iterator<Item = &'a Manifest>) -> Vec<String> {
    let mut doubts = dataset.incomplete().to_vec();
    // Whoever is not among the changes would be gone tomorrow.
    let of_today = |finding: &&Finding| finding.place.as_ref().is_some_and(|place| *place.source == *Role::Roster.word());
    let parts = dataset.findings().iter().filter(|finding| *finding.rule == *"read/part").filter(of_today);
    doubts.extend(parts.map(|finding| finding.message.clone()));
    let kept = NounId::all().filter(|noun| !noun.get().technical).filter_map(|noun| dataset.table(noun, Epoch::Today));
    if kept.map(|table| table.len() as u64).sum::<u64>() == 0 {
        doubts.push("there is no record".to_owned());
    }
    let members = others.flat_map(|other| other.files.iter().map(|member| (iso(other.day), member)));
    for (day, member) in members.filter(|(_, member)| !member.earlier && !member.noun.get().technical) {
        let now = dataset.table(member.noun, Epoch::Today).map_or(0, |table| table.len() as u64);
        if member.rows >= FEW && now * 2 < member.rows {
            let (one, many) = (member.noun.get().name, member.noun.get().plural);
            let was = if now == 0 {
                format!("there are no {many}")
            } else {
                format!("there {} {}", if now == 1 { "is" } else { "are" }, Count(now, one, many))
            };
            doubts.push(format!("{was}, and on {day} there were {}", Count::grouped(member.rows)));
        }
    }
    doubts
}

/// The fields to keep, now that the records are known. Those that identify records which lack their id are kept as they are, since a finding is known by them; where
/// all records have one, they are kept only if a rule reads them.
fn fields(dataset: &Dataset, keeps: &Keeps) -> BTreeMap<NounId, BTreeMap<FieldRef, Option<Type>>> {
    let mut fields = keeps.fields.clone();
    for (noun, fields) in &mut fields {
        let (Some(first), others) = stand_ins(*noun) else { continue };
        let lacks = |epoch: Epoch| {
            let Some(table) = dataset.table(*noun, epoch) else { return false };
            table.column(&FieldRef::Field(first)).is_none_or(|column| column.contains(&Sym::MISSING)) && !table.is_empty()
        };
        if [Epoch::Today, Epoch::Previous, Epoch::Earlier].into_iter().any(lacks) {
            fields.iter_mut().filter(|(field, _)| others.contains(field)).for_each(|(_, kind)| *kind = None);
        } else {
            fields.retain(|field, _| !keeps.spare.contains(&(*noun, field.clone())));
        }
    }
    fields
}

/// Removes snapshots that are older than so many days, and says which.
fn prune(folder: &Path, today: i32, days: i64) -> String {
    let old: Vec<(i32, PathBuf)> =
        snapshots::list(folder).into_iter().filter(|(day, path)| i64::from(today) - i64::from(*day) > days && is_snapshot(path)).collect();
    let (mut gone, mut text) = (Vec::new(), String::new());
    for (day, path) in old {
        match std::fs::remove_file(&path) {
            Ok(()) => gone.push(iso(day)),
            Err(error) => {
                let _ = writeln!(text, "{} is older than {days} days, and can't be removed: {error}", path.display());
            }
        }
    }
    if let (Some(first), Some(last)) = (gone.first(), gone.last()) {
        let days = Count(days as u64, "day", "days");
        let _ = match gone.len() {
            1 => writeln!(text, "Removed the snapshot of {first}, which is older than {days}."),
            count => writeln!(text, "Removed {count} snapshots that are older than {days}, from {first} to {last}."),
        };
    }
    text
}

/// What was kept, for people.
fn told(kept: &Kept, path: &Path, args: &SnapshotArgs) -> String {
    let look = style(&args.look, false);
    let manifest = &kept.manifest;
    let size = std::fs::metadata(path).map_or(0, |data| data.len());
    let mut text = format!("{}\n", look.heading(&format!("Kept for comparing: {} ({})", path.display(), bytes(size))));
    let rows: Vec<Vec<String>> = manifest
        .files
        .iter()
        .map(|member| {
            let names =
                |fields: Vec<&FieldRef>| fields.iter().map(|field| field.name(member.noun).to_owned()).collect::<Vec<_>>().join(", ");
            let what = member.noun.get().plural;
            let what = if member.earlier { format!("{what} that are gone") } else { what.to_owned() };
            let clear = names(member.clear.iter().collect());
            let hashed = names(member.hashed.iter().map(|(field, _)| field).collect());
            let fields = match (clear.is_empty(), hashed.is_empty()) {
                (_, true) => clear,
                (true, false) => format!("as hashes: {hashed}"),
                (false, false) => format!("{clear}; as hashes: {hashed}"),
            };
            vec![what, Count::grouped(member.rows), fields]
        })
        .collect();
    text.push_str(&listing(&["records", "how many", "fields"], &rows, &look));
    text
}

fn bytes(size: u64) -> String {
    match size {
        0..10_000 => format!("{} bytes", Count::grouped(size)),
        10_000..10_000_000 => format!("{} kB", Count::grouped(size / 1000)),
        _ => format!("{} MB", Count::grouped(size / 1_000_000)),
    }
}
