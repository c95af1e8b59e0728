//! The group: its stores, brands, regions and cities, and the config file that names them.

use super::{DemoOptions, cars::BRANDS, dice::Dice};
use crate::model::Period;
use std::fmt::Write;

/// A store as it is planned.
#[derive(Clone, Debug)]
pub struct StorePlan {
    /// Counted from 0.
    pub index: u32,
    /// Folder and id: `S01`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: &'static str,
    /// Its city.
    pub city: &'static str,
    /// Where its customers live.
    pub districts: &'static [&'static str],
    /// Index into [`BRANDS`].
    pub brand: usize,
    /// How big it is, 1 being a small store of some thirty new prospects a month.
    pub size: f64,
    /// How well it is run: 0 badly, 1 very well.
    pub discipline: f64,
}

type City = (&'static str, &'static str, &'static [&'static str]);

const CITIES: [City; 12] = [
    ("华东", "杭州", &["滨江", "余杭", "萧山", "拱墅"]),
    ("华南", "广州", &["番禺", "天河", "白云", "增城"]),
    ("西南", "成都", &["武侯", "双流", "龙泉驿", "郫都"]),
    ("华东", "苏州", &["园区", "吴中", "昆山", "相城"]),
    ("华东", "南京", &["江宁", "浦口", "栖霞", "鼓楼"]),
    ("华南", "东莞", &["南城", "虎门", "长安", "松山湖"]),
    ("西南", "重庆", &["渝北", "江北", "巴南", "九龙坡"]),
    ("华南", "佛山", &["顺德", "南海", "禅城", "三水"]),
    ("华东", "宁波", &["鄞州", "海曙", "北仑", "慈溪"]),
    ("西南", "昆明", &["官渡", "盘龙", "呈贡", "西山"]),
    ("华东", "合肥", &["蜀山", "包河", "瑶海", "肥西"]),
    ("西南", "贵阳", &["观山湖", "云岩", "花溪", "乌当"]),
];

/// How well the stores of the sample are run; longer groups repeat it with some chance.
const DISCIPLINE: [f64; 8] = [0.88, 0.72, 0.62, 0.82, 0.34, 0.68, 0.5, 0.76];
const SIZE: [f64; 8] = [1.1, 0.95, 0.85, 1.05, 0.9, 0.8, 1.0, 0.75];

/// The stores of a group.
pub fn stores(options: &DemoOptions) -> Vec<StorePlan> {
    let width = options.stores.to_string().len().max(2);
    let one = |index: u32| {
        let (slot, round) = ((index % 8) as usize, (index / 8) as usize);
        let (region, city, districts) = CITIES[index as usize % CITIES.len()];
        let brand = index as usize % BRANDS.len();
        let district = districts[(index as usize / CITIES.len()) % districts.len()];
        let branch = match index as usize / (CITIES.len() * districts.len()) {
            0 => String::new(),
            n => format!("{}", n + 1),
        };
        let mut dice = Dice::of(options.seed, u64::from(index) * 8 + 7);
        let jitter = if round == 0 { 0.0 } else { (dice.share() - 0.5) * 0.24 };
        StorePlan {
            index,
            id: format!("S{:0width$}", index + 1),
            name: format!("{city}{district}{}{branch}店", BRANDS[brand].name),
            region,
            city,
            districts,
            brand,
            size: SIZE[slot] + jitter * 0.5,
            discipline: (DISCIPLINE[slot] + jitter).clamp(0.2, 0.95),
        }
    };
    (0..options.stores).map(one).collect()
}

/// The group's `foursight.toml`.
pub fn config(options: &DemoOptions, stores: &[StorePlan], since: Period) -> String {
    let mut text =
        String::from("# 示例集团：由 foursight demo 生成，人、车、店均为虚构。 (a synthetic group)\n\n[group]\n");
    let _ = writeln!(text, "name = \"恒岳汽车集团（示例）\"\nas_of = \"{}\"\n", options.as_of);
    let _ = writeln!(text, "[submission]\n# 从这一周起每周报送；之前是月度归档。\nsince = \"{since}\"\n");
    for store in stores {
        let _ = writeln!(
            text,
            "[[store]]\nid = \"{}\"\nname = \"{}\"\nregion = \"{}\"\nbrand = \"{}\"\ncity = \"{}\"\n",
            store.id, store.name, store.region, BRANDS[store.brand].name, store.city
        );
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
