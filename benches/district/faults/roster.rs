//! The rules of the pack `roster`.
use super::*;

pub fn plant(plan: &mut Plan<'_>) {
    each(plan, damaged_ids);
    each(plan, invisible_characters);
    each(plan, missing_ids);
    each(plan, missing_values);
    each(plan, unknown_schools);
    each(plan, unknown_people);
    each(plan, unreadable_values);
    each(plan, nobody_there);
    each(plan, other_schools);
    each(plan, duplicate_ids);
    each(plan, shared_values);
}

fn damaged_ids(plan: &mut Plan<'_>) {
    let rule = "roster/id-damaged-by-spreadsheet";
    let (student, teacher, (section, _)) = (plan.student(), plan.teacher(), plan.class());
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
    let id = damaged(plan);
    add_school(plan, &[("School_id", &id)]);
    plan.finds(rule, [id]);
}

fn invisible_characters(plan: &mut Plan<'_>) {
    let rule = "roster/id-with-invisible-characters";
    let (student, teacher, (section, _)) = (plan.student(), plan.teacher(), plan.class());
    let id = format!("{}\u{200b}", student_id(plan, student));
    rename_student(plan, student, &id);
    plan.finds(rule, [&id]);
    plan.finds("mylexia/ref-id-has-stray-characters", [id]);
    let id = format!(" {}", teacher_id(plan, teacher));
    rename_teacher(plan, teacher, &id);
    plan.finds(rule, [&id]);
    plan.finds("mylexia/ref-id-has-stray-characters", [id]);
    let id = format!("{}\u{a0}", section_id(plan, section));
    rename_section(plan, section, &id);
    plan.finds(rule, [id]);
    let id = format!("{}\t", 7_000_000 + plan.fresh());
    add_school(plan, &[("School_id", &id)]);
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

    let like = plan.section();
    let cells = plan.cells(|world, row| world.section_row(like, row));
    let name = format!("Seminar {}", plan.fresh());
    plan.add_both(Kind::Sections, like as u64, cells, &[("Section_id", ""), ("Name", &name)]);
    plan.finds("roster/missing-section-id", [""]);

    add_school(plan, &[("School_id", "")]);
    plan.finds("roster/missing-school-id", [""]);

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

    let (student, teacher, (section, _)) = (plan.student(), plan.teacher(), plan.class());
    plan.set_both(Kind::Students, student_key(student), "School_id", "");
    plan.set_both(Kind::Teachers, teacher as u64, "School_id", "");
    plan.set_both(Kind::Sections, section as u64, "School_id", "");
    for id in [student_id(plan, student), teacher_id(plan, teacher), section_id(plan, section)] {
        plan.finds("roster/missing-school", [id]);
    }

    let id = add_school(plan, &[("School_name", "")]);
    plan.finds("roster/missing-school-name", [id]);
}

fn unknown_schools(plan: &mut Plan<'_>) {
    let rule = "roster/unknown-school";
    let (one, two, teacher, (section, class)) = (plan.student(), plan.student(), plan.teacher(), plan.class());
    let school = (8_000_000 + plan.fresh()).to_string();
    for student in [one, two] {
        plan.set_both(Kind::Students, student_key(student), "School_id", &school);
        plan.group(rule, &school, [student_id(plan, student)]);
        student_in_other_school(plan, student);
    }
    plan.set_both(Kind::Teachers, teacher as u64, "School_id", &school);
    plan.group(rule, &school, [teacher_id(plan, teacher)]);
    plan.set_both(Kind::Sections, section as u64, "School_id", &school);
    plan.group(rule, &school, [section_id(plan, section)]);
    section_in_other_school(plan, section, &class);
    let colleague = plan.world.teachers_of_section(section).0;
    for teacher in [teacher, colleague] {
        plan.finds("mylexia/staff-in-several-schools", [teacher_id(plan, teacher)]);
    }
}

fn unknown_people(plan: &mut Plan<'_>) {
    let stranger = (600_000_000 + plan.fresh()).to_string();
    for section in [plan.section(), plan.section()] {
        let student = plan.world.students_of_section(section).next().unwrap_or_default();
        let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
        plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[("Student_id", &stranger)]);
        plan.group("roster/unknown-student", &stranger, [format!("{}/{stranger}", section_id(plan, section))]);
    }

    let nowhere = (600_000_000 + plan.fresh()).to_string();
    for student in [plan.student(), plan.student()] {
        let section = plan.world.sections_of_student(student)[3];
        let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
        plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[("Section_id", &nowhere)]);
        plan.group("roster/unknown-section", &nowhere, [format!("{nowhere}/{}", student_id(plan, student))]);
    }

    let nobody = (600_000_000 + plan.fresh()).to_string();
    for section in [plan.section(), plan.section()] {
        plan.set_both(Kind::Sections, section as u64, "Teacher_id", &nobody);
        plan.group("roster/unknown-teacher", &nobody, [format!("{}/{nobody}", section_id(plan, section))]);
        no_synced_teacher(plan, section);
    }
}

