// @ts-check
/**
 * Shows what a citation stands for where it stands: on hover and on keyboard focus.
 *
 * Without it a citation is a plain link to the finding, and so it stays on a touch screen, where
 * nothing hovers. The preview holds no controls; it can be pointed at, and leaves on Escape.
 * Several works are a count, a button whose card names them: a tap or a click keeps it open.
 */

/** @typedef {{ direction: string, summary: string, study: string, facts: string, theme: string[], section: string, quote: string }} Finding */
/** @typedef {{ name: string, reference: string, title?: string }} Work */
/** @typedef {{ findings: Record<string, Finding>, works: Record<string, Work>, marks: Record<string, string>, words: Record<string, string> }} Data */

const OPENS_AFTER = 120;
const CLOSES_AFTER = 180;
const GAP = 6;
const NAME = "synth-preview";
const SEVERAL = ".synth-several";

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

/** Values on one line: one written from the right leaves its neighbours in place. @param {string[]} values @param {string} between */
function inLine(values, between) {
  const line = made("span", "synth-small");
  for (const [at, value] of values.entries()) line.append(at ? between : "", made("bdi", "", value));
  return line;
}

/** What a finding says, under its mark and theme. @param {Data} data @param {Finding} finding */
function said(data, finding) {
  const head = made("p", "synth-preview-head");
  // Drawn by the library from the review's own marks, never from what a reader types.
  head.innerHTML = data.marks[finding.direction] ?? "";
  head.append(" ", inLine(finding.theme, " › "));
  return [head, made("p", "", finding.summary)];
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
    const from = made("p", "");
    from.append(inLine([data.works[finding.study]?.name ?? "", finding.facts].filter(Boolean), " · "));
    const parts = [...said(data, finding), from];
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

/** @param {string} address @param {string} text */
function linkTo(address, text) {
  const link = /** @type {HTMLAnchorElement} */ (made("a", "", text));
  link.href = address;
  return link;
}

/**
 * What the card of several works holds: each with the way to its finding or its reference, under
 * what they say, which studies often report alike.
 * @param {Data} data
 * @param {Element} names The links of the citation, as they stand on paper.
 */
export function cardOf(data, names) {
  /** @type {Map<string, HTMLElement>} */
  const lists = new Map();
  return [...names.querySelectorAll("a")].flatMap((link) => {
    const found = link.dataset.findings ? findingsOf(link) : [""];
    return found.flatMap((name) => {
      const finding = data.findings[name];
      const work = data.works[finding?.study ?? link.hash.replace(/^#ref-/, "")];
      const before = lists.get(finding?.summary ?? "");
      const list = before ?? made("ul");
      const item = made("li");
      const address = finding ? link.href.replace(/#.*/, `#finding-${name}`) : link.href;
      item.append(linkTo(address, work?.name ?? link.textContent ?? ""), " ");
      const facts = finding?.facts ?? work?.title;
      if (facts) item.append(made("span", "synth-small", facts));
      if (finding && work?.reference) {
        const reference = linkTo(work.reference, data.words.reference);
        reference.className = "synth-small";
        item.append(" ", reference);
      }
      list.append(item);
      lists.set(finding?.summary ?? "", list);
      return before ? [] : [...(finding ? said(data, finding) : []), list];
    });
  });
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
 * @param {DOMRect} link Its first line.
 * @param {number} bottom Where its last line ends.
 */
function placed(preview, link, bottom) {
  const frame = (preview.offsetParent ?? document.documentElement).getBoundingClientRect();
  const width = preview.offsetWidth;
  const height = preview.offsetHeight;
  const right = document.documentElement.clientWidth - width - GAP;
  const below = bottom + GAP + height <= window.innerHeight || link.top < height + GAP;
  const left = Math.max(GAP, Math.min(link.left, right));
  const top = below ? bottom + GAP : link.top - height - GAP;
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
  /** Whether the reader has asked for it: then it stays until told otherwise. */
  let kept = false;
  /** Whether a count gets the focus only because its card closes. */
  let back = false;
  let timer = 0;

  for (const link of host.querySelectorAll("a.synth-rv[title]")) link.removeAttribute("title");

  function close() {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    if (owner?.matches(SEVERAL)) owner.setAttribute("aria-expanded", "false");
    preview?.remove();
    preview = owner = null;
    kept = false;
  }

  function closeLater() {
    clearTimeout(timer);
    if (!kept) timer = window.setTimeout(close, CLOSES_AFTER);
  }

  /** @param {HTMLElement} link */
  function open(link) {
    if (owner === link) return clearTimeout(timer);
    close();
    const several = link.matches(SEVERAL) && link.nextElementSibling;
    const parts = several
      ? cardOf(data, several)
      : link.matches(".fc") ? previewOf(data, findingsOf(link)) : ownArgument(data, link);
    if (!parts.length) return;
    preview = made("div", "synth synth-pop");
    preview.id = NAME;
    preview.append(...parts);
    preview.addEventListener("pointerenter", () => clearTimeout(timer));
    preview.addEventListener("pointerleave", closeLater);
    if (several) {
      // Next in order for the keyboard; its text can be pointed at without leaving it.
      preview.tabIndex = -1;
      link.setAttribute("aria-expanded", "true");
      link.after(preview);
    } else {
      preview.setAttribute("role", "tooltip");
      link.setAttribute("aria-describedby", NAME);
      host.append(preview);
    }
    // A citation can break over two lines: the preview begins where it does, and covers none of them.
    const whole = link.getBoundingClientRect();
    placed(preview, link.getClientRects()[0] ?? whole, whole.bottom);
    owner = link;
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  const linkOf = (event) =>
    event.target instanceof Element ? event.target.closest(`a.fc, a.synth-rv, ${SEVERAL}`) : null;
  /** Whether something belongs to what is open. @param {EventTarget | null} place */
  const inside = (place) => place instanceof Node && Boolean(preview?.contains(place) || owner?.contains(place));

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
    if (link?.matches(":focus-visible") && !back) open(link);
  });
  host.addEventListener("focusout", (event) => {
    if (!inside(event.relatedTarget)) close();
  });
  host.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link?.matches(SEVERAL)) return;
    if (owner === link && kept) return close();
    open(link);
    kept = true;
  });
  document.addEventListener("pointerdown", (event) => {
    if (kept && !inside(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !preview) return;
    // First the focus goes back: what holds it cannot be taken away without a stir.
    back = true;
    if (preview.contains(document.activeElement)) owner?.focus();
    back = false;
    close();
  });
  window.addEventListener("beforeprint", close);
}

export default { mount };
