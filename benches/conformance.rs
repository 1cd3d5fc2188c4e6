//! Runs `rollbook validate` on packages that other validators judged, and compares verdicts, codes and places. See `benches/README.md`.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit)]
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

const USAGE: &str = "usage: cargo bench --bench conformance -- SAMPLES   (the folder that holds oneroster-1.2-packages and sds)";

/// What another validator calls a defect, and the rules that find it here.
const CODES: &[(&str, &[&str])] = &[
    ("csv.unclosed_quote", &["read/unclosed-quote", "read/cut-off"]),
    ("csv.unescaped_quote", &["read/stray-quote"]),
    ("manifest.duplicate_property", &["oneroster/property-twice"]),
    ("manifest.file_missing", &["read/missing-file"]),
    ("manifest.file_unexpected", &["read/declared-absent"]),
    ("manifest.invalid_file_mode", &["oneroster/file-mode-unknown"]),
    ("manifest.missing_property", &["read/undeclared", "oneroster/version-missing"]),
    ("manifest.row_width_mismatch", &["read/ragged-row", "read/cut-off", "read/stray-line"]),
    ("manifest.unknown_property", &["oneroster/property-unknown"]),
    ("package.missing_manifest", &["read/missing-file"]),
    ("package.unknown_file", &["read/unknown-file"]),
    ("reference.duplicate_sourced_id", &["oneroster/id-twice", "roster/duplicate-"]),
    ("reference.missing_target_file", &["oneroster/reference-to-absent-file"]),
    ("reference.missing_target_record", &["oneroster/reference-to-unknown-record", "roster/unknown-"]),
    ("row.field_forbidden_in_bulk", &["oneroster/status-in-bulk"]),
    ("row.field_required_in_delta", &["oneroster/status-missing-in-delta"]),
    ("row.invalid_boolean", &["oneroster/flag-invalid"]),
    // Before its beginning.
    ("row.invalid_datetime", &["oneroster/time-invalid"]),
    ("row.invalid_date", &["oneroster/date-invalid", "roster/invalid-term-date", "roster/invalid-birth-date"]),
    ("row.invalid_enum", &["oneroster/value-outside-list", "oneroster/resource-roles-invalid"]),
    ("row.invalid_float", &["oneroster/number-invalid"]),
    ("row.invalid_guid", &["oneroster/id-outside-character-set", "oneroster/reference-outside-character-set"]),
    ("row.invalid_integer", &["oneroster/integer-invalid"]),
    (
        "row.invalid_list",
        &[
            "oneroster/list-with-empty-item",
            "oneroster/subject",
            "oneroster/user-ids-invalid",
            "oneroster/score-scale-invalid",
            "oneroster/resource-roles-invalid",
        ],
    ),
    ("row.invalid_year", &["oneroster/year-invalid"]),
    ("row.missing_required_value", &["oneroster/required-value-missing"]),
    ("schema.header_order_mismatch", &["read/column-order", "read/unusual-header", "read/column-left-out", "read/missing-column"]),
    ("schema.invalid_metadata_header", &["read/unknown-column", "read/column-order"]),
    ("schema.metadata_column_position", &["read/column-order"]),
    ("schema.missing_header", &["read/missing-column", "read/column-left-out", "read/unusual-header"]),
    ("semantic.academic_session_type_mismatch", &["oneroster/course-not-in-a-school-year", "oneroster/line-item-in-a-school-year"]),
    ("semantic.invalid_case_learning_objective_id", &["oneroster/case-id-invalid"]),
    ("semantic.invalid_score_range", &["oneroster/score-limits-reversed"]),
    ("semantic.invalid_score_scale_mapping", &["oneroster/score-scale-invalid"]),
    ("semantic.multiple_primary_roles_for_user_org", &["oneroster/primary-roles-in-one-school"]),
    ("semantic.org_type_mismatch", &["oneroster/class-not-in-a-school"]),
    ("semantic.primary_org_missing_role", &["oneroster/primary-school-without-role"]),
    ("semantic.resource_role_mismatch", &["oneroster/resource-for-another-role"]),
    ("semantic.result_class_mismatch", &["oneroster/result-of-another-class"]),
    ("semantic.result_student_not_enrolled", &["oneroster/result-of-somebody-outside-the-class", "roster/unknown-student"]),
    ("semantic.score_above_max", &["oneroster/score-outside-limits"]),
    ("semantic.score_below_min", &["oneroster/score-outside-limits"]),
    ("semantic.user_profile_user_mismatch", &["oneroster/profile-of-another-user"]),
    ("semantic.user_resource_class_org_mismatch", &["oneroster/resource-in-another-school"]),
    ("semantic.user_resource_user_not_enrolled", &["oneroster/resource-for-somebody-outside-the-class"]),
    ("table.duplicate_header", &["read/duplicate-column"]),
    ("table.missing_data_rows", &["read/no-rows"]),
    ("table.row_width_mismatch", &["read/ragged-row", "read/cut-off", "read/stray-line"]),
    // The SDS validator has messages in place of codes.
    ("Required file", &["read/missing-file"]),
    ("Invalid header", &["read/no-known-column", "read/missing-column"]),
    ("Duplicate sourcedId", &["sds/id-twice", "roster/duplicate-"]),
    ("Required field", &["sds/required-value-missing"]),
    ("Invalid email", &["sds/email-invalid", "roster/invalid-email"]),
    ("Invalid phone", &["sds/phone-invalid"]),
    ("Invalid date", &["sds/date-invalid"]),
    ("Invalid boolean", &["sds/flag-invalid"]),
    ("Missing ref", &["sds/reference-to-unknown-record", "roster/unknown-"]),
];

/// A defect as the other validator tells it.
struct Defect {
    code: String,
    file: String,
    line: Option<u64>,
}

