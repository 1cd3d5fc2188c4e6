//! A healthy district: every record is a function of its number, so that no table of people is held in memory.
use super::people::{Names, Word};
use super::prng::{Shuffle, mix};
use super::write::Row;

pub const SCHOOLS: &[&str] = &[
    "School_id",
    "School_name",
    "School_number",
    "State_id",
    "Low_grade",
    "High_grade",
    "Principal",
    "Principal_email",
    "School_address",
    "School_city",
    "School_state",
    "School_zip",
    "School_phone",
];
pub const STUDENTS: &[&str] = &[
    "School_id",
    "Student_id",
    "Student_number",
    "State_id",
    "Last_name",
    "Middle_name",
    "First_name",
    "Grade",
    "Gender",
    "Graduation_year",
    "DOB",
    "Race",
    "Hispanic_Latino",
    "Ell_status",
    "Frl_status",
    "Iep_status",
    "Section_504_status",
    "Gifted_status",
    "Student_email",
    "Username",
    "Contact_relationship",
    "Contact_type",
    "Contact_name",
    "Contact_phone",
    "Contact_phone_type",
    "Contact_email",
    "Contact_sis_id",
];
pub const TEACHERS: &[&str] = &[
    "School_id",
    "Teacher_id",
    "Teacher_number",
    "State_teacher_id",
    "Teacher_email",
    "First_name",
    "Middle_name",
    "Last_name",
    "Title",
    "Username",
];
pub const SECTIONS: &[&str] = &[
    "School_id",
    "Section_id",
    "Teacher_id",
    "Teacher_2_id",
    "Name",
    "Section_number",
    "Grade",
    "Course_name",
    "Course_number",
    "Period",
    "Subject",
    "Term_name",
    "Term_start",
    "Term_end",
];
pub const ENROLLMENTS: &[&str] = &["School_id", "Section_id", "Student_id"];
pub const STAFF: &[&str] = &["School_id", "Staff_id", "Staff_email", "First_name", "Last_name", "Department", "Title", "Username", "Role"];
pub const ADMINISTRATORS: &[&str] = &["Admin_id", "Admin_email", "First_name", "Last_name", "Title", "Role"];
pub const ACCOUNTS: &[&str] =
    &["First Name", "Last Name", "Username", "RefID", "Lexia ID", "Role", "Grade", "School", "Email", "Class", "Status"];

/// Students of one grade in one school, taught in the same groups all day.
pub struct Block {
    pub grade: u8,
    pub first: usize,
    pub students: usize,
    pub groups: usize,
    pub first_section: usize,
}

pub struct School {
    pub name: String,
    pub low: u8,
    pub first_teacher: usize,
    pub teachers: usize,
    pub first_staff: usize,
    pub staff: usize,
    pub first_section: usize,
    pub blocks: Vec<Block>,
}

pub const PERIODS: usize = 7;
const COURSES: [(&str, &str); PERIODS] = [
    ("English", "english/language arts"),
    ("Mathematics", "math"),
    ("Science", "science"),
    ("History", "social studies"),
    ("Spanish", "language"),
    ("Health", "PE and health"),
    ("Studio Art", "arts and music"),
];
const RACES: [&str; 6] = ["A", "B", "I", "M", "P", "W"];
const CITIES: [&str; 6] = ["Eastmere", "Linden Falls", "Harrow Point", "Goldwick", "Stonebridge", "Fernhollow"];

pub struct World {
    pub students: usize,
    pub teachers: usize,
    pub staff: usize,
    pub sections: usize,
    pub schools: Vec<School>,
    pub names: Names,
    seed: u64,
    ids: Shuffle,
    numbers: Shuffle,
    phones: Shuffle,
}

/// A section's place.
pub struct Place {
    pub school: usize,
    pub block: usize,
    pub period: usize,
    pub group: usize,
}

