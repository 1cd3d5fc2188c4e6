//! Laws of forecasts, over rosters and accounts drawn at random: the order of rows and threads says nothing; a forecast that is applied comes true, and
//! leaves nothing to forecast.
use crate::forecast::{compiled, data, forecasted, told};
use proptest::prelude::*;
use rollbook::engine::{Forecast, SyncRun, agreement};
use rollbook::model::Epoch;
use rollbook::pack::{Outcome, Pack};
use std::collections::BTreeSet;

const PACK: &str = include_str!("syncs/demo.toml");
const ROSTER: &str = "[pack]\nname = \"roster\"\ntitle = \"a demo\"\nversion = \"1.0.0\"\n";

fn packs() -> Vec<Pack> {
    // Limits are for another test: what is held does not happen.
    compiled(&[ROSTER, &PACK.split("[[test]]").next().expect("a head").replace("{ share = \"50%\", least = 2 }", "\"100%\"")])
}

/// A person: id, username, email, first name.
type Person = (u8, u8, Option<u8>, u8);
/// An account: ref_id, username, email, first name, status.
#[derive(Clone, Debug, PartialEq)]
struct Account {
    ref_id: String,
    id: String,
    kind: &'static str,
    username: String,
    email: String,
    first_name: String,
    last_name: String,
    archived: bool,
}

/// Rows of a roster and of what the platform has.
#[derive(Clone, Debug)]
struct World {
    staff: Vec<Person>,
    students: Vec<Person>,
    sections: Vec<(u8, u8)>,
    teachings: Vec<(u8, u8)>,
    enrollments: Vec<(u8, u8)>,
    accounts: Vec<Account>,
    previous_sections: Vec<(String, String)>,
    previous_enrollments: Vec<(String, String)>,
}

const NAMES: [&str; 4] = ["Ada", "ADA", "Bob", "Cy"];

fn email(of: Option<u8>) -> String {
    of.map_or_else(String::new, |of| format!("u{of}@maple.example"))
}

impl World {
    fn tables(&self) -> Vec<(&'static str, Epoch, String)> {
        let people = |people: &[Person]| {
            let row = |(id, username, of, name): &Person| format!("{id},u{username},{},{},X\n", email(*of), NAMES[usize::from(*name)]);
            format!("id,username,email,first_name,last_name\n{}", people.iter().map(row).collect::<String>())
        };
        let pairs = |head: &str, rows: &[(u8, u8)], a: &str, b: &str| {
            format!("{head}\n{}", rows.iter().map(|(one, other)| format!("{a}{one},{b}{other}\n")).collect::<String>())
        };
        let texts = |head: &str, rows: &[(String, String)]| {
            format!("{head}\n{}", rows.iter().map(|(one, other)| format!("{one},{other}\n")).collect::<String>())
        };
        let account = |a: &Account| {
            let status = if a.archived { "archived" } else { "active" };
            format!("{},{},{},{},{},{},{},{status}\n", a.ref_id, a.id, a.kind, a.username, a.email, a.first_name, a.last_name)
        };
        let accounts: String = self.accounts.iter().map(account).collect();
        vec![
            ("staff", Epoch::Today, people(&self.staff)),
            ("student", Epoch::Today, people(&self.students)),
            ("section", Epoch::Today, pairs("id,name", &self.sections, "c", "n")),
            ("teaching", Epoch::Today, pairs("section_id,staff_id", &self.teachings, "c", "")),
            ("enrollment", Epoch::Today, pairs("section_id,student_id", &self.enrollments, "c", "")),
            ("account", Epoch::Today, format!("ref_id,id,kind,username,email,first_name,last_name,status\n{accounts}")),
            ("section", Epoch::Previous, texts("id,name", &self.previous_sections)),
            ("enrollment", Epoch::Previous, texts("section_id,student_id", &self.previous_enrollments)),
        ]
    }

    fn look<T>(&self, packs: &[Pack], look: impl FnOnce(&Forecast<'_, '_>) -> T) -> T {
        let tables = self.tables();
        let tables: Vec<(&str, Epoch, &str)> = tables.iter().map(|(noun, epoch, csv)| (*noun, *epoch, csv.as_str())).collect();
        forecasted(packs, &data(&tables), look)
    }

