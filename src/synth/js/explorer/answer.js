// @ts-check
/** The answer to a choice: how much matches, which filters are in use, and what to do where nothing does. */

import { button, h, put, shape, write } from "./dom.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./dom.js").Part} Part */

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {import("./index.js").Page} page
 */
export function answer(core, choice, { say, some, commit, input }) {
  const { direction, totals, n } = core;
  const whole = { ...totals };
  /** Some of all, with the noun of all. @param {"statement" | "study"} what */
  const part = (what) => {
    const all = some(whole[what], what);
    return totals[what] === whole[what] ? all : say("of", { n: totals[what], all });
  };
  const slip = h("p.ex-slip", { role: "status", hidden: true });
  const counted = h("span.ex-count");
  const ways = direction.values.map((_, kind) => {
    const number = h("b");
    return { number, all: shape(direction.looks[kind], number, h("span", null, ` ${direction.labels[kind]}`)) };
  });
  const output = h("output", { htmlFor: input.id, "aria-live": "polite" }, counted, ...ways.flatMap(({ all }) => [" ", all]));
  const chips = h("ul.ex-chips", { ariaLabel: say("active") });
  const empty = h("div.ex-empty");
  const head = h("div.ex-head", { tabIndex: -1 }, output, chips);
  const clear = () => {
    choice.clear();
    commit();
    input.focus();
  };
  /** @param {string} style @param {() => void} onclick @param {...Part} words @returns {Part} */
  const chip = (style, onclick, ...words) => ["li", null, [`button.ex-chip${style}`, { type: "button", onclick }, ...words]];
  /** @param {import("./state.js").Active} filter @param {number} at @returns {Part} */
  const inUse = ({ about, value, more, off }, at) => chip("", () => {
    off();
    commit();
    (chips.children[Math.min(at, chips.children.length - 2)]?.firstChild || input).focus();
  }, ["span.ex-vh", null, say("remove") + (more ? "" : `${about}: `)], more ? `${about}: ${value}` : value);
  /** How much there would be without a filter. @param {import("./state.js").Active} filter @returns {Node[]} */
  const lifted = ({ about, value, bit, off }) => {
    const count = bit && core.lifted(bit);
    return count ? [h("li", null, button(".ex-link", say("without", { n: `${about}: ${value}`, findings: some(count) }), () => {
      off();
      commit();
      head.focus();
    }))] : [];
  };
  return {
    slip, head, empty,
    /** @param {number} matches @param {import("./state.js").Active[]} active */
    show(matches, active) {
      output.dataset.count = matches;
      put(counted, matches ? `${part("statement")} · ${part("study")}` : say("no_match"));
      ways.forEach(({ number, all }, kind) => {
        all.hidden = !totals.ways[kind];
        put(number, String(totals.ways[kind]));
      });
      const slips = choice.slips();
      slip.hidden = !slips[0];
      put(slip, slips.map(([asked, shown]) => say("meant", { n: asked, shown })).join(" "));
      write(chips, [...active.map(inUse), ...(active[0] ? [chip(".ex-clear", clear, say("clear"))] : [])]);
      chips.hidden = !active[0];
      empty.hidden = matches || empty.replaceChildren(h("p", null, say("empty", { n })), h("ul", null, ...active.flatMap(lifted)));
    },
  };
}
