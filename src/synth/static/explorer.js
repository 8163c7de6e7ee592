// @ts-check
/**
 * The explorer: filters, search, matrix and list over the coded findings of a review.
 *
 * One module, two hosts. JupyterLab calls `render` with a model whose filters a kernel follows;
 * the book's loader calls `mount` on the stored table, and the address holds the filters.
 * Nothing here knows a theme, a direction or a country: all words come with the evidence.
 */

/** @typedef {Record<string, any>} Data */
/** @typedef {{ get: (name: string) => any, set: (name: string, value: any) => void,
 *    save_changes: () => void, on: (event: string, call: () => void) => void,
 *    off: (event: string, call: () => void) => void }} Model */
/**
 * A facet: each finding carries one *set* of values (`code` says which), so that several countries
 * or a node with all above it cost no more than one value.
 * @typedef {{ id: string, label: string, values: string[], labels: string[], sets: number[][],
 *    code: Uint32Array, bit: number, chosen: Set<number>, pass: Uint8Array, tally: Uint32Array,
 *    counts: Uint32Array }} Facet
 */

const SHOWN = 50; // findings at first, in at most
const GROUPS = 12; // groups
const MOST = 2000; // rows of HTML a phone can still scroll
const LONG = 12; // values of a facet before the rest is folded away

// --- small things ---

/**
 * @param {string} tag @param {Data | null} [props] @param {...(Node | string)} children
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

/** Change a text only where it differs: most of the page stays as it is. @param {any} node @param {string} text */
const put = (node, text) => node.textContent === text || (node.textContent = text);

/** Make a parent hold exactly these children, moving as few as possible. @param {any} parent @param {any[]} wanted */
function hold(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

const SHAPES = /** @type {Record<string, string>} */ ({
  "triangle-up": "M5 .6 9.8 9.4H.2Z",
  "triangle-down": "M5 9.4.2.6h9.6Z",
  diamond: "M5 0l5 5-5 5-5-5ZM5 2v6l3-3Z",
  ring: "M5 0a5 5 0 1 0 .01 0ZM5 2a3 3 0 1 1-.01 0Z",
  "ring-outer": "M5 0a5 5 0 1 0 .01 0ZM5 1.6a3.4 3.4 0 1 1-.01 0Z",
  "ring-middle": "M5 0a5 5 0 1 0 .01 0ZM5 .6a4.4 4.4 0 1 1-.01 0ZM5 1.6a3.4 3.4 0 1 0 .01 0ZM5 3.2a1.8 1.8 0 1 1-.01 0Z",
  "ring-centre": "M5 0a5 5 0 1 0 .01 0ZM5 .6a4.4 4.4 0 1 1-.01 0ZM5 3a2 2 0 1 0 .01 0Z",
  square: "M1 1h8v8H1Z",
  circle: "M5 0a5 5 0 1 0 .01 0Z",
  cross: "M2 .5 5 3.5 8 .5 9.5 2l-3 3 3 3L8 9.5l-3-3-3 3L.5 8l3-3-3-3Z",
  bar: "M0 3.5h10v3H0Z",
});

/** A value with its shape and colour, where it has them. @param {string} text @param {string[]} [look] */
function marked(text, look) {
  if (!look) return h("span", null, text);
  const [shape, light, dark] = look;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 10 10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[shape] || SHAPES.circle);
  svg.append(path);
  return coloured(h("span", { className: "ex-mark" }, svg, text), light, dark);
}

/** @param {any} element @param {string} light @param {string} dark */
function coloured(element, light, dark) {
  element.style.setProperty("--l", light);
  element.style.setProperty("--d", dark);
  return element;
}

// --- search: the same steps as `fold` in explorer.py ---

const ALIKE = /** @type {Record<string, string>} */ ({
  ß: "ss", ς: "σ", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i",
  "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "–": "-", "—": "-",
});
const ODD = /[ßςæœøłđı’‘ʼ‐–—]/g;

/** @param {string} text */
function fold(text) {
  if (/[^\0-\x7f]/.test(text))
    text = text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(ODD, (c) => ALIKE[c]);
  return text.replace(/[\s\x1c-\x1f\x85\ufeff]+/g, " ").toLowerCase();
}

/** A text with its hits marked, whatever their accents. @param {string} text @param {string[]} words @returns {(Node | string)[]} */
function hits(text, words) {
  if (!words.length) return [text];
  let folded = "";
  /** @type {number[]} */
  const origin = [];
  let at = 0;
  for (const letter of text) {
    const plain = fold(letter);
    for (let i = 0; i < plain.length; i++) origin.push(at);
    folded += plain;
    at += letter.length;
  }
  origin.push(at);
  const hit = new Uint8Array(at);
  for (const word of words) {
    for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + 1))
      hit.fill(1, origin[i], Math.max(origin[i + word.length], origin[i + word.length - 1] + 1));
  }
  const parts = [];
  for (let from = 0, to = 0; from < at; from = to) {
    while (to < at && hit[to] === hit[from]) to++;
    const piece = text.slice(from, to);
    parts.push(hit[from] ? h("mark", null, piece) : piece);
  }
  return parts;
}

// --- the engine: which findings match, and how many would ---

