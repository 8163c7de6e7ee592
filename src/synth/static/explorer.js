// @ts-check
/**
 * The explorer: filters, search, matrix and list over the coded findings of a review.
 *
 * One module, two hosts. JupyterLab calls `render` with a model whose filters a kernel follows;
 * the book's loader calls `mount` on the stored table, and the address holds the filters.
 * Nothing here knows a theme, a direction or a country: all words come with the evidence.
 */

/** @typedef {Record<string, any>} Data */
/** @typedef {[string, string][]} Pairs names and values as they stand in an address */
/** @typedef {{ text: string, bit: number, off: () => unknown }} Active a filter in use */
/**
 * What a host gives: the evidence, and a place to keep filters in.
 * @typedef {{ data: Data, settings: Data, extras: () => Promise<Data>, base: string,
 *    keep?: (filters: Data) => void, follow?: (call: (filters: Data) => void) => void }} Host
 */
/**
 * A facet: each finding carries one *set* of values (`code` says which), so that several countries,
 * or a node with all above it, cost no more than one value.
 * @typedef {{ id: string, label: string, values: string[], labels: string[], sets: number[][],
 *    looks: Record<number, string[]>, by?: number[], code: Uint32Array, bit: number,
 *    chosen: Set<number>, pass: Uint8Array, tally: Uint32Array, counts: Uint32Array,
 *    shown: number[] }} Facet
 */

const SHOWN = 50; // findings at first, in at most
const GROUPS = 12; // groups
const FIRST = 8; // findings a reader's choice shows at once; those below follow when they are painted
const MOST = 2000; // rows of HTML a phone can still scroll
const LONG = 12; // values of a facet before the rest is folded away
const BLOCK = 2048; // summaries folded at a time
const LEFTWARDS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/; // written from the right

// --- small things ---

/**
 * An element: `h("li.ex-card", { hidden: true }, "text", child)`.
 * @param {string} tag @param {Data | null} [props] @param {...(Node | string)} children
 * @returns {any}
 */
function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = /** @type {any} */ (document.createElement(name));
  if (classes[0]) element.className = classes.join(" ");
  for (const key in props) {
    if (key in element) element[key] = props[key];
    else element.setAttribute(key, props[key]);
  }
  element.append(...children);
  return element;
}
/** @param {string} style @param {string | Node} text @param {() => unknown} onclick @param {...Node} more */
const button = (style, text, onclick, ...more) => h(`button${style}`, { type: "button", onclick }, text, ...more);
/** Words for screen readers only. @param {string} text */
const aside = (text) => h("span.ex-vh", null, text);
/** Change a text only where it differs: most of the page stays as it is. @param {any} node @param {string} text */
const put = (node, text) => {
  const inner = node.firstChild;
  if (!inner) node.textContent = text;
  else if (inner.data !== text) inner.data = text;
};

/**
 * Make a parent hold exactly these children, moving as few as possible.
 * @param {any} parent @param {any[]} wanted @param {boolean} [more] others stay behind them for now
 */
function hold(parent, wanted, more) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at && !more) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @param {any} element @param {string[]} look */
function colour(element, look) {
  element.style.setProperty("--l", look[1]);
  element.style.setProperty("--d", look[2]);
  return element;
}
/** @param {string} tag */
const drawing = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
/** A value with its shape and colour, where it has them. @param {Facet} facet @param {number} value */
function mark({ labels, looks }, value) {
  const look = looks[value];
  if (!look) return h("span", null, labels[value]);
  const [svg, path] = ["svg", "path"].map(drawing);
  svg.setAttribute("viewBox", "0 0 10 10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", look[0]);
  svg.append(path);
  return colour(h("span.ex-mark", null, svg, labels[value]), look);
}

/** Once the browser has painted what was changed until now. @param {() => unknown} act */
const afterPaint = (act) => requestAnimationFrame(() => idle(act, { timeout: 100 }));
/** @type {(act: () => unknown, options?: any) => unknown} */
const idle = globalThis.requestIdleCallback || setTimeout;

// --- search: the same steps as `fold` in explorer.py, the same letters alike ---

/** @param {Record<string, string>} alike @returns {(text: string) => string} */
const folding = (alike) => {
  const odd = new RegExp(`[${Object.keys(alike).join("")}]`, "g");
  return (text) => {
    if (/[^\0-\x7f]/.test(text))
      text = text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(odd, (letter) => alike[letter]);
    return text.replace(/[\s\x1c-\x1f\x85\ufeff]+/g, " ").toLowerCase();
  };
};

/**
 * A text with its hits marked, whatever their accents.
 * @param {string} text @param {string[]} words @param {(text: string) => string} fold
 * @returns {(Node | string)[]}
 */
function hits(text, words, fold) {
  if (!words.length) return [text];
  let folded = "";
  /** @type {number[]} */
  const origin = [];
  let length = 0;
  for (const letter of text) {
    const small = letter < "\x80" ? letter.toLowerCase() : fold(letter);
    for (const _ of small) origin.push(length);
    folded += small;
    length += letter.length;
  }
  origin.push(length);
  const hit = new Uint8Array(length);
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1))
      hit.fill(1, origin[at], Math.max(origin[at + word.length], origin[at + word.length - 1] + 1));
  const parts = [];
  for (let from = 0, to = 0; from < length; from = to) {
    while (to < length && hit[to] === hit[from]) to++;
    const piece = text.slice(from, to);
    parts.push(hit[from] ? h("mark", null, piece) : piece);
  }
  return parts;
}

// --- the engine: which findings match, and how many would ---

