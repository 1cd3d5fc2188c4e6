//! How long a naming schema takes for a district: people are named in memory, a tenth of them with accounts. `cargo bench --bench naming [PEOPLE]`
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]
use rollbook::engine::{Ledger, Plan, accounts};
use rollbook::finding::Mistakes;
use rollbook::model::{Epoch, FieldRef, NounId, noun};
use rollbook::pack::{self, Overrides};
use rollbook::roster::{Dataset, InlineTable};
use rollbook::source::Sources;
use std::fmt::Write as _;
use std::time::Instant;

const PACK: &str = r#"
[pack]
name    = "bench"
title   = "names for a district"
version = "1.0.0"

[[unique]]
name    = "login"
among   = ['student x', 'account x']
key     = 'x.username'
message = '{count} records'

[[naming]]
name     = "students"
for      = 'student s'
account  = 'account a where a.ref_id = s.id'
template = '{s.first_name | ascii | lower | letters | first 1..}{s.last_name | ascii | lower | letters}{s.graduation_year | last 2}'
on_clash = ['{name}{n}', '{s.last_name | ascii | lower | letters}{s.id}']
length   = "3..20"
allowed  = "[a-z0-9]"
field    = "username"
unique   = "login"
record   = { kind = "student", ref_id = '{s.id}', school_id = '{s.school_id}' }
"#;

/// Numbers without a pattern that matters here: a linear congruential generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    /// A name of two to four syllables; the first syllables are common, as names are.
    fn name(&mut self) -> String {
        const SYLLABLES: [&str; 24] = [
            "ma", "ri", "an", "le", "jo", "el", "na", "so", "ka", "li", "ro", "be", "da", "mi", "sa", "to", "vi", "ce", "lu", "ne", "gar",
            "son", "ñu", "tran",
        ];
        let mut name = String::new();
        for _ in 0..2 + self.roll(3) {
            let at = self.roll(SYLLABLES.len()).min(self.roll(SYLLABLES.len()));
            name.push_str(SYLLABLES[at]);
        }
        let mut letters = name.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    }
}

fn main() {
    let people: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let mut dice = Dice(4711);
    let mut students = String::from("id,first_name,last_name,graduation_year,school_id\n");
    let mut existing = String::from("ref_id,username\n");
    for id in 0..people {
        let (first, last) = (dice.name(), dice.name());
        let _ = writeln!(students, "{},{first},{last},{},{}", 300_000 + id, 2027 + id % 13, id % 500);
        if id % 10 == 0 {
            let _ = writeln!(existing, "{},{}{}", 300_000 + id, last.to_lowercase(), id);
        }
    }
    let (mut sources, mut mistakes) = (Sources::default(), Mistakes::default());
    let text = sources.add("bench.toml", PACK);
    let files = vec![pack::read(&sources, text, &mut mistakes)];
    let packs = pack::compile(&files, &Overrides::default(), &sources, &mut mistakes);
    assert!(!mistakes.any_error(), "{mistakes:?}");
    let id = |name| noun(name).expect("a noun");
    let start = Instant::now();
    let tables = [
        InlineTable { noun: id("student"), epoch: Epoch::Today, csv: &students },
        InlineTable { noun: id("account"), epoch: Epoch::Today, csv: &existing },
    ];
    let dataset = Dataset::inline(&tables).expect("rows");
    println!("reading          {:8.0} ms", start.elapsed().as_secs_f64() * 1000.0);
    let supplies = |noun: NounId, epoch: Epoch, field: Option<&FieldRef>| {
        dataset.table(noun, epoch).is_some_and(|table| field.is_none_or(|field| table.column(field).is_some()))
    };
    let plan = Plan::new(&packs, &|_| false, &supplies, 0).with_accounts();
    let start = Instant::now();
    let named = accounts(&plan, &dataset, Ledger::default());
    println!("naming           {:8.0} ms", start.elapsed().as_secs_f64() * 1000.0);
    let start = Instant::now();
    let run = named.schemas().next().expect("a schema");
    let mut states = [0; 4];
    run.counts().iter().for_each(|school| states.iter_mut().zip(school.states).for_each(|(sum, count)| *sum += count));
    println!("counting         {:8.0} ms  {states:?}", start.elapsed().as_secs_f64() * 1000.0);
    let start = Instant::now();
    let notes = (0..run.len().min(1000)).filter(|at| !run.person(*at).notes.is_empty()).count();
    println!("1000 people told {:8.0} ms  {notes} with notes", start.elapsed().as_secs_f64() * 1000.0);
    let start = Instant::now();
    let ledger = named.committed();
    println!("the ledger       {:8.0} ms  {} entries", start.elapsed().as_secs_f64() * 1000.0, ledger.entries.len());
    let start = Instant::now();
    let again = accounts(&plan, &dataset, ledger);
    println!("the next night   {:8.0} ms", start.elapsed().as_secs_f64() * 1000.0);
    let again = again.schemas().next().expect("a schema");
    assert!((0..run.len()).all(|at| run.value(at, 0) == again.value(at, 0)), "a name changed overnight");
}
