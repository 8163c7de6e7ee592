// @ts-check
/**
 * The explorer: filters, search, list and matrix over the coded findings of a review.
 *
 * Two hosts. JupyterLab calls `render` with a model whose filters a kernel follows; the book's
 * loader calls `mount` on the stored table, and the address holds the filters.
 * Nothing here knows a theme, a direction or a country: all words come with the evidence.
 */

import { afterPaint, button, drawing, h, idle, mark, put, shape, write } from "./dom.js";
import { engine } from "./engine.js";
import { list } from "./list.js";
import { choices, pairsIn, pairsOf, withPairs } from "./state.js";

/** @typedef {import("./engine.js").Data} Data */
/** @typedef {import("./engine.js").Facet} Facet */
/** @typedef {import("./state.js").Pairs} Pairs */
/**
 * What a host gives: the evidence, and a place to keep filters in.
 * @typedef {{ data: Data, settings: Data, extras: () => Promise<Data>, base: string,
 *    more: () => Promise<typeof import("../explorer-more/index.js").default>, changes?: () => Promise<Data>,
 *    keep?: (filters: Data) => void, follow?: (call: (filters: Data) => void) => void }} Host
 */

const LONG = 12; // values of a facet before the rest is folded away
let explorers = 0; // the label of each search box needs a name of its own

/**
 * It pauses wherever a page with other things to do may do them.
 * @param {HTMLElement} root @param {Host} host
 * @returns {Generator<void, () => void>} takes everything away again
 */
