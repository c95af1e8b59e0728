//! The arguments that say which group to work on, shared by the commands that read it.

use super::{Failure, progress::Display};
use crate::{
    model::Lang,
    pipeline::{Group, Request},
    project::{Audience, settings::parse_as_of},
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which group, as of when.
#[derive(Args, Debug)]
pub(super) struct ProjectArguments {
    /// 门店文件夹所在目录；同级的 foursight.toml 会被读取 (the folder of store folders)
    #[arg(long, value_name = "DIR", default_value = "input")]
    pub input: PathBuf,
    /// 截止时间，如 2026-11-22；不给则用配置，再不给则用最晚的周止 (cut-off)
    #[arg(long = "as-of", value_name = "DATE")]
    pub as_of: Option<String>,
    /// 只处理这些门店 (only these stores)
    #[arg(long = "store", value_name = "ID", num_args = 1..)]
    pub stores: Vec<String>,
    /// 语言 zh-CN、zh-TW、en (language)
    #[arg(long, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// 给谁看：hq 不含客户姓名，store 含姓名 (audience)
    #[arg(long, value_enum)]
    pub audience: Option<AudienceArgument>,
    /// 并行线程数，0 为自动 (threads)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// 缓存目录，默认在输出目录旁的 .foursight (cache folder)
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// 重新读取每个文件，不相信文件时间 (read every file again, whatever its time says)
    #[arg(long)]
    pub rehash: bool,
    /// 不显示进度 (no progress)
    #[arg(long, short)]
    pub quiet: bool,
}

/// For whom the site is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum AudienceArgument {
    /// Headquarters.
    Hq,
    /// The stores.
    Store,
}

impl ProjectArguments {
    /// The group these arguments name, its definitions and config checked.
    pub(super) fn group(&self, work: PathBuf) -> Result<Group, Failure> {
        let as_of = match &self.as_of {
            None => None,
            Some(text) => Some(
                parse_as_of(text).ok_or_else(|| format!("--as-of {text:?} 不是日期，应如 2026-11-22 (not a date)"))?,
            ),
        };
        let audience = self.audience.map(|audience| match audience {
            AudienceArgument::Hq => Audience::Hq,
            AudienceArgument::Store => Audience::Store,
        });
        let request = Request {
            input: self.input.clone(),
            as_of,
            stores: self.stores.clone(),
            lang: self.lang,
            audience,
            threads: self.threads,
            work: self.cache.clone().unwrap_or(work),
            rehash: self.rehash,
        };
        Ok(Group::open(request)?)
    }

    /// The progress display these arguments ask for.
    pub(super) fn display(&self) -> Display {
        Display::new(self.quiet)
    }
}