fn unreadable_values(plan: &mut Plan<'_>) {
    for (rule, column, value) in [
        ("roster/invalid-birth-date", "DOB", "13/45/2015"),
        ("roster/birth-date-in-future", "DOB", "2031-05-01"),
        ("roster/implausible-age", "DOB", "03/09/1971"),
        ("roster/implausible-age", "DOB", "2026-01-15"),
        ("roster/invalid-grade", "Grade", "4B"),
    ] {
        let student = plan.student();
        plan.set_both(Kind::Students, student_key(student), column, value);
        plan.finds(rule, [student_id(plan, student)]);
    }

    let rule = "roster/invalid-email";
    let (student, teacher, child) = (plan.student(), plan.teacher(), plan.parented(1));
    let email = student_email(plan, student).replace('@', " at ");
    plan.set_both(Kind::Students, student_key(student), "Student_email", &email);
    plan.set(Day::Today, Kind::StudentAccounts, student as u64, "Email", email);
    plan.finds(rule, [student_id(plan, student)]);
    let email = plan.world.teacher_email(teacher).replace("@schools.example.org", "@schools");
    plan.set_both(Kind::Teachers, teacher as u64, "Teacher_email", &email);
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "Email", &email);
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "Username", email);
    plan.finds(rule, [teacher_id(plan, teacher)]);
    let email = format!("none{}", plan.fresh());
    plan.set_both(Kind::Students, contact_key(child, 0), "Contact_email", email);
    plan.finds(rule, [plan.world.contact_sis_id(child, 0)]);

    let id = add_school(plan, &[("Low_grade", "Z9")]);
    plan.finds("roster/invalid-school-grades", [id]);
    let id = add_school(plan, &[("Low_grade", "5"), ("High_grade", "Kindergarten")]);
    plan.finds("roster/school-grades-reversed", [id]);

    let end = format!("{:04}-06-11", 1900 + plan.fresh() % 100);
    for (section, _) in [plan.class(), plan.class()] {
        plan.set(Day::Today, Kind::Sections, section as u64, "Term_end", &end);
        plan.group("roster/section-term-ends-before-start", &end, [section_id(plan, section)]);
    }
}

fn nobody_there(plan: &mut Plan<'_>) {
    let (section, class) = plan.class();
    for student in class {
        plan.drop(Day::Today, Kind::Enrollments, enrollment_key(section, student));
    }
    plan.finds("roster/section-without-students", [section_id(plan, section)]);

    let (section, _) = plan.class();
    plan.set_both(Kind::Sections, section as u64, "Teacher_id", "");
    plan.finds("roster/section-without-teacher", [section_id(plan, section)]);
    plan.finds("mylexia/class-has-no-teacher", [section_id(plan, section)]);

    let student = plan.student();
    plan.unenroll(student);
    plan.finds("roster/student-without-section", [student_id(plan, student)]);

    let like = plan.teacher();
    let other = stranger(plan);
    let (id, email) = ((310_000_000 + 1_000_000_000 + other.number).to_string(), format!("{}@schools.example.org", other.login));
    let names = [("First_name", other.first.as_str()), ("Last_name", &other.last)];
    let cells = plan.cells(|world, row| world.teacher_row(like, row));
    let own =
        [("Teacher_id", id.as_str()), ("Teacher_number", &id), ("State_teacher_id", &id), ("Teacher_email", &email), ("Username", &email)];
    plan.add_both(Kind::Teachers, like as u64, cells, &[&names[..], &own[..]].concat());
    let cells = plan.cells(|world, row| world.staff_account_row(like, row));
    let lexia = (95_000_000 + other.number).to_string();
    let names = [("First Name", other.first.as_str()), ("Last Name", &other.last)];
    let own = [("RefID", id.as_str()), ("Lexia ID", &lexia), ("Username", &email), ("Email", &email), ("Class", "")];
    plan.add(Day::Today, Kind::StaffAccounts, like as u64, cells, &[&names[..], &own[..]].concat());
    plan.finds("roster/teacher-without-section", [id]);
}