/** @param {Data} data @param {string[] | null} ids */
function engine(data, ids) {
  const { studies, nodes, directions } = data;
  const raw = data.findings;
  /** @param {number} row */
  const name = (row) =>
    typeof raw.id[row] === "string"
      ? raw.id[row]
      : `${studies.id[raw.study[row]]}-${String(raw.id[row]).padStart(2, "0")}`;
  /** @type {number[] | null} */
  let rows = null;
  if (ids) {
    const at = new Map();
    for (let row = 0; row < raw.id.length; row++) at.set(name(row), row);
    rows = ids.filter((id) => at.has(id)).map((id) => at.get(id));
  }
  const n = rows ? rows.length : raw.id.length;
  /** @param {number} i */
  const row = (i) => (rows ? rows[i] : i);
  /** @param {(row: number) => number} value */
  const column = (value) => {
    const codes = new Uint32Array(n);
    for (let i = 0; i < n; i++) codes[i] = value(row(i));
    return codes;
  };
  const study = column((at) => raw.study[at]);
  const theme = column((at) => raw.theme[at]);
  const mask = new Uint32Array(n);
  /** @type {Facet[]} */
  const facets = [];
  /** @param {string} id @param {string} label @param {string[]} values @param {string[]} labels @param {number[][]} sets @param {Uint32Array} code */
  const add = (id, label, values, labels, sets, code) => {
    const facet = {
      id, label, values, labels, sets, code, bit: 1 << facets.length, chosen: new Set(),
      pass: new Uint8Array(sets.length).fill(1),
      tally: new Uint32Array(sets.length), counts: new Uint32Array(values.length),
    };
    facets.push(facet);
    return facet;
  };

  // The ranks of the codebook are one facet: a finding carries its node and every node above.
  /** @type {number[][]} */
  const paths = [];
  for (const [index, [, parent]] of nodes.entries()) paths.push([...(paths[parent] || []), index]);
    const tree = add("", "", nodes.map((/** @type {any} */ node) => node[0]), nodes.map((/** @type {any} */ node) => node[2]), paths, theme);
  const direction = add(
    "direction", "", directions.map((/** @type {any} */ item) => item[0]), directions.map((/** @type {any} */ item) => item[1]),
    directions.map((/** @type {any} */ _, /** @type {number} */ index) => [index]),
    column((at) => raw.direction[at]),
  );
  for (const { id, label, values, sets, studies: ofStudy, own } of data.facets)
    add(id, label, values, values, sets, column((at) => own[at] ?? ofStudy[raw.study[at]]));
  const dated = [...new Set(study)].map((at) => studies.year[at]).filter(Boolean);
  const first = Math.min(...dated);
  const span = dated.length ? Math.max(...dated) - first + 1 : 0;
  const calendar = Array.from({ length: span }, (_, index) => String(first + index));
  const year = add(
    "year", "", calendar, calendar, [...calendar.map((_, index) => [index]), []],
    column((at) => (studies.year[raw.study[at]] ? studies.year[raw.study[at]] - first : span)),
  );
  const words = 1 << facets.length;
  const perStudy = new Uint32Array(studies.id.length);

  // Summaries are folded a block at a time: on the first search, or before it in idle moments.
  const BLOCK = 2048;
  const blocks = /** @type {{ text: string, ends: Uint32Array }[]} */ ([]);
  /** @param {number} at */
  const block = (at) => {
    if (blocks[at]) return blocks[at];
    const count = Math.min(BLOCK, n - at * BLOCK);
    const parts = [];
    for (let i = 0; i < count; i++) parts.push(raw.summary[row(at * BLOCK + i)].replaceAll("\x01", " "));
    const text = fold(parts.join("\x01")) + "\x01";
    const ends = new Uint32Array(count);
    for (let i = 0, end = -1; i < count; i++) ends[i] = end = text.indexOf("\x01", end + 1);
    return (blocks[at] = { text, ends });
  };
  /** @type {Map<string, Uint8Array>} */
  const found = new Map();
  const folded = /** @type {Record<string, string[]>} */ ({});
  /** Which findings hold a word: in their summary, study, theme's path or countries. @param {string} word */
  const holding = (word) => {
    const known = found.get(word);
    if (known) return known;
    if (found.size > 24) found.clear();
    folded.study ??= studies.label.map(fold);
    folded.node ??= tree.labels.map(fold);
    const country = facets.find(({ id }) => id === "country");
    if (country) folded.country ??= country.values.map(fold);
    const inStudy = folded.study.map((text) => text.includes(word));
    const inNode = folded.node.map((text) => text.includes(word));
    const inTheme = paths.map((path) => path.some((at) => inNode[at]));
    const inCountry = country && folded.country.map((text) => text.includes(word));
    const inSet = country && inCountry && country.sets.map((set) => set.some((at) => inCountry[at]));
    const hit = new Uint8Array(n);
    for (let i = 0; i < n; i++)
      if (inStudy[study[i]] || inTheme[theme[i]] || (inSet && inSet[country.code[i]])) hit[i] = 1;
    for (let at = 0; at * BLOCK < n; at++) {
      const { text, ends } = block(at);
      for (let i = 0, from = text.indexOf(word); from >= 0; from = text.indexOf(word, ends[i - 1])) {
        while (ends[i] < from) i++;
        hit[at * BLOCK + i++] = 1;
      }
    }
    found.set(word, hit);
    return hit;
  };

  return {
    n, facets, tree, direction, year, study, theme, mask, perStudy, first,
    name: (/** @type {number} */ i) => name(row(i)),
    summary: (/** @type {number} */ i) => raw.summary[row(i)],
    /** Fold one more block; false when all are. */
    prepare() {
      const next = blocks.length;
      if (next * BLOCK >= n) return false;
      block(next);
      return true;
    },
    /** Apply what is chosen in a facet, or given values for the year. @param {Facet} facet @param {(value: number) => boolean} keep @param {boolean} open */
    choose(facet, keep, open) {
      const { sets, pass, code, bit } = facet;
      let same = true;
      for (let at = 0; at < sets.length; at++) {
        const now = open || sets[at].some(keep) ? 1 : 0;
        if (pass[at] !== now) same = false;
        pass[at] = now;
      }
      if (same) return;
      for (let i = 0; i < n; i++) mask[i] = pass[code[i]] ? mask[i] & ~bit : mask[i] | bit;
    },
    /** @param {string[]} wanted */
    search(wanted) {
      const all = wanted.map(holding);
      for (let i = 0; i < n; i++) mask[i] &= ~words;
      for (const hit of all) for (let i = 0; i < n; i++) if (!hit[i]) mask[i] |= words;
    },
    /** Count what matches, and each value under the filters of the other facets. */
    count() {
      const size = facets.length;
      for (const { tally } of facets) tally.fill(0);
      perStudy.fill(0);
      let matches = 0;
      for (let i = 0; i < n; i++) {
        const failed = mask[i];
        if (!failed) {
          matches++;
          perStudy[study[i]]++;
          for (let at = 0; at < size; at++) facets[at].tally[facets[at].code[i]]++;
        } else if (!(failed & (failed - 1)) && failed !== words) {
          // It fails in one facet only, so it counts there.
          const facet = facets[31 - Math.clz32(failed)];
          facet.tally[facet.code[i]]++;
        }
      }
      for (const { counts, tally, sets } of facets) {
        counts.fill(0);
        for (let at = 0; at < sets.length; at++) for (const value of sets[at]) counts[value] += tally[at];
      }
      let from = 0;
      for (const count of perStudy) if (count) from++;
      return { matches, from };
    },
    /** How many would match without the filters in `bits`. @param {number} bits */
    matchesWithout(bits) {
      let matches = 0;
      for (let i = 0; i < n; i++) if (!(mask[i] & ~bits)) matches++;
      return matches;
    },
    words,
  };
}

/** @typedef {ReturnType<typeof engine>} Engine */

// --- what readers take along; exchange.py writes the same ---

/** @param {string} text */
const cell = (text) => `"${(/^\s*[=+\-@＝＋－＠\t\r]/.test(text) ? "'" + text : text).replace(/"/g, '""')}"`;
/** @param {string} text */
const flat = (text) => text.trim().split(/\s+/).join(" ");
/** @param {Data} name */
const family = (name) => `${name["non-dropping-particle"] || ""} ${name.family}`.trim();

const RIS_TYPES = /** @type {Record<string, string>} */ ({
  "article-journal": "JOUR", book: "BOOK", chapter: "CHAP", "paper-conference": "CPAPER",
  report: "RPRT", thesis: "THES", webpage: "ELEC",
});
const RIS_TAGS =
  "TI title,T2 container-title,VL volume,IS issue,M1 number,ET edition,PB publisher,CY publisher-place,SN ISBN,SN ISSN,DO DOI,UR URL,N1 note";

/** @param {Data[]} items */
const toRis = (items) =>
  items
    .map((item) => {
      const lines = [["TY", RIS_TYPES[item.type] || "GEN"], ["ID", item.id]];
      for (const [tag, role] of [["AU", "author"], ["ED", "editor"]])
        for (const name of item[role] || [])
          lines.push([tag, name.literal || [family(name), name.given, name.suffix].filter(Boolean).join(", ")]);
      for (const pair of RIS_TAGS.split(",")) {
        const [tag, name] = pair.split(" ");
        if (item[name]) lines.push([tag, item[name]]);
      }
      if (item.issued) lines.push(["PY", String(item.issued["date-parts"][0][0])]);
      if (item.page) {
        const cut = item.page.indexOf("-");
        lines.push(["SP", cut < 0 ? item.page : item.page.slice(0, cut)]);
        if (cut >= 0) lines.push(["EP", item.page.slice(cut + 1)]);
      }
      for (const word of item.keyword.split(", ")) lines.push(["KW", word]);
      return [...lines, ["ER", ""]].map(([tag, text]) => `${tag}  - ${flat(text)}\r\n`).join("");
    })
    .join("");

