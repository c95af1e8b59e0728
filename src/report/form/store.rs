//! A form of a store.

use super::{Filler, Reader, StoreForms, is_of_store, view::FormView};
use crate::{
    catalog::Form,
    project::{Audience, settings::slug},
    report::{
        lookup::StoreLookup,
        page::{Draw, Link, Named, Page},
        store,
    },
};
use serde::Serialize;

/// Where a store's form stands.
pub(crate) fn link(store: &str, form: &Form) -> Link {
    Link::to(format!("stores/{}/form-{}.html", slug(store), slug(&form.id)))
}

/// Whether a form has pages for an audience.
pub(crate) fn has_page(form: &Form, audience: Audience) -> bool {
    !form.private || audience == Audience::Store
}

/// A form of a store that sent what it needs.
pub(crate) struct StoreFormPage<'a> {
    form: &'a Form,
}

impl<'a> Page<StoreForms<'a>> for StoreFormPage<'a> {
    type View = FormView;
    const TEMPLATE: &'static str = "form.html";
    const SECTION: &'static str = "stores";

    fn all(of: &StoreForms<'a>) -> Vec<StoreFormPage<'a>> {
        let forms = of.edition.catalog.forms.iter();
        forms
            .filter(|form| {
                is_of_store(form, |sheet| of.store.sent(sheet)) && has_page(form, of.edition.settings.audience)
            })
            .map(|form| StoreFormPage { form })
            .collect()
    }

    fn link(&self, of: &StoreForms<'a>) -> Link {
        link(of.store.id(), self.form)
    }

    fn way(&self, of: &StoreForms<'a>) -> Vec<Named> {
        let mut way = store::way(&of.store);
        way.push(Named::plain(of.words.text(&self.form.title)));
        way
    }

    fn view(&self, of: &StoreForms<'a>, draw: &Draw<'_>) -> FormView {
        FormView::new(&Filler::of_store(of, self.form, Reader::Site), draw)
    }
}

/// The forms of a store, as its first page lists them.
#[derive(Debug, Serialize)]
pub(crate) struct StoreFormsList {
    /// Those that it has.
    pub forms: Vec<Named>,
    /// Those for which it never sent what they need, with what that is.
    pub without: Vec<String>,
}

impl StoreFormsList {
    /// Of a store.
    pub(crate) fn new(store: &StoreLookup<'_>) -> StoreFormsList {
        let (mut forms, mut without) = (Vec::new(), Vec::new());
        for form in store.edition.catalog.forms.iter().filter(|form| form.is_of(crate::catalog::form::FormScope::Store))
        {
            let title = form.numbered(&store.words.text(&form.title));
            let absent: Vec<_> = form.needs.iter().filter(|sheet| !store.sent(sheet)).cloned().collect();
            match absent.is_empty() {
                true if has_page(form, store.edition.settings.audience) => {
                    forms.push(Named::linked(title, link(store.id(), form)));
                }
                true => forms.push(Named::plain(store.words.fill("form.in_workbook", &[("title", &title)]))),
                false => without.push(format!("{title} · {}", super::not_received(store, &absent))),
            }
        }
        StoreFormsList { forms, without }
    }
}
