// @ts-check
// Runs before the page is painted, so that a reader who chose dark never sees a light flash.
// The theme writes such lines into every page; a strict policy wants them in a file.
const root = document.documentElement;
let mode = null;
try {
  mode = localStorage.getItem("mode");
} catch {
  // Some browsers keep nothing for pages of a folder: such a page follows the system.
}
root.dataset.mode = mode || "auto";
const dark = mode === "dark" || (mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
root.dataset.theme = dark ? "dark" : "light";