const BIB_TYPES = /** @type {Record<string, string>} */ ({
  "article-journal": "article", book: "book", chapter: "incollection",
  "paper-conference": "inproceedings", report: "techreport", thesis: "phdthesis",
});
const BIB_FIELDS =
  "title title, container-title,volume volume,number issue,number number,pages page,edition edition,publisher publisher,address publisher-place,isbn ISBN,issn ISSN,doi DOI,url URL,note note,keywords keyword";
const COMMANDS = /** @type {Record<string, string>} */ ({
  "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}",
  "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
});
/** @param {string} text */
const latex = (text) => text.replace(/[\\{}~^&%$#_]/g, (sign) => COMMANDS[sign] || "\\" + sign);

/** @param {Data[]} items */
const toBibtex = (items) =>
  items
    .map((item) => {
      const kind = BIB_TYPES[item.type] || "misc";
      const fields = [];
      for (const role of ["author", "editor"])
        if (item[role])
          fields.push([role, item[role].map((/** @type {Data} */ name) => name.literal
            ? `{${latex(name.literal)}}`
            : latex([family(name), name.suffix, name.given].filter(Boolean).join(", "))).join(" and ")]);
      if (item.issued) fields.push(["year", String(item.issued["date-parts"][0][0])]);
      for (const pair of BIB_FIELDS.split(",")) {
        let [field, name] = pair.split(" ");
        let text = item[name];
        if (!text) continue;
        if (name === "container-title") field = kind === "article" ? "journal" : "booktitle";
        if (name === "publisher" && kind === "techreport") field = "institution";
        if (name === "publisher" && kind === "phdthesis") field = "school";
        if (name === "page") text = text.replaceAll("-", "--");
        // Addresses are read as they stand; everywhere else these signs are commands.
        fields.push([field, name === "DOI" || name === "URL" ? text : latex(text)]);
      }
      return `@${kind}{${item.id},\n${fields.map(([field, text]) => `  ${field} = {${flat(text)}},\n`).join("")}}\n`;
    })
    .join("\n");

// --- the view ---

let explorers = 0; // ids of labelled inputs need to differ between the explorers of a page

/**
 * @param {HTMLElement} root @param {Model} model
 * @param {string | null} base where links of the evidence start; null in a notebook
 */
function draw(root, model, base) {
  /** @type {Data} */
  const data = model.get("evidence");
  /** @type {Data} */
  const settings = model.get("settings");
  const inPage = base !== null;
  const key = settings.key;
  const words = { ...data.words, ...settings.words };
  const unique = `synth-explorer-${++explorers}`;
  /** @param {string} word @param {Record<string, string | number>} [values] @returns {string} */
  const say = (word, values = {}) => words[word].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => String(values[name]));
  /** @param {number} n @param {"finding" | "study"} [what] */
  const some = (n, what = "finding") => `${n} ${words[what].split("|")[n === 1 ? 0 : 1]}`;

  const core = engine(data, settings.ids);
  const { facets, tree, direction, year, n } = core;
  const ranks = data.ranks.map((/** @type {string[]} */ rank) => rank[0]);
  const rankLabels = data.ranks.map((/** @type {string[]} */ rank) => rank[1]);
  direction.label = say("direction");
  year.label = say("year");
  const looks = [
    data.nodes.map((/** @type {any[]} */ node) => data.looks[node[0]]),
    data.directions.map((/** @type {any[]} */ item) => item.slice(2, 5)),
  ];
  /** @param {Facet} facet @param {number} value */
  const look = (facet, value) => (facet === tree ? looks[0][value] : facet === direction ? looks[1][value] : undefined);
  /** The name a value goes by in an address: nodes by their rank. @param {Facet} facet @param {number} value */
  const slot = (facet, value) => (facet === tree ? ranks[tree.sets[value].length - 1] : facet.id);

  core.count();
  const studiesHere = core.perStudy.reduce((sum, count) => sum + (count ? 1 : 0), 0);
  const findingsOf = core.perStudy.slice();
  const ofTheme = new Uint32Array(tree.values.length);
  for (const at of core.theme) ofTheme[at]++;
  // Nodes above and below what all findings share; elsewhere in the codebook is another page's matter.
  const present = tree.sets.filter((_, at) => ofTheme[at]);
  let shared = 0;
  while (present.length && present.every((path) => path.length > shared && path[shared] === present[0][shared])) shared++;
  const scope = tree.sets.flatMap((path, at) =>
    path.every((node, depth) => depth >= shared || !present.length || node === present[0][depth]) ? [at] : []);
  const inScope = new Set(scope);

  const state = { q: "", since: 0, until: 0, rows: "", cols: "", group: "", sort: "" };
  let all = false;
  /** @type {string[]} */
  let wanted = [];
  let matches = n;
  let from = studiesHere;

  // --- the page's parts, made once ---

  const note = h("p", { className: "ex-note", role: "status", hidden: true });
  const input = h("input", { type: "search", id: `${unique}-q`, autocomplete: "off", spellcheck: false });
  const searching = h("form", { className: "ex-search", role: "search" }, h("label", { htmlFor: input.id }, say("search")), input);
  const panel = h("div", { className: "ex-panel" });
  const inUse = h("span", { className: "ex-use" });
  const done = h("button", { type: "button", className: "ex-btn" });
  const filters = h(
    "details", { className: "ex-filters" },
    h("summary", null, say("filters"), " ", inUse), panel, h("p", { className: "ex-done" }, done),
  );
  const output = h("output", { htmlFor: input.id, "aria-live": "polite" });
  const head = h("div", { className: "ex-head", tabIndex: -1 }, output);
  const status = h("p", { className: "ex-vh", role: "status" });
  const chips = h("ul", { className: "ex-chips", "aria-label": say("active") });
  const inWords = h("p", { className: "ex-print" });
  const empty = h("div", { className: "ex-empty", hidden: true });
  const axes = h("div", { className: "ex-axes" });
  const grid = h("div", { className: "ex-grid", tabIndex: 0, role: "region", "aria-label": say("matrix") });
  const matrix = h("details", { className: "ex-matrix", open: true }, h("summary", null, say("matrix")), axes, grid);
  const title = h("span", { className: "ex-title", role: "heading", ariaLevel: "3" });
  const orders = h("span", { className: "ex-orders" });
  const results = h("ol", { className: "ex-results" });
  const more = h("button", { type: "button", className: "ex-btn", "data-show-all": "" });
  const cut = h("span");
  const moreLine = h("p", { className: "ex-more" }, more, cut);
  const box = h(
    "div", { className: "ex" }, note, searching, filters,
    h("div", { className: "ex-main" }, head, status, chips, inWords, empty, matrix,
      h("div", { className: "ex-head ex-list" }, title, orders), results, moreLine),
  );

  // --- filters ---

  /** @type {{ facet: Facet, value: number, input: any, count: any, label: any, told: number }[]} */
  const options = [];
  /** @param {Facet} facet @param {number} value */
  const option = (facet, value) => {
    const tick = h("input", { type: "checkbox", value: facet.values[value], name: `${key}.${slot(facet, value)}` });
    tick.dataset.facet = slot(facet, value);
    const count = h("span", { className: "ex-n" });
    const label = h("label", { className: "ex-o" }, tick, marked(facet.labels[value], look(facet, value)), count);
    options.push({ facet, value, input: tick, count, label, told: -1 });
    return h("li", null, label);
  };
  /** @param {string} legend @param {...Node} parts */
  const fieldset = (legend, ...parts) => panel.append(h("fieldset", null, h("legend", null, legend), ...parts));
  /** A button that shows the folded part of a list. @param {any} list @param {string} text */
  const unfold = (list, text) => {
    const button = h("button", { type: "button", className: "ex-link", ariaExpanded: "false" }, text);
    button.onclick = () => {
      const open = list.classList.toggle("ex-open");
      button.ariaExpanded = String(open);
      put(button, open ? say("show_fewer") : text);
    };
    list.synthUnfold = () => list.classList.contains("ex-open") || button.click();
    return button;
  };
  /** Values by how many findings carry them; what is unknown or rare stands last. @param {Facet} facet */
  const ordered = (facet) =>
    facet === direction
      ? facet.values.map((_, at) => at)
      : facet.values.map((_, at) => at).filter((at) => facet.counts[at]).sort(
          (a, b) => Number(/^not (reported|established|applicable)$/.test(facet.values[a])) - Number(/^not (reported|established|applicable)$/.test(facet.values[b])) ||
            facet.counts[b] - facet.counts[a] || (facet.values[a] < facet.values[b] ? -1 : 1));
  /** @type {Map<Facet, number[]>} */
  const order = new Map(facets.map((facet) => [facet, facet === tree ? scope : ordered(facet)]));
  /** @param {Facet} facet */
  const values = (facet) => order.get(facet) || [];

  const flatList = (/** @type {Facet} */ facet) => {
    const list = h("ul");
    values(facet).forEach((value, at) => {
      const item = option(facet, value);
      if (at >= LONG) item.className = "ex-extra";
      list.append(item);
    });
    const long = values(facet).length > LONG;
    fieldset(facet.label, list, ...(long ? [unfold(list, say("show_all_of", { n: values(facet).length }))] : []));
  };
  flatList(direction);
  const branches = h("ul", { className: "ex-tree" });
  {
    /** @type {any[]} */
    const lists = [branches];
    for (const value of scope) {
      const depth = tree.sets[value].length - 1;
      const item = option(tree, value);
      if (depth > 1) item.className = "ex-extra";
      if (!lists[depth]) lists[depth] = lists[depth - 1].lastChild.appendChild(h("ul"));
      lists.length = depth + 1;
      lists[depth].append(item);
    }
    const deep = scope.some((value) => tree.sets[value].length > 2);
    fieldset(
      rankLabels.slice(0, 2).join(" · "), branches,
      ...(deep ? [unfold(branches, say("show_more", { n: data.ranks.slice(2).map((/** @type {string[]} */ rank) => rank[2]).join(", ").toLowerCase() }))] : []),
    );
  }
  const bars = year.values.map(() => h("i"));
  const years = ["since", "until"].map((which) => {
    const select = h("select", null, ...year.values.map((at) => h("option", null, at)));
    select.onchange = () => {
      const edge = which === "since" ? year.values[0] : year.values[year.values.length - 1];
      state[/** @type {"since" | "until"} */ (which)] = select.value === edge ? 0 : Number(select.value);
      if (state.since && state.until && state.since > state.until) state[which === "since" ? "until" : "since"] = Number(select.value);
      commit();
    };
    return select;
  });
  if (year.values.length > 1)
    fieldset(
      year.label, h("div", { className: "ex-hist", ariaHidden: "true" }, ...bars),
      h("div", { className: "ex-axes" }, h("label", null, say("from"), " ", years[0]), h("label", null, say("to"), " ", years[1])),
    );
  facets.slice(2).forEach((facet) => facet !== year && values(facet).length > 1 && flatList(facet));

  // --- state: the address in a page, the model in a notebook ---

  /** @returns {[string, string][]} */
  const chosen = () => {
    /** @type {[string, string][]} */
    const pairs = [];
    for (const facet of facets)
      for (const value of values(facet)) if (facet.chosen.has(value)) pairs.push([slot(facet, value), facet.values[value]]);
    if (state.q.trim()) pairs.push(["q", state.q.trim()]);
    if (state.since) pairs.push(["since", String(state.since)]);
    if (state.until) pairs.push(["until", String(state.until)]);
    return pairs;
  };
  const AXES = [...ranks.map((/** @type {string} */ id) => [id, tree]), ...facets.slice(1).filter((facet) => facet !== year).map((facet) => [facet.id, facet])];
  const axisIds = AXES.map(([id]) => id);
  const spread = ranks.map((/** @type {unknown} */ _, /** @type {number} */ depth) => new Set(present.map((path) => path[depth])).size);
  const telling = ranks.findIndex((/** @type {string} */ _, /** @type {number} */ depth) => (depth > 0 || ranks.length === 1) && spread[depth] > 1);
  const usual = /** @type {Record<string, string>} */ ({
    rows: settings.rows || ranks[telling < 0 ? ranks.length - 1 : telling],
    cols: settings.cols || "direction",
    group: settings.group || "study",
    sort: settings.sort || "newest",
  });
  const allowed = /** @type {Record<string, string[]>} */ ({
    rows: axisIds, cols: axisIds, group: ["study", "theme"], sort: ["newest", "oldest", "author"],
  });
  const views = /** @type {("rows" | "cols" | "group" | "sort")[]} */ (Object.keys(usual));
  const facetOf = (/** @type {string} */ id) => AXES.find((axis) => axis[0] === id)?.[1];

  /** Take over filters; returns what was not understood. @param {[string, string][]} pairs */
  const restore = (pairs) => {
    const odd = [];
    Object.assign(state, { q: "", since: 0, until: 0 }, usual);
    for (const facet of facets) facet.chosen.clear();
    for (const [name, value] of pairs) {
      const facet = facetOf(name);
      const at = facet ? facet.values.indexOf(value) : -1;
      const view = views.find((which) => which === name);
      if (facet && at >= 0 && slot(facet, at) === name && values(facet).includes(at)) facet.chosen.add(at);
      else if (name === "q") state.q = state.q ? `${state.q} ${value}` : value;
      else if ((name === "since" || name === "until") && /^\d{1,4}$/.test(value)) state[name] = Number(value);
      else if (view && allowed[view].includes(value)) state[view] = value;
      else odd.push(`${name}=${value.slice(0, 60)}`);
    }
    if (facetOf(state.rows) === facetOf(state.cols)) Object.assign(state, { rows: usual.rows, cols: usual.cols });
    if (facetOf(state.rows) === facetOf(state.cols)) state.cols = axisIds.find((id) => facetOf(id) !== facetOf(state.rows));
    return odd;
  };
  const atFirst = /** @type {[string, string][]} */ (
    Object.entries(settings.filters || {}).flatMap(([name, list]) => list.map((/** @type {string} */ value) => [name, value])));
  const changed = () => {
    const now = chosen();
    return String(now) !== String(restoredFirst);
  };
  restore(atFirst);
  const restoredFirst = chosen();

  const address = () => {
    const query = new URLSearchParams(location.search);
    for (const name of [...query.keys()]) if (name.startsWith(`${key}.`)) query.delete(name);
    const kept = views.filter((which) => state[which] !== usual[which] && allowed[which].includes(state[which]));
    if (changed() || kept.length) {
      for (const [name, value] of chosen()) query.append(`${key}.${name}`, value);
      for (const which of kept) query.append(`${key}.${which}`, state[which]);
      query.append(`${key}.v`, data.version);
    }
    const text = query.toString();
    return location.pathname + (text && `?${text}`) + location.hash;
  };
  const fromAddress = () => {
    const pairs = /** @type {[string, string][]} */ ([...new URLSearchParams(location.search)]
      .filter(([name]) => name.startsWith(`${key}.`)).map(([name, value]) => [name.slice(key.length + 1), value]));
    const version = pairs.find(([name]) => name === "v")?.[1];
    const odd = restore(pairs.length ? pairs.filter(([name]) => name !== "v") : atFirst);
    const notes = [];
    if (odd.length) notes.push(say("bad_link", { n: odd.join(", ") }));
    if (version !== undefined && version !== data.version) notes.push(say("old_link", { n: version.slice(0, 20), version: data.version }));
    tell(notes.join(" "));
  };
  const fromModel = () => {
    const now = JSON.stringify(model.get("filters") || {});
    if (now === sent) return;
    sent = now;
    restore(Object.entries(JSON.parse(now)).flatMap(([name, list]) => list.map((/** @type {string} */ value) => [name, value])));
    all = false;
    refresh();
  };
  let sent = "";
  /** @param {string} text */
  const tell = (text) => {
    note.hidden = !text;
    put(note, text);
  };

  /** The reader changed something: remember it, then show it. @param {boolean} [typing] */
  function commit(typing) {
    all = false;
    tell("");
    if (inPage) {
      try {
        history[typing ? "replaceState" : "pushState"](history.state, "", address());
      } catch {
        // Some browsers refuse addresses on file://, or more than a hundred in half a minute.
      }
    } else {
      /** @type {Record<string, string[]>} */
      const now = {};
      for (const [name, value] of chosen()) (now[name] ??= []).push(value);
      sent = JSON.stringify(now);
      model.set("filters", now);
      model.save_changes();
    }
    refresh();
  }

  // --- showing ---

  /** @returns {{ text: string, bits: number, off: () => void }[]} */
  const active = () => {
    const list = [];
    for (const facet of facets)
      for (const value of values(facet))
        if (facet.chosen.has(value))
          list.push({
            text: `${facet === tree ? rankLabels[tree.sets[value].length - 1] : facet.label}: ${facet.labels[value]}`,
            bits: facet.chosen.size > 1 ? 0 : facet.bit,
            off: () => facet.chosen.delete(value),
          });
    if (state.since || state.until)
      list.push({
        text: `${say("years")}: ${state.since || year.values[0]} ${say("to")} ${state.until || year.values[year.values.length - 1]}`,
        bits: year.bit,
        off: () => (state.since = state.until = 0),
      });
    if (state.q.trim()) list.push({ text: `${say("text")}: “${state.q.trim()}”`, bits: core.words, off: () => (state.q = "") });
    return list;
  };
  const filtersInWords = () => active().map(({ text }) => text).join("; ") || say("no_filter");

  function refresh() {
    for (const facet of facets)
      if (facet === year)
        core.choose(year, (at) => (!state.since || core.first + at >= state.since) && (!state.until || core.first + at <= state.until), !state.since && !state.until);
      else core.choose(facet, (at) => facet.chosen.has(at), !facet.chosen.size);
    const before = wanted.join(" ");
    wanted = fold(state.q).split(/[ \x01]/).filter(Boolean);
    if (wanted.join(" ") !== before) core.search(wanted);
    ({ matches, from } = core.count());

    if (input.value !== state.q) input.value = state.q;
    output.dataset.count = String(matches);
    put(output, matches === n
      ? say("all", { findings: some(n), studies: some(from, "study") })
      : matches ? say("some", { n: matches, findings: some(n), studies: some(from, "study") }) : say("no_match"));
    for (const item of options) {
      const { facet, value } = item;
      const on = facet.chosen.has(value);
      const via = !on && facet === tree && tree.sets[value].some((node) => facet.chosen.has(node));
      if (item.input.checked !== on) item.input.checked = on;
      if (item.input.indeterminate !== via) item.input.indeterminate = via;
      const told = facet.counts[value] * 2 + Number(via);
      if (told === item.told) continue;
      item.told = told;
      item.count.replaceChildren(String(facet.counts[value]), h("span", { className: "ex-vh" },
        some(facet.counts[value]).replace(/^\d+/, "") + (via ? say("included") : "")));
      item.label.classList.toggle("ex-zero", !facet.counts[value]);
    }
    const tallest = Math.max(1, ...year.counts);
    bars.forEach((bar, at) => {
      bar.style.height = `${(year.counts[at] / tallest) * 100}%`;
      bar.className = year.pass[at] ? "ex-on" : "";
    });
    if (years[0].value !== String(state.since || year.values[0])) years[0].value = state.since || year.values[0];
    const last = year.values[year.values.length - 1];
    if (years[1].value !== String(state.until || last)) years[1].value = state.until || last;

    const list = active();
    put(inUse, list.length ? say("in_use", { n: list.length }) : "");
    put(done, matches ? say("show", { findings: some(matches) }) : say("no_match"));
    chips.replaceChildren(...list.map(({ text, off }, at) => {
      const chip = h("button", { type: "button", className: "ex-chip" }, h("span", { className: "ex-vh" }, say("remove")), text);
      chip.onclick = () => {
        off();
        commit();
        (chips.querySelectorAll(".ex-chip:not(.ex-clear)")[Math.min(at, chips.children.length - 2)] || input).focus();
      };
      return h("li", null, chip);
    }));
    if (list.length) {
      const clear = h("button", { type: "button", className: "ex-chip ex-clear" }, say("clear"));
      clear.onclick = () => {
        for (const { off } of active()) off();
        for (const facet of facets) facet.chosen.clear();
        commit();
        input.focus();
      };
      chips.append(h("li", null, clear));
    }
    put(inWords, say("view", { filters: filtersInWords(), version: data.version, date: data.date }));
    empty.hidden = matches > 0;
    if (!matches) showEmpty(list);
    if (matrix.open) showMatrix();
    showResults();
  }

  /** @param {ReturnType<typeof active>} list */
  function showEmpty(list) {
    const ways = list.flatMap(({ text, bits, off }) => {
      const count = bits ? core.matchesWithout(bits) : 0;
      if (!count) return [];
      const button = h("button", { type: "button", className: "ex-link" }, say("without", { n: text, findings: some(count) }));
      button.onclick = () => {
        off();
        commit();
        head.focus();
      };
      return [h("li", null, button)];
    });
    empty.replaceChildren(h("p", null, say("empty", { n })), h("ul", null, ...ways));
  }

  // --- matrix ---

  const selects = /** @type {Record<string, any>} */ ({});
  for (const which of /** @type {("rows" | "cols")[]} */ (["rows", "cols"])) {
    const select = (selects[which] = h("select", null,
      ...AXES.map(([id, facet]) => h("option", { value: id }, facet === tree ? rankLabels[ranks.indexOf(id)] : facet.label))));
    select.onchange = () => {
      const other = which === "rows" ? "cols" : "rows";
      const old = state[which];
      state[which] = select.value;
      if (facetOf(state.rows) === facetOf(state.cols)) state[other] = facetOf(old) === facetOf(state[which]) ? axisIds.find((id) => facetOf(id) !== facetOf(state[which])) : old;
      commit();
    };
    axes.append(h("label", null, say(which), " ", select));
  }

  /** @typedef {{ facet: Facet, values: number[], slots: number[][], label: string }} Axis */
  /** @param {string} id @returns {Axis} */
  const axis = (id) => {
    const facet = facetOf(id);
    const depth = ranks.indexOf(id);
    const shown = facet === tree ? scope.filter((at) => tree.sets[at].length === depth + 1) : values(facet);
    const place = new Map(shown.map((value, at) => [value, at]));
    return {
      facet, values: shown, label: facet === tree ? rankLabels[depth] : facet.label,
      slots: facet.sets.map((/** @type {number[]} */ set) => set.flatMap((value) => place.get(value) ?? [])),
    };
  };
  const kinds = direction.values.length;
  /** @type {{ name: string, rows: Axis, cols: Axis, split: boolean, every: Uint32Array, cells: any[] }} */
  let table;
  /** @param {Axis} rows @param {Axis} cols @param {number} ignored @param {boolean} split */
  const tally = (rows, cols, ignored, split) => {
    const width = cols.values.length;
    const size = split ? kinds : 1;
    const sums = new Uint32Array(rows.values.length * width * size);
    const a = rows.facet.code;
    const b = cols.facet.code;
    for (let i = 0; i < n; i++) {
      if (core.mask[i] & ~ignored) continue;
      const kind = split ? direction.code[i] : 0;
      for (const row of rows.slots[a[i]]) for (const col of cols.slots[b[i]]) sums[(row * width + col) * size + kind]++;
    }
    return sums;
  };
  /** @param {Axis} rows @param {Axis} cols */
  function buildMatrix(rows, cols) {
    const split = rows.facet !== direction && cols.facet !== direction;
    const every = tally(rows, cols, ~0, false);
    /** @type {any[]} */
    const cells = [];
    const header = h("tr", null, h("td"), ...cols.values.map((value) =>
      h("th", { scope: "col" }, marked(cols.facet.labels[value], look(cols.facet, value)))));
    const body = h("tbody");
    let group = -1;
    rows.values.forEach((value, row) => {
      const path = rows.facet === tree ? tree.sets[value] : [];
      const parent = path[path.length - 2] ?? -1;
      if (parent >= 0 && parent !== group)
        body.append(h("tr", { className: "ex-grp" }, h("th", { scope: "rowgroup", colSpan: cols.values.length + 1 }, marked(tree.labels[parent], looks[0][parent]))));
      group = parent;
      body.append(h("tr", null, h("th", { scope: "row" }, marked(rows.facet.labels[value], look(rows.facet, value))),
        ...cols.values.map((other, col) => {
          const total = every[row * cols.values.length + col];
          if (!total) {
            cells.push(null);
            return h("td", { className: "ex-none" }, h("span", null, say("none"), h("span", { className: "ex-vh" }, say("none_long", { n }))));
          }
          const count = h("span");
          const words = h("span", { className: "ex-vh" });
          const button = h("button", { type: "button" }, count, words);
          const parts = split ? direction.values.map((_, at) => coloured(h("i", { className: `ex-${data.directions[at][5]}` }), looks[1][at][1], looks[1][at][2])) : [];
          if (split) button.append(h("span", { className: "ex-bar", ariaHidden: "true" }, ...parts));
          const zero = h("span", { hidden: true }, "0", h("span", { className: "ex-vh" }, say("hidden", { n: total })));
          const td = h("td", null, button, zero);
          button.onclick = () => {
            const pressed = button.ariaPressed === "true";
            for (const facet of [rows.facet, cols.facet]) facet.chosen.clear();
            if (!pressed) {
              rows.facet.chosen.add(value);
              cols.facet.chosen.add(other);
            }
            commit();
          };
          cells.push({ td, button, count, words, zero, parts, value, other, told: "" });
          return td;
        })));
    });
    grid.replaceChildren(
      h("table", null, h("caption", { className: "ex-vh" }, say("matrix_caption", { a: rows.label, b: cols.label })), h("thead", null, header), body),
      h("p", { className: "ex-key" }, h("span", { className: "ex-k0" }, say("none")), ` ${say("key_none", { n })} `,
        h("span", { className: "ex-k1" }, "0"), ` ${say("key_zero")} `, h("span", { className: "ex-k2" }, "n"), ` ${say("key_in")} `, say("key")));
    table = { name: `${state.rows}/${state.cols}`, rows, cols, split, every, cells };
  }
  function showMatrix() {
    if (table?.name !== `${state.rows}/${state.cols}`) buildMatrix(axis(state.rows), axis(state.cols));
    selects.rows.value = state.rows;
    selects.cols.value = state.cols;
    const { rows, cols, split, cells } = table;
    const sums = tally(rows, cols, rows.facet.bit | cols.facet.bit, split);
    const size = split ? kinds : 1;
    const counts = cells.map((_, at) => {
      let sum = 0;
      for (let kind = 0; kind < size; kind++) sum += sums[at * size + kind];
      return sum;
    });
    const top = Math.max(1, ...counts);
    const chosenHere = rows.facet.chosen.size + cols.facet.chosen.size;
    /** @param {Facet} facet @param {number} value */
    const taken = (facet, value) => !facet.chosen.size || facet.sets[facet === tree ? value : facet.sets.findIndex((set) => set.length === 1 && set[0] === value)]?.some((at) => facet.chosen.has(at)) || facet.chosen.has(value);
    cells.forEach((item, at) => {
      if (!item) return;
      const count = counts[at];
      const inside = chosenHere > 0 && taken(rows.facet, item.value) && taken(cols.facet, item.other);
      const pressed = [rows, cols].every(({ facet }, which) => facet.chosen.size === 1 && facet.chosen.has(which ? item.other : item.value));
      const kept = Array.from(sums.subarray(at * size, at * size + size));
      const told = `${kept}/${top}/${inside}/${pressed}`;
      if (told === item.told) return;
      item.told = told;
      item.button.hidden = !count;
      item.zero.hidden = count > 0;
      item.td.className = count ? (inside ? "ex-in" : "") : "ex-nil";
      item.button.ariaPressed = String(pressed);
      item.button.style.setProperty("--a", (0.05 + (0.29 * count) / top).toFixed(2));
      put(item.count, String(count));
      const split_ = split ? `, ${kept.flatMap((sum, kind) => (sum ? `${direction.labels[kind]} ${sum}` : [])).join(", ")}` : "";
      put(item.words, `${some(count).replace(/^\d+/, "")}: ${rows.facet.labels[item.value]}, ${cols.facet.labels[item.other]}${split_}${inside ? say("in_selection") : ""}`);
      item.parts.forEach((/** @type {any} */ part, /** @type {number} */ kind) => (part.style.flexGrow = kept[kind]));
    });
  }

  // --- results ---

  for (const which of /** @type {("group" | "sort")[]} */ (["group", "sort"])) {
    const select = (selects[which] = h("select", null,
      ...allowed[which].map((id) => h("option", { value: id }, say(which === "group" ? `group_${id}` : id)))));
    select.onchange = () => {
      state[which] = select.value;
      commit();
    };
    orders.append(h("label", null, say(which === "group" ? "group" : "order"), " ", select), " ");
  }
  /** @type {Map<string, Uint32Array>} */
  const sorted = new Map();
  /** Findings group by group, in the order chosen; two counting sorts. */
  const sequence = () => {
    const name = `${state.group}/${state.sort}`;
    const known = sorted.get(name);
    if (known) return known;
    const { year: dates, label } = data.studies;
    const alphabet = new Intl.Collator(data.language || "en");
    const ranking = label.map((/** @type {string} */ _, /** @type {number} */ at) => at).sort((/** @type {number} */ a, /** @type {number} */ b) =>
      (state.sort === "author" ? 0 : state.sort === "newest" ? dates[b] - dates[a] : (dates[a] || 9999) - (dates[b] || 9999)) ||
      alphabet.compare(label[a], label[b]) || a - b);
    const place = new Uint32Array(ranking.length);
    ranking.forEach((/** @type {number} */ at, /** @type {number} */ rank) => (place[at] = rank));
    /** @param {(i: number) => number} by @param {number} size @param {(at: number) => number} source */
    const sort = (by, size, source) => {
      const starts = new Uint32Array(size + 1);
      for (let i = 0; i < n; i++) starts[by(i) + 1]++;
      for (let at = 0; at < size; at++) starts[at + 1] += starts[at];
      const result = new Uint32Array(n);
      for (let i = 0; i < n; i++) result[starts[by(source(i))]++] = source(i);
      return result;
    };
    let result = sort((i) => place[core.study[i]], ranking.length, (i) => i);
    if (state.group === "theme") {
      const before = result;
      result = sort((i) => core.theme[i], tree.values.length, (i) => before[i]);
    }
    sorted.set(name, result);
    return result;
  };

  /** @param {string} address @param {string} text @returns {any} */
  const link = (address, text) => h("a", { href: address }, ...hits(text, wanted));
  /** @param {number} at */
  const studyLink = (at) => {
    const { id, label, work } = data.studies;
    if (inPage && data.links?.study) return link(base + data.links.study + encodeURIComponent(id[at]), label[at]);
    const doi = work[at]?.DOI;
    return doi ? link(`https://doi.org/${encodeURI(doi)}`, label[at]) : h("span", null, ...hits(label[at], wanted));
  };
  /** What is known of a study, facet by facet. @param {number} at @param {number} [i] */
  const facts = (at, i) => data.facets.map((/** @type {Data} */ facet, /** @type {number} */ place) => {
    const code = i === undefined ? facet.studies[at] : facets[place + 2].code[i];
    return facet.sets[code].map((/** @type {number} */ value) => facet.values[value]).join(", ");
  }).join(" · ");
  /** @type {Map<number, any>} */
  const cards = new Map();
  /** @type {Map<string, any>} */
  const groups = new Map();
  /** @param {number} i */
  const card = (i) => {
    const marks = `${state.group}/${wanted}`;
    let item = cards.get(i);
    if (!item) {
      if (cards.size > 2 * MOST) cards.clear();
      const kind = direction.code[i];
      const text = h("p");
      const path = h("p", { className: "ex-path" });
      item = h("li", null, marked(direction.labels[kind], looks[1][kind]), h("div", null, text, path));
      item.dataset.finding = core.name(i);
      cards.set(i, (item.synth = { item, text, path, marks: "?" }));
    } else item = item.item;
    const parts = item.synth;
    if (parts.marks === marks) return item;
    parts.marks = marks;
    parts.text.replaceChildren(...hits(core.summary(i), wanted));
    const study = core.study[i];
    const line = tree.sets[core.theme[i]].map((node) => tree.labels[node]).join(" › ");
    const own = data.facets.some((/** @type {Data} */ facet, /** @type {number} */ at) => facets[at + 2].code[i] !== facet.studies[study]);
    parts.path.replaceChildren(
      ...(state.group === "theme" ? [studyLink(study), " · ", ...hits(facts(study, i), wanted)] : [...hits(line, wanted), ...(own ? [" · ", ...hits(facts(study, i), wanted)] : [])]),
      ...(inPage && data.links?.finding ? [" · ", h("a", { href: base + data.links.finding + encodeURIComponent(core.name(i)), className: "ex-id" }, core.name(i))] : []));
    return item;
  };

  function showResults() {
    selects.group.value = state.group;
    selects.sort.value = state.sort;
    const byTheme = state.group === "theme";
    put(title, say(byTheme ? "by_theme" : "by_study"));
    const code = byTheme ? core.theme : core.study;
    const totals = byTheme ? ofTheme : findingsOf;
    let counts = core.perStudy;
    if (byTheme) {
      counts = new Uint32Array(tree.values.length);
      for (let i = 0; i < n; i++) if (!core.mask[i]) counts[core.theme[i]]++;
    }
    /** @type {any[]} */
    const wantedGroups = [];
    /** @type {Map<any, any[]>} */
    const inside = new Map();
    let shown = 0;
    let current = -1;
    for (const i of sequence()) {
      if (core.mask[i]) continue;
      if (shown >= (all ? MOST : SHOWN) || (!all && code[i] !== current && wantedGroups.length === GROUPS)) break;
      if (code[i] !== current) {
        current = code[i];
        const name = `${state.group}/${current}`;
        let group = groups.get(name);
        if (!group) {
          if (groups.size > MOST) groups.clear();
          const heading = h("span", { className: "ex-h", role: "heading", ariaLevel: "4" });
          const meta = h("p", { className: "ex-path" });
          const list = h("ul");
          group = h("li", null, heading, meta, list);
          group.synth = { heading, meta, list, told: "?" };
          groups.set(name, group);
        }
        const told = `${counts[current]}/${wanted}`;
        if (group.synth.told !== told) {
          group.synth.told = told;
          const path = tree.sets[current];
          group.synth.heading.replaceChildren(byTheme ? marked(tree.labels[current], looks[0][path[0]]) : studyLink(current));
          group.synth.meta.replaceChildren(
            ...hits(byTheme ? path.slice(0, -1).map((node) => tree.labels[node]).join(" › ") : facts(current), wanted),
            byTheme && path.length < 2 ? "" : " · ",
            counts[current] === totals[current] ? some(totals[current]) : say("its", { n: counts[current], findings: some(totals[current]) }));
        }
        wantedGroups.push(group);
        inside.set(group, []);
      }
      inside.get(wantedGroups[wantedGroups.length - 1])?.push(card(i));
      shown++;
    }
    for (const [group, items] of inside) hold(group.synth.list, items);
    hold(results, wantedGroups);
    const rest = matches - shown;
    moreLine.hidden = !rest;
    more.hidden = all;
    put(more, say("show_all", { findings: some(Math.min(matches, MOST)), n: Math.min(matches, MOST) - shown }));
    put(cut, all && rest ? say("cut", { n: shown }) : "");
  }

  // --- tools ---

  const matching = () => {
    const list = [];
    for (let i = 0; i < n; i++) if (!core.mask[i]) list.push(i);
    return list;
  };
  const items = () => {
    /** @type {Map<number, Set<string>>} */
    const codes = new Map();
    for (const i of matching()) {
      const at = core.study[i];
      if (!codes.has(at)) codes.set(at, new Set());
      codes.get(at)?.add(`${tree.values[core.theme[i]]}: ${direction.values[direction.code[i]]}`);
    }
    return [...codes].sort((a, b) => a[0] - b[0]).filter(([at]) => data.studies.work[at])
      .map(([at, words]) => ({ ...data.studies.work[at], keyword: [...words].join(", "), text: data.studies.text[at] }));
  };
  const toCsv = () => {
    const heading = `${data.title}. ${matches} of ${data.total[0]} findings. Filters: ${filtersInWords()}. Data version ${data.version}, ${data.date}. ${say("harmless")}`;
    const lines = [[heading], ["finding", "study", "citation", "year", ...ranks, "direction", ...data.facets.map((/** @type {Data} */ facet) => facet.id), "summary", "doi"]];
    for (const i of matching()) {
      const at = core.study[i];
      const path = tree.sets[core.theme[i]];
      lines.push([
        core.name(i), data.studies.id[at], data.studies.label[at], String(data.studies.year[at] || ""),
        ...ranks.map((/** @type {string} */ _, /** @type {number} */ depth) => (depth < path.length ? tree.labels[path[depth]] : "")),
        direction.labels[direction.code[i]],
        ...data.facets.map((/** @type {Data} */ facet, /** @type {number} */ place) => facet.sets[facets[place + 2].code[i]].map((/** @type {number} */ value) => facet.values[value]).join("; ")),
        core.summary(i), data.studies.work[at]?.DOI || "",
      ]);
    }
    return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
  };
  const bare = () => items().map(({ text, ...item }) => item);
  const formats = /** @type {Record<string, [string, () => string]>} */ ({
    // The mark at the start tells a spreadsheet that the letters are UTF-8.
    csv: ["text/csv", () => "\ufeff" + toCsv()],
    ris: ["application/x-research-info-systems", () => toRis(bare())],
    bib: ["application/x-bibtex", () => toBibtex(bare())],
    json: ["application/json", () => JSON.stringify(bare(), null, 1) + "\n"],
  });
  /** @param {string} text */
  const announce = (text) => {
    put(status, "");
    setTimeout(() => put(status, text), 50);
  };
  /** @param {string} text @param {any} button @param {string} [told] */
  const copy = async (text, button, told = say("copied")) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a secure address there is only the old way.
      const area = h("textarea", { value: text });
      root.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.firstChild;
    const back = label.textContent;
    announce(told);
    if (back === told) return;
    put(label, told);
    setTimeout(() => put(label, back), 2000);
  };
  /** @param {string} word @param {...Node} parts */
  const sheet = (word, ...parts) => {
    const menu = h("details", { className: "ex-menu" }, h("summary", { className: "ex-btn" }, say(word)), h("div", { className: "ex-sheet" }, ...parts));
    menu.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstChild.focus();
    };
    return menu;
  };
  const tools = h("div", { className: "ex-tools" });
  if (inPage) {
    const button = h("button", { type: "button", className: "ex-btn" }, say("copy_link"));
    button.onclick = () => {
      const query = new URL(location.origin === "null" ? location.href : location.origin + address(), location.href);
      if (!query.searchParams.has(`${key}.v`)) query.searchParams.append(`${key}.v`, data.version);
      copy(query.href, button, say("copied_link"));
    };
    tools.append(button);
  }
  const citation = h("p");
  const copyCitation = h("button", { type: "button", className: "ex-btn" }, say("copy_cite"));
  copyCitation.onclick = () => copy(citation.textContent, copyCitation);
  const cite = sheet("cite", citation, copyCitation);
  cite.ontoggle = () => put(citation,
    `${data.authors.length ? data.authors.join(", ") : data.title} (${data.date.slice(0, 4)}). ${data.authors.length ? data.title + ". " : ""}` +
    `${some(matches)} ${say("from")} ${some(from, "study")}. ${say("view", { filters: filtersInWords(), version: data.version, date: data.date })}` +
    (inPage ? ` ${location.href}` : ""));
  const choices = h("ul");
  const chosenNow = h("p");
  for (const name of ["csv", "ris", "bib", "json", "list"]) {
    const [label, small] = say(name).split("|");
    const button = h("button", { type: "button", value: name }, label, h("small", null, small));
    button.onclick = () => {
      if (name === "list") return copy(items().map(({ text }) => text).sort().join("\n") + "\n", button);
      const [type, write] = formats[name];
      const file = `${key === "x" ? "findings" : key}.${name}`;
      const anchor = h("a", { href: URL.createObjectURL(new Blob([write()], { type })), download: file });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
      announce(say("saved", { n: file }));
    };
    choices.append(h("li", null, button));
  }
  const exporting = sheet("export", chosenNow, choices);
  exporting.ontoggle = () => put(chosenNow, say("chosen", { findings: some(matches), studies: some(from, "study") }));
  tools.append(cite, exporting);
  head.append(tools);

  // --- events ---

  searching.onsubmit = (/** @type {Event} */ event) => event.preventDefault();
  input.oninput = () => {
    state.q = input.value;
    commit(true);
  };
  panel.onchange = (/** @type {any} */ event) => {
    const item = options.find((entry) => entry.input === event.target);
    if (!item) return;
    const { chosen: set } = item.facet;
    if (!set.delete(item.value)) set.add(item.value);
    commit();
  };
  done.onclick = () => {
    filters.open = false;
    head.focus({ preventScroll: true });
    head.scrollIntoView();
  };
  more.onclick = () => {
    const before = results.querySelectorAll("[data-finding]").length;
    all = true;
    showResults();
    const next = results.querySelectorAll("[data-finding]")[before];
    next?.setAttribute("tabindex", "-1");
    next?.focus();
  };
  matrix.ontoggle = () => matrix.open && showMatrix();
  const closing = (/** @type {Event} */ event) => {
    for (const menu of [cite, exporting]) if (menu.open && !menu.contains(event.target)) menu.open = false;
  };
  const back = () => {
    fromAddress();
    all = false;
    refresh();
  };
  let printed = false;
  const beforePrint = () => {
    printed = all;
    all = true;
    showResults();
  };
  const afterPrint = () => {
    all = printed;
    showResults();
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("click", closing, { signal });
  addEventListener("beforeprint", beforePrint, { signal });
  addEventListener("afterprint", afterPrint, { signal });
  if (inPage) addEventListener("popstate", back, { signal });
  else model.on("change:filters", fromModel);

  // The column decides, not the window: a notebook's cell is narrower than its page.
  let wide = false;
  /** @param {number} width */
  const fit = (width) => {
    const now = width >= 832;
    if (root.dataset.wide && now === wide) return;
    wide = now;
    root.dataset.wide = String(wide);
    filters.open = wide;
    filters.firstChild.tabIndex = wide ? -1 : 0;
  };
  const watching = new ResizeObserver(([{ contentRect }]) => fit(contentRect.width));

  Object.defineProperty(root, "findings", { configurable: true, get: () => matching().map(core.name) });
  if (inPage) fromAddress();
  else fromModel();
  fit(root.clientWidth);
  refresh();
  for (const list of panel.querySelectorAll("ul")) if (list.synthUnfold && list.querySelector(".ex-extra > label > :checked")) list.synthUnfold();
  root.append(box);
  watching.observe(root);
  root.dataset.ready = "true";
  const idle = window.requestIdleCallback || ((/** @type {() => void} */ call) => setTimeout(call, 50));
  const prepare = () => !signal.aborted && core.prepare() && idle(prepare);
  idle(prepare);

  return () => {
    stop.abort();
    watching.disconnect();
    if (!inPage) model.off("change:filters", fromModel);
    box.remove();
  };
}

