//! A forecast as rows: for the file that `--out` writes, and for programs.
use super::args::ForecastArgs;
use super::exit::Exit;
use super::files::{self, Readers};
use super::forecast::{change, held, platforms};
use super::output;
use crate::engine::{Forecast, SyncEntry, SyncRun, Told};
use crate::pack::Outcome;
use crate::report::{Audience, SheetKind, sheet};
use std::path::Path;

/// The columns.
const HEADER: [&str; 16] = [
    "platform", "sync", "kind", "school", "id", "name", "outcome", "account", "fields", "changes", "reason", "rule", "source", "file",
    "line", "held",
];
/// Records that are worked out at once.
const BLOCK: usize = 8192;

/// A row for each record and account of which there is something to tell; with `--limit`, so many per outcome.
fn rows<'f>(forecast: &'f Forecast<'_, '_>, args: &'f ForecastArgs, limit: usize) -> impl Iterator<Item = Vec<Option<String>>> + 'f {
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let mut asked: Vec<(&str, SyncRun<'_, '_, '_>, String)> = Vec::new();
    for platform in platforms(forecast, args) {
        let runs: Vec<&SyncRun<'_, '_, '_>> = platform.syncs.iter().map(|at| &syncs[*at]).collect();
        let why = held(platform, &runs).join(" ").replace("HELD. ", "");
        let there = runs.iter().filter(|run| run.skipped().is_none() && run.idle().is_none());
        asked.extend(there.map(|run| (platform.pack, **run, why.clone())));
    }
    asked.into_iter().flat_map(move |(pack, run, held)| {
        let told = Outcome::ALL.into_iter().filter(|outcome| outcome.is_told());
        let entries: Vec<SyncEntry> = told.flat_map(|outcome| run.entries(outcome, &args.school, limit)).collect();
        blocks(entries).flat_map(move |block| {
            use rayon::prelude::*;
            block.into_par_iter().map(|entry| row(pack, &run, &run.tell(entry), &held)).collect::<Vec<_>>()
        })
    })
}

fn blocks(entries: Vec<SyncEntry>) -> impl Iterator<Item = Vec<SyncEntry>> {
    (0..entries.len()).step_by(BLOCK).map(move |start| entries[start..entries.len().min(start + BLOCK)].to_vec())
}

fn row(pack: &str, run: &SyncRun<'_, '_, '_>, told: &Told, held: &str) -> Vec<Option<String>> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let place = told.record.as_ref().or(told.account.as_ref()).filter(|record| record.line > 0);
    let reason: Vec<&str> =
        std::iter::once(told.reason.as_str()).chain(told.notes.iter().map(String::as_str)).filter(|word| !word.is_empty()).collect();
    vec![
        text(pack),
        text(&run.sync().id),
        text(run.sync().record.noun.get().name),
        told.school.clone(),
        text(&told.id),
        told.name.clone(),
        text(told.outcome.words()),
        told.account.as_ref().and_then(|account| text(&account.id)),
        text(&told.changes.iter().map(|change| change.field).collect::<Vec<_>>().join(" ")),
        text(&told.changes.iter().map(change).collect::<Vec<_>>().join("; ")),
        text(&reason.join("; ")),
        told.rule.as_ref().map(ToString::to_string),
        place.map(|record| record.source.to_string()),
        place.map(|record| record.file.to_string()),
        place.map(|record| record.line.to_string()),
        text(held),
    ]
}

fn header() -> Vec<String> {
    HEADER.map(str::to_owned).to_vec()
}

/// Writes all rows, and says how many. The file is whole or not there.
pub(super) fn write(path: &Path, kind: SheetKind, forecast: &Forecast<'_, '_>, args: &ForecastArgs) -> Result<u64, Exit> {
    let mut count = 0;
    let rows = rows(forecast, args, usize::MAX).inspect(|_| count += 1);
    files::replace(path, Readers::Default, |out| sheet((kind, Audience::People), &header(), rows, out))
        .map_err(|error| output::error(&format!("`{}` can't be written: {error}", path.display()), "no file was left"))?;
    Ok(count)
}

/// The rows as lines of JSON.
pub(super) fn lines(forecast: &Forecast<'_, '_>, args: &ForecastArgs) -> Result<String, Exit> {
    let limit = args.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    sheet((SheetKind::Jsonl, Audience::Program), &header(), rows(forecast, args, limit), &mut lines)
        .map_err(|error| output::error(&format!("the forecast can't be written: {error}"), ""))?;
    Ok(String::from_utf8_lossy(&lines).into_owned())
}

/// What no row says: which syncs could not be forecast, and why a platform is held.
pub(super) fn silent(forecast: &Forecast<'_, '_>, args: &ForecastArgs) -> Vec<String> {
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let mut lines = Vec::new();
    for platform in platforms(forecast, args) {
        let runs: Vec<&SyncRun<'_, '_, '_>> = platform.syncs.iter().map(|at| &syncs[*at]).collect();
        lines.extend(runs.iter().filter_map(|run| Some(format!("not forecast: {}, {}", run.sync().id, run.skipped()?))));
        lines.extend(held(platform, &runs).iter().map(|why| format!("{}: {why}", platform.pack)));
    }
    lines
}
