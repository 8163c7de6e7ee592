// @ts-check
/** The two panes of what was found, the list and the matrix, and how each is shown. */

import { h, select, settle } from "./dom.js";
import { list } from "./list.js";

/** @typedef {import("./engine.js").Data} Data */

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {Data} data
 * @param {import("./index.js").Page} page
 */
export function panes(core, choice, data, page) {
  const { say, some, noun, commit, toAnswer, more, input } = page;
  const { state, ranks, axis, views } = choice;
  const axes = h("div.ex-axes");
  const orders = h("span.ex-orders");
  /** @type {Data} */
  const fields = {};
  for (const name of ["rows", "cols", "unit", "group", "sort"]) {
    const field = fields[name] = select(say(name), views[name].map((/** @type {string} */ value) => {
      const facet = views[name] === choice.names && axis.get(value);
      const label = facet && (facet === core.tree ? data.ranks[ranks.indexOf(value)][1] : facet.label);
      return [value, label || (name === "unit" ? noun(2, value) : say(`by_${value}`))];
    }), (value) => {
      state[name] = value;
      if (views[name] === choice.names) choice.part(name);
      commit();
    });
    (name === "group" || name === "sort" ? orders : axes).append(field);
  }
  const found = list(core, choice, data, page);
  /** @param {string} name */
  const tabOf = (name) => `${input.id}-${name}`;
  /** @param {string} name */
  const paneOf = (name) => `${tabOf(name)}-pane`;
  /** @param {string} name @param {...Node} inside */
  const pane = (name, ...inside) => h(`div.ex-${name}`, { id: paneOf(name), role: "tabpanel", "aria-labelledby": tabOf(name) }, ...inside);
  /** @type {Data} */
  const parts = { matrix: pane("matrix", axes), list: pane("list", found.results, found.more, found.cut) };
  /** @type {string[]} */
  const names = views.pane;
  const tabs = names.map((name) => h("button.ex-tab", { type: "button", id: tabOf(name), role: "tab", "aria-controls": paneOf(name), onclick() {
    state.pane = name;
    commit();
  } }, say(`pane_${name}`)));
  const tablist = h("div.ex-tabs", { role: "tablist", onkeydown: (/** @type {KeyboardEvent} */ { key }) => {
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[/** @type {string} */ (key)];
    if (!turn) return;
    const next = tabs.at((names.indexOf(state.pane) + turn) % tabs.length);
    next.click();
    next.focus();
  } }, ...tabs);

  /** @type {import("./matrix.js").Drawn | undefined} */
  let crossed;
  const showMatrix = async () => {
    const { matrix } = await more();
    if (!crossed) {
      crossed = matrix(core, choice, { say, some, labelled: (name) => fields[name].lastChild.selectedOptions[0].text, chosen() {
        state.pane = "list";
        commit();
        toAnswer();
      } });
      parts.matrix.append(...crossed.parts);
    }
    crossed.show();
  };
  return {
    tablist, orders, found, parts: Object.values(parts),
    /** Show the one chosen. @param {() => unknown} drawn called once it is there */
    show(drawn) {
      for (const name in fields) settle(fields[name], state[name]);
      names.forEach((name, at) => {
        const on = state.pane === name;
        parts[name].hidden = !on;
        tabs[at].ariaSelected = on;
        tabs[at].tabIndex = /** @type {any} */ (on) - 1;
      });
      orders.hidden = parts.list.hidden;
      if (orders.hidden) return showMatrix().then(drawn);
      found.show();
      drawn();
    },
  };
}
