// @ts-check
/**
 * Makes a figure handier: downloads, marks read one by one, the influence map, the framework.
 *
 * A figure is complete before this runs. Everything shown here stands in the page already, as the
 * figure's table, its words theme by theme, or the labels of its marks.
 */

/** The words of the interface; building a book writes here those this script asks for. @type {Record<string, string>} */
const WORDS = {};

/** A blank takes its value; `{total:study|studies}` is the one or the other, as total is one or not. @param {string} text @param {Record<string, string | number>} values */
const filled = (text, values) => text.replace(/\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g,
  (_, name, one, many) => one === undefined ? String(values[name]) : String(values[name]) === "1" ? one : many);

/** A word with its blanks filled in. @param {string} key @param {Record<string, string | number>} [values] */
const say = (key, values = {}) => filled(WORDS[key], values);

/** One of a pair of words, with the number in it. @param {string} key @param {number} n */
const count = (key, n) => filled(WORDS[`${key}_${n === 1 ? "one" : "many"}`], { n });

/**
 * @param {string} tag @param {Record<string, any> | null} [props] @param {...(Node | string)} children
 * @returns {any}
 */
function h(tag, props, ...children) {
  const element = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(props || {})) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** The widths of a phone, as everywhere in a book. */
const phone = matchMedia("screen and (max-width: 47.99rem)");

/** @param {Element} element */
const shown = (element) => element.getClientRects().length > 0;

// --- downloads --------------------------------------------------------------------------------

