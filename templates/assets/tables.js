// Tables: sorting, filtering over all pages that a table takes, and what is shown as a CSV. Pages are complete without it.
(function () {
  "use strict";
  var words = window.foursightWords || {};
  var make = window.foursightMake;
  var FILTERED = 8;

  // What a cell shows, without marks, tools, and words for those who do not see.
  function shown(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll(".sr, i, .anchor, svg, button").forEach(function (part) { part.remove(); });
    var text = copy.textContent.replace(/\s+/g, " ").trim();
    return text === "–" ? "" : text;
  }
  // A cell's `data-v` is its value; else what it shows, as a number where it is one.
  function value(row, column) {
    var cell = row.cells[column];
    if (!cell) { return ""; }
    var given = cell.getAttribute("data-v");
    if (given !== null) { return given === "" ? "" : parseFloat(given); }
    var text = shown(cell);
    // Arrows, marks and units around a number, and the second half of "a / b", do not count.
    var found = /^[▲▼●±✓✗\s]*([+−-]?[\d,]+(\.\d+)?)\s*(万|亿)?(元|天|%| ?个百分点.*| ?pp.*)?(\s*\/.*)?$/.exec(text);
    if (!found) { return text; }
    return parseFloat(found[1].replace(/,/g, "").replace("−", "-")) * (found[3] === "万" ? 1e4 : found[3] === "亿" ? 1e8 : 1);
  }
  function heads(table) { return table.tHead ? Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells) : []; }
  function titles(table) {
    var over = [];
    if (table.tHead && table.tHead.rows.length > 1) {
      Array.from(table.tHead.rows[0].cells).forEach(function (cell) {
        for (var n = 0; n < cell.colSpan; n += 1) { over.push(shown(cell)); }
      });
    }
    return heads(table).map(function (head, at) { return [over[at], shown(head)].filter(Boolean).join(" "); });
  }
  // What stands for a table on all pages: the key it is given, and its columns, so that none is filled with other ones.
  function key(table) {
    var named = table.closest("[data-t]");
    return [named ? named.getAttribute("data-t") : ""].concat(titles(table)).join("|");
  }
  // What is said above a table of all its rows.
  function same(table) {
    var place = unit(table).querySelector(".same") || (table.closest(".scroll") || table).previousElementSibling;
    if (place && place.classList.contains("tools")) { place = place.previousElementSibling; }
    return place && place.classList.contains("same") ? place : null;
  }
  function unit(table) { return table.closest(".role") || table.closest(".scroll") || table; }
  // Rows that say what the ones below them have in common go with those.
  function entries(rows) {
    var head = null, found = [];
    rows.forEach(function (row) {
      if (row.className === "by") { head = row; return; }
      found.push({ row: row, head: head, text: ((head ? head.textContent : "") + " " + row.textContent).toLowerCase() });
    });
    return found;
  }

  // The tables that a filter is over: small ones beside them are not.
  function filtered(of, which) {
    return Array.from(of.querySelectorAll(which)).filter(function (table) { return !table.closest(".aside"); });
  }

  // The tables of a page that a list of pages shares out, for the page that asked: files cannot be fetched from a file
  // share, but a page can be shown in a frame and tell what it holds. Over HTTP only a page of the same site is told.
  function tell() {
    var told = filtered(document, ".filtered table.data, .filtered table.board").map(function (table) {
      var body = table.tBodies[0];
      var rows = Array.from(body.rows).map(function (row) { return row.outerHTML; });
      var at = key(table);
      body.replaceChildren();
      return { key: at, unit: unit(table).outerHTML, rows: rows };
    });
    var parts = Array.from(document.querySelectorAll(".filtered .pager a")).map(function (link) { return link.href; });
    window.parent.postMessage({ foursight: told, parts: parts }, location.protocol === "file:" ? "*" : location.origin);
  }
  function ask(address, done) {
    var frame = make("iframe", { hidden: "hidden", title: words.loading, tabindex: "-1" });
    var patience = window.setTimeout(end, 60000);
    function end(answer) {
      window.clearTimeout(patience);
      window.removeEventListener("message", hear);
      frame.remove();
      done(answer);
    }
    function hear(event) {
      if (event.source === frame.contentWindow && event.data && event.data.foursight) { end(event.data); }
    }
    window.addEventListener("message", hear);
    // A page that came and told nothing tells nothing later.
    frame.addEventListener("load", function () {
      window.clearTimeout(patience);
      patience = window.setTimeout(end, 2000);
    });
    frame.src = address + "#rows";
    document.body.appendChild(frame);
  }

  // Tables that are filtered together. Their pages: of several parts those of the leaf, of a table that shows its first
  // rows only those that `data-all` begins.
  function List(box, tables) {
    var here = location.href.split("#")[0];
    var leaf = box.classList.contains("filtered") ? Array.from(box.querySelectorAll(".pager"))[0] : null;
    var parts = leaf ? Array.from(leaf.querySelectorAll("a, [aria-current]")).map(function (link) { return link.href || here; }) : [here];
    var list = this;
    this.held = tables.map(function (table) {
      var all = table.closest("[data-all]");
      var first = all ? new URL(all.getAttribute("data-all"), location.href).href : null;
      return { key: key(table), table: table, own: entries(Array.from(table.tBodies[0].rows)), pages: first ? [first] : parts, apart: Boolean(first), order: null };
    });
    this.parts = parts;
    this.box = box;
    this.pages = {};
    this.failed = {};
    this.whole = false;
    this.wanted = [];
    var tools = make("div", { class: "tools" });
    this.input = make("input", { type: "search", placeholder: words.filter, "aria-label": words.filter, autocomplete: "off" }, tools);
    if (this.missing(true).length) {
      this.all = make("button", { type: "button", "aria-pressed": "false", text: words.whole }, tools);
      this.all.addEventListener("click", function () { list.set(list.input.value, !list.whole); });
    }
    make("button", { type: "button", class: "csv", text: words.csv }, tools).addEventListener("click", function () { list.save(); });
    this.told = make("span", { role: "status" }, tools);
    this.input.addEventListener("input", function () { list.set(list.input.value, list.whole); });
    if (box.classList.contains("filtered")) { box.insertBefore(tools, box.firstChild); } else { box.parentNode.insertBefore(tools, box); }
  }
  // Pages whose rows are not here.
  List.prototype.missing = function (evenFailed) {
    var list = this, here = location.href.split("#")[0], found = [];
    this.held.forEach(function (held) {
      held.pages.forEach(function (page) {
        var known = page === here || list.pages[page] || (list.failed[page] && !evenFailed);
        if (!known && found.indexOf(page) < 0) { found.push(page); }
      });
    });
    return found;
  };
  List.prototype.load = function (then) {
    var list = this;
    if (then) { (this.after = this.after || []).push(then); }
    if (this.asking) { return; }
    var page = this.missing()[0];
    if (!page) {
      (this.after || []).splice(0).forEach(function (done) { done(); });
      return;
    }
    this.asking = true;
    ask(page, function (answer) {
      list.asking = false;
      if (answer) { list.take(page, answer); } else { list.failed[page] = true; }
      list.show();
      list.load();
    });
  };
  List.prototype.take = function (page, answer) {
    var list = this;
    var holder = document.createElement("template");
    this.pages[page] = {};
    answer.foursight.forEach(function (told) {
      holder.innerHTML = told.rows.join("");
      var rows = Array.from(holder.content.children);
      rows.forEach(function (row) {
        var id = row.id;
        // The row's own place is on its page.
        row.removeAttribute("id");
        if (id) { anchor(row, page + "#" + id); }
      });
      list.pages[page][told.key] = entries(rows);
      var known = list.held.some(function (held) { return held.key === told.key; });
      if (!known && list.parts.indexOf(page) >= 0) { list.lend(told); }
    });
    this.held.forEach(function (held) {
      if (held.apart && held.pages[0] === page && answer.parts.length) {
        held.pages = [page].concat(answer.parts.filter(function (part, at, all) { return part !== page && all.indexOf(part) === at; }));
      }
    });
  };
  // A table that only other parts have.
  List.prototype.lend = function (told) {
    var holder = document.createElement("template");
    holder.innerHTML = told.unit;
    var lent = holder.content.firstElementChild;
    lent.querySelectorAll("[id]").forEach(function (part) { part.removeAttribute("id"); });
    var last = this.held[this.held.length - 1].table;
    unit(last).after(lent);
    var table = lent.querySelector("table");
    this.held.push({ key: told.key, table: table, own: [], pages: this.parts, order: null, lent: true });
    sortable(table, this);
  };
  // All rows of a table that are at hand, in the order of its pages.
  List.prototype.rows = function (held, wide) {
    var list = this, here = location.href.split("#")[0], found = [];
    if (!wide) { return held.own; }
    held.pages.forEach(function (page) {
      var rows = page === here ? held.own : (list.pages[page] || {})[held.key];
      found.push.apply(found, rows || []);
    });
    return held.apart && !list.pages[held.pages[0]] ? held.own : found;
  };
  List.prototype.set = function (text, whole) {
    this.input.value = text;
    this.whole = whole;
    this.wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (this.all) { this.all.setAttribute("aria-pressed", String(whole)); }
    if (this.wanted.length || whole) { this.load(); }
    this.show();
    remember();
  };
  // The rows that have every word, be it in what all of them have in common.
  List.prototype.meet = function (held, rows) {
    var above = same(held.table), wanted = this.wanted;
    var common = above ? above.textContent.toLowerCase() : "";
    var left = wanted.filter(function (word) { return common.indexOf(word) < 0; });
    return rows.filter(function (entry) { return left.every(function (word) { return entry.text.indexOf(word) >= 0; }); });
  };
  List.prototype.show = function () {
    var list = this, wide = Boolean(this.wanted.length || this.whole), count = 0, all = 0;
    this.held.forEach(function (held) {
      var rows = list.rows(held, wide);
      var met = list.meet(held, rows);
      all += rows.length;
      count += met.length;
      held.count = met.length;
      held.met = held.order ? sorted(met, held.order[0], held.order[1]) : met;
      var drawn = document.createDocumentFragment(), head = null;
      held.met.forEach(function (entry) {
        if (entry.head && (!head || head.textContent !== entry.head.textContent)) { drawn.appendChild(entry.head); head = entry.head; }
        drawn.appendChild(entry.row);
      });
      held.table.tBodies[0].replaceChildren(drawn);
      if (list.held.length > 1) { unit(held.table).hidden = held.lent ? !held.count : Boolean(list.wanted.length) && !held.count; }
    });
    this.box.querySelectorAll("section").forEach(function (section) {
      var inside = list.held.filter(function (held) { return section.contains(held.table); });
      section.hidden = inside.length > 0 && inside.every(function (held) { return !held.count && (list.wanted.length || held.lent); });
    });
    var missing = wide ? this.missing().length : 0, failed = Object.keys(this.failed).length;
    var said = [];
    if (wide) { said.push(words.shown + " " + count + " / " + all); }
    if (missing) { said.push(words.loading + " " + missing); }
    if (failed) { said.push(words.unread + " " + failed); }
    if (!wide && this.all && this.held.some(function (held) { return held.order; })) { said.push(words.part); }
    this.told.textContent = said.join(" · ");
    this.told.toggleAttribute("data-busy", Boolean(missing));
  };

  function sorted(rows, column, down) {
    var kept = rows.map(function (entry, at) { return { entry: entry, at: at, v: value(entry.row, column) }; });
    kept.sort(function (a, b) {
      if (a.v === "" || b.v === "") { return (a.v === "") - (b.v === "") || a.at - b.at; }
      var order = typeof a.v === "number" && typeof b.v === "number" ? a.v - b.v : String(a.v).localeCompare(String(b.v), document.documentElement.lang);
      return (down ? -order : order) || a.at - b.at;
    });
    return kept.map(function (one) { return one.entry; });
  }
  function sortable(table, list) {
    if (!table.classList.contains("sortable")) { return; }
    heads(table).forEach(function (head, column) {
      // The heading's own text stays where it is, for links in it and for print, which repeats no buttons.
      var button = make("button", { type: "button", title: words.sort, "aria-label": words.sort + " " + head.textContent.trim() }, head);
      head.addEventListener("click", function (event) { if (event.target === head) { button.click(); } });
      button.addEventListener("click", function () {
        order(table, list, column, head.getAttribute("aria-sort") === "ascending");
        remember();
      });
    });
  }
  function order(table, list, column, down) {
    heads(table).forEach(function (head, at) {
      if (at === column) { head.setAttribute("aria-sort", down ? "descending" : "ascending"); } else { head.removeAttribute("aria-sort"); }
    });
    var held = list && list.held.filter(function (one) { return one.table === table; })[0];
    if (held) {
      held.order = [column, down];
      list.show();
      return;
    }
    sorted(entries(Array.from(table.tBodies[0].rows)), column, down).forEach(function (entry) { table.tBodies[0].appendChild(entry.row); });
  }

  // CSV as the build writes it: with a byte order mark, and no cell that a spreadsheet takes for a formula.
  function field(text) {
    var formula = /^[\s\u0000-\u001f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫−]/.test(text) && isNaN(Number(text));
    return '"' + ((formula ? "'" : "") + text).replace(/"/g, '""') + '"';
  }
  // A table's rows as values by title: what all rows have in common is said above them.
  function values(held, named) {
    var common = [], ends = {};
    var above = same(held.table);
    (above ? above.querySelectorAll("span") : []).forEach(function (item) {
      var title = item.firstChild.textContent.trim(), bold = item.querySelectorAll("b");
      if (bold.length > 1) { ends[title] = [bold[0].textContent, bold[1].textContent]; } else { common.push([title, shown(bold[0])]); }
    });
    var columns = titles(held.table);
    var by = held.met.some(function (entry) { return entry.head; });
    return held.met.map(function (entry) {
      var row = named.concat(by ? [[held.table.getAttribute("data-by"), entry.head ? shown(entry.head.cells[0]) : ""]] : []);
      columns.forEach(function (title, at) {
        var text = entry.row.cells[at] ? shown(entry.row.cells[at]) : "";
        row.push([title, ends[title] ? ends[title][0] + text + ends[title][1] : text]);
      });
      return row.concat(common);
    });
  }
  // The headings above a table inside its list.
  function above(list, table) {
    var found = [];
    for (var section = table.closest("section"); section && section !== list.box && list.box.contains(section); section = section.parentElement.closest("section")) {
      var heading = section.querySelector("h2, h3");
      if (heading) {
        var copy = heading.cloneNode(true);
        copy.querySelectorAll(".n, .tone").forEach(function (part) { part.remove(); });
        found.unshift(copy.textContent.trim());
      }
    }
    return found;
  }
  List.prototype.save = function () {
    var list = this, told = this.told;
    this.load(function () {
      var columns = [], rows = [];
      list.held.forEach(function (held) {
        var all = list.meet(held, list.rows(held, true));
        var named = list.held.length > 1 ? above(list, held.table).map(function (text, at) { return [words.section + " " + (at + 1), text]; }) : [];
        rows = rows.concat(values({ table: held.table, met: held.order ? sorted(all, held.order[0], held.order[1]) : all }, named));
      });
      rows.forEach(function (row) {
        row.forEach(function (pair) { if (columns.indexOf(pair[0]) < 0) { columns.push(pair[0]); } });
      });
      var lines = [columns].concat(rows.map(function (row) {
        return columns.map(function (title) {
          var pair = row.filter(function (one) { return one[0] === title; })[0];
          return pair ? pair[1] : "";
        });
      }));
      var text = "\ufeff" + lines.map(function (line) { return line.map(field).join(","); }).join("\r\n") + "\r\n";
      var address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
      var name = document.title.split(" · ").slice(0, 3).join(" ").replace(/[\\/:*?"<>|]/g, "-");
      make("a", { href: address, download: name + ".csv" }).click();
      window.setTimeout(function () { URL.revokeObjectURL(address); }, 60000);
      list.show();
    });
    if (this.asking) { told.textContent = words.loading + " " + this.missing().length; }
  };

  // Every row that can be linked to gets a # that leads to it.
  function anchor(row, address) {
    make("a", { class: "anchor", href: address, title: words.row, "aria-label": words.row, text: "#" }, row.cells[row.cells.length - 1]);
  }

  // What the reader filtered and sorted is there again after the way back.
  var lists = [], sorts = [];
  function remember() {
    var state = {
      lists: lists.map(function (list) { return [list.input.value, list.whole]; }),
      orders: sorts.map(function (table) {
        var at = heads(table).findIndex(function (head) { return head.hasAttribute("aria-sort"); });
        return at < 0 ? null : [at, heads(table)[at].getAttribute("aria-sort") === "descending"];
      })
    };
    // A browser that has had enough of it throws.
    try { history.replaceState(Object.assign({}, history.state, { tables: state }), ""); } catch (error) { return; }
  }
  function recall() {
    var state = (history.state || {}).tables;
    if (!state) { return false; }
    sorts.forEach(function (table, at) {
      var list = lists.filter(function (one) { return one.held.some(function (held) { return held.table === table; }); })[0];
      if (state.orders[at]) { order(table, list, state.orders[at][0], state.orders[at][1]); }
    });
    lists.forEach(function (list, at) {
      if (state.lists[at] && (state.lists[at][0] || state.lists[at][1])) { list.set(state.lists[at][0], state.lists[at][1]); }
    });
    return true;
  }
  // A place that names what to filter by does so.
  function follow() {
    var at = location.hash.slice(1);
    try { at = decodeURIComponent(at); } catch (error) { return; }
    narrow(at && document.getElementById(at));
  }
  function narrow(place) {
    var by = place && place.getAttribute("data-filter");
    var list = lists.filter(function (one) { return one.box.classList.contains("filtered"); })[0];
    if (!by || !list) { return false; }
    list.set(by, list.whole);
    list.box.scrollIntoView();
    return true;
  }

  if (window.parent !== window) {
    if (location.hash === "#rows") { tell(); }
    return;
  }
  document.querySelectorAll("tr[id]").forEach(function (row) { anchor(row, "#" + row.id); });
  document.querySelectorAll(".filtered").forEach(function (box) {
    var tables = filtered(box, "table.data, table.board");
    var rows = tables.reduce(function (sum, table) { return sum + table.tBodies[0].rows.length; }, 0);
    if (rows >= FILTERED || (rows && box.querySelector(".pager"))) { lists.push(new List(box, tables)); }
  });
  document.querySelectorAll("table.filter").forEach(function (table) {
    var apart = table.closest(".filtered") && !table.closest(".aside");
    if (!apart && table.tBodies[0].rows.length >= FILTERED) { lists.push(new List(table.closest(".scroll") || table, [table])); }
  });
  sorts = Array.from(document.querySelectorAll("table.sortable"));
  sorts.forEach(function (table) {
    sortable(table, lists.filter(function (list) { return list.held.some(function (held) { return held.table === table; }); })[0]);
  });
  if (!recall()) { follow(); }
  window.addEventListener("hashchange", follow);
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[data-filter]") : null;
    if (link && narrow(link)) { event.preventDefault(); }
  });
}());
