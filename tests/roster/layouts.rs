//! Layouts: what each makes of a row, and how they are told apart.
use super::{Folder, id, input, read, survey, texts};
use rollbook::model::Epoch;
use rollbook::roster::{Input, Layouts, ReadOptions, Role, Survey, Wanted};

#[test]
fn clever_students_and_contacts() {
    let folder = Folder::with(&[(
        "students.csv",
        b"School_id,Student_id,Last_name,First_name,Contact_name,Contact_sis_id,Contact_type\n\
          s,1,L,F,Ann,c1,Primary\n\
          s,1,L,\"F\",Bob,c2,Secondary\n\
          s,2,M,G,,,\n\
          s,1,L,F,Cem,c3,\n\
          s,2,Mx,G,,,\n",
    )]);
    let data = read(&folder.path().join("students.csv"));
    assert_eq!(texts(&data, "student", "id"), ["1", "2", "2"], "rows that differ only in the contact are one student");
    assert_eq!(texts(&data, "student", "last_name"), ["L", "M", "Mx"]);
    assert_eq!(texts(&data, "contact", "name"), ["Ann", "Bob", "Cem"]);
    assert_eq!(texts(&data, "contact", "student_id"), ["1", "1", "1"]);
    assert_eq!(data.record(id("student"), Epoch::Today, 2, &[]).line, 6);
    assert_eq!(data.record(id("contact"), Epoch::Today, 2, &[]).line, 5);
}

#[test]
fn clever_sections_and_staff() {
    let folder = Folder::with(&[
        ("sections.csv", b"School_id,Section_id,Teacher_id,Teacher_2_id,Teacher_10_id\ns,1,t1,t2,\ns,2,t3,,t4\n"),
        ("teachers.csv", b"School_id,Teacher_id,Last_name,First_name\ns,t1,L,F\n"),
        ("staff.csv", b"School_id,Staff_id,Staff_email,First_name,Last_name\ns,x,a@b.c,L,F\n"),
        ("administrators.csv", b"Admin_id,Admin_email,First_name,Last_name,Title,Role\nad,a@b.c,L,F,T,R\n"),
        ("customcontacts/contacts.csv", b"contact_id,student_id,first_name,last_name,type\nc,1,A,B,Primary\n"),
    ]);
    let data = read(folder.path());
    assert_eq!(texts(&data, "section", "teacher_id"), ["t1", "t3"]);
    assert_eq!(texts(&data, "teaching", "section_id"), ["1", "2", "1", "2"]);
    assert_eq!(texts(&data, "teaching", "staff_id"), ["t1", "t3", "t2", "t4"]);
    assert_eq!(texts(&data, "teaching", "position"), ["1", "1", "2", "10"]);
    assert_eq!(texts(&data, "staff", "kind"), ["teacher", "staff", "administrator"]);
    assert_eq!(texts(&data, "staff", "id"), ["t1", "x", "ad"]);
    assert_eq!(texts(&data, "guardianship", "contact_id"), ["c"]);
    let record =
        data.record(id("teaching"), Epoch::Today, 3, &[super::field("teaching", "staff_id"), super::field("teaching", "position")]);
    assert_eq!((record.id.as_str(), record.line, record.cells[0].column.as_str()), ("2/t4", 3, "Teacher_10_id"));
    assert_eq!((record.cells[1].column.as_str(), record.cells[1].value.as_str()), ("", "10"));
}

const USERS_11: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n";

