// @ts-check
/** The matrix: what matches, counted by two facets; a cell leads to its statements. */

import { along, cross } from "./cross.js";
import { aside, button, colour, h, mark } from "./dom.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Axis} Axis */
/** @typedef {ReturnType<typeof matrix>} Drawn */

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {{ say: (word: string, values?: Data) => string, some: (n: number, what?: string) => string, labelled: (name: string) => string,
 *    chosen: () => void }} page
 */
export function matrix(core, choice, { say, some, labelled, chosen }) {
  const { direction, tree, n } = core;
  const { state } = choice;
  const kinds = direction.values.length;
  const grid = h("div.ex-grid", { tabIndex: 0, role: "region", ariaLabel: say("matrix") });
  const empties = h("input", { type: "checkbox", onchange: () => show() });
  const fold = h("label.ex-fold", null, empties, " ", "");
  const legend = h("p.ex-key", null,
    ...direction.values.map((_, kind) => h("span", null, h("span.ex-bar", null, colour(h(`i.ex-${direction.looks[kind][3]}`), direction.looks[kind])), direction.labels[kind])),
    h("span", null, `–: ${say("key_none", { n })}`), h("span", null, `0: ${say("key_zero")}`), h("span", null, say("key")));
  /** Two axes, with what is there when nothing is filtered. @type {Data} */
  let table = {};

  function show() {
    const unit = /** @type {import("./engine.js").Unit} */ (state.unit);
    const name = `${state.rows}/${state.cols}`;
    if (table.name !== name) {
      const [rows, cols] = [along(choice, state.rows), along(choice, state.cols)];
      table = { name, rows, cols, every: cross(core, rows, cols, "finding", true) };
    }
    const { rows, cols, every } = /** @type {{ rows: Axis, cols: Axis, every: Uint32Array }} */ (table);
    const sums = cross(core, rows, cols, unit);
    const width = cols.values.length + 1;
    /** @param {number} row @param {number} col */
    const place = (row, col) => (row * width + col) * (kinds + 1);
    const [allRows, allCols] = [rows.values.length, cols.values.length];
    const kept = [...rows.values.keys()].filter((row) => empties.checked || sums[place(row, allCols) + kinds]);
    const across = [...cols.values.keys()].filter((col) => empties.checked || sums[place(allRows, col) + kinds]);
    const [noRows, noCols] = [allRows - kept.length, allCols - across.length];
    fold.lastChild.data = say("fold", { rows: noRows, cols: noCols });
    fold.hidden = !empties.checked && !noRows && !noCols;
    /** @param {number} row @param {number} col */
    const cell = (row, col) => {
      const at = place(row, col);
      const count = sums[at + kinds];
      const total = row === allRows || col === allCols;
      if (!count && !every[at + kinds]) return h("td.ex-none", null, "–", aside(say("none_long", { n })));
      if (!count) return h("td.ex-nil", null, "0", aside(say("hidden", { n: every[at + kinds] })));
      const ways = direction.values.map((_, kind) => kind).filter((kind) => sums[at + kind]);
      const bar = h("span.ex-bar", { ariaHidden: "true" }, ...ways.map((kind) => {
        const part = colour(h(`i.ex-${direction.looks[kind][3]}`), direction.looks[kind]);
        part.style.flexGrow = sums[at + kind];
        return part;
      }));
      if (total) return h("td.ex-sum", null, String(count), bar);
      const [one, other] = [rows.values[row], cols.values[col]];
      const press = button("", h("span", null, String(count)), () => {
        for (const [{ facet }, value] of /** @type {[Axis, number][]} */ ([[rows, one], [cols, other]])) {
          facet.chosen.clear();
          facet.chosen.add(value);
        }
        chosen();
      }, bar);
      press.ariaLabel = `${some(count, unit)}: ${[rows.facet.labels[one], cols.facet.labels[other],
        ...ways.map((kind) => `${direction.labels[kind]} ${sums[at + kind]}`)].join(", ")}`;
      return h("td", null, press);
    };
    const body = h("tbody");
    let above = -1;
    for (const row of kept) {
      const value = rows.values[row];
      const parent = rows.facet === tree ? tree.paths[value].at(-2) ?? -1 : -1;
      if (parent !== above && parent >= 0)
        body.append(h("tr.ex-grp", null, h("th", { scope: "rowgroup", colSpan: across.length + 2 }, mark(tree, parent))));
      above = parent;
      body.append(h("tr", null, h("th", { scope: "row" }, mark(rows.facet, value)), ...[...across, allCols].map((col) => cell(row, col))));
    }
    body.append(h("tr.ex-all", null, h("th", { scope: "row" }, say("together")), ...[...across, allCols].map((col) => cell(allRows, col))));
    grid.replaceChildren(h(across.length > 5 ? "table.ex-far" : "table", null,
      h("caption.ex-vh", null, say("matrix_caption", { unit: some(0, unit).slice(2), a: labelled("rows"), b: labelled("cols") })),
      h("thead", null, h("tr", null, h("td"), ...across.map((col) => h("th", { scope: "col" }, mark(cols.facet, cols.values[col]))), h("th", { scope: "col" }, h("span", null, say("together"))))), body));
  }
  return { parts: [grid, fold, legend], show };
}
