//! The file of decisions: which records a person held to be one, or two. It is read for every run, and added to from a review sheet.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use super::setup::{self, Configured};
use crate::finding::{Count, List, Mistake, Mistakes, suggestion};
use crate::pack::{self, Decision, Pack};
use crate::report::plain_cell;
use crate::roster::{plain_text, workbook_rows};
use crate::source::{Sources, quoted};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file that the arguments or the configuration name.
pub(super) fn path(named: Option<&Path>, configured: &Configured) -> Option<PathBuf> {
    let from_config = configured.config.decisions.as_ref().map(|path| configured.folder.join(&path.value));
    named.map(Path::to_path_buf).or(from_config)
}

/// Says so when the file is not there. One that was named for this run is an error; one of the configuration is made by the first review.
pub(super) fn there(path: Option<&Path>, named: bool) -> Result<(), Exit> {
    let Some(path) = path.filter(|path| !path.exists()) else { return Ok(()) };
    if named {
        let help = "check its name; `rollbook merge --read SHEET` makes it of the first decisions";
        return Err(output::error(&format!("the file of decisions `{}` is not there", path.display()), help));
    }
    eprintln!("the file of decisions {} is not there: nothing is known to have been decided", path.display());
    Ok(())
}

/// The decisions of the file; one that is not there yet has none. What is wrong goes to `mistakes`.
pub(super) fn read(path: Option<&Path>, sources: &mut Sources, mistakes: &mut Mistakes) -> Result<Vec<Decision>, Exit> {
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(Vec::new()) };
    let id = sources.add(path.display().to_string(), setup::read_text(path)?);
    Ok(pack::read_decisions(sources, id, mistakes))
}

/// Decisions name merges that there are; those of packs that this run does not use are left alone.
pub(super) fn check(decisions: &[Decision], packs: &[Pack], mistakes: &mut Mistakes) {
    let known = || packs.iter().flat_map(|pack| &pack.merges).map(|merge| &*merge.id);
    for decision in decisions {
        let name = &decision.merge;
        let pack = name.value.split_once('/').map(|(pack, _)| pack);
        let elsewhere =
            pack.is_some_and(|pack| !packs.iter().any(|known| known.name == pack) && pack::builtin_names().any(|name| name == pack));
        if !elsewhere && !known().any(|id| id == name.value) {
            let near = suggestion(&name.value, known());
            let mistake = Mistake::error("unknown-merge", name.span, format!("no merge `{}`", name.value), "decides nothing");
            mistakes.push(mistake.meant_or(near, "name the pack and the merge: `our-own/guardian`"));
        }
    }
    for (nth, decision) in decisions.iter().enumerate() {
        if let Some(other) = decisions[..nth].iter().find(|other| contradicts(other, decision)) {
            let both: Vec<&str> = decision.records.iter().map(|name| name.value.as_str()).collect();
            let message = format!("{} are decided to be the same, and to be different", both.join(" and "));
            let mistake = Mistake::warning("contradiction", decision.records[0].span, message, "decided here");
            mistakes.push(
                mistake
                    .and(other.records[0].span, "and here the other way")
                    .help("take one of the two out; until then they are told as contradicted"),
            );
        }
    }
}

/// Whether two decisions say opposite things of two records.
fn contradicts(one: &Decision, other: &Decision) -> bool {
    let shared = one.records.iter().filter(|name| other.records.iter().any(|known| known.value == name.value)).count();
    one.merge.value == other.merge.value && one.same != other.same && shared >= 2
}

/// A decision that was read back from a review sheet.
pub(super) struct Made {
    /// Where it stands in the sheet: a line, or a row of a workbook.
    row: u64,
    pub(super) merge: String,
    pub(super) records: Vec<String>,
    pub(super) same: bool,
    pub(super) reason: String,
}

impl Made {
    /// Whether it says the opposite of another, of two records that both name.
    fn denies(&self, other: &Made) -> bool {
        self.merge == other.merge && self.same != other.same && self.records.iter().filter(|name| other.records.contains(name)).count() >= 2
    }
}

/// What stands between the records of a row.
pub(super) const BETWEEN: &str = " | ";

/// Rows that are named once more where all that is wrong is summed up.
const ROWS: usize = 10;

/// The columns of a review sheet that are read back.
const NEEDED: [&str; 4] = ["merge", "records", "decision", "reason"];

