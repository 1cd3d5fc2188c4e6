//! Recognises the layout of a source from the names and headers of its files.
use super::header::Header;
use super::layout::{FileMap, Layout, Sign};
use std::cmp::Reverse;

/// A file as detection sees it.
pub(super) struct Sight<'a> {
    /// Its name, relative to the source; empty when it has none.
    pub(super) name: &'a str,
    /// The same for people.
    pub(super) shown: &'a str,
    pub(super) header: Option<&'a Header>,
    /// What there is in place of a header.
    pub(super) state: String,
    pub(super) bytes: &'a [u8],
    /// Whether the user named it, and so means it to be read.
    pub(super) given: bool,
}

/// How well a layout fits.
pub(super) struct Fit<'a> {
    pub(super) layout: &'a Layout,
    pub(super) score: f64,
    /// Per sight, the file map that takes it.
    pub(super) files: Vec<Option<usize>>,
}

/// The least that a file must score to be taken for one of a layout's.
const ENOUGH: f64 = 0.5;
/// The share of a file's columns that must be known when its name only resembles one of the layout's.
const MOST: f64 = 0.75;
/// What a line that names the format counts.
const SIGN: f64 = 4.0;
/// What a required file that is not there costs.
const ABSENT: f64 = 0.3;

/// Fits a layout to files; `whole` says that they are a whole folder, in which required files are to be expected, `names` which names will do.
pub(super) fn fit<'a>(layout: &'a Layout, sights: &[Sight<'_>], whole: bool, names: Names) -> Fit<'a> {
    let mut score = 0.0;
    let mut files = Vec::new();
    for sight in sights {
        let best = layout
            .files
            .iter()
            .enumerate()
            .filter(|(_, map)| sight.name.is_empty() || names.take(map, sight.name))
            .map(|(at, map)| (at, file_score(map, sight, names)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        if let Some((_, file)) = best.filter(|best| best.1 >= ENOUGH) {
            score += file;
        }
        files.push(best.filter(|(at, score)| *score >= ENOUGH || layout.files[*at].is_called(sight.name)).map(|best| best.0));
    }
    if whole && score > 0.0 {
        let absent = |at: &usize| layout.files[*at].required && !files.contains(&Some(*at));
        score -= ABSENT * (0..layout.files.len()).filter(absent).count() as f64;
    }
    // A relative of the format has files of the same names with other columns: where no sign can decide, three in four files must have all they should.
    let unsigned = layout.signs.iter().any(|sign| !sights.iter().any(|sight| sight.name.eq_ignore_ascii_case(&sign.file)));
    // The same where no file is required, and so nothing can be missed.
    let loose = !layout.files.iter().any(|map| map.required);
    if (unsigned || loose) && whole {
        let taken = || sights.iter().zip(&files).filter_map(|(sight, map)| Some((sight, &layout.files[(*map)?])));
        let full = taken().filter(|(sight, map)| required(map, sight.header) == Some(1.0)).count();
        if full * 4 < taken().count() * 3 {
            score = 0.0;
        }
    }
    for sign in &layout.signs {
        match sights.iter().find(|sight| sight.name.eq_ignore_ascii_case(&sign.file)) {
            Some(sight) if shows(sign, sight.bytes) => score += SIGN,
            Some(_) => score -= SIGN,
            None => {}
        }
    }
    Fit { layout, score, files }
}

/// Which names of files will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Those of the format.
    Own,
    /// Those that begin or end with one of them.
    Alike,
    /// Those that fit a pattern by its letters; a required column may then be missing.
    Spoken,
}

impl Names {
    fn take(self, map: &FileMap, file: &str) -> bool {
        match self {
            Names::Own => map.takes(file),
            Names::Alike => map.resembles(file),
            Names::Spoken => map.is_named_like(file),
        }
    }
}

fn file_score(map: &FileMap, sight: &Sight<'_>, names: Names) -> f64 {
    let exact = map.is_called(sight.name);
    let Some(header) = sight.header else { return if exact { ENOUGH } else { 0.0 } };
    if map.headless {
        // Its first line is a row, and the number of cells is all that can be compared.
        return if header.names.len() == map.header.len() { ENOUGH } else { 0.0 };
    }
    let known = header.names.iter().filter(|name| map.comparable().contains(name)).count() as f64 / header.names.len().max(1) as f64;
    let required = if map.columns.is_empty() { known } else { required(map, sight.header).unwrap_or(0.0) };
    // A name that fits anything proves nothing: then all that is required must be there; and most of what is there must be known where it only resembles a name.
    let loose = names == Names::Spoken || (!map.takes(sight.name) && !sight.name.is_empty());
    if !exact && ((required < 1.0 && names != Names::Spoken) || (loose && known < MOST)) {
        return 0.0;
    }
    0.2 + 0.4 * known + 0.4 * required
}

/// The share of the required columns that a header has.
fn required(map: &FileMap, header: Option<&Header>) -> Option<f64> {
    let header = header?;
    let there = |group: &&Vec<String>| group.iter().any(|column| header.find(column).is_some());
    Some(map.columns.iter().filter(there).count() as f64 / map.columns.len().max(1) as f64)
}

fn shows(sign: &Sign, bytes: &[u8]) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| !letter.is_whitespace() && *letter != '"').flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(&sign.line);
    // A manifest is short; what is longer is none.
    let head = &bytes[..bytes.len().min(1 << 16)];
    String::from_utf8_lossy(head).split(['\n', '\r']).any(|line| plain(line.trim_start_matches('\u{feff}')) == wanted)
}

