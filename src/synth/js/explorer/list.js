// @ts-check
/** The list: statements with the studies behind them, by theme or by study. */

import { beside, button, colour, h, hold, pictured, put, shape, write } from "./dom.js";
import { hits } from "./search.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Facet} Facet */
/** @typedef {{ group: number, name: number, list: number[] }} Row a statement, and the findings of it that match */
/** @typedef {{ name: number, inside: Row[], count: number, total: number }} Group rows of a theme or study: its rows that match, and all */

const SHOWN = 50; // findings at first, in at most
const GROUPS = 12; // groups
const MOST = 2000; // findings a phone can still scroll
/** The hits of all explorers of a page, as the style knows them; a browser without highlights shows none. @type {Set<AbstractRange>} */
const marks = CSS.highlights?.get("synth-hit") || new (globalThis.Highlight || Set)();
CSS.highlights?.set("synth-hit", /** @type {any} */ (marks));

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {Data} data
 * @param {{ say: (word: string, values?: Data) => string, some: (n: number, what?: string) => string,
 *    base: string, level: number, leave: (study: number) => void }} page
 */
export function list(core, choice, data, { say, some, base, level, leave }) {
  const { tree, direction, study, said, failed, n, node } = core;
  const { state, declared, year, years } = choice;
  const sizes = core.perStudy.slice();
  const told = declared.filter(({ more }) => !more);
  /** A finding is listed under the theme it was coded to. @param {number} at */
  const groupOf = (at) => tree.paths[at][Math.min(1, tree.paths[at].length - 1)];
  const groups = Uint32Array.from({ length: n }, (_, i) => groupOf(node(i)));

  /** Number findings, those of one key alike; and how many bear each number. @param {(i: number) => number} key */
  const numbered = (key) => {
    /** @type {Map<number, number>} */
    const known = new Map();
    const of = said.map((_, i) => known.get(key(i)) ?? (known.set(key(i), known.size), known.size - 1));
    const size = new Uint32Array(known.size);
    for (const row of of) size[row]++;
    return { of, size };
  };
  /** Findings that say the same of the same themes, in one direction, are one row. @type {ReturnType<typeof numbered> | undefined} */
  let gathered;
  /** Under each theme a statement counts once, whatever its directions. @type {ReturnType<typeof numbered> | undefined} */
  let stated;
  /** @param {boolean} [all] also statements that do not match */
  const perTheme = (all) => {
    const { of, size } = (stated ||= numbered((i) => said[i] * tree.values.length + groups[i]));
    const counts = new Uint32Array(tree.values.length);
    const seen = size.map(() => 0);
    for (let i = 0; i < n; i++) if ((all || !failed[i]) && !seen[of[i]]++) counts[groups[i]]++;
    return counts;
  };
  /** @type {Uint32Array | undefined} */
  let inTheme;
  /** @type {Data} */
  const sequences = {};
  /** Findings group by group, in the order chosen: counting sorts, the last one decides. */
  const sequence = () =>
    (sequences[`${state.group}/${state.sort}`] ??= (() => {
      // Studies come in the order of their authors, undated ones carry the last set of years.
      const dates = new Uint32Array(sizes.length);
      for (let i = 0; i < n; i++) dates[study[i]] = year.code[i];
      const turn = { author: 0, oldest: 1, newest: -1 }[/** @type {string} */ (state.sort)] || 0;
      const late = (/** @type {number} */ at) => (dates[at] === years.length ? 9e9 : dates[at] * turn);
      const rank = new Uint32Array(sizes.length);
      [...sizes.keys()].sort((a, b) => turn && late(a) - late(b) || a - b).forEach((at, place) => (rank[at] = place));
      const byStudy = study.map((at) => rank[at]);
      const keys = [byStudy];
      if (state.group === "theme") {
        const { of, size } = (gathered ||= numbered((i) => (said[i] * tree.sets.length + tree.code[i]) * direction.sets.length + direction.code[i]));
        // A row stands where the first of its studies does.
        const first = size.map(() => sizes.length);
        for (let i = 0; i < n; i++) first[of[i]] = Math.min(first[of[i]], byStudy[i]);
        keys.push(of, of.map((row) => first[row]), said.map((_, i) => node(i)));
      }
      let order = Uint32Array.from({ length: n }, (_, i) => i);
      for (const by of keys) {
        const starts = new Uint32Array(by.reduce((most, value) => Math.max(most, value), 0) + 2);
        for (const value of by) starts[value + 1]++;
        for (let at = 1; at < starts.length; at++) starts[at] += starts[at - 1];
        const next = new Uint32Array(n);
        for (const i of order) next[starts[by[i]]++] = i;
        order = next;
      }
      return order;
    })());
  /** @returns {Generator<Row>} */
  function* matching() {
    const byTheme = state.group === "theme";
    const order = sequence();
    /** @type {Row | undefined} */
    let last;
    for (const i of order) {
      if (failed[i]) continue;
      const row = byTheme && gathered ? gathered.of[i] : i;
      if (last && last.name === row) last.list.push(i);
      else {
        if (last) yield last;
        last = { group: byTheme ? groups[i] : study[i], name: row, list: [i] };
      }
    }
    if (last) yield last;
  }

  // --- what is drawn ---

  /** @typedef {import("./dom.js").Part} Part */
  /** Words of ours, in which no search looks. @param {string} text @returns {Part} */
  const ours = (text) => ["i", null, text];
  /** @param {number[]} nodes */
  const path = (nodes) => beside(nodes.map((at) => tree.labels[at]), " › ");
  /** What is known of a study, or of a finding that has a value of its own. @param {(facet: Facet) => number | undefined} set */
  const facts = (set) => beside(told.map((facet) => (facet.sets[set(facet) ?? -1] || []).map((value) => facet.labels[value]).join(", ")).filter(Boolean), " · ");
  const inferred = new Set(data.studies.inferred);
  /** @param {string} kind @param {string} id @param {string} text @returns {Part} */
  const linked = (kind, id, text) => (data.links?.[kind] ? ["a", { href: base + data.links[kind] + encodeURIComponent(id) }, text] : text);
  /** @param {number} i whether a finding carries a value its study does not */
  const own = (i) => told.some((facet) => facet.by && facet.by[study[i]] !== facet.code[i]);
  /** @param {number} i */
  const also = (i) => tree.nodes[tree.code[i]].slice(1).map((at) => tree.labels[at]);

  /** @type {{ (): any, spare?: any[] }} */
  const make = () => h("li", null, h("i"), h("p"), h("p.ex-path"));
  /** @param {any} item @param {Row} row */
  const card = (item, { name: row, list }) => {
    if (item.seen === (item.seen = `${row}/${list}`)) return;
    const byTheme = state.group === "theme";
    const [i] = list;
    const [sign, text, line] = item.children;
    const way = direction.code[i];
    if (item.way !== way) {
      item.way = way;
      sign.style.backgroundPositionY = `${(way * 100) / (direction.values.length - 1 || 1)}%`;
      put(sign, direction.labels[way]);
    }
    if (!byTheme) item.dataset.finding = core.name(i);
    put(text, core.summary(i));
    const nodes = tree.paths[node(i)];
    const place = byTheme ? nodes.slice(nodes.indexOf(groups[i]) + 1) : nodes;
    const where = [...path(place), ...(also(i)[0] ? [place.length ? " · " : "", ours(`${say("also")} `), ...beside(also(i), ", ")] : [])];
    const hidden = byTheme && gathered ? gathered.size[row] - list.length : 0;
    write(line, byTheme
      ? [...list.flatMap((one, at) => /** @type {Part[]} */ ([...(at ? [" · "] : []), ["span", { "data-finding": core.name(one) },
          linked("finding", core.name(one), data.studies.label[study[one]]),
          ...(own(one) ? [" (", ...facts((facet) => facet.by && facet.by[study[one]] !== facet.code[one] ? facet.code[one] : undefined), ")"]
            : inferred.has(study[one]) ? [ours(` ${say("country_inferred")}`)] : [])]])),
        ...(hidden ? [ours(` ${say("outside", { n: hidden })}`)] : []), .../** @type {Part[]} */ (where[0] ? [["span.ex-place", null, ...where]] : [])]
      : [...where, ...(own(i) ? [" · ", ...facts((facet) => facet.code[i])] : []),
        ...(data.links?.finding ? [" · ", linked("finding", core.name(i), core.name(i))] : [])]);
  };

  /** @type {{ (): any, spare?: any[] }} */
  const start = () => h("li", null, h("p.ex-top", null, h("span.ex-h", { role: "heading", ariaLevel: level }), h("span.ex-path")), h("ul"));
  /** @param {any} item @param {Group} group */
  const head = (item, { name, inside, count, total }) => {
    hold(item.lastChild, inside, make, card);
    const byTheme = state.group === "theme";
    const [heading, line] = item.firstChild.children;
    const words = (item.words ??= h("span"));
    write(words, [byTheme ? tree.labels[name] : linked("study", data.studies.id[name], data.studies.label[name])]);
    const look = (byTheme && tree.paths[name].map((above) => tree.looks[above]).find(Boolean)) || 0;
    // At a stroke the words change, and rarely the shape before them.
    if (item.shown !== (item.shown = look)) heading.replaceChildren(look ? shape(look, words) : words);
    const all = some(total, byTheme ? "statement" : "finding");
    const about = byTheme ? [] : facts(({ by }) => by?.[name]);
    if (!byTheme && inferred.has(name)) about.push(ours(` ${say("country_inferred")}`));
    write(line, [...about, about[0] ? " · " : "", ours(count === total ? all : say("its", { n: count, findings: all })),
      .../** @type {Part[]} */ (byTheme ? [] : [" · ", ["button.ex-link", { type: "button", onclick: () => leave(name) }, say("leave_out"), ["span.ex-vh", null, ` ${data.studies.label[name]}`]]])]);
  };
  let grouped = "";
  /** Hits are painted over the texts and not made of elements: a stroke leaves the texts alone. */
  const mark = () => {
    for (const range of [...marks]) if (results.contains(range.startContainer) || !range.startContainer.isConnected) marks.delete(range);
    const forms = choice.wanted.flatMap(core.spelled);
    if (forms[0]) results.classList.add("ex-hits");
    const texts = document.createTreeWalker(results, NodeFilter.SHOW_TEXT);
    while (forms[0] && texts.nextNode()) {
      const startContainer = /** @type {Text} */ (texts.currentNode);
      for (const [startOffset, endOffset] of hits(startContainer.data, forms, core.fold))
        if (!startContainer.parentElement?.closest("i, button")) marks.add(new StaticRange({ startContainer, startOffset, endContainer: startContainer, endOffset }));
    }
  };

  const results = colour(h("ol.ex-results"), pictured(direction.values.map((_, way) => direction.looks[way])));
  const self = {
    all: false,
    results,
    more: button(".ex-btn", "", () => {
      const before = results.querySelectorAll("[data-finding]").length;
      self.all = true;
      self.show();
      const next = results.querySelectorAll("[data-finding]")[before];
      next.tabIndex = -1;
      next.focus();
    }),
    cut: h("p.ex-cut"),
    show() {
      const byTheme = state.group === "theme";
      const counts = byTheme ? perTheme() : core.perStudy;
      const totals = byTheme ? (inTheme ||= perTheme(true)) : sizes;
      /** @type {Group[]} */
      const items = [];
      let shown = 0;
      for (const row of matching()) {
        const { group, list } = row;
        const other = items.at(-1)?.name !== group;
        if (shown && shown + list.length > (self.all ? MOST : SHOWN) || (!self.all && other && items.length === GROUPS)) break;
        if (other) items.push({ name: group, inside: [], count: counts[group], total: totals[group] });
        /** @type {Group} */ (items.at(-1)).inside.push(row);
        shown += list.length;
      }
      // What stood for a study is never made a theme's: their numbers are the same, their parts are not.
      if (grouped !== (grouped = state.group)) make.spare = start.spare = /** @type {any} */ (results.replaceChildren());
      hold(results, items, start, head);
      const matches = core.totals.finding;
      mark();
      results.classList.toggle("ex-long", self.all);
      self.more.hidden = self.all || shown === matches;
      put(self.more, say("show", { findings: matches > MOST ? some(MOST) : byTheme ? some(core.totals.statement, "statement") : some(matches) }));
      put(self.cut, self.all && shown < matches ? say("cut", { n: shown }) : "");
    },
  };
  return self;
}
