//! Who has which fault. Every fault has victims of its own, so that what it causes can be said without running a rule.
use super::people::Word;
use super::prng::Prng;
use super::world::{self, World};
use super::write::{Edit, Edits, Row};
use std::collections::{BTreeMap, HashSet};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Today,
    Yesterday,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Schools,
    Students,
    Teachers,
    Staff,
    Sections,
    Enrollments,
    Administrators,
    StudentAccounts,
    StaffAccounts,
    Configuration,
}

impl Kind {
    pub fn header(self) -> &'static [&'static str] {
        match self {
            Kind::Schools => world::SCHOOLS,
            Kind::Students => world::STUDENTS,
            Kind::Teachers => world::TEACHERS,
            Kind::Staff => world::STAFF,
            Kind::Sections => world::SECTIONS,
            Kind::Enrollments => world::ENROLLMENTS,
            Kind::Administrators => world::ADMINISTRATORS,
            Kind::StudentAccounts | Kind::StaffAccounts => world::ACCOUNTS,
            Kind::Configuration => &[],
        }
    }

    pub fn column(self, name: &str) -> usize {
        self.header().iter().position(|column| *column == name).unwrap_or_else(|| panic!("no column {name}"))
    }
}

/// The key of a student's row with that contact.
pub fn contact_key(student: usize, contact: usize) -> u64 {
    (student as u64) << 4 | contact as u64
}

/// The key of all rows of a student.
pub fn student_key(student: usize) -> u64 {
    (student as u64) << 4 | 15
}

pub fn enrollment_key(section: usize, student: usize) -> u64 {
    (section as u64) << 32 | student as u64
}

/// A finding that is to be expected.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    pub rule: String,
    pub records: Vec<String>,
    pub count: usize,
}

pub struct Plan<'w> {
    pub world: &'w World,
    /// How many of each fault.
    pub each: usize,
    /// Rule, tuples of a finding, and the identities of their records.
    pub truth: Vec<Truth>,
    groups: BTreeMap<(String, String), (usize, Vec<String>)>,
    edits: [[Edits; 10]; 2],
    random: Prng,
    students: HashSet<usize>,
    teachers: HashSet<usize>,
    staff: HashSet<usize>,
    sections: HashSet<usize>,
    next: u64,
}

impl<'w> Plan<'w> {
    pub fn new(world: &'w World, seed: u64) -> Self {
        Plan {
            world,
            each: world.students / 20_000 + 3,
            truth: Vec::new(),
            groups: BTreeMap::new(),
            edits: Default::default(),
            random: Prng::new(seed ^ 0xfa17),
            students: HashSet::new(),
            teachers: HashSet::new(),
            staff: HashSet::new(),
            sections: HashSet::new(),
            next: 0,
        }
    }

    pub fn edits(&self, day: Day, kind: Kind) -> &Edits {
        &self.edits[day as usize][kind as usize]
    }

    // ---- what is wrong

    /// A finding of these records.
    pub fn finds<T: ToString>(&mut self, rule: &str, records: impl IntoIterator<Item = T>) {
        let records = records.into_iter().map(|record| record.to_string()).collect();
        self.truth.push(Truth { rule: rule.to_owned(), records, count: 1 });
    }

    /// A clash of so many records.
    pub fn clash<T: ToString>(&mut self, rule: &str, records: impl IntoIterator<Item = T>) {
        let records: Vec<String> = records.into_iter().map(|record| record.to_string()).collect();
        self.truth.push(Truth { rule: rule.to_owned(), count: records.len(), records });
    }

    /// Records that belong to the one finding of all that agree in `key`.
    pub fn group<T: ToString>(&mut self, rule: &str, key: &str, records: impl IntoIterator<Item = T>) {
        let group = self.groups.entry((rule.to_owned(), key.to_owned())).or_default();
        group.0 += 1;
        group.1.extend(records.into_iter().map(|record| record.to_string()));
    }

    /// Ends the truth: groups are whole, and all is in order.
    pub fn finish(&mut self) {
        for ((rule, _), (count, records)) in std::mem::take(&mut self.groups) {
            self.truth.push(Truth { rule, records, count });
        }
        self.truth.iter_mut().for_each(|truth| truth.records.sort_unstable());
        self.truth.sort_unstable();
    }

    /// A number that no other record of the district has.
    pub fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    // ---- victims

    /// A student with no fault yet.
    pub fn student(&mut self) -> usize {
        self.student_that(|_, _| true)
    }

    pub fn student_that(&mut self, fits: impl Fn(&World, usize) -> bool) -> usize {
        let world = self.world;
        loop {
            let student = self.random.below(world.students);
            if !self.students.contains(&student) && fits(world, student) {
                self.students.insert(student);
                return student;
            }
        }
    }

