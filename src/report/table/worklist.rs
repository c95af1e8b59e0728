//! A worklist: whom to call and why. On a worksheet it is at once a 回访记录 to fill: its columns bear the titles of the
//! follow_up definition, what is known is filled in, and what the call brings is left to fill. Dropped back into the
//! input folder, a filled row is a contact made.

use super::{Cell, Column, Kind, Measure, Medium, Row, Table, Tone, Value};
use crate::{
    catalog::{CellType, SheetDef, Worklist},
    model::{ColumnKind, Period, PersonalClass, WorklistRow, carried, personal::mask_phone},
    project::Audience,
    report::{
        figure,
        form::back::{Piece, Returning, RowMade},
        lookup::{Lookup, StoreLookup},
        privacy,
    },
};
use std::collections::BTreeMap;

/// Who reads the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The store itself, in its own workbook: names, phones and keys in full.
    Store,
    /// Whoever opens the site: masked.
    Site,
}

/// What a column shows.
#[derive(Clone, Copy, PartialEq)]
enum Slot {
    /// A column of the follow_up definition.
    Field(usize),
    /// The customer's name.
    Name,
    /// The customer's phone.
    Phone,
    /// Days past due.
    DaysOver,
    /// Why it is on the list.
    Reason,
    /// Which list it is on, where rows of several stand together.
    List,
    /// What to do.
    Next,
    /// A further column of the worklist's definition, with its personal class.
    Extra(usize, Option<PersonalClass>),
    /// A remark that intake does not read.
    Remark,
    /// The workbook it rests on.
    Workbook,
    /// The sheet.
    Sheet,
    /// The cell.
    Cell,
}

/// The key by which a row is dropped back: the customer's own in full, else the reference when it is not masked, else
/// the phone. A masked reference identifies nobody.
pub(crate) fn customer_key(row: &WorklistRow) -> Option<&str> {
    let full = row.customer_key.as_deref().filter(|key| !key.is_empty());
    let shown = Some(row.customer_ref.as_str()).filter(|key| !key.is_empty() && !key.contains(['*', '…']));
    full.or(shown).or(row.phone.as_deref().filter(|phone| !phone.is_empty()))
}

/// The rows' numbers: the same list, customer and due day have the same number in every pack, so that a row dropped
/// back twice is one row. The masked reference goes in, never a phone: the number may be seen at HQ.
fn numbers(list: &Worklist, rows: &[&WorklistRow], week: Period) -> Vec<String> {
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    rows.iter()
        .map(|row| {
            let due = row.due.map_or_else(|| week.to_string(), |due| due.to_string());
            let text = format!("{}\n{}\n{}\n{due}", list.id, row.store, row.customer_ref);
            let hash = blake3::hash(text.as_bytes()).to_hex();
            let number = carried::list_number(list.number, &hash);
            let count = used.entry(number.clone()).or_default();
            *count += 1;
            if *count == 1 { number } else { format!("{number}-{count}") }
        })
        .collect()
}

/// Columns from left to right: whom to call and why, what nearly every call brings (so far they are printed), what some
/// calls bring, what the tool needs to read the sheet back.
fn slots(lookup: &Lookup<'_>, follow_up: &SheetDef, list: &Worklist, reader: Reader) -> Vec<Slot> {
    let field = |name: &str| follow_up.field(name).map(Slot::Field);
    let own = reader == Reader::Store;
    let mut slots: Vec<Slot> = Vec::new();
    slots.extend(field("executor"));
    if own || lookup.edition.settings.audience == Audience::Store {
        slots.extend([Slot::Name, Slot::Phone]);
    }
    // Where there is no phone, the number or the VIN is what finds the customer.
    slots.extend(field("customer_key"));
    // A list without a due day is due when it is worked: a sheet to fill says so, a page has nothing to say.
    if own || list.due.is_some() {
        slots.extend(field("due_on"));
        slots.push(Slot::DaysOver);
    }
    slots.push(Slot::Reason);
    let audience = if own { Audience::Store } else { lookup.edition.settings.audience };
    let classes = list.extra.iter().map(|(column, _)| privacy::class_of(lookup.edition.catalog, &list.fact, column));
    let shown = classes.enumerate().filter(|(_, class)| own || privacy::shown(*class, audience));
    slots.extend(shown.map(|(at, class)| Slot::Extra(at, class)));
    let skipped: &[&str] = if own { &[] } else { &["due_on"] };
    and_what_it_brings(slots, follow_up, ["party", "task", "follow_up_no"], skipped)
}

