//! The template engine: Tera with escaping on for everything, our words, links and charts as its functions.

use super::{SiteError, assets, charts, links};
use crate::report::{page::Link, words::Words};
use serde::Deserialize;
use tera::{Context, Kwargs, State, Tera, TeraResult};

/// Templates, parsed once.
pub(super) struct Engine {
    tera: Tera,
}

#[derive(Deserialize)]
struct HrefArguments {
    to: Link,
}

impl Engine {
    pub(super) fn new(words: &'static Words) -> Result<Engine, SiteError> {
        let mut tera = Tera::default();
        tera.autoescape_on([".html", ".svg"]);
        tera.register_function("t", move |arguments: Kwargs, _: &State| translate(words, &arguments));
        tera.register_function("href", |arguments: Kwargs, state: &State| -> TeraResult<String> {
            let HrefArguments { to } = arguments.deserialize()?;
            Ok(links::href(&to, &here(state)?))
        });
        tera.register_filter("grouped", |n: u64, _: Kwargs, _: &State| crate::report::figure::tally(n));
        charts::register(&mut tera, words);
        tera.add_raw_templates(assets::templates()).map_err(|error| SiteError::Templates(error.to_string()))?;
        Ok(Engine { tera })
    }

    pub(super) fn render(
        &self,
        template: &str,
        path: &str,
        context: Result<Context, tera::Error>,
    ) -> Result<String, SiteError> {
        let text = context.and_then(|context| self.tera.render(template, &context));
        text.map(|text| tidy(&text)).map_err(|error| SiteError::Page { page: path.to_owned(), what: chain(&error) })
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// `{{ t(k="nav.home") }}`; further arguments fill `{name}`.
fn translate(words: &Words, arguments: &Kwargs) -> TeraResult<String> {
    let key = arguments.must_get::<&str>("k")?;
    let found = words.find(key).ok_or_else(|| tera::Error::message(format!("no words for {key:?} in messages/")))?;
    if arguments.iter().count() == 1 {
        return Ok(found.to_owned());
    }
    let given: Vec<(String, String)> =
        arguments.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(words.fill(key, &given))
}

/// The page's path below the site's folder. A component that links declares `@here`.
pub(super) fn here(state: &State) -> TeraResult<String> {
    state.get::<String>("here")?.ok_or_else(|| tera::Error::message("a component that links must declare @here"))
}

/// Drops the indentation and blank lines that templates leave, except in `<pre>`.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut verbatim = false;
    for line in text.lines() {
        let kept = if verbatim { line } else { line.trim() };
        if verbatim || !kept.is_empty() {
            tidied.push_str(kept);
            tidied.push('\n');
        }
        if line.contains("<pre") {
            verbatim = true;
        }
        if line.contains("</pre>") {
            verbatim = false;
        }
    }
    tidied
}
