// Adds to pages that are complete without it: search, copying links, paper. `tables.js` adds to tables.
(function () {
  "use strict";
  // The build puts the words in front of this file.
  var words = window.foursightWords || {};
  var root = document.currentScript.getAttribute("src").replace("assets/site.js", "");
  // Results of one kind before the reader asks for the rest.
  var FIRST = 5;

  function make(name, properties, parent) {
    var element = document.createElement(name);
    Object.keys(properties || {}).forEach(function (key) {
      if (key === "text") { element.textContent = properties[key]; } else { element.setAttribute(key, properties[key]); }
    });
    if (parent) { parent.appendChild(element); }
    return element;
  }
  window.foursightMake = make;
  // A page in a frame is asked for its rows, see `tables.js`.
  if (window.parent !== window) { return; }

  // Search. The index is a script, since files cannot be fetched from a file share; it is loaded when first needed.
  function bigrams(text) {
    var pairs = [];
    for (var i = 0; i + 1 < text.length; i += 1) {
      // Two Chinese characters mean something on their own, two Latin letters or digits do not.
      if (text.charCodeAt(i) > 0x2e7f && text.charCodeAt(i + 1) > 0x2e7f) { pairs.push(text.slice(i, i + 2)); }
    }
    return pairs;
  }
  // Whether letters are how the characters from one on are typed: whole syllables, their first letters, or both.
  function sounds(syllables, from, wanted) {
    if (!wanted) { return true; }
    if (from >= syllables.length) { return false; }
    return syllables[from].some(function (sound) {
      for (var n = 1; n <= sound.length && sound.charAt(n - 1) === wanted.charAt(n - 1); n += 1) {
        if (sounds(syllables, from + 1, wanted.slice(n))) { return true; }
      }
      return false;
    });
  }
  function heard(entry, wanted) {
    if (!entry[4] || !/^[a-z][a-z0-9']+$/.test(wanted)) { return 0; }
    // `|` parts the sounds of one character, a blank the characters; kept for the next letter that is typed.
    if (!entry[5]) { entry[5] = entry[4].split(" ").map(function (one) { return one.split("|"); }); }
    wanted = wanted.replace(/'/g, "");
    for (var from = 0; from < entry[5].length; from += 1) {
      if (sounds(entry[5], from, wanted)) { return from ? 150 : 250; }
    }
    return 0;
  }
  function score(entry, wanted, asked) {
    var title = entry[0].toLowerCase();
    var codes = entry[1];
    if (title === wanted || codes.split(" ").indexOf(wanted) >= 0) { return 1000; }
    if (title.indexOf(wanted) === 0 || codes.indexOf(wanted) === 0) { return 500; }
    if (title.indexOf(wanted) > 0 || codes.indexOf(wanted) > 0) { return 300; }
    if (asked.words.length > 1 && asked.words.every(function (word) { return title.indexOf(word) >= 0 || codes.indexOf(word) >= 0; })) { return 280; }
    var spoken = heard(entry, asked.letters);
    if (spoken || !asked.pairs.length) { return spoken; }
    var met = asked.pairs.filter(function (pair) { return title.indexOf(pair) >= 0; }).length;
    return met * 2 >= asked.pairs.length ? (100 * met) / asked.pairs.length : 0;
  }
  function search() {
    var box = document.getElementById("find");
    if (!box) { return; }
    var input = make("input", { type: "search", placeholder: words.find, "aria-label": words.find, "aria-keyshortcuts": "/", autocomplete: "off" }, box);
    var list = make("div", { class: "found", hidden: "hidden" }, box);
    var told = make("span", { class: "sr", role: "status" }, box);
    var loading = false, waiting = 0;
    function load() {
      if (loading) { return; }
      loading = true;
      shard("assets/search.js", function () { (window.foursightSearchMore || []).forEach(function (path) { shard(path, show); }); });
    }
    function shard(path, then) {
      waiting += 1;
      var script = make("script", { src: root + path }, document.head);
      function came() { waiting -= 1; then(); show(); }
      script.addEventListener("load", came);
      script.addEventListener("error", came);
    }
    // The entries found, by kind: the kind of the best one first.
    function found(wanted) {
      var plain = wanted.replace(/\s+/g, "");
      var asked = { pairs: bigrams(plain), letters: plain, words: wanted.split(/\s+/) };
      var kinds = [];
      window.foursightSearch
        .map(function (entry, at) { return { entry: entry, at: at, score: score(entry, wanted, asked) }; })
        .filter(function (one) { return one.score > 0; })
        .sort(function (a, b) { return b.score - a.score || a.at - b.at; })
        .forEach(function (one) {
          var kind = kinds.filter(function (known) { return known.name === one.entry[2]; })[0];
          if (!kind) { kind = { name: one.entry[2], links: [] }; kinds.push(kind); }
          kind.links.push(one.entry);
        });
      return kinds;
    }
    function link(entry, parent) { make("a", { href: root + entry[3], text: entry[0] }, make("li", {}, parent)); }
    function show() {
      var wanted = input.value.trim().toLowerCase();
      list.textContent = "";
      list.hidden = !wanted || !window.foursightSearch;
      if (list.hidden) { told.textContent = ""; return; }
      var kinds = found(wanted), all = 0;
      kinds.forEach(function (kind) {
        all += kind.links.length;
        var group = make("div", { role: "group", "aria-label": kind.name }, list);
        make("p", { class: "kind", text: kind.name + " " + kind.links.length }, group);
        var lines = make("ul", {}, group);
        kind.links.slice(0, FIRST).forEach(function (entry) { link(entry, lines); });
        var more = kind.links.slice(FIRST);
        if (!more.length) { return; }
        var button = make("button", { type: "button", text: words.more.replace("{n}", more.length) }, group);
        button.addEventListener("click", function () {
          button.remove();
          more.forEach(function (entry) { link(entry, lines); });
          lines.children[FIRST].firstChild.focus();
        });
      });
      told.textContent = all ? words.found.replace("{n}", all) : "";
      if (waiting) { make("p", { class: "none", text: words.loading }, list); } else if (!all) { make("p", { class: "none", role: "status", text: words.nothing }, list); }
    }
    input.addEventListener("focus", load);
    input.addEventListener("input", function () { load(); show(); });
    box.addEventListener("keydown", function (event) {
      var links = Array.from(list.querySelectorAll("a, button"));
      var at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { list.hidden = true; input.focus(); }
      if (event.key === "ArrowDown" && links[at + 1]) { event.preventDefault(); links[at + 1].focus(); }
      if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (links[at - 1] || input).focus(); }
      if (event.key === "Enter" && document.activeElement === input && links[0]) { links[0].click(); }
    });
    document.addEventListener("click", function (event) { if (event.target.isConnected && !box.contains(event.target)) { list.hidden = true; } });
    document.addEventListener("keydown", function (event) {
      var writes = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writes) { return; }
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  // A click on the # of a row also copies its address.
  function copying() {
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a.anchor") : null;
      if (!link || !navigator.clipboard) { return; }
      navigator.clipboard.writeText(link.href).then(function () {
        var toast = make("p", { class: "toast", role: "status", text: words.copied }, document.body);
        window.setTimeout(function () { toast.remove(); }, 1600);
      }, function () {});
    });
  }

  // What is folded up is printed too; the style sheet alone does it where a browser knows `::details-content`.
  function paper() {
    var opened = [];
    window.addEventListener("beforeprint", function () {
      opened = Array.from(document.querySelectorAll("details:not([open])"));
      opened.forEach(function (part) { part.open = true; });
    });
    window.addEventListener("afterprint", function () {
      opened.splice(0).forEach(function (part) { part.open = false; });
    });
  }

  search();
  copying();
  paper();
}());
