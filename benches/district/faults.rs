//! Every fault that the packs detect, and what each of their rules says of it.
//!
//! Rules without a fault, because the data or the settings of this district can't break them:
//!
//! - `roster/unknown-course`, `roster/unknown-term`, `roster/duplicate-course-id`, `roster/duplicate-term-id`, `roster/invalid-term-date`,
//!   `roster/term-ends-before-start`: Clever's files have no courses or terms of their own.
//! - `clever/contact-in-file-with-several-ids`: contacts stand in students.csv, and there is no contacts.csv.
//! - `clever/staff-uploaded-beside-api`, `mylexia/class-is-renamed`, `mylexia/class-loses-teacher-name`, `mylexia/class-sync-turned-on`,
//!   `mylexia/class-sync-needs-students-and-staff`, `mylexia/logs-out-of-reach`, `mylexia/no-summary-email-from-classlink`: off by default.
//! - `mylexia/exception-made-before-the-sync`, `mylexia/many-new-exceptions`, `mylexia/staff-account-made-by-hand`,
//!   `mylexia/account-archived-though-shared`, `mylexia/restored-account-lost-classes`: they need yesterday's accounts.
//! - `mylexia/no-ref-ids`: it would have to be an export without any, and then nothing else is found.
//! - `clever/*-beyond-hold`: a tenth of the district would have to be gone, or three quarters changed.
//! - `feed-shape/*-of-school-*`, `feed-shape/contacts-gone`, `feed-shape/*-emptied`, `feed-shape/school-gone`, `feed-shape/school-id*`: a school, or
//!   much of one, would have to be gone, and everything that belongs to it.
mod clever;
mod mylexia;
mod roster;

use super::plan::{Day, Kind, Plan, contact_key, enrollment_key, student_key};
use super::world::World;

/// Plants all of them.
pub fn plant(plan: &mut Plan<'_>) {
    roster::plant(plan);
    clever::plant(plan);
    mylexia::plant(plan);
}

/// Calls `fault` for as many victims as each fault has.
fn each(plan: &mut Plan<'_>, mut fault: impl FnMut(&mut Plan<'_>)) {
    for _ in 0..plan.each {
        fault(plan);
    }
}

// ---- another identity, in every file that has it

fn rename_student(plan: &mut Plan<'_>, student: usize, id: &str) {
    plan.set_both(Kind::Students, student_key(student), "Student_id", id);
    for section in plan.world.sections_of_student(student) {
        plan.set(Day::Today, Kind::Enrollments, enrollment_key(section, student), "Student_id", id);
    }
    plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", id);
}

fn rename_teacher(plan: &mut Plan<'_>, teacher: usize, id: &str) {
    plan.set_both(Kind::Teachers, teacher as u64, "Teacher_id", id);
    let (alone, shared) = plan.world.sections_of_teacher(teacher);
    for section in alone.into_iter().chain(shared) {
        let column = if plan.world.teachers_of_section(section).0 == teacher { "Teacher_id" } else { "Teacher_2_id" };
        plan.set_both(Kind::Sections, section as u64, column, id);
    }
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "RefID", id);
}

fn rename_section(plan: &mut Plan<'_>, section: usize, id: &str) {
    plan.set_both(Kind::Sections, section as u64, "Section_id", id);
    for student in plan.world.students_of_section(section) {
        plan.set(Day::Today, Kind::Enrollments, enrollment_key(section, student), "Section_id", id);
    }
}

/// The account of a member of staff who does not teach.
fn staff_account(plan: &Plan<'_>, staff: usize) -> u64 {
    (plan.world.teachers + staff) as u64
}

// ---- rows that nobody else has

/// The name of somebody who is nowhere else.
struct Stranger {
    first: String,
    last: String,
    login: String,
    number: u64,
}

fn stranger(plan: &mut Plan<'_>) -> Stranger {
    let number = plan.fresh();
    let mut code = String::new();
    let mut rest = number;
    while rest > 0 || code.is_empty() {
        code.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    Stranger { first: format!("Qu{code}"), last: format!("Zyw{code}"), login: format!("qzyw{code}{number}"), number }
}

/// Adds a school with nothing in it, today and yesterday.
fn add_school(plan: &mut Plan<'_>, changes: &[(&str, &str)]) -> String {
    let number = plan.fresh();
    let school = plan.school();
    let id = (9_000_000 + number).to_string();
    let cells = plan.cells(|world, row| world.school_row(school, row));
    let (name, code, state) = (format!("Annex {number} School"), format!("A{number:04}"), format!("AX{number}"));
    let mut all = vec![("School_id", id.as_str()), ("School_name", &name), ("School_number", &code), ("State_id", &state)];
    all.extend(changes);
    plan.add_both(Kind::Schools, school as u64, cells, &all);
    all.iter().rfind(|(column, _)| *column == "School_id").map_or(String::new(), |(_, id)| (*id).to_owned())
}

fn student_id(plan: &Plan<'_>, student: usize) -> String {
    plan.world.student_id(student).to_string()
}

fn teacher_id(plan: &Plan<'_>, teacher: usize) -> String {
    plan.world.teacher_id(teacher).to_string()
}

fn staff_id(plan: &Plan<'_>, staff: usize) -> String {
    plan.world.staff_id(staff).to_string()
}

fn section_id(plan: &Plan<'_>, section: usize) -> String {
    plan.world.section_id(section).to_string()
}

fn no_contacts(world: &World, student: usize) -> bool {
    world.contacts(student).1 == 0
}

fn enrollment_id(plan: &Plan<'_>, section: usize, student: usize) -> String {
    format!("{}/{}", section_id(plan, section), student_id(plan, student))
}

fn cell(plan: &Plan<'_>, kind: Kind, column: &str, fill: impl FnOnce(&World, &mut super::write::Row)) -> String {
    plan.cells(fill).swap_remove(kind.column(column))
}

fn student_email(plan: &Plan<'_>, student: usize) -> String {
    format!("{}@students.example.org", plan.world.student_login(student))
}

// ---- what follows from a fault

/// The school of a student is not that of the sections.
fn student_in_other_school(plan: &mut Plan<'_>, student: usize) {
    let id = student_id(plan, student);
    for section in plan.world.sections_of_student(student) {
        let records = [enrollment_id(plan, section, student), id.clone(), section_id(plan, section)];
        plan.group("roster/enrollment-in-other-school", &id, records);
    }
}

/// The school of a section is not that of its enrollments and students.
fn section_in_other_school(plan: &mut Plan<'_>, section: usize, students: &[usize]) {
    let id = section_id(plan, section);
    for student in students {
        let enrollment = enrollment_id(plan, section, *student);
        plan.group("roster/enrollment-school-differs", &id, [&enrollment, &id]);
        plan.finds("roster/enrollment-in-other-school", [enrollment, student_id(plan, *student), id.clone()]);
    }
}

/// No teacher of the section is known to the sync.
fn no_synced_teacher(plan: &mut Plan<'_>, section: usize) {
    plan.finds("mylexia/class-has-no-synced-teacher", [section_id(plan, section)]);
}

/// The sync can't make an account for a teacher.
fn teacher_not_synced(plan: &mut Plan<'_>, teacher: usize) {
    for section in plan.world.sections_of_teacher(teacher).0 {
        no_synced_teacher(plan, section);
    }
}
