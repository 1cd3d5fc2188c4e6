//! The rules of the pack `clever`.
use super::*;

pub fn plant(plan: &mut Plan<'_>) {
    each(plan, changed_ids);
    each(plan, ids_given_away);
    each(plan, changed_emails);
    each(plan, two_roles);
    each(plan, contacts_emails);
    each(plan, teacher_of_two_schools);
    each(plan, contacts);
    each(plan, values_outside_lists);
    each(plan, lost_zeros);
    each(plan, named_without_zeros);
    each(plan, terms);
    administrators(plan);
}

/// Their file is short, so that each of these stands there once.
fn administrators(plan: &mut Plan<'_>) {
    plan.set_both(Kind::Administrators, 1, "Role", "");
    plan.finds("clever/administrator-without-role", [plan.world.administrator_id(1)]);
    plan.set_both(Kind::Administrators, 4, "Role", "Superintendent");
    plan.finds("clever/administrator-role-unknown", [plan.world.administrator_id(4)]);
}

/// Another id than yesterday for the same person.
fn changed_ids(plan: &mut Plan<'_>) {
    let student = plan.student();
    let (old, new) = (student_id(plan, student), (210_000_000 + plan.fresh()).to_string());
    rename_student(plan, student, &new);
    plan.set(Day::Yesterday, Kind::Students, student_key(student), "Student_id", &old);
    plan.finds("feed-shape/student-id-changed", [&new, &old]);
    plan.finds("feed-shape/student-id-changed-with-mistakes", [&new, &old]);

    let staff = plan.staff();
    let (old, new) = (staff_id(plan, staff), (650_000_000 + plan.fresh()).to_string());
    plan.set(Day::Today, Kind::Staff, staff as u64, "Staff_id", &new);
    plan.set(Day::Today, Kind::StaffAccounts, staff_account(plan, staff), "RefID", &new);
    plan.finds("feed-shape/staff-id-changed", [new, old]);
}

