// @ts-check
/** The engine: which findings match, how many would, and in how many statements and studies. */

import { folding, near, spelling } from "./search.js";

/** @typedef {Record<string, any>} Data */
/**
 * A facet: each finding carries one *set* of values (`code` says which), so that several countries,
 * or the nodes a finding speaks to with all above them, cost no more than one value.
 * @typedef {{ id: string, label: string, values: string[], labels: string[], sets: number[][],
 *    looks: Record<number, string[]>, by?: number[], code: Uint32Array, bit: number,
 *    chosen: Set<number>, pass: Uint8Array, tally: Uint32Array, counts: Uint32Array,
 *    shown: number[], more?: number }} Facet
 */
/** @typedef {Facet & { paths: number[][], nodes: number[][] }} Tree the codebook: a path for each node, and the nodes of each set */
/** @typedef {{ facet: Facet, values: number[], slots: number[][] }} Axis values of a facet, and the places of each set among them */
/** @typedef {"statement" | "study" | "finding"} Unit */

const BLOCK = 2048; // statements folded at a time

/** @param {Data} data @param {number[] | null} [gaps] from each of the wanted findings to the next; all without them */
export function engine(data, gaps) {
  const { id: numbers, study: studyOf, said: saidOf } = data.findings;
  /** @type {string[]} */
  const statements = data.statements;
  const fold = folding(data.alike);
  const spelled = spelling(data.spellings);
  /** @param {number} row @returns {string} */
  const nameOf = (row) =>
    numbers[row] < 1e9 && typeof numbers[row] === "number"
      ? `${data.studies.id[studyOf[row]]}-${String(numbers[row]).padStart(2, "0")}`
      : numbers[row];
  let at = 0;
  const rows = gaps?.map((gap) => (at += gap));
  const n = (rows || numbers).length;
  /** @param {number} i */
  const row = (i) => (rows ? rows[i] : i);
  /** @param {(row: number) => number} value */
  const column = (value) => Uint32Array.from({ length: n }, (_, i) => value(row(i)));
  const study = column((at) => studyOf[at]);
  const said = column((at) => saidOf[at]);
  const failed = new Uint32Array(n); // a bit for each facet whose filter a finding does not pass
  /** @type {Facet[]} */
  const facets = [
    ...data.facets.slice(0, -1),
    // Which study it is, is a facet as others are; only its values are not listed.
    { id: "study", values: data.studies.id, labels: data.studies.label, sets: data.studies.id.map((/** @type {string} */ _, /** @type {number} */ at) => [at]), all: studyOf },
    data.facets.at(-1),
  ].map((facet, at) => {
    // A finding of several nodes counts in each, and once in what they share above them.
    const sets = facet.sets || facet.nodes.map((/** @type {number[]} */ list) => [...new Set(list.flatMap((node) => facet.paths[node]))]);
    return {
      labels: facet.values, looks: {}, ...facet, sets,
      code: column(facet.all ? (from) => facet.all[from] : (from) => facet.own[from] ?? facet.by[studyOf[from]]),
      bit: 1 << at, chosen: new Set(),
      pass: new Uint8Array(sets.length).fill(1),
      tally: new Uint32Array(sets.length),
      counts: new Uint32Array(facet.values.length),
    };
  });
  const [tree, direction] = /** @type {[Tree, Facet]} */ (facets);
  const kinds = direction.values.length;
  const text = 1 << facets.length;
  const without = text << 1;
  const perStudy = new Uint32Array(data.studies.id.length);
  const perStatement = new Uint32Array(statements.length);
  const perWay = new Uint32Array(statements.length * kinds);

  // Statements are folded a block at a time: on the first search, or before it in idle moments.
  const blocks = /** @type {{ text: string, ends: number[] }[]} */ ([]);
  const block = (/** @type {number} */ at) => {
    if (blocks[at]) return blocks[at];
    const parts = statements.slice(at * BLOCK, (at + 1) * BLOCK).map((one) => one.replaceAll("\x01", " "));
    const joined = fold(parts.join("\x01")) + "\x01";
    let end = -1;
    return (blocks[at] = { text: joined, ends: parts.map(() => (end = joined.indexOf("\x01", end + 1))) });
  };
  const folded = () => {
    while (blocks.length * BLOCK < statements.length) block(blocks.length);
    return blocks;
  };
  /** @type {Map<string, Uint8Array>} */
  const found = new Map();
  /** Labels are folded once, not at every stroke. @type {Map<string[], string[]>} */
  const names = new Map();
  /** Labels of a facet as they are searched: a node's with its synonyms. @param {string[]} labels @param {Record<number, string[]>} [more] */
  const searched = (labels, more) => {
    if (!names.has(labels)) names.set(labels, labels.map((label, at) => [label, ...(more?.[at] || [])].map(fold).join("\n")));
    return /** @type {string[]} */ (names.get(labels));
  };
  const lists = /** @type {any[]} */ ([
    { labels: data.studies.label, sets: null, code: study },
    ...facets.filter(({ id }) => !id || id === "country"),
  ]);
  /** Which findings hold a word: in their statement, study, themes' paths or countries. @param {string} word */
  const holding = (word) => {
    const known = found.get(word);
    if (known) return known;
    if (found.size > 24) found.clear();
    const hit = new Uint8Array(n);
    const inStatement = new Uint8Array(statements.length);
    for (const form of spelled(word)) {
      for (const { labels, sets, code, synonyms } of lists) {
        const inside = searched(labels, synonyms).map((label) => label.includes(form));
        const set = sets ? sets.map((/** @type {number[]} */ values) => values.some((value) => inside[value])) : inside;
        if (set.includes(true)) for (let i = 0; i < n; i++) if (set[code[i]]) hit[i] = 1;
      }
      folded().forEach(({ text, ends }, at) => {
        for (let i = 0, from = text.indexOf(form); from >= 0; from = text.indexOf(form, ends[i - 1])) {
          while (ends[i] < from) i++;
          inStatement[at * BLOCK + i++] = 1;
        }
      });
    }
    for (let i = 0; i < n; i++) if (inStatement[said[i]]) hit[i] = 1;
    found.set(word, hit);
    return hit;
  };
  /** @type {string[] | undefined} */
  let vocabulary;
  /** A word the evidence holds that is one slip away from one it does not hold. @param {string} word */
  const meant = (word) => {
    if (word.length < 5 || holding(word).includes(1)) return word;
    vocabulary ||= [...new Set([...folded().map(({ text }) => text), ...lists.flatMap(({ labels, synonyms }) => searched(labels, synonyms))]
      .flatMap((part) => part.match(/[\p{L}\p{N}]{4,}/gu) || []))].sort();
    // A whole word before the beginning of one; of several, one that these findings hold.
    return [(/** @type {string} */ other) => other, (/** @type {string} */ other) => other.slice(0, word.length)].reduce((kept, part) => kept ||
      vocabulary?.find((other) => near(word, part(other)) && holding(part(other)).includes(1)) || "", "") || word;
  };

  const core = {
    n, facets, tree, direction, study, said, failed, perStudy, perStatement, text, without, fold, row, statements,
    /** Of what matches: statements, studies, statements by direction. */
    totals: { statement: 0, study: 0, finding: 0, ways: new Uint32Array(kinds) },
    /** The node a finding was coded to; it may speak to further ones. @param {number} i */
    node: (i) => tree.nodes[tree.code[i]][0],
    name: (/** @type {number} */ i) => nameOf(row(i)),
    /** The findings that match. */
    matching: () => [...failed.keys()].filter((i) => !failed[i]),
    summary: (/** @type {number} */ i) => statements[said[i]],
    /** Words of a search as they are compared. @param {string} asked */
    words: (asked) => fold(asked).split(/[ \x01]/).filter(Boolean),
    spelled, meant,
    /** Fold one more block; false when all are. */
    prepare: () => blocks.length * BLOCK < statements.length && block(blocks.length),
    /** @param {Facet} facet @param {((value: number) => boolean) | null} keep null lets everything pass, what has no value too */
    choose({ sets, pass, code, bit }, keep) {
      let same = true;
      for (let at = 0; at < sets.length; at++) {
        const now = Number(!keep || sets[at].some(keep));
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
    /** Leave studies out. @param {Set<number>} studies */
    omit(studies) {
      for (let i = 0; i < n; i++) failed[i] = studies.has(study[i]) ? failed[i] | without : failed[i] & ~without;
    },
    /** Count what matches, and each value under the filters of the other facets. */
    count() {
      const { totals } = core;
      for (const { tally } of facets) tally.fill(0);
      for (const list of [perStudy, perStatement, perWay, totals.ways]) list.fill(0);
      totals.statement = totals.study = totals.finding = 0;
      for (let i = 0; i < n; i++) {
        const bits = failed[i];
        if (!bits) {
          totals.finding++;
          if (!perStudy[study[i]]++) totals.study++;
          if (!perStatement[said[i]]++) totals.statement++;
          const way = direction.code[i];
          if (!perWay[said[i] * kinds + way]++) totals.ways[way]++;
          for (const { tally, code } of facets) tally[code[i]]++;
        } else if (!(bits & (bits - 1)) && bits < text) {
          // It fails in one facet only, so it counts there.
          const { tally, code } = facets[31 - Math.clz32(bits)];
          tally[code[i]]++;
        }
      }
      for (const { counts, tally, sets } of facets) {
        counts.fill(0);
        sets.forEach((set, at) => set.forEach((value) => (counts[value] += tally[at])));
      }
      return totals.finding;
    },
    /** How many would match without the filters of some bits. @param {number} bits */
    lifted(bits) {
      let matches = 0;
      for (let i = 0; i < n; i++) if (!(failed[i] & ~bits)) matches++;
      return matches;
    },
  };
  return core;
}
