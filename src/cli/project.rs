//! The arguments that say which group to work on, shared by the commands that read it.

use super::{Failure, progress::Display, terminal, whole};
use crate::{
    model::{Lang, Message},
    pipeline::{Group, Request},
    project::{Audience, settings::parse_as_of},
};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// The input folder where none is given, and the config beside it.
const INPUT: &str = "input";
const CONFIG: &str = "foursight.toml";

/// Which group, as of when.
#[derive(Args, Clone, Debug)]
pub(super) struct ProjectArguments {
    /// The folder of store folders; the `foursight.toml` beside it is read.
    #[arg(long, value_name = "DIR", default_value = INPUT)]
    pub input: PathBuf,
    /// The cut-off; else the config's, else the latest 周止.
    #[arg(long = "as-of", value_name = "DATE")]
    pub as_of: Option<String>,
    /// Only these stores.
    #[arg(long = "store", value_name = "ID", num_args = 1..)]
    pub stores: Vec<String>,
    /// For whom: hq has no customer names, store has.
    #[arg(long, value_enum, value_name = "WHOM")]
    pub audience: Option<AudienceArgument>,
    /// Threads; 0: one a core.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = |text: &str| whole(text, 0, 4096))]
    pub threads: u64,
    /// The folder for what need not be done again, else .foursight beside the output.
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// Where several machines share what they made: a folder, s3://, gs:// or az://; else the config's.
    #[arg(long, value_name = "URL")]
    pub cache: Option<String>,
    /// Does nothing without that place.
    #[arg(long)]
    pub require_cache: bool,
    /// Reads every file again, whatever its time says.
    #[arg(long)]
    pub rehash: bool,
    /// No progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// For whom the site is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum AudienceArgument {
    // Headquarters.
    Hq,
    // The stores.
    Store,
}

impl ProjectArguments {
    /// The group these arguments name, its definitions and config checked.
    pub(super) fn group(&self, work: PathBuf, lang: Option<Lang>) -> Result<Group, Failure> {
        let as_of = match &self.as_of {
            None => None,
            Some(text) => Some(parse_as_of(text).ok_or_else(|| Message::new("command.as_of").with("text", text))?),
        };
        let audience = self.audience.map(|audience| match audience {
            AudienceArgument::Hq => Audience::Hq,
            AudienceArgument::Store => Audience::Store,
        });
        let request = Request {
            input: self.input.clone(),
            as_of,
            stores: self.stores.clone(),
            lang,
            audience,
            threads: self.threads as usize,
            work: self.work.clone().unwrap_or(work),
            cache: self.cache.clone(),
            require_cache: self.require_cache,
            rehash: self.rehash,
            since: None,
        };
        let group = Group::open(request)?;
        terminal::speak(group.settings.lang);
        Ok(group)
    }

    /// Says what did not work of the place where machines share what they made.
    pub(super) fn tell_of_cache(group: &Group) {
        group.cache_trouble().iter().for_each(terminal::complain);
    }

    /// Says where there is nothing to hold a build against that was to be.
    pub(super) fn tell_of_former(group: &Group) {
        if let Some(path) = group.lacks_former() {
            terminal::complain(&Message::new("build.no_former").with("path", path));
        }
    }

    /// The same, where the input folder is not given and not here: that of the project in one of whose folders one stands.
    pub(super) fn moved_up(&self) -> ProjectArguments {
        let given = self.input != Path::new(INPUT) || self.input.is_dir() || Path::new(CONFIG).is_file();
        let here = std::env::current_dir().unwrap_or_default();
        let above = here.ancestors().skip(1).map(|folder| folder.join(INPUT)).find(|input| input.is_dir());
        match above.filter(|_| !given) {
            Some(input) => ProjectArguments { input, ..self.clone() },
            None => self.clone(),
        }
    }

    /// A path beside the input folder.
    pub(super) fn beside_input(&self, name: &str) -> PathBuf {
        self.input.parent().unwrap_or(Path::new("")).join(name)
    }

    /// The progress display these arguments ask for.
    pub(super) fn display(&self) -> Display {
        Display::new(self.quiet)
    }
}
