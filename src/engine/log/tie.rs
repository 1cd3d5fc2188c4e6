//! From the values of a line to the records that they name, and to the findings that are about exactly these.
use crate::engine::columns::{TableId, identity, table_of};
use crate::engine::describe::id_of;
use crate::engine::index::Indexes;
use crate::engine::outcome::Outcome;
use crate::finding::Record;
use crate::language::form::{By, Column, Expr, Frame, Slot};
use crate::language::log::Hit;
use crate::model::{FieldRef, NounId, Type, noun};
use crate::pack::{Body, Message, Rule, Tie};
use crate::roster::Sym;
use hashbrown::HashMap;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Records that are told of a line, for each variable.
const MOST: usize = 3;

/// What the values of a line lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tied {
    /// Findings about these very records, by number.
    pub findings: Vec<usize>,
    /// Records that the values name.
    pub rows: Vec<(TableId, u32)>,
    /// Whether any value of the line is a field of records, so that there was something to look up.
    pub asked: bool,
}

/// Which values are given, of a rule's variant and wording.
type Given = (usize, usize, usize, Vec<usize>);
/// Of every record the findings about it.
type Of = HashMap<(TableId, u32), Vec<(usize, usize)>>;
/// What a line says: rule, wording and values.
type Said = (usize, usize, Vec<Option<String>>);
/// The findings by the values of their records.
type ByValues = Rc<HashMap<Vec<Sym>, Vec<u32>>>;

/// What ties lines to an outcome. What is worked out for one line serves the others.
pub struct Ties<'o, 'p, 'd> {
    pub(super) outcome: &'o Outcome<'p, 'd>,
    indexes: Indexes<'d>,
    findings: RefCell<HashMap<Given, ByValues>>,
    /// Of every record the findings about it: rule and number.
    about: OnceCell<Of>,
    /// What lines led to: many say the same.
    known: RefCell<HashMap<Said, Rc<Tied>>>,
}

impl<'o, 'p, 'd> Ties<'o, 'p, 'd> {
    /// Ties to what was found.
    #[must_use]
    pub fn new(outcome: &'o Outcome<'p, 'd>) -> Self {
        Ties { outcome, indexes: Indexes::default(), findings: RefCell::default(), about: OnceCell::new(), known: RefCell::default() }
    }

    /// What a line leads to that says what the rule number `at` of the outcome finds; `hit` is of its wording number `wording`.
    #[must_use]
    pub fn of_rule(&self, at: usize, wording: usize, hit: &Hit) -> Rc<Tied> {
        let key = (at, wording, hit.values.clone());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let tied = Rc::new(self.by_rule(at, wording, hit));
        self.known.borrow_mut().insert(key, tied.clone());
        tied
    }

    fn by_rule(&self, at: usize, wording: usize, hit: &Hit) -> Tied {
        let mut tied = Tied::default();
        let Body::Records { variants, .. } = &self.outcome.rule(at).body else { return tied };
        for (number, variant) in variants.iter().enumerate() {
            let given = self.given(&variant.ties, wording, hit);
            // An id that no record has, such as one that the platform made, tells nothing beside a value that one has.
            let known = given.iter().filter(|one| self.is_known(&variant.frame, one)).copied().collect::<Vec<_>>();
            let about = About { frame: &variant.frame, group: &variant.group };
            let given = if self.identify(about, &known) { known } else { given };
            if !self.identify(about, &given) {
                continue;
            }
            tied.asked = true;
            self.rows(about, &given, &mut tied.rows);
            let places: Vec<usize> = given.iter().map(|(place, ..)| *place).collect();
            let key: Vec<Sym> = given.iter().map(|(.., value)| *value).collect();
            let by_values = self.by_values((at, number, wording, places));
            tied.findings.extend(by_values.get(&key).into_iter().flatten().map(|finding| *finding as usize));
        }
        tied.findings.sort_unstable();
        tied.findings.dedup();
        tied
    }

    /// What a line of a message leads to, for which no rule looks.
    #[must_use]
    pub fn of_message(&self, message: &Message, wording: usize, hit: &Hit) -> Tied {
        let given = self.given(&message.ties, wording, hit);
        let about = About { frame: &message.frame, group: &[] };
        let mut tied = Tied { asked: self.identify(about, &given), ..Tied::default() };
        self.rows(about, &given, &mut tied.rows);
        tied
    }

