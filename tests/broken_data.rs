//! Damaged data: what the whole program says of it, and how it ends, as snapshots to be read as the one who must repair the export would.
//!
//! The files are written by the test, so that no tool on the way changes their line ends, byte order marks and odd bytes.
use crate::program::program;
use crate::workbooks::zip;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A small district without a fault.
pub(crate) const SCHOOLS: &str = "School_id,School_name,School_number\n10,Fern Hill Elementary,010\n";
pub(crate) const STUDENTS: &str =
    "School_id,Student_id,Last_name,First_name,Grade\n10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n";
const TEACHERS: &str = "School_id,Teacher_id,Last_name,First_name,Teacher_email\n10,T1,Hale,Ruth,ruth.hale@fernhill.example\n";
const SECTIONS: &str = "School_id,Section_id,Teacher_id,Name\n10,S1,T1,Reading 3\n";
pub(crate) const ENROLLMENTS: &str = "School_id,Section_id,Student_id\n10,S1,501\n10,S1,502\n10,S1,503\n";
const STUDENT_HEAD: &str = "School_id,Student_id,Last_name,First_name,Grade\n";

/// The same, in another format.
const ONE: &[(&str, &str)] = &[
    (
        "manifest.csv",
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.categories,absent\n\
         file.classes,bulk\nfile.classResources,absent\nfile.courses,bulk\nfile.courseResources,absent\nfile.demographics,absent\n\
         file.enrollments,bulk\nfile.lineItems,absent\nfile.orgs,bulk\nfile.resources,absent\nfile.results,absent\nfile.users,bulk\n\
         source.systemName,Fern Hill\nsource.systemCode,FH\n",
    ),
    (
        "academicSessions.csv",
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n\
         Y27,,,2026-27,schoolYear,2026-08-24,2027-06-11,,2027\n",
    ),
    (
        "orgs.csv",
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
         D1,,,Fern Hill Schools,district,0100,\nO1,,,Fern Hill Elementary,school,0101,D1\n",
    ),
    (
        "courses.csv",
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n\
         C1,,,Y27,Reading 3,ELA3,03,O1,Reading,\n",
    ),
    (
        "classes.csv",
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,\
         subjects,subjectCodes,periods\nK1,,,Reading 3,03,C1,31,scheduled,Room 4,O1,Y27,Reading,,1\n",
    ),
    (
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,\
         email,sms,phone,agentSourcedIds,grades,password\n\
         u501,,,true,O1,student,aokafor,,Ada,Okafor,,501,,,,,03,\n\
         u1,,,true,O1,teacher,rhale,,Ruth,Hale,,T1,ruth.hale@fernhill.example,,,,,\n",
    ),
    (
        "enrollments.csv",
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,,,K1,O1,u1,teacher,true,,\ne2,,,K1,O1,u501,student,,,\n",
    ),
];

/// A file of the other format as one of changes, without its teacher.
fn changed(file: &str) -> String {
    let text = ONE.iter().find(|(name, _)| *name == file).expect("a file").1;
    let rows = text
        .lines()
        .filter(|row| !row.starts_with("u1,"))
        .map(|row| format!("{}\n", row.replacen(",,,", ",active,2026-11-20T08:00:00.000Z,", 1)));
    rows.collect()
}

/// A package of changes.
fn changes(name: &'static str, code: i32) -> Case {
    let files = ["classes", "enrollments", "users"];
    let manifest =
        files.iter().fold(ONE[0].1.to_owned(), |text, file| text.replace(&format!("file.{file},bulk"), &format!("file.{file},delta")));
    let case = files.map(|file| format!("{file}.csv")).iter().fold(Case::one(name, code), |case, file| case.with(file, changed(file)));
    case.with("manifest.csv", manifest)
}

/// A third format.
const DATA: &[(&str, &str)] = &[
    ("orgs.csv", "sourcedId,name,type,parentSourcedId\nO1,Fern Hill,school,\n"),
    (
        "users.csv",
        "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n\
         501,aokafor@fernhill.example,Ada,Okafor,,,aokafor@fernhill.example,,\n",
    ),
    ("roles.csv", "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n501,O1,student,,03,,,\n"),
];

