//! `rollbook forecast --after`: whether the forecast came true.
use super::args::ForecastArgs;
use super::exit::Exit;
use super::forecast::{most, place, platforms};
use super::output;
use crate::engine::{Agreement, Forecast, SyncRun, agreement};
use crate::finding::{Count, List};
use crate::model::Epoch;
use crate::report::{Style, listing, paragraph};
use crate::roster::{Input, Layouts, Role, Survey, is_there};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Differences shown per sync, unless `--limit` says otherwise.
const SHOWN: usize = 20;

/// The same data with the accounts, or the snapshot, as they were afterwards, and which of the two are.
pub(super) fn survey(after: &[PathBuf], inputs: &[Input], layouts: &Layouts) -> Result<(Survey, Vec<Role>), Exit> {
    let mut then: Vec<Input> = inputs.to_vec();
    let mut replaced: Vec<Role> = Vec::new();
    for path in after {
        if !is_there(path) {
            return Err(output::error(
                &format!("`{}` is not there", path.display()),
                "name an export of accounts, or a folder of roster data",
            ));
        }
        let role = role(path, inputs, layouts)?;
        if !replaced.contains(&role) {
            then.retain(|input| input.role != role);
            replaced.push(role);
        }
        // Files of one kind are one source, as they are before.
        match then.iter_mut().find(|input| input.role == role) {
            Some(input) => {
                input.paths.push(path.clone());
                input.shown = format!("{}, {}", input.shown, path.display());
            }
            None => {
                let layout = inputs.iter().find(|input| input.role == role).and_then(|input| input.layout.clone());
                then.push(Input { role, paths: vec![path.clone()], layout, shown: path.display().to_string() });
            }
        }
    }
    then.sort_by_key(|input| match input.role {
        Role::Roster => 0,
        Role::Accounts => 1,
        Role::Previous | Role::Proposed | Role::Earlier => 2,
    });
    let survey = Survey::new(&then, layouts).map_err(|error| output::unread(&error))?;
    Ok((survey, replaced))
}

/// What a path is the later state of: accounts where its format has any, otherwise what the platform was last sent.
fn role(path: &std::path::Path, inputs: &[Input], layouts: &Layouts) -> Result<Role, Exit> {
    let layout = inputs.iter().find(|input| input.role == Role::Accounts).and_then(|input| input.layout.clone());
    let alone = |layout: Option<String>| {
        // As a snapshot it may be in any format.
        let input = Input { role: Role::Previous, paths: vec![path.to_path_buf()], layout, shown: path.display().to_string() };
        Survey::new(&[input], layouts)
    };
    let survey = alone(None).or_else(|error| if layout.is_some() { alone(layout) } else { Err(error) });
    let survey = survey.map_err(|error| output::unread(&error))?;
    let has_accounts = survey.layouts().iter().any(|found| {
        let nouns = layouts.get(&found.layout).map(|layout| layout.nouns()).unwrap_or_default();
        nouns.iter().any(|noun| noun.get().name == "account")
    });
    Ok(if has_accounts { Role::Accounts } else { Role::Previous })
}

