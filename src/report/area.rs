//! The page of a region or a brand: its figures, and its stores.

use super::{
    lookup::GroupLookup,
    page::{Draw, Link, Named, Page},
    period::{self, GRAINS, PeriodView},
    stores,
    table::{self, Cell, periods},
};
use crate::{
    model::{Grain, Scope},
    project::{Store, settings::slug},
};

/// Which kinds of areas there are.
pub(crate) const SCOPES: [Scope; 2] = [Scope::Region, Scope::Brand];

/// Where an area's page of a grain stands.
pub(crate) fn link(scope: Scope, id: &str, grain: Grain) -> Link {
    let name = if matches!(grain, Grain::Month | Grain::Asof) { "index" } else { grain.word() };
    Link::to(format!("{}s/{}/{name}.html", scope.word(), slug(id)))
}

/// The place of an area on a page that lists several.
pub(crate) fn anchor(scope: Scope, id: &str) -> String {
    format!("{}-{}", scope.word(), slug(id))
}

/// The area of a kind that a store belongs to; empty for none.
pub(crate) fn of(scope: Scope, store: &Store) -> &str {
    match scope {
        Scope::Region => &store.region,
        Scope::Brand => &store.brand,
        _ => "",
    }
}

/// What a store belongs to, each linked, and its city.
pub(crate) fn of_store(store: &Store) -> Vec<Named> {
    let areas = SCOPES.into_iter().map(|scope| (scope, of(scope, store))).filter(|(_, id)| !id.is_empty());
    let areas = areas.map(|(scope, id)| Named::linked(id, link(scope, id, Grain::Month)));
    let city = Some(&store.city).filter(|city| !city.is_empty()).map(Named::plain);
    areas.chain(city).collect()
}

/// A store's region and brand as cells, each linked.
pub(crate) fn cells<'a>(store: &'a Store) -> [Cell<'a>; 2] {
    SCOPES.map(|scope| match of(scope, store) {
        "" => Cell::Blank,
        id => Cell::Link(id.into(), link(scope, id, Grain::Month)),
    })
}

/// The areas of a kind, in the order of the stores.
pub(crate) fn ids<'a>(group: &GroupLookup<'a>, scope: Scope) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    for store in group.material.stores {
        let id = of(scope, store);
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// One grain of a region or a brand.
pub(crate) struct AreaPage<'a> {
    scope: Scope,
    id: &'a str,
    grain: Grain,
}

impl<'a> Page<GroupLookup<'a>> for AreaPage<'a> {
    type View = PeriodView;
    const TEMPLATE: &'static str = "period.html";
    const SECTION: &'static str = "stores";

    fn all(group: &GroupLookup<'a>) -> Vec<AreaPage<'a>> {
        let ids = SCOPES.into_iter().flat_map(|scope| ids(group, scope).into_iter().map(move |id| (scope, id)));
        ids.flat_map(|(scope, id)| GRAINS.into_iter().map(move |grain| AreaPage { scope, id, grain })).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(self.scope, self.id, self.grain)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        let mut way = vec![stores::named(group), Named::linked(self.id, link(self.scope, self.id, Grain::Month))];
        if self.grain != Grain::Month {
            way.push(Named::plain(group.words.word(&format!("grain.{}", self.grain.word()))));
        }
        way
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> PeriodView {
        let &AreaPage { scope, id, grain } = self;
        let words = group.words;
        let focus = group.focus(grain);
        let kpis = period::with_data(group, grain, scope, id);
        let own: Vec<_> = group.stores().filter(|(store, _)| of(scope, store) == id).collect();
        let count = words.fill("area.stores", &[("n", &own.len().to_string())]);
        PeriodView {
            title: id.to_owned(),
            chooser: period::chooser(group, grain, |grain| link(scope, id, grain)),
            period: words.period(focus),
            partial: group.months.is_partial(focus),
            facts: vec![Named::plain(words.word(&format!("scope.{}", scope.word()))), Named::plain(count)],
            figures: draw(&periods::table(group, (scope, id), grain, &kpis, Some(group))),
            stores: draw(&table::areas::stores(group, &own, focus)),
        }
    }
}