/// The columns ahead, then what a call brings, the columns that are `behind`, and where the row stands.
fn and_what_it_brings<const N: usize>(
    mut slots: Vec<Slot>,
    follow_up: &SheetDef,
    behind: [&str; N],
    skipped: &[&str],
) -> Vec<Slot> {
    let field = |name: &str| follow_up.field(name).map(Slot::Field);
    let behind: Vec<Slot> = behind.into_iter().filter_map(field).collect();
    let result = ["done_at", "method", "connected", "result", "content", "level_after", "next_on"];
    slots.extend(result.into_iter().filter_map(field));
    slots.push(Slot::Remark);
    for column in 0..follow_up.columns.len() {
        let slot = Slot::Field(column);
        if !skipped.contains(&&*follow_up.columns[column].field) && !slots.contains(&slot) && !behind.contains(&slot) {
            slots.push(slot);
        }
    }
    slots.extend(behind);
    slots.extend([Slot::Workbook, Slot::Sheet, Slot::Cell]);
    slots
}

/// Whether the clerk fills the column; whom the call is to and what for where the list does not say it. Without a list the
/// rows are of several.
fn is_to_fill(slot: Slot, follow_up: &SheetDef, list: Option<&Worklist>) -> bool {
    let Slot::Field(column) = slot else { return slot == Slot::Remark };
    match &*follow_up.columns[column].field {
        "party" | "task" => list.is_some_and(|list| list.contact.is_none()),
        _ => !follow_up.listed.contains(&column),
    }
}

/// A title of our own that intake cannot take for one of the sheet's columns.
fn own_title(lookup: &Lookup<'_>, title: &str, follow_up: &SheetDef) -> String {
    // As intake does, look past spaces, marks and what stands in brackets.
    fn base(title: &str) -> String {
        let head = title.split(['(', '（', '[', '【']).next().unwrap_or_default();
        head.chars().filter(|c| !c.is_whitespace() && !"*＊:：".contains(*c)).collect::<String>().to_lowercase()
    }
    let taken = lookup.taken_titles.get_or_init(|| {
        let columns = follow_up.columns.iter();
        columns
            .flat_map(|column| column.synonyms.iter().map(|known| base(known)).chain([base(&column.title.zh)]))
            .collect()
    });
    if taken.contains(&base(title)) {
        lookup.words.fill("table.for_reference", &[("title", title)])
    } else {
        title.to_owned()
    }
}

/// What a further column of a list holds.
pub(super) fn kind_of(lookup: &Lookup<'_>, list: &Worklist, extra: usize) -> Kind {
    let column = list.extra.get(extra).and_then(|(name, _)| {
        let columns = lookup.edition.catalog.fact_columns(&list.fact)?;
        columns.into_iter().find(|column| column.name == *name)
    });
    match column.map(|column| column.kind) {
        Some(ColumnKind::Int) => Kind::Number(Measure::WHOLE),
        Some(ColumnKind::Number | ColumnKind::Amount) => Kind::Number(Measure::DECIMAL),
        _ => Kind::Text,
    }
}

