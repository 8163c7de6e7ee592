// @ts-check
// Searches the book: folds each word of a query as the index was folded (search.py), so that "Lopez"
// finds López, and shows each thing once, with its kind and a line of text that holds the words.

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
 * A thing found: where it stands, what it is called, what is told below it, and in which marks to set.
 * @typedef {{ href: string, title: string, line: string, more: [string, string][] }} Hit
 */

/** Pages whose text is looked through, those that match best first. */
const MOST = 60;
/** Signs of a line around the first word found. */
const LINE = 180;

const KINDS = ["theme", "term", "finding", "influence", "study", "page", "reference"];
/** What the index calls what the library adds to it. @type {Record<string, string>} */
const OBJECTS = {
  "synth:theme-page": "theme",
  "synth:coded-finding": "finding",
  "synth:stated-influence": "influence",
  "synth:study-entry": "study",
};

/** The index holds names as HTML. @param {string} html */
const read = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";

/** Whether a text holds every word asked for. @param {any} stemmer @param {string[]} terms @param {string} text */
function holds(stemmer, terms, text) {
  const folded = asIndexed(text);
  if (!terms.every((term) => folded.includes(term.slice(0, 3)))) return false;
  const words = new Set((text.match(/[\p{Letter}\p{Number}]+/gu) ?? []).map((/** @type {string} */ word) => stemmer.stemWord(word.toLowerCase())));
  return terms.every((term) => [...words].some((word) => word.startsWith(term)));
}

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

/** The passages of a page, which the build wrote into a script of its own. @param {string} page @returns {Promise<any[]>} */
function passages(page) {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    const root = document.documentElement.dataset.content_root ?? "./";
    script.src = `${root}_static/synth/search/${page.replaceAll("/", "--")}.js`;
    script.onload = () => resolve(host.synthPassages?.[page] ?? []);
    script.onerror = () => resolve([]);
    document.head.append(script);
  });
}

/** @param {any} search what Sphinx found its index in @param {string} query */
async function find(search, query) {
  const [asked, wanted, excluded, highlighted] = search._parseQuery(query);
  const terms = [...wanted];
  const stemmer = new host.Stemmer();
  const index = search._index;
  /** @type {Record<string, Map<string, Hit>>} */
  const found = Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
  // @ts-ignore Sphinx's own, and no property of the window.
  const suffix = DOCUMENTATION_OPTIONS.LINK_SUFFIX;
  /** @param {string} page @param {string} anchor */
  const address = (page, anchor) => `${page}${suffix}${anchor && `#${anchor}`}`;

  // What the evidence holds goes by its own name; what several studies say is one thing.
  for (const [prefix, ones] of Object.entries(index.objects)) {
    for (const [page, type, , short, name] of /** @type {any[]} */ (ones)) {
      const kind = OBJECTS[index.objtypes[type]];
      const whole = read(prefix ? `${prefix}.${name}` : name);
      if (!kind || !terms.length || !holds(stemmer, terms, whole)) continue;
      const [, study, said] = kind === "finding" ? (/^(.*?): (.*)$/s.exec(whole) ?? ["", "", whole]) : ["", "", whole];
      const href = address(index.docnames[page], short);
      /** @type {Hit} */
      const hit = found[kind].get(said) ?? { href, title: said, line: "", more: [] };
      if (study) hit.more.push([href, study]);
      found[kind].set(said, hit);
    }
  }

  // Pages are looked through: one is shown for the passage that holds the words, or it is not shown.
  const results = search._performSearch(asked, wanted, excluded, highlighted, new Set());
  const hits = /** @type {string[]} */ (results.reverse().map((/** @type {any[]} */ [page]) => page));
  const pages = [...new Set(hits)].slice(0, MOST);
  const texts = await Promise.all(pages.map(passages));
  for (const [at, page] of pages.entries()) {
    for (const [kind, anchors, heading, text] of texts[at]) {
      const [anchor] = anchors;
      const here = `${heading} ${text}`;
      const theme = [...found.theme.values()].find(({ href, title, line }) => !line && anchors.some((/** @type {string} */ one) => href === address(page, one)) || (href.startsWith(address(page, "theme-").replace(/theme-$/, "")) && title === heading));
      if (theme) theme.line = around(stemmer, terms, text);
      if (theme || !holds(stemmer, terms, here)) continue;
      const title = index.titles[index.docnames.indexOf(page)];
      const name = kind === "page" ? page : `${page}#${anchor}`;
      if (found[kind].has(name)) continue;
      const plain = read(title);
      const told = kind === "page" ? (heading && heading !== plain ? `${plain} › ${heading}` : plain) : heading;
      found[kind].set(name, { href: address(page, kind === "page" && heading === plain ? "" : anchor), title: told, line: around(stemmer, terms, text), more: [] });
    }
  }
  return { found, stemmer, terms };
}

/** @param {any} search */
function show(search) {
  /** @param {string} query */
  search.query = async (query) => {
    // A word with a hyphen is looked for in one piece first.
    const joined = query.replace(/(\p{Letter})-(?=\p{Letter})/gu, "$1");
    let result = await find(search, joined);
    if (joined !== query && KINDS.every((kind) => !result.found[kind].size)) result = await find(search, query);
    const { found, stemmer, terms } = result;
    search.stopPulse();
    const out = /** @type {HTMLElement} */ (document.getElementById("search-results"));
    const kinds = KINDS.filter((kind) => found[kind].size);
    const total = kinds.reduce((sum, kind) => sum + found[kind].size, 0);
    const head = document.createElement("p");
    head.className = "search-summary";
    head.setAttribute("role", "status");
    const told = { n: total, query };
    head.textContent = !total ? say("search_nothing", told) : total === 1 ? say("search_found_one", told) : say("search_found_many", told);
    out.replaceChildren(head);
    for (const kind of kinds) {
      const title = document.createElement("h2");
      title.textContent = `${NAMES[kind]()} (${found[kind].size})`;
      const list = Object.assign(document.createElement("ul"), { className: "search" });
      for (const hit of found[kind].values()) {
        const item = document.createElement("li");
        const link = Object.assign(document.createElement("a"), { href: hit.href });
        marked(link, stemmer, terms, hit.title || hit.line);
        item.append(link);
        const line = document.createElement("p");
        if (hit.title) marked(line, stemmer, terms, hit.line);
        for (const [at, [href, text]] of hit.more.entries()) {
          line.append(at ? "; " : "", Object.assign(document.createElement("a"), { href, textContent: text }));
        }
        if (line.firstChild) item.append(line);
        list.append(item);
      }
      out.append(title, list);
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
