//! The file that `accounts --out` writes: everything on everybody, or what a platform imports, in the shape that a layout describes.
use super::exit::Exit;
use super::files::{self, Readers};
use super::output;
use crate::engine::{PersonAccount, SchemaRun, State};
use crate::finding::{Record, suggestion};
use crate::model::{NOUNS, noun};
use crate::pack::STATES;
use crate::report::{Audience, SheetKind, sheet};
use crate::roster::{From, Layouts};
use rayon::prelude::*;
use std::path::Path;

/// The first columns of a file with everything.
const FIXED: [&str; 6] = ["group", "state", "noun", "id", "name", "school"];
/// People who are worked out at once.
const BLOCK: usize = 8192;

/// A column of a platform's file.
struct ShapeColumn {
    header: String,
    /// The account's field; none for a column that only says what kind of row it is.
    field: Option<&'static str>,
    /// What the platform writes for a value.
    words: Vec<(String, String)>,
    /// What stands in every row.
    constant: Option<String>,
}

/// The columns of a platform's file of accounts.
pub(super) struct Shape {
    columns: Vec<ShapeColumn>,
}

/// What kind of file a path asks for.
pub(super) fn kind(path: &Path) -> Result<SheetKind, Exit> {
    SheetKind::of(path)
        .ok_or_else(|| output::error(&format!("`{}` has no extension that is known", path.display()), "write to a .csv, .xlsx or .jsonl"))
}

/// The columns in which a layout reads accounts, which are those in which the platform takes them.
pub(super) fn shape(name: &str, layouts: &Layouts) -> Result<Shape, Exit> {
    let Some(layout) = layouts.get(name) else {
        let near = suggestion(name, layouts.iter().map(|layout| layout.name.as_str()));
        let help = near.map_or_else(|| "`rollbook list layouts` prints all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(output::error(&format!("no layout `{name}`"), &help));
    };
    let account = noun("account");
    let record = layout.files.iter().flat_map(|file| &file.records).find(|record| Some(record.noun) == account);
    let Some(record) = record else {
        return Err(output::error(&format!("the layout `{name}` has no accounts"), "name one that has (`rollbook list layouts`)"));
    };
    let mut columns: Vec<ShapeColumn> = Vec::new();
    for (field, sources) in &record.fields {
        let column = sources.iter().find_map(|source| match &source.from {
            From::Column { header, map, .. } => Some((header.clone(), map.clone())),
            _ => None,
        });
        let Some((header, map)) = column else { continue };
        if columns.iter().all(|known| known.header != header) {
            let words = map.into_iter().filter(|(from, _)| from != "*").map(|(from, to)| (to, from)).collect();
            columns.push(ShapeColumn { header, field: Some(field.of(record.noun).name), words, constant: None });
        }
    }
    for filter in record.filters.iter().filter(|filter| !filter.negated) {
        if columns.iter().all(|known| known.header != filter.column) {
            let constant = filter.values.first().cloned();
            columns.push(ShapeColumn { header: filter.column.clone(), field: None, words: Vec::new(), constant });
        }
    }
    Ok(Shape { columns })
}

/// The value of an account's field: a name, or what the schema's `record` says.
fn value(run: &SchemaRun<'_, '_, '_>, person: &PersonAccount, field: &str) -> Option<String> {
    let name = run.fields().zip(&person.values).find(|(name, _)| *name == field).and_then(|(_, value)| value.clone());
    name.or_else(|| person.others.iter().find(|(name, _)| *name == field).and_then(|(_, value)| value.clone()))
}

impl Shape {
    fn header(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.header.clone()).collect()
    }

    fn row(&self, run: &SchemaRun<'_, '_, '_>, person: &PersonAccount) -> Vec<Option<String>> {
        let cell = |column: &ShapeColumn| {
            let value = column.constant.clone().or_else(|| value(run, person, column.field?))?;
            let word = column.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&value));
            Some(word.map_or(value, |(_, from)| from.clone()))
        };
        self.columns.iter().map(cell).collect()
    }
}

