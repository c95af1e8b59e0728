//! A funnel: steps as bars from one axis, each with its share of the first.

use super::{Paper, svg::Svg};
use crate::report::page::Link;
use serde::Deserialize;

/// The steps, widest first.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Data(Vec<Step>);

#[derive(Deserialize)]
struct Step {
    title: String,
    count: f64,
    text: String,
    share: Option<String>,
    link: Option<Link>,
}

const WIDTH: f64 = 360.0;
const ROW: f64 = 52.0;

pub(super) fn draw(Data(steps): &Data, paper: &Paper<'_>) -> String {
    let name = paper.words.word("funnel.title");
    let mut svg = Svg::linked("chart funnel", WIDTH, ROW * steps.len() as f64, &name);
    let most = steps.iter().map(|step| step.count).fold(1.0, f64::max);
    for (i, step) in steps.iter().enumerate() {
        let top = ROW * i as f64;
        let title = format!("{} {}", step.title, step.text);
        svg.marked(paper.href(&step.link).as_deref(), &title, |svg| {
            svg.text("label", 0.0, top + 16.0, &step.title);
            let share = step.share.as_ref().map_or_else(String::new, |share| format!(" · {share}"));
            svg.text("value end", WIDTH, top + 16.0, &format!("{}{share}", step.text));
            svg.rect("track", 0.0, top + 24.0, WIDTH, 16.0);
            svg.rect(&format!("step s{i}"), 0.0, top + 24.0, (WIDTH * step.count / most).max(1.5), 16.0);
        });
    }
    svg.finish()
}