/// A file, and a line of it.
type Spot = (String, Option<u64>);

/// A rule, its severity, and the places of its finding.
type Found = (String, String, Vec<Spot>);

/// What was found in a package.
struct Verdict {
    valid: bool,
    findings: Vec<Found>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench" && arg != "--test").collect();
    let [samples] = args.as_slice() else { return println!("{USAGE}") };
    let samples = Path::new(samples);
    let work = std::env::temp_dir().join(format!("rollbook-conformance-{}", std::process::id()));
    let mut agreed = true;
    println!("| package | expected | ours | codes | places | what fired |\n| --- | --- | --- | --- | --- | --- |");
    let mut sums = [0; 4];
    for case in json(&samples.join("oneroster-1.2-packages/expected.json")).as_array().into_iter().flatten() {
        let name = case["zip"].as_str().unwrap_or_default();
        let folder = work.join("packages").join(name);
        unpack(&samples.join("oneroster-1.2-packages/cases").join(name), &folder);
        let expected = &case["fullValidation_allRows"];
        let defects = defects(&expected["diagnostics"], "code", "fileName", "rowNumber");
        tell(name.trim_end_matches(".zip"), expected["tag"] == "ok", &defects, &verdict(&folder, "oneroster-1.2"), &mut sums);
    }
    agreed &= close("OneRoster", &mut sums);
    let _ = fs::remove_dir_all(work.join("packages"));
    let cases = samples.join("sds/sds-validator-cases/testcases");
    for case in json(&cases.join("expected.json")).as_array().into_iter().flatten() {
        let name = case["case"].as_str().unwrap_or_default();
        let defects = defects(&case["errors"], "message", "file", "line");
        // One case has no files at all.
        let folder = if cases.join(name).is_dir() { cases.join(name) } else { work.clone() };
        tell(name, defects.is_empty(), &defects, &verdict(&folder, "sds-v2.1"), &mut sums);
    }
    agreed &= close("School Data Sync", &mut sums);
    let _ = fs::remove_dir_all(&work);
    if !agreed {
        std::process::exit(1);
    }
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unpack(zip: &Path, folder: &PathBuf) {
    fs::create_dir_all(folder).expect("a folder for the package");
    let file = fs::File::open(zip).unwrap_or_else(|error| panic!("{}: {error}", zip.display()));
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return };
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("a whole member");
        let name = member.name().expect("a name in UTF-8").into_owned();
        let name = Path::new(&name).file_name().expect("the name of a file");
        fs::write(folder.join(name), bytes).expect("a file of the package");
    }
}

fn defects(list: &Value, code: &str, file: &str, line: &str) -> Vec<Defect> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |item: &Value| Defect { code: text(&item[code]), file: text(&item[file]), line: item[line].as_u64().filter(|line| *line > 0) };
    list.as_array().into_iter().flatten().map(of).collect()
}

fn verdict(folder: &Path, layout: &str) -> Verdict {
    let run = Command::new(env!("CARGO_BIN_EXE_rollbook"))
        .args(["validate", "--no-config", "--format", "jsonl", "--date", "2026-11-22", "--layout", layout])
        .arg(folder)
        .output()
        .expect("rollbook runs");
    let mut findings = Vec::new();
    for line in String::from_utf8_lossy(&run.stdout).lines() {
        let finding: Value = serde_json::from_str(line).expect("a line of JSON");
        let records = finding["records"].as_array().into_iter().flatten().chain([&finding["place"]]);
        let places = records.filter_map(|place| Some((place["file"].as_str()?.to_owned(), place["line"].as_u64())));
        let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        findings.push((word("rule"), word("severity"), places.collect()));
    }
    let bad = findings.iter().any(|(_, severity, _)| severity == "error" || severity == "blocker");
    Verdict { valid: !bad && matches!(run.status.code(), Some(0 | 1)), findings }
}

/// Prints a row; counts packages, agreements on the verdict, on all codes, and on all places.
fn tell(name: &str, valid: bool, defects: &[Defect], ours: &Verdict, sums: &mut [usize; 4]) {
    let rules = |code: &str| CODES.iter().find(|(known, _)| code.starts_with(known)).map_or(&[][..], |(_, rules)| *rules);
    let fires = |defect: &&Defect, placed: bool| {
        ours.findings.iter().any(|(rule, _, places)| {
            let there = |(file, line): &Spot| *file == defect.file && (defect.line.is_none() || *line == defect.line);
            rules(&defect.code).iter().any(|known| rule.starts_with(known)) && (!placed || places.iter().any(there))
        })
    };
    let coded = defects.iter().filter(|defect| fires(defect, false)).count();
    let placed = defects.iter().filter(|defect| fires(defect, true)).count();
    let agreed = valid == ours.valid;
    for (sum, yes) in sums.iter_mut().zip([true, agreed, agreed && coded == defects.len(), agreed && placed == defects.len()]) {
        *sum += usize::from(yes);
    }
    let word = |valid: bool| if valid { "valid" } else { "invalid" };
    let fired: BTreeSet<String> = ours.findings.iter().filter(|found| found.1 != "info").map(|(rule, _, _)| format!("`{rule}`")).collect();
    let fired: Vec<String> = fired.into_iter().collect();
    let differs = if agreed { "" } else { " **differs**" };
    let all = defects.len();
    println!("| {name} | {} | {}{differs} | {coded}/{all} | {placed}/{all} | {} |", word(valid), word(ours.valid), fired.join(", "));
}

fn close(what: &str, sums: &mut [usize; 4]) -> bool {
    let [all, agreed, coded, placed] = std::mem::take(sums);
    println!("\n{what}: {all} cases, {agreed} verdicts agree, {coded} with every code, {placed} with every place\n");
    all == agreed
}
