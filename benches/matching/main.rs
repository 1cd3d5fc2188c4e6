//! How well and how fast records become people. `cargo bench --bench matching -- households [NUMBER [SEED]]` or `-- febrl FOLDER` or `-- speed`; see benches/README.md.
#![allow(clippy::print_stdout, unreachable_pub)]
mod febrl;
mod household;
mod merge;
#[path = "../district/prng.rs"]
#[expect(dead_code, reason = "the district shuffles, this does not")]
mod prng;
mod table;

use prng::Prng;
use rollbook::matching::{Level, Model, Nicknames, Weights, clusters, nearly};
use rollbook::model::Type;
use std::path::Path;
use std::time::Instant;
use table::{Block, Found, Table, closure, hits, quality};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["households"] => households(60_000, 1),
        ["speed"] => speed(),
        ["households", number] => households(number.parse().unwrap_or(60_000), 1),
        ["households", number, seed] => households(number.parse().unwrap_or(60_000), seed.parse().unwrap_or(1)),
        ["merge", pack] => merge::told(pack, 60_000, 1, false),
        ["merge", pack, "fit"] => merge::told(pack, 60_000, 1, true),
        ["merge", pack, number, seed] => merge::told(pack, number.parse().unwrap_or(60_000), seed.parse().unwrap_or(1), false),
        ["febrl", folder] => {
            if let Err(error) = febrl_all(Path::new(folder)) {
                println!("{folder} can't be read: {error}");
            }
        }
        _ => println!("cargo bench --bench matching -- households [NUMBER [SEED]] | merge PACK [fit | NUMBER SEED] | febrl FOLDER | speed"),
    }
}

fn febrl_all(folder: &Path) -> std::io::Result<()> {
    const BLOCKS: &[Block] = &[
        &[("date_of_birth", 0)],
        &[("names", 0)],
        &[("address", 0)],
        &[("surname", 0), ("postcode", 0)],
        &[("given_name", 0), ("postcode", 0)],
        &[("given_name", 0), ("street_number", 0)],
        &[("surname", 0), ("street_number", 0)],
        &[("surname", 0), ("suburb", 0)],
        &[("given_name", 0), ("suburb", 0)],
        &[("given_name", 3), ("surname", 3)],
        &[("given_name", 2), ("date_of_birth", 7)],
        &[("surname", 2), ("date_of_birth", 7)],
        &[("address_1", 0), ("street_number", 0)],
        &[("address_1", 0), ("postcode", 0)],
        &[("address_2", 0), ("postcode", 0)],
        &[("address_2", 0), ("suburb", 0)],
        &[("postcode", 0), ("street_number", 0)],
        &[("suburb", 0), ("street_number", 0)],
        &[("address_1", 5), ("suburb", 5)],
    ];
    for (name, files, number) in [
        ("febrl1, all fields", &["dataset1.csv"][..], true),
        ("febrl2, all fields", &["dataset2.csv"], true),
        ("febrl3, all fields", &["dataset3.csv"], true),
        ("febrl4, all fields, one to one", &["dataset4a.csv", "dataset4b.csv"], true),
        ("febrl3, a student's fields", &["dataset3.csv"], false),
        ("febrl4, a student's fields, one to one", &["dataset4a.csv", "dataset4b.csv"], false),
    ] {
        let table = febrl::read(folder, files, number)?;
        let mut blocks = BLOCKS.to_vec();
        if number {
            blocks.push(&[("soc_sec_id", 0)]);
        }
        let found = table.people(&blocks, None);
        println!("\n## {name}: {} records", table.truth.len());
        tell(&table, &found);
        let found = table.people(&blocks, Some(counting(&table, 4.0)));
        println!("rules only, four fields nearly equal: {}", quality(&closure(&found.clusters.groups), &table.true_pairs()));
    }
    Ok(())
}

/// A model without weights: so many fields that are nearly equal are proof.
fn counting(table: &Table, same: f64) -> Model {
    let counted = [Level::Rare, Level::Same, Level::Form, Level::Typo, Level::Similar];
    let weights = counted.into_iter().fold(Weights::default(), |weights, level| weights.with(level, 1.0));
    Model::by_hand(table.columns.iter().map(|column| (column.field.clone(), weights)).collect(), same, same)
}