    /// What any rule finds about records: rule and number of the finding.
    #[must_use]
    pub fn about(&self, rows: &[(TableId, u32)]) -> Vec<(usize, usize)> {
        let about = self.about.get_or_init(|| {
            let mut about = Of::new();
            for at in self.outcome.rules() {
                let Body::Records { variants, .. } = &self.outcome.rule(at).body else { continue };
                let findings = self.outcome.findings_of(at);
                for finding in 0..findings.len() {
                    for (variant, tuple) in findings.members(finding) {
                        let frame = &variants[*variant as usize].frame;
                        let slots = &findings.found.slots[*variant as usize];
                        for (slot, row) in slots.iter().zip(findings.found.tuple(*variant as usize, *tuple as usize)) {
                            let of_record = about.entry((table_of(frame, *slot), *row)).or_default();
                            if of_record.last() != Some(&(at, finding)) {
                                of_record.push((at, finding));
                            }
                        }
                    }
                }
            }
            about
        });
        let mut all: Vec<(usize, usize)> = rows.iter().filter_map(|row| about.get(row)).flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a rule has values in its wordings that are fields of records, so that a line says which finding it is about.
    #[must_use]
    pub fn can_tell(&self, rule: &Rule) -> bool {
        matches!(&rule.body, Body::Records { variants, .. } if variants.iter().any(|variant| !variant.ties.is_empty()))
    }

    /// A record as people find it.
    #[must_use]
    pub fn record(&self, (table, row): (TableId, u32)) -> Record {
        let mut fields: Vec<FieldRef> = Vec::new();
        crate::engine::columns::identity(table.0).fields(&mut |field| fields.push(field.clone()));
        let mut record = self.outcome.columns.dataset.record(table.0, table.1, row, &fields);
        record.id = id_of(&self.outcome.columns, table, row).unwrap_or_default();
        record
    }

    /// The ties of a wording whose values a line has: their places, and the keys of the values.
    fn given<'t>(&self, ties: &'t [Tie], wording: usize, hit: &Hit) -> Vec<(usize, &'t Tie, Sym)> {
        let key = |(place, tie): (usize, &'t Tie)| {
            let text = hit.values.get(tie.value)?.as_deref()?;
            Some((place, tie, self.outcome.columns.constant(&tie.by.key(text)?)))
        };
        ties.iter().enumerate().filter(|(_, tie)| tie.wording == wording).filter_map(key).collect()
    }

    /// Whether values name records, and not only describe them: by an id, a username, an email, or the full name that one record alone has.
    fn identify(&self, about: About<'_>, given: &[(usize, &Tie, Sym)]) -> bool {
        slots(given).into_iter().any(|slot| self.identify_one(about, slot, given))
    }

    /// The same, of the records of one variable.
    fn identify_one(&self, about: About<'_>, slot: Slot, given: &[(usize, &Tie, Sym)]) -> bool {
        let frame = about.frame;
        let of_slot: Vec<&(usize, &Tie, Sym)> = given.iter().filter(|(_, tie, _)| tie.column.slot == slot).collect();
        if of_slot.iter().any(|(_, tie, _)| identifies(frame, tie)) || about.agree(slot, given) || is_whole(frame, slot, &of_slot) {
            return true;
        }
        // A line that speaks of nothing but what a record refers to, and that is not there, is about those that refer to it.
        if of_slot.iter().all(|one| refers(frame, one.1).is_some()) && of_slot.iter().any(|one| self.dangles(frame, one)) {
            return true;
        }
        let noun = frame[slot.0 as usize].noun;
        let mut names: Vec<String> = Vec::new();
        of_slot.iter().for_each(|(_, tie, _)| tie.column.expr.fields(&mut |field| names.push(field.name(noun).to_owned())));
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        if !(has("name") || (has("first_name") && has("last_name"))) {
            return false;
        }
        let mut rows = Vec::new();
        self.look(table_of(frame, slot), &of_slot, &mut rows);
        rows.len() == 1
    }

    /// Whether a reference is to a record that is not there.
    fn dangles(&self, frame: &Frame, (_, tie, value): &(usize, &Tie, Sym)) -> bool {
        let table = refers(frame, tie).map(|target| (target, table_of(frame, tie.column.slot).1));
        let id = table.and_then(|table| Some((table, table.0.field("id")?)));
        let Some((table, id)) = id.filter(|(table, _)| self.outcome.columns.table(*table).is_some()) else { return false };
        let mut there = false;
        let index = self.indexes.whole(&self.outcome.columns, &(table, vec![(Expr::Field(FieldRef::Field(id)), tie.by)]));
        index.each(&[*value], |_| {
            there = true;
            false
        });
        !there
    }

    /// Whether any record has a value.
    fn is_known(&self, frame: &Frame, given: &(usize, &Tie, Sym)) -> bool {
        let mut rows = Vec::new();
        self.look(table_of(frame, given.1.column.slot), &[given], &mut rows);
        !rows.is_empty()
    }

    /// The records of which all given values of a variable hold; where they disagree, those that each names.
    fn rows(&self, about: About<'_>, given: &[(usize, &Tie, Sym)], rows: &mut Vec<(TableId, u32)>) {
        let frame = about.frame;
        for slot in slots(given).into_iter().filter(|slot| self.identify_one(about, *slot, given)) {
            let table = table_of(frame, slot);
            let of_slot: Vec<&(usize, &Tie, Sym)> = given.iter().filter(|(_, tie, _)| tie.column.slot == slot).collect();
            let before = rows.len();
            self.look(table, &of_slot, rows);
            if rows.len() == before && of_slot.len() > 1 {
                of_slot.iter().filter(|(_, tie, _)| identifies(frame, tie)).for_each(|one| self.look(table, &[one], rows));
            }
        }
    }

