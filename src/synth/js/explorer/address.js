// @ts-check
/** The address of a page, in which a choice stands: written, read, and given to others. */

import { afterPaint } from "./dom.js";
import { pairsIn, withPairs } from "./state.js";

/** @typedef {import("./engine.js").Data} Data */

/**
 * @param {ReturnType<typeof import("./state.js").choices>} choice as it is at first
 * @param {Data} data
 * @param {string} key before every name in the address
 * @param {string} base the address of the book
 */
export function addresses(choice, data, key, base) {
  const before = String(choice.chosen());
  /** Addresses to be written. @type {(() => void)[]} */
  const writes = [];
  /** What the address says of what is shown. @param {boolean} [full] with the version of the data in any case @returns {import("./state.js").Pairs} */
  const now = (full) => {
    const [chosen, seen] = [choice.chosen(), choice.seen()];
    return full || seen[0] || String(chosen) !== before ? [...chosen, ...seen, ["v", data.version]] : [];
  };
  return {
    /** The address of what is shown as others can use it: none on this machine's disk leaves the page. */
    shareable() {
      const here = withPairs(location.href, key, now(true));
      if (/^https?:/.test(here)) return here;
      return base && here.startsWith(base) ? (data.published || "") + here.slice(base.length) : "";
    },
    /** @param {boolean} [typing] whether it takes the place of the one before */
    write(typing) {
      const pairs = now();
      // When the reader has seen the findings: the browser takes longer for it than for filtering.
      // Moments without work need not come in the order they were asked for; addresses do.
      writes.push(() => history[typing ? "replaceState" : "pushState"](history.state, "", withPairs(location.href, key, pairs)));
      afterPaint(() => {
        try {
          writes.shift()?.();
        } catch {
          // Some browsers refuse addresses on file://, or more than a hundred in half a minute.
        }
      });
    },
    /**
     * Take over what the address says.
     * @param {import("./state.js").Pairs} otherwise what holds where it says nothing
     * @returns {[string[], string]} what was not understood, and the version of the data it was made with
     */
    read(otherwise) {
      let version = data.version;
      const pairs = pairsIn(location.href, key);
      const odd = choice.restore((pairs[0] ? pairs : otherwise).filter(([name, value]) => name !== "v" || ((version = value), false)));
      return [odd, version];
    },
  };
}