/** @param {string} name @param {Blob} blob */
function save(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What a spreadsheet takes for a formula; building a book writes it here, from csv_text.py. */
const FORMULA = "";

/** Rows as CSV, by the rules of csv_text.py. @param {string[][]} rows */
const csvText = (rows) => rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");

/** @param {string} text */
function csvCell(text) {
  const safe = new RegExp(FORMULA).test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^[ \xa0]|[ \xa0]$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/**
 * The figure's table as CSV: what a cell shows, or the value it keeps when it shows more.
 * @param {HTMLTableElement} table
 */
export function tableAsCsv(table) {
  const heads = [...table.querySelectorAll("thead th")].map(
    (head) => head.getAttribute("data-key") ?? head.textContent ?? "",
  );
  const rows = [...table.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.getAttribute("data-value") ?? cell.textContent ?? ""),
  );
  return csvText([heads, ...rows]);
}

/**
 * A drawing as it stands outside its page: colours written out, no links, no words for the ear.
 * @param {HTMLElement} figure @param {SVGSVGElement} source
 */
function plainly(figure, source) {
  const style = getComputedStyle(figure);
  const copy = /** @type {SVGSVGElement} */ (source.cloneNode(true));
  const colour = (/** @type {string} */ text) =>
    text
      .replace(/var\((--[\w-]+)(?:,\s*([^()]+))?\)/g, (_, name, other) =>
        style.getPropertyValue(name).trim() || other || "#222832")
      .replace(/currentColor/g, style.color);
  for (const element of [copy, ...copy.querySelectorAll("*")])
    for (const { name, value } of [...element.attributes])
      if (value.includes("var(") || value === "currentColor") element.setAttribute(name, colour(value));
  for (const element of copy.querySelectorAll(".synth-svh, .synth-arrow[hidden]")) element.remove();
  for (const link of copy.querySelectorAll("a")) for (const name of ["href", "tabindex"]) link.removeAttribute(name);
  copy.removeAttribute("aria-hidden");
  copy.classList.remove("on");
  return copy;
}

/**
 * The drawing in view, as it stands outside its page.
 * @param {HTMLElement} figure
 * @returns {SVGSVGElement | null}
 */
export function drawingOf(figure) {
  const drawn = /** @type {SVGSVGElement[]} */ ([...figure.querySelectorAll(".synth-figure-drawing svg")]).filter(
    (svg) => svg.getAttribute("viewBox") && !svg.closest(".synth-map-key, .synth-flow-key, .synth-map-answer, .synth-map-matrix, .dir"),
  );
  const source = drawn.find(shown) ?? drawn[0];
  return source ? plainly(figure, source) : null;
}

/** @param {SVGSVGElement} svg */
const written = (svg) => new XMLSerializer().serializeToString(svg);

/** @param {SVGSVGElement} svg @returns {Promise<Blob>} */
async function asPng(svg) {
  const image = new Image();
  // A data address, not a blob: a blob's image may not be read back on file://.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(svg))}`;
  await image.decode();
  const canvas = h("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((/** @type {Blob | null} */ blob) => (blob ? resolve(blob) : reject(new Error("no picture")))),
  );
}

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** What goes with a figure that leaves its page: its title, and where it comes from. @param {HTMLElement} figure */
function told(figure) {
  const text = (/** @type {string} */ part) => (figure.querySelector(part)?.textContent ?? "").replace(/\s+/g, " ").trim();
  return { title: text(".synth-figure-title") || text("caption"), source: text(".synth-source"), note: text(".synth-figure-note") };
}

/**
 * The drawing with its title above and below it its key, how to read it and where it comes from.
 * @param {HTMLElement} figure @param {SVGSVGElement} drawing
 */
function framed(figure, drawing) {
  const style = getComputedStyle(figure);
  const [, , width, height] = (drawing.getAttribute("viewBox") ?? "0 0 600 400").split(/[\s,]+/).map(Number);
  const wide = Math.max(width, 560) + 24;
  const pen = /** @type {CanvasRenderingContext2D} */ (h("canvas", null).getContext("2d"));
  const ink = style.color;
  const paper = style.getPropertyValue("--synth-paper").trim();
  const whole = /** @type {SVGSVGElement} */ (drawn("svg", { xmlns: SVG, "font-family": "Arial, Helvetica, sans-serif" }));
  let y = 12;
  /** @param {string} text @param {number} size @param {number} weight */
  const write = (text, size, weight) => {
    pen.font = `${weight} ${size}px Arial, Helvetica, sans-serif`;
    let line = "";
    for (const word of [...text.split(" "), ""]) {
      if (word && pen.measureText(`${line} ${word}`).width <= wide - 24) {
        line = line ? `${line} ${word}` : word;
        continue;
      }
      y += size * 1.35;
      if (line) whole.append(drawn("text", { x: 12, y, "font-size": size, "font-weight": weight, fill: ink }, line));
      line = word;
    }
  };
  const { title, source, note } = told(figure);
  if (title) write(title, 16, 600);
  y += 10;
  for (const [name, value] of Object.entries({ x: 12, y, width, height })) drawing.setAttribute(name, String(value));
  whole.append(drawing);
  y += height + 8;
  let x = 12;
  for (const entry of figure.querySelectorAll(".synth-map-key li, .synth-flow-key li")) {
    const sign = entry.querySelector("svg");
    const label = (entry.textContent ?? "").trim();
    pen.font = "400 12px Arial, Helvetica, sans-serif";
    const room = sign ? 52 : 0;
    const needs = room + pen.measureText(label).width + 18;
    if (x > 12 && x + needs > wide) {
      x = 12;
      y += 20;
    }
    if (sign) {
      const copy = plainly(figure, /** @type {SVGSVGElement} */ (sign));
      for (const [name, value] of Object.entries({ x, y: y + 2, width: 44, height: 12 })) copy.setAttribute(name, String(value));
      whole.append(copy);
    }
    whole.append(drawn("text", { x: x + room, y: y + 12, "font-size": 12, fill: ink }, label));
    x += needs;
  }
  if (x > 12) y += 22;
  for (const text of [note, source]) if (text) write(text, 11, 400);
  y += 14;
  for (const [name, value] of Object.entries({ width: wide, height: Math.ceil(y), viewBox: `0 0 ${wide} ${Math.ceil(y)}` }))
    whole.setAttribute(name, String(value));
  whole.prepend(drawn("rect", { width: wide, height: Math.ceil(y), fill: paper || "#fff" }));
  return whole;
}

/** A table as CSV, each row with where it comes from; the header stays the first line. @param {HTMLElement} figure @param {string} csv */
function withSource(figure, csv) {
  const { title, source } = told(figure);
  const more = `,${csvCell(title)},${csvCell(source)}`;
  let first = true;
  return csv.replace(/((?:"(?:[^"]|"")*"|[^"\r\n])+)\r\n/g, (_, row) => {
    const end = first ? ",figure,source" : more;
    first = false;
    return `${row}${end}\r\n`;
  });
}