impl World {
    pub fn new(students: usize, seed: u64) -> Self {
        let mut world = World {
            students,
            teachers: 0,
            staff: 0,
            sections: 0,
            schools: Vec::new(),
            names: Names::new(),
            seed,
            ids: Shuffle::at_most(99_999_999),
            numbers: Shuffle::at_most(89_999_999),
            phones: Shuffle::at_most(799_999_999),
        };
        let mut first = 0;
        while first < students {
            let number = world.schools.len();
            let (low, grades) = [(0, 6), (6, 3), (0, 6), (9, 4), (0, 6)][number % 5];
            let wanted = 450 + (world.hash(1, number as u64) % 434) as usize;
            let left = students - first;
            let size = if left < wanted + 450 { left } else { wanted };
            let mut blocks = Vec::new();
            let mut section = world.sections;
            for grade in 0..grades {
                let (from, to) = (size * grade / grades, size * (grade + 1) / grades);
                let groups = (to - from).div_ceil(25).max(1);
                let block = Block { grade: low + grade as u8, first: first + from, students: to - from, groups, first_section: section };
                blocks.push(block);
                section += groups * PERIODS;
            }
            let sections = section - world.sections;
            let school = School {
                name: school_name(&world.names, number, low),
                low,
                first_teacher: world.teachers,
                teachers: (sections * 5 / 28).max(2),
                first_staff: world.staff,
                staff: 7,
                first_section: world.sections,
                blocks,
            };
            first += size;
            world.teachers += school.teachers;
            world.staff += school.staff;
            world.sections = section;
            world.schools.push(school);
        }
        world
    }

    fn hash(&self, what: u64, number: u64) -> u64 {
        mix(mix(self.seed ^ (what << 56)) ^ number)
    }

    // ---- who is where

    pub fn school_of_student(&self, student: usize) -> usize {
        self.schools.partition_point(|school| school.blocks[0].first <= student) - 1
    }

    pub fn school_of_teacher(&self, teacher: usize) -> usize {
        self.schools.partition_point(|school| school.first_teacher <= teacher) - 1
    }

    pub fn school_of_staff(&self, staff: usize) -> usize {
        self.schools.partition_point(|school| school.first_staff <= staff) - 1
    }

    pub fn block_of(&self, student: usize) -> &Block {
        let school = &self.schools[self.school_of_student(student)];
        &school.blocks[school.blocks.partition_point(|block| block.first <= student) - 1]
    }

    pub fn place(&self, section: usize) -> Place {
        let school = self.schools.partition_point(|school| school.first_section <= section) - 1;
        let blocks = &self.schools[school].blocks;
        let block = blocks.partition_point(|block| block.first_section <= section) - 1;
        let within = section - blocks[block].first_section;
        Place { school, block, period: within / blocks[block].groups, group: within % blocks[block].groups }
    }

    pub fn sections_of_student(&self, student: usize) -> Vec<usize> {
        let block = self.block_of(student);
        let at = student - block.first;
        (0..PERIODS).map(|period| block.first_section + period * block.groups + group(at, period, block.groups)).collect()
    }