/// How the two agree, and whether they do; `None` when nothing could be compared. `replaced` is what is known of the time after.
pub(super) fn text(
    forecast: &Forecast<'_, '_>,
    after: &Forecast<'_, '_>,
    replaced: &[Role],
    args: &ForecastArgs,
    look: &Style,
) -> (String, Option<bool>) {
    let syncs: Vec<SyncRun<'_, '_, '_>> = forecast.syncs().collect();
    let afterwards: Vec<SyncRun<'_, '_, '_>> = after.syncs().collect();
    let mut agreements = agreement(forecast, after);
    for agreement in &mut agreements {
        let run = &syncs[agreement.sync];
        if run.skipped().is_none()
            && run.idle().is_none()
            && let Some(why) = unknown(run, replaced)
        {
            agreement.skipped = Some(why.to_owned());
        }
    }
    let (mut text, mut compared, mut agreed, mut unforeseen, mut any) = (String::new(), 0, 0, 0, false);
    for platform in platforms(forecast, args) {
        let _ = writeln!(text, "{}", look.heading(&format!("{} ({})", platform.platform.title, platform.pack)));
        if platform.is_held() {
            text.push_str("  it was held, so everything should be as it was\n");
        }
        for at in &platform.syncs {
            let Some(agreement) = agreements.iter().find(|agreement| agreement.sync == *at) else { continue };
            text.push_str(&sync(&syncs[*at], agreement, platform.is_held(), args, look));
            if agreement.skipped.is_some() {
                continue;
            }
            any = true;
            if let Some(then) = afterwards.get(*at) {
                // What the forecast knew and the state afterwards does not say was not looked at: that is no agreement.
                for without in then.without().iter().filter(|words| !syncs[*at].without().contains(words)) {
                    let _ = writeln!(text, "    compared without {without}");
                }
            }
            compared += agreement.compared;
            agreed += agreement.agreed();
            unforeseen += agreement.unforeseen.len() as u64;
        }
        text.push('\n');
    }
    if !any {
        text.push_str("nothing could be compared\n");
        return (text, None);
    }
    let more = match unforeseen {
        0 => String::new(),
        _ => format!("; {} appeared that nobody foresaw", Count(unforeseen, "account", "accounts")),
    };
    let _ = writeln!(text, "the forecast agrees on {} of {}{more}", Count::grouped(agreed), Count(compared, "record", "records"));
    (text, Some(agreed == compared && unforeseen == 0))
}

/// Why nobody knows what became of the accounts of a sync: nothing of the time after says what the platform has.
fn unknown(run: &SyncRun<'_, '_, '_>, replaced: &[Role]) -> Option<&'static str> {
    let (role, why) = match run.sync().other.epoch {
        Epoch::Previous => (Role::Previous, "since no roster was given to --after"),
        _ => (Role::Accounts, "since no export of accounts was given to --after"),
    };
    (!replaced.contains(&role)).then_some(why)
}

fn sync(run: &SyncRun<'_, '_, '_>, agreement: &Agreement, held: bool, args: &ForecastArgs, look: &Style) -> String {
    let name = &run.sync().title;
    if let Some(why) = &agreement.skipped {
        return paragraph(2, &format!("{name}: not compared, {why}"), look);
    }
    let compared = Count(agreement.compared, "record", "records");
    let mut text = format!("  {name}: agrees on {} of {compared}\n", Count::grouped(agreement.agreed()));
    if agreement.without_id > 0 {
        let accounts = Count(agreement.without_id, "account has", "accounts have");
        text.push_str(&paragraph(4, &format!("{accounts} no id, so that nobody can tell which it is now: not compared"), look));
    }
    let most = most(args, SHOWN);
    let rows: Vec<Vec<String>> = agreement
        .differing
        .iter()
        .take(most)
        .map(|differing| {
            let told = run.tell(differing.entry);
            let place = told.record.as_ref().or(told.account.as_ref()).map(place);
            vec![
                told.id,
                told.name.unwrap_or_default(),
                place.unwrap_or_default(),
                if held {
                    format!("the sync was held, so all should be as it was, but {}", differing.found)
                } else {
                    format!("forecast said {}, but {}", differing.said.words(), differing.found)
                },
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&listing(&[run.sync().record.noun.get().name, "name", "where", "what differs"], &rows, look));
    }
    if agreement.differing.len() > rows.len() {
        let left = Count::grouped((agreement.differing.len() - rows.len()) as u64);
        let _ = writeln!(text, "  ... and {left} more (--limit 0 shows them)");
    }
    if !agreement.unforeseen.is_empty() {
        let shown: Vec<&String> = agreement.unforeseen.iter().take(most).collect();
        let more = agreement.unforeseen.len() - shown.len();
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let _ = writeln!(text, "  appeared, and nobody foresaw it: {}{more}", List(&shown, "and"));
    }
    text
}
