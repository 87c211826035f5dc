// What moves in the HTML report: tables that sort, and the waterfall of the start that was picked. It
// becomes a part of the page when coldstart is built. Text goes into the page as text only.
(function () {
  "use strict";

  const root = document.documentElement;
  root.classList.add("scripted");

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // --- Tables -------------------------------------------------------------------------------------

  const units = {
    ns: 1, "µs": 1e3, ms: 1e6, s: 1e9,
    B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4,
    "%": 1, "×": 1,
  };

  // The number that a cell begins with, in the smallest of its units; of "1.5–1.7 ms" the first, in
  // the unit of the second. Undefined: it is a text.
  function number(text) {
    const found = /^<?(-?[\d,]+(?:\.\d+)?)(?:\s?(ns|µs|ms|s|[KMGT]iB|B|%|×))?(?:–[\d.,]+\s?(ns|µs|ms|s))?(?![\w/.-])/u.exec(text);
    if (!found) return undefined;
    return Number(found[1].replaceAll(",", "")) * (units[found[2] || found[3]] || 1);
  }

  // Absent values come last, whatever the direction.
  function compare(a, b, direction) {
    const absent = (cell) => cell.text === "" || cell.text === "–";
    if (absent(a) || absent(b)) return absent(a) - absent(b);
    const both = a.number !== undefined && b.number !== undefined;
    const order = both ? a.number - b.number : a.text.localeCompare(b.text, undefined, { numeric: true });
    return direction * order;
  }

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => {
      const text = row.cells[column].textContent.trim();
      return { row, text, number: number(text) };
    });
    rows.sort((a, b) => compare(a, b, direction));
    body.append(...rows.map((entry) => entry.row));
    for (const header of table.tHead.rows[0].cells) {
      if (header.hasAttribute("aria-sort")) header.setAttribute("aria-sort", "none");
    }
    table.tHead.rows[0].cells[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  function makeSortable(table) {
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      if (header.classList.contains("unsorted")) return;
      const button = element("button", "", header.textContent);
      button.type = "button";
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        sort(table, column, header.getAttribute("aria-sort") === "ascending" ? -1 : 1);
      });
    });
  }

  for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);

  // Paper cannot be unfolded.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of unfolded) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
  });

  // --- The waterfall ------------------------------------------------------------------------------

  const source = document.getElementById("starts-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const pickFunction = document.getElementById("pick-function");
  const pickStart = document.getElementById("pick-start");
  const pickDetails = document.getElementById("pick-details");
  const place = document.getElementById("waterfall");
  const told = document.getElementById("told");

  // As in the rest of the report: three significant digits.
  function duration(ns) {
    if (Math.abs(ns) < 999.5) return Math.round(ns) + " ns";
    for (const [name, scale] of [["µs", 1e3], ["ms", 1e6], ["s", 1e9]]) {
      const value = ns / scale;
      if (Math.abs(value) < 999.5 || name === "s") {
        const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return value.toFixed(digits) + " " + name;
      }
    }
    return "";
  }

  function share(part, total) {
    if (total <= 0) return "–";
    const percent = (100 * part) / total;
    return part > 0 && percent < 0.05 ? "<0.1 %" : percent.toFixed(1) + " %";
  }

  // Rows are [kind, name, begin or -1, length or -1, text, colour]; names, texts and colours are indices.
  function rowOf(entry) {
    const [kind, name, begin, length, text, color] = entry;
    return {
      kind: data.kinds[kind], name: data.strings[name], text: data.strings[text],
      begin: begin < 0 ? undefined : begin, length: length < 0 ? undefined : length,
      color: data.colors[color],
    };
  }

  // Phases in order, each followed by what began in it.
  function inOrder(rows) {
    const phases = rows.filter((row) => row.kind === "phase");
    const others = rows.filter((row) => row.kind !== "phase");
    others.sort((a, b) => (a.begin ?? Infinity) - (b.begin ?? Infinity));
    const ordered = [];
    let next = 0;
    phases.forEach((phase, i) => {
      ordered.push(phase);
      const last = i + 1 === phases.length;
      while (next < others.length && (last || others[next].begin < phase.begin + phase.length)) {
        ordered.push(others[next++]);
      }
    });
    return ordered.concat(others.slice(next));
  }

  function tell(row, total) {
    let text = row.kind === "phase" ? row.name : row.kind + " " + row.name;
    if (row.begin !== undefined) {
      text += row.length === undefined
        ? ": after " + duration(row.begin)
        : ": " + duration(row.length) + ", from " + duration(row.begin) + " to " + duration(row.begin + row.length);
    }
    if (row.kind === "phase") text += ", " + share(row.length, total) + " of the whole";
    if (row.text) text += ". " + row.text;
    told.textContent = text;
  }

  function line(row, total) {
    const tr = element("tr", row.kind === "phase" ? "phase" : "sub");
    // Of a path the end is what differs.
    const short = row.kind === "library" || row.kind === "module" ? row.name.split("/").pop() : row.name;
    const name = element("th", "", short);
    name.scope = "row";
    name.title = row.name;
    if (row.kind !== "phase") name.prepend(element("span", "aside", row.kind + " "));
    tr.append(
      name,
      element("td", "begins", row.begin === undefined ? "" : duration(row.begin)),
      element("td", "", row.length === undefined ? "" : duration(row.length)),
    );
    const cell = element("td");
    const track = element("div", "track");
    track.setAttribute("aria-hidden", "true");
    if (row.begin !== undefined && total > 0) {
      const bar = element("span", row.length === undefined ? "moment" : row.color && row.color.joined ? "joined" : "");
      bar.style.left = Math.min((100 * row.begin) / total, 100) + "%";
      if (row.length !== undefined) {
        bar.style.width = Math.max(0, Math.min((100 * row.length) / total, 100 - (100 * row.begin) / total)) + "%";
      }
      if (row.color && row.kind === "phase") bar.style.backgroundColor = row.color.hex;
      track.append(bar);
    }
    cell.append(track);
    tr.append(cell);
    tr.tabIndex = -1;
    tr.addEventListener("mouseenter", () => tell(row, total));
    tr.addEventListener("focus", () => tell(row, total));
    return tr;
  }

  // One stop for the tabulator; arrows go from row to row.
  function rove(body) {
    if (body.rows.length === 0) return;
    body.rows[0].tabIndex = 0;
    body.addEventListener("keydown", (event) => {
      const rows = Array.from(body.rows);
      const at = rows.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (at < 0 || to === undefined || !rows[to]) return;
      event.preventDefault();
      rows[at].tabIndex = -1;
      rows[to].tabIndex = 0;
      rows[to].focus();
    });
  }

  function header(total) {
    const head = element("thead");
    const tr = element("tr");
    for (const [text, className] of [["phase", ""], ["begins", "begins"], ["takes", ""]]) {
      const th = element("th", className, text);
      th.scope = "col";
      tr.append(th);
    }
    const timeline = element("th", "left");
    timeline.scope = "col";
    timeline.append(element("span", "aside", "timeline"));
    const ticks = element("div", "ticks");
    ticks.setAttribute("aria-hidden", "true");
    for (let i = 0; i <= 4; ++i) {
      const tick = element("span", "", i === 0 ? "0" : duration((total * i) / 4));
      tick.style.left = 25 * i + "%";
      ticks.append(tick);
    }
    timeline.append(ticks);
    tr.append(timeline);
    head.append(tr);
    return head;
  }

  function show() {
    const group = data.groups[pickFunction.value];
    const start = group.starts[pickStart.value];
    const rows = inOrder(start.rows.map(rowOf)).filter((row) => row.kind === "phase" || pickDetails.checked);
    const total = rows.reduce((end, row) => (row.kind === "phase" ? Math.max(end, row.begin + row.length) : end), 0);
    const table = element("table");
    const columns = element("colgroup");
    for (const className of ["name", "number begin", "number", ""]) columns.append(element("col", className));
    const body = element("tbody");
    for (const row of rows) body.append(line(row, total));
    table.append(element("caption", "", start.title), columns, header(total), body);
    rove(body);
    place.replaceChildren(table);
    told.textContent = data.hint;
  }

  function fillStarts() {
    const group = data.groups[pickFunction.value];
    const before = pickStart.selectedOptions[0] && pickStart.selectedOptions[0].dataset.at;
    pickStart.replaceChildren(...group.starts.map((start, i) => {
      const option = element("option", "", start.at + ", " + start.label);
      option.value = i;
      option.dataset.at = start.at;
      return option;
    }));
    const wanted = (at) => group.starts.findIndex((start) => start.at === at);
    const same = wanted(before || "median");
    pickStart.value = same >= 0 ? same : Math.max(wanted("median"), 0);
    show();
  }

  data.groups.forEach((group, i) => {
    const option = element("option", "", group.name);
    option.value = i;
    pickFunction.append(option);
  });
  pickFunction.addEventListener("change", fillStarts);
  pickStart.addEventListener("change", show);
  pickDetails.addEventListener("change", show);
  fillStarts();
})();