export default {
  /** In a notebook: everything comes with the model. @param {{ model: Model, el: HTMLElement }} live */
  render({ model, el }) {
    const root = h("div", { className: "synth synth-explorer" });
    root.dataset.key = model.get("settings").key;
    el.append(root);
    return draw(root, model, null);
  },

  /**
   * In a page: settings stand in the element, the evidence in a script all explorers share.
   * @param {HTMLElement} root
   * @param {{ url: (name: string) => string, load: (name: string) => Promise<void> }} tools
   */
  async mount(root, tools) {
    const fallback = /** @type {HTMLElement} */ (root.querySelector(".synth-fallback"));
    try {
      const settings = JSON.parse(root.querySelector('script[type="application/json"]')?.textContent || "");
      const file = root.dataset.evidence || "";
      await tools.load(file);
      const evidence = /** @type {any} */ (window).synthEvidence[file];
      const given = /** @type {Record<string, any>} */ ({ evidence, settings, filters: {} });
      const model = { get: (/** @type {string} */ name) => given[name], set() {}, save_changes() {}, on() {}, off() {} };
      draw(root, model, tools.url("../../"));
      fallback.remove();
    } catch (error) {
      if (!root.querySelector(".ex-error"))
        root.prepend(h("p", { className: "ex-error" }, "The filters could not be started. The table below holds the findings."));
      throw error;
    }
  },
};