/// What detection decided.
pub(super) enum Verdict<'a> {
    Found(Fit<'a>),
    /// Two or more fit equally well.
    Ambiguous(Vec<&'a Layout>),
    Nothing,
}

/// Chooses among fits.
pub(super) fn choose(mut fits: Vec<Fit<'_>>) -> Verdict<'_> {
    fits.retain(|fit| fit.score >= ENOUGH && fit.files.iter().any(Option::is_some));
    // The sort is stable: among equals the order of the layouts stays.
    fits.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(best) = fits.first() else { return Verdict::Nothing };
    let near: Vec<&Layout> = fits.iter().filter(|fit| fit.score > best.score - 0.01).map(|fit| fit.layout).collect();
    if near.len() > 1 {
        return Verdict::Ambiguous(near);
    }
    Verdict::Found(fits.swap_remove(0))
}

/// The file of a layout whose columns a table has most of.
pub(super) struct Near<'a> {
    pub(super) layout: &'a Layout,
    pub(super) map: &'a FileMap,
    /// Its place in the layout.
    pub(super) at: usize,
    /// The table, as people call it.
    pub(super) sight: String,
    /// How many of the table's columns the file has, of how many, and their share.
    pub(super) known: usize,
    pub(super) of: usize,
    pub(super) share: f64,
    /// What the format requires of the file and the table doesn't have.
    pub(super) missing: Vec<&'a Vec<String>>,
}

/// The share of a table's columns, and how many, that a file must know for the table to resemble it.
const ALIKE: (f64, usize) = (0.5, 3);

/// How far a layout resembles what was found, if at all: the table that speaks most for it.
pub(super) fn resemblance<'a>(layout: &'a Layout, sights: &[Sight<'_>]) -> Option<Near<'a>> {
    let pairs = sights.iter().flat_map(|sight| layout.files.iter().enumerate().map(move |(at, map)| (sight, at, map)));
    let near = pairs.filter_map(|(sight, at, map)| {
        let header = sight.header.filter(|_| !map.headless)?;
        let known = header.names.iter().filter(|name| map.comparable().contains(name)).count();
        let share = known as f64 / header.names.len().max(1) as f64;
        let missing: Vec<&Vec<String>> =
            map.columns.iter().filter(|group| group.iter().all(|column| header.find(column).is_none())).collect();
        let named = map.takes(sight.name) || map.resembles(sight.name);
        let near = Near { layout, map, at, sight: sight.shown.to_owned(), known, of: header.names.len(), share, missing };
        (share >= ALIKE.0 && known >= ALIKE.1).then_some((named, near))
    });
    // The first of equals stays, so that the order of files and layouts decides.
    let rank = |(named, near): &(bool, Near<'_>)| (*named, near.share, Reverse(near.missing.len()));
    near.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best }).map(|(_, near)| near)
}
