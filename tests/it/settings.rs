//! Every setting does something.

use crate::foursight::{root, tree};

/// A field of the settings that no stage reads is an option that is parsed and ignored.
#[test]
fn every_setting_is_read_outside_the_project() {
    let settings = std::fs::read_to_string(root().join("src/project/settings.rs")).expect("readable");
    let (_, fields) = settings.split_once("pub struct Settings {").expect("the settings");
    let (fields, _) = fields.split_once("\n}").expect("their end");
    let names =
        fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':').map(|(name, _)| name));
    // What the settings themselves answer with a method of theirs.
    let by_method = |name: &str| {
        match name {
            "cadence" | "brand_cadence" => "cadence_of",
            "deadline_minutes" => "deadline",
            "targets" => "target",
            // A store's own hours, with these where it has none.
            "hours" => "store(",
            _ => name,
        }
        .to_owned()
    };
    let sources = tree(&root().join("src")).into_iter();
    let stages = sources.filter(|(path, _)| !path.starts_with("project/") && !path.contains("test"));
    let stages: Vec<String> = stages.map(|(_, bytes)| String::from_utf8(bytes).expect("UTF-8")).collect();
    let mut known = 0;
    for name in names {
        let read = [format!("settings.{}", by_method(name)), format!("settings().{}", by_method(name))];
        let used = stages.iter().any(|text| read.iter().any(|read| text.contains(read.as_str())));
        assert!(used, "no stage reads the setting {name:?}");
        known += 1;
    }
    assert!(known > 0, "no field was found");
}