    /// Two students who have neither name in common.
    pub fn two_students(&mut self) -> (usize, usize) {
        let world = self.world;
        let one = self.student();
        let name = world.student_name(one);
        (one, self.student_that(|world, two| differ(name, world.student_name(two))))
    }

    /// A student with at least so many contacts, of whom nobody shares one.
    pub fn parented(&mut self, contacts: usize) -> usize {
        self.student_that(|world, student| world.alone(student) && world.contacts(student).1 >= contacts)
    }

    /// A teacher with no fault yet, nor in any section.
    pub fn teacher(&mut self) -> usize {
        let world = self.world;
        loop {
            let teacher = self.random.below(world.teachers);
            if self.teachers.contains(&teacher) {
                continue;
            }
            let (alone, shared) = world.sections_of_teacher(teacher);
            let all = || alone.iter().chain(&shared);
            if all().any(|section| self.sections.contains(section) || self.colleagues(*section).any(|other| self.teachers.contains(&other)))
            {
                continue;
            }
            self.teachers.insert(teacher);
            return teacher;
        }
    }

    /// Two teachers who have neither name in common.
    pub fn two_teachers(&mut self) -> (usize, usize) {
        let one = self.teacher();
        loop {
            let two = self.teacher();
            if differ(self.world.teacher_name(one), self.world.teacher_name(two)) {
                return (one, two);
            }
        }
    }

    fn colleagues(&self, section: usize) -> impl Iterator<Item = usize> + use<> {
        let (main, second) = self.world.teachers_of_section(section);
        std::iter::once(main).chain(second)
    }

    /// A section of one teacher, neither with a fault yet.
    pub fn section(&mut self) -> usize {
        let world = self.world;
        loop {
            let section = self.random.below(world.sections);
            let (main, second) = world.teachers_of_section(section);
            if second.is_none() && !self.teachers.contains(&main) && self.sections.insert(section) {
                return section;
            }
        }
    }

    /// A section with its students, none of them with a fault yet; its teacher gets no other.
    pub fn class(&mut self) -> (usize, Vec<usize>) {
        loop {
            let section = self.section();
            let students: Vec<usize> = self.world.students_of_section(section).collect();
            let teacher = self.world.teachers_of_section(section).0;
            if students.iter().all(|student| !self.students.contains(student)) {
                self.teachers.insert(teacher);
                self.students.extend(&students);
                return (section, students);
            }
        }
    }

    /// A member of staff who does not teach, with no fault yet.
    pub fn staff(&mut self) -> usize {
        loop {
            let staff = self.random.below(self.world.staff);
            if self.staff.insert(staff) {
                return staff;
            }
        }
    }

    pub fn school(&mut self) -> usize {
        self.random.below(self.world.schools.len())
    }

    // ---- edits

    fn edit(&mut self, day: Day, kind: Kind, key: u64, edit: Edit) {
        self.edits[day as usize][kind as usize].entry(key).or_default().push(edit);
    }

    pub fn set(&mut self, day: Day, kind: Kind, key: u64, column: &str, value: impl Into<String>) {
        self.edit(day, kind, key, Edit::Set(kind.column(column), value.into()));
    }

    /// Another value on both days.
    pub fn set_both(&mut self, kind: Kind, key: u64, column: &str, value: impl Into<String>) {
        let value = value.into();
        self.set(Day::Today, kind, key, column, value.clone());
        self.set(Day::Yesterday, kind, key, column, value);
    }

    pub fn drop(&mut self, day: Day, kind: Kind, key: u64) {
        self.edit(day, kind, key, Edit::Drop);
    }

    /// Another row after that of `key`, which starts as `cells` and has other values in some columns.
    pub fn add(&mut self, day: Day, kind: Kind, key: u64, mut cells: Vec<String>, changes: &[(&str, &str)]) {
        for (column, value) in changes {
            cells[kind.column(column)] = (*value).to_owned();
        }
        self.edit(day, kind, key, Edit::After(cells));
    }

    pub fn add_both(&mut self, kind: Kind, key: u64, cells: Vec<String>, changes: &[(&str, &str)]) {
        self.add(Day::Today, kind, key, cells.clone(), changes);
        self.add(Day::Yesterday, kind, key, cells, changes);
    }

    /// Takes a student out of all sections.
    pub fn unenroll(&mut self, student: usize) {
        for section in self.world.sections_of_student(student) {
            self.drop(Day::Today, Kind::Enrollments, enrollment_key(section, student));
        }
    }

    // ---- rows to start from

    pub fn cells(&self, fill: impl FnOnce(&World, &mut Row)) -> Vec<String> {
        let mut row = Row::default();
        fill(self.world, &mut row);
        row.cells()
    }
}

fn differ(one: (&Word, &Word, Option<&Word>), two: (&Word, &Word, Option<&Word>)) -> bool {
    one.0.plain != two.0.plain && one.1.plain != two.1.plain
}
