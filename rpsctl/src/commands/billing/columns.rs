//! A table of numbers without borders: as many columns as a line can have.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table with that head and those rows. Numbers are on the right; the first column is not one, nor is `text`.
pub(crate) fn columns(
    head: Vec<String>,
    rows: impl IntoIterator<Item = Vec<String>>,
    text: Option<usize>,
) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head)
        .add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 && Some(index) != text {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