/** @param {Data} data @param {string[] | null} ids */
function engine(data, ids) {
  const { id: numbers, study: studyOf, summary } = data.findings;
  const fold = folding(data.alike);
  /** @param {number} row @returns {string} */
  const nameOf = (row) =>
    numbers[row] < 1e9 && typeof numbers[row] === "number"
      ? `${data.studies.id[studyOf[row]]}-${String(numbers[row]).padStart(2, "0")}`
      : numbers[row];
  /** @type {number[] | undefined} */
  let rows;
  if (ids) {
    const wanted = new Set(ids);
    rows = [...numbers.keys()].filter((row) => wanted.has(nameOf(row)));
  }
  const n = (rows || numbers).length;
  /** @param {number} i */
  const row = (i) => (rows ? rows[i] : i);
  /** @param {(row: number) => number} value */
  const column = (value) => Uint32Array.from({ length: n }, (_, i) => value(row(i)));
  const study = column((at) => studyOf[at]);
  const failed = new Uint32Array(n); // a bit for each facet whose filter a finding does not pass
  /** @type {Facet[]} */
  const facets = data.facets.map((/** @type {any} */ facet, /** @type {number} */ at) => ({
    labels: facet.values, looks: {}, ...facet,
    code: column(facet.all ? (from) => facet.all[from] : (from) => facet.own[from] ?? facet.by[studyOf[from]]),
    bit: 1 << at, chosen: new Set(),
    pass: new Uint8Array(facet.sets.length).fill(1),
    tally: new Uint32Array(facet.sets.length),
    counts: new Uint32Array(facet.values.length),
  }));
  const text = 1 << facets.length;
  const perStudy = new Uint32Array(data.studies.id.length);
  const perTheme = new Uint32Array(facets[0].sets.length);

  // Summaries are folded a block at a time: on the first search, or before it in idle moments.
  const blocks = /** @type {{ text: string, ends: number[] }[]} */ ([]);
  const block = (/** @type {number} */ at) => {
    if (blocks[at]) return blocks[at];
    const parts = [];
    for (let i = at * BLOCK; i < n && i < (at + 1) * BLOCK; i++) parts.push(summary[row(i)].replaceAll("\x01", " "));
    const joined = fold(parts.join("\x01")) + "\x01";
    let end = -1;
    return (blocks[at] = { text: joined, ends: parts.map(() => (end = joined.indexOf("\x01", end + 1))) });
  };
  /** @type {Map<string, Uint8Array>} */
  const found = new Map();
  /** Labels are folded once, not at every stroke. @type {Map<string[], string[]>} */
  const folded = new Map();
  /** Which findings hold a word: in their summary, study, theme's path or countries. @param {string} word */
  const holding = (word) => {
    const known = found.get(word);
    if (known) return known;
    if (found.size > 24) found.clear();
    const hit = new Uint8Array(n);
    /** @param {string[]} labels @param {number[][] | null} sets @param {Uint32Array} code */
    const look = (labels, sets, code) => {
      if (!folded.has(labels)) folded.set(labels, labels.map(fold));
      const inside = (folded.get(labels) || []).map((label) => label.includes(word));
      const set = sets ? sets.map((values) => values.some((value) => inside[value])) : inside;
      if (set.includes(true)) for (let i = 0; i < n; i++) if (set[code[i]]) hit[i] = 1;
    };
    look(data.studies.label, null, study);
    for (const { id, labels, sets, code } of facets) if (!id || id === "country") look(labels, sets, code);
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
    n, facets, study, failed, perStudy, perTheme, text, fold, row,
    name: (/** @type {number} */ i) => nameOf(row(i)),
    summary: (/** @type {number} */ i) => summary[row(i)],
    /** Fold one more block; false when all are. */
    prepare: () => blocks.length * BLOCK < n && block(blocks.length),
    /** @param {Facet} facet @param {(value: number) => boolean} keep */
    choose({ sets, pass, code, bit }, keep) {
      let same = true;
      for (let at = 0; at < sets.length; at++) {
        const now = Number(sets[at].some(keep));
        same &&= pass[at] === now;
        pass[at] = now;
      }
      if (!same) for (let i = 0; i < n; i++) failed[i] = pass[code[i]] ? failed[i] & ~bit : failed[i] | bit;
    },
    /** @param {string[]} words */
    search(words) {
      const all = words.map(holding);
      for (let i = 0; i < n; i++) failed[i] &= ~text;
      for (const hit of all) for (let i = 0; i < n; i++) if (!hit[i]) failed[i] |= text;
    },
    /** Count what matches, and each value under the filters of the other facets. */
    count() {
      for (const { tally } of facets) tally.fill(0);
      perStudy.fill(0);
      perTheme.fill(0);
      let matches = 0;
      const { code: theme } = facets[0];
      for (let i = 0; i < n; i++) {
        const bits = failed[i];
        if (!bits) {
          matches++;
          perStudy[study[i]]++;
          perTheme[theme[i]]++;
          for (const { tally, code } of facets) tally[code[i]]++;
        } else if (!(bits & (bits - 1)) && bits !== text) {
          // It fails in one facet only, so it counts there.
          const { tally, code } = facets[31 - Math.clz32(bits)];
          tally[code[i]]++;
        }
      }
      for (const { counts, tally, sets } of facets) {
        counts.fill(0);
        sets.forEach((set, at) => set.forEach((value) => (counts[value] += tally[at])));
      }
      return matches;
    },
    /** How many would match without the filters of some bits. @param {number} bits */
    without(bits) {
      let matches = 0;
      for (let i = 0; i < n; i++) if (!(failed[i] & ~bits)) matches++;
      return matches;
    },
  };
}

// --- the view ---

let explorers = 0; // the label of each search box needs a name of its own

/**
 * It pauses wherever a page with other things to do may do them.
 * @param {HTMLElement} root @param {Host} host
 * @returns {Generator<void, () => void>} takes everything away again
 */
