//! Brands, models, prices and vehicle identification numbers. The brands are invented: no real dealer is meant.

use super::dice::Dice;

/// A model and what it costs.
#[derive(Debug)]
pub struct Model {
    /// As clerks write it.
    pub name: &'static str,
    /// List price in yuan, a multiple of 1000.
    pub price: i64,
    weight: u32,
}

/// A brand.
#[derive(Debug)]
pub struct Brand {
    /// Its name.
    pub name: &'static str,
    wmi: &'static str,
    models: &'static [Model],
}

const fn model(name: &'static str, price: i64, weight: u32) -> Model {
    Model { name, price, weight }
}

/// The group's brands.
pub const BRANDS: [Brand; 3] = [
    Brand {
        name: "云岭",
        wmi: "LYX",
        models: &[
            model("云岭L5", 268_000, 34),
            model("云岭X3", 229_000, 28),
            model("云岭X6", 358_000, 20),
            model("云岭L7", 419_000, 10),
            model("云岭E5", 299_000, 12),
        ],
    },
    Brand {
        name: "澜星",
        wmi: "LXN",
        models: &[
            model("澜星悦动", 118_000, 36),
            model("澜星景程", 149_000, 30),
            model("澜星E3", 138_000, 22),
            model("澜星驰越", 179_000, 16),
        ],
    },
    Brand {
        name: "驰远",
        wmi: "LCY",
        models: &[
            model("驰远T5", 188_000, 34),
            model("驰远C4", 159_000, 30),
            model("驰远M6", 246_000, 18),
            model("驰远E7", 218_000, 20),
        ],
    },
];

/// Body colours.
pub const COLOURS: [(&str, u32); 6] =
    [("珍珠白", 34), ("曜石黑", 24), ("星空灰", 18), ("流光银", 10), ("山青", 8), ("绯红", 6)];

/// What customers compare with.
pub const RIVALS: [&str; 8] = ["启明Q5", "远界S4", "海歌D3", "盛原K7", "逐光者", "乐行M5", "翎羽G2", "新元E6"];

impl Brand {
    /// A model, by how well it sells.
    pub fn model(&self, dice: &mut Dice) -> &'static Model {
        let all: &'static [Model] = self.models;
        let weights: Vec<(usize, u32)> = all.iter().enumerate().map(|(i, model)| (i, model.weight)).collect();
        &all[dice.weighted(&weights)]
    }

    /// The VIN of the `serial`-th car of a model year: 17 places with the right check digit.
    pub fn vin(&self, serial: u64, year: i32) -> String {
        const YEARS: &[u8; 30] = b"ABCDEFGHJKLMNPRSTVWXY123456789";
        // 2010 is A again, every thirty years.
        let year = YEARS[(year - 2010).rem_euclid(30) as usize];
        let plant = b"ABCDEFGH"[(serial / 1_000_000 % 8) as usize];
        let body = b"12345678"[(serial % 8) as usize];
        let mut vin: Vec<u8> = self.wmi.bytes().collect();
        vin.extend([b'A', b'B', body, b'4', b'2', b'0', year, plant]);
        vin.extend(format!("{:06}", serial % 1_000_000).bytes());
        vin[8] = check_digit(&vin);
        vin.iter().map(|place| *place as char).collect()
    }
}

/// The ninth place of a VIN, from the other sixteen (GB 16735, as ISO 3779).
pub fn check_digit(vin: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let worth = |place: &u8| match place {
        b'0'..=b'9' => u32::from(place - b'0'),
        b'A'..=b'H' => u32::from(place - b'A') + 1,
        b'J'..=b'N' => u32::from(place - b'J') + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => u32::from(place - b'S') + 2,
        _ => 0,
    };
    let sum: u32 = vin.iter().zip(WEIGHTS).map(|(place, weight)| worth(place) * weight).sum();
    match sum % 11 {
        10 => b'X',
        rest => b'0' + rest as u8,
    }
}
