//! `foursight demo`: a synthetic group with planted mistakes.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::Catalog,
    demo::{self, DemoOptions},
};
use chrono::NaiveDate;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct DemoArguments {
    /// 写到哪个文件夹；须为空或不存在 (an empty or new folder)
    dir: PathBuf,
    /// 门店数 (stores)
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=999))]
    stores: u32,
    /// 月数 (months)
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// 随机种子，同种子同字节 (seed)
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// 截止日 (cut-off)
    #[arg(long = "as-of", value_name = "DATE", default_value = "2026-11-22")]
    as_of: NaiveDate,
}

pub(super) fn run(arguments: &DemoArguments) -> Result<u8, Failure> {
    let occupied = std::fs::read_dir(&arguments.dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(format!("{} 不是空文件夹，不会覆盖 (not an empty folder)", arguments.dir.display()).into());
    }
    let (catalog, _) = Catalog::load(None)?;
    let options = DemoOptions {
        stores: arguments.stores,
        months: arguments.months,
        seed: arguments.seed,
        as_of: arguments.as_of,
    };
    demo::generate(&arguments.dir, &options, &catalog)?;
    terminal::say(&format!("已生成 {} 家门店，写在 {}", arguments.stores, arguments.dir.display()));
    terminal::say(&format!(
        "下一步 next: foursight build --input {}/input --output {}/output",
        arguments.dir.display(),
        arguments.dir.display()
    ));
    Ok(CLEAN)
}