/** @param {HTMLElement} figure @param {() => Promise<string>} [ask] */
function offerDownloads(figure, ask) {
  const name = figure.dataset.figure || "figure";
  const table = /** @type {HTMLTableElement | null} */ (
    figure.querySelector(".synth-figure-table table") ?? figure.querySelector(".synth-scroll table")
  );
  const tools = h("p", { className: "synth-figure-tools" });
  const named = (/** @type {string} */ form) => ({ "aria-label": say("figure_download", { form }) });
  const offer = (/** @type {string} */ form, /** @type {() => unknown} */ act) =>
    tools.append(h("button", { type: "button", onclick: act, ...named(form) }, form));
  if (drawingOf(figure)) {
    const picture = () => framed(figure, /** @type {SVGSVGElement} */ (drawingOf(figure)));
    offer("SVG", () => save(`${name}.svg`, new Blob([written(picture())], { type: "image/svg+xml" })));
    offer("PNG", async () => save(`${name}.png`, await asPng(picture())));
  }
  // Where the tables of a figure show a part, the whole stands beside them.
  const whole = figure.querySelector("script.synth-csv");
  const asked = figure.dataset.csv === "" && ask;
  const csv = asked || (whole ? () => JSON.parse(whole.textContent ?? '""') : table ? () => tableAsCsv(table) : null);
  if (figure.dataset.csv) tools.append(h("a", { href: figure.dataset.csv, download: "", ...named("CSV") }, "CSV"));
  else if (csv) offer("CSV", async () => save(`${name}.csv`, new Blob([`\ufeff${withSource(figure, await csv())}`], { type: "text/csv" })));
  const line = figure.querySelector(".synth-furniture");
  if (line && tools.children.length) line.append(tools);
  else if (tools.children.length) figure.querySelector(".synth-source")?.before(tools);
  const code = figure.closest(".cell")?.querySelector(":scope > details.hide");
  if (line && code) line.append(code);
}

// --- charts: the marks, one by one ------------------------------------------------------------

/** @param {HTMLElement} chart */
function readMarks(chart) {
  const said = h("output", { className: "synth-chart-said" });
  chart.after(said);
  /** @type {Element | null} */
  let here = null;
  // Asked anew each time: the picture may have become a live chart meanwhile.
  const marks = () => [...chart.querySelectorAll("svg [aria-label]")].filter(shown);
  /** @param {Element | null} mark */
  const point = (mark) => {
    here?.classList.remove("synth-pointed");
    here = mark;
    mark?.classList.add("synth-pointed");
    said.textContent = mark?.getAttribute("aria-label") ?? "";
  };
  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", say("figure_marks"));
  chart.addEventListener("focus", () => {
    said.textContent = say("figure_marks_how");
  });
  chart.addEventListener("blur", () => point(null));
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") point(null);
    // A mark leads on by keyboard as it does by mouse, in the picture and in the live chart.
    if (event.key === "Enter" && here?.isConnected) here.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    if (!step) return;
    const all = marks();
    if (!all.length) return;
    event.preventDefault();
    const at = here ? all.indexOf(here) : step > 0 ? -1 : 0;
    point(all[(at + step + all.length) % all.length]);
  });
  chart.addEventListener("pointerover", (event) => {
    const mark = /** @type {Element} */ (event.target).closest("[aria-label]");
    if (mark?.closest("svg")) point(mark);
  });
  chart.addEventListener("pointerleave", () => point(null));
}

/**
 * Keep a live chart as wide as its place. Vega measures while the window changes, when the page's
 * columns have not settled yet; measured too early, a chart ends up twice as wide and shrunk.
 * @param {HTMLElement} chart
 */
function keepWidth(chart) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  const settle = () => {
    const live = chart.querySelector(".synth-chart-live svg");
    const off = live ? Math.abs(Number(live.getAttribute("width")) - chart.clientWidth) : 0;
    if (off > 1) window.dispatchEvent(new Event("resize"));
  };
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(settle, 150);
  };
  new ResizeObserver(soon).observe(chart);
  window.addEventListener("resize", (event) => event.isTrusted && soon());
}

// --- the influence map ------------------------------------------------------------------------