function* draw(root, { data, settings, extras, base, more, changes, keep, follow }) {
  const { key } = settings;
  const words = { ...data.words, ...settings.words };
  /** @param {string} word @param {Data} [values] @returns {string} */
  const say = (word, values = {}) =>
    words[word].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => values[name]);
  /** @param {number} n @param {string} [what] */
  const some = (n, what = "finding") => `${n} ${words[what].split("|")[n === 1 ? 0 : 1]}`;
  /** Some of all, with the noun of all. @param {number} n @param {number} all @param {string} what */
  const part = (n, all, what) => (n === all ? some(n, what) : say("of", { n, all: some(all, what) }));

  const core = engine(data, settings.gaps);
  yield;
  const choice = choices(core, data, settings, say);
  const { facets, tree, direction, totals, n } = core;
  const { state, out, single, year, years, declared, ranks, depth, slot, axis, views } = choice;
  const whole = { ...totals };
  const atFirst = pairsOf(settings.filters);
  choice.restore(atFirst);
  const before = String(choice.chosen());

  // --- parts of the page, made once ---

  const id = `synth-x-${++explorers}`;
  const note = h("p.ex-note", { role: "status" });
  const slip = h("p.ex-slip", { role: "status", hidden: true });
  const input = h("input", { type: "search", id, autocomplete: "off", spellcheck: false, placeholder: say("search") });
  const searching = h("form.ex-search", { role: "search" }, h("label.ex-vh", { htmlFor: id }, say("search")), input);
  const panel = h("div.ex-panel", null, h("p.ex-n-note", null, say("numbers")));
  const inUse = h("span.ex-use");
  const toAnswer = () => {
    head.focus({ preventScroll: true });
    box.scrollIntoView();
  };
  const done = button(".ex-btn", "", () => {
    filters.open = false;
    toAnswer();
  });
  // To what is in view: what found nothing, and the matrix, keep their links while they are hidden.
  const skip = h("a.ex-skip", { href: "#", onclick: () => !!(main.querySelector(":is(a,button):not([hidden] *)") || head).focus() }, say("skip"));
  const filters = h("details.ex-filters", null, h("summary", null, say("filters"), " ", inUse), panel, h("p.ex-done", null, done));
  const counted = h("span.ex-count");
  const ways = direction.values.map((_, kind) => {
    const number = h("b");
    return { number, all: shape(direction.looks[kind], number, h("span", null, ` ${direction.labels[kind]}`)) };
  });
  const output = h("output", { htmlFor: id, "aria-live": "polite" }, counted, ...ways.flatMap(({ all }) => [" ", all]));
  const orders = h("span.ex-orders");
  const head = h("div.ex-head", { tabIndex: -1 }, output);
  const status = h("p.ex-vh", { role: "status" });
  const chips = h("ul.ex-chips", { ariaLabel: say("active") });
  const inWords = h("p.ex-print");
  const empty = h("div.ex-empty");
  // One rank below the heading the explorer stands under.
  const above = /** @type {HTMLElement | null} */ (root.closest("section")?.querySelector("h1, h2, h3, h4"));
  const level = Number(above?.tagName[1] || 1) + 1;
  const axes = h("div.ex-axes");
  const found = list(core, choice, data, { say, some, base, level, leave(at) {
    out.add(at);
    commit();
    head.focus();
  } });
  /** @type {import("./matrix.js").Drawn | undefined} */
  let crossed;
  /** What only some readers ask for comes when they ask: the matrix, exports, what changed since. */
  const showMatrix = async () => {
    const { matrix } = await more();
    if (!crossed) {
      crossed = matrix(core, choice, { say, some, labelled: (name) => selects[name].selectedOptions[0].text, chosen() {
        state.pane = "list";
        commit();
        toAnswer();
      } });
      panes.matrix.append(...crossed.parts);
    }
    crossed.show();
  };
  const panes = /** @type {Data} */ ({
    matrix: h("div.ex-matrix", null, axes),
    list: h("div.ex-list", null, found.results, found.more, found.cut),
  });
  /** @type {string[]} */
  const paneNames = views.pane;
  const tabs = paneNames.map((name) => {
    const tab = button(".ex-tab", say(`pane_${name}`), () => {
      state.pane = name;
      commit();
    });
    Object.assign(tab, { id: `${id}-${name}`, role: "tab" });
    tab.setAttribute("aria-controls", `${id}-${name}-pane`);
    Object.assign(panes[name], { id: `${id}-${name}-pane`, role: "tabpanel" });
    panes[name].setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  const tablist = h("div.ex-tabs", { role: "tablist", onkeydown: (/** @type {KeyboardEvent} */ { key: pressed }) => {
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[/** @type {string} */ (pressed)];
    if (!turn) return;
    const next = tabs[(paneNames.indexOf(state.pane) + turn + tabs.length) % tabs.length];
    next.click();
    next.focus();
  } }, ...tabs);
  const main = h("div.ex-main", null, inWords, empty, ...Object.values(panes));
  const box = h("div.ex", null, note, slip, h("div.ex-first", null, searching, tablist), h("div.ex-sticky", null, head), status, skip, filters, main);

  // --- filters ---

  yield;
  /** @type {{ facet: Facet, value: number, tick: any, count: any, told?: number }[]} */
  const options = [];
  /** @param {Facet} facet @param {number} value @param {boolean} extra */
  const option = (facet, value, extra) => {
    const tick = h("input", { type: "checkbox", value: facet.values[value], "data-facet": slot(facet, value), onchange: () => {
      if (!facet.chosen.delete(value)) facet.chosen.add(value);
      commit();
    } });
    const count = h("span.ex-n", null, "", h("i"));
    options.push({ facet, value, tick, count });
    return h(extra ? "li.ex-extra" : "li", null, h("label.ex-o", null, tick, mark(facet, value), count));
  };
  /** A group of filters; what is long or deep is behind a button. @param {string} legend @param {any} list @param {string} unfold @param {any} [into] */
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
  /** @param {Facet} facet */
  const flat = (facet) =>
    group(facet.label, h("ul", null, ...facet.shown.map((value, at) => option(facet, value, at >= LONG))),
      facet.shown.length > LONG ? say("show_all_of", { n: facet.shown.length }) : "", facet.more && further);
  flat(direction);
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

  /** A native select with its label before it. @param {string} name @param {[string, string][]} offered @param {(value: string) => void} chosen */
  const select = (name, offered, chosen) => {
    const field = h("select", null, ...offered.map(([value, label]) => h("option", { value }, label)));
    field.onchange = () => {
      chosen(field.value);
      commit();
    };
    return h("label", null, say(name), " ", field);
  };
  // One picture with two outlines, years chosen and not: cheaper to change than a bar a year.
  const outlines = [drawing("path"), drawing("path")];
  const histogram = drawing("svg", { viewBox: `0 0 ${years.length || 1} 1`, preserveAspectRatio: "none", class: "ex-hist", "aria-hidden": true }, ...outlines);
  const ends = ["since", "until"].map((which, at) => select(which, years.map((value) => [value, value]), (value) => {
    state[which] = value === years.at(-at) ? "" : value;
    const other = at ? "since" : "until";
    if (state.since && state.until && state.since > state.until) state[other] = value;
  }));
  const further = h("details.ex-more", null, h("summary", null, say("more")));
  for (const facet of declared) if (facet.shown[1]) flat(facet);
  if (years[1]) group(year.label, h("div", null, histogram, h("div.ex-axes", null, ...ends)), "");
  // One study alone, or what is left without it. Thousands of names are made when they are asked for.
  /** @param {string} legend @param {string} word @param {Set<number>} chosen */
  const studies = (legend, word, chosen) => {
    const offer = select(word, [["", "–"]], (value) => {
      chosen.add(Number(value));
      field.value = "";
    });
    const field = offer.lastChild;
    field.onfocus = field.onpointerdown = () => {
      if (!field.options[1]) field.append(...single.shown.map((at) => h("option", { value: at }, single.labels[at])));
    };
    group(legend, h("div.ex-axes", null, offer), "");
  };
  if (whole.study > 1) {
    studies(single.label, "only_study", single.chosen);
    studies(say("left"), "without_study", out);
  }
  if (further.children[1]) panel.append(further);

  yield;

  // --- what is chosen: in a page it stands in the address, in a notebook the kernel knows it ---

  /** The address of what is shown. @param {boolean} [full] with the version of the data in any case */
  const address = (full) => {
    const [chosen, seen] = [choice.chosen(), choice.seen()];
    return withPairs(location.href, key, full || seen[0] || String(chosen) !== before ? [...chosen, ...seen, ["v", data.version]] : []);
  };
  /** The address of what is shown as others can use it: none on this machine's disk leaves the page. */
  const shareable = () => {
    const here = address(true);
    if (/^https?:/.test(here)) return here;
    return base && here.startsWith(base) ? (data.published || "") + here.slice(base.length) : "";
  };
  const readAddress = () => {
    let version = data.version;
    const pairs = pairsIn(location.href, key);
    const odd = choice.restore((pairs[0] ? pairs : atFirst).filter(([name, value]) => name !== "v" || ((version = value), false)));
    const bad = odd[0] ? say("bad_link", { n: odd.join(", ") }) : "";
    tell(bad + (version === data.version ? "" : ` ${say("old_link", { n: version.slice(0, 20), version: data.version })}`));
    if (version !== data.version && changes)
      Promise.all([more(), changes()]).then(([{ since }, all]) => all[version] && note.replaceChildren(bad, ...since(core, data, version, all[version], say, base)));
  };
  /** @param {string} text */
  const tell = (text) => (note.hidden = !text || note.replaceChildren(text));
  /** Addresses to be written. @type {(() => void)[]} */
  const writes = [];
  /** The reader changed something: remember it, then show it. @param {boolean} [typing] */
  function commit(typing) {
    found.all = false;
    tell("");
    if (keep) {
      /** @type {Data} */
      const now = {};
      for (const [name, value] of choice.chosen()) (now[name] ??= []).push(value);
      keep(now);
    } else {
      const now = address();
      // When the reader has seen the findings: the browser takes longer for it than for filtering.
      // Moments without work need not come in the order they were asked for; addresses do.
      writes.push(() => history[typing ? "replaceState" : "pushState"](history.state, "", now));
      afterPaint(() => {
        try {
          writes.shift()?.();
        } catch {
          // Some browsers refuse addresses on file://, or more than a hundred in half a minute.
        }
      });
    }
    refresh();
  }

  // --- showing ---

  const clear = () => {
    choice.clear();
    commit();
    input.focus();
  };
  /** @typedef {import("./dom.js").Part} Part */
  /** @param {string} style @param {() => void} onclick @param {...Part} words @returns {Part} */
  const chip = (style, onclick, ...words) => ["li", null, [`button.ex-chip${style}`, { type: "button", onclick }, ...words]];

  function refresh() {
    const matches = choice.apply();
    if (document.activeElement !== input) input.value = state.q;
    output.dataset.count = matches;
    put(counted, matches ? `${part(totals.statement, whole.statement, "statement")} · ${part(totals.study, whole.study, "study")}` : say("no_match"));
    ways.forEach(({ number, all }, kind) => {
      all.hidden = !totals.ways[kind];
      put(number, String(totals.ways[kind]));
    });
    const slips = choice.slips();
    slip.hidden = !slips[0];
    put(slip, slips.map(([asked, shown]) => say("meant", { n: asked, shown })).join(" "));
    for (const item of options) {
      const { facet, value, tick, count } = item;
      const on = facet.chosen.has(value);
      const via = !on && facet === tree && tree.paths[value].some((node) => facet.chosen.has(node));
      const told = facet.counts[value] * 4 + Number(via) * 2 + Number(on);
      if (told === item.told) continue;
      item.told = told;
      tick.checked = on;
      tick.indeterminate = via;
      const [number, remark] = count.childNodes;
      number.data = facet.counts[value];
      put(remark, some(facet.counts[value]).slice(String(facet.counts[value]).length) + (via ? say("included") : ""));
      tick.parentNode.classList.toggle("ex-zero", !facet.counts[value]);
    }
    const tallest = Math.max(1, ...year.counts);
    outlines.forEach((outline, on) => {
      const d = years.map((_, at) => (year.pass[at] === on ? `M${at} 1V${1 - year.counts[at] / tallest}h.93V1` : "")).join("");
      if (outline.getAttribute("d") !== d) outline.setAttribute("d", d);
    });
    /** @type {Data} */
    const shown = { ...state, since: state.since || years[0], until: state.until || years.at(-1) };
    for (const name in selects) if (selects[name].value !== shown[name]) selects[name].value = shown[name];

    const active = choice.active();
    put(inUse, active[0] ? say("in_use", { n: active.length }) : "");
    put(done, matches ? say("show", { findings: some(totals.statement, "statement") }) : say("no_match"));
    write(chips, [...active.map(({ about, value, more, off }, at) => chip("", () => {
      off();
      commit();
      (chips.children[Math.min(at, chips.children.length - 2)]?.firstChild || input).focus();
    }, ["span.ex-vh", null, say("remove") + (more ? "" : `${about}: `)], more ? `${about}: ${value}` : value)), ...(active[0] ? [chip(".ex-clear", clear, say("clear"))] : [])]);
    chips.hidden = !active[0];
    empty.hidden = matches || empty.replaceChildren(h("p", null, say("empty", { n })), h("ul", null, ...active.flatMap(({ about, value, bit, off }) => {
        const count = bit && core.lifted(bit);
        return count ? h("li", null, button(".ex-link", say("without", { n: `${about}: ${value}`, findings: some(count) }), () => {
          off();
          commit();
          head.focus();
        })) : [];
      })));
    paneNames.forEach((name, at) => {
      const on = state.pane === name;
      panes[name].hidden = !on;
      tabs[at].ariaSelected = on;
      tabs[at].tabIndex = /** @type {any} */ (on) - 1;
    });
    orders.hidden = state.pane === "matrix";
    const drawn = () => (root.dataset.ready = "true");
    if (state.pane === "matrix") showMatrix().then(drawn);
    else {
      found.show();
      drawn();
    }
  }

  /** @type {Data} */
  const selects = { since: ends[0].lastChild, until: ends[1].lastChild };
  for (const name of ["rows", "cols", "unit", "group", "sort"]) {
    const field = select(name, views[name].map((/** @type {string} */ value) => {
      const facet = views[name] === choice.names && axis.get(value);
      const label = facet && (facet === tree ? data.ranks[ranks.indexOf(value)][1] : facet.label);
      return [value, label || (name === "unit" ? some(2, value).slice(2) : say(`by_${value}`))];
    }), (value) => {
      state[name] = value;
      if (views[name] === choice.names) choice.part(name);
    });
    selects[name] = field.lastChild;
    (name === "group" || name === "sort" ? orders : axes).append(field);
  }

  // --- to take along ---

  const view = () => say("view", { filters: choice.inForce(), ...data });
  const taking = async () => (await more()).take(core, choice, data, { say, some, tell, view, shareable, extras, key, keep, note, status, box });
  /** A sheet under a button, written when it opens; Escape closes it. @param {"cite" | "export"} word */
  const sheet = (word) => {
    const inside = h("div.ex-sheet");
    const menu = h("details.ex-menu", { ontoggle: async () => menu.open && inside.replaceChildren(...(await taking())[word]()) },
      h("summary.ex-btn", null, say(word)), inside);
    menu.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.firstChild.focus();
    };
    return menu;
  };
  const menus = [sheet("cite"), sheet("export")];
  const link = button(".ex-btn", say("copy_link"), async () => (await taking()).copy(shareable(), link));
  // Some browsers copy only in the moment of a press: what copies is there by then.
  link.onfocus = more;
  const tools = h("div.ex-tools", { onpointerover: more }, ...(keep ? [] : [link]), ...menus);
  head.append(chips, tools);

  // --- events ---

  searching.onsubmit = (/** @type {Event} */ event) => event.preventDefault();
  input.oninput = () => {
    state.q = input.value;
    commit(true);
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("click", ({ target }) => {
    for (const menu of menus) if (!menu.contains(target)) menu.open = false;
  }, { signal });
  // Paper has no button: every result is there while it is printed, and of the works the page cites those behind it.
  let shownAll = false;
  addEventListener("beforeprint", () => {
    [shownAll, found.all] = [found.all, true];
    refresh();
    found.show();
    put(inWords, `${view()} ${keep ? "" : shareable()}`);
    if (level === 2) for (const work of /** @type {any} */ (document.querySelectorAll("[data-work]"))) work.hidden = !core.perStudy[data.studies.id.indexOf(work.dataset.work)];
  }, { signal });
  addEventListener("afterprint", () => {
    found.all = shownAll;
    refresh();
  }, { signal });
  /** Read the address or the kernel again. */
  const again = () => {
    found.all = false;
    refresh();
    input.value = state.q;
  };
  if (!keep) {
    readAddress();
    addEventListener("popstate", () => {
      readAddress();
      again();
    }, { signal });
  } else tell("");
  follow?.((kept) => {
    choice.restore(pairsOf(kept));
    again();
  });
  const besideTitle = () => root.style.setProperty("--ex-title", `${above?.offsetWidth}px`);
  // The column decides, not the window: a notebook's cell is narrower than its page.
  const fit = () => {
    const wide = String(root.clientWidth >= 832);
    if (root.dataset.wide === wide) return;
    root.dataset.wide = wide;
    (wide === "true" ? tools : panel).prepend(orders);
    if (level === 2) besideTitle();
    filters.open = wide === "true";
    filters.firstChild.tabIndex = filters.open ? -1 : 0;
  };
  const watching = new ResizeObserver(fit);
  watching.observe(root);
  // The title of a page that is an explorer stands beside its search.
  if (above && level === 2) {
    above.classList.add("ex-title");
    new ResizeObserver(besideTitle).observe(above); // its face may come later
  }
  fit();
  refresh();
  input.value = state.q;
  // What an address chose is not left behind a button.
  further.open = /** @type {any} */ (further.querySelector(":checked"));
  for (const toggle of panel.querySelectorAll(".ex-link")) if (toggle.parentNode.querySelector(".ex-extra :checked")) toggle.click();
  root.append(box);
  Object.defineProperty(root, "findings", { configurable: true, get: () => [...core.failed.keys()].filter((i) => !core.failed[i]).map(core.name) });
  const prepare = () => !signal.aborted && core.prepare() && idle(prepare);
  idle(prepare);
  return () => {
    stop.abort();
    watching.disconnect();
    box.remove();
  };
}

export default {
  /** In a notebook: everything comes with the model. @param {{ model: any, el: HTMLElement }} live */
  render({ model, el }) {
    const settings = model.get("settings");
    const root = h("div.synth.synth-explorer", { "data-key": settings.key });
    el.append(root);
    let known = "";
    /** @type {() => void} */
    let changed = () => {};
    const drawn = draw(root, {
      data: model.get("evidence"), settings, base: "",
      extras: async () => model.get("references"),
      more: async () => /** @type {any} */ (globalThis).synthModules["explorer-more"],
      keep(filters) {
        known = JSON.stringify(filters);
        model.set("filters", filters);
        model.save_changes();
      },
      follow(call) {
        changed = () => {
          // Its own change comes back; only the kernel's moves the view.
          const now = JSON.stringify(model.get("filters"));
          if (now !== known) call(JSON.parse((known = now)));
        };
        changed();
        model.on("change:filters", changed);
      },
    });
    let part = drawn.next();
    while (!part.done) part = drawn.next();
    const leave = part.value;
    return () => {
      model.off("change:filters", changed);
      leave();
    };
  },

  /**
   * In a page: settings stand in the element, the evidence in a script all explorers share.
   * @param {HTMLElement} root
   * @param {{ url: (name: string) => string, load: (name: string) => Promise<void> }} tools
   */
  async mount(root, tools) {
    const settings = JSON.parse(root.querySelector("script")?.textContent || "");
    /** @param {string} file @returns {Promise<Data>} */
    const load = async (file) => {
      await tools.load(file);
      return /** @type {any} */ (window).synthEvidence[file];
    };
    try {
      const data = await load(root.dataset.evidence || "");
      const drawn = draw(root, {
        data, settings, base: tools.url("../../"), extras: () => load(data.references),
        async more() {
          await tools.load("explorer-more.js");
          return /** @type {any} */ (window).synthModules["explorer-more"];
        },
        changes: data.changes && (async () => {
          await tools.load(data.changes);
          return /** @type {any} */ (window).synthChanges;
        }),
      });
      // Up to two frames at once: without a pause it stands sooner, with one a slow device stays alive.
      for (let begun = Date.now(); !drawn.next().done; ) {
        if (Date.now() - begun < 30) continue;
        await new Promise((done) => setTimeout(done));
        begun = Date.now();
      }
      root.querySelector(".synth-fallback")?.remove();
    } catch (error) {
      root.prepend(h("p.ex-error", null, "The filters could not be started. The table below holds the findings."));
      throw error;
    }
  },
};
