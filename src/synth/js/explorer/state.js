// @ts-check
/** What is chosen, and the address it stands in. */

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Facet} Facet */
/** @typedef {[string, string][]} Pairs names and values as they stand in an address */
/** @typedef {{ about: string, value: string, more?: number, bit: number, off: () => unknown }} Active a filter in use */

/** What an address says to one explorer. @param {string} address @param {string} key @returns {Pairs} */
export const pairsIn = (address, key) => /** @type {Pairs} */ ([...new URL(address).searchParams]
  .filter(([name]) => name.startsWith(`${key}.`)).map(([name, value]) => [name.slice(key.length + 1), value]));

/** The address that says other things to one explorer, and the same to all else. @param {string} address @param {string} key @param {Pairs} pairs */
export function withPairs(address, key, pairs) {
  const url = new URL(address);
  const query = url.searchParams;
  for (const name of [...query.keys()]) if (name.startsWith(`${key}.`)) query.delete(name);
  for (const [name, value] of pairs) query.append(`${key}.${name}`, value);
  return url.href;
}

/** Filters as a kernel knows them. @param {Data} kept @returns {Pairs} */
export const pairsOf = (kept) => Object.entries(kept || {}).flatMap(([name, list]) => list.map((/** @type {string} */ value) => [name, value]));

/**
 * The choices of one explorer. Only what they are is known here, not how they look.
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {Data} data @param {Data} settings
 * @param {(word: string, values?: Data) => string} say
 */