/// Reads the rows of a review sheet in which somebody decided on one of `merges`: a file of comma-separated values, or a workbook, of which the first sheet with
/// the columns of a review is taken. Every row that is wrong is told, and then none is taken.
pub(super) fn from_sheet(path: &Path, merges: &[&str]) -> Result<Vec<Made>, Exit> {
    let shown = path.display();
    let unreadable = |error: &dyn std::fmt::Display| {
        output::error(&format!("`{shown}` can't be read: {error}"), "write it with --out review.csv or review.xlsx, and fill in `decision`")
    };
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    let (bytes, place) = match workbook_rows(&bytes) {
        // As spreadsheet programs save it: in another encoding, with other separators.
        None => (plain_text(bytes), "line"),
        Some(sheets) => {
            let mut sheets = sheets.map_err(|error| unreadable(&error))?;
            let is_review = |text: &Vec<u8>| {
                let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let first = String::from_utf8_lossy(first).to_lowercase();
                NEEDED.iter().all(|name| first.split(',').any(|cell| cell.trim() == *name))
            };
            let at = sheets.iter().position(is_review).unwrap_or(0);
            if sheets.is_empty() {
                return Err(unreadable(&"it has no sheet"));
            }
            (sheets.swap_remove(at), "row")
        }
    };
    let bytes = bytes.as_slice();
    let mut reader = csv::ReaderBuilder::new().delimiter(separator(bytes)).flexible(true).from_reader(bytes);
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let column = |name: &str| {
        let at = header.iter().position(|known| known.trim().eq_ignore_ascii_case(name));
        at.ok_or_else(|| {
            output::error(&format!("`{shown}` has no column `{name}`"), "it is a sheet that `rollbook merge --out` wrote, with its header")
        })
    };
    let [merge, records, decision, reason] = NEEDED;
    let (merge, records, decision, reason) = (column(merge)?, column(records)?, column(decision)?, column(reason)?);
    let (mut made, mut bad) = (Vec::new(), BTreeSet::new());
    for row in reader.records() {
        // A record begins, for the reader, where the one before ended: empty lines may stand between.
        let line = |position: Option<&csv::Position>| {
            position.map_or(0, |position| {
                let rest = bytes.get(position.byte() as usize..).unwrap_or_default();
                let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
                position.line() + empty as u64
            })
        };
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = line(error.position());
                bad.insert(line);
                let message = format!("`{shown}`, {place} {line}: this is no UTF-8");
                output::error(&message, "save the sheet as CSV UTF-8, or as .xlsx");
                continue;
            }
        };
        let line = line(row.position());
        let cell = |at: usize| {
            let cell = row.get(at).unwrap_or_default();
            // What was written for people has a mark before what would be a formula; a workbook needs none.
            if place == "line" { plain_cell(cell).trim() } else { cell.trim() }
        };
        let mut refuse = |at: usize, what: String, help: &str| {
            bad.insert(line);
            let name = header.get(at).unwrap_or_default().trim();
            output::error(&format!("`{shown}`, {place} {line}, column {} (`{name}`): {what}", at + 1), help);
        };
        let same = match cell(decision).to_lowercase().as_str() {
            "" => continue,
            "same" => true,
            "different" => false,
            other => {
                let near = suggestion(other, ["same", "different"]).map_or(String::new(), |near| format!("did you mean `{near}`? "));
                refuse(decision, format!("no decision `{other}`"), &format!("{near}write `same` or `different`, or leave it empty"));
                continue;
            }
        };
        let names: Vec<String> =
            cell(records).split(BETWEEN.trim()).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if names.len() < 2 {
            let help = "leave the column as it was written: the ids of the records, with ` | ` between them";
            refuse(records, "a decision is about two records or more".to_owned(), help);
            continue;
        }
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)).map(|(_, name)| name) {
            refuse(records, format!("{twice} stands there twice, and a record is always one with itself"), "name each record once");
            continue;
        }
        let of = cell(merge);
        if !merges.contains(&of) {
            let near = suggestion(of, merges.iter().copied());
            let help = near.map_or_else(|| "name its pack: --pack".to_owned(), |near| format!("did you mean `{near}`?"));
            refuse(merge, format!("this run has no merge `{of}`"), &help);
            continue;
        }
        made.push(Made { row: line, merge: of.to_owned(), records: names, same, reason: cell(reason).to_owned() });
    }
    let mut opposed: BTreeSet<u64> = BTreeSet::new();
    for (nth, one) in made.iter().enumerate() {
        if let Some(other) = made[..nth].iter().find(|other| other.denies(one)) {
            opposed.extend([other.row, one.row]);
            let (was, is) = if one.same { ("different", "the same") } else { ("the same", "different") };
            let both = one.records.iter().filter(|name| other.records.contains(name)).map(String::as_str).collect::<Vec<_>>();
            let message = format!("{} are {was} in {place} {}, and {is} in {place} {}", both.join(" and "), other.row, one.row);
            output::error(&format!("`{shown}`: {message}"), "let one of the two rows stand");
        }
    }
    let told = |rows: &BTreeSet<u64>, what: [&str; 2]| {
        let mut places: Vec<String> = rows.iter().take(ROWS).map(u64::to_string).collect();
        if rows.len() > ROWS {
            places.push(format!("{} more", rows.len() - ROWS));
        }
        let (place, is) = if rows.len() == 1 { (place.to_owned(), what[0]) } else { (format!("{place}s"), what[1]) };
        format!("{place} {} {is}", List(&places, "and"))
    };
    let mut why = Vec::new();
    if !bad.is_empty() {
        why.push(told(&bad, ["is not understood", "are not understood"]));
    }
    if !opposed.is_empty() {
        why.push(told(&opposed, ["contradicts another", "contradict one another"]));
    }
    if !why.is_empty() {
        let message = format!("{}, so no decision was kept", List(&why, "and"));
        return Err(output::error(&message, "correct the sheet, and read it again"));
    }
    Ok(made)
}

