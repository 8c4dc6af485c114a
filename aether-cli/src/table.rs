//! Tables for people: columns two spaces apart, nothing else, so that `grep` and `awk` like them too.

use std::fmt;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table as Drawn, presets};

use crate::output::plain;

/// A table that is being filled.
pub(crate) struct Table(Drawn);

impl Table {
    /// Columns whose heading begins with `>` are aligned to the right.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        let mut table = Drawn::new();
        table.load_preset(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.map(|heading| heading.trim_start_matches('>')));
        for (index, heading) in headings.iter().enumerate() {
            let Some(column) = table.column_mut(index) else { continue };
            column.set_padding((0, 2));
            if heading.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self(table)
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        // a line break would tear the table apart
        self.0.add_row(cells.map(|cell| Cell::new(plain(&cell.replace(['\n', '\r'], " ")))));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.lines().try_for_each(|line| writeln!(f, "{}", line.trim_end()))
    }
}