/// The same id as yesterday for another person.
fn ids_given_away(plan: &mut Plan<'_>) {
    let student = plan.student();
    let other = stranger(plan);
    let id = student_id(plan, student);
    let email = format!("{}@students.example.org", other.login);
    let number = (98_000_000 + other.number).to_string();
    for (column, value) in [
        ("First_name", other.first.as_str()),
        ("Last_name", &other.last),
        ("DOB", "02/29/2012"),
        ("Username", &other.login),
        ("Student_email", &email),
        ("Student_number", &number),
        ("State_id", &number),
    ] {
        plan.set(Day::Yesterday, Kind::Students, student_key(student), column, value);
    }
    plan.finds("clever/student-id-given-away", [&id, &id]);

    let teacher = plan.teacher();
    let other = stranger(plan);
    let id = teacher_id(plan, teacher);
    let email = format!("{}@schools.example.org", other.login);
    for (column, value) in
        [("First_name", other.first.as_str()), ("Last_name", &other.last), ("Teacher_email", &email), ("Username", &email)]
    {
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

    let (one, two) = plan.two_students();
    let email = student_email(plan, one);
    plan.set(Day::Today, Kind::StudentAccounts, two as u64, "Email", email);
    plan.finds("clever/email-held-by-account-of-another", [student_id(plan, one), student_id(plan, two)]);

    let staff = plan.staff();
    plan.set_both(Kind::Staff, staff as u64, "Staff_email", "");
    plan.finds("clever/staff-without-email", [staff_id(plan, staff)]);
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
    let email = student_email(plan, student);
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
    plan.clash("clever/teacher-once-per-school", [&id, &id]);
    plan.clash("roster/duplicate-staff-id", [&id, &id]);
    plan.finds("mylexia/staff-in-several-schools", [id]);
}

fn contacts(plan: &mut Plan<'_>) {
    let student = plan.parented(1);
    let row = contact_key(student, 0);
    plan.set_both(Kind::Students, row, "Contact_sis_id", "");
    plan.set(Day::Yesterday, Kind::Students, row, "Contact_phone", "2065550100");
    let name = cell(plan, Kind::Students, "Contact_name", |world, row| world.student_row(student, Some((student, 0)), row));
    let id = format!("{}/{name}", student_id(plan, student));
    plan.finds("clever/contact-without-id-changed", [&id, &id]);

    let student = plan.parented(1);
    let other = stranger(plan);
    let name = format!("{} {}", other.first, other.last);
    let email = format!("{}@mail.example.com", other.login);
    for (column, value) in [("Contact_name", name.as_str()), ("Contact_phone", "2065550101"), ("Contact_email", &email)] {
        plan.set(Day::Yesterday, Kind::Students, contact_key(student, 0), column, value);
    }
    let id = plan.world.contact_sis_id(student, 0);
    plan.finds("clever/contact-id-given-away", [&id, &id]);

    let (one, two) = (plan.parented(1), plan.parented(1));
    for column in ["Contact_name", "Contact_email"] {
        let value = cell(plan, Kind::Students, column, |world, row| world.student_row(one, Some((one, 0)), row));
        plan.set_both(Kind::Students, contact_key(two, 0), column, value.to_uppercase());
    }
    plan.clash("clever/contact-with-several-ids", [plan.world.contact_sis_id(one, 0), plan.world.contact_sis_id(two, 0)]);

    let student = plan.parented(1);
    plan.set_both(Kind::Students, contact_key(student, 0), "Contact_phone", "5550102");
    plan.finds("clever/contact-phone-of-wrong-length", [plan.world.contact_sis_id(student, 0)]);

    let student = plan.parented(1);
    let phone = cell(plan, Kind::Students, "Contact_phone", |world, row| world.student_row(student, Some((student, 0)), row));
    let phone = format!("({}) {}-{}", &phone[..3], &phone[3..6], &phone[6..]);
    plan.set_both(Kind::Students, contact_key(student, 0), "Contact_phone", phone);
    let school = plan.world.school_id(plan.world.school_of_student(student));
    let records = [plan.world.contact_sis_id(student, 0), student_id(plan, student)];
    plan.group("clever/contact-phone-punctuated", &school, records);
}

fn values_outside_lists(plan: &mut Plan<'_>) {
    for (rule, column, word) in [
        ("clever/contact-type-not-understood", "Contact_type", "Neighbor"),
        ("clever/contact-relationship-outside-list", "Contact_relationship", "Godparent"),
        ("clever/contact-phone-type-outside-list", "Contact_phone_type", "Pager"),
    ] {
        let value = format!("{word} {}", plan.fresh());
        for student in [plan.parented(1), plan.parented(1)] {
            plan.set_both(Kind::Students, contact_key(student, 0), column, &value);
            plan.group(rule, &value, [plan.world.contact_sis_id(student, 0)]);
        }
    }
    for (rule, column, word) in [
        ("clever/gender-outside-list", "Gender", "Q"),
        ("clever/race-outside-list", "Race", "Z"),
        ("clever/lunch-status-outside-list", "Frl_status", "Half"),
        ("clever/hispanic-not-yes-or-no", "Hispanic_Latino", "Maybe"),
        ("clever/ell-not-yes-or-no", "Ell_status", "Level"),
        ("clever/iep-not-yes-or-no", "Iep_status", "Pending"),
        ("clever/section-504-not-yes-or-no", "Section_504_status", "Plan"),
        ("clever/gifted-not-yes-or-no", "Gifted_status", "Tested"),
    ] {
        let value = format!("{word}{}", plan.fresh());
        for student in [plan.student(), plan.student()] {
            plan.set_both(Kind::Students, student_key(student), column, &value);
            plan.group(rule, &value, [student_id(plan, student)]);
            if column == "Gender" {
                plan.finds("roster/unknown-gender", [student_id(plan, student)]);
            }
        }
    }
    let single = |grade: u8| (1..10).contains(&grade);
    let student = plan.student_that(|world, student| single(world.block_of(student).grade));
    let grade = plan.world.block_of(student).grade;
    plan.set_both(Kind::Students, student_key(student), "Grade", format!("0{grade}"));
    plan.group("clever/grade-with-leading-zero", &grade.to_string(), [student_id(plan, student)]);
}

/// Ids of today are those of yesterday without the zeros in front.
fn lost_zeros(plan: &mut Plan<'_>) {
    let student = plan.student();
    let (new, old) = (student_id(plan, student), format!("0{}", student_id(plan, student)));
    plan.set(Day::Yesterday, Kind::Students, student_key(student), "Student_id", &old);
    plan.group("feed-shape/student-ids-lost-zeros", "", [&old, &new]);
    plan.finds("feed-shape/student-id-changed", [&new, &old]);
    plan.finds("feed-shape/student-id-changed-with-mistakes", [&new, &old]);

    let staff = plan.staff();
    let (new, old) = (staff_id(plan, staff), format!("00{}", staff_id(plan, staff)));
    plan.set(Day::Yesterday, Kind::Staff, staff as u64, "Staff_id", &old);
    plan.group("feed-shape/staff-ids-lost-zeros", "", [&old, &new]);
    plan.finds("feed-shape/staff-id-changed", [new, old]);

    let (section, _) = plan.class();
    let (new, old) = (section_id(plan, section), format!("0{}", section_id(plan, section)));
    plan.set(Day::Yesterday, Kind::Sections, section as u64, "Section_id", &old);
    plan.group("feed-shape/section-ids-lost-zeros", "", [&old, &new]);
    let school = plan.world.school_id(plan.world.place(section).school);
    plan.group("feed-shape/section-id-changed", &school, [new, old]);
}

/// One file has the zeros in front, and another has not.
fn named_without_zeros(plan: &mut Plan<'_>) {
    let student = plan.student();
    let (bare, id) = (student_id(plan, student), format!("0{}", student_id(plan, student)));
    let school = plan.world.school_id(plan.world.school_of_student(student));
    plan.set_both(Kind::Students, student_key(student), "Student_id", &id);
    plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", &id);
    for section in plan.world.sections_of_student(student) {
        let enrollment = enrollment_id(plan, section, student);
        plan.group("roster/unknown-student", &bare, [&enrollment]);
        plan.group("feed-shape/enrollment-names-student-without-zeros", &school, [&enrollment, &id]);
    }
    plan.finds("roster/student-without-section", [id]);

    let (section, class) = plan.class();
    let (bare, id) = (section_id(plan, section), format!("0{}", section_id(plan, section)));
    let school = plan.world.school_id(plan.world.place(section).school);
    plan.set_both(Kind::Sections, section as u64, "Section_id", &id);
    for student in class {
        let enrollment = enrollment_id(plan, section, student);
        plan.group("roster/unknown-section", &bare, [&enrollment]);
        plan.group("feed-shape/enrollment-names-section-without-zeros", &school, [&enrollment, &id]);
    }
    plan.finds("roster/section-without-students", [id]);

    let teacher = plan.teacher();
    let (bare, id) = (teacher_id(plan, teacher), format!("0{}", teacher_id(plan, teacher)));
    let school = plan.world.school_id(plan.world.school_of_teacher(teacher));
    plan.set_both(Kind::Teachers, teacher as u64, "Teacher_id", &id);
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "RefID", &id);
    let (alone, shared) = plan.world.sections_of_teacher(teacher);
    for section in alone.into_iter().chain(shared) {
        let teaching = format!("{}/{bare}", section_id(plan, section));
        plan.group("roster/unknown-teacher", &bare, [&teaching]);
        plan.group("feed-shape/teacher-named-without-zeros", &school, [&teaching, &id]);
    }
    plan.finds("roster/teacher-without-section", [id]);
    for section in plan.world.sections_of_teacher(teacher).0 {
        no_synced_teacher(plan, section);
    }

    let bare = (6_000_000 + plan.fresh()).to_string();
    let school = add_school(plan, &[("School_id", &format!("0{bare}"))]);
    for student in [plan.student(), plan.student()] {
        plan.set_both(Kind::Students, student_key(student), "School_id", &bare);
        plan.group("roster/unknown-school", &bare, [student_id(plan, student)]);
        plan.group("feed-shape/school-named-without-zeros", &bare, [student_id(plan, student), school.clone()]);
        student_in_other_school(plan, student);
    }

    let student = plan.student();
    let school = plan.world.school_of_student(student);
    let number = cell(plan, Kind::Schools, "School_number", |world, row| world.school_row(school, row));
    plan.set_both(Kind::Students, student_key(student), "School_id", &number);
    plan.group("roster/unknown-school", &number, [student_id(plan, student)]);
    plan.group("clever/school-number-as-school-id", &number, [student_id(plan, student), plan.world.school_id(school)]);
    student_in_other_school(plan, student);
}

fn terms(plan: &mut Plan<'_>) {
    let (section, _) = plan.class();
    let id = section_id(plan, section);
    for (column, value) in [("Term_name", "2025-26"), ("Term_start", "2025-08-25"), ("Term_end", "2026-06-12")] {
        plan.set(Day::Yesterday, Kind::Sections, section as u64, column, value);
    }
    plan.group("clever/section-id-used-again", &plan.world.school_id(plan.world.place(section).school), [&id, &id]);
    plan.group("clever/term-changed", "2025-26", [&id, &id]);

    let old = format!("2026-27 Q{}", plan.fresh());
    for (section, _) in [plan.class(), plan.class()] {
        let id = section_id(plan, section);
        plan.set(Day::Yesterday, Kind::Sections, section as u64, "Term_name", &old);
        plan.group("clever/term-changed", &old, [&id, &id]);
    }
}
