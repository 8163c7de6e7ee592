// @ts-check
// Searches the book: folds each word of a query as the index was folded (search.py), so that "Lopez"
// finds López, fetches the parts of the index that a query needs, and shows each thing once, with its
// kind and a line of text that holds the words.

/** Building a book writes the tables here. @type {any} */
const TABLES = {};

/** Building a book writes the words here. @type {Record<string, string>} */
const WORDS = {};

/** @param {string} key @param {Record<string, string | number>} [values] */
const say = (key, values = {}) => WORDS[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** @param {string} word */
function asIndexed(word) {
  const odd = new RegExp(`[${Object.keys(TABLES.alike).join("")}]`, "g");
  word = word.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
  word = word.replace(odd, (/** @type {string} */ letter) => TABLES.alike[letter]);
  for (const [pattern, put] of TABLES.spellings) word = word.replace(new RegExp(pattern), put);
  return word;
}

const host = /** @type {any} */ (window);
if (host.Stemmer) {
  const Plain = host.Stemmer;
  host.Stemmer = function () {
    const plain = new Plain();
    this.stemWord = (/** @type {string} */ word) => plain.stemWord(asIndexed(word));
  };
}

/**
 * A thing found: where it stands, what it is called, what is told below it, further places.
 * @typedef {[string, string, string, [string, string][]]} Entry
 */

/** Entries of a kind that are shown at once. */
const MOST = 50;
/** Signs of a line around the first word found. */
const LINE = 180;

/** Parts of the index that were asked for. @type {Record<string, Promise<any>>} */
const asked = {};

/** A part of the index, which the build wrote into a script of its own. @param {string} name @param {string} [version] @returns {Promise<any>} */
function part(name, version) {
  return (asked[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const root = document.documentElement.dataset.content_root ?? "./";
    script.src = `${root}_static/synth/search/${name}.js${version ? `?v=${version}` : ""}`;
    script.onload = () => resolve(host.synthSearch?.[name]);
    script.onerror = () => reject(new Error(`${script.src} cannot be read`));
    document.head.append(script);
  }));
}

/** Which of rising beginnings is the last that is not after a value. @template T @param {T[]} begins @param {T} value */
const place = (begins, value) => Math.max(0, begins.filter((begin) => begin <= value).length - 1);

/** @param {string} text @returns {string[]} */
const wordsOf = (text) => text.match(/[\p{Letter}\p{Number}]+/gu) ?? [];

/** The words of the index that begin with a term, with the entries that hold them. @param {any} head @param {string} term */
async function beginning(head, term) {
  const from = place(head.words, term);
  const till = place(head.words, `${term}\uffff`);
  const parts = await Promise.all(head.words.slice(from, till + 1).map((/** @type {string} */ _, /** @type {number} */ at) => part(`words-${from + at}`, head.version)));
  return parts.flatMap((words) => Object.entries(words ?? {}).filter(([word]) => word.startsWith(term)));
}

/** The entries that hold every term, the best of each kind first, as numbers. @param {any} head @param {string[]} terms */
async function find(head, terms) {
  /** @type {Map<number, number> | undefined} */
  let scores;
  for (const term of terms) {
    /** @type {Map<number, number>} */
    const holding = new Map();
    for (const [word, [named, told]] of await beginning(head, term)) {
      for (const [steps, worth] of [[named, 2], [told, 0]]) {
        let number = 0;
        for (const step of steps) {
          number += step;
          holding.set(number, Math.max(holding.get(number) ?? 0, worth + Number(word === term)));
        }
      }
    }
    const before = scores;
    scores = before ? new Map([...before].filter(([number]) => holding.has(number)).map(([number, score]) => [number, score + (holding.get(number) ?? 0)])) : holding;
  }
  const best = [...(scores ?? [])].sort(([one, first], [other, second]) => second - first || one - other);
  /** @type {Record<string, number[]>} */
  const found = {};
  let begin = 0;
  for (const [kind, count] of Object.entries(head.kinds)) {
    const end = begin + count;
    found[kind] = best.map(([number]) => number).filter((number) => number >= begin && number < end);
    begin = end;
  }
  // A page is shown once, for the section that holds the words best.
  const seen = new Set();
  found.page = found.page.filter((number) => {
    const page = place(head.pages, number);
    return !seen.has(page) && seen.add(page);
  });
  return found;
}

/** Entries by their numbers. @param {any} head @param {number[]} numbers @returns {Promise<Entry[]>} */
const read = (head, numbers) =>
  Promise.all(numbers.map(async (number) => {
    const at = place(head.entries, number);
    return (await part(`entries-${at}`, head.version))[number - head.entries[at]];
  }));