#[test]
fn oneroster_users() {
    let users = format!(
        "{USERS_11}1,,,true,\"o1,o2\",student,ann,,Ann,Lee,,,,,,\"p1, p2\",\"05,06\",\n\
         2,,,true,o1,teacher,bob,,Bob,Roe,,,,,,,,\n3,,,true,o1,aide,cem,,Cem,Roe,,,,,,,,\np1,,,true,o1,parent,,,Pat,Lee,,,,,,1,,\n"
    );
    let folder = Folder::with(&[
        ("users.csv", users.as_bytes()),
        ("demographics.csv", b"sourcedId,birthDate,sex\n1,2015-04-01,female\n"),
        ("enrollments.csv", b"sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role\ne1,c1,o1,1,student\ne2,c1,o1,2,teacher\n"),
    ]);
    let data = read(folder.path());
    assert_eq!(data.sources()[0].layout, "OneRoster 1.1 CSV");
    assert_eq!(texts(&data, "student", "id"), ["1"]);
    assert_eq!(texts(&data, "student", "school_id"), ["o1"]);
    assert_eq!(texts(&data, "student", "grade"), ["05"]);
    assert_eq!(texts(&data, "student", "birth_date"), ["2015-04-01"]);
    assert_eq!(texts(&data, "staff", "kind"), ["teacher", "staff"]);
    assert_eq!(texts(&data, "contact", "student_id"), ["1"]);
    assert_eq!(texts(&data, "guardianship", "contact_id"), ["p1", "p1", "p2"]);
    assert_eq!(texts(&data, "guardianship", "student_id"), ["1", "1", "1"]);
    assert_eq!(texts(&data, "enrollment", "student_id"), ["1"]);
    assert_eq!(texts(&data, "teaching", "staff_id"), ["2"]);
}

#[test]
fn oneroster_1_2_roles() {
    let folder = Folder::with(&[
        ("manifest.csv", b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"),
        ("users.csv", b"sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,primaryOrgSourcedId\n1,,,true,ann,,Ann,Lee,\n2,,,true,bob,,Bob,Roe,o9\n"),
        ("roles.csv", b"sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\nr1,,,1,primary,student,,,o1\nr2,,,2,secondary,parent,,,o1\nr3,,,2,primary,teacher,,,o2\n"),
    ]);
    let data = read(folder.path());
    assert_eq!(data.sources()[0].layout, "OneRoster 1.2 CSV");
    assert_eq!((texts(&data, "student", "id"), texts(&data, "student", "school_id")), (vec!["1".to_owned()], vec!["o1".to_owned()]));
    assert_eq!((texts(&data, "staff", "id"), texts(&data, "staff", "school_id")), (vec!["2".to_owned()], vec!["o9".to_owned()]));
    assert_eq!(texts(&data, "staff", "role"), ["teacher"]);
}

#[test]
fn mylexia_kinds() {
    let cases: &[(&str, &[u8], &[&str])] = &[
        ("mylexia-students.csv", b"First Name,Last Name,Username,RefID,Lexia ID,Grade\nA,B,ab,EX1,9,4\n", &["student"]),
        ("mylexia-staff.csv", b"first_name,LastName,Username,REFID,Access\nA,B,ab,EX1,SAA\nC,D,cd,5,\n", &["staff", "staff"]),
        (
            "accounts.csv",
            b"Student Name,Username,Ref ID,Role\nA B,ab,EX1,Student\nC D,cd,5,Teacher\nE F,ef,6,\n",
            &["student", "staff", "staff"],
        ),
        ("export.csv", b"First Name,Last Name,Username,RefID,Grade\nA,B,ab,EX1,4\n", &["student"]),
    ];
    for (name, bytes, kinds) in cases {
        let folder = Folder::with(&[(name, bytes)]);
        let input = input(Role::Accounts, &folder.path().join(name));
        let data = Survey::new(&[input], &Layouts::builtin()).expect("a layout").read(&Wanted::everything(), &ReadOptions::default());
        assert_eq!(texts(&data, "account", "kind"), *kinds, "{name}");
        assert_eq!(texts(&data, "account", "ref_id")[0], "EX1", "{name}");
    }
}

#[test]
fn edsembli_connect_accounts() {
    let folder = Folder::with(&[
        ("schools.csv", b"School ID,School Name,Type,Board ID\n1,Elm,School,9\n8,Office,Central Office,9\n9,Maple,Board,\n"),
        ("students.csv", b"Person ID,School ID,First Name,Last Name,Birth Date\ns1,1,A,B,2015-04-01\ns2,1,C,B,2017-04-01\n"),
        ("staff.csv", b"Person ID,School ID,First Name,Last Name,Type\nf1,1,D,E,Teacher\nf2,8,F,G,Clerk\nf3,8,F,G,\n"),
        ("contacts.csv", b"Person ID,School ID,First Name,Last Name,Email\nc1,1,H,B,h@b.example\n"),
        ("siblings.csv", b"Student Person ID,Sibling Person ID\ns1,s2\n"),
        ("accounts.csv", b"Account ID,Type,School ID,Person ID,Username,Last Login\na1,Teacher,1,f1,de,\na2,Parent,1,c1,h@b.example,\n"),
        ("permissions.csv", b"Account ID,Student Person ID\na2,s1\n"),
    ]);
    let data = read(folder.path());
    assert_eq!(data.sources()[0].layout, "edsembli CONNECT, as CSV files of our own");
    assert_eq!(texts(&data, "school", "kind"), ["school", "central office", "board"]);
    assert_eq!(texts(&data, "staff", "kind"), ["teacher", "staff", "staff"]);
    assert_eq!(texts(&data, "account", "kind"), ["staff", "parent"]);
    let links: Vec<_> = texts(&data, "sibling", "a").into_iter().zip(texts(&data, "sibling", "b")).collect();
    assert_eq!(links, [("s1".to_owned(), "s2".to_owned()), ("s2".to_owned(), "s1".to_owned())], "a link holds both ways");
}

#[test]
fn a_lone_file_is_told_apart_by_its_columns() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("schools.csv", b"School_id,School_name\n1,Elm\n", "Clever SIS CSV"),
        ("schools.csv", b"School ID,School Name,Type\n1,Elm,School\n", "edsembli CONNECT, as CSV files of our own"),
        ("students.csv", b"School_id,Student_id,Last_name,First_name\n1,2,A,B\n", "Clever SIS CSV"),
        ("students.csv", b"Person ID,School ID,First Name,Last Name\n1,2,A,B\n", "edsembli CONNECT, as CSV files of our own"),
        ("staff.csv", b"School_id,Staff_id,Staff_email,First_name,Last_name\n1,2,a@b.example,A,B\n", "Clever SIS CSV"),
        ("contacts.csv", b"contact_id,student_id,first_name,last_name,type,email\n1,2,A,B,Primary,a@b.example\n", "Clever SIS CSV"),
        ("accounts.csv", b"Username,RefID,Lexia ID\na,1,\n", "myLexia account export"),
        ("permissions.csv", b"account_id,student_id\n1,2\n", "Rollbook's own CSV: one file per noun, fields as headers"),
    ];
    for (name, bytes, layout) in cases {
        let folder = Folder::with(&[(name, bytes)]);
        assert_eq!(read(&folder.path().join(name)).sources()[0].layout, *layout, "{name}");
    }
}

