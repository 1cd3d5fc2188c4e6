//! The merge of a pack's file over the invented families: everything that `rollbook merge` does, but for reading files.
use crate::household;
use crate::table::{Pairs, closure, hits, quality};
use rollbook::engine::{MergeRun, Plan, merges};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, noun};
use rollbook::pack::{self, Overrides, Part, score_toml};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::Sources;
use std::time::Instant;

/// Runs the first merge of the pack at `path`. With `fit` the weights that fit the data are printed too.
pub fn told(path: &str, number: usize, seed: u64, fit: bool) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return println!("{path} can't be read: {error}"),
    };
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let id = sources.add(path, text);
    let files = pack::order(vec![pack::read(&sources, id, &mut mistakes)], &mut mistakes);
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    if mistakes.any_error() {
        return println!("{path} has mistakes: rollbook lint {path} tells them");
    }
    let world = household::generate(number, seed);
    let csv = world.csv();
    let Some(student) = noun("student") else { return };
    let dataset = match Dataset::inline(&[InlineTable { noun: student, epoch: Epoch::Today, csv: &csv }]) {
        Ok(dataset) => dataset,
        Err(error) => return println!("the rows can't be read: {error}"),
    };
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(&packs, &|_| false, &supplies, 0).with_merges();
    let plan = if fit { plan.with_fitting() } else { plan };
    let clock = Instant::now();
    let solved = merges(&plan, &dataset);
    let seconds = clock.elapsed().as_secs_f64();
    let Some(run) = solved.runs().next() else { return println!("{path} has no merge") };
    if let Some(why) = run.skipped() {
        return println!("{} was not run: {why}", run.merge().id);
    }
    let groups = |part| -> Vec<Vec<u32>> { (0..run.len(part)).map(|at| members(&run, part, at)).collect() };
    let (merged, likely) = (closure(&groups(Part::Same)), closure(&groups(Part::Likely)));
    let truth = true_pairs(world.truth());
    println!("\n## {} over {number} households, seed {seed}: {} records", run.merge().id, world.truth().len());
    println!("pairs compared: {}", run.counts().1);
    println!("people:  {}", quality(&merged, &truth));
    println!(
        "likely, for a person: {}, of them true {}; contradicted: {}",
        likely.len(),
        hits(&likely, &truth),
        run.len(Part::Contradicted)
    );
    for (kind, pairs) in &world.relations {
        let (wrong, asked) = (hits(&merged, pairs), hits(&likely, pairs));
        let share = 100.0 * wrong as f64 / pairs.len().max(1) as f64;
        println!("{kind}: {} pairs, {wrong} merged ({share:.2} %), {asked} likely", pairs.len());
    }
    println!("seconds: {seconds:.2}");
    if let Some(found) = run.fitted() {
        println!("{}", score_toml(&found.model));
    }
}

fn members(run: &MergeRun<'_, '_, '_>, part: Part, at: usize) -> Vec<u32> {
    let mut members: Vec<u32> = run.ids(part, at).iter().filter_map(|id| id.parse().ok()).collect();
    members.sort_unstable();
    members
}

fn true_pairs(truth: &[u32]) -> Pairs {
    let mut records: Vec<(u32, u32)> = truth.iter().enumerate().map(|(record, person)| (*person, record as u32)).collect();
    records.sort_unstable();
    let groups: Vec<Vec<u32>> = records.chunk_by(|a, b| a.0 == b.0).map(|one| one.iter().map(|(_, record)| *record).collect()).collect();
    closure(&groups)
}
