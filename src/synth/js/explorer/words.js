// @ts-check
/** What is said: all words come with the evidence, and are filled in here. */

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {ReturnType<typeof speaking>} Speaking */

/** @param {Data} words of the interface, by key; `a|b` is singular and plural */
export function speaking(words) {
  /** @param {string} word @param {Data} [values] @returns {string} */
  const say = (word, values = {}) =>
    words[word].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => values[name]);
  /** What is counted, for one or for several. @param {number} n @param {string} [what] @returns {string} */
  const noun = (n, what = "finding") => words[what].split("|")[n === 1 ? 0 : 1];
  /** @param {number} n @param {string} [what] */
  const some = (n, what) => `${n} ${noun(n, what)}`;
  return { say, some, noun };
}
