//! `foursight template`: the blank workbook clerks fill, made from the sheet definitions.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::{Catalog, SheetDef},
    workbook,
};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct TemplateArguments {
    /// 表的编号或中文名；不给则全部 (sheets, by id or Chinese name)
    sheets: Vec<String>,
    /// 写到哪个文件 (output file)
    #[arg(long, short, value_name = "FILE", default_value = "填报模板.xlsx")]
    output: PathBuf,
    /// 集团文件夹，其 definitions/ 会被采用 (the group's folder)
    #[arg(long, value_name = "DIR", default_value = ".")]
    group: PathBuf,
}

pub(super) fn run(arguments: &TemplateArguments) -> Result<u8, Failure> {
    let (catalog, problems) = Catalog::load(Some(&arguments.group))?;
    for problem in &problems {
        terminal::complain(&format!("{}: {}", problem.place, problem.message.zh));
    }
    let mut chosen: Vec<&SheetDef> = Vec::new();
    for wanted in &arguments.sheets {
        let found = catalog.sheets.iter().find(|sheet| *sheet.id == **wanted || sheet.title.zh == *wanted);
        let known =
            || catalog.sheets.iter().map(|sheet| format!("{} {}", sheet.id, sheet.title.zh)).collect::<Vec<_>>();
        chosen.push(found.ok_or_else(|| format!("没有表 {wanted:?} (no such sheet)；已有：{}", known().join("、")))?);
    }
    if chosen.is_empty() {
        chosen.extend(&catalog.sheets);
    }
    if arguments.output.exists() {
        // It may be one that a clerk has filled in.
        let shown = arguments.output.display();
        return Err(format!("{shown} 已经有了，不会覆盖；请换一个 --output (exists, not overwritten)").into());
    }
    workbook::template(&catalog, &chosen, &arguments.output)?;
    terminal::say(&format!("已写出 {}", arguments.output.display()));
    Ok(CLEAN)
}