function* draw(root, { data, settings, extras, base, keep, follow }) {
  const { key } = settings;
  const words = { ...data.words, ...settings.words };
  /** @param {string} word @param {Data} [values] @returns {string} */
  const say = (word, values = {}) =>
    words[word].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => values[name]);
  /** @param {number} n @param {string} [what] */
  const some = (n, what = "finding") => `${n} ${words[what].split("|")[n === 1 ? 0 : 1]}`;
  /** @param {number} n */
  const noun = (n) => some(n).slice(String(n).length);

  const core = engine(data, settings.ids);
  yield;
  const { facets, failed, study, perStudy, perTheme, n } = core;
  const [tree, direction] = facets;
  const year = facets[facets.length - 1];
  const declared = facets.slice(2, -1);
  const ranks = data.ranks.map((/** @type {string[]} */ rank) => rank[0]);
  /** @param {number} node */
  const depth = (node) => tree.sets[node].length - 1;
  /** The name a value goes by in an address: nodes by their rank. @param {Facet} facet @param {number} value */
  const slot = (facet, value) => (facet === tree ? ranks[depth(value)] : facet.id);

  let matches = core.count();
  const ofStudy = perStudy.slice();
  const ofTheme = perTheme.slice();
  const studies = () => perStudy.reduce((sum, count) => sum + Number(count > 0), 0);
  // Nodes above and below what all findings share; the rest of the codebook is another page's matter.
  const present = tree.sets.filter((_, node) => ofTheme[node]);
  const first = present[0] || [];
  let shared = 0;
  while (shared < first.length && present.every((nodes) => nodes[shared] === first[shared])) shared++;
  for (const facet of facets)
    facet.shown = [...facet.values.keys()].filter((at) =>
      facet === tree ? tree.sets[at].every((node, level) => level >= shared || node === first[level])
      : facet === direction || facet === year || facet.counts[at]);

  /** @type {Data} */
  const state = {};
  let all = false;
  /** @type {string[]} */
  let wanted = [];
  const marked = (/** @type {string} */ text) => hits(text, wanted, core.fold);
  /**
   * Values one after another, each in its own direction of writing: between Latin letters an Arabic
   * word would draw the numbers and signs beside it to its other side.
   * @param {string[]} texts @param {string} between @returns {(Node | string)[]}
   */
  const beside = (texts, between) => texts.flatMap((text, at) => {
    const shown = marked(text);
    return [...(at ? [between] : []), ...(LEFTWARDS.test(text) ? [h("bdi", null, ...shown)] : shown)];
  });
  /** @param {number} node */
  const path = (node) => beside(tree.sets[node].map((at) => tree.labels[at]), " › ");

  // --- parts of the page, made once ---

  const note = h("p.ex-note", { role: "status" });
  const input = h("input", { type: "search", id: `synth-q-${++explorers}`, autocomplete: "off", spellcheck: false });
  const searching = h("form.ex-search", { role: "search" }, h("label", { htmlFor: input.id }, say("search")), input);
  const panel = h("div.ex-panel");
  const inUse = h("span.ex-use");
  const done = button(".ex-btn", "", () => {
    filters.open = false;
    head.focus({ preventScroll: true });
    head.scrollIntoView();
  });
  const filters = h("details.ex-filters", null, h("summary", null, say("filters"), " ", inUse), panel, h("p.ex-done", null, done));
  const output = h("output", { htmlFor: input.id, "aria-live": "polite" });
  const head = h("div.ex-head", { tabIndex: -1 }, output);
  const status = h("p.ex-vh", { role: "status" });
  const chips = h("ul.ex-chips", { ariaLabel: say("active") });
  const inWords = h("p.ex-print");
  const empty = h("div.ex-empty");
  const axes = h("div.ex-axes");
  const grid = h("div.ex-grid", { tabIndex: 0, role: "region", ariaLabel: say("matrix") });
  const matrix = h("details.ex-matrix", { open: true }, h("summary", null, say("matrix")), axes, grid);
  // One rank below the heading the explorer stands under.
  const level = Number(root.closest("section")?.querySelector("h1, h2, h3, h4")?.tagName[1] || 1) + 1;
  const title = h("span.ex-title", { role: "heading", ariaLevel: level });
  const orders = h("div.ex-axes");
  const results = h("ol.ex-results");
  const more = button(".ex-btn", "", () => {
    const before = results.querySelectorAll("[data-finding]").length;
    all = true;
    showResults();
    const next = results.querySelectorAll("[data-finding]")[before];
    next.tabIndex = -1;
    next.focus();
  });
  more.dataset.showAll = "";
  const cut = h("p.ex-cut");
  const box = h("div.ex", null, note, searching, filters,
    h("div.ex-main", null, head, status, chips, inWords, empty, matrix, h("div.ex-head.ex-list", null, title, orders), results, more, cut));

  // --- filters ---

  yield;
  /** @type {{ facet: Facet, value: number, tick: any, count: any, told?: number }[]} */
  const options = [];
  /** @param {Facet} facet @param {number} value @param {boolean} extra */
  const option = (facet, value, extra) => {
    const tick = h("input", { type: "checkbox", value: facet.values[value], "data-facet": slot(facet, value), onchange: () => {
      if (!facet.chosen.delete(value)) facet.chosen.add(value);
      commit();
    } });
    const count = h("span.ex-n", null, "", h("i"));
    options.push({ facet, value, tick, count });
    return h(extra ? "li.ex-extra" : "li", null, h("label.ex-o", null, tick, mark(facet, value), count));
  };
  /** A group of filters; what is long or deep is behind a button. @param {string} legend @param {any} list @param {string} unfold */
  const group = (legend, list, unfold) => {
    const field = h("fieldset", null, h("legend", null, legend), list);
    if (unfold) {
      const toggle = button(".ex-link", unfold, () => {
        const open = list.classList.toggle("ex-open");
        toggle.ariaExpanded = String(open);
        put(toggle, open ? say("show_fewer") : unfold);
      });
      toggle.ariaExpanded = "false";
      field.append(toggle);
    }
    panel.append(field);
  };
  /** @param {Facet} facet */
  const flat = (facet) =>
    group(facet.label, h("ul", null, ...facet.shown.map((value, at) => option(facet, value, at >= LONG))),
      facet.shown.length > LONG ? say("show_all_of", { n: facet.shown.length }) : "");
  flat(direction);
  const lists = [h("ul.ex-tree")];
  for (const node of tree.shown) {
    const at = depth(node);
    lists.length = at + 1;
    lists[at] ||= lists[at - 1].lastChild.appendChild(h("ul"));
    lists[at].append(option(tree, node, at > 1));
  }
  group(data.ranks.slice(0, 2).map((/** @type {string[]} */ rank) => rank[1]).join(" · "), lists[0],
    tree.shown.some((node) => depth(node) > 1)
      ? say("show_more", { n: data.ranks.slice(2).map((/** @type {string[]} */ rank) => rank[2]).join(", ").toLowerCase() }) : "");

  /** A native select with its label before it. @param {string} name @param {[string, string][]} choices @param {(value: string) => void} chosen */
  const select = (name, choices, chosen) => {
    const field = h("select", null, ...choices.map(([value, label]) => h("option", { value }, label)));
    field.onchange = () => {
      chosen(field.value);
      commit();
    };
    return h("label", null, say(name), " ", field);
  };
  // One picture with two outlines, years chosen and not: cheaper to change than a bar a year.
  const [histogram, ...outlines] = ["svg", "path", "path"].map(drawing);
  histogram.setAttribute("viewBox", `0 0 ${year.values.length || 1} 1`);
  histogram.setAttribute("preserveAspectRatio", "none");
  histogram.setAttribute("class", "ex-hist");
  histogram.setAttribute("aria-hidden", "true");
  histogram.append(...outlines);
  const years = year.values;
  const ends = ["since", "until"].map((which, at) => select(which, years.map((value) => [value, value]), (value) => {
    state[which] = value === years.at(-at) ? "" : value;
    const other = at ? "since" : "until";
    if (state.since && state.until && state.since > state.until) state[other] = value;
  }));
  if (years[1]) group(year.label, h("div", null, histogram, h("div.ex-axes", null, ...ends)), "");
  for (const facet of declared) if (facet.shown[1]) flat(facet);

  yield;

  // --- what is chosen: in a page it stands in the address, in a notebook the kernel knows it ---

  const axis = new Map([...ranks.map((/** @type {string} */ id) => [id, tree]), ...[direction, ...declared].map((facet) => [facet.id, facet])]);
  /** @type {string[]} */
  const names = [...axis.keys()];
  const telling = ranks.findIndex((/** @type {string} */ _, /** @type {number} */ at) =>
    (at || !ranks[1]) && present.some((nodes) => nodes[at] !== first[at]));
  const usual = /** @type {Data} */ ({ rows: ranks.at(telling), cols: "direction", group: "study", sort: "newest", ...settings });
  const views = /** @type {Data} */ ({ rows: names, cols: names, group: ["study", "theme"], sort: ["newest", "oldest", "author"] });

  /** @returns {Pairs} */
  const chosen = () => /** @type {Pairs} */ ([
    ...facets.flatMap((facet) => facet.shown.filter((value) => facet.chosen.has(value)).map((value) => [slot(facet, value), facet.values[value]])),
    ...["q", "since", "until"].map((name) => [name, state[name].trim()]).filter((pair) => pair[1]),
  ]);
  /** Rows and columns of the matrix are never one facet. @param {string} kept the one to keep */
  const part = (kept) => {
    const other = kept === "rows" ? "cols" : "rows";
    if (axis.get(state.rows) === axis.get(state.cols)) state[other] = names.find((id) => axis.get(id) !== axis.get(state[kept]));
  };
  /** Take over filters; returns what was not understood. @param {Pairs} pairs */
  const restore = (pairs) => {
    const odd = [];
    for (const name in views) state[name] = usual[name];
    state.q = state.since = state.until = "";
    for (const facet of facets) facet.chosen.clear();
    for (const [name, value] of pairs) {
      const facet = axis.get(name);
      const at = facet?.values.indexOf(value);
      if (facet?.shown.includes(at) && slot(facet, at) === name) facet.chosen.add(at);
      else if (name === "q") state.q = `${state.q} ${value}`.trim();
      else if (/^(since|until)$/.test(name) && /^\d{4}$/.test(value)) state[name] = value;
      else if (Object.hasOwn(views, name) && views[name].includes(value)) state[name] = value;
      else odd.push(`${name}=${value.slice(0, 60)}`);
    }
    part("rows");
    return odd;
  };
  /** @param {Data} kept @returns {Pairs} */
  const pairsOf = (kept) => Object.entries(kept || {}).flatMap(([name, list]) => list.map((/** @type {string} */ value) => [name, value]));
  const atFirst = pairsOf(settings.filters);
  restore(atFirst);
  const before = String(chosen());

  /** The address of what is shown. @param {boolean} [full] with the version of the data in any case */
  const address = (full) => {
    const url = new URL(location.href);
    const query = url.searchParams;
    for (const name of [...query.keys()]) if (name.startsWith(`${key}.`)) query.delete(name);
    const seen = Object.keys(views).filter((name) => state[name] !== usual[name]);
    if (full || seen[0] || String(chosen()) !== before) {
      for (const [name, value] of [...chosen(), ...seen.map((name) => [name, state[name]])]) query.append(`${key}.${name}`, value);
      query.append(`${key}.v`, data.version);
    }
    return url.href;
  };
  /** The address of what is shown as others can use it: none on this machine's disk leaves the page. */
  const shareable = () => {
    const here = address(true);
    if (/^https?:/.test(here)) return here;
    return here.startsWith(base) ? (data.published || "") + here.slice(base.length) : "";
  };
  const readAddress = () => {
    let version = data.version;
    const pairs = /** @type {Pairs} */ ([...new URL(location.href).searchParams].filter(([name]) => name.startsWith(`${key}.`))
      .map(([name, value]) => [name.slice(key.length + 1), value]));
    const odd = restore((pairs[0] ? pairs : atFirst).filter(([name, value]) => name !== "v" || ((version = value), false)));
    tell((odd[0] ? say("bad_link", { n: odd.join(", ") }) : "") +
      (version === data.version ? "" : ` ${say("old_link", { n: version.slice(0, 20), version: data.version })}`));
  };
  /** @param {string} text */
  const tell = (text) => {
    note.hidden = !text;
    note.replaceChildren(text);
  };
  /** Addresses to be written. @type {(() => void)[]} */
  const writes = [];
  /** The reader changed something: remember it, then show it. @param {boolean} [typing] */
  function commit(typing) {
    all = false;
    tell("");
    if (keep) {
      /** @type {Data} */
      const now = {};
      for (const [name, value] of chosen()) (now[name] ??= []).push(value);
      keep(now);
    } else {
      const now = address();
      // When the reader has seen the findings: the browser takes longer for it than for filtering.
      // Moments without work need not come in the order they were asked for; addresses do.
      writes.push(() => history[typing ? "replaceState" : "pushState"](history.state, "", now));
      afterPaint(() => {
        try {
          writes.shift()?.();
        } catch {
          // Some browsers refuse addresses on file://, or more than a hundred in half a minute.
        }
      });
    }
    refresh(true);
  }

  // --- showing ---

  const active = () => {
    /** @type {Active[]} */
    const list = facets.flatMap((facet) => facet.shown.filter((value) => facet.chosen.has(value)).map((value) => ({
      text: `${facet === tree ? data.ranks[depth(value)][1] : facet.label}: ${facet.labels[value]}`,
      bit: facet.chosen.size > 1 ? 0 : facet.bit,
      off: () => facet.chosen.delete(value),
    })));
    if (state.since || state.until)
      list.push({ text: `${say("years")}: ${state.since || years[0]}–${state.until || years.at(-1)}`, bit: year.bit, off: () => (state.since = state.until = "") });
    if (state.q.trim()) list.push({ text: `${say("text")}: “${state.q.trim()}”`, bit: core.text, off: () => (state.q = "") });
    return list;
  };
  const inForce = (list = active()) => list.map(({ text }) => text).join("; ") || say("no_filter");

  /** @param {boolean} [soon] matrix and the rest of the list may come after the first findings */
  function refresh(soon) {
    for (const facet of facets)
      core.choose(facet, facet === year
        ? (at) => years[at] >= (state.since || "") && years[at] <= (state.until || "9999")
        : (value) => !facet.chosen.size || facet.chosen.has(value));
    // Undated studies carry no year at all, so nothing but the absence of a filter lets them pass.
    if (!state.since && !state.until) core.choose(year, () => true);
    const old = String(wanted);
    wanted = core.fold(state.q).split(/[ \x01]/).filter(Boolean);
    if (String(wanted) !== old) core.search(wanted);
    matches = core.count();

    const counted = { n: matches, findings: some(n), studies: some(studies(), "study") };
    if (input.value !== state.q) input.value = state.q;
    output.dataset.count = String(matches);
    put(output, say(matches === n ? "all" : matches ? "some" : "no_match", counted));
    for (const item of options) {
      const { facet, value, tick, count } = item;
      const on = facet.chosen.has(value);
      const via = !on && facet === tree && tree.sets[value].some((node) => facet.chosen.has(node));
      const told = facet.counts[value] * 4 + Number(via) * 2 + Number(on);
      if (told === item.told) continue;
      item.told = told;
      tick.checked = on;
      tick.indeterminate = via;
      const [number, remark] = count.childNodes;
      number.data = facet.counts[value];
      put(remark, noun(facet.counts[value]) + (via ? say("included") : ""));
      tick.parentNode.classList.toggle("ex-zero", !facet.counts[value]);
    }
    const tallest = Math.max(1, ...year.counts);
    outlines.forEach((outline, on) => outline.setAttribute("d", years.map((_, at) =>
      year.pass[at] === on ? `M${at} 1V${1 - year.counts[at] / tallest}h.93V1` : "").join("")));
    ends[0].lastChild.value = state.since || years[0];
    ends[1].lastChild.value = state.until || years.at(-1);

    const list = active();
    put(inUse, list[0] ? say("in_use", { n: list.length }) : "");
    put(done, matches ? say("show", { findings: some(matches) }) : say("no_match"));
    chips.replaceChildren(...list.map(({ text, off }, at) => h("li", null, button(".ex-chip", aside(say("remove")), () => {
      off();
      commit();
      (chips.children[Math.min(at, chips.children.length - 2)]?.firstChild || input).focus();
    }, new Text(text)))));
    if (list[0])
      chips.append(h("li", null, button(".ex-chip.ex-clear", say("clear"), () => {
        restore([]);
        commit();
        input.focus();
      })));
    put(inWords, say("view", { filters: inForce(list), ...data }));
    empty.hidden = matches;
    if (!matches)
      empty.replaceChildren(h("p", null, say("empty", { n })), h("ul", null, ...list.flatMap(({ text, bit, off }) => {
        const count = bit && core.without(bit);
        return count ? h("li", null, button(".ex-link", say("without", { n: text, findings: some(count) }), () => {
          off();
          commit();
          head.focus();
        })) : [];
      })));
    showResults(soon);
  }

  // --- matrix ---

  /** @type {Data} */
  const selects = {};
  for (const name in views) {
    const choices = views[name].map((/** @type {string} */ id) =>
      [id, axis.get(id) && name.length < 5 ? (axis.get(id) === tree ? data.ranks[ranks.indexOf(id)][1] : axis.get(id).label) : say(`by_${id}`)]);
    const field = select(name, choices, (value) => {
      state[name] = value;
      if (views[name] === names) part(name);
    });
    selects[name] = field.lastChild;
    (views[name] === names ? axes : orders).append(field);
  }
  /** @typedef {{ facet: Facet, values: number[], slots: number[][] }} Axis */
  /** @param {string} id @returns {Axis} */
  const along = (id) => {
    const facet = axis.get(id);
    const values = facet.shown.filter((/** @type {number} */ at) => slot(facet, at) === id);
    const place = new Map(values.map((/** @type {number} */ value, /** @type {number} */ at) => [value, at]));
    return { facet, values, slots: facet.sets.map((/** @type {number[]} */ set) => set.flatMap((value) => place.get(value) ?? [])) };
  };
  const kinds = direction.values.length;
  /** Findings by cell and direction. @param {Axis} rows @param {Axis} cols @param {number} ignored filters that do not count */
  const tally = (rows, cols, ignored) => {
    const width = cols.values.length;
    const sums = new Uint32Array(rows.values.length * width * kinds);
    for (let i = 0; i < n; i++)
      if (!(failed[i] & ~ignored))
        for (const row of rows.slots[rows.facet.code[i]])
          for (const col of cols.slots[cols.facet.code[i]]) sums[(row * width + col) * kinds + direction.code[i]]++;
    return sums;
  };
  /** @type {Data} */
  let table = {};
  matrix.ontoggle = () => matrix.open && showMatrix();
  function showMatrix() {
    for (const name in selects) selects[name].value = state[name];
    const name = `${state.rows}/${state.cols}`;
    if (table.name !== name) {
      const [rows, cols] = [along(state.rows), along(state.cols)];
      table = { name, rows, cols, cells: [] };
      const every = tally(rows, cols, ~0);
      const split = ![rows.facet, cols.facet].includes(direction);
      const body = h("tbody");
      let above = -1;
      for (const [row, value] of rows.values.entries()) {
        const parent = rows.facet === tree ? tree.sets[value].at(-2) ?? -1 : -1;
        if (parent !== above && parent >= 0)
          body.append(h("tr.ex-grp", null, h("th", { scope: "rowgroup", colSpan: cols.values.length + 1 }, mark(tree, parent))));
        above = parent;
        body.append(h("tr", null, h("th", { scope: "row" }, mark(rows.facet, value)), ...cols.values.map((other, col) => {
          const at = (row * cols.values.length + col) * kinds;
          const total = every.slice(at, at + kinds).reduce((sum, count) => sum + count);
          if (!total) return h("td.ex-none", null, h("span", null, say("none"), aside(say("none_long", { n }))));
          const count = h("span");
          const press = button("", count, () => {
            const pressed = press.ariaPressed === "true";
            rows.facet.chosen.clear();
            cols.facet.chosen.clear();
            if (!pressed) {
              rows.facet.chosen.add(value);
              cols.facet.chosen.add(other);
            }
            commit();
          });
          const parts = split ? direction.values.map((_, kind) => colour(h(`i.ex-${direction.looks[kind][3]}`), direction.looks[kind])) : [];
          if (split) press.append(h("span.ex-bar", { ariaHidden: "true" }, ...parts));
          const zero = h("span", null, "0", aside(say("hidden", { n: total })));
          const cell = h("td", null, press, zero);
          table.cells.push({ at, value, other, count, press, parts, zero, cell });
          return cell;
        })));
      }
      grid.replaceChildren(
        h(cols.values.length > 6 ? "table.ex-far" : "table", null,
          h("caption.ex-vh", null, say("matrix_caption", { a: selects.rows.selectedOptions[0].text, b: selects.cols.selectedOptions[0].text })),
          h("thead", null, h("tr", null, h("td"), ...cols.values.map((value) => h("th", { scope: "col" }, mark(cols.facet, value))))), body),
        h("p.ex-key", null, h("span.ex-none", null, say("none")), ` ${say("key_none", { n })} `, h("span.ex-nil", null, "0"),
          ` ${say("key_zero")} `, h("span.ex-in", null, "n"), ` ${say("key_in")} `, say("key")));
    }
    const { rows, cols, cells } = table;
    const sums = tally(rows, cols, rows.facet.bit | cols.facet.bit);
    const counts = cells.map((/** @type {any} */ { at }) => sums.slice(at, at + kinds).reduce((sum, count) => sum + count));
    const top = Math.max(1, ...counts);
    /** @param {Facet} facet @param {number} value */
    const taken = (facet, value) => !facet.chosen.size || (facet === tree ? tree.sets[value] : [value]).some((at) => facet.chosen.has(at));
    cells.forEach((/** @type {any} */ cell, /** @type {number} */ place) => {
      const { value, other } = cell;
      const count = counts[place];
      const inside = rows.facet.chosen.size + cols.facet.chosen.size && taken(rows.facet, value) && taken(cols.facet, other);
      const pressed = rows.facet.chosen.size === 1 && rows.facet.chosen.has(value) && cols.facet.chosen.size === 1 && cols.facet.chosen.has(other);
      const split = sums.subarray(cell.at, cell.at + kinds);
      // Most cells stay as they are; what does not change is not written.
      const share = ((29 * count) / top).toFixed();
      if (cell.share !== share) cell.press.style.background = `rgba(var(--synth-tint), ${0.05 + Number((cell.share = share)) / 100})`;
      const seen = `${split}${inside}`;
      if (cell.seen !== seen) {
        cell.seen = seen;
        cell.press.hidden = !count;
        cell.zero.hidden = count;
        cell.cell.className = count ? (inside ? "ex-in" : "") : "ex-nil";
        put(cell.count, String(count));
        cell.press.ariaLabel = `${some(count)}: ${[rows.facet.labels[value], cols.facet.labels[other],
          ...cell.parts.flatMap((/** @type {any} */ _, /** @type {number} */ kind) => (split[kind] ? `${direction.labels[kind]} ${split[kind]}` : []))].join(", ")}${inside ? say("in_selection") : ""}`;
        cell.parts.forEach((/** @type {any} */ bar, /** @type {number} */ kind) => (bar.style.flexGrow = split[kind]));
      }
      if (cell.pressed !== pressed) cell.press.ariaPressed = String((cell.pressed = pressed));
    });
  }

  // --- results ---

  /** @type {Data} */
  const sequences = {};
  /** Findings group by group, in the order chosen: counting sorts, the last one decides. */
  const sequence = () =>
    (sequences[`${state.group}/${state.sort}`] ??= (() => {
      // Studies come in the order of their authors, undated ones carry the last set of years.
      const dates = new Uint32Array(ofStudy.length);
      for (let i = 0; i < n; i++) dates[study[i]] = year.code[i];
      const turn = { author: 0, oldest: 1, newest: -1 }[/** @type {string} */ (state.sort)] || 0;
      const late = (/** @type {number} */ at) => (dates[at] === years.length ? 9e9 : dates[at] * turn);
      const rank = new Uint32Array(ofStudy.length);
      [...ofStudy.keys()].sort((a, b) => turn && late(a) - late(b) || a - b).forEach((at, place) => (rank[at] = place));
      let order = Uint32Array.from({ length: n }, (_, i) => i);
      for (const by of [study.map((at) => rank[at]), ...(state.group === "theme" ? [tree.code] : [])]) {
        const starts = new Uint32Array(Math.max(...[rank.length, tree.sets.length]) + 1);
        for (const value of by) starts[value + 1]++;
        for (let at = 1; at < starts.length; at++) starts[at] += starts[at - 1];
        const next = new Uint32Array(n);
        for (const i of order) next[starts[by[i]]++] = i;
        order = next;
      }
      return order;
    })());
  /** What is known of a study, or of a finding that has a value of its own. @param {(facet: Facet) => number | undefined} set */
  const facts = (set) => beside(declared.map((facet) => (facet.sets[set(facet) ?? -1] || []).map((value) => facet.values[value]).join(", ")).filter(Boolean), " · ");
  /** @param {number} at @returns {any} */
  const studyLink = (at) =>
    data.links?.study
      ? h("a", { href: base + data.links.study + encodeURIComponent(data.studies.id[at]) }, ...marked(data.studies.label[at]))
      : h("span", null, ...marked(data.studies.label[at]));
  /** @type {Map<number, any>} */
  const cards = new Map();
  /** @type {Map<string, any>} */
  const groups = new Map();
  /** @param {number} i */
  const card = (i) => {
    let item = cards.get(i);
    if (!item) {
      if (cards.size > 2 * MOST) cards.clear();
      item = h("li", { "data-finding": core.name(i) }, mark(direction, direction.code[i]), h("div", null, h("p"), h("p.ex-path")));
      cards.set(i, item);
    }
    const seen = `${state.group}/${wanted}`;
    if (item.seen === seen) return item;
    item.seen = seen;
    const [text, line] = item.lastChild.children;
    const at = study[i];
    const byTheme = state.group === "theme";
    const own = declared.some((facet) => facet.by?.[at] !== facet.code[i]);
    text.replaceChildren(...marked(core.summary(i)));
    line.replaceChildren(
      ...(byTheme ? [studyLink(at)] : path(tree.code[i])),
      ...(byTheme || own ? [" · ", ...facts((facet) => facet.code[i])] : []),
      ...(data.links?.finding ? [" · ", h("a", { href: base + data.links.finding + encodeURIComponent(core.name(i)) }, core.name(i))] : []));
    return item;
  };
  let turn = 0;
  /** @param {boolean} [soon] a screenful now and, once that is painted, the matrix and the others @returns {void} */
  function showResults(soon) {
    const mine = ++turn;
    let rest = false;
    if (!soon && matrix.open) showMatrix();
    for (const name in selects) selects[name].value = state[name];
    const byTheme = state.group === "theme";
    put(title, say(byTheme ? "title_theme" : "title_study"));
    const [code, counts, totals] = byTheme ? [tree.code, perTheme, ofTheme] : [study, perStudy, ofStudy];
    /** @type {any[]} */
    const list = [];
    /** @type {any[][]} */
    const inside = [];
    let shown = 0;
    let current = -1;
    for (const i of sequence()) {
      if (failed[i]) continue;
      if (shown >= (all ? MOST : SHOWN) || (!all && code[i] !== current && list.length === GROUPS)) break;
      if (soon && shown >= FIRST) {
        rest = true;
        break;
      }
      if (code[i] !== current) {
        current = code[i];
        const name = `${state.group}/${current}`;
        let item = groups.get(name);
        if (!item) {
          if (groups.size > MOST) groups.clear();
          item = h("li", null, h("span.ex-h", { role: "heading", ariaLevel: level + 1 }), h("p.ex-path"), h("ul"));
          groups.set(name, item);
        }
        const seen = `${counts[current]}/${wanted}`;
        if (item.seen !== seen) {
          item.seen = seen;
          const [heading, line] = item.children;
          const about = byTheme ? path(current) : facts(({ by }) => by?.[current]);
          heading.replaceChildren(byTheme ? mark(tree, current) : studyLink(current));
          line.replaceChildren(...about, about[0] ? " · " : "",
            counts[current] === totals[current] ? some(totals[current]) : say("its", { n: counts[current], findings: some(totals[current]) }));
        }
        list.push(item);
        inside.push([]);
      }
      inside[inside.length - 1].push(card(i));
      shown++;
    }
    list.forEach((item, at) => hold(item.lastChild, inside[at], rest && !list[at + 1]));
    hold(results, list, rest);
    if (soon) return void afterPaint(() => mine === turn && showResults());
    results.classList.toggle("ex-long", all);
    more.hidden = all || shown === matches;
    put(more, say("show_all", { findings: some(Math.min(matches, MOST)), n: Math.min(matches, MOST) - shown }));
    put(cut, all && shown < matches ? say("cut", { n: shown }) : "");
    root.dataset.ready = "true";
  }

  // --- to take along ---

  const matching = () => [...failed.keys()].filter((i) => !failed[i]);
  // The rules of csv_text.py.
  const formula = new RegExp(data.formula);
  /** @param {string} text */
  const cell = (text) => {
    const safe = formula.test(text) ? `'${text}` : text;
    return /[",;\t\r\n]|^[ \xa0]|[ \xa0]$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  /** @param {Data} more */
  const csv = ({ works, section, anchor, basis }) => {
    const columns = ["finding", "study", "citation", "year", ...ranks, "direction", ...declared.map(({ id }) => id), "summary",
      "section", "anchor", "basis", "doi", "address", "selection", "data_version"];
    const place = data.links?.finding;
    const selection = say("selection", { title: data.title, n: matches, total: data.total[0], filters: inForce() });
    return [
      columns,
      ...matching().map((i) => {
        const id = data.studies.id[study[i]];
        const nodes = tree.sets[tree.code[i]];
        return [
          core.name(i), id, data.studies.label[study[i]], years[year.code[i]] || "",
          ...ranks.map((/** @type {string} */ _, /** @type {number} */ at) => tree.labels[nodes[at]] || ""),
          direction.labels[direction.code[i]],
          ...declared.map((facet) => facet.sets[facet.code[i]].map((value) => facet.values[value]).join("; ")),
          core.summary(i), section[core.row(i)], anchor[core.row(i)], basis[core.row(i)], works[id]?.[0].DOI || "",
          place ? (data.published || "") + place + core.name(i) : "", selection, data.version,
        ];
      }),
    ].map((line) => `${line.filter((_, at) => columns.indexOf(columns[at]) === at).map(cell).join(",")}\r\n`).join("");
  };
  /** The works behind the selection, with its codes as keywords. @param {Data} more @returns {[string[], any[]][]} */
  const cited = ({ works }) => {
    /** @type {Set<string>[]} */
    const codes = [];
    for (const i of matching()) (codes[study[i]] ??= new Set()).add(`${tree.values[tree.code[i]]}: ${direction.values[direction.code[i]]}`);
    return codes.flatMap((set, at) => (works[data.studies.id[at]] ? [[[...set], works[data.studies.id[at]]]] : []));
  };
  /** @type {Record<string, (more: Data) => string>} */
  const formats = {
    // The mark at the start tells a spreadsheet that the letters are UTF-8.
    csv: (more) => "\ufeff" + csv(more),
    ris: (more) => cited(more).map(([codes, work]) => work[1].replace(/ER  - \r\n$/, codes.map((code) => `KW  - ${code}\r\n`).join("") + "ER  - \r\n")).join(""),
    bib: (more) => cited(more).map(([codes, work]) => work[2].replace(/}\n$/, `  keywords = {${codes.join(", ")}},\n}\n`)).join("\n"),
    json: (more) => JSON.stringify(cited(more).map(([codes, work]) => ({ ...work[0], keyword: codes.join(", ") })), null, 1) + "\n",
    txt: (more) => cited(more).map(([, work]) => work[3] + "\n").join(""),
  };
  /** @param {string} text */
  const announce = (text) => {
    put(status, "");
    setTimeout(() => put(status, text), 50);
  };
  /** @param {string} text @param {any} [pressed] the button, which then says so */
  const copy = async (text, pressed) => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a secure address there is only the old way.
      const area = box.appendChild(h("textarea", { value: text }));
      area.select();
      copied = document.execCommand("copy");
      area.remove();
      pressed.focus();
    }
    if (!copied) {
      tell(`${say("not_copied")} `);
      getSelection()?.selectAllChildren(note.appendChild(h("span", null, text)));
      return;
    }
    announce(say("copied"));
    const label = pressed.firstChild;
    const back = label.textContent;
    put(label, say("copied"));
    setTimeout(() => put(label, back), 2000);
  };
  /** A sheet under a button; Escape closes it. @param {string} word @param {() => void} ontoggle @param {...Node} parts */
  const sheet = (word, ontoggle, ...parts) => {
    const menu = h("details.ex-menu", { ontoggle }, h("summary.ex-btn", null, say(word)), h("div.ex-sheet", null, ...parts));
    menu.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.firstChild.focus();
    };
    return menu;
  };
  const selected = h("p");
  const exporting = sheet("export", () => put(selected, say("chosen", { findings: some(matches), studies: some(studies(), "study") })), selected,
    h("ul", null, ...Object.keys(formats).map((name) => {
      const [label, remark] = say(name).split("|");
      const press = button("", label, async () => {
        const text = formats[name](await extras());
        if (name === "txt") return copy(text, press);
        const file = `${key === "x" ? "findings" : key}.${name}`;
        const href = URL.createObjectURL(new Blob([text]));
        h("a", { href, download: file }).click();
        setTimeout(() => URL.revokeObjectURL(href), 9999);
        announce(say("saved", { n: file }));
      }, h("small", null, remark));
      press.value = name;
      return h("li", null, press);
    })));
  const citation = h("p");
  const citing = sheet("cite", () => put(citation, say("citation", {
    authors: data.authors.join(", ") || data.title, year: data.date.slice(0, 4), title: data.title, findings: some(matches), studies: some(studies(), "study"),
    view: say("view", { filters: inForce(), ...data }), url: keep ? "" : shareable(),
  })), citation, button(".ex-btn", say("copy_cite"), () => copy(citation.textContent, citing.querySelector("button"))));
  const link = button(".ex-btn", say("copy_link"), () => copy(shareable(), link));
  head.append(h("div.ex-tools", null, ...(keep ? [] : [link]), citing, exporting));

  // --- events ---

  searching.onsubmit = (/** @type {Event} */ event) => event.preventDefault();
  input.oninput = () => {
    state.q = input.value;
    commit(true);
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("click", ({ target }) => {
    for (const menu of [citing, exporting]) if (!menu.contains(target)) menu.open = false;
  }, { signal });
  // Paper has no button: every result is there while it is printed.
  let shownAll = false;
  addEventListener("beforeprint", () => {
    [shownAll, all] = [all, true];
    showResults();
  }, { signal });
  addEventListener("afterprint", () => {
    all = shownAll;
    showResults();
  }, { signal });
  if (!keep) {
    readAddress();
    addEventListener("popstate", () => {
      all = false;
      readAddress();
      refresh();
    }, { signal });
  } else tell("");
  follow?.((kept) => {
    restore(pairsOf(kept));
    all = false;
    refresh();
  });
  // The column decides, not the window: a notebook's cell is narrower than its page.
  const fit = () => {
    const wide = String(root.clientWidth >= 832);
    if (root.dataset.wide === wide) return;
    root.dataset.wide = wide;
    filters.open = wide === "true";
    filters.firstChild.tabIndex = filters.open ? -1 : 0;
  };
  const watching = new ResizeObserver(fit);
  watching.observe(root);
  fit();
  refresh(true);
  // What an address chose is not left behind a button.
  for (const toggle of panel.querySelectorAll(".ex-link")) if (toggle.parentNode.querySelector(".ex-extra :checked")) toggle.click();
  root.append(box);
  Object.defineProperty(root, "findings", { configurable: true, get: () => matching().map(core.name) });
  const prepare = () => !signal.aborted && core.prepare() && idle(prepare);
  idle(prepare);
  return () => {
    stop.abort();
    watching.disconnect();
    box.remove();
  };
}

