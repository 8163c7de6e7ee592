// @ts-check
/** The filters: a group of values for each facet, each with how many findings it would leave. */

import { button, drawing, h, mark, put, select, settle } from "./dom.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Facet} Facet */

const LONG = 12; // values of a facet before the rest is folded away

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {Data} data
 * @param {import("./index.js").Page} page
 */
export function filters(core, choice, data, { say, some, commit, toAnswer }) {
  const { tree, direction } = core;
  const { state, out, single, year, years, declared, depth, slot } = choice;
  const panel = h("div.ex-panel", null, h("p.ex-n-note", null, say("numbers")));
  const inUse = h("span.ex-use");
  const done = button(".ex-btn", "", () => {
    box.open = false;
    toAnswer();
  });
  const box = h("details.ex-filters", null, h("summary", null, say("filters"), " ", inUse), panel, h("p.ex-done", null, done));

  /** @type {{ facet: Facet, value: number, tick: any, count: any, told?: number }[]} */
  const options = [];
  /** @param {Facet} facet @param {number} value @param {boolean} extra */
  const option = (facet, value, extra) => {
    const tick = h("input", { type: "checkbox", value: facet.values[value], "data-facet": slot(facet, value), onchange: () => {
      if (!facet.chosen.delete(value)) facet.chosen.add(value);
      commit();
    } });
    const count = h("span.ex-n");
    options.push({ facet, value, tick, count });
    return h(extra ? "li.ex-extra" : "li", null, h("label.ex-o", null, tick, mark(facet, value), count));
  };
  /** A group of filters; what is long or deep is behind a button. @param {string} legend @param {any} list @param {string} [unfold] @param {any} [into] */
  const group = (legend, list, unfold, into = panel) => {
    const field = h("fieldset", null, h("legend", null, legend), list);
    if (unfold) {
      const toggle = button(".ex-link", unfold, () => {
        const open = list.classList.toggle("ex-open");
        toggle.ariaExpanded = open;
        put(toggle, open ? say("show_fewer") : unfold);
      });
      toggle.ariaExpanded = "false";
      field.append(toggle);
    }
    into.append(field);
  };
  const further = h("details.ex-more", null, h("summary", null, say("more")));
  /** @param {Facet} facet */
  const flat = (facet) =>
    group(facet.label, h("ul", null, ...facet.shown.map((value, at) => option(facet, value, at >= LONG))),
      facet.shown.length > LONG ? say("show_all_of", { n: facet.shown.length }) : "", facet.more && further);
  const codebook = () => {
    const lists = [h("ul.ex-tree")];
    for (const node of tree.shown) {
      const at = depth(node);
      lists.length = at + 1;
      lists[at] ||= lists[at - 1].lastChild.appendChild(h("ul"));
      lists[at].append(option(tree, node, at > 1));
    }
    group(data.ranks.slice(0, 2).map((/** @type {string[]} */ rank) => rank[1]).join(" · "), lists[0],
      tree.shown.some((node) => depth(node) > 1)
        ? say("show_more", { n: data.ranks.slice(2).map((/** @type {string[]} */ rank) => rank[2]).join(", ").toLowerCase() }) : "");
  };
  /** One study alone, or what is left without it. Thousands of names are made when they are asked for. @param {string} legend @param {string} word @param {Set<number>} chosen */
  const studies = (legend, word, chosen) => {
    const offer = select(say(word), [["", "–"]], (value) => {
      chosen.add(Number(value));
      field.value = "";
      commit();
    });
    const field = offer.lastChild;
    field.onfocus = field.onpointerdown = () => {
      if (!field.options[1]) field.append(...single.shown.map((at) => h("option", { value: at }, single.labels[at])));
    };
    group(legend, h("div.ex-axes", null, offer));
  };
  // One picture with two outlines, years chosen and not: cheaper to change than a bar a year.
  const outlines = [drawing("path"), drawing("path")];
  const histogram = drawing("svg", { viewBox: `0 0 ${years.length || 1} 1`, preserveAspectRatio: "none", class: "ex-hist", "aria-hidden": true }, ...outlines);
  const ends = ["since", "until"].map((which, at) => select(say(which), years.map((value) => [value, value]), (value) => {
    state[which] = value === years.at(-at) ? "" : value;
    const other = at ? "since" : "until";
    if (state.since && state.until && state.since > state.until) state[other] = value;
    commit();
  }));

  flat(direction);
  codebook();
  for (const facet of declared) if (facet.shown[1]) flat(facet);
  if (years[1]) group(year.label, h("div", null, histogram, h("div.ex-axes", null, ...ends)));
  if (core.totals.study > 1) {
    studies(single.label, "only_study", single.chosen);
    studies(say("left"), "without_study", out);
  }
  if (further.children[1]) panel.append(further);

  return {
    box, panel,
    /** @param {number} matches @param {number} active filters in use */
    show(matches, active) {
      for (const item of options) {
        const { facet, value, tick, count } = item;
        const on = facet.chosen.has(value);
        const via = !on && facet === tree && tree.paths[value].some((node) => facet.chosen.has(node));
        const told = facet.counts[value] * 4 + Number(via) * 2 + Number(on);
        if (told === item.told) continue;
        item.told = told;
        tick.checked = on;
        tick.indeterminate = via;
        put(count, String(facet.counts[value]));
        // What is only heard stands in no element of its own: a hundred words less to lay out at every choice.
        tick.ariaLabel = `${facet.labels[value]} ${some(facet.counts[value])}${via ? say("included") : ""}`;
        tick.parentNode.classList.toggle("ex-zero", !facet.counts[value]);
      }
      const tallest = Math.max(1, ...year.counts);
      outlines.forEach((outline, on) => {
        const d = years.map((_, at) => (year.pass[at] === on ? `M${at} 1V${1 - year.counts[at] / tallest}h.93V1` : "")).join("");
        if (outline.getAttribute("d") !== d) outline.setAttribute("d", d);
      });
      settle(ends[0], state.since || years[0]);
      settle(ends[1], state.until || years.at(-1));
      put(inUse, active ? say("in_use", { n: active }) : "");
      put(done, matches ? say("show", { findings: some(core.totals.statement, "statement") }) : say("no_match"));
    },
    /** What an address chose is not left behind a button. */
    unfold() {
      further.open = further.querySelector(":checked");
      for (const toggle of panel.querySelectorAll(".ex-link")) if (toggle.parentNode.querySelector(".ex-extra :checked")) toggle.click();
    },
  };
}
