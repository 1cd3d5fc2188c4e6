//! Compares what `rollbook validate DIR --format jsonl` found with what was planted. See `benches/README.md`.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit)]
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

const USAGE: &str = "usage: cargo bench --bench truth -- DIR FINDINGS.jsonl   (- for standard input)";
const EXAMPLES: usize = 3;

/// A finding by what counts: the records' identities in order, and how many tuples it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    records: Vec<String>,
    count: usize,
}

#[derive(Default)]
struct Rule {
    planted: Vec<Found>,
    found: Vec<Found>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench" && arg != "--test").collect();
    let (folder, findings) = match args.as_slice() {
        [] => return println!("{USAGE}"),
        [folder, findings] => (folder, findings),
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    };
    match run(Path::new(folder), findings) {
        Ok(true) => {}
        Ok(false) => std::process::exit(1),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}

/// Whether exactly what was planted was found.
fn run(folder: &Path, findings: &str) -> io::Result<bool> {
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    read(open(folder.join("truth.jsonl").as_ref())?, |rule, found| rules.entry(rule).or_default().planted.push(found))?;
    let findings = if findings == "-" { Box::new(io::stdin()) as Box<dyn Read> } else { open(findings.as_ref())? };
    read(findings, |rule, found| rules.entry(rule).or_default().found.push(found))?;
    println!("{:<56} {:>8} {:>8} {:>8} {:>10}", "rule", "planted", "found", "missed", "unplanted");
    let mut sums = [0; 4];
    for (name, rule) in &rules {
        let (missed, unplanted) = compare(rule);
        let numbers = [rule.planted.len(), rule.found.len(), missed.len(), unplanted.len()];
        println!("{name:<56} {:>8} {:>8} {:>8} {:>10}", numbers[0], numbers[1], numbers[2], numbers[3]);
        show("missed", &missed);
        show("unplanted", &unplanted);
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    println!("{:<56} {:>8} {:>8} {:>8} {:>10}", format!("{} rules", rules.len()), sums[0], sums[1], sums[2], sums[3]);
    Ok(sums[2] + sums[3] == 0)
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    File::open(path)
        .map(|file| Box::new(file) as Box<dyn Read>)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Both files have `rule` and `records` on each line; a record is an identity, or an object that has it as `id`.
fn read(file: impl Read, mut take: impl FnMut(String, Found)) -> io::Result<()> {
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |what: &str| io::Error::other(format!("line {}: {what}", at + 1));
        let value: Value = serde_json::from_str(&line).map_err(|error| wrong(&error.to_string()))?;
        let rule = value["rule"].as_str().ok_or_else(|| wrong("no rule"))?;
        let records = value["records"].as_array().ok_or_else(|| wrong("no records"))?;
        let mut records: Vec<String> =
            records.iter().map(|record| record.as_str().or(record["id"].as_str()).unwrap_or("").to_owned()).collect();
        records.sort_unstable();
        let count = value["count"].as_u64().map_or(1, |count| count as usize);
        take(rule.to_owned(), Found { records, count });
    }
    Ok(())
}

/// What was planted and not found, and what was found and not planted.
///
/// A finding of one tuple has the same records. One of several lists only the first of them: they are among those of the planted one, and both
/// stand for as many tuples.
fn compare(rule: &Rule) -> (Vec<Found>, Vec<Found>) {
    let mut met = vec![false; rule.planted.len()];
    let mut by_record: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
    for (at, planted) in rule.planted.iter().enumerate() {
        let mut records: Vec<&str> = planted.records.iter().map(String::as_str).collect();
        records.dedup();
        if records.is_empty() {
            records.push("");
        }
        for record in records {
            by_record.entry((planted.count, record)).or_default().push(at);
        }
    }
    let fits = |planted: &Found, found: &Found| {
        if found.count == 1 { planted == found } else { planted.count == found.count && has_all(planted, found) }
    };
    let mut unplanted = Vec::new();
    for found in &rule.found {
        let candidates = by_record.get(&(found.count, found.records.first().map_or("", String::as_str)));
        let one = candidates.into_iter().flatten().copied().find(|at| !met[*at] && fits(&rule.planted[*at], found));
        match one {
            Some(at) => met[at] = true,
            None => unplanted.push(found.clone()),
        }
    }
    let missed = rule.planted.iter().zip(met).filter(|(_, met)| !met).map(|(planted, _)| planted.clone()).collect();
    (missed, unplanted)
}

/// Whether the few records of `part` are among those of `whole`, each as often; both are in order.
fn has_all(whole: &Found, part: &Found) -> bool {
    let mut rest = whole.records.iter();
    part.records.iter().all(|record| rest.any(|other| other == record))
}

fn show(word: &str, findings: &[Found]) {
    for found in findings.iter().take(EXAMPLES) {
        let records: Vec<&str> = found.records.iter().take(6).map(String::as_str).collect();
        let more = if found.records.len() > records.len() { " + ..." } else { "" };
        let more = if found.count > 1 { format!("{more} ({} in all)", found.count) } else { more.to_owned() };
        println!("    {word}: {}{more}", records.join(" + "));
    }
    if findings.len() > EXAMPLES {
        println!("    {word}: {} more", findings.len() - EXAMPLES);
    }
}
