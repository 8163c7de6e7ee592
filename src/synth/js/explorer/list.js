// @ts-check
/** The list: statements with the studies behind them, by theme or by study. */

import { aside, beside, button, h, hold, mark, put, shape } from "./dom.js";
import { pieces } from "./search.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Facet} Facet */
/** @typedef {{ group: number, row: number, list: number[] }} Row a statement, and the findings of it that match */

const SHOWN = 50; // findings at first, in at most
const GROUPS = 12; // groups
const MOST = 2000; // findings a phone can still scroll

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
  const inGroup = new Uint32Array(tree.values.length);
  for (const at of groups) inGroup[at]++;

  /** Findings that say the same of the same theme, in one direction, are one row. */
  const rows = () => {
    /** @type {Map<string, number>} */
    const known = new Map();
    const of = said.map((at, i) => {
      const name = `${at}/${tree.code[i]}/${direction.code[i]}`;
      return known.get(name) ?? (known.set(name, known.size), known.size - 1);
    });
    const size = new Uint32Array(known.size);
    for (const row of of) size[row]++;
    return { of, size };
  };
  /** @type {ReturnType<typeof rows> | undefined} */
  let gathered;
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
        const { of, size } = (gathered ||= rows());
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
      if (last && last.row === row) last.list.push(i);
      else {
        if (last) yield last;
        last = { group: byTheme ? groups[i] : study[i], row, list: [i] };
      }
    }
    if (last) yield last;
  }

  // --- what is drawn ---

  /** @type {string[]} */
  let forms = [];
  const marked = (/** @type {string} */ text) => pieces(text, forms, core.fold).map((piece, at) => (at % 2 ? h("mark", null, piece) : piece));
  /** @param {number[]} nodes */
  const path = (nodes) => beside(nodes.map((at) => tree.labels[at]), " › ", marked);
  /** What is known of a study, or of a finding that has a value of its own. @param {(facet: Facet) => number | undefined} set */
  const facts = (set) => beside(told.map((facet) => (facet.sets[set(facet) ?? -1] || []).map((value) => facet.labels[value]).join(", ")).filter(Boolean), " · ", marked);
  const inferred = new Set(data.studies.inferred);
  /** @param {string} kind @param {string} id @param {string} text */
  const linked = (kind, id, text) => data.links?.[kind]
    ? h("a", { href: base + data.links[kind] + encodeURIComponent(id) }, ...marked(text)) : h("span", null, ...marked(text));
  /** @param {number} i whether a finding carries a value its study does not */
  const own = (i) => told.some((facet) => facet.by && facet.by[study[i]] !== facet.code[i]);
  /** @param {number} i */
  const also = (i) => tree.nodes[tree.code[i]].slice(1).map((at) => tree.labels[at]);

  /** @type {Map<string, any>} */
  const cards = new Map();
  /** @param {Row} row */
  const card = ({ row, list }) => {
    const byTheme = state.group === "theme";
    const name = `${state.group}/${row}`;
    const [i] = list;
    let item = cards.get(name);
    if (!item) {
      if (cards.size > 2 * MOST) cards.clear();
      item = h("li", byTheme ? null : { "data-finding": core.name(i) }, mark(direction, direction.code[i]), h("div", null, h("p"), h("p.ex-path")));
      cards.set(name, item);
    }
    const seen = `${list}/${forms}`;
    if (item.seen === seen) return item;
    item.seen = seen;
    const [text, line] = item.lastChild.children;
    text.replaceChildren(...marked(core.summary(i)));
    const nodes = tree.paths[node(i)];
    const place = byTheme ? nodes.slice(nodes.indexOf(groups[i]) + 1) : nodes;
    const where = [...path(place), ...(also(i)[0] ? [place[0] ? " · " : "", say("also"), " ", ...beside(also(i), ", ", marked)] : [])];
    const hidden = byTheme && gathered ? gathered.size[row] - list.length : 0;
    line.replaceChildren(...(byTheme
      ? [...list.flatMap((one, at) => [at ? " · " : "", h("span", { "data-finding": core.name(one) },
          linked("finding", core.name(one), data.studies.label[study[one]]),
          ...(own(one) ? [" (", ...facts((facet) => facet.by && facet.by[study[one]] !== facet.code[one] ? facet.code[one] : undefined), ")"]
            : inferred.has(study[one]) ? [` ${say("country_inferred")}`] : []))]),
        ...(hidden ? [` ${say("outside", { n: hidden })}`] : []), ...(where[0] ? [h("span.ex-place", null, ...where)] : [])]
      : [...where, ...(own(i) ? [" · ", ...facts((facet) => facet.code[i])] : []),
        ...(data.links?.finding ? [" · ", linked("finding", core.name(i), core.name(i))] : [])]));
    // Fewer pieces of text are laid out sooner, at every return of the card.
    item.normalize();
    return item;
  };

  /** @type {Map<string, any>} */
  const heads = new Map();
  /** @param {number} at @param {Uint32Array} counts @param {Uint32Array} totals */
  const head = (at, counts, totals) => {
    const byTheme = state.group === "theme";
    const name = `${state.group}/${at}`;
    let item = heads.get(name);
    if (!item) {
      if (heads.size > MOST) heads.clear();
      item = h("li", null, h("p.ex-top", null, h("span.ex-h", { role: "heading", ariaLevel: level }), h("span.ex-path")), h("ul"));
      heads.set(name, item);
    }
    const seen = `${counts[at]}/${forms}`;
    if (item.seen === seen) return item;
    item.seen = seen;
    const [heading, line] = item.firstChild.children;
    const look = byTheme && tree.paths[at].map((above) => tree.looks[above]).find(Boolean);
    heading.replaceChildren(byTheme ? (look ? shape(look, ...marked(tree.labels[at])) : h("span", null, ...marked(tree.labels[at])))
      : linked("study", data.studies.id[at], data.studies.label[at]));
    const about = byTheme ? [] : facts(({ by }) => by?.[at]);
    if (!byTheme && inferred.has(at)) about.push(` ${say("country_inferred")}`);
    line.replaceChildren(...about, about[0] ? " · " : "",
      counts[at] === totals[at] ? some(totals[at]) : say("its", { n: counts[at], findings: some(totals[at]) }),
      ...(byTheme ? [] : [" · ", button(".ex-link", say("leave_out"), () => leave(at), aside(` ${data.studies.label[at]}`))]));
    return item;
  };

  const results = h("ol.ex-results");
  const self = {
    all: false,
    results,
    sizes,
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
      forms = choice.wanted.flatMap(core.spelled);
      const byTheme = state.group === "theme";
      let counts = core.perStudy;
      if (byTheme) {
        counts = new Uint32Array(inGroup.length);
        for (let i = 0; i < n; i++) if (!failed[i]) counts[groups[i]]++;
      }
      /** @type {any[]} */
      const items = [];
      /** @type {any[][]} */
      const inside = [];
      let shown = 0;
      let current = -1;
      for (const row of matching()) {
        if (shown && shown + row.list.length > (self.all ? MOST : SHOWN) || (!self.all && row.group !== current && items.length === GROUPS)) break;
        if (row.group !== current) {
          items.push(head((current = row.group), counts, byTheme ? inGroup : sizes));
          inside.push([]);
        }
        inside[inside.length - 1].push(card(row));
        shown += row.list.length;
      }
      items.forEach((item, at) => hold(item.lastChild, inside[at]));
      hold(results, items);
      const matches = core.totals.finding;
      results.classList.toggle("ex-long", self.all);
      self.more.hidden = self.all || shown === matches;
      put(self.more, say("show_all", { findings: some(Math.min(matches, MOST)), n: Math.min(matches, MOST) - shown }));
      put(self.cut, self.all && shown < matches ? say("cut", { n: shown }) : "");
    },
  };
  self.more.dataset.showAll = "";
  return self;
}