/** @typedef {SVGElement & { dataset: DOMStringMap }} Drawn */
/** @typedef {{ s: string, t: string, key: string, row: HTMLTableRowElement }} Told an influence, as its row of the table tells it */

/** The address of what is chosen: a theme, or two with a > between them. */
const ADDRESS = ">";

/** @param {HTMLElement} figure */
function enliveMap(figure) {
  const answer = /** @type {HTMLElement | null} */ (figure.querySelector(".synth-map-answer"));
  const svg = /** @type {SVGSVGElement | null} */ (figure.querySelector(".synth-map-wide svg"));
  if (!answer || !svg) return;
  const arrows = /** @type {Drawn[]} */ ([...svg.querySelectorAll(".synth-arrow")]);
  const cards = /** @type {Drawn[]} */ ([...svg.querySelectorAll(".synth-card")]);
  if (!arrows.length) return;
  const names = new Map(cards.map(({ dataset }) => [dataset.theme ?? "", dataset.label ?? ""]));
  const homes = new Map(cards.map((card) => [card.dataset.theme ?? "", card.getAttribute("href")]));
  const heads = [...figure.querySelectorAll(".synth-figure-table th[data-key]")].map((th) => th.getAttribute("data-key"));
  const drawn = new Map(arrows.map((arrow) => [arrow.dataset.key ?? "", arrow]));
  /** @type {Told[]} */
  const told = [];
  for (const row of /** @type {NodeListOf<HTMLTableRowElement>} */ (figure.querySelectorAll("tr[data-arrow]"))) {
    const key = row.dataset.arrow ?? "";
    const { s = "", t = "" } = drawn.get(key)?.dataset ?? {};
    if (s) told.push({ s, t, key, row });
  }
  const cell = (/** @type {Told} */ { row }, /** @type {string} */ name) => /** @type {HTMLElement} */ (row.children[heads.indexOf(name)]);
  const works = (/** @type {Told[]} */ some) =>
    new Set(some.flatMap((one) => (cell(one, "named").dataset.value ?? "").split("; ")).filter(Boolean)).size;
  const most = (/** @type {Told} */ one, /** @type {Told} */ other) => works([other]) - works([one]);
  const visible = (/** @type {Told} */ { key }) => !drawn.get(key)?.hasAttribute("hidden");

  // Addresses belong to the page of a book, and there to its first map.
  const addressed = !!figure.closest(".bd-article") && document.querySelector(".synth-map:not(.synth-map-plain)") === figure;
  const first = answer.dataset.first || cards[0].dataset.theme || "";
  /** What is chosen: a theme, or two. @type {string[]} */
  let chosen = [];

  // --- the answer ---

  /** A link to what is chosen by it. @param {string[]} pair @param {string} label */
  const chooses = (pair, label) => h("a", { href: homes.get(pair[0]) || "#", "data-pair": pair.join(ADDRESS) }, label);

  /** @param {Told} one */
  const sentence = (one) => {
    const own = cell(one, "source").querySelector("a");
    const parts = [h("span", { className: "synth-small" }, ...(works([one]) ? studiesOf(one) : [say("map_no_study")]))];
    if (one.row.dataset.basis !== "stated") parts[0].append(` · ${say("map_inferred")}`);
    if (own) parts[0].append(" · ", h("a", { href: own.getAttribute("href") }, say("map_in_full")));
    const mark = [...cell(one, "direction").cloneNode(true).childNodes];
    return h("li", null, ...mark, ` ${cell(one, "mechanism").textContent} `, ...parts);
  };
  /** @param {Told} one */
  const studiesOf = (one) => {
    const links = [...cell(one, "named").querySelectorAll("a")].map((link) => link.cloneNode(true));
    const items = links.length ? links : (cell(one, "named").dataset.value ?? "").split("; ");
    return items.flatMap((item, at) => (at ? [at === items.length - 1 ? ` ${say("and")} ` : ", ", item] : [item]));
  };

  /** @param {string} name @param {string} nothing @param {Told[]} some @param {"s" | "t"} other */
  const side = (name, nothing, some, other) => {
    /** @type {Map<string, Told[]>} */
    const groups = new Map();
    for (const one of some) groups.set(one[other], [...(groups.get(one[other]) ?? []), one]);
    const order = [...names.keys()].filter((theme) => groups.has(theme));
    order.sort((one, two) => works(groups.get(two) ?? []) - works(groups.get(one) ?? []));
    const items = order.map((theme) => {
      const rows = groups.get(theme) ?? [];
      const label = chooses([rows[0].s, rows[0].t], names.get(theme) ?? "");
      // On a phone it stands folded, as whatever is long on a page does there.
      const folded = h("details", { className: "synth-fold", "data-print": "open", open: !phone.matches },
        h("summary", null, count("influences", rows.length)), h("ul", null, ...[...rows].sort(most).map(sentence)));
      return h("li", null, h("p", { className: "synth-map-other" }, label), folded);
    });
    return [
      h("p", { className: "synth-map-side" }, name),
      items.length ? h("ul", null, ...items) : h("p", { className: "synth-small" }, nothing),
    ];
  };

  const heading = h("p", { className: "synth-map-name", role: "status" });
  const below = h("div", null);
  const theme = h("select", { "aria-label": say("map_theme") }, ...[...names].map(([value, label]) => h("option", { value }, label)));
  theme.addEventListener("change", () => choose([theme.value]));
  answer.replaceChildren(h("label", { className: "synth-map-theme" }, `${say("map_theme")} `, theme), heading, below);

  /** What a theme or two of them have to say, as far as the filters let it. @param {string[]} what */
  const tell = ([one, two]) => {
    const all = told.filter(({ s, t }) => (two ? s === one && t === two : s === one || t === one));
    const some = all.filter(visible);
    const label = names.get(one) ?? "";
    heading.textContent = two ? say("map_pair", { source: label, target: names.get(two) ?? "" }) : label;
    theme.value = one;
    // What a theme does within itself is said once, in a list of its own.
    const into = some.filter(({ s, t }) => t === one && s !== one);
    const out = some.filter(({ s, t }) => s === one && t !== one);
    const within = some.filter(({ s, t }) => s === one && t === one);
    const counted = { into: count("influences", into.length), out: out.length, within: within.length };
    const counts = h("p", { className: "synth-small" },
      two
        ? say("map_pair_counts", { influences: count("influences", some.length), studies: count("map_pair_named", works(some)) })
        : `${within.length ? say("map_counts_within", counted) : say("map_counts", counted)} ${say("map_order")}`);
    if (some.length < all.length) {
      const every = h("button", { type: "button" }, say("map_all"));
      every.addEventListener("click", () => lift());
      counts.append(` ${say("map_left", { n: some.length, total: all.length, filters: filters?.inForce() ?? "" })} `, every);
    }
    const home = homes.get(one);
    const more = two
      ? chooses([one], say("map_back", { theme: label }))
      : home && !home.startsWith("synth:") && h("a", { href: home }, say("map_about", { theme: label }));
    below.replaceChildren(counts, ...(two
      ? [h("ul", null, ...[...some].sort(most).map(sentence))]
      : [...side(say("map_into"), say("map_into_none"), into, "s"), ...side(say("map_out"), say("map_out_none"), out, "t"),
        ...(within.length ? side(say("map_within"), "", within, "s") : [])]),
    ...(more ? [h("p", { className: "synth-small" }, more)] : []));
  };

  // --- the map ---

  /** Set off what belongs to a theme or two, or nothing. @param {string[]} what */
  const setOff = ([one, two]) => {
    svg.classList.toggle("on", !!one);
    for (const arrow of arrows) {
      const { s, t } = arrow.dataset;
      arrow.classList.toggle("hot", !!one && (two ? s === one && t === two : s === one || t === one));
    }
    const linked = new Set(arrows.filter((arrow) => arrow.matches(".hot:not([hidden])")).flatMap(({ dataset }) => [dataset.s, dataset.t]));
    for (const card of cards) {
      card.classList.toggle("chosen", card.dataset.theme === one || card.dataset.theme === two);
      card.classList.toggle("linked", linked.has(card.dataset.theme));
    }
  };

  /** Show a choice; one that the filters hide lifts them. @param {string[]} what */
  const show = (what) => {
    chosen = what;
    const [one, two] = what.length ? what : [first];
    if (two && !told.some((each) => each.s === one && each.t === two && visible(each))) filters?.lift();
    tell([one, two].filter(Boolean));
    setOff(what);
    if (!what.length) below.append(h("p", { className: "synth-small synth-map-how noprint" }, say("map_how_to")));
    if (!what.length) cards.find(({ dataset }) => dataset.theme === first)?.classList.add("chosen");
  };
  const lift = () => {
    filters?.lift();
    show(chosen);
  };

  /** Choose, with an address. @param {string[]} what */
  const choose = (what) => {
    if (addressed && what.join() !== chosen.join())
      history.pushState(null, "", location.href.split("#")[0] + (what.length ? `#${what.join(ADDRESS)}` : ""));
    show(what);
    // Where the answer does not stand beside the map, it comes to the reader.
    const { top } = heading.getBoundingClientRect();
    if (top < 60 || top > innerHeight - 60) answer.scrollIntoView({ block: "start" });
  };
  const asked = () => {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      // An address nobody here has written.
    }
    const what = name.split(ADDRESS);
    const known = what.length < 3 && what.every((each) => names.has(each));
    return known && (what.length === 1 || told.some(({ s, t }) => s === what[0] && t === what[1])) ? what : [];
  };

  const filters = offerFilters(figure, arrows, () => show(chosen));
  show(addressed ? asked() : []);
  if (addressed) {
    if (chosen.length) figure.scrollIntoView({ block: "start" });
    window.addEventListener("popstate", () => show(asked()));
  }

  const named = (/** @type {EventTarget | null} */ at) =>
    /** @type {Drawn | null} */ (/** @type {Element} */ (at).closest(".synth-card"))?.dataset.theme;
  svg.addEventListener("pointerover", (event) => {
    const name = named(event.target);
    if (event.pointerType !== "touch") setOff(name ? [name] : chosen);
  });
  svg.addEventListener("pointerleave", () => show(chosen));
  svg.addEventListener("focusin", (event) => {
    const name = named(event.target);
    if (!name || !(/** @type {Element} */ (event.target).matches(":focus-visible"))) return;
    tell([name]);
    setOff([name]);
  });
  figure.addEventListener("click", (event) => {
    const at = /** @type {Element} */ (event.target);
    const arrow = /** @type {Drawn | null} */ (at.closest(".synth-arrow"));
    const pair = at.closest("a[data-pair]")?.getAttribute("data-pair");
    const name = named(at);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const what = arrow ? [arrow.dataset.s ?? "", arrow.dataset.t ?? ""] : pair ? pair.split(ADDRESS) : name ? [name] : [];
    if (!what.length) return;
    event.preventDefault();
    choose(what);
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const name = named(event.target);
    if (!step || !name) return;
    const pairs = [...new Set(told.filter((one) => visible(one) && (one.s === name || one.t === name)).map(({ s, t }) => s + ADDRESS + t))];
    if (!pairs.length) return;
    event.preventDefault();
    const at = pairs.indexOf(chosen.join(ADDRESS));
    choose(pairs[at < 0 ? (step > 0 ? 0 : pairs.length - 1) : (at + step + pairs.length) % pairs.length].split(ADDRESS));
  });
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose([]);
  });
}

