// @ts-check
/**
 * Makes what is drawn on a page interactive, each thing when it comes into view.
 *
 * Everything is complete before this runs: a module only makes it handier. An element asks for its
 * module by `data-synth-module="explorer"`; the module's default export has `mount(element, tools)`.
 */

/** @typedef {{ url: (name: string) => string, load: (name: string) => Promise<void> }} Tools */
/** @typedef {{ mount?: (element: HTMLElement, tools: Tools) => unknown }} Module */

// Taken while the script runs: afterwards the browser no longer says which script it is.
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const here = script.src.replace(/[^/]*$/, "");
/** The modules the book was built with. */
const known = new Set((script.dataset.modules ?? "").split(" "));

/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/** @type {Tools} */
const tools = {
  /** The address of a file beside this script. */
  url: (name) => new URL(name, here).href,
  /** Load a classic script once; one that came with the page is there. */
  load(name) {
    const { synthModules, synthEvidence } = /** @type {any} */ (window);
    if (synthModules?.[name.replace(".js", "")] || synthEvidence?.[name]) return Promise.resolve();
    const before = loading.get(name);
    if (before) return before;
    const done = new Promise((resolve, reject) => {
      const added = document.createElement("script");
      added.src = tools.url(name);
      added.onload = () => resolve(undefined);
      added.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.append(added);
    });
    loading.set(name, /** @type {Promise<void>} */ (done));
    return /** @type {Promise<void>} */ (done);
  },
};

/**
 * A chart as wide as its place. Vega-Lite does so by itself, and for a chart of stepped rows warns
 * every reader in the console that it will not stretch them; told afterwards, it is silent.
 * @param {any} spec
 */
function fitted(spec) {
  if (spec.width !== "container") return { spec };
  const size = "containerSize()[0] || 200"; // what is hidden has none
  const width = { name: "width", init: size, on: [{ events: "window:resize", update: size }] };
  const { autosize, ...rest } = spec;
  return {
    spec: { ...rest, width: 600 },
    /** @param {any} drawn */
    patch({ width: _, signals = [], ...drawn }) {
      return { ...drawn, autosize, signals: [width, ...signals] };
    },
  };
}

/** Vega is no module of ours: its bundle leaves `vegaEmbed` in the window. @type {Module} */
const chart = {
  async mount(figure) {
    const stored = figure.querySelector('script[type="application/json"]')?.textContent ?? "";
    const drawing = /** @type {HTMLElement} */ (document.createElement("div"));
    // What a screen reader hears stays the stored description.
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", figure.querySelector("[aria-label]")?.ariaLabel ?? "");
    const live = document.createElement("div");
    live.setAttribute("aria-hidden", "true");
    drawing.append(live);
    // Drawn beside its picture, which the style hides only when the drawing stands: a chart that
    // fails is a chart that does not move. Where a window gets narrow the picture comes back.
    drawing.style.cssText = "height: 0; overflow: hidden";
    figure.append(drawing);
    try {
      const { spec, patch } = fitted(JSON.parse(stored));
      await /** @type {any} */ (window).vegaEmbed(live, spec, {
        patch,
        actions: false,
        renderer: "svg",
        // Expressions are interpreted, not compiled: the page's policy forbids eval.
        ast: true,
        defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
      });
    } catch (error) {
      drawing.remove();
      throw error;
    }
    drawing.style.cssText = "";
    drawing.className = "synth-chart-live";
  },
};

/** What asks for a module: an element that names it, or a class of what the library draws. */
const ASKING = { ".synth-explorer": "explorer", "[data-synth-chart]": "vega", ".synth-figure": "figures" };

/**
 * @param {HTMLElement} element
 * @param {string} name
 */
async function mount(element, name) {
  // On a phone a chart stays the picture drawn for it: the live one needs more room for its labels.
  if (name === "vega" && element.clientWidth < 420 && element.querySelector(".synth-chart-narrow")) {
    element.dataset.still = "true";
    return;
  }
  try {
    // What an explorer reads is asked for together with its script.
    if (element.dataset.evidence) tools.load(element.dataset.evidence).catch(() => {});
    await tools.load(`${name}.js`);
    const modules = /** @type {{ synthModules?: Record<string, Module> }} */ (window).synthModules;
    await (name === "vega" ? chart : modules?.[name])?.mount?.(element, tools);
  } catch (error) {
    element.dataset.failed = "true";
    for (const told of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-if-failed]"))) told.hidden = false;
    console.warn(`synth: ${name} stays as it was printed`, error);
  }
}

