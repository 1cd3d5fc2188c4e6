//! The rules of the pack `roster`.
use super::*;

pub fn plant(plan: &mut Plan<'_>) {
    each(plan, damaged_ids);
    each(plan, invisible_characters);
    each(plan, missing_ids);
    each(plan, missing_values);
    each(plan, unknown);
    each(plan, duplicate_ids);
    each(plan, shared_values);
}

fn damaged_ids(plan: &mut Plan<'_>) {
    let rule = "roster/id-damaged-by-spreadsheet";
    let (student, teacher, section) = (plan.student(), plan.teacher(), plan.section());
    let damaged = |plan: &mut Plan<'_>| format!("1.{:05}E+11", plan.fresh());
    let id = damaged(plan);
    rename_student(plan, student, &id);
    plan.finds(rule, [id]);
    let id = damaged(plan);
    rename_teacher(plan, teacher, &id);
    plan.finds(rule, [id]);
    let id = damaged(plan);
    rename_section(plan, section, &id);
    plan.finds(rule, [id]);
}

fn invisible_characters(plan: &mut Plan<'_>) {
    let rule = "roster/id-with-invisible-characters";
    let (student, teacher, section) = (plan.student(), plan.teacher(), plan.section());
    let id = format!("{}\u{200b}", student_id(plan, student));
    rename_student(plan, student, &id);
    plan.finds(rule, [id]);
    let id = format!(" {}", teacher_id(plan, teacher));
    rename_teacher(plan, teacher, &id);
    plan.finds(rule, [id]);
    let id = format!("{}\u{a0}", section_id(plan, section));
    rename_section(plan, section, &id);
    plan.finds(rule, [id]);
}

fn missing_ids(plan: &mut Plan<'_>) {
    let student = plan.student_that(no_contacts);
    plan.set_both(Kind::Students, student_key(student), "Student_id", "");
    plan.unenroll(student);
    plan.drop(Day::Today, Kind::StudentAccounts, student as u64);
    plan.finds("roster/missing-student-id", [""]);

    let staff = plan.staff();
    plan.set_both(Kind::Staff, staff as u64, "Staff_id", "");
    plan.drop(Day::Today, Kind::StaffAccounts, staff_account(plan, staff));
    plan.finds("roster/missing-staff-id", [""]);

    add_section(plan, &[("Section_id", "")]);
    plan.finds("roster/missing-section-id", [""]);

    let student = plan.student();
    let section = plan.world.sections_of_student(student)[0];
    let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
    plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells.clone(), &[("Student_id", "")]);
    plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[("Section_id", "")]);
    plan.finds("roster/missing-enrollment-id", [format!("{}/", section_id(plan, section))]);
    plan.finds("roster/missing-enrollment-id", [format!("/{}", student_id(plan, student))]);
}

fn missing_values(plan: &mut Plan<'_>) {
    let student = plan.student();
    plan.set_both(Kind::Students, student_key(student), "First_name", "");
    plan.finds("roster/missing-name", [student_id(plan, student)]);
    let teacher = plan.teacher();
    plan.set_both(Kind::Teachers, teacher as u64, "Last_name", "");
    plan.finds("roster/missing-name", [teacher_id(plan, teacher)]);

    let (student, teacher, section) = (plan.student(), plan.teacher(), plan.section());
    plan.set_both(Kind::Students, student_key(student), "School_id", "");
    plan.set_both(Kind::Teachers, teacher as u64, "School_id", "");
    plan.set_both(Kind::Sections, section as u64, "School_id", "");
    for id in [student_id(plan, student), teacher_id(plan, teacher), section_id(plan, section)] {
        plan.finds("roster/missing-school", [id]);
    }

    let id = add_school(plan, &[("School_name", "")]);
    plan.finds("roster/missing-school-name", [id]);
}