    fn look(&self, table: TableId, given: &[&(usize, &Tie, Sym)], rows: &mut Vec<(TableId, u32)>) {
        if self.outcome.columns.table(table).is_none() {
            return;
        }
        let columns: Vec<(Expr, _)> = given.iter().map(|(_, tie, _)| ((*tie.column.expr).clone(), tie.by)).collect();
        let key: Vec<Sym> = given.iter().map(|(.., value)| *value).collect();
        let index = self.indexes.whole(&self.outcome.columns, &(table, columns));
        let mut found = 0;
        index.each(&key, |row| {
            if !rows.contains(&(table, row)) {
                rows.push((table, row));
            }
            found += 1;
            found < MOST
        });
    }

    /// The findings of a rule by the values that a line gives.
    fn by_values(&self, given: Given) -> ByValues {
        if let Some(known) = self.findings.borrow().get(&given) {
            return known.clone();
        }
        let (at, number, _, places) = &given;
        let mut by_values: HashMap<Vec<Sym>, Vec<u32>> = HashMap::new();
        if let Body::Records { variants, .. } = &self.outcome.rule(*at).body {
            let variant = &variants[*number];
            let slots = variant.tuple();
            let key = |place: &usize| {
                let tie = &variant.ties[*place];
                let column = self.outcome.columns.key(table_of(&variant.frame, tie.column.slot), &tie.column.expr, tie.by);
                Some((slots.iter().position(|slot| *slot == tie.column.slot)?, column))
            };
            // A value of a record that the finding does not hold ties nothing.
            if let Some(keys) = places.iter().map(key).collect::<Option<Vec<_>>>() {
                let findings = self.outcome.findings_of(*at);
                for finding in 0..findings.len() {
                    for (variant, tuple) in findings.members(finding).iter().filter(|(variant, _)| *variant as usize == *number) {
                        let rows = findings.found.tuple(*variant as usize, *tuple as usize);
                        let values = keys.iter().map(|(place, column)| column[rows[*place] as usize]).collect();
                        let of_values: &mut Vec<u32> = by_values.entry(values).or_default();
                        if of_values.last() != Some(&(finding as u32)) {
                            of_values.push(finding as u32);
                        }
                    }
                }
            }
        }
        let by_values = Rc::new(by_values);
        self.findings.borrow_mut().insert(given, by_values.clone());
        by_values
    }
}

/// The variables of which values are given.
fn slots(given: &[(usize, &Tie, Sym)]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = given.iter().map(|(_, tie, _)| tie.column.slot).collect();
    slots.dedup();
    slots
}

/// What a line is about: variables, and what the records of a finding agree in.
#[derive(Clone, Copy)]
struct About<'v> {
    frame: &'v Frame,
    group: &'v [(Column, By)],
}

impl About<'_> {
    /// Whether all is given that records of a finding agree in, of this variable among others.
    fn agree(&self, slot: Slot, given: &[(usize, &Tie, Sym)]) -> bool {
        let is_given = |column: &Column| given.iter().any(|(_, tie, _)| tie.column.slot == column.slot && tie.column.expr == column.expr);
        self.group.iter().any(|(column, _)| column.slot == slot) && self.group.iter().all(|(column, _)| is_given(column))
    }
}

/// Whether all is given by which a record is known that has no id of its own, such as the section and the student of an enrollment.
fn is_whole(frame: &Frame, slot: Slot, given: &[&(usize, &Tie, Sym)]) -> bool {
    let noun = frame[slot.0 as usize].noun;
    let Expr::Join(parts) = identity(noun) else { return false };
    let mut fields = parts.iter().filter(|part| !matches!(part, Expr::Text(_)));
    fields.all(|part| given.iter().any(|(_, tie, _)| *tie.column.expr == *part))
}

/// What a value refers to, if it is a reference as it stands.
fn refers(frame: &Frame, tie: &Tie) -> Option<NounId> {
    match &*tie.column.expr {
        Expr::Field(FieldRef::Field(id)) => noun(id.of(frame[tie.column.slot.0 as usize].noun).refers?),
        _ => None,
    }
}

/// Whether a value alone says which record is meant: it is the record's own, of such a type or made to be one. What it shares with others, such as the id of
/// its school, does not. What describes files is known by what it is called.
fn identifies(frame: &Frame, tie: &Tie) -> bool {
    let noun = frame[tie.column.slot.0 as usize].noun;
    let of_type = |kind: Type| matches!(kind, Type::Id | Type::Login | Type::Email);
    let mut known = false;
    tie.column.expr.fields(&mut |field| {
        known |= match field {
            // The school of an account is the platform's, and so no reference to one of the roster's.
            FieldRef::Field(id) if id.of(noun).refers.is_some() || id.of(noun).name == "school_id" => false,
            FieldRef::Field(id) => of_type(tie.column.kind) || of_type(id.of(noun).kind),
            FieldRef::Header(_) => of_type(tie.column.kind),
        };
        known |= noun.get().technical && noun.get().identity.contains(&field.name(noun));
    });
    known
}
