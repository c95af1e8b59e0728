//! `foursight summary`: the week's message, to be sent on: as plain text, or as the markdown that the robots of WeCom and
//! DingTalk take.

mod dingtalk;
#[cfg(test)]
mod tests;
mod text;
mod wecom;

use super::{CLEAN, Failure, project::ProjectArguments, terminal};
use crate::{
    model::{Lang, Message},
    pipeline::Progress,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct SummaryArguments {
    /// How it is written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// An earlier output, such as last week's: the group's message says what is missed, mended, new and gone since.
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    // To be pasted anywhere.
    Text,
    // Markdown of a WeCom robot.
    Wecom,
    // Markdown of a DingTalk robot.
    Dingtalk,
}

pub(super) fn run(arguments: &SummaryArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let store = match arguments.project.stores.as_slice() {
        [] => None,
        [store] => Some(store.as_str()),
        _ => return Err(Message::new("summary.one_store").into()),
    };
    // A store's places rest on the others, so that every store is read.
    let project = ProjectArguments { stores: Vec::new(), ..arguments.project.clone() };
    if store.is_some() && arguments.since.is_some() {
        return Err(Message::new("summary.since_of_group").into());
    }
    let mut group = project.group(PathBuf::from(".foursight"), lang)?;
    group.hold_against(arguments.since.clone());
    ProjectArguments::tell_of_former(&group);
    let display = project.display();
    let checked = group.check(&display)?;
    let message = group.week_message(&checked, store)?;
    display.done();
    let no_store = || Message::new("plan.no_store").with("store", store.unwrap_or_default());
    let message = message.ok_or_else(no_store)?;
    terminal::pour(
        match arguments.format {
            Format::Text => text::written(&message),
            Format::Wecom => wecom::written(&message, terminal::words()),
            Format::Dingtalk => dingtalk::written(&message, terminal::words()),
        }
        .as_bytes(),
    );
    Ok(CLEAN)
}

/// As much of a message as `most` bytes hold: the lines of its sections one by one, from the first; then how many more there
/// are, so that nothing is cut silently. `whole` writes a message.
fn within(
    message: &crate::pipeline::WeekMessage,
    most: usize,
    words: &crate::messages::Messages,
    whole: impl Fn(&crate::pipeline::WeekMessage) -> String,
) -> String {
    let mut cut = message.clone();
    let mut dropped = 0;
    loop {
        let text = whole(&cut);
        if text.len() <= most {
            return text;
        }
        if dropped > 0 {
            cut.lead.pop();
        }
        let Some(section) = cut.sections.last_mut() else { return text };
        dropped += section.lines.pop().map_or(0, |_| 1);
        if section.lines.is_empty() {
            cut.sections.pop();
        }
        cut.lead.push(words.fill("summary.more", &[("n", &dropped.to_string())]));
    }
}
