//! The words of what a workbook of forms or lists carries along unseen: the one side writes it, the other reads it. A record is
//! a row of a worksheet, its first cell the kind.

/// How the number of a worklist's row begins, and how many hexadecimal digits follow behind the list's own number.
const LISTED: (&str, usize) = ("RW", 10);

/// The number of a row of the `list`-th worklist, out of the hash of what the row is.
pub fn list_number(list: u32, hash: &str) -> String {
    let (begins, digits) = LISTED;
    format!("{begins}{list:02}-{}", &hash[..digits.min(hash.len())])
}

/// Whether a text is such a number, perhaps with a count behind it.
pub fn is_list_number(text: &str) -> bool {
    let Some((list, row)) = text.trim().strip_prefix(LISTED.0).and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let hash = row.split_once('-').map_or(row, |(hash, _)| hash);
    let number = |text: &str| text.len() >= 2 && text.bytes().all(|b| b.is_ascii_digit());
    number(list) && hash.len() == LISTED.1 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The worksheet's name.
pub const SHEET_NAME: &str = "foursight";
/// The first record: this, the version, the store's id, the day of the cut-off.
pub const MARK: &str = "foursight forms";
/// The version of these records.
pub const VERSION: &str = "1";
/// A worksheet: its name, its title.
pub const SHEET: &str = "sheet";
/// A table of the worksheet: heading, row of its header from 1, rows of it above the header, data rows.
pub const TABLE: &str = "table";
/// The table's titles, from the first column on.
pub const TITLES: &str = "titles";
/// The rows of the table before say all that the rows they make need: they are read as they stand, in whatever order, and a
/// table that is gone is nobody's loss.
pub const LISTS: &str = "lists";
/// A row of a sheet that each row of the table makes: the sheet's id.
pub const MADE: &str = "made";
/// A field of the made row, and the column from 0 that is filled in by hand.
pub const HAND: &str = "hand";
/// Likewise a column whose numbers may be written over.
pub const FILL: &str = "fill";
/// A field of the made row and its pieces: `=text`, or `#` and a column.
pub const FIELD: &str = "field";
/// A row of the table: its number from 1; then by turns a column and the text by which the row is known again.
pub const ROW: &str = "row";
/// Likewise a row that sums others.
pub const SUM: &str = "sum";
/// By turns a column and what the row before has in it.
pub const GIVEN: &str = "given";
/// By turns a column and the number that stood in it.
pub const WAS: &str = "was";
/// The beginning of a last line of the worksheet.
pub const FOOT: &str = "foot";
