//! What of a store's forms the group's are made of: sums, without the rows that name customers or people.

use crate::{
    catalog::{
        Catalog,
        form::{Block, Body, FormScope, OfGroup, RowKind, Shows},
    },
    model::{CubeSums, FilledBlock, FilledForm, FormValues},
};

/// A store's part of the group's forms, and what the rates of other stores fall back on.
pub fn share(values: &FormValues, catalog: &Catalog) -> FormValues {
    each(values, catalog, |block, of_group, cubes| match (&block.body, block.group) {
        (Body::Sums(sums), OfGroup::Sum) if of_group => {
            cubes.iter().map(|cube| cube.without(sums.rows == RowKind::Staff, false)).collect()
        }
        (Body::Sums(_), OfGroup::Stores) if of_group => cubes.iter().map(|cube| cube.without(true, false)).collect(),
        (Body::Sums(_), _) if falls_back(block) => cubes.iter().map(|cube| cube.without(true, true)).collect(),
        _ => Vec::new(),
    })
}

/// What the rates of stores fall back on: the sums of all stores.
pub fn totals(stores: &[FormValues], catalog: &Catalog) -> FormValues {
    let forms = catalog.forms.iter().map(|form| {
        let blocks = form.blocks.iter().enumerate().map(|(at, block)| {
            let mut cubes: Vec<CubeSums> = Vec::new();
            let filled = stores.iter().filter_map(|store| store.of(&form.id)?.blocks.get(at));
            for own in filled.filter(|_| falls_back(block)) {
                cubes.resize(
                    cubes.len().max(own.cubes.len()),
                    CubeSums { absent: vec!["".into()], ..CubeSums::default() },
                );
                for (sum, cube) in cubes.iter_mut().zip(&own.cubes).filter(|(_, cube)| cube.absent.is_empty()) {
                    sum.absent.clear();
                    sum.names = vec!["".into()];
                    sum.cells.extend(cube.without(true, true).cells);
                    *sum = sum.without(true, true);
                }
            }
            FilledBlock { cubes, ..FilledBlock::default() }
        });
        FilledForm { form: form.id.clone(), blocks: blocks.collect(), ..FilledForm::default() }
    });
    FormValues { forms: forms.collect() }
}

/// Whether a column of the block rests on the group where the store has too little.
fn falls_back(block: &Block) -> bool {
    block.columns.iter().any(|column| matches!(&column.shows, Shows::Number(number) if number.least.is_some()))
}

fn each(
    values: &FormValues,
    catalog: &Catalog,
    cubes: impl Fn(&Block, bool, &[CubeSums]) -> Vec<CubeSums>,
) -> FormValues {
    let forms = values.forms.iter().map(|filled| {
        let form = catalog.form(&filled.form);
        let of_group = form.is_some_and(|form| form.is_of(FormScope::Group));
        let blocks = form.into_iter().flat_map(|form| form.blocks.iter().zip(&filled.blocks));
        let blocks = blocks
            .map(|(block, own)| FilledBlock { cubes: cubes(block, of_group, &own.cubes), ..FilledBlock::default() });
        FilledForm { form: filled.form.clone(), absent: filled.absent.clone(), blocks: blocks.collect() }
    });
    FormValues { forms: forms.collect() }
}
