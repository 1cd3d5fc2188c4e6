//! Data that is a part only: what can be found in it, and what can't.
use crate::program::{folder, program};
use std::fs;

/// A package of changes: two sections, one of them with two students, and a student whose record is deleted.
const FILES: &[(&str, &str)] = &[
    (
        "manifest.csv",
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,delta\nfile.classes,delta\nfile.enrollments,delta\nfile.orgs,bulk\n\
         file.academicSessions,absent\nfile.courses,absent\n",
    ),
    ("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nO1,,,Fern Hill,school,,\n"),
    (
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,\
         email,sms,phone,agentSourcedIds,grades,password\n\
         u1,active,2026-11-20T08:00:00.000Z,true,O1,student,ada,,Ada,Okafor,,,,,,,03,\n\
         u2,tobedeleted,2026-11-20T08:00:00.000Z,true,O1,student,nils,,Nils,Lindqvist,,,,,,,03,\n",
    ),
    (
        "classes.csv",
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,\
         subjects,subjectCodes,periods\n\
         K1,active,2026-11-20T08:00:00.000Z,Reading,03,C1,,scheduled,,O1,Y1,,,\n\
         K2,active,2026-11-20T08:00:00.000Z,Art,03,C1,,scheduled,,O1,Y1,,,\n",
    ),
    (
        "enrollments.csv",
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,active,2026-11-20T08:00:00.000Z,K1,O1,u1,student,,,\ne2,active,2026-11-20T08:00:00.000Z,K1,O1,u9,student,,,\n",
    ),
];

/// Clauses, and what they find in the package; nothing where they are skipped.
const RULES: &[(&str, &str, Option<u64>)] = &[
    ("every-student", "each = 'student x'", Some(1)),
    ("many-students", "each = 'section x where count of (enrollment e where e.section_id = x.id) > 1'", Some(1)),
    ("not-few-students", "each = 'section x where not count of (enrollment e where e.section_id = x.id) < 2'", Some(1)),
    ("no-student", "each = 'section x where count of (enrollment e where e.section_id = x.id) = 0'", None),
    ("few-students", "each = 'section x where count of (enrollment e where e.section_id = x.id) < 2'", None),
    ("not-many-students", "each = 'section x where not count of (enrollment e where e.section_id = x.id) > 1'", None),
    ("nobody-enrolled", "each = 'section x'\nwithout = 'enrollment e where e.section_id = x.id'", None),
    ("school-of-nobody", "each = 'student x'\nwithout = 'school o where o.id = x.school_id'", Some(0)),
];

#[test]
fn nothing_follows_from_a_record_that_is_not_there() {
    for (head, all) in [("", false), ("judges-parts = true\n", true)] {
        let folder = folder("parts");
        fs::create_dir(folder.join("data")).expect("a folder");
        for (name, text) in FILES {
            fs::write(folder.join("data").join(name), text).expect("a file");
        }
        let mut pack = format!("[pack]\nname = \"own\"\ntitle = \"own rules\"\n{head}");
        for (name, clauses, _) in RULES {
            pack += &format!(
                "\n[[rule]]\nname = \"{name}\"\ntitle = \"a case\"\nseverity = \"warning\"\n{clauses}\nmessage = 'found {{x.id}}'\n"
            );
        }
        fs::write(folder.join("own.toml"), pack).expect("a pack");
        fs::write(folder.join("rollbook.toml"), "packs = [\"own.toml\"]\n[sources.roster]\npath = \"data\"\n").expect("a configuration");
        let kept = program(["snapshot", "--pack", "feed-shape", "--date", "2026-11-22"]).within(&folder).run();
        assert_eq!(kept.code, 3, "{}", kept.error);
        let why = "incomplete: `users.csv`, `classes.csv` and `enrollments.csv` hold changes alone, as `manifest.csv` says\n";
        assert!(kept.error.contains(why), "{}", kept.error);
        let printed = program(["validate", "--format", "jsonl", "--date", "2026-11-22"]).within(&folder).run();
        let found = |name: &str| printed.out.lines().filter(|line| line.starts_with(&format!("{{\"rule\":\"own/{name}\""))).count() as u64;
        let text = program(["validate", "--date", "2026-11-22"]).within(&folder).wide(400).run().all();
        for (name, _, finds) in RULES {
            match finds {
                Some(count) => assert_eq!(found(name), *count, "{name}\n{}", printed.out),
                None if all => assert!(found(name) > 0, "{name}\n{}", printed.out),
                None => assert_eq!(found(name), 0, "{name}\n{}", printed.out),
            }
        }
        let reason = "4 rules, since `enrollments.csv` holds changes alone, as `manifest.csv` says";
        assert_eq!(text.contains(reason), !all, "{text}");
    }
}

/// A condition that may hold for want of a record decides nothing by itself, nor in one of several cases, nor where such records are counted.
#[test]
fn nobody_is_gone_for_a_package_of_changes() {
    let folder = folder("parts-and-before");
    for name in ["now", "before"] {
        fs::create_dir(folder.join(name)).expect("a folder");
    }
    let student = |number: u32| format!("s{number},active,2026-11-20T08:00:00.000Z,true,O1,student,s{number},,Ada,Okafor,,,,,,,03,\n");
    for (name, text) in FILES {
        fs::write(folder.join("now").join(name), text).expect("a file");
        let text = match *name {
            "users.csv" => (1..41).fold(text.lines().next().unwrap_or_default().to_owned() + "\n", |text, number| text + &student(number)),
            _ => (*text).to_owned(),
        };
        fs::write(folder.join("before").join(name), text.replace("delta", "bulk").replace("active,2026-11-20T08:00:00.000Z", ","))
            .expect("a file");
    }
    let asked = ["validate", "now", "--previous", "before", "--no-config", "--pack", "feed-shape", "--date", "2026-11-22"];
    let text = program(asked).within(&folder).wide(400).run().all();
    assert!(!text.contains("are not in it any more"), "{text}");
    let skipped = text.split_once("Skipped").map_or("", |(_, rest)| rest);
    assert!(skipped.contains("feed-shape/students-of-school-gone"), "{text}");
    assert!(skipped.contains("since `users.csv` holds changes alone"), "{text}");
    let text = program(["merge", "now", "--previous", "before", "--pack", "feed-shape"]).within(&folder).wide(400).run().all();
    assert!(text.contains("`users.csv` holds changes alone"), "{text}");
}

/// Whose role stands in files of before is neither staff nor a student here.
#[test]
fn nobody_is_staff_for_want_of_a_role() {
    let folder = folder("parts-and-roles");
    let users = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,\
                 password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n\
                 u1,active,2026-11-22T00:00:00.000Z,true,u1,,Ada,Okafor,,,,,,,03,,,,,,o1,\nu2,active,2026-11-22T00:00:00.000Z,true,u2,,Nils,Lindqvist,,,,,,,03,,,,,,o1,\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n\
                 r2,active,2026-11-22T00:00:00.000Z,u2,primary,student,,,o1,\n";
    let manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.orgs,bulk\nfile.users,delta\nfile.roles,delta\n";
    let orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,Maple,school,1,\n";
    for (name, text) in [("users", users), ("roles", roles), ("manifest", manifest), ("orgs", orgs)] {
        fs::write(folder.join(name).with_extension("csv"), text).expect("a file");
    }
    let text = program(["validate", ".", "--no-config", "--date", "2026-11-22"]).within(&folder).wide(400).run().all();
    assert!(text.contains("OneRoster 1.2 CSV"), "{text}");
    assert!(!text.contains("the primary school of u1"), "{text}");
}
