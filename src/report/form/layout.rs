//! The tables of a form in the order in which they stand on a page and on a worksheet: a block may give several, and rows of
//! several blocks may stand together by what they are of.

use super::{Filler, Whose};
use crate::{
    catalog::form::{Block, Body, Over, Sums},
    report::table::{
        Table,
        form::{Only, rows::key_of, tables},
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// A table with what belongs to it.
pub(crate) struct Laid<'a> {
    pub table: Table<'a>,
    /// The block that it is of.
    pub block: &'a Block,
    /// The block's place in the form.
    pub at: usize,
    /// Lines under it.
    pub after: Vec<String>,
    /// It begins a page of its own on paper.
    pub new_page: bool,
}

impl<'a> Filler<'_, 'a> {
    /// The tables.
    pub(crate) fn laid(&self) -> Vec<Laid<'a>> {
        let blocks: Vec<(usize, &'a Block)> =
            self.form.blocks.iter().enumerate().filter(|(_, block)| self.has(block)).collect();
        let mut laid = Vec::new();
        let mut next = 0;
        while let Some((at, block)) = blocks.get(next).copied() {
            let together = blocks[next..].iter().take_while(|(_, block)| has_key(block)).count();
            if together > 0 {
                self.by_key(&blocks[next..next + together], &mut laid);
                next += together;
                continue;
            }
            match &block.body {
                Body::Sums(sums) if sums.apart && self.reads_one() => self.apart(block, sums, at, &mut laid),
                _ => self.put(block, at, Only::default(), "", &mut laid),
            }
            next += 1;
        }
        laid
    }

    /// The tables of a block as they are asked for; `of` says what they are of.
    fn put(&self, block: &'a Block, at: usize, only: Only<'_>, of: &str, laid: &mut Vec<Laid<'a>>) {
        let after: Vec<String> = block.after.iter().map(|text| self.words().text(text)).collect();
        for table in tables(self, block, at, only) {
            let title = [&*table.title, of].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            let table = Table { title: title.into(), ..table };
            laid.push(Laid { table, block, at, after: after.clone(), new_page: block.new_page });
        }
    }

    /// A table for each value of the cubes' columns.
    fn apart(&self, block: &'a Block, sums: &'a Sums, at: usize, laid: &mut Vec<Laid<'a>>) {
        let (grid, _) = self.grids(block, sums, at);
        let names: Vec<&Arc<str>> = sums.cubes.iter().flat_map(|cube| &cube.names).collect();
        let overs: BTreeSet<Over> = block.overs();
        let found: BTreeSet<Arc<str>> =
            overs.iter().flat_map(|over| grid.columns(&names, *over, &[self.base()])).collect();
        let mut values: Vec<Arc<str>> = found.into_iter().filter(|value| !value.is_empty()).collect();
        let by_sound = crate::report::pinyin::order();
        values.sort_by(|a, b| by_sound.compare(a, b));
        if values.is_empty() {
            return self.put(block, at, Only::default(), "", laid);
        }
        for (nth, value) in values.iter().enumerate() {
            let from = laid.len();
            self.put(block, at, Only { column: Some(value), key: None }, value, laid);
            for own in &mut laid[from..] {
                own.table.id = format!("{}-{}", own.table.id, nth + 1).into();
            }
        }
    }

    /// The rows of several blocks that are of the same, one after the other.
    fn by_key(&self, blocks: &[(usize, &'a Block)], laid: &mut Vec<Laid<'a>>) {
        let first = blocks.first().and_then(|(at, _)| self.filled(*at));
        let mut keys: Vec<String> = Vec::new();
        for key in first.into_iter().flat_map(|filled| &filled.rows).map(key_of) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            let (at, block) = blocks[0];
            return self.put(block, at, Only::default(), "", laid);
        }
        for (nth, key) in keys.iter().enumerate() {
            for (place, (at, block)) in blocks.iter().enumerate() {
                let from = laid.len();
                let of = if place == 0 { (nth + 1).to_string() } else { String::new() };
                self.put(block, *at, Only { key: Some(key), column: None }, &of, laid);
                for own in &mut laid[from..] {
                    own.table.id = format!("{}-{}", own.table.id, nth + 1).into();
                    own.new_page = place == 0 && block.new_page;
                }
            }
        }
    }

    fn reads_one(&self) -> bool {
        matches!(self.whose, Whose::Store(_))
    }
}

fn has_key(block: &Block) -> bool {
    matches!(&block.body, Body::Rows(listing) if listing.key.is_some())
}
