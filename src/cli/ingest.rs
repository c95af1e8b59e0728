//! `foursight ingest`: reads, checks and derives stores, and leaves what it made where the build of another machine finds it.

use super::{CLEAN, Failure, project::ProjectArguments, terminal};
use crate::{
    model::{Lang, Message},
    pipeline::Shard,
};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct IngestArguments {
    /// The n-th part of the stores of so many, such as 1/4.
    #[arg(long, value_name = "SHARD", value_parser = shard)]
    shard: Option<Shard>,
    #[command(flatten)]
    project: ProjectArguments,
}

/// `1/4`.
fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    let shard = parts.and_then(|(part, of)| Shard::new(part, of).ok());
    shard.ok_or_else(|| terminal::words().say(&Message::new("argument.shard")))
}

pub(super) fn run(arguments: &IngestArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"), lang)?;
    let display = arguments.project.display();
    let ingested = group.ingest(arguments.shard, &display)?;
    ProjectArguments::tell_of_cache(&group);
    let counts = group.counts();
    let done = Message::new("ingest.done").with("stores", ingested.stores).with("workbooks", ingested.workbooks);
    let done = done.with("read", counts.workbooks_read).with("checked", counts.stores_checked);
    terminal::tell(&done.with("derived", counts.stores_derived));
    match group.working_cache() {
        Some(place) => terminal::tell(&Message::new("ingest.shared").with("place", place)),
        None => terminal::complain(&Message::new("ingest.here")),
    }
    if ingested.stores == 0 {
        terminal::complain(&Message::new("ingest.empty"));
    }
    if ingested.waits {
        terminal::tell(&Message::new("ingest.no_cutoff"));
    } else if ingested.unknown > 0 && arguments.project.stores.is_empty() {
        terminal::tell(&Message::new("ingest.unknown").with("count", ingested.unknown));
    }
    Ok(CLEAN)
}