/// The fields of accounts that any of the schemas fills, in the order of the noun.
fn fields(runs: &[SchemaRun<'_, '_, '_>]) -> Vec<&'static str> {
    let account = noun("account").map_or(&NOUNS[0], |noun| noun.get());
    let fills = |name: &str| {
        runs.iter().any(|run| {
            run.fields().any(|field| field == name)
                || run.naming().record.iter().any(|(field, _)| account.fields[field.0 as usize].name == name)
        })
    };
    // The group stands before them.
    account.fields.iter().map(|field| field.name).filter(|name| *name != "group" && fills(name)).collect()
}

/// Everything on a person.
fn full_row(run: &SchemaRun<'_, '_, '_>, person: &PersonAccount, fields: &[&str]) -> Vec<Option<String>> {
    let naming = run.naming();
    let (why, by) = match &person.state {
        State::Blocked { reason, finding } => (Some(reason.clone()), finding.as_ref().map(|(rule, _)| rule.to_string())),
        _ => (None, None),
    };
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut row = vec![
        text(&naming.group),
        text(person.state.words()),
        text(naming.noun().get().name),
        text(&person.id),
        person.name.clone(),
        person.school.clone(),
    ];
    row.extend(fields.iter().map(|field| value(run, person, field)));
    row.extend([
        text(&person.sees.join(" ")),
        person.account.as_ref().and_then(|account| text(&account.id)),
        person.step.map(|step| step.to_string()),
        why,
        by,
        text(&person.notes.join("; ")),
        text(&person.record.file),
        Some(person.record.line.to_string()),
    ]);
    row
}

/// An account of nobody.
fn gone_row(run: &SchemaRun<'_, '_, '_>, record: &Record, fields: &[&str]) -> Vec<Option<String>> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut row = vec![text(&run.naming().group), text("no longer in the roster"), text("account"), text(&record.id), None, None];
    row.extend(fields.iter().map(|field| record.cells.iter().find(|cell| cell.field == *field).and_then(|cell| text(&cell.value))));
    row.extend([None, text(&record.id), None, None, None, None, text(&record.file), Some(record.line.to_string())]);
    row
}

/// Writes the accounts, and gives their number. `people` are those to write, and whether they are all. The file is whole or not there: it is written beside its name and then takes it.
pub(super) fn write(
    path: &Path,
    kind: SheetKind,
    shape: Option<&Shape>,
    runs: &[SchemaRun<'_, '_, '_>],
    (people, all): (&[Vec<usize>], bool),
) -> Result<u64, Exit> {
    let fault = |error: std::io::Error| output::error(&format!("`{}` can't be written: {error}", path.display()), "no file was left");
    let fields = fields(runs);
    let header = shape.map_or_else(
        || {
            let before = FIXED.into_iter();
            let after = ["sees", "account", "step", "why", "blocked_by", "notes", "file", "line"].into_iter();
            // A column that would have the name of one before it is told from it.
            let of_account = |field: &&str| if FIXED.contains(field) { format!("account_{field}") } else { (*field).to_owned() };
            let fields = fields.iter().map(of_account);
            before.map(str::to_owned).chain(fields).chain(after.map(str::to_owned)).collect()
        },
        Shape::header,
    );
    let created = |run: &SchemaRun<'_, '_, '_>, at: usize| run.state(at) == STATES[2];
    let blocks = runs.iter().zip(people).flat_map(|(run, people)| people.chunks(BLOCK).map(move |block| (run, block)));
    let mut count = 0;
    let rows = blocks.flat_map(|(run, block)| {
        let row = |at: &usize| match shape {
            Some(shape) => created(run, *at).then(|| shape.row(run, &run.person(*at))),
            None => Some(full_row(run, &run.person(*at), &fields)),
        };
        block.par_iter().map(row).collect::<Vec<_>>().into_iter().flatten().inspect(|_| count += 1).collect::<Vec<_>>()
    });
    let gone = runs.iter().filter(|_| shape.is_none() && all).flat_map(|run| run.gone().map(|record| gone_row(run, &record, &fields)));
    let mut gone_count = 0;
    let rows = rows.chain(gone.inspect(|_| gone_count += 1));
    let audience = if shape.is_some() { Audience::Program } else { Audience::People };
    files::replace(path, Readers::Default, |out| sheet((kind, audience), &header, rows, out)).map_err(fault)?;
    Ok(count + gone_count)
}