fn school_data(name: &'static str, code: i32) -> Case {
    DATA.iter().fold(Case::new(name, code), |case, (file, text)| case.with(file, text))
}

/// Damaged data, and how the program is asked about it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Paths below the case's folder, with their bytes.
    files: Vec<(String, Vec<u8>)>,
    /// What of the folder is given as PATH; nothing for all of it.
    path: &'static str,
    arguments: Vec<&'static str>,
    /// What no file says: links, permissions.
    after: fn(&Path),
    pub(crate) code: i32,
    /// What is piped in.
    piped: Vec<u8>,
}

impl Case {
    pub(crate) fn new(name: &'static str, code: i32) -> Case {
        Case { name, files: Vec::new(), path: "", arguments: Vec::new(), after: |_| {}, code, piped: Vec::new() }
    }

    /// The district without a fault.
    pub(crate) fn district(name: &'static str, code: i32) -> Case {
        let files = [
            ("schools.csv", SCHOOLS),
            ("students.csv", STUDENTS),
            ("teachers.csv", TEACHERS),
            ("sections.csv", SECTIONS),
            ("enrollments.csv", ENROLLMENTS),
        ];
        files.into_iter().fold(Case::new(name, code), |case, (file, text)| case.with(file, text))
    }

    /// The district in the other format.
    pub(crate) fn one(name: &'static str, code: i32) -> Case {
        ONE.iter().fold(Case::new(name, code), |case, (file, text)| case.with(file, text))
    }

