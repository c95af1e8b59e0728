//! Mistakes put into finished rows: one to a row, each in the newest workbook that holds the row.

use super::{
    calendar::{At, closing},
    clerks::{Form, Heading},
    dice::Dice,
    group::StorePlan,
    people::{customer, shared_phone},
    recipes::{RECIPES, Recipe, Want},
    sheets::{Cell, Kind, Row},
    submissions::Book,
    world::Level,
};
use crate::{catalog::SheetDef, diagnostic::Severity};
use chrono::{Days, Duration};
use std::collections::BTreeMap;

/// The mistake in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Code of the finding it must raise.
    pub code: &'static str,
    /// The definition's column.
    pub field: Option<usize>,
    /// The finding marks the row, not the cell.
    pub whole_row: bool,
    /// What was done.
    pub note: &'static str,
}

/// The severity of a planted code.
pub fn severity(code: &str) -> Severity {
    const WARNINGS: [&str; 14] = [
        "C012", "C014", "C016", "R105", "R106", "R111", "R113", "R204", "R402", "R403", "R502", "S003", "S006", "W004",
    ];
    if WARNINGS.contains(&code) { Severity::Warning } else { Severity::Error }
}

/// A sheet while mistakes are put into it: field names instead of indices.
pub struct Sheet<'d> {
    def: &'d SheetDef,
    /// The cut-off's day.
    pub as_of: chrono::NaiveDate,
}

impl Sheet<'_> {
    /// The cell of a field; empty where the definition lacks it.
    pub fn cell<'r>(&self, row: &'r Row, field: &str) -> &'r Cell {
        self.def.field(field).map_or(&Cell::Empty, |i| &row.cells[i])
    }

    /// Whether a cell is filled in.
    pub fn has(&self, row: &Row, field: &str) -> bool {
        *self.cell(row, field) != Cell::Empty
    }

    /// Whether the row's level is this.
    pub fn level(&self, row: &Row, level: Level) -> bool {
        *self.cell(row, "level") == Cell::Level(level)
    }

    /// Writes a cell.
    pub fn put(&self, row: &mut Row, field: &str, cell: Cell) {
        if let Some(i) = self.def.field(field) {
            row.cells[i] = cell;
        }
    }
}

/// A store's books while mistakes are put into them.
pub struct Planting<'a> {
    pub plan: &'a StorePlan,
    pub stores: u32,
    pub defs: &'a [&'a SheetDef; 5],
    /// The headings of each form and kind.
    pub headings: &'a [[Vec<Heading>; 5]; 3],
    pub books: &'a mut Vec<Book>,
    pub as_of: chrono::NaiveDate,
    pub dice: Dice,
}

/// A row's address: book, sheet, row.
type Address = (usize, usize, usize);

