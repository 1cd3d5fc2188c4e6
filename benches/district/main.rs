//! Writes an invented district: healthy, or with faults of every kind and the truth about them. See `benches/README.md`.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, unreachable_pub)]
mod faults;
mod people;
mod plan;
mod prng;
mod world;
mod write;

use plan::{Day, Kind, Plan};
use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use world::World;
use write::{Edits, Row, Table};

const USAGE: &str = "usage: cargo bench --bench district -- --students 1000000 --out DIR [--faults none|all] [--seed 1] [--threads 2]";

struct Options {
    students: usize,
    out: PathBuf,
    faults: bool,
    seed: u64,
    threads: usize,
}

fn main() {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return println!("{USAGE}"),
        Err(mistake) => {
            eprintln!("{mistake}\n{USAGE}");
            std::process::exit(2);
        }
    };
    if let Err(error) = run(&options) {
        eprintln!("{}: {error}", options.out.display());
        std::process::exit(2);
    }
}

/// `None` when there is nothing to do: `cargo bench` runs every target without arguments.
fn options(args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut args = args.filter(|arg| arg != "--bench" && arg != "--test").peekable();
    if args.peek().is_none() {
        return Ok(None);
    }
    let (mut students, mut out, mut faults, mut seed, mut threads) = (None, None, true, 1, 2);
    while let Some(arg) = args.next() {
        let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
        let number = || value.replace('_', "").parse::<u64>().map_err(|_| format!("{arg} needs a number"));
        match arg.as_str() {
            "--students" => students = Some(number()? as usize),
            "--out" => out = Some(PathBuf::from(&value)),
            "--seed" => seed = number()?,
            "--threads" => threads = number()?.max(1) as usize,
            "--faults" if value == "all" => faults = true,
            "--faults" if value == "none" => faults = false,
            _ => return Err(format!("{arg} {value} is unknown")),
        }
    }
    let students = students.ok_or("--students is missing")?;
    let least = if faults { 20_000 } else { 500 };
    if !(least..=10_000_000).contains(&students) {
        return Err(format!("--students is from {least} to 10000000"));
    }
    Ok(Some(Options { students, out: out.ok_or("--out is missing")?, faults, seed, threads }))
}

/// A file of the district: where it is, and what it holds.
const FILES: [(&str, Day, Kind); 16] = [
    ("clever/students.csv", Day::Today, Kind::Students),
    ("yesterday/clever/students.csv", Day::Yesterday, Kind::Students),
    ("clever/enrollments.csv", Day::Today, Kind::Enrollments),
    ("mylexia-students.csv", Day::Today, Kind::StudentAccounts),
    ("clever/sections.csv", Day::Today, Kind::Sections),
    ("yesterday/clever/sections.csv", Day::Yesterday, Kind::Sections),
    ("clever/teachers.csv", Day::Today, Kind::Teachers),
    ("yesterday/clever/teachers.csv", Day::Yesterday, Kind::Teachers),
    ("mylexia-staff.csv", Day::Today, Kind::StaffAccounts),
    ("clever/staff.csv", Day::Today, Kind::Staff),
    ("yesterday/clever/staff.csv", Day::Yesterday, Kind::Staff),
    ("clever/administrators.csv", Day::Today, Kind::Administrators),
    ("yesterday/clever/administrators.csv", Day::Yesterday, Kind::Administrators),
    ("clever/schools.csv", Day::Today, Kind::Schools),
    ("yesterday/clever/schools.csv", Day::Yesterday, Kind::Schools),
    ("rollbook.toml", Day::Today, Kind::Configuration),
];

