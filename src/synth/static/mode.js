// @ts-check
// Runs before the page is painted, so that a reader who chose dark never sees a light flash.
// The theme writes such lines into every page; a strict policy wants them in a file.
const root = document.documentElement;

// Some browsers keep nothing for a page, and answer with an error. The theme's own scripts would
// stop there, with search and menus dead: they get a place that forgets when the page is left.
for (const name of /** @type {const} */ (["localStorage", "sessionStorage"])) {
  try {
    // Not called: the browser would have to fetch what it keeps.
    void window[name].getItem;
  } catch {
    /** @type {Map<string, string>} */
    const kept = new Map();
    const place = {
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {unknown} */ value) => void kept.set(key, String(value)),
      removeItem: (/** @type {string} */ key) => void kept.delete(key),
      clear: () => kept.clear(),
    };
    Object.defineProperty(window, name, { configurable: true, value: place });
  }
}

const mode = localStorage.getItem("mode");
root.dataset.mode = mode || "auto";
const dark = mode === "dark" || (mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
root.dataset.theme = dark ? "dark" : "light";

// A table that a script is about to replace would be laid out for nothing, keep what replaces it waiting, and
// leave under the reader's eyes. If nothing has come after a second, its first rows are shown, and a
// second later all of them.
root.dataset.early = "all";
setTimeout(() => (root.dataset.early = "rows"), 1000);
setTimeout(() => delete root.dataset.early, 2000);