    fn told(&self, packs: &[Pack]) -> Vec<String> {
        self.look(packs, |forecast| {
            let lines =
                |run: SyncRun<'_, '_, '_>| told(&run).into_iter().map(|line| format!("{}: {line}", run.sync().id)).collect::<Vec<_>>();
            let mut all: Vec<String> = forecast.syncs().flat_map(lines).collect();
            for platform in forecast.platforms() {
                all.extend(
                    forecast
                        .causes(&platform.syncs, 5)
                        .first
                        .into_iter()
                        .map(|cause| format!("{:?}", (cause.message, cause.hangs, cause.frees))),
                );
            }
            all
        })
    }

    /// The world after the platform did what was forecast.
    fn applied(&self, packs: &[Pack]) -> World {
        let mut then = self.clone();
        self.look(packs, |forecast| {
            for run in forecast.syncs() {
                then.apply(&run, self);
            }
        });
        then
    }

    fn apply(&mut self, run: &SyncRun<'_, '_, '_>, before: &World) {
        let people = match &*run.sync().id {
            "demo/staff" => Some(("staff", &before.staff)),
            "demo/students" => Some(("student", &before.students)),
            _ => None,
        };
        for outcome in Outcome::ALL {
            for entry in run.entries(outcome, &[], usize::MAX) {
                let told = run.tell(entry);
                let row = told.account.as_ref().map(|account| account.record as usize - 1);
                let (first, second) = told.id.split_once('/').unwrap_or((&told.id, ""));
                match (people, outcome) {
                    (Some((kind, people)), Outcome::Create) => {
                        let person = people.iter().find(|person| person.0.to_string() == told.id).expect("a person");
                        self.accounts.push(Account {
                            ref_id: told.id.clone(),
                            id: String::new(),
                            kind,
                            username: format!("u{}", person.1),
                            email: email(person.2),
                            first_name: NAMES[usize::from(person.3)].to_owned(),
                            last_name: "X".to_owned(),
                            archived: false,
                        });
                    }
                    (Some(_), Outcome::Attach | Outcome::Update | Outcome::Restore) => {
                        let account = &mut self.accounts[row.expect("an account")];
                        (account.ref_id, account.archived) = (told.id.clone(), false);
                        for change in told.changes {
                            let value = change.new.unwrap_or_default();
                            match change.field {
                                "email" => account.email = value,
                                "first_name" => account.first_name = value,
                                "last_name" => account.last_name = value,
                                other => panic!("nobody updates {other}"),
                            }
                        }
                    }
                    (Some(_), Outcome::Suspend | Outcome::Archive) => self.accounts[row.expect("an account")].archived = true,
                    (None, Outcome::Create) if second.is_empty() => {
                        let name = before.sections.iter().find(|(id, _)| format!("c{id}") == told.id).expect("a section").1;
                        self.previous_sections.push((told.id.clone(), format!("n{name}")));
                    }
                    (None, Outcome::Create) => self.previous_enrollments.push((first.to_owned(), second.to_owned())),
                    (None, Outcome::Update) => {
                        let section = self.previous_sections.iter_mut().find(|(id, _)| *id == told.id).expect("a section");
                        section.1 = told.changes[0].new.clone().expect("a name");
                    }
                    (None, Outcome::Delete) if second.is_empty() => self.previous_sections.retain(|(id, _)| *id != told.id),
                    (None, Outcome::Delete) => {
                        self.previous_enrollments.retain(|(section, student)| (section.as_str(), student.as_str()) != (first, second));
                    }
                    (_, Outcome::Same | Outcome::Left | Outcome::Blocked | Outcome::NotCreated | Outcome::Already) => {}
                    (_, other) => panic!("{}: {other:?} of {}", run.sync().id, told.id),
                }
            }
        }
    }
}

fn unique<T: Ord + Clone>(rows: Vec<T>, key: impl Fn(&T) -> u8) -> Vec<T> {
    let mut seen = BTreeSet::new();
    rows.into_iter().filter(|row| seen.insert(key(row))).collect()
}