impl Planting<'_> {
    /// Puts in everything that this store gets.
    pub fn run(&mut self) {
        // Where there are fewer than eight stores, they share the eight portions.
        let portions = self.stores.min(8);
        let mine = |i: usize| (i % 8) as u32 % portions == self.plan.index % 8 % portions;
        let recipes: Vec<&Recipe> =
            RECIPES.iter().enumerate().filter(|(i, _)| mine(*i)).map(|(_, recipe)| recipe).collect();
        for recipe in recipes {
            self.follow(recipe);
        }
        type Special<'a> = fn(&mut Planting<'a>);
        let specials: [(Special<'_>, usize, usize); 6] = [
            (Self::vanish, 1, 4),
            (Self::twice, 3, 6),
            (Self::same_phone, 0, 7),
            (Self::back_again, 5, 2),
            (Self::fewer_kilometres, 1, 6),
            (Self::too_early, 3, 5),
        ];
        for (special, one, other) in specials {
            if mine(one) || mine(other) {
                special(self);
            }
        }
        self.claimed_by_two();
    }

    fn def(&self, kind: Kind) -> &'_ SheetDef {
        self.defs[kind as usize]
    }

    /// In which books each row stands, oldest first, and whether it was open there.
    fn occurrences(&self, kind: Kind) -> BTreeMap<usize, Vec<(usize, bool)>> {
        let mut found: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
        for (i, book) in self.books.iter().enumerate() {
            for row in book.sheets.iter().filter(|(own, _)| *own == kind).flat_map(|(_, rows)| rows) {
                found.entry(row.about).or_default().push((i, row.open));
            }
        }
        found
    }

    /// The rows that may carry a mistake and that `suits` likes, in the newest books that have any.
    fn candidates(
        &self,
        kind: Kind,
        field: &str,
        want: Want,
        suits: impl Fn(&Sheet<'_>, &Row) -> bool,
    ) -> Vec<Address> {
        let occurrences = self.occurrences(kind);
        let sheet = Sheet { def: self.def(kind), as_of: self.as_of };
        let field = self.def(kind).field(field);
        let shown = |form: Form| {
            let headings = &self.headings[form as usize][kind as usize];
            headings.iter().any(|heading| heading.field.is_some() && heading.field == field)
        };
        let mut found = Vec::new();
        for (b, book) in self
            .books
            .iter()
            .enumerate()
            .filter(|(_, book)| !book.csv && book.form != Form::Opening && shown(book.form))
        {
            for (s, (_, rows)) in book.sheets.iter().enumerate().filter(|(_, (own, _))| *own == kind) {
                for (r, row) in rows.iter().enumerate().filter(|(_, row)| row.mistake.is_none()) {
                    let stands = &occurrences[&row.about];
                    let last = stands.last().is_some_and(|(book, _)| *book == b);
                    let safe = match want {
                        Want::Last => true,
                        // No earlier version that was open: keeping this one out makes no row vanish.
                        Want::Safe => stands.iter().all(|(book, open)| *book == b || !open),
                        Want::Newest => book.newest,
                    };
                    if last && safe && suits(&sheet, row) {
                        found.push((b, s, r));
                    }
                }
            }
        }
        let newest = found.iter().map(|(b, ..)| *b).max().unwrap_or(0);
        found.retain(|(b, ..)| b + 4 > newest);
        found
    }

    fn row(&mut self, (b, s, r): Address) -> &mut Row {
        &mut self.books[b].sheets[s].1[r]
    }

    fn follow(&mut self, recipe: &Recipe) {
        let candidates = self.candidates(recipe.kind, recipe.field, recipe.want, recipe.suits);
        self.spoil(recipe.kind, &candidates, recipe.code, recipe.field, recipe.note, recipe.spoil);
    }

    /// S003: an open prospect is left out of the newest workbook.
    fn vanish(&mut self) {
        let occurrences = self.occurrences(Kind::Prospect);
        let newest = |book: &Book| book.newest && !book.csv;
        let Some(last) = self.books.iter().position(newest) else { return };
        let gone = occurrences.iter().filter_map(|(about, stands)| match stands[..] {
            [.., (before, true), (book, true)] if book == last => Some((*about, before)),
            _ => None,
        });
        let gone: Vec<(usize, usize)> = gone.collect();
        if gone.is_empty() {
            return;
        }
        let (about, before) = *self.dice.pick(&gone);
        let unmarked = |row: &Row| row.about == about && row.mistake.is_none();
        let in_book = |book: &Book, kind: Kind| book.sheets.iter().position(|(own, _)| *own == kind);
        let (Some(here), Some(there)) =
            (in_book(&self.books[last], Kind::Prospect), in_book(&self.books[before], Kind::Prospect))
        else {
            return;
        };
        let Some(at) = self.books[last].sheets[here].1.iter().position(unmarked) else { return };
        self.books[last].sheets[here].1.remove(at);
        if let Some(row) = self.books[before].sheets[there].1.iter_mut().find(|row| row.about == about) {
            let note = "open prospect left out of the next weekly workbook";
            row.mistake = Some(Mark { code: "S003", field: None, whole_row: true, note });
        }
    }

    /// S004: a work order twice in one sheet, with another amount.
    fn twice(&mut self) {
        let candidates = self.candidates(Kind::Visit, "total", Want::Last, |sheet, row| sheet.has(row, "total"));
        if candidates.is_empty() {
            return;
        }
        let (b, s, r) = *self.dice.pick(&candidates);
        let sheet = Sheet { def: self.defs[Kind::Visit as usize], as_of: self.as_of };
        let mut again = self.row((b, s, r)).clone();
        let more = match sheet.cell(&again, "total") {
            Cell::Money(yuan) => yuan + 100,
            _ => 100,
        };
        sheet.put(&mut again, "total", Cell::Money(more));
        let note = "same work order again in this sheet with another total";
        let field = sheet.def.field("total");
        again.mistake = Some(Mark { code: "S004", field, whole_row: false, note });
        self.books[b].sheets[s].1.push(again);
    }

    /// A copy of an open prospect in the newest workbook, under another number.
    fn copy_of_open(&mut self, serial: u32) -> Option<(Address, Row)> {
        let seen_before: BTreeMap<usize, usize> =
            self.occurrences(Kind::Prospect).into_iter().map(|(about, stands)| (about, stands.len())).collect();
        let open = |sheet: &Sheet<'_>, row: &Row| {
            row.open && seen_before.get(&row.about).is_some_and(|times| *times > 1) && sheet.level(row, Level::B)
        };
        let candidates = self.candidates(Kind::Prospect, "phone", Want::Newest, open);
        if candidates.is_empty() {
            return None;
        }
        let address = *self.dice.pick(&candidates);
        let sheet = Sheet { def: self.defs[Kind::Prospect as usize], as_of: self.as_of };
        let mut copy = self.row(address).clone();
        // Numbers of a day end far below 90.
        copy.about = usize::MAX - serial as usize;
        if let Cell::Text(no) = sheet.cell(&copy, "prospect_no").clone() {
            sheet.put(&mut copy, "prospect_no", Cell::Text(format!("{}{serial}", &no[..no.len() - 2])));
        }
        sheet.put(&mut copy, "test_drive_at", Cell::Empty);
        sheet.put(&mut copy, "referrer_phone", Cell::Empty);
        Some((address, copy))
    }

    /// R110: one phone, two open prospects.
    fn same_phone(&mut self) {
        let Some(((b, s, _), mut copy)) = self.copy_of_open(91) else { return };
        let field = self.def(Kind::Prospect).field("phone");
        let note = "a second open prospect with this phone";
        copy.mistake = Some(Mark { code: "R110", field, whole_row: false, note });
        self.books[b].sheets[s].1.push(copy);
    }

    /// R111: two neighbouring stores both have the same person open.
    fn claimed_by_two(&mut self) {
        let (index, pair) = (self.plan.index, u64::from(self.plan.index / 8));
        let paired = index % 8 == 2 || (index % 8 == 1 && index + 1 < self.stores);
        let Some(((b, s, _), mut copy)) = Some(()).filter(|()| paired).and_then(|()| self.copy_of_open(92)) else {
            return;
        };
        let sheet = Sheet { def: self.defs[Kind::Prospect as usize], as_of: self.as_of };
        sheet.put(&mut copy, "phone", Cell::Phone(shared_phone(pair)));
        sheet.put(&mut copy, "name", Cell::Text(customer(70_001 + pair)));
        let field = self.def(Kind::Prospect).field("phone");
        let note = "the same person is open in a neighbouring store";
        copy.mistake = Some(Mark { code: "R111", field, whole_row: false, note });
        self.books[b].sheets[s].1.push(copy);
    }

    /// R112: somebody who took delivery stands as H again.
    fn back_again(&mut self) {
        let Some(last) = self.books.iter().position(|book| book.newest && !book.csv) else { return };
        let delivered = |sheet: &Sheet<'_>, row: &Row| sheet.level(row, Level::D);
        let mut candidates = self.candidates(Kind::Prospect, "level", Want::Last, delivered);
        candidates.retain(|(b, ..)| *b < last);
        if candidates.is_empty() {
            return;
        }
        let address = *self.dice.pick(&candidates);
        let mut again = self.row(address).clone();
        let until = closing(self.books[last].to);
        let sheet = Sheet { def: self.defs[Kind::Prospect as usize], as_of: self.as_of };
        sheet.put(&mut again, "level", Cell::Level(Level::H));
        sheet.put(&mut again, "level_at", Cell::Minute(until - Duration::hours(55)));
        for field in ["purchase_kind", "ordered_at", "delivered_at"] {
            sheet.put(&mut again, field, Cell::Empty);
        }
        sheet.put(&mut again, "status", Cell::Text("跟进".to_owned()));
        let soon = until.date() + Days::new(1);
        sheet.put(&mut again, "next_contact_on", Cell::Day(soon));
        sheet.put(&mut again, "expected_purchase_on", Cell::Day(soon));
        let field = self.def(Kind::Prospect).field("level");
        let note = "back from D to H without a new kind of purchase";
        again.mistake = Some(Mark { code: "R112", field, whole_row: false, note });
        if let Some((_, rows)) = self.books[last].sheets.iter_mut().find(|(kind, _)| *kind == Kind::Prospect) {
            rows.push(again);
        }
    }

    /// R502: fewer kilometres than at the visit before.
    fn fewer_kilometres(&mut self) {
        let sheet = Sheet { def: self.defs[Kind::Visit as usize], as_of: self.as_of };
        // The first visit of each car that says how far it had gone and is right.
        let mut first: BTreeMap<String, At> = BTreeMap::new();
        let all = self.books.iter().flat_map(|book| &book.sheets).filter(|(kind, _)| *kind == Kind::Visit);
        for row in all.flat_map(|(_, rows)| rows).filter(|row| row.mistake.is_none()) {
            if let (Cell::Text(vin), Some(at), Cell::Whole(10..)) =
                (sheet.cell(row, "vin"), sheet.cell(row, "in_at").minute(), sheet.cell(row, "mileage"))
            {
                let known = first.entry(vin.clone()).or_insert(at);
                *known = at.min(*known);
            }
        }
        let later = |sheet: &Sheet<'_>, row: &Row| match (sheet.cell(row, "vin"), sheet.cell(row, "in_at").minute()) {
            (Cell::Text(vin), Some(at)) => first.get(vin).is_some_and(|first| *first + Duration::days(2) < at),
            _ => false,
        };
        let candidates = self.candidates(Kind::Visit, "mileage", Want::Last, later);
        let note = "fewer kilometres than at the visit before";
        self.spoil(Kind::Visit, &candidates, "R502", "mileage", note, |sheet, row| {
            sheet.put(row, "mileage", Cell::Whole(5));
        });
    }

    /// R205: a contact long before the first contact, with a prospect whose own rows are right.
    fn too_early(&mut self) {
        let sheet = Sheet { def: self.defs[Kind::Prospect as usize], as_of: self.as_of };
        let all = self.books.iter().flat_map(|book| &book.sheets).filter(|(kind, _)| *kind == Kind::Prospect);
        let wrong: Vec<Cell> = all
            .flat_map(|(_, rows)| rows)
            .filter(|row| row.mistake.is_some())
            .flat_map(|row| ["prospect_no", "phone"].map(|field| sheet.cell(row, field).clone()))
            .collect();
        let early = |sheet: &Sheet<'_>, row: &Row| {
            sheet.has(row, "done_at")
                && *sheet.cell(row, "task") == Cell::Text("首次".to_owned())
                && !wrong.contains(sheet.cell(row, "customer_key"))
        };
        let candidates = self.candidates(Kind::FollowUp, "done_at", Want::Last, early);
        let note = "contact before the first contact";
        self.spoil(Kind::FollowUp, &candidates, "R205", "done_at", note, |sheet, row| {
            if let Some(at) = sheet.cell(row, "done_at").minute() {
                sheet.put(row, "done_at", Cell::Minute(at - Duration::days(40)));
            }
        });
    }

    /// Spoils one of the candidates, if there is any.
    fn spoil(
        &mut self,
        kind: Kind,
        candidates: &[Address],
        code: &'static str,
        field: &str,
        note: &'static str,
        spoil: impl Fn(&Sheet<'_>, &mut Row),
    ) {
        if candidates.is_empty() {
            return;
        }
        let address = *self.dice.pick(candidates);
        let sheet = Sheet { def: self.defs[kind as usize], as_of: self.as_of };
        let field = self.def(kind).field(field);
        let row = self.row(address);
        spoil(&sheet, row);
        row.mistake = Some(Mark { code, field, whole_row: false, note });
    }
}
