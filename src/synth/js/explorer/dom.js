// @ts-check
/** Elements: made, coloured, and changed only where they differ. */

/** @typedef {import("./engine.js").Data} Data */

const SVG = "http://www.w3.org/2000/svg";
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
  for (const key in props) set(element, key, props[key]);
  element.append(...children);
  return element;
}
/** @param {any} element @param {string} key @param {any} value */
const set = (element, key, value) => (key in element ? (element[key] = value) : element.setAttribute(key, value));
/** @param {string} style @param {string | Node} text @param {(event: any) => unknown} onclick @param {...Node} more */
export const button = (style, text, onclick, ...more) => h(`button${style}`, { type: "button", onclick }, text, ...more);
/** Words for screen readers only. @param {string} text */
export const aside = (text) => h("span.ex-vh", null, text);
/** Change a text only where it differs: most of the page stays as it is. @param {any} node @param {string} text */
export const put = (node, text) => {
  const inner = node.firstChild;
  if (!inner) node.textContent = text;
  else if (inner.data !== text) inner.data = text;
};

/** A native select with its label before it. @param {string} label @param {[string, string][]} offered @param {(value: string) => void} chosen */
export function select(label, offered, chosen) {
  const field = h("select", { onchange: () => chosen(field.value) }, ...offered.map(([value, text]) => h("option", { value }, text)));
  return h("label", null, label, " ", field);
}
/** Have a select say what holds, if it does not. @param {any} label around it @param {string | undefined} value */
export const settle = ({ lastChild: field }, value) => {
  if (field.value !== value) field.value = value;
};

/**
 * Make a parent hold what is wanted, each by its name. What stands there already stays; what is not wanted
 * any more becomes something that is: a browser rewrites an element in half the time it replaces one in.
 * @template {{ name: number }} One
 * @param {any} parent @param {One[]} wanted @param {{ (): any, spare?: any[] }} make @param {(node: any, one: One) => void} fill
 */
export function hold(parent, wanted, make, fill) {
  const names = new Set(wanted.map(({ name }) => name));
  const known = new Map([...parent.children].map((node) => [node.known, node]));
  // What one parent has no place for, the next may have.
  const spare = (make.spare ??= []);
  let at = parent.firstChild;
  const drop = () => {
    spare.push(at);
    at = at.nextSibling;
    spare.at(-1).remove();
  };
  for (const one of wanted) {
    let node = known.get(one.name);
    if (node) while (!names.has(at.known)) drop();
    else node = at && !names.has(at.known) ? at : spare.pop() || make();
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
    node.known = one.name;
    fill(node, one);
  }
  while (at) drop();
}

/**
 * A part of a text: words, or an element with what is in it, as `h` takes them.
 * @typedef {string | [string, Data | null, ...any[]]} Part
 */
/** Write parts into an element, into the texts and elements of the same kind that stand there. @param {any} parent @param {Part[]} parts */
export function write(parent, parts) {
  let at = parent.firstChild;
  // Fewer pieces of text are laid out sooner.
  /** @type {Part[]} */
  const joined = [];
  for (const part of parts) joined.push(typeof part === "string" && typeof joined.at(-1) === "string" ? joined.pop() + part : part);
  for (const part of joined) {
    const [kind, props, ...inside] = typeof part === "string" ? ["", { data: part }] : part;
    if (at?.kind !== kind) {
      at = parent.insertBefore(kind ? h(kind) : new Text(), at);
      at.kind = kind;
    }
    for (const key in props) if (at.props?.[key] !== props[key]) set(at, key, props[key]);
    at.props = props;
    if (kind) write(at, inside);
    at = at.nextSibling;
  }
  while (parent.childNodes[joined.length]) parent.lastChild.remove();
}

/** @param {any} element @param {string[]} look */
export function colour(element, look) {
  element.style.setProperty("--l", look[1]);
  element.style.setProperty("--d", look[2]);
  return element;
}
/** An element of a drawing, as `h` makes those of a page. @param {string} tag @param {Data} [props] @param {...Node} children */
export const drawing = (tag, props, ...children) => {
  const element = document.createElementNS(SVG, tag);
  for (const key in props) element.setAttribute(key, props[key]);
  element.append(...children);
  return element;
};
/** A value's shape in its colour, before other words than its label. @param {string[]} look @param {...(Node | string)} words */
export function shape(look, ...words) {
  return colour(h("span.ex-mark", null, drawing("svg", { viewBox: "0 0 10 10", "aria-hidden": true }, drawing("path", { d: look[0] })), ...words), look);
}
/**
 * Shapes below one another as one picture for each of their two colours: fifty drawings are fifty layers to a
 * browser, pictures none; but each is a document to be made before anything is painted.
 * @param {string[][]} looks
 */
export const pictured = (looks) => ["", ...[1, 2].map((fill) => `url("data:image/svg+xml,${encodeURIComponent(
  drawing("svg", { xmlns: SVG, viewBox: `0 0 10 ${looks.length * 20 - 10}`, "fill-rule": "evenodd" }, ...looks.map((look, at) => drawing("path", { d: look[0], fill: look[fill], transform: `translate(0 ${at * 20})` }))).outerHTML,
)}")`)];
/** A value with its shape and colour, where it has them. @param {import("./engine.js").Facet} facet @param {number} value */
export const mark = ({ labels, looks }, value) => (looks[value] ? shape(looks[value], labels[value]) : h("span", null, labels[value]));

/**
 * Values one after another, each in its own direction of writing: between Latin letters an Arabic
 * word would draw the numbers and signs beside it to its other side.
 * @param {string[]} texts @param {string} between
 * @returns {Part[]}
 */
export const beside = (texts, between) => texts.flatMap((text, at) =>
  [...(at ? [between] : []), LEFTWARDS.test(text) ? /** @type {Part} */ (["bdi", null, text]) : text]);

/** Once the browser has painted what was changed until now. @param {() => unknown} act */
export const afterPaint = (act) => requestAnimationFrame(() => idle(act, { timeout: 100 }));
/** @type {(act: () => unknown, options?: any) => unknown} */
export const idle = globalThis.requestIdleCallback || setTimeout;
