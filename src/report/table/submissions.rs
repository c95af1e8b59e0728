//! Submissions: which store sent what for which week, and what became of the rows.

use super::{Cell, Column, Kind, Mark, Measure, Row, Table, Tone};
use crate::{
    model::Period,
    project::Store,
    report::{
        lookup::Lookup,
        material::BoardLine,
        store,
        submissions::{self, Matrix, MatrixCell, State},
    },
};

/// Stores by week, or a store's sheets by week: as the board of the site has it.
pub(crate) fn matrix<'a>(lookup: &Lookup<'a>, matrix: Matrix, first: &str) -> Table<'a> {
    let mut columns = vec![Column::new(lookup.words.word(first), Kind::Text, 22.0)];
    columns.extend(
        matrix
            .weeks
            .into_iter()
            .map(|week| Column { group: week.full.into(), ..Column::new(week.label, Kind::Word, 9.0) }),
    );
    let rows = matrix.rows.into_iter().map(|row| {
        let mut cells = vec![Cell::linked(row.title.text, row.title.link)];
        cells.extend(row.cells.into_iter().map(mark));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: lookup.words.word("board.none_yet").into(), ..Table::default() }
}

fn mark<'a>(cell: MatrixCell) -> Cell<'a> {
    if cell.state == State::None {
        return Cell::Blank;
    }
    Cell::Mark(Mark {
        state: cell.state.word(),
        mark: cell.mark,
        word: cell.word.into(),
        text: cell.text.into(),
        tone: tone(cell.state),
    })
}

fn tone(state: State) -> Tone {
    match state {
        State::OnTime => Tone::Good,
        State::Missing | State::Partly | State::Late => Tone::Bad,
        State::Untimed => Tone::Warn,
        State::Pending | State::Extra | State::None => Tone::Quiet,
    }
}

/// The lines of some months of the boards given, newest week first; with `wrong`, those that are not as they should be.
pub(crate) fn lines<'a>(
    lookup: &Lookup<'a>,
    boards: impl IntoIterator<Item = (&'a Store, &'a [BoardLine])>,
    months: &[Period],
    wrong: bool,
) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let whole = Kind::Number(Measure::WHOLE);
    let columns = vec![
        Column::new(word("board.week"), Kind::Word, 14.0),
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("board.sheet"), Kind::Text, 14.0),
        Column::new(word("figure.status"), Kind::Word, 18.0),
        Column::new(word("column.rows_read"), whole, 10.0),
        Column::new(word("column.accepted"), whole, 10.0),
        Column::new(word("column.repaired"), whole, 10.0),
        Column::new(word("column.rejected"), whole, 10.0),
    ];
    let inside = |line: &BoardLine| months.iter().any(|month| month.holds(line.week.thursday()));
    let mut found: Vec<(&'a Store, &BoardLine, MatrixCell)> = Vec::new();
    for (store, board) in boards {
        for line in board.iter().filter(|line| inside(line)) {
            let cell = submissions::cell(lookup, &[line], true);
            if !wrong || matches!(tone(cell.state), Tone::Bad | Tone::Warn) {
                found.push((store, line, cell));
            }
        }
    }
    found.sort_by_key(|(_, line, _)| std::cmp::Reverse(line.week));
    let rows = found.into_iter().map(|(store, line, cell)| {
        let rows = |rows: u64| if line.received { Cell::Number(rows as f64) } else { Cell::Blank };
        let state = MatrixCell { text: String::new(), ..cell };
        Row::from(vec![
            Cell::text(words.period(line.week)),
            Cell::Link(store.name.as_str().into(), store::link(&store.id)),
            Cell::text(crate::report::quality::sheet_title(lookup, &line.kind)),
            mark(state),
            rows(line.rows_read),
            rows(line.accepted),
            rows(line.repaired),
            rows(line.rejected),
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 3, empty: word("table.all_sent").into(), ..Table::default() }
}
