// @ts-check
/** What came and went since the version of the data a link was made with. */

import { h } from "./dom.js";

/** @typedef {import("./engine.js").Data} Data */

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {Data} data
 * @param {string} version that of the link
 * @param {{ came: string[], changed: string[], went: string[] }} known ids of findings
 * @param {(word: string, values?: Data) => string} say
 * @param {string} base
 * @returns {(Node | string)[]}
 */
export function since(core, data, version, { came, changed, went }, say, base) {
  const now = new Set(core.matching().map(core.name));
  /** @param {string} name */
  const linked = (name) => (data.links?.finding ? h("a", { href: base + data.links.finding + encodeURIComponent(name) }, name) : name);
  /** @param {string} word @param {(Node | string)[][]} lines */
  const part = (word, lines) => (lines[0]
    ? [h("details", null, h("summary", null, say(word, { n: lines.length })), h("ul", null, ...lines.map((line) => h("li", null, ...line))))] : []);
  const parts = [
    ...part("came", came.filter((name) => now.has(name)).map((name) => [linked(name)])),
    ...part("reworded", changed.filter((name) => now.has(name)).map((name) => [linked(name)])),
    // What is gone carries no values any more that a filter could ask for.
    ...part("went", went.map((name) => [name])),
  ];
  return [say("since_version", { n: version, version: data.version }), " ", ...(parts[0] ? parts : [say("same_findings")])];
}