/** A text with the words that were asked for marked. @param {HTMLElement} place @param {any} stemmer @param {string[]} terms @param {string} text */
function marked(place, stemmer, terms, text) {
  for (const part of text.split(/([\p{Letter}\p{Number}]+)/u)) {
    const stem = part && stemmer.stemWord(part.toLowerCase());
    const hit = stem && terms.some((term) => stem.startsWith(term));
    place.append(hit ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
  }
}

/** The part of a text around the first word that was asked for. @param {any} stemmer @param {string[]} terms @param {string} text */
function around(stemmer, terms, text) {
  const first = [...text.matchAll(/[\p{Letter}\p{Number}]+/gu)].find(([word]) => {
    const stem = stemmer.stemWord(word.toLowerCase());
    return terms.some((term) => stem.startsWith(term));
  });
  let start = Math.max(0, (first?.index ?? 0) - LINE / 3);
  if (start) start = text.indexOf(" ", start) + 1 || start;
  let end = Math.min(text.length, start + LINE);
  if (end < text.length) end = text.lastIndexOf(" ", end);
  return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

/** @param {any} stemmer @param {string[]} terms @param {Entry} entry */
function item(stemmer, terms, [href, title, text, more]) {
  const shown = document.createElement("li");
  const told = around(stemmer, terms, text);
  const link = Object.assign(document.createElement("a"), { href });
  marked(link, stemmer, terms, title || told);
  shown.append(link);
  const line = document.createElement("p");
  if (title) marked(line, stemmer, terms, told);
  for (const [at, [address, name]] of more.entries()) {
    const also = Object.assign(document.createElement("a"), { href: address });
    marked(also, stemmer, terms, name);
    line.append(at ? "; " : "", also);
  }
  if (line.firstChild) shown.append(line);
  return shown;
}

/** The entries of a kind, as many at a time as can be read. @param {any} head @param {any} stemmer @param {string[]} terms @param {number[]} numbers */
async function list(head, stemmer, terms, numbers) {
  const shown = Object.assign(document.createElement("ul"), { className: "search" });
  const more = Object.assign(document.createElement("button"), { type: "button" });
  const next = async () => {
    const begin = shown.children.length;
    const items = (await read(head, numbers.slice(begin, begin + MOST))).map((entry) => item(stemmer, terms, entry));
    shown.append(...items);
    const left = numbers.length - shown.children.length;
    more.hidden = left < 1;
    more.textContent = say("search_more", { n: Math.min(MOST, left) });
    if (begin) items[0]?.querySelector("a")?.focus();
  };
  more.onclick = next;
  await next();
  return [shown, more];
}

/** The stems of a query's words. @param {any} stemmer @param {string} query */
function termsOf(stemmer, query) {
  // @ts-ignore Sphinx's own, and no property of the window.
  const silent = new Set(stopwords);
  const words = wordsOf(query).map((word) => word.toLowerCase()).filter((word) => !silent.has(word));
  return [...new Set(words.map((word) => stemmer.stemWord(word)))];
}

/** @param {any} search */
function show(search) {
  /** @param {string} query */
  search.query = async (query) => {
    // Sphinx keeps the words for the page that is opened next.
    search._parseQuery(query);
    const stemmer = new host.Stemmer();
    const head = await part("head");
    // A word with a hyphen is looked for in one piece first.
    const joined = query.replace(/(\p{Letter})-(?=\p{Letter})/gu, "$1");
    let terms = termsOf(stemmer, joined);
    let found = await find(head, terms);
    if (joined !== query && Object.values(found).every((numbers) => !numbers.length)) {
      terms = termsOf(stemmer, query);
      found = await find(head, terms);
    }
    const kinds = Object.keys(found).filter((kind) => found[kind].length);
    const total = kinds.reduce((sum, kind) => sum + found[kind].length, 0);
    const lists = await Promise.all(kinds.map((kind) => list(head, stemmer, terms, found[kind])));
    search.stopPulse();
    const out = /** @type {HTMLElement} */ (document.getElementById("search-results"));
    const summary = document.createElement("p");
    summary.className = "search-summary";
    summary.setAttribute("role", "status");
    const told = { n: total, query };
    summary.textContent = !total ? say("search_nothing", told) : total === 1 ? say("search_found_one", told) : say("search_found_many", told);
    out.replaceChildren(summary);
    for (const [at, kind] of kinds.entries()) {
      const title = document.createElement("h2");
      title.textContent = `${NAMES[kind]()} (${found[kind].length})`;
      out.append(title, ...lists[at]);
    }
  };
}

/** @type {Record<string, () => string>} */
const NAMES = {
  theme: () => say("search_theme"),
  term: () => say("search_term"),
  finding: () => say("search_finding"),
  influence: () => say("search_influence"),
  study: () => say("search_study"),
  page: () => say("search_page"),
  reference: () => say("search_reference"),
};

// Sphinx's own is no property of the window, but a script of the page sees it.
// @ts-ignore
if (typeof Search !== "undefined") show(Search);
