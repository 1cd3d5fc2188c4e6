//! The rules of the pack `mylexia`.
use super::*;

/// More exception accounts than this are a finding.
const EXPECTED_EXCEPTIONS: usize = 200;

pub fn plant(plan: &mut Plan<'_>) {
    let mut exceptions = Exceptions::default();
    for turn in 0..plan.each {
        exceptions.students(plan);
        exceptions.staff(plan);
        wrong_ref_ids(plan);
        usernames(plan, turn);
        changed_schools(plan);
        staff_without_account(plan);
        staff_values(plan);
    }
    plan.finds::<&str>("mylexia/admins-may-create-exceptions", []);
    if exceptions.all > EXPECTED_EXCEPTIONS {
        plan.finds::<&str>("mylexia/exception-population", []);
    }
}

#[derive(Default)]
struct Exceptions {
    all: usize,
}

impl Exceptions {
    fn ref_id(&mut self) -> String {
        self.all += 1;
        format!("EX{:06}", self.all)
    }

    /// The account of a student becomes an exception.
    fn student(&mut self, plan: &mut Plan<'_>, student: usize) -> String {
        let id = self.ref_id();
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", &id);
        class_of_exception(plan, student, &id);
        id
    }

    /// An exception beside the account of a student.
    fn beside(&mut self, plan: &mut Plan<'_>, student: usize, changes: &[(&str, &str)]) -> String {
        let id = self.ref_id();
        let lexia = (80_000_000 + plan.fresh()).to_string();
        let cells = plan.cells(|world, row| world.student_account_row(student, row));
        let own = [("RefID", id.as_str()), ("Lexia ID", &lexia)];
        plan.add(Day::Today, Kind::StudentAccounts, student as u64, cells, &[&own[..], changes].concat());
        class_of_exception(plan, student, &id);
        id
    }

    fn students(&mut self, plan: &mut Plan<'_>) {
        let student = plan.student();
        let id = self.student(plan, student);
        holds_username(plan, student, &id);

        let student = plan.student_that(|world, student| world.block_of(student).grade > 0);
        let id = self.student(plan, student);
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "Grade", "K");
        plan.finds("mylexia/exception-of-student-is-out-of-date", [student_id(plan, student), id.clone()]);
        holds_username(plan, student, &id);

        // The school's name is another; so is the class of that name.
        let student = plan.student();
        let id = self.ref_id();
        let school = format!("Annex of {id}");
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", &id);
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "School", &school);
        plan.finds("mylexia/exception-class-is-not-updated", [&id]);
        plan.finds("mylexia/exception-of-student-is-out-of-date", [student_id(plan, student), id.clone()]);
        holds_username(plan, student, &id);

        // With the email of the student, and with nothing but the name.
        for sure in [true, false] {
            let student = plan.student();
            let own = student_id(plan, student);
            let (username, email) = (format!("home{}", plan.fresh()), if sure { student_email(plan, student) } else { String::new() });
            let id = self.beside(plan, student, &[("Username", &username), ("Email", &email)]);
            let school = plan.world.school_id(plan.world.school_of_student(student));
            plan.finds("mylexia/student-may-have-two-accounts", [&own, &school, &own, &id]);
            let somebody = if sure { "mylexia/exception-is-somebody" } else { "mylexia/exception-is-somebody-likely" };
            plan.clash(somebody, [&own, &id]);
            if sure {
                plan.finds("mylexia/student-has-two-accounts", [&own, &own, &id]);
            }
        }

        let student = plan.student();
        let id = self.student(plan, student);
        let username = format!("home{}", plan.fresh());
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "Username", username);
        plan.finds("mylexia/second-account-will-be-made", [student_id(plan, student), id]);
    }

    fn staff(&mut self, plan: &mut Plan<'_>) {
        let account = |plan: &mut Plan<'_>, number: u64, id: &str| plan.set(Day::Today, Kind::StaffAccounts, number, "RefID", id);
        for outdated in [false, true] {
            let teacher = plan.teacher();
            let id = self.ref_id();
            account(plan, teacher as u64, &id);
            let records = [teacher_id(plan, teacher), id.clone()];
            plan.finds("mylexia/staff-exception-holds-username", &records);
            plan.finds("mylexia/staff-exception-breaks-single-sign-on", &records);
            if outdated {
                plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "School", format!("Annex of {id}"));
                plan.finds("mylexia/staff-exception-is-out-of-date", &records);
            }
            teacher_not_synced(plan, teacher);
        }

        let teacher = plan.teacher();
        let id = self.ref_id();
        account(plan, teacher as u64, &id);
        let username = format!("home{}@mail.example.com", plan.fresh());
        plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "Username", username);
        let own = teacher_id(plan, teacher);
        plan.finds("mylexia/staff-same-name-as-exception", [&own, &id]);
        plan.finds("mylexia/teacher-still-without-account", [&own, &own]);

        for sure in [true, false] {
            let staff = plan.staff();
            let id = self.ref_id();
            plan.drop(Day::Today, Kind::Staff, staff as u64);
            account(plan, staff_account(plan, staff), &id);
            // Read-only accounts are meant to be exceptions.
            plan.set(Day::Today, Kind::StaffAccounts, staff_account(plan, staff), "Role", "Teacher");
            if !sure {
                let username = format!("home{}@mail.example.com", plan.fresh());
                plan.set(Day::Today, Kind::StaffAccounts, staff_account(plan, staff), "Username", username);
            }
            let rule = if sure { "mylexia/leaver-keeps-exception" } else { "mylexia/leaver-may-keep-exception" };
            plan.finds(rule, [id, staff_id(plan, staff)]);
        }

        let staff = plan.staff();
        let id = self.ref_id();
        let other = stranger(plan);
        let cells = plan.cells(|world, row| world.staff_account_row(staff_account(plan, staff) as usize, row));
        let (lexia, email) = ((80_000_000 + other.number).to_string(), format!("{}@schools.example.org", other.login));
        let changes = [
            ("RefID", id.as_str()),
            ("Lexia ID", &lexia),
            ("First Name", &other.first),
            ("Last Name", &other.last),
            ("Username", &email),
            ("Email", &email),
            ("Role", "District Admin"),
        ];
        plan.add(Day::Today, Kind::StaffAccounts, staff_account(plan, staff), cells, &changes);
        plan.group("mylexia/exceptions-that-are-meant", "staff", [id]);
    }
}