fn run(options: &Options) -> io::Result<()> {
    let start = Instant::now();
    let world = World::new(options.students, options.seed);
    let mut plan = Plan::new(&world, options.seed);
    if options.faults {
        faults::plant(&mut plan);
    }
    for folder in ["clever", "yesterday/clever"] {
        std::fs::create_dir_all(options.out.join(folder))?;
    }
    write_truth(&options.out.join("truth.jsonl"), &mut plan)?;
    println!(
        "{} students, {} schools, {} teachers, {} staff, {} sections; {} findings of {} rules planted",
        world.students,
        world.schools.len(),
        world.teachers,
        world.staff,
        world.sections,
        plan.truth.len(),
        plan.truth.iter().map(|truth| truth.rule.as_str()).collect::<HashSet<_>>().len()
    );
    let waiting = Mutex::new(FILES.iter());
    let written = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let work = || -> io::Result<()> {
            loop {
                let next = waiting.lock().map_or(None, |mut files| files.next());
                let Some((name, day, kind)) = next else { return Ok(()) };
                let (rows, bytes) = write(&world, &options.out.join(name), *kind, plan.edits(*day, *kind))?;
                if let Ok(mut written) = written.lock() {
                    written.push((*name, rows, bytes));
                }
            }
        };
        let threads: Vec<_> = (0..options.threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread ended early"))))
    })?;
    let mut written = written.into_inner().unwrap_or_default();
    written.sort_unstable();
    for (name, rows, bytes) in &written {
        println!("{name:<32} {rows:>10} rows {:>9.1} MB", *bytes as f64 / 1e6);
    }
    let (rows, bytes) = written.iter().fold((0, 0), |sum, file| (sum.0 + file.1, sum.1 + file.2));
    println!("{:<32} {rows:>10} rows {:>9.1} MB in {:.1} s", "all", bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    Ok(())
}

fn write_truth(path: &Path, plan: &mut Plan<'_>) -> io::Result<()> {
    plan.finish();
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    for truth in &plan.truth {
        let mut line = serde_json::json!({ "rule": truth.rule, "records": truth.records });
        if truth.count > 1 {
            line["count"] = truth.count.into();
        }
        writeln!(file, "{line}")?;
    }
    file.flush()
}

fn write(world: &World, path: &Path, kind: Kind, edits: &Edits) -> io::Result<(u64, u64)> {
    if kind == Kind::Configuration {
        std::fs::write(path, CONFIGURATION)?;
        return Ok((0, CONFIGURATION.len() as u64));
    }
    let mut table = Table::create(path, kind.header(), edits)?;
    let mut row = Row::default();
    match kind {
        Kind::Configuration => {}
        Kind::Schools => {
            for school in 0..world.schools.len() {
                world.school_row(school, &mut row);
                table.row(&row, &[school as u64])?;
            }
        }
        Kind::Students => {
            for student in 0..world.students {
                let (owner, contacts) = world.contacts(student);
                for number in 0..contacts.max(1) {
                    world.student_row(student, (contacts > 0).then_some((owner, number)), &mut row);
                    table.row(&row, &[plan::contact_key(student, number), plan::student_key(student)])?;
                }
            }
        }
        Kind::Teachers => {
            for teacher in 0..world.teachers {
                world.teacher_row(teacher, &mut row);
                table.row(&row, &[teacher as u64])?;
            }
        }
        Kind::Staff => {
            for staff in 0..world.staff {
                world.staff_row(staff, &mut row);
                table.row(&row, &[staff as u64])?;
            }
        }
        Kind::Administrators => {
            for number in 0..world.administrators() {
                world.administrator_row(number, &mut row);
                table.row(&row, &[number as u64])?;
            }
        }
        Kind::Sections => {
            for section in 0..world.sections {
                world.section_row(section, &mut row);
                table.row(&row, &[section as u64])?;
            }
        }
        Kind::Enrollments => {
            for section in 0..world.sections {
                for student in world.students_of_section(section) {
                    world.enrollment_row(section, student, &mut row);
                    table.row(&row, &[plan::enrollment_key(section, student)])?;
                }
            }
        }
        Kind::StudentAccounts => {
            // A platform exports in an order of its own.
            let order = prng::Shuffle::at_least(world.students as u64);
            let students = (0..order.prime).map(|at| order.send(at) as usize).filter(|student| *student < world.students);
            for student in students {
                world.student_account_row(student, &mut row);
                table.row(&row, &[student as u64])?;
            }
        }
        Kind::StaffAccounts => {
            for number in 0..world.teachers + world.staff {
                world.staff_account_row(number, &mut row);
                table.row(&row, &[number as u64])?;
            }
        }
    }
    table.finish()
}

const CONFIGURATION: &str = r#"packs = ["roster", "clever", "mylexia"]

[sources.roster]
path = "clever"
[sources.accounts]
path = ["mylexia-students.csv", "mylexia-staff.csv"]
[sources.previous]
path = [
    "yesterday/clever/schools.csv", "yesterday/clever/students.csv", "yesterday/clever/teachers.csv", "yesterday/clever/sections.csv",
    "yesterday/clever/staff.csv", "yesterday/clever/administrators.csv",
]
"#;