export default {
  /** In a notebook: everything comes with the model. @param {{ model: any, el: HTMLElement }} live */
  render({ model, el }) {
    const settings = model.get("settings");
    const root = h("div.synth.synth-explorer", { "data-key": settings.key });
    el.append(root);
    let known = "";
    /** @type {() => void} */
    let changed = () => {};
    const drawn = draw(root, {
      data: model.get("evidence"), settings, base: "",
      extras: async () => model.get("references"),
      keep(filters) {
        known = JSON.stringify(filters);
        model.set("filters", filters);
        model.save_changes();
      },
      follow(call) {
        changed = () => {
          // Its own change comes back; only the kernel's moves the view.
          const now = JSON.stringify(model.get("filters"));
          if (now !== known) call(JSON.parse((known = now)));
        };
        changed();
        model.on("change:filters", changed);
      },
    });
    let part = drawn.next();
    while (!part.done) part = drawn.next();
    const leave = part.value;
    return () => {
      model.off("change:filters", changed);
      leave();
    };
  },

  /**
   * In a page: settings stand in the element, the evidence in a script all explorers share.
   * @param {HTMLElement} root
   * @param {{ url: (name: string) => string, load: (name: string) => Promise<void> }} tools
   */
  async mount(root, tools) {
    const settings = JSON.parse(root.querySelector("script")?.textContent || "");
    /** @param {string} file @returns {Promise<Data>} */
    const load = async (file) => {
      await tools.load(file);
      return /** @type {any} */ (window).synthEvidence[file];
    };
    try {
      const data = await load(root.dataset.evidence || "");
      const drawn = draw(root, { data, settings, base: tools.url("../../"), extras: () => load(data.references) });
      while (!drawn.next().done) await new Promise((done) => setTimeout(done));
      root.querySelector(".synth-fallback")?.remove();
    } catch (error) {
      root.prepend(h("p.ex-error", null, "The filters could not be started. The table below holds the findings."));
      throw error;
    }
  },
};