fn column<'a>(
    lookup: &Lookup<'a>,
    follow_up: &'a SheetDef,
    list: Option<&'a Worklist>,
    slot: Slot,
    reader: Reader,
) -> Column<'a> {
    let own = |title: &str, kind, width| Column::new(own_title(lookup, title, follow_up), kind, width);
    let word = |key: &str| lookup.words.word(key);
    match slot {
        Slot::Field(index) => {
            let definition = &follow_up.columns[index];
            let title = match reader {
                Reader::Store => sheet_title(lookup, definition),
                Reader::Site => lookup.words.text(&definition.title),
            };
            let kind = if definition.cell == CellType::Date { Kind::Date } else { Kind::Text };
            let fill = is_to_fill(slot, follow_up, list);
            let width = match &*definition.field {
                "done_at" => 17.0,
                "method" | "connected" | "result" | "party" | "executor" => 9.0,
                "content" => 26.0,
                "next_on" => 13.0,
                "due_on" => 12.0,
                "follow_up_no" => 19.0,
                _ => 16.0,
            };
            let column = Column { to_fill: fill, entry: fill.then_some(definition), ..Column::new(title, kind, width) };
            let behind = ["party", "task", "follow_up_no"].contains(&&*definition.field) || list.is_none();
            if fill || behind { column.only(Medium::Sheet) } else { column }
        }
        Slot::Name => own(&word("work.name"), Kind::Text, 10.0),
        Slot::Phone => own(&word("work.phone"), Kind::Text, 14.0),
        Slot::DaysOver => own(&word("work.days"), Kind::Number(Measure::DAYS_OVER), 13.0),
        Slot::Reason => own(&word("work.why"), Kind::Prose, 32.0),
        Slot::List => own(&word("work.list"), Kind::Text, 22.0),
        Slot::Next => own(&word("explain.next_step"), Kind::Prose, 34.0),
        Slot::Extra(index, _) => {
            let title = list.and_then(|list| list.extra.get(index)).map(|(_, title)| lookup.words.text(title));
            let title = title.unwrap_or_default();
            let kind = list.map_or(Kind::Text, |list| kind_of(lookup, list, index));
            own(&title, kind, (super::text_width(&title) + 5.0).clamp(9.0, 19.0))
        }
        Slot::Remark => Column { to_fill: true, ..own(&word("table.remark"), Kind::Text, 18.0) }.only(Medium::Sheet),
        Slot::Workbook => own(&word("place.workbook"), Kind::Code, 34.0),
        Slot::Sheet => own(&word("place.sheet"), Kind::Code, 14.0),
        Slot::Cell => own(&word("table.cell"), Kind::Code, 9.0),
    }
}

/// A title of the follow_up definition that intake reads back, in another language with its translation in brackets.
fn sheet_title(lookup: &Lookup<'_>, column: &crate::catalog::ColumnDef) -> String {
    let shown = lookup.words.text(&column.title);
    let known = &column.title.zh;
    if lookup.words.lang() == crate::model::Lang::En && shown != *known {
        format!("{known} ({shown})")
    } else {
        known.clone()
    }
}

/// The table. `week` is the week in which the list is worked.
pub(crate) fn table<'a>(
    store: &StoreLookup<'a>,
    list: &'a Worklist,
    rows: &[&'a WorklistRow],
    reader: Reader,
    week: Period,
) -> Table<'a> {
    let Some(follow_up) = store.edition.catalog.sheet("follow_up") else { return Table::default() };
    let slots = slots(store, follow_up, list, reader);
    let columns: Vec<Column<'a>> =
        slots.iter().map(|slot| column(store, follow_up, Some(list), *slot, reader)).collect();
    let printed = slots.iter().position(|slot| *slot == Slot::Remark).unwrap_or_default();
    let numbers = match reader {
        Reader::Store => numbers(list, rows, week),
        Reader::Site => Vec::new(),
    };
    let kinds: Vec<Kind> = columns.iter().map(|column| column.kind).collect();
    let line = Line { store, follow_up, list, reader, week };
    let rows = rows.iter().enumerate().map(|(at, row)| {
        let number = numbers.get(at).map_or("", String::as_str);
        let cells = slots.iter().zip(&kinds).map(|(slot, kind)| line.cell(row, *slot, *kind, number));
        Row::from(cells.collect::<Vec<_>>())
    });
    let rows = rows.collect();
    let print = super::Print { columns: printed + 1, pages_wide: 1 };
    let comes_back = reader == Reader::Store && !follow_up.listed.is_empty();
    let returning = comes_back.then(|| returning(follow_up, Some(list), &slots));
    Table { columns, rows, lead: 3, print, empty: store.words.word("work.empty").into(), returning, ..Table::default() }
}

