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
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src.replace(/[^/]*$/, "");

/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/** @type {Tools} */
const tools = {
  /** The address of a file beside this script. */
  url: (name) => new URL(name, here).href,
  /** Load a classic script once, however many elements ask for it. */
  load(name) {
    const known = loading.get(name);
    if (known) return known;
    const done = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = tools.url(name);
      script.onload = () => resolve(undefined);
      script.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.append(script);
    });
    loading.set(name, /** @type {Promise<void>} */ (done));
    return /** @type {Promise<void>} */ (done);
  },
};

/** Vega is no module of ours: its bundle leaves `vegaEmbed` in the window. @type {Module} */
const chart = {
  async mount(figure) {
    const picture = /** @type {HTMLElement} */ (figure.querySelector(".synth-chart-picture"));
    const stored = figure.querySelector('script[type="application/json"]')?.textContent ?? "";
    const live = document.createElement("div");
    // Drawn out of sight first: a chart that fails leaves its picture standing.
    live.className = "synth-chart-live";
    live.hidden = true;
    figure.append(live);
    try {
      await /** @type {any} */ (window).vegaEmbed(live, JSON.parse(stored), {
        actions: false,
        renderer: "svg",
        // Expressions are interpreted, not compiled: the page's policy forbids eval.
        ast: true,
        defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
      });
    } catch (error) {
      live.remove();
      throw error;
    }
    // What a screen reader hears stays the stored description.
    live.firstElementChild?.setAttribute("aria-hidden", "true");
    live.hidden = false;
    picture.replaceChildren(live);
    picture.dataset.live = "true";
  },
};

/** @param {HTMLElement} element */
async function mount(element) {
  const name = /** @type {string} */ (element.dataset.synthModule);
  try {
    await tools.load(`${name}.js`);
    const modules = /** @type {{ synthModules?: Record<string, Module> }} */ (window).synthModules;
    await (name === "vega" ? chart : modules?.[name])?.mount?.(element, tools);
  } catch (error) {
    element.dataset.failed = "true";
    console.warn(`synth: ${name} stays as it was printed`, error);
  }
}

function start() {
  const waiting = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        waiting.unobserve(target);
        mount(/** @type {HTMLElement} */ (target));
      }
    },
    { rootMargin: "200px" },
  );
  for (const element of document.querySelectorAll("[data-synth-module]")) waiting.observe(element);

  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("[data-synth-action=print]");
    if (button) window.print();
  });

  // Paper has no "show": whatever is folded is open while it is printed.
  /** @type {Set<HTMLDetailsElement>} */
  const opened = new Set();
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details[data-print=open]:not([open])")) {
      opened.add(/** @type {HTMLDetailsElement} */ (details));
      /** @type {HTMLDetailsElement} */ (details).open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened.clear();
  });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
