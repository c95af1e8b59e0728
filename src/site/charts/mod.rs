//! Charts as SVG, one a file. Each is a function of the templates: it takes a view model's part and gives markup that
//! is escaped, titled and linked; colours come from the style sheet by class.

mod bar;
mod bullet;
mod funnel;
mod line;
mod picture;
mod sparkline;
mod stack;
mod svg;

pub(super) use svg::{escaped, width};

use super::{engine, links};
use crate::report::{page::Link, trend::Trend, words::Words};
use serde::{Deserialize, de::DeserializeOwned};
use std::borrow::Cow;
use tera::{Function, Kwargs, State, Tera, TeraResult};

/// What a chart or a table may ask of its page.
pub(super) struct Paper<'p> {
    here: Cow<'p, str>,
    pub words: &'p Words,
}

impl<'p> Paper<'p> {
    /// Of the page at `here`, a path below the site's folder.
    pub(super) fn at(here: &'p str, words: &'p Words) -> Paper<'p> {
        Paper { here: Cow::Borrowed(here), words }
    }

    /// A link's address.
    pub(super) fn address(&self, link: &Link) -> String {
        links::href(link, &self.here)
    }

    /// The same at the end of a text.
    pub(super) fn write_address(&self, address: &mut String, link: &Link) {
        links::write_href(address, link, &self.here);
    }

    fn href(&self, link: &Option<Link>) -> Option<String> {
        link.as_ref().map(|link| self.address(link))
    }
}

/// `{{ chart(data=…) }}`: the markup is safe since `svg` escapes every text and attribute.
struct Chart<D> {
    draw: fn(&D, &Paper<'_>) -> String,
    words: &'static Words,
}

#[derive(Deserialize)]
struct Arguments<D> {
    data: D,
}

impl<D: DeserializeOwned + 'static> Function<TeraResult<String>> for Chart<D> {
    fn call(&self, arguments: Kwargs, state: &State) -> TeraResult<String> {
        let Arguments { data } = arguments.deserialize::<Arguments<D>>()?;
        Ok((self.draw)(&data, &Paper { here: engine::here(state)?.into(), words: self.words }))
    }

    fn is_safe(&self) -> bool {
        true
    }
}

/// A KPI's course for a cell of a table.
pub(super) fn spark(trend: &Trend, paper: &Paper<'_>) -> String {
    sparkline::draw(&sparkline::Data::of(trend), paper)
}

pub(super) fn register(tera: &mut Tera, words: &'static Words) {
    tera.register_function("line_chart", Chart { draw: line::draw, words });
    tera.register_function("sparkline", Chart { draw: sparkline::draw, words });
    tera.register_function("wide_sparkline", Chart { draw: sparkline::draw_wide, words });
    tera.register_function("bar_chart", Chart { draw: bar::draw, words });
    tera.register_function("bullet", Chart { draw: bullet::draw, words });
    tera.register_function("funnel", Chart { draw: funnel::draw, words });
    tera.register_function("picture", Chart { draw: picture::draw, words });
    tera.register_function("stack", Chart { draw: stack::draw, words });
}

/// What a chart of many marks is drawn for: a phone has another drawing, since a smaller one would not be read.
#[derive(Clone, Copy)]
enum Screen {
    Wide,
    Narrow,
}

impl Screen {
    const BOTH: [Screen; 2] = [Screen::Wide, Screen::Narrow];

    /// The class by which the style sheet shows one of the two.
    fn class(self) -> &'static str {
        match self {
            Screen::Wide => "wide",
            Screen::Narrow => "narrow",
        }
    }
}

/// The part of a figure that charts read.
#[derive(Deserialize)]
struct Mark {
    value: Option<f64>,
    text: String,
    status: String,
    word: String,
    mark: String,
    partial: bool,
}