/// Nobody but a person updates the class of an exception; one finding for each class.
fn class_of_exception(plan: &mut Plan<'_>, student: usize, id: &str) {
    let class = cell(plan, Kind::StudentAccounts, "Class", |world, row| world.student_account_row(student, row));
    plan.group("mylexia/exception-class-is-not-updated", &class, [id]);
}

/// The account that a student would have is an exception.
fn holds_username(plan: &mut Plan<'_>, student: usize, id: &str) {
    let records = [student_id(plan, student), id.to_owned()];
    plan.finds("mylexia/exception-holds-username", &records);
    plan.finds("mylexia/exception-breaks-single-sign-on", &records);
    plan.finds("mylexia/exception-student-not-in-class", &records);
}

fn wrong_ref_ids(plan: &mut Plan<'_>) {
    for other in [false, true] {
        let student = plan.student();
        let id = (220_000_000 + plan.fresh()).to_string();
        plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", &id);
        if other {
            let other = stranger(plan);
            plan.set(Day::Today, Kind::StudentAccounts, student as u64, "First Name", other.first);
            plan.set(Day::Today, Kind::StudentAccounts, student as u64, "Last Name", other.last);
            plan.finds("clever/email-held-by-account-of-another", [student_id(plan, student), id.clone()]);
        }
        let rule = if other { "mylexia/other-student-holds-username" } else { "mylexia/wrong-ref-id" };
        plan.finds(rule, [student_id(plan, student), id]);
    }
}

fn staff_values(plan: &mut Plan<'_>) {
    let teacher = plan.teacher();
    let email = plan.world.teacher_email(teacher).replace("@schools.example.org", "");
    plan.set_both(Kind::Teachers, teacher as u64, "Teacher_email", email);
    plan.finds("mylexia/staff-username-invalid", [teacher_id(plan, teacher)]);
    plan.finds("roster/invalid-email", [teacher_id(plan, teacher)]);

    let staff = plan.staff();
    plan.set_both(Kind::Staff, staff as u64, "Staff_email", "");
    plan.set_both(Kind::Staff, staff as u64, "Username", "");
    plan.finds("mylexia/staff-username-invalid", [staff_id(plan, staff)]);
    plan.finds("clever/staff-without-email", [staff_id(plan, staff)]);

    let teacher = plan.teacher();
    let name = "Maximilianalexanderius";
    plan.set_both(Kind::Teachers, teacher as u64, "First_name", name);
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "First Name", name);
    plan.finds("mylexia/staff-name-too-long", [teacher_id(plan, teacher)]);

    let teacher = plan.teacher();
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "Role", "School Admin");
    plan.finds("mylexia/staff-role-differs", [teacher_id(plan, teacher), teacher_id(plan, teacher)]);

    let teacher = plan.teacher();
    let school = (plan.world.school_of_teacher(teacher) + 1) % plan.world.schools.len();
    plan.set_both(Kind::Teachers, teacher as u64, "School_id", plan.world.school_id(school));
    plan.finds("mylexia/staff-in-several-schools", [teacher_id(plan, teacher)]);

    let student = plan.student();
    let id = format!("{}\u{a0}", student_id(plan, student));
    plan.set(Day::Today, Kind::StudentAccounts, student as u64, "RefID", &id);
    plan.finds("mylexia/ref-id-has-stray-characters", [&id]);
    plan.finds("mylexia/wrong-ref-id", [student_id(plan, student), id]);
}

fn usernames(plan: &mut Plan<'_>, turn: usize) {
    for username in [String::new(), format!("two words {turn}"), format!("{turn:03}")] {
        let student = plan.student();
        plan.set_both(Kind::Students, student_key(student), "Username", username);
        plan.finds("mylexia/student-username-invalid", [student_id(plan, student)]);
    }
}

fn changed_schools(plan: &mut Plan<'_>) {
    let student = plan.student();
    let schools = plan.world.schools.len();
    let school = plan.world.school_of_student(student);
    plan.set(Day::Yesterday, Kind::Students, student_key(student), "School_id", plan.world.school_id((school + 1) % schools));
    plan.group("mylexia/student-changed-school", &plan.world.school_id(school), [student_id(plan, student)]);
}

fn staff_without_account(plan: &mut Plan<'_>) {
    let teacher = plan.teacher();
    let id = (320_000_000 + 1_000_000_000 + plan.fresh()).to_string();
    plan.set(Day::Today, Kind::StaffAccounts, teacher as u64, "RefID", &id);
    plan.finds("mylexia/staff-username-taken", [teacher_id(plan, teacher), id]);
    teacher_not_synced(plan, teacher);

    let teacher = plan.teacher();
    plan.drop(Day::Today, Kind::StaffAccounts, teacher as u64);
    let id = teacher_id(plan, teacher);
    plan.finds("mylexia/teacher-still-without-account", [&id, &id]);
}