/**
 * Say which arrows are drawn, and let the reader choose.
 * @param {HTMLElement} figure @param {Drawn[]} arrows @param {() => void} changed
 */
function offerFilters(figure, arrows, changed) {
  const hides = arrows.some((arrow) => arrow.hasAttribute("hidden"));
  /** A filter: its word, which arrows it lets pass, whether it is set. @type {[string, (arrow: Drawn) => boolean, boolean][]} */
  const known = [
    [say("map_several"), ({ dataset }) => Number(dataset.n) >= 2, hides],
    [say("map_only_stated"), ({ dataset }) => dataset.stated === "1", false],
    [say("map_only_across"), ({ dataset }) => dataset.across === "1", false],
  ];
  const shown = h("output", null);
  /** @type {Map<HTMLInputElement, (arrow: Drawn) => boolean>} */
  const boxes = new Map();
  const inForce = () => known.filter((_, at) => ticked[at]?.checked).map(([word]) => word).join(", ");
  /** The box of each filter; of one that lets all or nothing pass there is none. @type {(HTMLInputElement | undefined)[]} */
  const ticked = [];
  const form = h("div", { className: "synth-map-filters", role: "group", "aria-label": say("map_filters") });
  const influences = (/** @type {Drawn[]} */ some) => {
    const keys = new Set(some.map(({ dataset }) => dataset.key));
    return [...figure.querySelectorAll("tr[data-arrow]")].filter((row) => keys.has(/** @type {HTMLElement} */ (row).dataset.arrow ?? "")).length;
  };
  const apply = () => {
    for (const arrow of arrows)
      arrow.toggleAttribute("hidden", [...boxes].some(([{ checked }, passes]) => checked && !passes(arrow)));
    const left = arrows.filter((arrow) => !arrow.hasAttribute("hidden"));
    const filters = inForce() && `: ${inForce()}`;
    shown.textContent = say("map_shown", { n: left.length, total: arrows.length, influences: influences(left), all: influences(arrows), filters });
  };
  for (const [at, [word, passes, checked]] of known.entries()) {
    const fit = arrows.filter(passes).length;
    if (!fit || fit === arrows.length) continue;
    const box = h("input", { type: "checkbox", checked });
    boxes.set(box, passes);
    ticked[at] = box;
    form.append(h("label", null, box, ` ${word} ${say("map_of", { n: fit, total: arrows.length })}`));
  }
  form.addEventListener("change", () => {
    apply();
    changed();
  });
  apply();
  figure.querySelector(".synth-map-drawn")?.remove();
  if (boxes.size) {
    form.append(shown);
    figure.querySelector(".synth-map-key")?.after(form);
  }
  return {
    inForce,
    lift() {
      for (const box of boxes.keys()) box.checked = false;
      apply();
    },
  };
}

