//! What a rule reads: its conditions, the columns that it computes with, and those of its texts; and what a whole pack reads.
use super::columns::{TableId, table_of};
use super::fix;
use super::merge::plan as merge;
use super::name::plan as name;
use super::sync::plan as sync;
use crate::language::form::{Column, Cond, Expr, Frame, Piece, Template};
use crate::pack::{Body, Pack, Rule};
use crate::roster::Wanted;

/// Every condition of a rule.
pub(super) fn each_condition(rule: &Rule, visit: &mut dyn FnMut(&Frame, &Cond)) {
    match &rule.body {
        Body::Records { variants, .. } => {
            for variant in variants {
                for clause in std::iter::once(&variant.each).chain(&variant.with).chain(&variant.without) {
                    visit(&variant.frame, &clause.condition);
                }
            }
        }
        Body::Whole { frame, condition, .. } => visit(frame, condition),
    }
    if let Some((merge, _)) = &rule.merge {
        merge::each_condition(merge, visit);
    }
}

/// Every column that a rule computes with; what only its texts show is wanted by [`want_shown`].
pub(super) fn each_column(rule: &Rule, visit: &mut dyn FnMut(&Frame, &Column)) {
    each_condition(rule, &mut |frame, condition| condition.columns(&mut |column| visit(frame, column)));
    if let Body::Records { variants, .. } = &rule.body {
        for variant in variants {
            for (column, _) in variant.group.iter().chain(&variant.differ) {
                visit(&variant.frame, column);
            }
        }
    }
}

/// Every value that a pack computes with, or writes into the files of its fixes.
pub(super) fn each_value(pack: &Pack, visit: &mut dyn FnMut(TableId, &Expr)) {
    let mut column = |frame: &Frame, column: &Column| visit(table_of(frame, column.slot), &column.expr);
    for rule in &pack.rules {
        each_column(rule, &mut column);
        for link in rule.follows.iter().flat_map(|follow| &follow.links) {
            link.clause.condition.columns(&mut |value| column(&link.frame, value));
        }
        if let Body::Records { variants, .. } = &rule.body {
            for variant in variants {
                variant.ties.iter().for_each(|tie| column(&variant.frame, &tie.column));
            }
        }
    }
    for merge in &pack.merges {
        merge::each_condition(merge, &mut |frame, condition| condition.columns(&mut |value| column(frame, value)));
        merge::each_column(merge, &mut column);
    }
    for form in pack.fixes.iter().flat_map(|fix| &fix.of).flat_map(|of| &of.forms) {
        fix::each_column(form, &mut |value| column(&form.frame, value));
    }
    pack.syncs.iter().for_each(|of| sync::each_column(of, &mut column));
    for message in &pack.messages {
        message.ties.iter().for_each(|tie| column(&message.frame, &tie.column));
    }
    pack.namings.iter().for_each(|naming| name::each_value(naming, visit));
}

/// Wants the columns of a rule's texts.
pub(super) fn want_shown(rule: &Rule, wanted: &mut Wanted) {
    let Body::Records { variants, .. } = &rule.body else { return };
    for variant in variants {
        let labels = variant.labels.iter().map(|label| &label.text);
        for template in std::iter::once(&variant.message).chain(&variant.help).chain(labels) {
            template_columns(template, &mut |column| {
                let (noun, epoch) = table_of(&variant.frame, column.slot);
                column.expr.fields(&mut |field| wanted.show(noun, epoch, field.clone()));
            });
        }
    }
}

/// The columns of a text.
pub(super) fn template_columns<'t>(template: &'t Template, visit: &mut dyn FnMut(&'t Column)) {
    for piece in &template.pieces {
        if let Piece::Value(columns) = piece {
            columns.iter().for_each(&mut *visit);
        }
    }
}
