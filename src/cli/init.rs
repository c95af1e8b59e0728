//! `foursight init`: a new group's folder.

use super::{CLEAN, Failure, terminal};
use crate::{catalog::Catalog, catalog::SheetDef, workbook};
use clap::Args;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[derive(Args)]
pub(super) struct InitArguments {
    /// 新文件夹；已有的文件不会被覆盖 (the new folder; nothing is overwritten)
    dir: PathBuf,
    /// 门店编号，每个一个文件夹 (store ids)
    #[arg(long = "store", value_name = "ID", num_args = 1.., default_values_t = ["S01".to_owned(), "S02".to_owned()])]
    stores: Vec<String>,
}

pub(super) fn run(arguments: &InitArguments) -> Result<u8, Failure> {
    let dir = &arguments.dir;
    let (catalog, _) = Catalog::load(None)?;
    for store in &arguments.stores {
        if !crate::project::settings::is_store_id(store) {
            return Err(format!("门店编号 {store:?} 不能作文件夹名 (not the name of a folder)").into());
        }
        fs::create_dir_all(dir.join("input").join(store))?;
    }
    let mut written = Vec::new();
    let mut keep = |name: &str, text: &str| -> Result<(), Failure> {
        if write_new(&dir.join(name), text)? {
            written.push(name.to_owned());
        }
        Ok(())
    };
    keep("foursight.toml", &config(&arguments.stores))?;
    keep("README.md", GUIDE)?;
    keep(".gitignore", "/output\n/.foursight\n")?;
    keep(".github/workflows/foursight.yml", WORKFLOW)?;
    let template = dir.join("填报模板.xlsx");
    if !template.exists() {
        let sheets: Vec<&SheetDef> = catalog.sheets.iter().collect();
        workbook::template(&catalog, &sheets, &template)?;
        written.push("填报模板.xlsx".to_owned());
    }
    terminal::say(&format!("集团文件夹 {}：新写 {}", dir.display(), written.join("、")));
    terminal::say("下一步：把模板发给门店，填好后放进 input/<门店>/，运行 foursight build");
    Ok(CLEAN)
}

/// Writes a file that is not there yet; `false` when it is.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    if path.exists() {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)?;
    Ok(true)
}

fn config(stores: &[String]) -> String {
    let mut text = String::from(CONFIG);
    for store in stores {
        // A TOML basic string takes what Rust's debug form of a folder name writes.
        text.push_str(&format!("\n[[store]]\nid = {store:?}\nname = {store:?}\nregion = \"\"\nbrand = \"\"\n"));
    }
    text
}

const CONFIG: &str = r#"# foursight：集团配置。每一项都可省略。
[group]
name = "我的集团"
# as_of = "2026-11-22"     # 截止日；不写则用最晚的周止
lang = "zh-CN"             # zh-CN、zh-TW、en
audience = "hq"            # hq：不含客户姓名；store：给门店自己看
# fail_at = "error"        # 有这一级及以上的问题时，build 的退出码为 1

[calendar]
opens = "08:30"            # 投诉时效的营业时间
closes = "18:00"

[submission]
expected = ["prospect", "follow_up", "complaint"]   # 每周应交的表
deadline = "Mon 12:00"     # 周结束后的截止时间

# 下次联系的天数：提醒 / 逾期
[cadence]
H = { remind = 1, overdue = 2 }
A = { remind = 3, overdue = 5 }
B = { remind = 5, overdue = 7 }
C = { remind = 10, overdue = 15 }
O = { remind = 3, overdue = 3 }

# 改某个指标的目标；百分比用小数
[targets]
# cp_resp_10m = 0.95
"#;

const GUIDE: &str = "# 集团文件夹\n\n\
    - `foursight.toml`：集团、门店、目标\n\
    - `input/<门店>/`：门店把填好的 Excel 放这里，可以有子文件夹；建议路径里带周，如 `2026-W47/潜客表.xlsx`\n\
    - `填报模板.xlsx`：发给门店的空白模板\n\
    - `definitions/`（可选）：自己的指标、规则、清单、列，一个文件一项\n\n\
    运行 `foursight build`，打开 `output/site/index.html`。\n";

const WORKFLOW: &str = "name: foursight\n\
on:\n  schedule:\n    - cron: \"0 5 * * 1\"\n  workflow_dispatch:\n\
jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n\
\x20     # foursight must be on the runner's PATH\n\
\x20     - run: foursight check --format github\n        continue-on-error: true\n\
\x20     - run: foursight build --quiet\n\
\x20     - uses: actions/upload-artifact@v4\n        with:\n          name: site\n          path: output/site\n";
