// @ts-check
/**
 * The explorer: filters, search, list and matrix over the coded findings of a review.
 *
 * Two hosts. JupyterLab calls `render` with a model whose filters a kernel follows; the book's
 * loader calls `mount` on the stored table, and the address holds the filters.
 * Nothing here knows a theme, a direction or a country: all words come with the evidence.
 */

import { addresses } from "./address.js";
import { answer } from "./answer.js";
import { h, idle, put } from "./dom.js";
import { engine } from "./engine.js";
import { filters } from "./filters.js";
import { panes } from "./panes.js";
import { choices, pairsOf } from "./state.js";
import { tools } from "./tools.js";
import { speaking } from "./words.js";

/** @typedef {import("./engine.js").Data} Data */
/**
 * What a host gives: the evidence, and a place to keep filters in.
 * @typedef {{ data: Data, settings: Data, extras: () => Promise<Data>, base: string, more: () => Promise<More>,
 *    changes?: () => Promise<Data>, keep?: (filters: Data) => void, follow?: (call: (filters: Data) => void) => void }} Host
 */
/** @typedef {typeof import("../explorer-more/index.js").default} More what only some readers ask for */
/**
 * What the parts of an explorer share: its words, its search box, and what happens once a reader changed something.
 * @typedef {import("./words.js").Speaking & { input: any, base: string, level: number, more: () => Promise<More>,
 *    commit: (typing?: boolean) => void, toAnswer: () => void, leave: (study: number) => void }} Page
 */

const WIDE = 832; // pixels from which filters stand beside what they find
let explorers = 0; // the label of each search box needs a name of its own

/**
 * It pauses wherever a page with other things to do may do them.
 * @param {HTMLElement} root @param {Host} host
 * @returns {Generator<void, () => void>} takes everything away again
 */
function* draw(root, { data, settings, extras, base, more, changes, keep, follow }) {
  const { key } = settings;
  const speak = speaking({ ...data.words, ...settings.words });
  const { say } = speak;
  const core = engine(data, settings.gaps);
  yield;
  const choice = choices(core, data, settings, say);
  const { state, out } = choice;
  const atFirst = pairsOf(settings.filters);
  choice.restore(atFirst);
  const address = addresses(choice, data, key, base);
  const shareable = () => (keep ? "" : address.shareable());

  // --- parts of the page, made once ---

  const input = h("input", { type: "search", id: `synth-x-${++explorers}`, autocomplete: "off", spellcheck: false, placeholder: say("search"), oninput() {
    state.q = input.value;
    commit(true);
  } });
  const searching = h("form.ex-search", { role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, h("label.ex-vh", { htmlFor: input.id }, say("search")), input);
  const note = h("p.ex-note", { role: "status" });
  const status = h("p.ex-vh", { role: "status" });
  const inWords = h("p.ex-print");
  // One rank below the heading the explorer stands under.
  const above = /** @type {HTMLElement | null} */ (root.closest("section")?.querySelector("h1, h2, h3, h4"));
  const level = Number(above?.tagName[1] || 1) + 1;
  // The title of a page that is an explorer stands beside its search.
  const title = level === 2 && above;
  const toAnswer = () => {
    head.focus({ preventScroll: true });
    box.scrollIntoView();
  };
  /** @type {Page} */
  const page = { ...speak, input, base, level, more, commit, toAnswer, leave(study) {
    out.add(study);
    commit();
    head.focus();
  } };
  const { slip, head, empty, show: showAnswer } = answer(core, choice, page);
  const { tablist, orders, found, parts, show: showPane } = panes(core, choice, data, page);
  yield;
  const { box: sieve, panel, show: showFilters, unfold } = filters(core, choice, data, page);
  yield;
  const view = () => say("view", { filters: choice.inForce(), ...data });
  const taking = async () => (await more()).take(core, choice, data, { ...speak, tell, view, shareable, extras, key, keep, note, status, box });
  const { box: toolbar, leave } = tools(page, shareable, taking, !keep);
  head.append(toolbar);
  const main = h("div.ex-main", null, inWords, empty, ...parts);
  // To what is in view: what found nothing, and the matrix, keep their links while they are hidden.
  const skip = h("a.ex-skip", { href: "#", onclick: () => !!(main.querySelector(":is(a,button):not([hidden] *)") || head).focus() }, say("skip"));
  const box = h("div.ex", null, note, slip, h("div.ex-first", null, searching, tablist),
    h("div.ex-sticky", null, head), status, skip, sieve, main);

  // --- what is chosen: in a page it stands in the address, in a notebook the kernel knows it ---

  /** @param {string} text */
  const tell = (text) => (note.hidden = !text || note.replaceChildren(text));
  const readAddress = () => {
    const [odd, version] = address.read(atFirst);
    const bad = odd[0] ? say("bad_link", { n: odd.join(", ") }) : "";
    tell(bad + (version === data.version ? "" : ` ${say("old_link", { n: version.slice(0, 20), version: data.version })}`));
    if (version !== data.version && changes)
      Promise.all([more(), changes()]).then(([{ since }, all]) => all[version] && note.replaceChildren(bad, ...since(core, data, version, all[version], say, base)));
  };
  /** The reader changed something: remember it, then show it. @param {boolean} [typing] */
  function commit(typing) {
    found.all = false;
    tell("");
    if (keep) {
      /** @type {Data} */
      const now = {};
      for (const [name, value] of choice.chosen()) (now[name] ??= []).push(value);
      keep(now);
    } else address.write(typing);
    refresh(typing);
  }
  /** @param {boolean} [typing] whose text is not touched */
  function refresh(typing) {
    const matches = choice.apply();
    const active = choice.active();
    if (!typing) input.value = state.q;
    showAnswer(matches, active);
    showFilters(matches, active.length);
    // Seven themes with a finding each are as high as a window leaves room for.
    main.classList.toggle("ex-short", matches < 8 && state.pane === "list");
    showPane(() => (root.dataset.ready = "true"));
  }
  /** Show what the address or the kernel says. */
  const again = () => {
    found.all = false;
    refresh();
  };

  // --- events ---

  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("click", leave, { signal });
  // Paper has no button: every result is there while it is printed, and of the works the page cites those behind it.
  let shownAll = false;
  addEventListener("beforeprint", () => {
    [shownAll, found.all] = [found.all, true];
    refresh();
    found.show();
    put(inWords, `${view()} ${shareable()}`);
    if (level === 2) for (const work of /** @type {any} */ (document.querySelectorAll("[data-work]"))) work.hidden = !core.perStudy[data.studies.id.indexOf(work.dataset.work)];
  }, { signal });
  addEventListener("afterprint", () => {
    found.all = shownAll;
    refresh();
  }, { signal });
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
  // The column decides, not the window: a notebook's cell is narrower than its page.
  const fit = () => {
    if (title) root.style.setProperty("--ex-title", `${title.offsetWidth}px`);
    const wide = root.clientWidth >= WIDE;
    if (root.dataset.wide === String(wide)) return;
    root.dataset.wide = String(wide);
    (wide ? toolbar : panel).prepend(orders);
    sieve.open = wide;
  };
  const watching = new ResizeObserver(fit);
  watching.observe(root);
  if (title) {
    title.classList.add("ex-title");
    watching.observe(title); // its face may come later
  }
  fit();
  refresh();
  unfold();
  root.append(box);
  // Who asks the page gets the findings it shows.
  /** @type {any} */ (root).findings = () => core.matching().map(core.name);
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
  },
};