export function choices(core, data, settings, say) {
  const { facets, tree, direction, n } = core;
  const [single, year] = facets.slice(-2);
  const years = year.values;
  const declared = facets.slice(2, -2);
  const ranks = data.ranks.map((/** @type {string[]} */ rank) => rank[0]);
  /** @param {number} node */
  const depth = (node) => tree.paths[node].length - 1;
  /** The name a value goes by in an address: nodes by their rank. @param {Facet} facet @param {number} value */
  const slot = (facet, value) => (facet === tree ? ranks[depth(value)] : facet.id);

  core.count();
  // The deepest nodes that all findings share: the rest of the codebook is another page's matter.
  const common = tree.paths.filter((_, node) => n && tree.counts[node] === n);
  const first = common.reduce((kept, path) => (path.length > kept.length ? path : kept), []);
  for (const facet of facets)
    facet.shown = [...facet.values.keys()].filter((at) =>
      facet === tree ? tree.counts[at] || tree.paths[at].every((node, level) => level >= first.length || node === first[level])
      : facet === direction || facet === year || facet.counts[at]);

  const axis = new Map([...ranks.map((/** @type {string} */ id) => [id, tree]), ...[direction, ...declared].map((facet) => [facet.id, facet])]);
  /** @type {string[]} */
  const names = [...axis.keys()];
  axis.set("study", single);
  single.label = say("one_study");
  const telling = ranks.findIndex((/** @type {string} */ _, /** @type {number} */ at) =>
    (at || !ranks[1]) && tree.paths.some((path, node) => path.length === at + 1 && tree.counts[node] && tree.counts[node] < n));
  const usual = /** @type {Data} */ ({ pane: "list", rows: ranks.at(telling), cols: "direction", unit: "statement", group: "theme", sort: "newest", ...settings });
  const views = /** @type {Data} */ ({
    pane: ["list", "matrix"], rows: names, cols: names, unit: ["statement", "study", "finding"],
    group: ["theme", "study"], sort: ["newest", "oldest", "author"],
  });

  /** @type {Data} */
  const state = {};
  /** Studies left out. @type {Set<number>} */
  const out = new Set();

  const self = {
    state, out, single, year, years, declared, ranks, depth, slot, axis, names, views,
    /** What a search looks for: of a word nothing holds, the word that was meant. */
    words: () => core.words(state.q).map(core.meant),
    /** Slips that were forgiven: what was asked for, and what is shown. */
    slips: () => core.words(state.q).map((word) => [word, core.meant(word)]).filter(([asked, shown]) => asked !== shown),
    /** @returns {Pairs} */
    chosen: () => /** @type {Pairs} */ ([
      ...facets.flatMap((facet) => facet.shown.filter((value) => facet.chosen.has(value)).map((value) => [slot(facet, value), facet.values[value]])),
      ...[...out].map((at) => ["without", data.studies.id[at]]),
      // An address holds the word that is shown, so that it means the same everywhere.
      ...[["q", self.slips()[0] ? self.words().join(" ") : state.q.trim()], ["since", state.since], ["until", state.until]].filter((pair) => pair[1]),
    ]),
    /** How it is shown, where that is not as usual. @returns {Pairs} */
    seen: () => /** @type {Pairs} */ (Object.keys(views).filter((name) => state[name] !== usual[name]).map((name) => [name, state[name]])),
    /** Rows and columns of the matrix are never one facet. @param {string} kept the one to keep */
    part(kept) {
      const other = kept === "rows" ? "cols" : "rows";
      if (axis.get(state.rows) === axis.get(state.cols)) state[other] = names.find((id) => axis.get(id) !== axis.get(state[kept]));
    },
    /** Let all filters go. */
    clear() {
      state.q = state.since = state.until = "";
      for (const { chosen } of facets) chosen.clear();
      out.clear();
    },
    /** Take over filters and views; returns what was not understood. @param {Pairs} pairs */
    restore(pairs) {
      const odd = [];
      for (const name in views) state[name] = usual[name];
      self.clear();
      for (const [name, value] of pairs) {
        const facet = axis.get(name);
        const at = facet?.values.indexOf(value);
        const study = name === "without" ? data.studies.id.indexOf(value) : -1;
        if (facet?.shown.includes(at) && slot(facet, at) === name) facet.chosen.add(at);
        else if (study >= 0) out.add(study);
        else if (name === "q") state.q = `${state.q} ${value}`.trim();
        else if (/^(since|until)$/.test(name) && /^\d{4}$/.test(value)) state[name] = value;
        else if (Object.hasOwn(views, name) && views[name].includes(value)) state[name] = value;
        else odd.push(`${name}=${value.slice(0, 60)}`);
      }
      self.part("rows");
      return odd;
    },
    /** Let the engine know, and count; true when other words are searched. */
    apply() {
      for (const facet of facets.slice(0, -1)) core.choose(facet, facet.chosen.size ? (value) => facet.chosen.has(value) : null);
      // Undated studies carry no year at all, so nothing but the absence of a filter lets them pass.
      core.choose(year, state.since || state.until ? (at) => years[at] >= (state.since || "") && years[at] <= (state.until || "9999") : null);
      const words = self.words();
      if (String(words) !== String(self.wanted)) core.search((self.wanted = words));
      if (String([...out]) !== self.left) {
        self.left = String([...out]);
        core.omit(out);
      }
      return core.count();
    },
    wanted: /** @type {string[]} */ ([]),
    left: "",
    /** @returns {Active[]} */
    active() {
      /** @type {Active[]} */
      const list = facets.flatMap((facet) => facet.shown.filter((value) => facet.chosen.has(value)).map((value) => ({
        about: facet === tree ? data.ranks[depth(value)][1] : facet.label,
        value: facet.labels[value],
        more: facet.more,
        bit: facet.chosen.size > 1 ? 0 : facet.bit,
        off: () => facet.chosen.delete(value),
      })));
      if (state.since || state.until)
        list.push({ about: say("years"), value: `${state.since || years[0]}–${state.until || years.at(-1)}`, bit: year.bit, off: () => (state.since = state.until = "") });
      for (const at of out)
        list.push({ about: say("without_study"), more: 1, value: data.studies.label[at], bit: out.size > 1 ? 0 : core.without, off: () => out.delete(at) });
      if (state.q.trim()) list.push({ about: say("text"), value: `“${self.slips()[0] ? self.words().join(" ") : state.q.trim()}”`, bit: core.text, off: () => (state.q = "") });
      return list;
    },
    inForce: () => self.active().map(({ about, value }) => `${about}: ${value}`).join("; ") || say("no_filter"),
  };
  return self;
}
