//! What a rule reads: its conditions, the columns that it computes with, and those of its texts.
use super::columns::table_of;
use super::merge::plan as merge;
use crate::language::form::{Column, Cond, Frame, Piece, Template};
use crate::pack::{Body, Rule};
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
