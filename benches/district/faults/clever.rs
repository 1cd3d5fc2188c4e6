//! The rules of the pack `clever`.
use super::*;

pub fn plant(plan: &mut Plan<'_>) {
    each(plan, changed_ids);
    each(plan, ids_given_away);
    each(plan, changed_emails);
    each(plan, two_roles);
    each(plan, contacts_emails);
    each(plan, teacher_of_two_schools);
}

/// Another id than yesterday for the same person.
fn changed_ids(plan: &mut Plan<'_>) {
    let student = plan.student();
    let (old, new) = (student_id(plan, student), (210_000_000 + plan.fresh()).to_string());
    rename_student(plan, student, &new);
    plan.set(Day::Yesterday, Kind::Students, student_key(student), "Student_id", &old);
    plan.finds("clever/student-id-changed", [new, old]);

    let staff = plan.staff();
    let (old, new) = (staff_id(plan, staff), (510_000_000 + plan.fresh()).to_string());
    plan.set(Day::Today, Kind::Staff, staff as u64, "Staff_id", &new);
    plan.set(Day::Today, Kind::StaffAccounts, staff_account(plan, staff), "RefID", &new);
    plan.finds("clever/staff-id-changed", [new, old]);
}

/// The same id as yesterday for another person.
fn ids_given_away(plan: &mut Plan<'_>) {
    let student = plan.student();
    let other = stranger(plan);
    let id = student_id(plan, student);
    let email = format!("{}@students.example.org", other.login);
    let number = (98_000_000 + other.number).to_string();
    for (column, value) in [
        ("First_name", other.first.as_str()), ("Last_name", &other.last), ("DOB", "02/29/2012"), ("Username", &other.login),
        ("Student_email", &email), ("Student_number", &number), ("State_id", &number),
    ] {
        plan.set(Day::Yesterday, Kind::Students, student_key(student), column, value);
    }
    plan.finds("clever/student-id-given-away", [&id, &id]);

    let teacher = plan.teacher();
    let other = stranger(plan);
    let id = teacher_id(plan, teacher);
    let email = format!("{}@schools.example.org", other.login);
    for (column, value) in [("First_name", other.first.as_str()), ("Last_name", &other.last), ("Teacher_email", &email), ("Username", &email)] {
        plan.set(Day::Yesterday, Kind::Teachers, teacher as u64, column, value);
    }
    plan.finds("clever/staff-id-given-away", [&id, &id]);
    plan.finds("clever/employee-email-changed", [&id, &id]);
}

fn changed_emails(plan: &mut Plan<'_>) {
    let teacher = plan.teacher();
    let id = teacher_id(plan, teacher);
    plan.set(Day::Yesterday, Kind::Teachers, teacher as u64, "Teacher_email", format!("old.{id}@schools.example.org"));
    plan.finds("clever/employee-email-changed", [&id, &id]);
}

/// A teacher who stands in staff.csv too: with another email, and with the same in other letter case.
fn two_roles(plan: &mut Plan<'_>) {
    for split in [true, false] {
        let (teacher, staff) = (plan.teacher(), plan.staff());
        let email = plan.world.teacher_email(teacher);
        let email = if split { email.replace("@schools.", "@office.") } else { email.to_uppercase() };
        let name = plan.cells(|world, row| world.teacher_row(teacher, row));
        let (first, last) = (name[5].as_str(), name[7].as_str());
        for (column, value) in [("First_name", first), ("Last_name", last), ("Staff_email", &email), ("Username", &email)] {
            plan.set_both(Kind::Staff, staff as u64, column, value);
        }
        // One person, one account: the platform has the teacher's.
        plan.drop(Day::Today, Kind::StaffAccounts, staff_account(plan, staff));
        let rule = if split { "clever/teacher-and-staff-emails-differ" } else { "clever/email-case-splits-employee" };
        plan.finds(rule, [teacher_id(plan, teacher), staff_id(plan, staff)]);
    }
}

fn contacts_emails(plan: &mut Plan<'_>) {
    let (student, teacher) = (plan.parented(1), plan.teacher());
    plan.set_both(Kind::Students, contact_key(student, 0), "Contact_email", plan.world.teacher_email(teacher));
    plan.finds("clever/employee-email-is-contact-email", [teacher_id(plan, teacher), plan.world.contact_sis_id(student, 0)]);

    let student = plan.parented(1);
    let email = format!("{}@students.example.org", plan.world.student_login(student));
    plan.set_both(Kind::Students, contact_key(student, 0), "Contact_email", email);
    plan.finds("clever/student-email-is-contact-email", [student_id(plan, student), plan.world.contact_sis_id(student, 0)]);
}

/// A second row of a teacher for a second school.
fn teacher_of_two_schools(plan: &mut Plan<'_>) {
    let teacher = plan.teacher();
    let school = (plan.world.school_of_teacher(teacher) + 1) % plan.world.schools.len();
    let cells = plan.cells(|world, row| world.teacher_row(teacher, row));
    plan.add_both(Kind::Teachers, teacher as u64, cells, &[("School_id", &plan.world.school_id(school))]);
    let id = teacher_id(plan, teacher);
    plan.finds("clever/teacher-once-per-school", [&id, &id]);
    plan.finds("roster/duplicate-staff-id", [&id, &id]);
}
