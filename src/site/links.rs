//! How pages of the site name each other and the files beside them.

use crate::report::page::Link;

/// The search index.
pub(super) const SEARCH: &str = "assets/search.js";

/// The way from a page back to the site's folder: `../` for each folder it stands in.
pub(super) fn root(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A link's address as the page at `here` writes it: no longer than it must be.
pub(super) fn href(link: &Link, here: &str) -> String {
    let mut address = String::with_capacity(link.path.len() + link.anchor.len() + 8);
    write_href(&mut address, link, here);
    address
}

/// The same at the end of `address`.
pub(super) fn write_href(address: &mut String, link: &Link, here: &str) {
    let here_already = link.path == here && !link.anchor.is_empty();
    if !here_already {
        write_relative(address, &link.path, here);
    }
    if !link.anchor.is_empty() {
        address.push('#');
        address.push_str(&link.anchor);
    }
}

/// The way from one file of the site to another.
fn write_relative(address: &mut String, path: &str, here: &str) {
    let same = path.bytes().zip(here.bytes()).take_while(|(a, b)| a == b).count();
    let folder = path.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    here.as_bytes()[folder..].iter().filter(|byte| **byte == b'/').for_each(|_| address.push_str("../"));
    address.push_str(&path[folder..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_as_short_as_they_can_be() {
        let here = "stores/S01/kpi-a.html";
        let relative = |path: &str, here: &str| href(&Link::to(path), here);
        assert_eq!(relative("stores/S01/people/张三.html", here), "people/张三.html");
        assert_eq!(relative("stores/S01/kpi-a-2026-10.html", here), "kpi-a-2026-10.html");
        assert_eq!(relative("stores/S02/index.html", here), "../S02/index.html");
        assert_eq!(relative("kpi/a.html", here), "../../kpi/a.html");
        assert_eq!(relative("index.html", "index.html"), "index.html");
        let link = Link::to("stores/S01/kpi-a.html").at("2026-10");
        assert_eq!(href(&link, here), "#2026-10");
        assert_eq!(href(&link, "stores/S01/people/张三.html"), "../kpi-a.html#2026-10");
    }
}
