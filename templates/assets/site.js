// Adds to pages that are complete without it: search, sorting, filtering, copying links.
(function () {
  "use strict";
  // The build puts the words in front of this file.
  var words = window.foursightWords || {};
  var root = document.currentScript.getAttribute("src").replace("assets/site.js", "");

  function make(name, properties, parent) {
    var element = document.createElement(name);
    Object.keys(properties || {}).forEach(function (key) {
      if (key === "text") { element.textContent = properties[key]; } else { element.setAttribute(key, properties[key]); }
    });
    if (parent) { parent.appendChild(element); }
    return element;
  }

  // Search. The index is a script, since files cannot be fetched from a file share; it is loaded when first needed.
  function bigrams(text) {
    var pairs = [];
    for (var i = 0; i + 1 < text.length; i += 1) {
      // Two Chinese characters mean something on their own, two Latin letters or digits do not.
      if (text.charCodeAt(i) > 0x2e7f && text.charCodeAt(i + 1) > 0x2e7f) { pairs.push(text.slice(i, i + 2)); }
    }
    return pairs;
  }
  function score(entry, wanted, pairs) {
    var title = entry[0].toLowerCase();
    var codes = entry[1];
    if (title === wanted || codes.split(" ").indexOf(wanted) >= 0) { return 1000; }
    if (title.indexOf(wanted) === 0 || codes.indexOf(wanted) === 0) { return 500; }
    if (title.indexOf(wanted) > 0 || codes.indexOf(wanted) > 0) { return 300; }
    if (!pairs.length) { return 0; }
    var met = pairs.filter(function (pair) { return title.indexOf(pair) >= 0; }).length;
    return met * 2 >= pairs.length ? (100 * met) / pairs.length : 0;
  }
  function search() {
    var box = document.getElementById("find");
    if (!box) { return; }
    var input = make("input", { type: "search", placeholder: words.find, "aria-label": words.find, autocomplete: "off" }, box);
    var list = make("ul", { hidden: "hidden" }, box);
    var loading = false;
    function load() {
      if (loading || window.foursightSearch) { return; }
      loading = true;
      make("script", { src: root + "assets/search.js" }, document.head).addEventListener("load", function () {
        show();
        (window.foursightSearchMore || []).forEach(function (path) {
          make("script", { src: root + path }, document.head).addEventListener("load", show);
        });
      });
    }
    function show() {
      var wanted = input.value.trim().toLowerCase();
      list.textContent = "";
      list.hidden = !wanted || !window.foursightSearch;
      if (list.hidden) { return; }
      var pairs = bigrams(wanted.replace(/\s+/g, ""));
      var found = window.foursightSearch
        .map(function (entry, at) { return { entry: entry, at: at, score: score(entry, wanted, pairs) }; })
        .filter(function (one) { return one.score > 0; })
        .sort(function (a, b) { return b.score - a.score || a.at - b.at; })
        .slice(0, 20);
      found.forEach(function (one) {
        var link = make("a", { href: root + one.entry[3] }, make("li", {}, list));
        make("b", { text: one.entry[0] }, link);
        make("span", { text: one.entry[2] }, link);
      });
      if (!found.length) { make("li", { class: "none", text: words.nothing }, list); }
    }
    input.addEventListener("focus", load);
    input.addEventListener("input", function () { load(); show(); });
    box.addEventListener("keydown", function (event) {
      var links = Array.prototype.slice.call(list.querySelectorAll("a"));
      var at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { list.hidden = true; input.focus(); }
      if (event.key === "ArrowDown" && links[at + 1]) { event.preventDefault(); links[at + 1].focus(); }
      if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (links[at - 1] || input).focus(); }
      if (event.key === "Enter" && document.activeElement === input && links[0]) { links[0].click(); }
    });
    document.addEventListener("click", function (event) { if (!box.contains(event.target)) { list.hidden = true; } });
  }

  // Sorting. A cell's `data-v` is its value; else what it shows, as a number where it is one.
  function value(row, column) {
    var cell = row.cells[column];
    if (!cell) { return ""; }
    var given = cell.getAttribute("data-v");
    if (given !== null) { return given === "" ? "" : parseFloat(given); }
    // What stands beside a number for those who do not see it, marks and the link to the row are not its value.
    var copy = cell.cloneNode(true);
    copy.querySelectorAll(".sr, i, .anchor").forEach(function (part) { part.remove(); });
    var text = copy.textContent.trim();
    if (text === "–") { return ""; }
    // Arrows, marks and units around a number, and the second half of "a / b", do not count.
    var found = /^[▲▼●±✓✗\s]*([+−-]?[\d,]+(\.\d+)?)\s*(万|亿)?(元|天|%| ?个百分点.*| ?pp.*)?(\s*\/.*)?$/.exec(text);
    if (!found) { return text; }
    return parseFloat(found[1].replace(/,/g, "").replace("−", "-")) * (found[3] === "万" ? 1e4 : found[3] === "亿" ? 1e8 : 1);
  }
  function sortable(table) {
    var heads = table.tHead ? table.tHead.rows[table.tHead.rows.length - 1].cells : [];
    Array.prototype.forEach.call(heads, function (head, column) {
      // The heading's own text stays where it is, for links in it and for print, which repeats no buttons.
      var button = make("button", { type: "button", title: words.sort, "aria-label": words.sort + " " + head.textContent.trim() }, head);
      head.addEventListener("click", function (event) { if (event.target === head) { button.click(); } });
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(heads, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        var rows = Array.prototype.map.call(body.rows, function (row, at) { return { row: row, at: at, v: value(row, column) }; });
        rows.sort(function (a, b) {
          if (a.v === "" || b.v === "") { return (a.v === "") - (b.v === "") || a.at - b.at; }
          var order = typeof a.v === "number" && typeof b.v === "number" ? a.v - b.v : String(a.v).localeCompare(String(b.v), document.documentElement.lang);
          return (down ? -order : order) || a.at - b.at;
        });
        rows.forEach(function (one) { body.appendChild(one.row); });
      });
    });
  }

  function filterable(table) {
    if (table.tBodies[0].rows.length < 8) { return; }
    var wrapper = table.closest(".scroll") || table;
    var box = make("div", { class: "filter-box" });
    wrapper.parentNode.insertBefore(box, wrapper);
    var input = make("input", { type: "search", placeholder: words.filter, "aria-label": words.filter }, box);
    var told = make("span", { role: "status" }, box);
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      var shown = 0, head = null;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        // What stands above rows is seen while any of them is.
        if (row.className === "by") { head = row; row.hidden = Boolean(wanted); return; }
        row.hidden = Boolean(wanted) && row.textContent.toLowerCase().indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
        if (head && !row.hidden) { head.hidden = false; }
      });
      told.textContent = wanted ? words.shown + " " + shown + " / " + table.tBodies[0].querySelectorAll("tr:not(.by)").length : "";
    });
  }

  // Every row that can be linked to gets a # that leads to it; a click also copies its address.
  function copying() {
    document.querySelectorAll("tr[id]").forEach(function (row) {
      var cell = row.cells[row.cells.length - 1];
      make("a", { class: "anchor", href: "#" + row.id, title: words.row, "aria-label": words.row, text: "#" }, cell);
    });
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a.anchor") : null;
      if (!link || !navigator.clipboard) { return; }
      navigator.clipboard.writeText(link.href).then(function () {
        var toast = make("p", { class: "toast", role: "status", text: words.copied }, document.body);
        window.setTimeout(function () { toast.remove(); }, 1600);
      }, function () {});
    });
  }

  search();
  document.querySelectorAll("table.sortable").forEach(sortable);
  document.querySelectorAll("table.filter").forEach(filterable);
  copying();
}());
