//! Decides which layout a source is in, and says what it resembles when it is in none.
use super::detect::{Fit, Names, Near, Sight, Verdict, choose, fit, resemblance};
use super::excerpt;
use super::header::Header;
use super::layout::{FileMap, Layout};
use super::layouts::Layouts;
use super::survey::{Input, Role, SurveyError};
use crate::finding::{List, suggestion};
use crate::model::noun;

/// A layout, how it is known, and of each file the map that takes it.
pub(super) type Chosen<'l> = (&'l Layout, String, Vec<Option<usize>>);

/// Fits the layouts to what was found, first those that its names make `likely`, or takes the one that the user named.
pub(super) fn choose_layout<'l>(
    input: &Input,
    (layouts, likely): (&'l Layouts, &[&'l Layout]),
    sights: &[Sight<'_>],
    whole: bool,
) -> Result<Chosen<'l>, SurveyError> {
    if let Some(name) = &input.layout {
        let Some(layout) = layouts.get(name) else { return Err(unknown_layout(name, layouts)) };
        let mut files = fit(layout, sights, whole, Names::Own).files;
        // Who names the layout has already decided: what the name allows is taken, whatever the headers.
        for takes in [FileMap::takes, FileMap::resembles] {
            for (at, sight) in sights.iter().enumerate() {
                let free = |map: &usize| {
                    takes(&layout.files[*map], sight.name) && (layout.files[*map].takes(sight.name) || !files.contains(&Some(*map)))
                };
                files[at] = files[at].or_else(|| (0..layout.files.len()).find(free));
            }
        }
        // A file that the user named, or the only one, is meant, whatever it is called: its columns tell which it is.
        for (at, sight) in sights.iter().enumerate().filter(|(_, sight)| sight.given || sights.len() == 1) {
            let near = || resemblance(layout, std::slice::from_ref(sight)).map(|near| near.at).filter(|map| !files.contains(&Some(*map)));
            let map = files[at].or_else(near);
            files[at] = map;
        }
        if !whole && let ([None], [_]) = (&files[..], &layout.files[..]) {
            files = vec![Some(0)];
        }
        if files.iter().all(Option::is_none) {
            return Err(no_files(input, layout, sights));
        }
        return Ok((layout, "as configured".to_owned(), files));
    }
    let fits_role = fits_role(input);
    let fits: Vec<Fit<'_>> = likely.iter().copied().filter(fits_role).map(|layout| fit(layout, sights, whole, Names::Own)).collect();
    let mut verdict = choose(fits);
    if matches!(verdict, Verdict::Nothing) {
        // Names that only resemble those of a format will do where the headers are its own.
        verdict = choose(layouts.iter().filter(fits_role).map(|layout| fit(layout, sights, whole, Names::Alike)).collect());
    }
    if matches!(verdict, Verdict::Nothing) {
        // A file that is called as the format says may lack a column: that is then told.
        let fits = layouts.iter().filter(fits_role).map(|layout| fit(layout, sights, whole, Names::Spoken)).collect();
        verdict = Some(choose(fits)).filter(|verdict| matches!(verdict, Verdict::Found(_))).unwrap_or(Verdict::Nothing);
    }
    match verdict {
        Verdict::Found(mut fit) => {
            let mut names: Vec<String> =
                sights.iter().zip(&fit.files).filter(|(_, map)| map.is_some()).map(|(sight, _)| sight.shown.to_owned()).collect();
            if names.len() > 4 {
                let more = names.len() - 3;
                names.truncate(3);
                names.push(format!("{more} more"));
            }
            // A file by its name that has nothing of it, without its header say, is told as such and not as a stranger.
            for (at, sight) in sights.iter().enumerate().filter(|_| input.role == Role::Roster) {
                let free = |map: &usize| !fit.files.contains(&Some(*map)) && fit.layout.files[*map].is_named_like(sight.name);
                let map = fit.files[at].or_else(|| (0..fit.layout.files.len()).find(free));
                fit.files[at] = map;
            }
            match of_another(input, layouts, sights, &fit).filter(|_| whole) {
                Some(error) => Err(error),
                None => Ok((fit.layout, format!("recognised by {}", List(&names, "and")), fit.files)),
            }
        }
        Verdict::Ambiguous(_) | Verdict::Nothing if sights.iter().all(|sight| sight.header.is_none()) => Err(unreadable(input, sights)),
        Verdict::Ambiguous(near) => {
            let names: Vec<String> = near.iter().map(|layout| format!("`{}`", layout.name)).collect();
            let flags: Vec<String> = near.iter().take(NEAREST).map(|layout| format!("`{}`", flag(input, layout))).collect();
            let what = match sights {
                [_] => format!("`{}` fits", input.shown),
                _ => format!("the files in `{}` fit", input.shown),
            };
            Err(SurveyError {
                message: format!("{what} several formats equally well: {}", List(&names, "and")),
                help: format!("say which one it is with {}", List(&flags, "or")),
                by_data: false,
            })
        }
        Verdict::Nothing => Err(nothing(input, layouts, sights)),
    }
}

