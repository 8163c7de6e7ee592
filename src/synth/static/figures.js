// @ts-check
/**
 * Makes a figure handier: downloads, marks read one by one, the influence map, the framework.
 *
 * A figure is complete before this runs. Everything shown here stands in the page already, as the
 * figure's table, its words theme by theme, or the labels of its marks.
 */

/** The words of the interface; building a book writes here those this script asks for. @type {Record<string, string>} */
const WORDS = {};

/** A word with its blanks filled in. @param {string} key @param {Record<string, string | number>} [values] */
const say = (key, values = {}) => WORDS[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** A word around an element that stands in its blank. @param {string} key @param {Node} element */
const around = (key, element) => {
  const [before, after = ""] = WORDS[key].split(/\{\w+\}/);
  return [before, element, after];
};

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
 * The drawing in view as an SVG that stands on its own: colours written out, on the page's paper.
 * @param {HTMLElement} figure
 * @returns {SVGSVGElement | null}
 */
export function drawingOf(figure) {
  const drawn = [...figure.querySelectorAll(".synth-figure-drawing svg")].filter(
    (svg) => svg.getAttribute("viewBox") && !svg.closest(".synth-map-key, .synth-flow-key, .dir"),
  );
  const source = drawn.find(shown) ?? drawn[0];
  if (!source) return null;
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
  for (const link of copy.querySelectorAll("a")) link.removeAttribute("href");
  const [x, y, width, height] = (copy.getAttribute("viewBox") ?? "0 0 600 400").split(/[\s,]+/);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.removeAttribute("aria-hidden");
  copy.classList.remove("on");
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const fill = colour("var(--synth-paper, #fff)");
  for (const [name, value] of Object.entries({ x, y, width, height, fill })) paper.setAttribute(name, value);
  copy.prepend(paper);
  return copy;
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

/** @param {HTMLElement} figure */
function offerDownloads(figure) {
  const name = figure.dataset.figure || "figure";
  const table = /** @type {HTMLTableElement | null} */ (
    figure.querySelector(".synth-figure-table table, .synth-scroll table")
  );
  const tools = h("p", { className: "synth-figure-tools" });
  const offer = (/** @type {string} */ word, /** @type {() => unknown} */ act) =>
    tools.append(h("button", { type: "button", onclick: act }, word));
  if (drawingOf(figure)) {
    offer(say("figure_svg"), () => {
      const svg = drawingOf(figure);
      if (svg) save(`${name}.svg`, new Blob([written(svg)], { type: "image/svg+xml" }));
    });
    offer(say("figure_png"), async () => {
      const svg = drawingOf(figure);
      if (svg) save(`${name}.png`, await asPng(svg));
    });
  }
  // Where the tables of a figure show a part, the whole stands beside them, or is a file of the book.
  const whole = figure.querySelector("script.synth-csv");
  const csv = whole ? () => JSON.parse(whole.textContent ?? '""') : table ? () => tableAsCsv(table) : null;
  if (figure.dataset.csv) tools.append(h("a", { href: figure.dataset.csv, download: "" }, say("figure_csv")));
  else if (csv) offer(say("figure_csv"), () => save(`${name}.csv`, new Blob([`\ufeff${csv()}`], { type: "text/csv" })));
  if (tools.children.length) figure.querySelector(".synth-source")?.before(tools);
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

/** @param {HTMLElement} figure */
function enliveMap(figure) {
  const readout = /** @type {HTMLElement | null} */ (figure.querySelector(".synth-map-readout"));
  const svgs = /** @type {SVGSVGElement[]} */ ([
    ...figure.querySelectorAll(".synth-map-wide svg, .synth-map-narrow svg"),
  ]);
  if (!readout || !svgs.length) return;
  const rest = () => [h("p", null, ...around("map_how_to", h("b", null, say("map_point"))))];
  readout.removeAttribute("aria-hidden");
  readout.setAttribute("role", "status");
  readout.replaceChildren(...rest());

  /** @param {SVGSVGElement} svg */
  const arrowsOf = (svg) => /** @type {Drawn[]} */ ([...svg.querySelectorAll(".synth-arrow:not([hidden])")]);

  /** What a theme reaches, or what reaches it. @param {Drawn[]} arrows @param {string} theme @param {"s" | "t"} from @param {"s" | "t"} to */
  const reach = (arrows, theme, from, to) => {
    const found = new Set([theme]);
    for (const name of found)
      for (const arrow of arrows)
        if (arrow.dataset[from] === name) found.add(/** @type {string} */ (arrow.dataset[to]));
    return found;
  };

  const clear = () => {
    for (const svg of svgs) {
      svg.classList.remove("on");
      for (const marked of svg.querySelectorAll(".hot, .chain, .linked"))
        marked.classList.remove("hot", "chain", "linked");
    }
    readout.classList.remove("active");
    readout.replaceChildren(...rest());
  };

  /** @param {SVGSVGElement} svg @param {string} theme */
  const showTheme = (svg, theme) => {
    clear();
    const arrows = arrowsOf(svg);
    const down = reach(arrows, theme, "s", "t");
    const up = reach(arrows, theme, "t", "s");
    const linked = new Set();
    for (const arrow of arrows) {
      const { s = "", t = "" } = arrow.dataset;
      const own = s === theme || t === theme;
      arrow.classList.toggle("hot", own);
      arrow.classList.toggle("chain", !own && (down.has(s) || up.has(t)));
      if (own) linked.add(s).add(t);
    }
    for (const card of /** @type {NodeListOf<Drawn>} */ (svg.querySelectorAll(".synth-card")))
      card.classList.toggle("linked", card.dataset.theme !== theme && linked.has(card.dataset.theme));
    svg.classList.add("on");
    const words = figure.querySelector(`.synth-map-words li[data-theme="${CSS.escape(theme)}"]`);
    if (words) readout.replaceChildren(h("p", null, ...words.cloneNode(true).childNodes));
    readout.classList.add("active");
  };

  /** @param {SVGSVGElement} svg @param {Drawn} arrow */
  const showArrow = (svg, arrow) => {
    clear();
    svg.classList.add("on");
    arrow.classList.add("hot");
    const key = CSS.escape(arrow.dataset.key ?? "");
    const rows = [...figure.querySelectorAll(`a[data-arrow="${key}"]`)].map((a) => a.closest("tr"));
    const heads = [...figure.querySelectorAll(".synth-figure-table th[data-key]")].map((th) =>
      th.getAttribute("data-key"),
    );
    readout.replaceChildren(
      h("p", null, h("b", null, arrow.getAttribute("aria-label") ?? "")),
      ...rows.map((row) => {
        const cell = (/** @type {string} */ name) => row?.children[heads.indexOf(name)];
        const link = h("a", { href: cell("source")?.querySelector("a")?.getAttribute("href") ?? "" }, say("map_in_full"));
        const named = cell("named")?.cloneNode(true).childNodes ?? [];
        const basis = cell("basis")?.textContent ?? "";
        return h("p", null, cell("mechanism")?.textContent ?? "", " (", ...named, `; ${basis}; `, link, ")");
      }),
    );
    readout.classList.add("active");
  };

  for (const svg of svgs) {
    const theme = (/** @type {EventTarget | null} */ target) =>
      /** @type {Drawn | null} */ (/** @type {Element} */ (target).closest(".synth-card"))?.dataset.theme;
    svg.addEventListener("pointerover", (event) => {
      const name = theme(event.target);
      if (name && event.pointerType !== "touch") showTheme(svg, name);
    });
    svg.addEventListener("focusin", (event) => {
      const name = theme(event.target);
      if (name) showTheme(svg, name);
    });
    svg.addEventListener("click", (event) => {
      const arrow = /** @type {Element} */ (event.target).closest(".synth-arrow");
      if (!arrow) return;
      event.preventDefault();
      showArrow(svg, /** @type {Drawn} */ (arrow));
    });
    svg.addEventListener("keydown", (event) => {
      if (event.key === "Escape") clear();
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const name = theme(event.target);
      if (!step || !name) return;
      const own = arrowsOf(svg).filter(({ dataset }) => dataset.s === name || dataset.t === name);
      if (!own.length) return;
      event.preventDefault();
      const at = own.findIndex((arrow) => arrow.classList.contains("hot") && svg.querySelectorAll(".hot").length === 1);
      showArrow(svg, own[(at + step + own.length) % own.length]);
    });
  }
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  if (!figure.classList.contains("synth-map-plain")) offerFilters(figure, svgs, clear);
}

/** @param {HTMLElement} figure @param {SVGSVGElement[]} svgs @param {() => void} clear */
function offerFilters(figure, svgs, clear) {
  const arrows = /** @type {Drawn[]} */ (svgs.flatMap((svg) => [...svg.querySelectorAll(".synth-arrow")]));
  const total = svgs[0].querySelectorAll(".synth-arrow").length;
  const most = Math.max(0, ...arrows.map((arrow) => Number(arrow.dataset.n)));
  if (total < 4) return;
  const least = h("select", null);
  for (let n = 0; n <= most; n++)
    least.append(h("option", { value: String(n) }, n === 0 ? say("map_any") : say("map_at_least", { n })));
  const across = h("input", { type: "checkbox" });
  const stated = h("input", { type: "checkbox" });
  const count = h("output", null);
  const apply = () => {
    clear();
    for (const arrow of arrows) {
      const { n, across: crosses, stated: said } = arrow.dataset;
      const out = Number(n) < Number(least.value) || (across.checked && crosses !== "1") || (stated.checked && said !== "1");
      arrow.toggleAttribute("hidden", out);
    }
    const left = svgs[0].querySelectorAll(".synth-arrow:not([hidden])").length;
    count.textContent = say("map_arrows", { n: left, total });
  };
  const form = h("div", { className: "synth-map-filters", role: "group" },
    h("label", null, ...around("map_least", least)),
    h("label", null, across, ` ${say("map_only_across")}`),
    h("label", null, stated, ` ${say("map_only_stated")}`),
    count,
  );
  form.setAttribute("aria-label", say("map_filters"));
  form.addEventListener("change", apply);
  count.textContent = say("map_arrows", { n: total, total });
  figure.querySelector(".synth-map-key")?.after(form);
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
  /** @param {HTMLElement} figure */
  mount(figure) {
    if (figure.dataset.ready) return;
    for (const chart of figure.querySelectorAll(".synth-chart")) {
      readMarks(/** @type {HTMLElement} */ (chart));
      keepWidth(/** @type {HTMLElement} */ (chart));
    }
    enliveMap(figure);
    enliveFramework(figure);
    offerDownloads(figure);
    figure.dataset.ready = "true";
  },
};