    pub fn students_of_section(&self, section: usize) -> impl Iterator<Item = usize> + '_ {
        let place = self.place(section);
        let block = &self.schools[place.school].blocks[place.block];
        (0..block.students).filter(move |at| group(*at, place.period, block.groups) == place.group).map(|at| block.first + at)
    }

    /// The teacher of a section, and for one section in ten another.
    pub fn teachers_of_section(&self, section: usize) -> (usize, Option<usize>) {
        let school = &self.schools[self.place(section).school];
        let within = section - school.first_section;
        let main = within % school.teachers;
        let second = (within % 10 == 4).then(|| school.first_teacher + (main + 1) % school.teachers);
        (school.first_teacher + main, second)
    }

    /// The sections of a teacher, first those in which nobody else teaches.
    pub fn sections_of_teacher(&self, teacher: usize) -> (Vec<usize>, Vec<usize>) {
        let at = self.school_of_teacher(teacher);
        let school = &self.schools[at];
        let end = self.schools.get(at + 1).map_or(self.sections, |next| next.first_section);
        let own = (school.first_section..end).filter(|section| {
            let (main, second) = self.teachers_of_section(*section);
            main == teacher || second == Some(teacher)
        });
        own.partition(|section| self.teachers_of_section(*section).1.is_none())
    }

    /// Contacts of a student: whose they are (a brother or sister may share theirs), and how many.
    pub fn contacts(&self, student: usize) -> (usize, usize) {
        let older = student & !1;
        let family =
            older != student && self.hash(2, older as u64) % 100 < 15 && self.school_of_student(older) == self.school_of_student(student);
        let owner = if family { older } else { student };
        let count = match self.hash(3, owner as u64) % 100 {
            0..20 => 0,
            20..46 => 1,
            46..88 => 2,
            88..96 => 3,
            _ => 4,
        };
        (owner, count)
    }

    /// Whether nobody shares the student's contacts.
    pub fn alone(&self, student: usize) -> bool {
        self.contacts(student).0 == student && (student % 2 == 1 || self.contacts(student | 1).0 != student)
    }

    // ---- what they are called

    pub fn school_id(&self, school: usize) -> String {
        format!("{}", 400_000 + school * 7)
    }

    pub fn school_name(&self, school: usize) -> &str {
        &self.schools[school].name
    }

    pub fn student_id(&self, student: usize) -> u64 {
        100_000_000 + self.ids.send(student as u64)
    }

    pub fn teacher_id(&self, teacher: usize) -> u64 {
        300_000_000 + self.ids.send(teacher as u64)
    }

    pub fn staff_id(&self, staff: usize) -> u64 {
        500_000_000 + self.ids.send(staff as u64)
    }

    pub fn section_id(&self, section: usize) -> u64 {
        700_000_000 + section as u64 * 3 + 1
    }

    pub fn student_number(&self, student: usize) -> u64 {
        10_000_000 + self.numbers.send(student as u64)
    }

    pub fn student_name(&self, student: usize) -> (&Word, &Word, Option<&Word>) {
        self.names.person(student as u64)
    }

    pub fn teacher_name(&self, teacher: usize) -> (&Word, &Word, Option<&Word>) {
        self.names.person((self.students + teacher) as u64)
    }

    pub fn staff_name(&self, staff: usize) -> (&Word, &Word, Option<&Word>) {
        self.names.person((self.students + self.teachers + staff) as u64)
    }

    /// The letters of the first name's first and of the last name, and the student number.
    pub fn student_login(&self, student: usize) -> String {
        let mut row = Row::default();
        self.push_login(student, &mut row);
        row.end();
        row.cells().remove(0)
    }

    fn push_login(&self, student: usize, row: &mut Row) {
        let (first, last, _) = self.student_name(student);
        row.part(&first.plain[..1]).part(&last.plain).number(self.student_number(student), 8);
    }

    pub fn teacher_email(&self, teacher: usize) -> String {
        email(self.teacher_name(teacher))
    }

    pub fn staff_email(&self, staff: usize) -> String {
        email(self.staff_name(staff))
    }

    fn push_section_name(&self, section: usize, row: &mut Row) {
        let place = self.place(section);
        let (_, last, _) = self.teacher_name(self.teachers_of_section(section).0);
        row.part(COURSES[place.period].0).part(" ").part(grade_short(self.schools[place.school].blocks[place.block].grade)).part(" - ");
        row.part(&last.name).part(" - ").number(section as u64, 1);
    }

    // ---- rows

    pub fn school_row(&self, school: usize, row: &mut Row) {
        let low = self.schools[school].low;
        row.clear();
        row.number(400_000 + school as u64 * 7, 1).end();
        row.cell(self.school_name(school));
        row.part("N").number(school as u64 + 1, 4).end();
        row.part("ST").number(10_000 + school as u64, 5).end();
        row.cell(grade_long(low));
        row.cell(grade_long(self.schools[school].blocks.last().map_or(low, |block| block.grade)));
        let (first, last, _) = self.staff_name(self.schools[school].first_staff);
        row.part(&first.name).part(" ").part(&last.name).end();
        row.cell(&self.staff_email(self.schools[school].first_staff));
        let hash = self.hash(4, school as u64);
        row.number(100 + hash % 9000, 1)
            .part(" ")
            .part(&self.names.last[(hash >> 20) as usize % self.names.last.len()].name)
            .part(" Street")
            .end();
        row.cell(CITIES[(hash >> 40) as usize % CITIES.len()]);
        row.cell("WA");
        row.number(98_001 + hash % 900, 5).end();
        row.number(2_000_000_000 + school as u64, 10).end();
    }

    /// One row of a student, with the contact of that number if there is one.
    pub fn student_row(&self, student: usize, contact: Option<(usize, usize)>, row: &mut Row) {
        let school = self.school_of_student(student);
        let grade = u64::from(self.block_of(student).grade);
        let (first, last, second) = self.student_name(student);
        let hash = self.hash(5, student as u64);
        row.clear();
        row.number(400_000 + school as u64 * 7, 1).end();
        row.number(self.student_id(student), 9).end();
        row.number(self.student_number(student), 8).end();
        row.number(7_000_000_000 + student as u64 * 37, 10).end();
        push_last(last, second, row);
        row.cell(if hash.is_multiple_of(3) { "" } else { &self.names.first[(hash >> 8) as usize % self.names.first.len()].name });
        row.cell(&first.name);
        row.cell(grade_long(grade as u8));
        row.cell(["F", "M", "M", "F", "F", "M", "F", "M", "M", "F", "X"][(hash >> 16) as usize % 11]);
        row.number(2027 + 12 - grade, 4).end();
        // Five years old on the first of September of the kindergarten year.
        let month = (hash >> 24) % 12 + 1;
        row.number(month, 2).part("/").number((hash >> 30) % 28 + 1, 2).part("/");
        row.number(2020 - grade + u64::from(month < 9), 4).end();
        row.cell(RACES[(hash >> 36) as usize % 6]);
        row.cell(if (hash >> 40).is_multiple_of(5) { "Y" } else { "N" });
        row.cell(if (hash >> 43).is_multiple_of(9) { "Y" } else { "N" });
        row.cell(["Free", "Reduced", "Paid", "N"][(hash >> 47) as usize % 4]);
        row.cell(if (hash >> 50).is_multiple_of(7) { "Y" } else { "N" });
        row.cell(if (hash >> 53).is_multiple_of(19) { "Y" } else { "N" });
        row.cell(if (hash >> 56).is_multiple_of(11) { "Y" } else { "N" });
        self.push_login(student, row);
        row.part("@students.example.org").end();
        self.push_login(student, row);
        row.end();
        let Some((owner, number)) = contact else {
            for _ in 0..7 {
                row.cell("");
            }
            return;
        };
        let (_, last, second) = self.student_name(owner);
        let hash = self.hash(6, owner as u64);
        let first = &self.names.first[(hash as usize % 10_007 + number * 97) % self.names.first.len()];
        let person = owner as u64 * 4 + number as u64;
        row.cell(if number < 2 { "Parent" } else { "Grandparent" });
        row.cell(["Primary", "Parent/Guardian", "Emergency", "Family"][number]);
        row.part(&first.name).part(" ");
        push_last(last, second, row);
        row.number(2_100_000_000 + self.phones.send(person) * 9, 10).end();
        row.cell(["Cell", "Home", "Work"][(hash >> 20) as usize % 3]);
        row.part(&first.plain).part(".").part(&last.plain).number(person, 1).part("@mail.example.com").end();
        row.part("C").number(10_000_000 + self.ids.send(person), 8).end();
    }

    pub fn contact_sis_id(&self, student: usize, number: usize) -> String {
        format!("C{}", 10_000_000 + self.ids.send(self.contacts(student).0 as u64 * 4 + number as u64))
    }

    pub fn teacher_row(&self, teacher: usize, row: &mut Row) {
        let (first, last, second) = self.teacher_name(teacher);
        row.clear();
        row.number(400_000 + self.school_of_teacher(teacher) as u64 * 7, 1).end();
        row.number(self.teacher_id(teacher), 9).end();
        row.part("T").number(20_000 + teacher as u64, 6).end();
        row.number(8_000_000_000 + teacher as u64 * 13, 10).end();
        row.cell(&self.teacher_email(teacher));
        row.cell(&first.name);
        row.cell("");
        push_last(last, second, row);
        row.cell("Teacher");
        row.cell(&self.teacher_email(teacher));
    }

    pub fn staff_row(&self, staff: usize, row: &mut Row) {
        let (first, last, second) = self.staff_name(staff);
        row.clear();
        row.number(400_000 + self.school_of_staff(staff) as u64 * 7, 1).end();
        row.number(self.staff_id(staff), 9).end();
        row.cell(&self.staff_email(staff));
        row.cell(&first.name);
        push_last(last, second, row);
        row.cell(["Administration", "Library", "Counseling", "Technology"][staff % 4]);
        row.cell(["Principal", "Librarian", "Counselor", "Coordinator"][staff % 4]);
        row.cell(&self.staff_email(staff));
        row.cell("Portal Access");
    }

    /// People of the district's office.
    pub fn administrators(&self) -> usize {
        self.students / 5000 + 3
    }

    pub fn administrator_id(&self, number: usize) -> u64 {
        400_000_000 + number as u64 * 11
    }

    pub fn administrator_row(&self, number: usize, row: &mut Row) {
        let name = self.names.person((self.students + self.teachers + self.staff + number) as u64);
        row.clear();
        row.number(self.administrator_id(number), 9).end();
        row.cell(&email(name));
        row.cell(&name.0.name);
        push_last(name.1, name.2, row);
        row.cell("Coordinator");
        row.cell(["District Help Desk", "District Curriculum Lead", "Clever Administrator"][number % 3]);
    }

    pub fn section_row(&self, section: usize, row: &mut Row) {
        let place = self.place(section);
        let (main, second) = self.teachers_of_section(section);
        let (course, subject) = COURSES[place.period];
        let grade = self.schools[place.school].blocks[place.block].grade;
        row.clear();
        row.number(400_000 + place.school as u64 * 7, 1).end();
        row.number(self.section_id(section), 9).end();
        row.number(self.teacher_id(main), 9).end();
        match second {
            Some(second) => row.number(self.teacher_id(second), 9).end(),
            None => row.cell(""),
        }
        self.push_section_name(section, row);
        row.end();
        row.number(section as u64, 1).end();
        row.cell(grade_long(grade));
        row.part(course).part(" ").part(grade_short(grade)).end();
        row.part("CRS").number(place.period as u64 * 100 + u64::from(grade), 4).end();
        row.number(place.period as u64 + 1, 1).end();
        row.cell(subject);
        row.cell("2026-27");
        row.cell("2026-08-24");
        row.cell("2027-06-11");
    }

    pub fn enrollment_row(&self, section: usize, student: usize, row: &mut Row) {
        row.clear();
        row.number(400_000 + self.school_of_student(student) as u64 * 7, 1).end();
        row.number(self.section_id(section), 9).end();
        row.number(self.student_id(student), 9).end();
    }

    pub fn student_account_row(&self, student: usize, row: &mut Row) {
        let (first, last, second) = self.student_name(student);
        let block = self.block_of(student);
        row.clear();
        row.cell(&first.name);
        push_last(last, second, row);
        self.push_login(student, row);
        row.end();
        row.number(self.student_id(student), 9).end();
        row.number(1_000_000 + student as u64, 1).end();
        row.cell("Student");
        row.cell(grade_short(block.grade));
        row.cell(self.school_name(self.school_of_student(student)));
        self.push_login(student, row);
        row.part("@students.example.org").end();
        let at = student - block.first;
        self.push_section_name(block.first_section + group(at, 0, block.groups), row);
        row.end();
        row.cell("Active");
    }

    /// The account of a teacher, or past those of another member of staff.
    pub fn staff_account_row(&self, number: usize, row: &mut Row) {
        let teacher = number < self.teachers;
        let staff = number.wrapping_sub(self.teachers);
        let (first, last, second) = if teacher { self.teacher_name(number) } else { self.staff_name(staff) };
        let email = email((first, last, second));
        let school = if teacher { self.school_of_teacher(number) } else { self.school_of_staff(staff) };
        row.clear();
        row.cell(&first.name);
        push_last(last, second, row);
        row.cell(&email);
        row.number(if teacher { self.teacher_id(number) } else { self.staff_id(staff) }, 9).end();
        row.number(90_000_000 + number as u64, 1).end();
        row.cell(if teacher { "Teacher" } else { "School Read Only" });
        row.cell("");
        row.cell(self.school_name(school));
        row.cell(&email);
        if teacher {
            let school = &self.schools[school];
            self.push_section_name(school.first_section + (number - school.first_teacher), row);
        }
        row.end();
        row.cell("Active");
    }
}

fn school_name(names: &Names, school: usize, low: u8) -> String {
    let kind = match low {
        0 => "Elementary",
        6 => "Middle",
        _ => "High",
    };
    let (name, round) = (&names.last[(school * 1103) % names.last.len()].name, school / names.last.len());
    if round == 0 { format!("{name} {kind} School") } else { format!("{name} {} {kind} School", names.last[round].name) }
}

/// In which group of its grade a student sits in a period; every group has somebody.
fn group(at: usize, period: usize, groups: usize) -> usize {
    (at + at / groups * period) % groups
}

fn email((first, last, second): (&Word, &Word, Option<&Word>)) -> String {
    match second {
        None => format!("{}.{}@schools.example.org", first.plain, last.plain),
        Some(second) => format!("{}.{}-{}@schools.example.org", first.plain, last.plain, second.plain),
    }
}

fn push_last(last: &Word, second: Option<&Word>, row: &mut Row) {
    row.part(&last.name);
    if let Some(second) = second {
        row.part("-").part(&second.name);
    }
    row.end();
}

pub fn grade_long(grade: u8) -> &'static str {
    ["Kindergarten", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"][usize::from(grade)]
}

pub fn grade_short(grade: u8) -> &'static str {
    ["K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"][usize::from(grade)]
}