fn other_schools(plan: &mut Plan<'_>) {
    let (section, class) = plan.class();
    let place = plan.world.place(section).school;
    let school = plan.world.school_id((place + 1) % plan.world.schools.len());
    let id = section_id(plan, section);
    for student in class.into_iter().take(3) {
        plan.set(Day::Today, Kind::Enrollments, enrollment_key(section, student), "School_id", &school);
        plan.group("roster/enrollment-school-differs", &id, [enrollment_id(plan, section, student), id.clone()]);
    }

    let student = plan.student();
    let school = plan.world.school_id((plan.world.school_of_student(student) + 1) % plan.world.schools.len());
    plan.set_both(Kind::Students, student_key(student), "School_id", school);
    student_in_other_school(plan, student);
}

fn duplicate_ids(plan: &mut Plan<'_>) {
    let id = (9_500_000 + plan.fresh()).to_string();
    add_school(plan, &[("School_id", &id)]);
    add_school(plan, &[("School_id", &id)]);
    plan.clash("roster/duplicate-school-id", [&id, &id]);

    let student = plan.student_that(no_contacts);
    let cells = plan.cells(|world, row| world.student_row(student, None, row));
    plan.add_both(Kind::Students, contact_key(student, 0), cells, &[("Middle_name", "Zenobia")]);
    let id = student_id(plan, student);
    plan.clash("roster/duplicate-student-id", [&id, &id]);

    let teacher = plan.teacher();
    let cells = plan.cells(|world, row| world.teacher_row(teacher, row));
    plan.add_both(Kind::Teachers, teacher as u64, cells, &[("Title", "Coach")]);
    let id = teacher_id(plan, teacher);
    plan.clash("roster/duplicate-staff-id", [&id, &id]);

    // A second person under the id, since today.
    let staff = plan.staff();
    let other = stranger(plan);
    let cells = plan.cells(|world, row| world.staff_row(staff, row));
    let email = format!("{}@schools.example.org", other.login);
    let changes = [("First_name", other.first.as_str()), ("Last_name", &other.last), ("Staff_email", &email), ("Username", &email)];
    plan.add(Day::Today, Kind::Staff, staff as u64, cells, &changes);
    let id = staff_id(plan, staff);
    plan.clash("roster/staff-id-of-two-people", [&id, &id]);
    plan.finds("clever/staff-id-given-away", [&id, &id]);
    plan.finds("clever/employee-email-changed", [&id, &id]);

    let (section, _) = plan.class();
    let cells = plan.cells(|world, row| world.section_row(section, row));
    let name = format!("Seminar {}", plan.fresh());
    plan.add_both(Kind::Sections, section as u64, cells, &[("Name", &name)]);
    let id = section_id(plan, section);
    plan.clash("roster/duplicate-section-id", [&id, &id]);

    let student = plan.student();
    let section = plan.world.sections_of_student(student)[1];
    let cells = plan.cells(|world, row| world.enrollment_row(section, student, row));
    plan.add(Day::Today, Kind::Enrollments, enrollment_key(section, student), cells, &[]);
    let id = enrollment_id(plan, section, student);
    plan.clash("roster/duplicate-enrollment", [&id, &id]);
}

fn shared_values(plan: &mut Plan<'_>) {
    let (one, two) = plan.two_students();
    let login = plan.world.student_login(one).to_uppercase();
    plan.set_both(Kind::Students, student_key(two), "Username", login);
    plan.drop(Day::Today, Kind::StudentAccounts, two as u64);
    let both = [student_id(plan, one), student_id(plan, two)];
    plan.clash("roster/shared-student-login", &both);
    plan.clash("mylexia/student-username", &both);

    let (one, two) = plan.two_students();
    let email = student_email(plan, one).to_uppercase();
    plan.set_both(Kind::Students, student_key(two), "Student_email", &email);
    plan.set(Day::Today, Kind::StudentAccounts, two as u64, "Email", email);
    let both = [student_id(plan, one), student_id(plan, two)];
    plan.clash("roster/shared-student-email", &both);
    plan.finds("clever/email-held-by-account-of-another", &both);
    plan.finds("clever/email-held-by-account-of-another", &both);

    let (one, two) = plan.two_teachers();
    let email = plan.world.teacher_email(one);
    plan.set_both(Kind::Teachers, two as u64, "Teacher_email", &email);
    plan.set(Day::Today, Kind::StaffAccounts, two as u64, "Email", email);
    let both = [teacher_id(plan, one), teacher_id(plan, two)];
    plan.clash("roster/shared-staff-email", &both);
    plan.clash("mylexia/staff-username", &both);
    plan.finds("clever/email-held-by-account-of-another", &both);
    plan.finds("clever/email-held-by-account-of-another", &both);
}