// --- the framework ----------------------------------------------------------------------------

/** @param {HTMLElement} figure */
function enliveFramework(figure) {
  const table = figure.querySelector(".synth-t2");
  if (!table) return;
  const citations = h("input", { type: "checkbox", checked: true });
  citations.addEventListener("change", () => figure.classList.toggle("nocite", !citations.checked));
  const status = h("output", null);
  const copy = h("button", { type: "button" }, say("framework_copy"));
  copy.addEventListener("click", async () => {
    const plain = /** @type {HTMLElement} */ (table.cloneNode(true));
    if (!citations.checked) for (const cited of plain.querySelectorAll(".ci")) cited.remove();
    for (const extra of plain.querySelectorAll("svg, caption, .synth-t2-label, summary")) extra.remove();
    for (const folded of plain.querySelectorAll("details, a, .synth-scroll"))
      folded.replaceWith(...folded.childNodes);
    for (const element of [plain, ...plain.querySelectorAll("*")])
      for (const { name } of [...element.attributes])
        if (!["colspan", "rowspan"].includes(name)) element.removeAttribute(name);
    plain.setAttribute("border", "1");
    try {
      await navigator.clipboard.write([
        new ClipboardItem({
          "text/html": new Blob([plain.outerHTML], { type: "text/html" }),
          "text/plain": new Blob([plain.textContent ?? ""], { type: "text/plain" }),
        }),
      ]);
      status.textContent = say("framework_copied");
    } catch {
      // Some browsers allow no clipboard on file://; the table can still be selected.
      getSelection()?.selectAllChildren(table);
      status.textContent = say("framework_selected");
    }
    setTimeout(() => (status.textContent = ""), 4000);
  });
  table.before(h("p", { className: "synth-figure-tools" },
    h("label", null, citations, ` ${say("framework_citations")}`), copy, status));
}

// --- where it begins --------------------------------------------------------------------------

export default {
  /**
   * @param {HTMLElement} figure
   * @param {{ csv?: () => Promise<string> }} [tools] a notebook asks the kernel for a table that is no file
   */
  mount(figure, tools) {
    if (figure.dataset.ready) return;
    for (const chart of figure.querySelectorAll(".synth-chart")) {
      readMarks(/** @type {HTMLElement} */ (chart));
      keepWidth(/** @type {HTMLElement} */ (chart));
    }
    enliveMap(figure);
    enliveFramework(figure);
    offerDownloads(figure, tools?.csv);
    figure.dataset.ready = "true";
  },
};
