//! All forms: what each is for, who has it, and where it comes from.

use super::{GroupForms, group};
use crate::{
    catalog::form::{Form, FormPeriod, FormScope},
    report::{
        page::{Draw, Link, Named, Page},
        table::{Cell, Column, Kind, Row, Table},
    },
};
use serde::Serialize;

/// Where the index of forms stands.
pub(crate) fn link() -> Link {
    Link::to("forms.html")
}

/// The index of forms.
pub(crate) struct FormsPage;

/// All forms, drawn.
#[derive(Debug, Serialize)]
pub(crate) struct FormsView {
    pub forms: String,
    pub count: usize,
}

impl<'a> Page<GroupForms<'a>> for FormsPage {
    type View = FormsView;
    const TEMPLATE: &'static str = "forms.html";
    const SECTION: &'static str = "forms";

    fn all(_: &GroupForms<'a>) -> Vec<FormsPage> {
        vec![FormsPage]
    }

    fn link(&self, _: &GroupForms<'a>) -> Link {
        link()
    }

    fn way(&self, of: &GroupForms<'a>) -> Vec<Named> {
        vec![Named::linked(of.words.word("nav.forms"), link())]
    }

    fn view(&self, of: &GroupForms<'a>, draw: &Draw<'_>) -> FormsView {
        let words = of.words;
        let word = |key: &str| words.word(key);
        let columns = vec![
            Column::new(word("nav.form"), Kind::Text, 30.0),
            Column::new(word("form.of"), Kind::Code, 10.0),
            Column::new(word("form.period"), Kind::Code, 12.0),
            Column::new(word("form.meaning"), Kind::Prose, 60.0),
        ];
        let forms = &of.edition.catalog.forms;
        let row = |form: &Form| {
            let title = form.numbered(&words.text(&form.title));
            let scopes = [(FormScope::Store, "scope.store"), (FormScope::Group, "scope.group")];
            let scopes: Vec<String> =
                scopes.into_iter().filter(|(scope, _)| form.is_of(*scope)).map(|(_, key)| word(key)).collect();
            let period = word(match form.period {
                FormPeriod::Month => "form.period_month",
                FormPeriod::Current => "form.period_current",
                FormPeriod::Next => "form.period_next",
                FormPeriod::Week => "form.period_week",
                FormPeriod::Year => "form.period_year",
            });
            Row::from(vec![
                Cell::Link(title.into(), group::link(form, 1)),
                Cell::text(scopes.join(&word("table.comma"))),
                Cell::text(period),
                Cell::text(words.text(&form.meaning)),
            ])
        };
        let rows = forms.iter().map(row).collect();
        FormsView { forms: draw(&Table { columns, rows, lead: 1, ..Table::default() }), count: forms.len() }
    }
}
