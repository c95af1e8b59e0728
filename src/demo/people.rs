//! Who works in the stores, and who comes. Staff and customers share no surname and no given name holds a surname, so
//! that no name is ever part of another's.

use super::dice::Dice;
use std::sync::Arc;

const STAFF_SURNAMES: [char; 20] = [
    '陈', '林', '黄', '何', '郭', '罗', '梁', '宋', '郑', '谢', '韩', '唐', '冯', '于', '董', '萧', '程', '曹', '袁',
    '邓',
];

const SURNAMES: [&str; 76] = [
    "王", "李", "张", "刘", "杨", "赵", "吴", "周", "徐", "孙", "朱", "马", "胡", "高", "许", "沈", "曾", "彭", "吕",
    "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任",
    "姜", "范", "方", "石", "姚", "谭", "廖", "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦",
    "江", "史", "顾", "侯", "邵", "孟", "万", "段", "钱", "汤", "尹", "黎", "易", "常", "武", "贺", "龚", "欧阳",
    "司马",
];

const GIVEN_FIRST: [char; 29] = [
    '建', '文', '志', '晓', '雅', '佳', '俊', '子', '思', '雨', '国', '明', '海', '玉', '春', '小', '永', '美', '家',
    '嘉', '梓', '欣', '浩', '宇', '立', '庆', '世', '振', '瑞',
];

const GIVEN_SECOND: [char; 35] = [
    '华', '强', '伟', '芳', '敏', '静', '丽', '军', '杰', '娟', '涛', '霞', '平', '刚', '英', '辉', '玲', '鹏', '斌',
    '宁', '颖', '琳', '峰', '慧', '凯', '莉', '超', '艳', '娜', '洁', '健', '雪', '婷', '磊', '倩',
];

/// Phone prefixes of the synthetic blocks `1xx0000nnnn`; 199 is kept for the customers that two stores claim.
fn prefix(block: u64) -> u64 {
    130 + block
}

const BLOCKS: u64 = 69;

/// How many different phones there are.
pub const PHONES: u64 = BLOCKS * 10_000;

/// The `index`-th phone, below [`PHONES`]: a block that no operator gives out, unique for each index.
pub fn phone(index: u64) -> String {
    format!("{}0000{:04}", prefix(index % BLOCKS), index / BLOCKS % 10_000)
}

/// The phone of the `pair`-th customer that two stores both have open.
pub fn shared_phone(pair: u64) -> String {
    format!("1990000{:04}", pair % 10_000)
}

/// The `index`-th customer's name. Different for the first seventy thousand.
pub fn customer(index: u64) -> String {
    let (surnames, first, second) = (SURNAMES.len() as u64, GIVEN_FIRST.len() as u64, GIVEN_SECOND.len() as u64);
    // A step coprime to the number of names visits each once, in no visible order.
    let at = index * 31_337 % (surnames * first * second);
    let (given, surname) = (at / surnames, at % surnames);
    format!(
        "{}{}{}",
        SURNAMES[surname as usize],
        GIVEN_FIRST[(given % first) as usize],
        GIVEN_SECOND[(given / first) as usize]
    )
}

fn staff_name(index: u64) -> Arc<str> {
    let (surnames, first, second) = (STAFF_SURNAMES.len() as u64, GIVEN_FIRST.len() as u64, GIVEN_SECOND.len() as u64);
    let at = index * 7_919 % (surnames * first * second);
    let (given, surname) = (at / surnames, at % surnames);
    let mut name = String::from(STAFF_SURNAMES[surname as usize]);
    name.push(GIVEN_FIRST[(given % first) as usize]);
    name.push(GIVEN_SECOND[(given / first) as usize]);
    name.into()
}

/// Somebody who deals with customers.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name, unique in the group.
    pub name: Arc<str>,
    /// How well they work: 0 badly, 1 very well.
    pub skill: f64,
}

/// A store's people.
#[derive(Clone, Debug)]
pub struct Staff {
    /// 销售顾问.
    pub consultants: Vec<Person>,
    /// 服务顾问.
    pub advisors: Vec<Person>,
    /// 客服专员.
    pub agents: Vec<Person>,
    /// Who fills the workbooks.
    pub clerk: Arc<str>,
}

/// People in one store: consultants, advisors, agents and the clerk.
const HEADS: u64 = 11;

impl Staff {
    /// The people of the `store`-th store, around its discipline.
    pub fn of(store: u32, discipline: f64, dice: &mut Dice) -> Staff {
        let mut next = u64::from(store) * HEADS;
        let mut name = || {
            next += 1;
            staff_name(next)
        };
        let mut person = |offset: f64| Person {
            name: name(),
            skill: (discipline + offset + (dice.share() - 0.5) * 0.1).clamp(0.08, 0.98),
        };
        let consultants = [0.18, 0.05, 0.0, -0.12, -0.28].map(&mut person).to_vec();
        let advisors = [0.08, 0.0, -0.12].map(&mut person).to_vec();
        let agents = [0.1, -0.05].map(&mut person).to_vec();
        Staff { consultants, advisors, agents, clerk: name() }
    }
}
