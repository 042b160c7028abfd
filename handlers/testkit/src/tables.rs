//! Tables of documents that tests and benchmarks generate, between `<!-- begin NAME -->` and `<!-- end NAME -->`.

/// Returns the document with this table.
pub fn with_table(document: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- begin {name} -->"),
        format!("<!-- end {name} -->"),
    );
    let parts = document.split_once(&begin).zip(document.split_once(&end));
    let ((before, _), (_, after)) = parts.unwrap_or_else(|| panic!("no markers for {name}"));
    format!("{before}{begin}\n{table}\n{end}{after}")
}
