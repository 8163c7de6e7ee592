// @ts-check
/** Elements: made, coloured, and changed only where they differ. */

/** @typedef {import("./engine.js").Data} Data */

const LEFTWARDS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/; // written from the right

/**
 * An element: `h("li.ex-card", { hidden: true }, "text", child)`.
 * @param {string} tag @param {Data | null} [props] @param {...(Node | string)} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = /** @type {any} */ (document.createElement(name));
  if (classes[0]) element.className = classes.join(" ");
  for (const key in props) {
    if (key in element) element[key] = props[key];
    else element.setAttribute(key, props[key]);
  }
  element.append(...children);
  return element;
}
/** @param {string} style @param {string | Node} text @param {() => unknown} onclick @param {...Node} more */
export const button = (style, text, onclick, ...more) => h(`button${style}`, { type: "button", onclick }, text, ...more);
/** Words for screen readers only. @param {string} text */
export const aside = (text) => h("span.ex-vh", null, text);
/** Change a text only where it differs: most of the page stays as it is. @param {any} node @param {string} text */
export const put = (node, text) => {
  const inner = node.firstChild;
  if (!inner) node.textContent = text;
  else if (inner.data !== text) inner.data = text;
};

/**
 * Make a parent hold exactly these children, moving as few as possible.
 * @param {any} parent @param {any[]} wanted
 */
export function hold(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @param {any} element @param {string[]} look */
export function colour(element, look) {
  element.style.setProperty("--l", look[1]);
  element.style.setProperty("--d", look[2]);
  return element;
}
/** @param {string} tag */
export const drawing = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
/** A value's shape in its colour, before other words than its label. @param {string[]} look @param {...(Node | string)} words */
export function shape(look, ...words) {
  const [svg, path] = ["svg", "path"].map(drawing);
  svg.setAttribute("viewBox", "0 0 10 10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", look[0]);
  svg.append(path);
  return colour(h("span.ex-mark", null, svg, ...words), look);
}
/** A value with its shape and colour, where it has them. @param {import("./engine.js").Facet} facet @param {number} value */
export const mark = ({ labels, looks }, value) => (looks[value] ? shape(looks[value], labels[value]) : h("span", null, labels[value]));

/**
 * Values one after another, each in its own direction of writing: between Latin letters an Arabic
 * word would draw the numbers and signs beside it to its other side.
 * @param {string[]} texts @param {string} between @param {(text: string) => (Node | string)[]} marked
 * @returns {(Node | string)[]}
 */
export const beside = (texts, between, marked) => texts.flatMap((text, at) => {
  const shown = marked(text);
  return [...(at ? [between] : []), ...(LEFTWARDS.test(text) ? [h("bdi", null, ...shown)] : shown)];
});

/** Once the browser has painted what was changed until now. @param {() => unknown} act */
export const afterPaint = (act) => requestAnimationFrame(() => idle(act, { timeout: 100 }));
/** @type {(act: () => unknown, options?: any) => unknown} */
export const idle = globalThis.requestIdleCallback || setTimeout;