/// What separates the cells of a sheet: what its header has most of. Spreadsheets in some countries take semicolons.
fn separator(text: &[u8]) -> u8 {
    let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    // Of those as frequent as another the last is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Refuses to write a new review sheet over one in which somebody wrote what is not kept yet.
pub(super) fn not_lost(out: &Path, header: &[&str], known: &[Decision]) -> Result<(), Exit> {
    let Ok(bytes) = std::fs::read(out) else { return Ok(()) };
    let refused = |what: &str| {
        let help = "keep it with --read first, or give --out another name";
        Err(output::error(&format!("`{}` {what}, and is not written over", out.display()), help))
    };
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    if out.extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("csv") && !extension.eq_ignore_ascii_case("xlsx")) {
        let text = String::from_utf8_lossy(&bytes);
        let untouched = text.lines().all(|line| line.contains("\"decision\":null,\"reason\":null}"));
        return if untouched { Ok(()) } else { refused("was filled in, or is no review sheet") };
    }
    let (rows, written) = match workbook_rows(&bytes) {
        None => (plain_text(bytes), true),
        Some(Ok(sheets)) if sheets.len() == 1 => (sheets.into_iter().next().unwrap_or_default(), false),
        Some(_) => return refused("is no review sheet"),
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator(&rows)).has_headers(false).from_reader(rows.as_slice());
    let mut records = reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect::<Vec<String>>()));
    if !matches!(records.next(), Some(Ok(first)) if first == header) {
        return refused("is no review sheet");
    }
    let at = |name: &str| header.iter().position(|known| *known == name);
    let mut unread = 0;
    for row in records {
        let Ok(row) = row else { return refused("was changed") };
        let cell = |name: &str| {
            let cell = at(name).and_then(|at| row.get(at)).map_or("", String::as_str);
            if written { plain_cell(cell).trim() } else { cell.trim() }
        };
        let (decision, names) = (cell("decision").to_lowercase(), cell("records"));
        let names: Vec<&str> = names.split(BETWEEN.trim()).map(str::trim).collect();
        let is_kept = |known: &Decision| {
            known.merge.value == cell("merge")
                && decision == if known.same { "same" } else { "different" }
                && names.iter().all(|name| known.records.iter().any(|known| known.value == *name))
        };
        let untouched = decision.is_empty() && cell("reason").is_empty();
        unread += u64::from(!untouched && !known.iter().any(is_kept));
    }
    match unread {
        0 => Ok(()),
        unread => refused(&format!("has {} not read yet", Count(unread, "decision", "decisions"))),
    }
}

/// Adds decisions to the file, which is whole or as it was. Gives how many were new, and which say the opposite of one that stands there.
pub(super) fn add(path: &Path, known: &[Decision], made: Vec<Made>, date: &str) -> Result<(usize, Vec<String>), Exit> {
    let mut text = if path.exists() { setup::read_text(path)? } else { HEAD.to_owned() };
    let (mut added, mut refused) = (0, Vec::new());
    for made in made {
        let of_merge = || known.iter().filter(|decision| decision.merge.value == made.merge);
        let has = |decision: &Decision, name: &String| decision.records.iter().any(|known| known.value == *name);
        if of_merge().any(|decision| decision.same == made.same && made.records.iter().all(|name| has(decision, name))) {
            continue;
        }
        if of_merge().any(|decision| decision.same != made.same && made.records.iter().filter(|name| has(decision, name)).count() >= 2) {
            refused.push(made.records.join(" and "));
            continue;
        }
        let records: Vec<String> = made.records.iter().map(|name| quoted(name)).collect();
        let is = if made.same { "same" } else { "different" };
        let _ = write!(
            text,
            "\n[[decision]]\nmerge   = {}\nrecords = [{}]\nis      = \"{is}\"\nreason  = {}\ndate    = {date}\n",
            quoted(&made.merge),
            records.join(", "),
            quoted(&made.reason)
        );
        added += 1;
    }
    if added > 0 {
        write(path, &text)?;
    }
    Ok((added, refused))
}

/// What a new file of decisions begins with.
const HEAD: &str = "# Which records are one person, and which are not. Each decision holds on every later run.\n";

fn write(path: &Path, text: &str) -> Result<(), Exit> {
    let fault = |error: std::io::Error| {
        output::error(&format!("`{}` can't be written: {error}", path.display()), "no decision was kept; check the folder")
    };
    files::replace(path, Readers::Owner, |out| out.write_all(text.as_bytes())).map_err(fault)
}