fn unknown(plan: &mut Plan<'_>) {
    let (one, two, section) = (plan.student(), plan.student(), plan.section());
    let school = (8_000_000 + plan.fresh()).to_string();
    for student in [one, two] {
        plan.set_both(Kind::Students, student_key(student), "School_id", &school);
    }
    plan.set_both(Kind::Sections, section as u64, "School_id", &school);
    plan.finds("roster/unknown-school", [student_id(plan, one), student_id(plan, two), section_id(plan, section)]);

    let stranger = (600_000_000 + plan.fresh()).to_string();
    let mut enrollments = Vec::new();
    for section in [plan.section(), plan.section()] {
        let student = plan.world.students_of_section(section).next().unwrap_or_default();
        let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
        plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[("Student_id", &stranger)]);
        enrollments.push(format!("{}/{stranger}", section_id(plan, section)));
    }
    plan.finds("roster/unknown-student", enrollments);

    let nowhere = (600_000_000 + plan.fresh()).to_string();
    let mut enrollments = Vec::new();
    for student in [plan.student(), plan.student()] {
        let section = plan.world.sections_of_student(student)[3];
        let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
        plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[("Section_id", &nowhere)]);
        enrollments.push(format!("{nowhere}/{}", student_id(plan, student)));
    }
    plan.finds("roster/unknown-section", enrollments);

    let nobody = (600_000_000 + plan.fresh()).to_string();
    let mut teachings = Vec::new();
    for section in [plan.section(), plan.section()] {
        plan.set_both(Kind::Sections, section as u64, "Teacher_id", &nobody);
        teachings.push(format!("{}/{nobody}", section_id(plan, section)));
        no_synced_teacher(plan, section);
    }
    plan.finds("roster/unknown-teacher", teachings);
}

fn duplicate_ids(plan: &mut Plan<'_>) {
    let id = (9_500_000 + plan.fresh()).to_string();
    add_school(plan, &[("School_id", &id)]);
    add_school(plan, &[("School_id", &id)]);
    plan.finds("roster/duplicate-school-id", [&id, &id]);

    let student = plan.student_that(no_contacts);
    let cells = plan.cells(|world, row| world.student_row(student, None, row));
    plan.add_both(Kind::Students, contact_key(student, 0), cells, &[("Middle_name", "Zenobia")]);
    let id = student_id(plan, student);
    plan.finds("roster/duplicate-student-id", [&id, &id]);

    let teacher = plan.teacher();
    let cells = plan.cells(|world, row| world.teacher_row(teacher, row));
    plan.add_both(Kind::Teachers, teacher as u64, cells, &[("Title", "Coach")]);
    let id = teacher_id(plan, teacher);
    plan.finds("roster/duplicate-staff-id", [&id, &id]);

    // A second person under the id, since today.
    let staff = plan.staff();
    let other = stranger(plan);
    let cells = plan.cells(|world, row| world.staff_row(staff, row));
    let email = format!("{}@schools.example.org", other.login);
    let changes = [("First_name", other.first.as_str()), ("Last_name", &other.last), ("Staff_email", &email), ("Username", &email)];
    plan.add(Day::Today, Kind::Staff, staff as u64, cells, &changes);
    let id = staff_id(plan, staff);
    for rule in ["roster/staff-id-of-two-people", "clever/staff-id-given-away", "clever/employee-email-changed"] {
        plan.finds(rule, [&id, &id]);
    }

    let section = plan.section();
    let cells = plan.cells(|world, row| world.section_row(section, row));
    let name = format!("Seminar {}", plan.fresh());
    plan.add_both(Kind::Sections, section as u64, cells, &[("Name", &name)]);
    let id = section_id(plan, section);
    plan.finds("roster/duplicate-section-id", [&id, &id]);

    let student = plan.student();
    let section = plan.world.sections_of_student(student)[1];
    let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
    plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[]);
    let id = format!("{}/{}", section_id(plan, section), student_id(plan, student));
    plan.finds("roster/duplicate-enrollment", [&id, &id]);
}

fn shared_values(plan: &mut Plan<'_>) {
    let (one, two) = (plan.student(), plan.student());
    let login = plan.world.student_login(one).to_uppercase();
    plan.set_both(Kind::Students, student_key(two), "Username", login);
    plan.drop(Day::Today, Kind::StudentAccounts, two as u64);
    plan.finds("roster/shared-student-login", [student_id(plan, one), student_id(plan, two)]);

    let (one, two) = (plan.student(), plan.student());
    let email = format!("{}@STUDENTS.EXAMPLE.ORG", plan.world.student_login(one));
    plan.set_both(Kind::Students, student_key(two), "Student_email", &email);
    plan.set(Day::Today, Kind::StudentAccounts, two as u64, "Email", email);
    plan.finds("roster/shared-student-email", [student_id(plan, one), student_id(plan, two)]);

    let (one, two) = (plan.teacher(), plan.teacher());
    let email = plan.world.teacher_email(one);
    plan.set_both(Kind::Teachers, two as u64, "Teacher_email", &email);
    plan.set(Day::Today, Kind::StaffAccounts, two as u64, "Email", email);
    plan.finds("roster/shared-staff-email", [teacher_id(plan, one), teacher_id(plan, two)]);
}
