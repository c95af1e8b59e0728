//! A form of the group: its own tables, one line a store, and the stores that have it.

use super::{Filler, GroupForms, group_path, index, is_of_store, store, view::FormView};
use crate::{
    catalog::{
        Form,
        form::{Body, FormScope, OfGroup},
    },
    report::page::{self, Draw, Link, Named, Page},
};

/// Where a part of a form of the group stands.
pub(crate) fn link(form: &Form, part: usize) -> Link {
    Link::to(format!("{}{}", group_path(form), page::ending(part)))
}

/// Whether the group's form has a table with one line a store.
fn is_by_store(form: &Form) -> bool {
    let lines = form.blocks.iter().any(|block| block.group == OfGroup::Stores && matches!(block.body, Body::Sums(_)));
    form.is_of(FormScope::Group) && lines
}

/// A part of a form of the group.
pub(crate) struct GroupFormPage<'a> {
    form: &'a Form,
    part: usize,
}

impl<'a> Page<GroupForms<'a>> for GroupFormPage<'a> {
    type View = FormView;
    const TEMPLATE: &'static str = "form.html";
    const SECTION: &'static str = "forms";

    fn all(of: &GroupForms<'a>) -> Vec<GroupFormPage<'a>> {
        let parts = of.group.parts().len();
        let parts_of = |form: &Form| if is_by_store(form) { parts } else { 1 };
        let forms = of.edition.catalog.forms.iter();
        forms.flat_map(|form| (1..=parts_of(form)).map(move |part| GroupFormPage { form, part })).collect()
    }

    fn link(&self, _: &GroupForms<'a>) -> Link {
        link(self.form, self.part)
    }

    fn way(&self, of: &GroupForms<'a>) -> Vec<Named> {
        let forms = Named::linked(of.words.word("nav.forms"), index::link());
        vec![forms, Named::plain(of.words.text(&self.form.title))]
    }

    fn view(&self, of: &GroupForms<'a>, draw: &Draw<'_>) -> FormView {
        let filler = Filler::of_group(of, self.form, Some(self.part));
        let own = self.form.is_of(FormScope::Group);
        let mut view = FormView::new(&filler, draw);
        if !own {
            view.blocks.clear();
        }
        if is_by_store(self.form) {
            view.part = self.part;
            view.parts = page::parts(of.group.parts().len(), |part| link(self.form, part));
        } else if store::has_page(self.form, of.edition.settings.audience) {
            let stores = of.group.stores().filter(|(_, digest)| {
                is_of_store(self.form, |sheet| digest.sheets.iter().any(|own| *own.kind == *sheet))
            });
            view.stores =
                stores.map(|(own, _)| Named::linked(own.name.clone(), store::link(&own.id, self.form))).collect();
        }
        view
    }
}
