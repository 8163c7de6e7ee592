// @ts-check
// Narrows a long list (studies, references) by text and by what is known of each entry, and opens
// the entry an address leads to where the browser does not do so by itself.

/** Building a book writes the words here. @type {Record<string, string>} */
const WORDS = {};

/** @param {string} key */
const say = (key) => WORDS[key];

/** A text as it is compared: without accents, in small letters. @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

/** @typedef {{ element: HTMLElement, text: string, letter: HTMLElement | undefined }} Item */

/** @param {HTMLElement} host */
function mount(host) {
  const form = /** @type {HTMLFormElement} */ (host);
  /** @type {Item[]} */
  const items = [];
  /** @type {HTMLElement | undefined} */
  let letter;
  for (const found of document.querySelectorAll(".synth-letter, [data-list-item]")) {
    const one = /** @type {HTMLElement} */ (found);
    if (one.classList.contains("synth-letter")) letter = one;
    // The mark of an entry that others draw stands inside it.
    else items.push({ element: /** @type {HTMLElement} */ (one.closest(".citation") ?? one), text: "", letter });
  }
  const output = /** @type {HTMLOutputElement} */ (form.querySelector("output"));
  const none = /** @type {HTMLElement} */ (form.parentElement?.nextElementSibling);
  const selects = [...form.querySelectorAll("select")];
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));

  /** @param {Item} item @param {string[]} wanted */
  function matches({ element, text }, wanted) {
    const told = element.matches("[data-list-item]") ? element : element.querySelector("[data-list-item]");
    const { dataset } = /** @type {HTMLElement} */ (told);
    const carries = selects.every(({ name, value }) => !value || (dataset[name] ?? "").split("|").includes(value));
    return carries && wanted.every((word) => text.includes(word));
  }

  function show() {
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    let n = 0;
    for (const item of items) {
      if (wanted.length) item.text ||= plain(item.element.textContent ?? "");
      item.element.hidden = !matches(item, wanted);
      if (!item.element.hidden) n += 1;
    }
    const used = new Set(items.filter(({ element }) => !element.hidden).map((item) => item.letter));
    for (const item of items) if (item.letter) item.letter.hidden = !used.has(item.letter);
    const total = (items.length === 1 ? form.dataset.one : form.dataset.many) ?? "";
    const some = say("list_count").replace("{n}", String(n)).replace("{total}", total);
    output.value = n === items.length ? total : some;
    none.hidden = n > 0;
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());

  const button = form.querySelector("button");
  button?.addEventListener("click", () => {
    const open = button.textContent === say("list_open");
    for (const { element } of items) if (element instanceof HTMLDetailsElement) element.open = open;
    button.textContent = open ? say("list_close") : say("list_open");
  });

  /** Show what the address leads to: unfiltered, and open. */
  function arrive() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id ? document.getElementById(id) : null;
    const item = items.find(({ element }) => element.contains(target));
    const folded = target?.closest("details");
    if (!item || !target || (!item.element.hidden && (folded?.open ?? true))) return;
    if (item.element.hidden) {
      form.reset();
      show();
    }
    if (folded) folded.open = true;
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", arrive);

  form.hidden = false;
  show();
  arrive();
}

export default { mount };