/// What a comparison costs, and the clusters of a large district.
fn speed() {
    let names = Nicknames::built_in();
    let pairs: &[(&str, Type, &[&str])] = &[
        (
            "first names",
            Type::Name,
            &["William", "Bill", "Deshawn", "Deshaun", "Mary Ann", "Ximena", "Katherine", "Catherine", "José", "Li"],
        ),
        (
            "last names",
            Type::Name,
            &["Okafor", "de la Cruz", "Garcia-Lopez", "Lopez Garcia", "Smith", "Smyth", "Nguyễn", "Tran", "Beck", "O'Brien"],
        ),
        ("days", Type::Date, &["2014-03-02", "2014-02-03", "2011-12-30", "3/2/2014", "2009-09-09", "2014-03-12"]),
        ("phones", Type::Phone, &["555-201-0100", "(555) 201-0100", "5552010101", "201-0100", "555-777-0199"]),
        ("emails", Type::Email, &["ana.diaz@mail.example", "ana.dias@mail.example", "Grace@home.example", "mchen2@mail.example"]),
        ("addresses", Type::Text, &["12 North Oak Street, Apt. 4", "12 N Oak St #4", "9 Elm Rd", "480 Lake Drive", "12 Oka Street"]),
    ];
    for (what, kind, values) in pairs {
        let clock = Instant::now();
        let (mut near, mut asked) = (0u64, 0u64);
        for _ in 0..20_000 {
            for left in *values {
                for right in *values {
                    near += u64::from(nearly(*kind, left, right, &names) == Some(true));
                    asked += 1;
                }
            }
        }
        println!("{what}: {:.0} ns a pair ({asked} pairs, {near} nearly equal)", clock.elapsed().as_nanos() as f64 / asked as f64);
    }
    let mut dice = Prng::new(1);
    let records = 1_500_000;
    let pairs: Vec<(u32, u32)> = (0..400_000).map(|_| dice.below(records) as u32).map(|left| (left, (left + 1) % records as u32)).collect();
    let never: Vec<(u32, u32)> = (0..100_000).map(|_| (dice.below(records) as u32, dice.below(records) as u32)).collect();
    let clock = Instant::now();
    let found = clusters(records as u32, &pairs, &never);
    println!(
        "clusters of {records} records by {} pairs: {:.3} s, {} people twice there",
        pairs.len(),
        clock.elapsed().as_secs_f64(),
        found.groups.len()
    );
}

fn households(number: usize, seed: u64) {
    let world = household::generate(number, seed);
    for fields in [household::Fields::AsMeasured, household::Fields::Roster] {
        let table = world.table(fields);
        let found = table.people(household::BLOCKS, None);
        println!("\n## {number} households, {}: {} records", fields.words(), table.truth.len());
        tell(&table, &found);
        let merged = closure(&found.clusters.groups);
        for (kind, pairs) in &world.relations {
            let wrong = hits(&merged, pairs);
            if std::env::var_os("MISSED").is_some() && pairs.len() < 1000 {
                for (left, right) in pairs.iter().filter(|pair| merged.binary_search(pair).is_ok()) {
                    let value = |record: &u32| table.columns[0].values[*record as usize].clone().unwrap_or_default();
                    println!("    {} and {}", value(left), value(right));
                }
            }
            let asked = pairs.iter().filter(|pair| found.likely.binary_search(pair).is_ok()).count();
            println!(
                "{kind}: {} pairs, {wrong} merged ({:.2} %), {asked} likely",
                pairs.len(),
                100.0 * wrong as f64 / pairs.len().max(1) as f64
            );
        }
    }
}

fn tell(table: &Table, found: &Found) {
    let truth = table.true_pairs();
    let merged = closure(&found.clusters.groups);
    let model = &found.estimate.model;
    println!("pairs compared: {}, of {} true ones {} among them", found.candidates.len(), truth.len(), hits(&found.candidates, &truth));
    println!("pairs:   {}", quality(&found.same, &truth));
    println!("people:  {}", quality(&merged, &truth));
    println!("likely, for a person: {}, of them true {}", found.likely.len(), hits(&found.likely, &truth));
    if std::env::var_os("MISSED").is_some() {
        for (left, right) in truth.iter().filter(|pair| merged.binary_search(pair).is_err()) {
            for record in [left, right] {
                let values: Vec<&str> =
                    table.columns.iter().map(|column| column.values[*record as usize].as_deref().unwrap_or("-")).collect();
                println!("    {}", values.join(" | "));
            }
            println!();
        }
    }
    for (at, field) in model.fields.iter().enumerate() {
        let weights = |weights: &rollbook::matching::Weights| {
            let all = Level::ALL.into_iter().skip(2).map(|level| format!("{level} {:.1}", weights.of(level)));
            all.collect::<Vec<_>>().join(", ")
        };
        println!("  {:16} {} | family: {}", field.name, weights(&model.strangers[at]), weights(&model.family[at]));
    }
    println!("  household {:.1}, same {:.1}, likely {:.1}; {} rounds", model.household, model.same, model.likely, found.estimate.rounds);
    let all: f64 = found.times.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let laps: Vec<String> = found.times.iter().map(|(step, time)| format!("{step} {:.3}", time.as_secs_f64())).collect();
    println!("seconds: {all:.3} ({})", laps.join(", "));
}