/// A row of a list with its number.
pub(crate) struct Numbered<'a> {
    pub list: &'a Worklist,
    pub row: &'a WorklistRow,
    number: String,
}

/// The rows of all lists that name somebody to call, numbered as the lists themselves number them.
pub(crate) fn numbered<'a>(store: &StoreLookup<'a>, week: Period) -> Vec<Numbered<'a>> {
    let of_list = |list: &'a Worklist| {
        let rows: Vec<&WorklistRow> =
            store.worklist(&list.id).iter().filter(|row| customer_key(row).is_some()).collect();
        let numbers = numbers(list, &rows, week);
        rows.into_iter().zip(numbers).map(move |(row, number)| Numbered { list, row, number }).collect::<Vec<_>>()
    };
    store.edition.catalog.worklists.iter().flat_map(of_list).collect()
}

/// Rows of several lists in one table, ready to fill in: somebody's day, in the order in which they are given.
pub(crate) fn of_several<'a>(store: &StoreLookup<'a>, rows: &[&Numbered<'a>], week: Period) -> Table<'a> {
    let Some(follow_up) = store.edition.catalog.sheet("follow_up") else { return Table::default() };
    let field = |name: &str| follow_up.field(name).map(Slot::Field);
    let mut slots = vec![Slot::List, Slot::Name, Slot::Phone];
    slots.extend(field("due_on"));
    slots.extend([Slot::DaysOver, Slot::Reason, Slot::Next]);
    let behind = ["executor", "customer_key", "party", "task", "follow_up_no"];
    let slots = and_what_it_brings(slots, follow_up, behind, &[]);
    let reader = Reader::Store;
    let columns: Vec<Column<'a>> = slots.iter().map(|slot| column(store, follow_up, None, *slot, reader)).collect();
    let printed = slots.iter().position(|slot| *slot == Slot::Remark).unwrap_or_default();
    let rows = rows.iter().map(|numbered| {
        let line = Line { store, follow_up, list: numbered.list, reader, week };
        let cell = |(slot, column): (&Slot, &Column<'a>)| line.cell(numbered.row, *slot, column.kind, &numbered.number);
        Row::from(slots.iter().zip(&columns).map(cell).collect::<Vec<_>>())
    });
    let rows = rows.collect();
    let print = super::Print { columns: printed + 1, pages_wide: 1 };
    let returning = (!follow_up.listed.is_empty()).then(|| returning(follow_up, None, &slots));
    Table { columns, rows, lead: 3, print, empty: store.words.word("work.empty").into(), returning, ..Table::default() }
}

/// How a line that somebody filled in comes back: as a row of follow_up, made of what it says.
fn returning(follow_up: &SheetDef, list: Option<&Worklist>, slots: &[Slot]) -> Box<Returning> {
    let (mut cells, mut fields) = (Vec::new(), Vec::new());
    for (at, slot) in slots.iter().enumerate() {
        let Slot::Field(column) = *slot else { continue };
        let field = follow_up.columns[column].field.clone();
        if is_to_fill(*slot, follow_up, list) && !follow_up.listed.contains(&column) {
            cells.push((field, at));
        } else {
            fields.push((field, vec![Piece::Column(at)]));
        }
    }
    let made = RowMade { sheet: follow_up.id.clone(), cells, fields };
    Box::new(Returning { rows_made: vec![made], given: Vec::new(), lists: true })
}

/// What the cells of a row need to know.
struct Line<'l, 'a> {
    store: &'l StoreLookup<'a>,
    follow_up: &'a SheetDef,
    list: &'a Worklist,
    reader: Reader,
    week: Period,
}

impl<'a> Line<'_, 'a> {
    fn cell(&self, row: &'a WorklistRow, slot: Slot, kind: Kind, number: &str) -> Cell<'a> {
        let own = self.reader == Reader::Store;
        let words = self.store.words;
        let to_say = if own { Cell::Entry } else { Cell::Blank };
        match slot {
            Slot::List => Cell::text(words.text(&self.list.title)),
            Slot::Next => Cell::text(words.text(&self.list.next_step)),
            Slot::Field(index) => match &*self.follow_up.columns[index].field {
                "follow_up_no" => Cell::text(number.to_owned()),
                "party" => self.list.contact.as_ref().map_or(to_say, |contact| Cell::text(&*contact.party)),
                "task" => self.list.contact.as_ref().map_or(to_say, |contact| Cell::text(&*contact.task)),
                "customer_key" if own => Cell::text(customer_key(row).unwrap_or_default()),
                "customer_key" => Cell::text(privacy::masked(Some(PersonalClass::Key), &row.customer_ref)),
                // A list without a due day is due when it is worked.
                "due_on" if own => Cell::Date(row.due.unwrap_or(self.week.start)),
                "due_on" => Cell::date(row.due),
                "executor" => match &row.owner {
                    Some(name) => Cell::linked(&**name, self.store.person_link(name)),
                    // Whoever calls writes his name in.
                    None if own => Cell::Entry,
                    None => Cell::text(words.word("work.nobody")),
                },
                _ => Cell::Blank,
            },
            Slot::Name => Cell::text(row.customer_name.as_deref().unwrap_or_default()),
            Slot::Phone if own => Cell::text(row.phone.as_deref().unwrap_or_default()),
            Slot::Phone => Cell::text(row.phone.as_deref().map_or_else(String::new, mask_phone)),
            Slot::DaysOver => match row.days_over {
                Some(days) => days_over(days).cell(),
                None => Cell::Blank,
            },
            Slot::Reason => Cell::text(words.text(&row.reason)),
            Slot::Extra(at, class) => {
                let text = row.extra.get(at).map_or("", String::as_str);
                match kind {
                    // Numbers as numbers, so that they can be summed.
                    Kind::Number(_) => text.parse().map_or_else(|_| Cell::text(text), Cell::Number),
                    _ if own => Cell::text(text),
                    _ => Cell::text(privacy::masked(class, text)),
                }
            }
            Slot::Remark => Cell::Blank,
            Slot::Workbook => Cell::text(&*row.place.workbook),
            Slot::Sheet => Cell::text(crate::model::sheet_shown(&row.place.sheet)),
            Slot::Cell => Cell::text(row.place.cell()),
        }
    }
}

/// Days past due, as they strike the reader.
pub(super) fn days_over(days: i64) -> Value {
    let tone = if days > 0 { Tone::Bad } else { Tone::Plain };
    let text = figure::decimals(days as f64, 0);
    let text = if days > 0 { format!("+{text}") } else { text };
    Value { tone, ..Value::number(days as f64, Measure::DAYS_OVER, text) }
}

/// Rows that name nobody to call: what is missing, and where to write it in.
pub(crate) fn nameless<'a>(lookup: &Lookup<'a>, rows: &[(&'a Worklist, &'a WorklistRow)]) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("work.list"), Kind::Text, 24.0),
        Column::new(word("work.owner"), Kind::Text, 14.0),
        Column::new(word("table.reference"), Kind::Text, 18.0),
        Column::new(word("work.name"), Kind::Text, 12.0),
        Column::new(word("work.due"), Kind::Date, 12.0),
        Column::new(word("work.days"), Kind::Number(Measure::DAYS_OVER), 13.0),
        Column::new(word("work.why"), Kind::Prose, 44.0),
        Column::new(word("place.workbook"), Kind::Text, 34.0),
        Column::new(word("place.sheet"), Kind::Text, 14.0),
        Column::new(word("table.cell"), Kind::Word, 9.0),
    ];
    let rows = rows.iter().map(|(list, row)| {
        Row::from(vec![
            Cell::text(words.text(&list.title)),
            Cell::text(row.owner.as_deref().map_or_else(|| word("work.nobody"), str::to_owned)),
            Cell::text(row.customer_ref.as_str()),
            Cell::text(row.customer_name.as_deref().unwrap_or_default()),
            Cell::date(row.due),
            Cell::number(row.days_over.map(|days| days as f64)),
            Cell::text(words.text(&row.reason)),
            Cell::text(&*row.place.workbook),
            Cell::text(row.place.sheet_shown()),
            Cell::text(row.place.cell()),
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}