#[test]
fn relatives_of_a_format_are_told_apart() {
    let folder = Folder::with(&[
        ("orgs.csv", b"sourcedId,name,type,parentSourcedId\n1,A,school,\n"),
        ("users.csv", b"sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade\n1,1,A,B,ab,,student,4\n"),
        ("classes.csv", b"sourcedId,orgSourcedId,title\n1,1,A\n"),
        ("enrollments.csv", b"classSourcedId,userSourcedId,role\n1,1,student\n"),
    ]);
    assert_eq!(read(folder.path()).sources()[0].layout, "School Data Sync v2");
    let folder = Folder::with(&[(
        "student.csv",
        b"SIS ID,School SIS ID,Username,First Name,Last Name,Grade,Student Number,Status\n1,1,a,b,c,4,5,Active\n",
    )]);
    // One file of six that a format requires is not enough.
    assert!(survey(folder.path()).is_err());
}

#[test]
fn without_its_roles_nobody_is_staff() {
    let folder = Folder::with(&[
        ("manifest.csv", b"propertyName,value\noneroster.version,1.2\n"),
        ("users.csv", b"sourcedId,enabledUser,username,givenName,familyName\n1,true,ann,Ann,Lee\n"),
    ]);
    let data = read(folder.path());
    assert!(data.table(id("staff"), Epoch::Today).is_none() && data.table(id("student"), Epoch::Today).is_none());
    assert!(super::lines(&data).iter().any(|line| line.starts_with("read/missing-file roles.csv")));
}