prop_compose! {
    fn account()(of in 0u8..8, kind in 0u8..2, username in 0u8..6, address in 0u8..6, name in 0u8..4, exception in 0u8..5, archived in any::<bool>()) -> Account {
        Account {
            ref_id: match exception { 0 => format!("EX{of}"), 1 => String::new(), _ => of.to_string() },
            id: String::new(),
            kind: if kind == 0 { "staff" } else { "student" },
            username: format!("u{username}"),
            email: email(Some(address)),
            first_name: NAMES[usize::from(name)].to_owned(),
            last_name: "X".to_owned(),
            archived,
        }
    }
}

prop_compose! {
    fn world()(
        staff in prop::collection::vec((0u8..8, 0u8..6, prop::option::of(0u8..6), 0u8..4), 0..6),
        students in prop::collection::vec((0u8..8, 0u8..6, prop::option::of(0u8..6), 0u8..4), 0..6),
        sections in prop::collection::vec((0u8..5, 0u8..3), 0..4),
        teachings in prop::collection::btree_set((0u8..5, 0u8..8), 0..6),
        enrollments in prop::collection::btree_set((0u8..5, 0u8..8), 0..8),
        accounts in prop::collection::vec(account(), 0..8),
        previous_sections in prop::collection::btree_map(0u8..6, 0u8..3, 0..5),
        previous_enrollments in prop::collection::btree_set((0u8..6, 0u8..8), 0..6),
    ) -> World {
        let accounts = accounts.into_iter().enumerate().map(|(nth, account)| Account { id: format!("L{nth}"), ..account }).collect();
        World {
            staff: unique(staff, |person| person.0),
            students: unique(students, |person| person.0),
            sections: unique(sections, |section| section.0),
            teachings: teachings.into_iter().collect(),
            enrollments: enrollments.into_iter().collect(),
            accounts,
            previous_sections: previous_sections.into_iter().map(|(id, name)| (format!("c{id}"), format!("n{name}"))).collect(),
            previous_enrollments: previous_enrollments.into_iter().map(|(section, student)| (format!("c{section}"), student.to_string())).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_and_threads_say_nothing(world in world(), seed in any::<u64>()) {
        let packs = packs();
        // Several rows of one identity that say different things.
        let mut world = world;
        world.staff.extend(world.staff.first().map(|first| (first.0, first.1, None, 2)).into_iter().collect::<Vec<_>>());
        world.sections.extend(world.sections.first().map(|first| (first.0, 9)).into_iter().collect::<Vec<_>>());
        world.enrollments.extend(world.enrollments.first().copied().into_iter().collect::<Vec<_>>());
        let wanted = pool(1).install(|| world.told(&packs));
        prop_assert_eq!(&pool(3).install(|| world.told(&packs)), &wanted);
        let mut other = world;
        shuffle(&mut other.staff, seed);
        shuffle(&mut other.students, seed);
        shuffle(&mut other.sections, seed);
        shuffle(&mut other.teachings, seed);
        shuffle(&mut other.enrollments, seed);
        shuffle(&mut other.accounts, seed);
        shuffle(&mut other.previous_sections, seed);
        shuffle(&mut other.previous_enrollments, seed);
        prop_assert_eq!(&other.told(&packs), &wanted);
    }

    #[test]
    fn a_forecast_that_is_applied_comes_true_and_leaves_nothing(world in world()) {
        let packs = packs();
        let then = world.applied(&packs);
        let differing = world.look(&packs, |forecast| then.look(&packs, |after| {
            let told = |agreement: rollbook::engine::Agreement| agreement.differing.iter().map(|differing| format!("{differing:?}")).chain(agreement.unforeseen).collect::<Vec<_>>();
            agreement(forecast, after).into_iter().flat_map(told).collect::<Vec<_>>()
        }));
        prop_assert_eq!(differing, Vec::<String>::new());
        let settled = [": no change", ": stays inactive", ": left alone", ": blocked", ": not created"];
        let is_sync = |line: &String| line.starts_with("demo/");
        let left: Vec<String> = then.told(&packs).into_iter().filter(is_sync).filter(|line| !settled.iter().any(|word| line.contains(word))).collect();
        prop_assert_eq!(left, Vec::<String>::new());
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// Fisher and Yates, with numbers that a seed gives.
fn shuffle<T>(rows: &mut [T], mut seed: u64) {
    for at in (1..rows.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (seed >> 33) as usize % (at + 1));
    }
}
