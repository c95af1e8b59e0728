//! Pictures of forms, one kind a file. Each draws what stands in the table below it.

mod calendar;
mod funnel;
mod heat;
mod months;
mod pareto;
mod ring;
mod round;
mod stages;

use super::Paper;
use crate::{catalog::form::PictureKind, report::form::picture::Picture};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Data(Picture);

pub(super) fn draw(Data(picture): &Data, paper: &Paper<'_>) -> String {
    let draw = match picture.kind {
        PictureKind::Funnel => funnel::draw,
        PictureKind::Pareto => pareto::draw,
        PictureKind::Heat => heat::draw,
        PictureKind::Ring => ring::draw,
        PictureKind::Stages => stages::draw,
        PictureKind::Bars => months::draw,
        PictureKind::Calendar => calendar::draw,
        PictureKind::Loop => round::draw,
    };
    draw(picture, paper)
}