#[test]
fn only_what_is_wanted_is_kept() {
    let folder = Folder::with(&[("students.csv", b"School_id,Student_id,Last_name,First_name,Grade\ns,1,L,F,4\n")]);
    let path = folder.path().join("students.csv");
    let survey = survey(&path).expect("a layout");
    assert!(
        survey.supplies(id("student"), Epoch::Today)
            && !survey.supplies(id("student"), Epoch::Previous)
            && !survey.supplies(id("contact"), Epoch::Today)
    );
    assert!(survey.has(id("student"), Epoch::Today, &super::field("student", "grade")));
    assert!(!survey.has(id("student"), Epoch::Today, &super::field("student", "email")));
    let mut wanted = Wanted::default();
    wanted.add(id("student"), Epoch::Today, super::field("student", "grade"));
    let data = survey.read(&wanted, &ReadOptions::default());
    let table = data.table(id("student"), Epoch::Today).expect("students");
    assert!(table.column(&super::field("student", "id")).is_some(), "the identity is always kept");
    assert!(table.column(&super::field("student", "grade")).is_some());
    assert!(table.column(&super::field("student", "last_name")).is_none());
}

/// Paths that are parts of one export are one source; none of them misses what stands in another.
#[test]
fn several_paths_are_looked_at_together() {
    let students = b"School_id,Student_id,Last_name,First_name\ns,1,L,F\n";
    let folder = Folder::with(&[
        ("all/schools.csv", b"School_id,School_name,School_number\ns,S,1\n"),
        ("all/teachers.csv", b"School_id,Teacher_id,Last_name,First_name\ns,t1,L,F\n"),
        ("all/sections.csv", b"School_id,Section_id,Teacher_id\ns,1,t1\n"),
        ("all/enrollments.csv", b"School_id,Section_id,Student_id\ns,1,1\n"),
        ("students.csv", students),
        ("list.csv", students),
    ]);
    let look = |names: &[&str], layout: Option<&str>| {
        let paths = names.iter().map(|name| folder.path().join(name)).collect();
        let input = Input { role: Role::Roster, paths, layout: layout.map(str::to_owned), shown: names.join(", ") };
        Survey::new(&[input], &Layouts::builtin()).expect("an export")
    };
    let files = ["all/schools.csv", "all/teachers.csv", "all/sections.csv", "all/enrollments.csv", "students.csv"];
    for (names, layout) in [(&["all", "students.csv"][..], None), (&files[..], None), (&["all", "list.csv"][..], Some("clever"))] {
        let survey = look(names, layout);
        let layouts: Vec<String> = survey.layouts().into_iter().map(|known| known.layout).collect();
        assert_eq!(layouts, ["clever"], "{names:?}");
        assert!(survey.findings().iter().all(|finding| &*finding.rule != "read/missing-file"), "{names:?}: {:?}", survey.findings());
        let data = survey.read(&Wanted::everything(), &ReadOptions::default());
        assert_eq!(texts(&data, "student", "id"), ["1"], "{names:?}");
        assert_eq!(texts(&data, "enrollment", "student_id"), ["1"], "{names:?}");
    }
    assert_eq!(look(&["students.csv", "list.csv"], Some("clever")).layouts().len(), 2, "each for itself");
}

#[test]
fn what_is_not_recognised_is_told() {
    let folder = Folder::with(&[("things.csv", b"a,b,c\n1,2,3\n"), ("package.zip", b"PK")]);
    let error = survey(folder.path()).expect_err("nothing known");
    assert_eq!(error.message, "the format of `data` is not recognised: found `things.csv` with the columns `a, b, c`");
    assert!(error.help.contains("`clever`") && error.help.contains("--layout"), "{}", error.help);
    let zip = survey(&folder.path().join("package.zip")).expect_err("a zip");
    assert!(zip.message.ends_with("can't be unpacked: it is no zip archive, or a damaged or cut-off one"), "{}", zip.message);
    let none = survey(&folder.path().join("nothing")).expect_err("no such folder");
    assert!(none.message.starts_with("there is no `"), "{}", none.message);
    let mut wrong = input(Role::Roster, folder.path());
    wrong.layout = Some("cleverr".to_owned());
    let unknown = Survey::new(&[wrong], &Layouts::builtin()).expect_err("unknown");
    assert_eq!((unknown.message.as_str(), unknown.help.as_str()), ("unknown layout `cleverr`", "did you mean `clever`?"));
}