    /// With this file, in place of one of the same name.
    pub(crate) fn with(mut self, file: &str, bytes: impl AsRef<[u8]>) -> Case {
        self.files.retain(|(known, _)| known != file);
        self.files.push((file.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// With these rows below the header of the students.
    pub(crate) fn students(self, rows: impl AsRef<[u8]>) -> Case {
        let bytes = [STUDENT_HEAD.as_bytes(), rows.as_ref()].concat();
        self.with("students.csv", bytes)
    }

    pub(crate) fn without(mut self, file: &str) -> Case {
        self.files.retain(|(known, _)| known != file);
        self
    }

    pub(crate) fn at(self, path: &'static str) -> Case {
        Case { path, ..self }
    }

    pub(crate) fn asked(self, arguments: &[&'static str]) -> Case {
        Case { arguments: arguments.to_vec(), ..self }
    }

    pub(crate) fn then(self, after: fn(&Path)) -> Case {
        Case { after, ..self }
    }

    pub(crate) fn piped(self, bytes: impl AsRef<[u8]>) -> Case {
        Case { path: "-", piped: bytes.as_ref().to_vec(), ..self }
    }

    /// All its files, for another container.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.files.clone()
    }

    /// Writes the files and runs the program: its exit code, and all that it printed.
    pub(crate) fn run(&self) -> (i32, String) {
        self.command("validate")
    }

    /// The same for another command.
    pub(crate) fn command(&self, command: &str) -> (i32, String) {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken-data");
        let folder = root.join(self.name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        (self.after)(&folder);
        let path = if self.path == "-" { PathBuf::from("-") } else { PathBuf::from(self.name).join(self.path) };
        let path = path.to_str().expect("UTF-8").trim_end_matches('/');
        let fixed: &[&str] = if command == "validate" { &["--no-config", "--date", "2026-11-22"] } else { &[] };
        let arguments = [&[command, path], fixed, &["--color", "never"], &self.arguments].concat();
        let printed = program(arguments).within(&root).fed(&self.piped).run();
        (printed.code, printed.all())
    }
}

/// A whole folder of the district in another encoding or with other line ends.
pub(crate) fn every_file(name: &'static str, code: i32, change: fn(&str) -> Vec<u8>) -> Case {
    let mut case = Case::district(name, code);
    for (_, bytes) in &mut case.files {
        *bytes = change(std::str::from_utf8(bytes).expect("UTF-8"));
    }
    case
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[cfg(unix)]
pub(crate) fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).expect("a link");
}

fn whole_files() -> Vec<Case> {
    vec![
        Case::district("no-damage", 0),
        Case::district("missing-required-file", 3).without("teachers.csv"),
        Case::district("empty-file", 3).with("students.csv", ""),
        Case::district("empty-optional-file", 3).with("staff.csv", ""),
        Case::district("header-only", 1).with("students.csv", STUDENT_HEAD),
        Case::district("all-files-header-only", 3)
            .with("schools.csv", &SCHOOLS[..36])
            .with("students.csv", STUDENT_HEAD)
            .with("teachers.csv", &TEACHERS[..56])
            .with("sections.csv", &SECTIONS[..37])
            .with("enrollments.csv", &ENROLLMENTS[..32]),
        Case::district("blank-lines-only", 3).with("students.csv", "\n  \n,,,\n"),
        Case::district("blank-first-lines", 1).with("students.csv", format!("\n\r\n{STUDENTS}10,504,,Ilse,3\n")),
        every_file("byte-order-marks", 0, |text| format!("\u{feff}{text}").into_bytes()),
        every_file("lines-end-with-crlf", 0, |text| text.replace('\n', "\r\n").into_bytes()),
        every_file("lines-end-with-cr", 0, |text| text.replace('\n', "\r").into_bytes()),
        Case::one("lines-end-with-cr-in-a-package", 1).with("courses.csv", ONE[3].1.replace('\n', "\r")),
        Case::district("lines-of-two-systems", 0)
            .with("students.csv", STUDENTS.replace('\n', "\r\n").replace("Nils,3\r\n", "Nils,3\n"))
            .with("enrollments.csv", ENROLLMENTS.replace("501\n", "501\r\r\n").replace("502\n", "502\r\n")),
        Case::district("no-last-line-end", 0).with("students.csv", STUDENTS.trim_end()),
        every_file("utf-16-all", 1, utf16),
        Case::district("utf-16-one", 1).with("students.csv", utf16(STUDENTS)),
        Case::district("utf-32-one", 3).with(
            "students.csv",
            [0xfeff].into_iter().chain(STUDENTS.chars().map(u32::from)).flat_map(u32::to_le_bytes).collect::<Vec<u8>>(),
        ),
        Case::district("utf-16-without-mark", 1).with("students.csv", &utf16(STUDENTS)[2..]),
        every_file("semicolons-all", 1, |text| text.replace(',', ";").into_bytes()),
        Case::district("semicolons-one", 1).with("students.csv", STUDENTS.replace(',', ";")),
        Case::district("tabs-one", 1).with("enrollments.csv", ENROLLMENTS.replace(',', "\t")),
        Case::district("name-in-other-case", 0).without("students.csv").with("Students.CSV", STUDENTS),
        Case::district("name-misspelt", 3).without("students.csv").with("student.csv", STUDENTS),
        Case::district("folder-called-like-a-file", 3)
            .without("students.csv")
            .then(|folder| fs::create_dir(folder.join("students.csv")).expect("a folder")),
        Case::district("no-header-row", 3).with("students.csv", &STUDENTS[STUDENT_HEAD.len()..]),
        Case::district("no-csv-at-all", 3).with("students.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0\\r\xa8f"),
    ]
}

/// Students with dates and addresses, each of their rows changed.
fn shifted(change: fn(&str) -> String) -> String {
    let rows = [
        "10,501,Okafor,Ada,3,2017-04-05,ada@elm.example",
        "10,502,Lindqvist,Nils,3,2017-05-06,nils@elm.example",
        "10,503,Moreau,Zoé,3,2017-06-07,zoe@elm.example",
    ];
    let head = "School_id,Student_id,Last_name,First_name,Grade,DOB,Student_email\n".to_owned();
    rows.into_iter().fold(head, |text, row| text + &change(row))
}

fn rows() -> Vec<Case> {
    let long = format!("10,501,Okafor,Ada,3\n10,502,Lindqvist,\"{}\",3\n10,503,Moreau,Zoé,3\n", "Nils ".repeat(220_000));
    vec![
        Case::district("rows-too-short", 1).students("10,501,Okafor,Ada,3\n10,502,Lindqvist\n10,503,Moreau,Zoé\n"),
        Case::district("rows-too-short-alike", 1).students("10,501,Okafor,Ada\n10,502,Lindqvist,Nils\n10,503,Moreau,Zoé\n"),
        Case::district("a-long-value-in-a-message", 1).with("enrollments.csv", format!("{ENROLLMENTS}10,S1,{}\n", "9".repeat(4000))),
        Case::district("rows-too-long", 1).students("10,501,Okafor,Ada,3\n10,502,Lindqvist, Jr.,Nils,3\n10,503,Moreau,Zoé,3\n"),
        Case::district("a-line-with-semicolons", 1).students("10,501,Okafor,Ada,3\n10;502;Lindqvist;Nils;3\n10,503,Moreau,Zoé,3\n"),
        Case::district("comma-at-every-end", 1).with("students.csv", STUDENTS.replace("3\n", "3,\n")),
        Case::district("blank-rows", 0).students("10,501,Okafor,Ada,3\n\n10,502,Lindqvist,Nils,3\n   \n\n10,503,Moreau,Zoé,3\n\n"),
        Case::district("rows-of-commas", 0)
            .students("10,501,Okafor,Ada,3\n,,,,\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n,,,,\n,,,,\n"),
        Case::district("cut-off-last-line", 3).students("10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Mor"),
        Case::district("cut-off-in-an-id", 3).students("10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,50"),
        Case::district("cut-off-in-last-cell", 1).with("enrollments.csv", ENROLLMENTS.trim_end_matches("3\n")),
        Case::district("cut-off-in-quotes", 3).students("10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,\"Mor"),
        Case::district("unclosed-quote", 3).students("10,501,Okafor,Ada,3\n10,502,\"Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n"),
        Case::district("unclosed-quote-before-a-quoted-row", 3)
            .students("10,501,\"Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,\"Moreau, M.\",Zoé,3\n"),
        Case::district("stray-quote", 0).students("10,501,Okafor,Ada \"Addie\",3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n"),
        Case::district("text-after-closing-quote", 0)
            .students("10,501,\"Okafor\" Jr.,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n"),
        Case::district("quoted-line-breaks", 1)
            .students("10,501,Okafor,\"Ada\nMary\",3\r\n\n10,502,\"Lind\r\nqvist\n\",Nils,3\n10,503,,Zoé,3\n"),
        Case::district("latin-1", 0)
            .students(b"10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zo\xe9,3\n10,504,M\xfcller,J\xf6rg,3\n"),
        Case::district("nul-bytes", 1).students(b"10,501,Okafor,Ada,3\n10,502,Lind\0qvist,Nils,3\n10,503,Moreau,Zo\0\0,3\n"),
        Case::district("cut-off-in-a-last-quoted-cell", 3).students("10,501,Okafor,Ada,3\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,\"3"),
        Case::district("nul-tail", 3).with("students.csv", [STUDENTS.as_bytes(), &[0; 512]].concat()),
        Case::district("cell-of-a-mebibyte", 3).students(long),
        Case::district("contacts-that-differ", 0).with(
            "students.csv",
            "School_id,Student_id,Last_name,First_name,Grade,Contact_name,Contact_type,Contact_sis_id\n\
             10,501,Okafor,Ada,3,Ngozi Okafor,Guardian,G1\n10,501,Okafor,Ada,3,Emeka Okafor,Guardian,G2\n\
             10,502,Lindqvist,Nils,3,Maja Lindqvist,Guardian,G3\n10,503,Moreau,Zoé,3,Luc Moreau,Guardian,G4\n",
        ),
        Case::district("contacts-and-a-name-that-differs", 1).with(
            "students.csv",
            "School_id,Student_id,Last_name,First_name,Grade,Contact_name,Contact_type,Contact_sis_id\n\
             10,501,Okafor,Ada,3,Ngozi Okafor,Guardian,G1\n10,501,Okafor,Adaeze,3,Emeka Okafor,Guardian,G2\n\
             10,502,Lindqvist,Nils,3,Maja Lindqvist,Guardian,G3\n10,503,Moreau,Zoé,3,Luc Moreau,Guardian,G4\n",
        ),
        Case::district("ids-with-spaces", 1).students("10,501,Okafor,Ada,3\n10, 502 ,Lindqvist,Nils,3\n10,50 3,Moreau,Zoé,3\n"),
        Case::district("value-torn-with-what-follows", 1).with(
            "students.csv",
            "School_id,Student_id,Last_name,First_name,Grade,DOB,Student_email\n10,501,Okafor, Jr.,Ada,3,2017-04-05,ada@elm.example\n\
             10,502,Lindqvist, Sr.,Nils,3,2017-05-06,nils@elm.example\n10,503,Moreau,Zoé,3,2017-06-07,zoe@elm.example\n",
        ),
        Case::district("nul-byte-in-an-id", 1).with("students.csv", STUDENTS.replace("502", "502\0")),
        Case::district("zeros-lost-in-one-file", 1).with("enrollments.csv", ENROLLMENTS.replace(",50", ",0050")),
        Case::district("schools-named-with-zeros", 1).with("students.csv", STUDENTS.replace("\n10,", "\n0010,")),
        Case::district("school-without-an-id", 1).with("schools.csv", SCHOOLS.replace("\n10,", "\n,")),
        Case::district("header-among-the-rows", 1).students(
            "10,501,Okafor,Ada,3\n\u{feff}School_id,Student_id,Last_name,First_name,Grade\n10,502,Lindqvist,Nils,3\n10,503,Moreau,Zoé,3\n",
        ),
        Case::district("totals-in-a-row-of-cells", 1).with("students.csv", format!("{STUDENTS}Total: 3 students,,,,\n")),
        Case::district("totals-and-a-remark", 1)
            .with("enrollments.csv", format!("{ENROLLMENTS}Grand total,3,\nEnd of report 2026-11-22,,\n")),
        Case::district("rows-that-begin-like-totals", 0)
            .with("enrollments.csv", format!("{ENROLLMENTS}total-1,S1,503\nTotal School,S1,503\n")),
        Case::district("records-named-like-totals", 1)
            .with("schools.csv", "School_name,School_id,School_number\nFern Hill Elementary,10,010\nTotal Learning Academy,11,011\n")
            .with("sections.csv", "Section_id,School_id,Teacher_id\nS1,10,T1\nCount 1,10,71\n"),
        Case::district("a-school-with-an-id-of-words", 1).with("schools.csv", format!("{SCHOOLS}PS 12 A,,\n")),
        Case::district("remarks-and-a-line", 1).with(
            "students.csv",
            STUDENTS.replacen('\n', "\n---------,----------,---------,----------,-----\n", 1) + "Records: 3,,,,\nPrinted 2026-11-22,,,,\n",
        ),
        Case::district("header-with-a-blank-and-once-more-in-other-case", 1).with(
            "students.csv",
            "School_id,Student_id,Last_name,First_name,Grade \n10,501,Okafor,Ada,3\nSchool_id,Student_id,Last_name,First_name,Grade \n\
             10,502,Lindqvist,Nils,3\nSCHOOL ID,\"Student_ID\",Last name,First_name,Grade\n10,503,Moreau,Zoé,3\n",
        ),
        Case::district("shifted-to-the-right", 1)
            .with("students.csv", shifted(|row| format!(",{}\n", row.rsplit_once(',').expect("cells").0))),
        Case::district("shifted-to-the-left", 1)
            .with("students.csv", shifted(|row| format!("{},\n", row.split_once(',').expect("cells").1))),
        Case::district("one-row-shifted", 1).with(
            "students.csv",
            shifted(|row| if row.contains("502") { format!(",{}\n", row.rsplit_once(',').expect("cells").0) } else { format!("{row}\n") }),
        ),
        Case::district("enrollments-shifted", 1).with("enrollments.csv", "School_id,Section_id,Student_id\n,10,S1\n,10,S1\n,10,S1\n"),
        Case::district("wrong-values-that-are-not-shifted", 0)
            .with("students.csv", shifted(|row| format!("{}\n", row.replace("2017-", "17/")))),
        Case::district("totals-below-the-rows", 1).with("students.csv", format!("{STUDENTS}\nTotal: 3 students\n")),
    ]
}

fn columns() -> Vec<Case> {
    let many: String = (0..20_000).map(|at| format!(",c{at}")).collect();
    let ragged_head = STUDENTS.replacen("School_id", "", 1);
    vec![
        Case::district("one-header-in-two-spellings", 0)
            .with("students.csv", STUDENTS.replace("Grade", "Grade,STUDENT ID").replace(",3\n", ",3,9\n")),
        Case::district("a-header-renamed-beside-a-strange-one", 1)
            .with("students.csv", STUDENTS.replace("Student_id", "Pupil Number").replace("Grade", "Klasse")),
        Case::district("more-columns-than-are-read", 3).with("students.csv", STUDENTS.replace("Grade\n", &format!("Grade{many}\n"))),
        // A spreadsheet writes a comma for each of its columns.
        Case::district("commas-to-the-last-column-of-a-sheet", 0)
            .with("students.csv", STUDENTS.replace('\n', &format!("{}\n", ",".repeat(16_379)))),
        Case::new("no-format-by-file-names-alone", 2)
            .with("School.csv", "Nr,Title,Phase\n10,Fern Hill,Primary\n")
            .with("Student.csv", "Nr,House,First,Last\n501,10,Ada,Okafor\n")
            .with("StudentEnrollment.csv", "Group,Nr\nS1,501\n"),
        Case::district("missing-column", 1).with("enrollments.csv", "School_id,Section_id,Pupil\n10,S1,501\n10,S1,502\n10,S1,503\n"),
        Case::district("misspelt-column", 1).with("students.csv", STUDENTS.replace("Student_id", "Studnet_id")),
        Case::district("duplicate-column", 0)
            .with("sections.csv", "School_id,Section_id,Teacher_id,Name,Name\n10,S1,T1,Reading 3,Reading Three\n"),
        Case::district("duplicate-key-column", 0)
            .with("sections.csv", "School_id,Section_id,Teacher_id,Name,Section_id\n10,S1,T1,Reading 3,S9\n"),
        Case::district("unknown-column", 0).with("sections.csv", "School_id,Section_id,Teacher_id,Name,Locker,\n10,S1,T1,Reading 3,x,\n"),
        Case::district("columns-that-are-refused", 1)
            .with("schools.csv", "School_id,School_name,School_number,NCES_id,Motto\n10,Fern Hill Elementary,010,1,x\n"),
        school_data("duplicate-column-where-none-may-be", 1).with("users.csv", DATA[1].1.replace("phone", "email")),
        school_data("line-break-where-none-may-be", 1).with("orgs.csv", DATA[0].1.replace("Fern Hill", "\"Fern\nHill\"")),
        school_data("the-same-file-in-an-archive", 0).with("users.zip", zip([("users.csv", DATA[1].1)])),
        Case::new("one-value-empty-in-many-rows", 1).with("users.csv", {
            let row = |at: usize| format!("{},F{at},L{at},l{at},101,active,{}\n", if at.is_multiple_of(2) { " " } else { "" }, 7000 + at);
            let rows: String = (0..50).map(row).collect();
            format!("email,first_name,last_name,login_id,account_id,status,student_number\n{rows}x@fernhill.example,A,B,a,101,active,7100\n")
        }),
        Case::new("values-as-another-platform-writes-them", 0).with(
            "users.csv",
            "email,first_name,last_name,login_id,account_id,status,student_grade,student_gender,student_hispanic,student_race,student_number\n\
             a@fernhill.example,Ada,Okafor,a,101,active,01,male,Y,White,5\n",
        ),
        Case::district("headers-in-odd-case", 0)
            .with("enrollments.csv", ENROLLMENTS.replace("School_id,Section_id", "SCHOOL_ID,section id")),
        Case::district("header-cell-empty", 1).with("students.csv", ragged_head),
    ]
}

fn sources() -> Vec<Case> {
    let accounts = "Last Name,First Name,Username,Lexia ID,Grade,School,Status\nOkafor,Ada,aokafor,1,3,Fern Hill Elementary,Active\n";
    let both = ONE.iter().fold(Case::district("two-formats", 3), |case, (file, text)| match *file {
        "enrollments.csv" => case,
        file => case.with(file, text),
    });
    vec![
        Case::new("empty-folder", 3),
        Case::new("folder-with-nothing-known", 2).with("menu.csv", "Day,Dish\nMonday,Soup\n").with("readme.txt", "hello"),
        Case::new("zip-in-a-folder", 3).with("export.zip", "PK\x03\x04"),
        Case::new("zip-as-path", 3).with("export.zip", "PK\x03\x04").at("export.zip"),
        Case::district("zip-among-the-files", 3).with("students.csv", b"PK\x03\x04\x14\0\0\0\x08\0students.csv\x01\x02"),
        Case::new("accounts-with-semicolons", 1).with("list.csv", "RefID;Username;Grade\n1;a;3\n"),
        Case::new("zip-called-csv", 3).with("students.csv", b"PK\x03\x04\x14\0\0\0\x08\0students.csv\x01\x02").at("students.csv"),
        Case::new("spreadsheet-as-path", 3).with("students.xlsx", "PK\x03\x04").at("students.xlsx"),
        Case::new("path-that-is-not-there", 2).at("nowhere"),
        both,
        Case::district("layout-misspelt", 2).asked(&["--layout", "clevr"]),
        Case::district("layout-of-another-format", 2).asked(&["--layout", "mylexia-export"]),
        Case::one("layout-guessed-wrong", 3).with("manifest.csv", ONE[0].1.replace("oneroster.version,1.1", "oneroster.version,1.2")),
        Case::one("layout-overrides-the-guess", 1)
            .with("manifest.csv", ONE[0].1.replace("oneroster.version,1.1", "oneroster.version,1.2"))
            .asked(&["--layout", "oneroster-1.1"]),
        Case::district("layout-that-does-not-fit", 2).without("enrollments.csv").asked(&["--layout", "oneroster-1.1"]),
        Case::district("one-file-as-path", 0).at("students.csv"),
        Case::district("one-file-that-fits-no-pack-alone", 0).at("schools.csv"),
        Case::district("one-file-of-several-formats", 2).at("enrollments.csv"),
        Case::district("one-file-under-another-name", 2).with("list.csv", STUDENTS).at("list.csv"),
        Case::district("one-file-under-another-name-with-its-layout", 0)
            .with("list.csv", STUDENTS)
            .at("list.csv")
            .asked(&["--layout", "clever"]),
        Case::district("accounts-in-a-folder", 2)
            .with("accounts/export.csv", "Username,Email,First Name,Last Name,Role,ID\nann,a@fern.example,Ann,Lee,teacher,1\n")
            .asked(&["--accounts", "accounts-in-a-folder/accounts"]),
        Case::district("accounts-in-a-folder-with-their-layout", 0)
            .with("accounts/export.csv", "Username,Email,First Name,Last Name,Role,ID\nann,a@fern.example,Ann,Lee,teacher,1\n")
            .asked(&["--accounts", "accounts-in-a-folder-with-their-layout/accounts", "--layout", "accounts=accounts"]),
        Case::district("manifest-not-there", 2).at("manifest.csv"),
        Case::one("manifest-says-absent", 1).with("manifest.csv", ONE[0].1.replace("file.users,bulk", "file.users,absent")),
        Case::one("manifest-says-absent-and-is-right", 1)
            .without("academicSessions.csv")
            .with("manifest.csv", ONE[0].1.replace("file.academicSessions,bulk", "file.academicSessions,absent")),
        Case::one("manifest-names-an-optional-file", 3)
            .with("manifest.csv", ONE[0].1.replace("file.demographics,absent", "file.demographics,bulk")),
        changes("changes-alone", 0),
        changes("changes-that-delete", 0)
            .with("users.csv", changed("users.csv").replace("active", "tobedeleted"))
            .with("enrollments.csv", changed("enrollments.csv").replace("active", "tobedeleted")),
        Case::one("manifest-missing", 3).without("manifest.csv"),
        Case::one("manifest-says-bulk-and-no-file", 3).without("courses.csv"),
        Case::one("manifest-of-another-version", 1)
            .with("manifest.csv", ONE[0].1.replace("oneroster.version,1.1", "oneroster.version,3.0")),
        Case::district("accounts-without-ref-id", 0)
            .with("accounts/students.csv", accounts)
            .asked(&["--accounts", "accounts-without-ref-id/accounts/students.csv"]),
        Case::district("accounts-of-no-known-form", 2)
            .with("other/list.csv", "Day,Dish\nMonday,Soup\n")
            .asked(&["--accounts", "accounts-of-no-known-form/other"]),
        Case::district("previous-not-there", 2).asked(&["--previous", "previous-not-there/yesterday"]),
        Case::district("previous-cut-off", 3)
            .with("yesterday/students.csv", &STUDENTS[..STUDENTS.len() - 12])
            .with("yesterday/schools.csv", SCHOOLS)
            .asked(&["--previous", "previous-cut-off/yesterday"]),
    ]
}

#[cfg(unix)]
fn links() -> Vec<Case> {
    vec![
        Case::district("link-to-nothing", 3).without("students.csv").then(|folder| link("gone.csv", &folder.join("students.csv"))),
        Case::district("link-to-itself", 3).without("students.csv").then(|folder| link("students.csv", &folder.join("students.csv"))),
        Case::district("link-to-the-folder-above", 0).then(|folder| link("..", &folder.join("again"))),
        Case::district("link-to-the-folder-itself", 0).then(|folder| link(".", &folder.join("again"))),
        Case::new("path-is-a-link-to-itself", 2).then(|folder| link("data", &folder.join("data"))).at("data"),
    ]
}

#[cfg(not(unix))]
fn links() -> Vec<Case> {
    Vec::new()
}

fn cases() -> Vec<Case> {
    [whole_files(), rows(), columns(), sources(), links()].into_iter().flatten().collect()
}

#[test]
fn every_report_is_as_read() {
    let mut codes = Vec::new();
    for case in cases() {
        let (code, text) = case.run();
        insta::with_settings!({ snapshot_path => "snapshots/data", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(case.name, format!("{text}\n[exit code {code}]"));
        });
        if code != case.code {
            codes.push(format!("{}: {code}, not {}", case.name, case.code));
        }
    }
    assert!(codes.is_empty(), "exit codes:\n{}", codes.join("\n"));
}

#[test]
fn every_case_has_its_name_and_every_snapshot_its_case() {
    let names: Vec<&str> = cases().iter().map(|case| case.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len(), "a name is there twice");
    assert!(names.len() >= 60, "there are {} cases", names.len());
    for entry in fs::read_dir("tests/snapshots/data").expect("snapshots") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".new").trim_end_matches(".snap");
        assert!(distinct.contains(stem), "the snapshot `{stem}` has no case");
    }
}

/// Only where permissions mean something: not for the superuser.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let case = Case::district("no-permission", 3).then(|folder| {
        fs::set_permissions(folder.join("students.csv"), fs::Permissions::from_mode(0o000)).expect("permissions");
    });
    let (code, text) = case.run();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken-data/no-permission/students.csv");
    if fs::read(&path).is_ok() {
        return;
    }
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("`students.csv` can't be read: permission denied"), "{text}");
}