/// Most files are of another format than the one that was found: a roster beside the accounts, say. To judge the few alone would look like a verdict on all.
fn of_another(input: &Input, layouts: &Layouts, sights: &[Sight<'_>], fit: &Fit<'_>) -> Option<SurveyError> {
    let is_of = |layout: &Layout, sight: &Sight<'_>| {
        resemblance(layout, std::slice::from_ref(sight)).is_some_and(|near| near.missing.is_empty() && near.known == near.of)
    };
    let left = || sights.iter().zip(&fit.files).filter(|(sight, map)| map.is_none() && !is_of(fit.layout, sight)).map(|(sight, _)| sight);
    let taken: Vec<&Sight<'_>> = sights.iter().zip(&fit.files).filter(|(_, map)| map.is_some()).map(|(sight, _)| sight).collect();
    if input.role != Role::Roster || left().count() <= taken.len() {
        return None;
    }
    let mut others: Vec<(&Layout, Vec<&Sight<'_>>)> =
        layouts.iter().map(|layout| (layout, left().filter(|sight| is_of(layout, sight)).collect::<Vec<_>>())).collect();
    // Among equals the first stays, as the order of the layouts has it.
    others.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    let (other, files) = others.into_iter().next().filter(|(_, files)| files.len() > taken.len())?;
    let some = |files: &[&Sight<'_>]| {
        let mut names: Vec<String> = files.iter().take(2).map(|sight| format!("`{}`", sight.shown)).collect();
        if files.len() > 2 {
            names.push(format!("{} more", files.len() - 2));
        }
        List(&names, "and").to_string()
    };
    let formats = format!("{} of {} and {} of {}", some(&taken), fit.layout.title, some(&files), other.title);
    Some(SurveyError {
        message: format!("`{}` holds files of two formats: {formats}", input.shown),
        help: "give the folder of the roster as PATH, accounts with --accounts and yesterday's data with --previous".to_owned(),
        by_data: false,
    })
}

/// Whether a layout holds what a source of that role is given for.
fn fits_role(input: &Input) -> impl Fn(&&Layout) -> bool + Copy + use<> {
    let (role, account) = (input.role, noun("account"));
    move |layout| role != Role::Accounts || account.is_some_and(|account| layout.nouns().contains(&account))
}

/// How a layout is named for a source.
fn flag(input: &Input, layout: &Layout) -> String {
    match input.role {
        Role::Roster => format!("--layout {}", layout.name),
        role => format!("--layout {}={}", role.word(), layout.name),
    }
}

/// Nothing is there, or nothing that can be read.
fn unreadable(input: &Input, sights: &[Sight<'_>]) -> SurveyError {
    let help = match sights {
        [] => "give the folder or the file of an export; if this is the right one, export the data again",
        sights if sights.iter().any(|sight| sight.bytes.is_empty()) => {
            "export the data again, as CSV in UTF-8; if there is nothing to export, write the header alone"
        }
        _ => "export the data again, as CSV in UTF-8",
    };
    let message = format!("nothing in `{}` can be read: {}", input.shown, found(sights));
    SurveyError { message, help: help.to_owned(), by_data: true }
}

fn unknown_layout(name: &str, layouts: &Layouts) -> SurveyError {
    let known: Vec<String> = layouts.iter().map(|layout| format!("`{}`", layout.name)).collect();
    let help = match suggestion(name, layouts.iter().map(|layout| layout.name.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the layouts are {}", List(&known, "and")),
    };
    SurveyError { message: format!("unknown layout `{name}`"), help, by_data: false }
}

/// Files by name, with the columns of the first few.
fn found(sights: &[Sight<'_>]) -> String {
    if sights.is_empty() {
        return "it holds no CSV file".to_owned();
    }
    let columns = |header: &Header| {
        let mut texts: Vec<String> = header.texts.iter().take(6).map(|text| excerpt::visible(text, 40).0).collect();
        if header.texts.len() > 6 {
            texts.push("...".to_owned());
        }
        texts.join(", ")
    };
    let file = |sight: &Sight<'_>| match sight.header {
        Some(header) => format!("`{}` with the columns `{}`", sight.shown, columns(header)),
        None => format!("`{}`, {}", sight.shown, sight.state),
    };
    let mut files: Vec<String> = sights.iter().take(3).map(file).collect();
    if sights.len() > 3 {
        files.push(format!("{} more", sights.len() - 3));
    }
    format!("found {}", List(&files, "and"))
}

fn no_files(input: &Input, layout: &Layout, sights: &[Sight<'_>]) -> SurveyError {
    let names: Vec<String> = layout.files.iter().flat_map(|file| file.names.first()).map(|name| format!("`{name}`")).collect();
    SurveyError {
        message: format!("`{}` holds no file of the layout `{}`: {}", input.shown, layout.name, found(sights)),
        help: format!("its files are called {}", List(&names, "and")),
        by_data: sights.is_empty(),
    }
}

/// Layouts that are named when a source resembles none.
const NEAREST: usize = 2;

fn nothing(input: &Input, layouts: &Layouts, sights: &[Sight<'_>]) -> SurveyError {
    let mut near: Vec<Near<'_>> = layouts.iter().filter(fits_role(input)).filter_map(|layout| resemblance(layout, sights)).collect();
    near.sort_by(|a, b| b.share.total_cmp(&a.share));
    let known: Vec<String> = layouts.iter().map(|layout| format!("`{}`", layout.name)).collect();
    let known = format!("{}; `docs/layouts.md` says how to describe one of your own", List(&known, "and"));
    let help = match &near[..] {
        [] => format!("its columns are those of none of the formats; name one with `--layout` if it is: {known}"),
        [near] => format!("{}; if it is that, say so with `{}`", resembles(near), flag(input, near.layout)),
        all => {
            let told: Vec<String> = all.iter().take(NEAREST).map(resembles).collect();
            // One that lacks what is required is offered only where it is the nearest.
            let whole = |(at, near): &(usize, &Near<'_>)| *at == 0 || (all[0].missing.is_empty() && near.missing.is_empty());
            let offered = all.iter().take(NEAREST).enumerate().filter(whole);
            let flags: Vec<String> = offered.map(|(_, near)| format!("`{}`", flag(input, near.layout))).collect();
            format!("{}; if it is one of these, say so with {}", told.join("; "), List(&flags, "or"))
        }
    };
    SurveyError { message: format!("the format of `{}` is not recognised: {}", input.shown, found(sights)), help, by_data: false }
}

/// What speaks for a layout, and what against it.
fn resembles(near: &Near<'_>) -> String {
    let file = near.map.names.first().map_or("", String::as_str);
    let alike = format!("`{}` has {} of {} columns of `{file}` in `{}`", near.sight, near.known, near.of, near.layout.name);
    let missing: Vec<String> = near
        .missing
        .iter()
        .take(3)
        .map(|group| group.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(" or "))
        .collect();
    match near.missing.len() {
        0 => alike,
        1..=3 => format!("{alike}, but not the required {}", List(&missing, "and")),
        count => format!("{alike}, but not the required {} and {} more", missing.join(", "), count - 3),
    }
}