function start() {
  stackTables();
  // After the theme has scrolled it.
  const pages = document.getElementById("pst-primary-sidebar");
  if (pages) addEventListener("load", () => showHere(pages));
  /** @type {Map<Element, string>} */
  const asked = new Map();
  for (const element of document.querySelectorAll("[data-synth-module]")) {
    asked.set(element, /** @type {HTMLElement} */ (element).dataset.synthModule ?? "");
  }
  for (const [selector, name] of Object.entries(ASKING)) {
    for (const element of document.querySelectorAll(selector)) asked.set(element, name);
  }
  const waiting = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        waiting.unobserve(target);
        mount(/** @type {HTMLElement} */ (target), asked.get(target) ?? "");
      }
    },
    { rootMargin: "200px" },
  );
  // Where its script came with the page, an explorer is what the page begins with.
  const first = /** @type {any} */ (window).synthModules?.explorer && document.querySelector(".synth-explorer");
  for (const [element, name] of asked) {
    if (!known.has(name)) continue;
    // What shows nothing never comes into view.
    if (element === first || /** @type {HTMLElement} */ (element).hidden) mount(/** @type {HTMLElement} */ (element), name);
    else waiting.observe(element);
  }

  // One look upwards at every click: those on the filters of an explorer come here too.
  document.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest?.("[data-synth-action]");
    const action = button?.getAttribute("data-synth-action");
    if (action === "print") window.print();
    if (action === "contents") showContents();
    if (button && action === "copy") copyBeside(button);
    if (button && action === "marks") showMarks(button.getAttribute("aria-pressed") !== "true");
  });
  showMarks(localStorage.getItem("synth-marks") !== "off");

  // Paper is light, and has no "show": what is folded and meant for paper is open while printing.
  const page = document.documentElement.dataset;
  let theme = page.theme;
  /** @type {Set<HTMLDetailsElement>} */
  const opened = new Set();
  // A last sheet with nothing but the imprint is wasted. Browsers keep together what stands in one box.
  const imprint = document.querySelector(".bd-footer-content");
  const home = imprint?.parentElement;
  window.addEventListener("beforeprint", () => {
    if (imprint) document.querySelector(".synth-print-references")?.append(imprint);
    theme = page.theme;
    page.theme = "light";
    for (const details of document.querySelectorAll("details[data-print=open]:not([open])")) {
      opened.add(/** @type {HTMLDetailsElement} */ (details));
      /** @type {HTMLDetailsElement} */ (details).open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    if (imprint) home?.append(imprint);
    page.theme = theme;
    for (const details of opened) details.open = false;
    opened.clear();
  });
  foldOnPhones();
}

/**
 * Let tables of running text be read on a phone: there each row is a block, each cell under the name
 * of its column. What the style makes blocks of says again what it is to a screen reader. Tables of
 * the evidence come so; here it is done for those that authors write.
 */
function stackTables() {
  for (const table of document.querySelectorAll(".bd-article table:not(.synth-explorer *, .synth-t2, .synth-map-matrix *, .synth-stack)")) {
    const { rows } = /** @type {HTMLTableElement} */ (table);
    const cells = [...rows].map((row) => [...row.cells]);
    const heads = cells[0] ?? [];
    const uneven = cells.some((row) => row.length !== heads.length || row.some((cell) => cell.colSpan + cell.rowSpan > 2));
    // Numbers stay side by side where a phone has room for them.
    const running = heads.length > 6 || cells.slice(1).some((row) => row.some((cell) => (cell.textContent ?? "").trim().length > 24));
    if (!table.querySelector("thead") || uneven || !running) continue;
    table.classList.add("synth-stack");
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
    for (const [place, row] of cells.entries()) {
      rows[place].setAttribute("role", "row");
      for (const [column, cell] of row.entries()) {
        cell.setAttribute("role", place === 0 ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "cell");
        if (place && column) cell.dataset.column = (heads[column].textContent ?? "").trim();
      }
    }
  }
}

/** On a phone, fold what is long under the line that counts it, but what an address leads to. */
function foldOnPhones() {
  // With those that a figure draws later.
  const folds = document.getElementsByClassName("synth-fold");
  const phone = matchMedia("screen and (max-width: 47.99rem)");
  /** Open what an address leads to; what the reader has opened stays. */
  function reach() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (const one of folds) if (one.contains(target) || one.parentElement === target) one.toggleAttribute("open", true);
    if (phone.matches) target?.scrollIntoView({ behavior: "instant" });
  }
  function fold() {
    for (const one of folds) one.toggleAttribute("open", !phone.matches);
    reach();
  }
  if (!folds.length) return;
  phone.onchange = fold;
  window.onhashchange = reach;
  fold();
}

/**
 * Bring the page that is open into the list of pages, where the list is longer than its place; the
 * theme brings back how far it was scrolled on the page before.
 * @param {HTMLElement} list
 */
function showHere(list) {
  const here = list.querySelector("[aria-current=page]")?.getBoundingClientRect();
  if (!here) return;
  const { top, bottom } = list.getBoundingClientRect();
  // Not under the button that closes the list.
  if (here.top < top + 64 || here.bottom > bottom) list.scrollTop += here.top - top - list.clientHeight / 4;
}

/** Lay the list of pages over the page, where it has no room beside it. */
function showContents() {
  const side = document.getElementById("pst-primary-sidebar");
  const over = /** @type {HTMLDialogElement | null} */ (document.getElementById("pst-primary-sidebar-modal"));
  if (!side || !over || over.open) return;
  over.className = "synth-contents-dialog";
  over.append(...side.childNodes);
  over.addEventListener("close", () => side.append(...over.childNodes), { once: true });
  over.onclick = ({ target }) => {
    // What lies beside the list belongs to the dialog itself.
    if (target === over || /** @type {Element} */ (target).closest("a, [data-synth-action=close]")) over.close();
  };
  over.showModal();
  showHere(over);
}

/**
 * Copy the text beside a button; where the browser does not allow it, select it to be copied by hand.
 * @param {Element} button
 */
async function copyBeside(button) {
  const text = /** @type {HTMLElement} */ (button.closest("[data-copy]")?.querySelector("pre"));
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
    button.textContent += " ✓";
  } catch {
    getSelection()?.selectAllChildren(text);
  }
}

/**
 * Show or hide the marks at what changed since the version before, on this page and the next ones.
 * @param {boolean} shown
 */
function showMarks(shown) {
  localStorage.setItem("synth-marks", shown ? "on" : "off");
  document.documentElement.dataset.marks = shown ? "on" : "off";
  for (const button of document.querySelectorAll("[data-synth-action=marks]")) {
    button.setAttribute("aria-pressed", String(shown));
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
