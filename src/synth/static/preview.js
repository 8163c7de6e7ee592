// @ts-check
/**
 * Shows what a citation stands for where it stands: on hover and on keyboard focus.
 *
 * Without it a citation is a plain link to the finding, and so it stays on a touch screen, where
 * nothing hovers. The preview holds no controls; it can be pointed at, and leaves on Escape.
 */

/** @typedef {{ direction: string, summary: string, from: string, theme: string, section: string, quote: string }} Finding */
/** @typedef {{ findings: Record<string, Finding>, marks: Record<string, string>, words: Record<string, string> }} Data */

const OPENS_AFTER = 120;
const CLOSES_AFTER = 180;
const GAP = 6;
const NAME = "synth-preview";

/** An element with a class and text; text is never read as HTML. @param {string} tag @param {string} [css] @param {string} [text] */
function made(tag, css = "", text = "") {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.textContent = text;
  return element;
}

/** Where in the review it stands, with the words that locate it marked as a quotation. @param {string} label @param {string} section @param {string} quote */
function located(label, section, quote) {
  const line = made("p", "synth-small", `${label} ${section}`);
  if (quote) line.append(section ? ": " : "", made("q", "", quote));
  return line;
}

/**
 * What a preview holds, for the findings of one citation.
 * @param {Data} data
 * @param {string[]} names
 */
export function previewOf(data, names) {
  return names.flatMap((name) => {
    const finding = data.findings[name];
    if (!finding) return [];
    const head = made("p", "synth-preview-head");
    // Drawn by the library from the review's own marks, never from what a reader types.
    head.innerHTML = data.marks[finding.direction] ?? "";
    head.append(" ", made("span", "synth-small", finding.theme));
    const parts = [head, made("p", "", finding.summary), made("p", "synth-small", finding.from)];
    if (finding.quote) parts.push(located(data.words.where, finding.section, finding.quote));
    return parts;
  });
}

/**
 * The findings a link stands for: those it names, else the one it leads to.
 * @param {HTMLElement} link
 */
function findingsOf(link) {
  const named = link.dataset.findings ?? /** @type {HTMLAnchorElement} */ (link).hash.replace(/^#finding-/, "");
  return named.split(" ");
}

/**
 * What a preview holds for an argument of the review's own.
 * @param {Data} data
 * @param {HTMLElement} link
 */
function ownArgument(data, link) {
  return [
    made("p", "", data.words.own),
    located(data.words.where, link.dataset.section ?? "", link.dataset.quote ?? ""),
  ];
}

/**
 * Put the preview under its link, or above it where there is no room below.
 * @param {HTMLElement} preview
 * @param {DOMRect} link
 */
function placed(preview, link) {
  const frame = (preview.offsetParent ?? document.documentElement).getBoundingClientRect();
  const width = preview.offsetWidth;
  const height = preview.offsetHeight;
  const right = document.documentElement.clientWidth - width - GAP;
  const below = link.bottom + GAP + height <= window.innerHeight || link.top < height + GAP;
  const left = Math.max(GAP, Math.min(link.left, right));
  const top = below ? link.bottom + GAP : link.top - height - GAP;
  preview.style.left = `${left - frame.left}px`;
  preview.style.top = `${top - frame.top}px`;
}

/** @param {HTMLElement} element Holds the data of the page's citations. */
function mount(element) {
  /** @type {Data} */
  const data = JSON.parse(element.querySelector("script")?.textContent ?? "{}");
  const host = element.parentElement ?? document.body;
  /** @type {HTMLElement | null} */
  let preview = null;
  /** @type {HTMLElement | null} */
  let owner = null;
  let timer = 0;

  for (const link of host.querySelectorAll("a.synth-rv[title]")) link.removeAttribute("title");

  function close() {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    preview?.remove();
    preview = owner = null;
  }

  function closeLater() {
    clearTimeout(timer);
    timer = window.setTimeout(close, CLOSES_AFTER);
  }

  /** @param {HTMLElement} link */
  function open(link) {
    if (owner === link) return clearTimeout(timer);
    close();
    const parts = link.matches(".fc") ? previewOf(data, findingsOf(link)) : ownArgument(data, link);
    if (!parts.length) return;
    preview = made("div", "synth synth-pop");
    preview.id = NAME;
    preview.setAttribute("role", "tooltip");
    preview.append(...parts);
    preview.addEventListener("pointerenter", () => clearTimeout(timer));
    preview.addEventListener("pointerleave", closeLater);
    host.append(preview);
    // A citation can break over two lines: the preview stands at the line pointed at or the first.
    placed(preview, link.getClientRects()[0] ?? link.getBoundingClientRect());
    owner = link;
    link.setAttribute("aria-describedby", NAME);
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  const linkOf = (event) =>
    event.target instanceof Element ? event.target.closest("a.fc, a.synth-rv") : null;

  host.addEventListener("pointerover", (event) => {
    const link = linkOf(event);
    if (!link || event.pointerType === "touch") return;
    clearTimeout(timer);
    if (owner !== link) timer = window.setTimeout(() => open(link), OPENS_AFTER);
  });
  host.addEventListener("pointerout", (event) => {
    if (linkOf(event)) closeLater();
  });
  host.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) open(link);
  });
  host.addEventListener("focusout", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && preview) close();
  });
  window.addEventListener("beforeprint", close);
}

export default { mount };
