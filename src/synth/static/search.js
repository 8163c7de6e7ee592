// @ts-check
// Searches the book: folds each word of a query as the index was folded (search.py), so that "Lopez"
// finds López, fetches the parts of the index that a query needs, and shows each thing once, with its
// kind and a line of text that holds the words. What speaks to a node of the codebook is found by the
// node's synonyms as well, and a slip in a word that nothing holds is forgiven and told.

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
/** A node of the codebook: its names, the label first, and the steps to what speaks to it. @typedef {[string[], number[]]} Names */
/** What is found: numbers by kind, how many in all, and the nodes by whose names. @typedef {{ found: Record<string, number[]>, total: number, nodes: { names: string[], about: Set<number> }[], terms: string[] }} Answer */

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

/** Rising numbers from the steps between them. @param {number[]} steps */
const rising = (steps) => {
  let number = 0;
  return steps.map((step) => (number += step));
};

/** The entries that hold every term, the best of each kind first, as numbers. @param {any} head @param {string[]} terms @returns {Promise<Answer>} */
async function find(head, terms) {
  /** @type {Answer["nodes"]} */
  const nodes = [];
  /** @type {Map<number, number> | undefined} */
  let scores;
  for (const term of terms) {
    /** @type {Map<number, number>} */
    const holding = new Map();
    /** @param {number} number @param {number} worth */
    const hold = (number, worth) => holding.set(number, Math.max(holding.get(number) ?? worth, worth));
    for (const [word, [named, told, naming = []]] of await beginning(head, term)) {
      const exact = Number(word === term);
      for (const number of rising(named)) hold(number, 2 + exact);
      for (const number of rising(told)) hold(number, exact);
      for (const [names, steps] of await read(head, "nodes", rising(naming))) {
        const about = new Set(rising(steps));
        nodes.push({ names, about });
        // A synonym is the node's own name; what speaks to the node comes after what holds the word.
        for (const number of about) hold(number, exact + (number < head.kinds.theme ? 2 : -2));
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
  return { found, total: Object.values(found).flat().length, nodes, terms };
}

/** Entries or nodes by their numbers. @param {any} head @param {"entries" | "nodes"} kind @param {number[]} numbers @returns {Promise<any[]>} */
const read = (head, kind, numbers) =>
  Promise.all(numbers.map(async (number) => {
    const at = place(head[kind], number);
    return (await part(`${kind}-${at}`, head.version))[number - head[kind][at]];
  }));

/** Every word one slip of the hand away, with the same first letter; the explorer's `near` calls no other near. @param {string} word @param {Iterable<string>} letters */
function slips(word, letters) {
  const ways = [];
  for (let at = 1; at <= word.length; at++) {
    const [head, tail] = [word.slice(0, at), word.slice(at)];
    for (const letter of letters) ways.push(head + letter + tail);
    if (tail[1]) ways.push(head + tail[1] + tail[0] + tail.slice(2));
    if (!tail) break;
    ways.push(head + tail.slice(1));
    for (const letter of letters) ways.push(head + letter + tail.slice(1));
  }
  return ways;
}

/** The word that most things hold, of those one slip away from a word that nothing holds; else the word. @param {any} head @param {any} stemmer @param {string} word */
async function meant(head, stemmer, word) {
  const term = stemmer.stemWord(word);
  if (word.length < 5 || !/^\p{Letter}+$/u.test(word) || (await beginning(head, term)).length) return word;
  // The part that would hold the word was read just now; those beside it may begin with its letter too.
  const at = place(head.words, term);
  const from = Math.max(place(head.words, term[0]), at - 1);
  const till = Math.min(place(head.words, `${term[0]}\uffff`), at + 1);
  const parts = await Promise.all(head.words.slice(from, till + 1).map((/** @type {string} */ _, /** @type {number} */ by) => part(`words-${from + by}`, head.version)));
  const known = new Map(parts.flatMap((words) => Object.entries(words)));
  const letters = new Set([...known.keys()].flatMap((one) => one.match(/\p{Letter}/gu) ?? []));
  let [best, most] = [word, 0];
  for (const way of slips(asIndexed(word), letters)) {
    const held = known.get(stemmer.stemWord(way))?.flat().length ?? 0;
    if (held > most) [best, most] = [way, held];
  }
  return best;
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

/** Why a thing is found that does not hold every term: the names of the nodes it speaks to. @param {any} stemmer @param {Answer} answer @param {number} number @param {Entry} entry */
function why(stemmer, { nodes, terms }, number, [, title, text, more]) {
  /** @param {string} told @param {string[]} terms */
  const holds = (told, terms) => wordsOf(told).some((word) => terms.some((term) => stemmer.stemWord(word.toLowerCase()).startsWith(term)));
  const own = [title, text, ...more.map(([, name]) => name)].join(" ");
  const missing = terms.filter((term) => !holds(own, [term]));
  const lines = nodes.filter(({ about }) => about.has(number)).map(({ names: [label, ...synonyms] }) => {
    const names = synonyms.filter((name) => holds(name, missing)).join(", ");
    if (!names) return holds(label, missing) && say("search_about", { theme: label });
    return label === title ? say("search_called", { names }) : say("search_about_called", { theme: label, names });
  });
  return [...new Set(lines)].filter(Boolean).join(". ");
}

/** @param {any} stemmer @param {Answer} answer @param {number} number @param {Entry} entry */
function item(stemmer, answer, number, entry) {
  const [href, title, text, more] = entry;
  const { terms } = answer;
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
  const reason = document.createElement("p");
  marked(reason, stemmer, terms, why(stemmer, answer, number, entry));
  if (reason.textContent) shown.append(reason);
  return shown;
}

/** The entries of a kind, as many at a time as can be read. @param {any} head @param {any} stemmer @param {Answer} answer @param {number[]} numbers */
async function list(head, stemmer, answer, numbers) {
  const shown = Object.assign(document.createElement("ul"), { className: "search" });
  const more = Object.assign(document.createElement("button"), { type: "button" });
  const next = async () => {
    const begin = shown.children.length;
    const entries = await read(head, "entries", numbers.slice(begin, begin + MOST));
    const items = entries.map((entry, at) => item(stemmer, answer, numbers[begin + at], entry));
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

/** The words of a query that say something. @param {string} query */
function asking(query) {
  // @ts-ignore Sphinx's own, and no property of the window.
  const silent = new Set(stopwords);
  return [...new Set(wordsOf(query).map((word) => word.toLowerCase()))].filter((word) => !silent.has(word));
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
    const pieces = [...new Set([joined, query])];
    /** @param {string[]} words */
    const answering = (words) => find(head, [...new Set(words.map((word) => stemmer.stemWord(word)))]);
    let answer = await answering(asking(joined));
    if (!answer.total && joined !== query) answer = await answering(asking(query));
    /** Words as asked and as shown. @type {[string, string][]} */
    let forgiven = [];
    for (const piece of answer.total ? [] : pieces) {
      const words = await Promise.all(asking(piece).map(async (word) => /** @type {[string, string]} */ ([word, await meant(head, stemmer, word)])));
      const other = words.some(([asked, shown]) => asked !== shown) && (await answering(words.map(([, shown]) => shown)));
      if (!other || !other.total) continue;
      answer = other;
      forgiven = words.filter(([asked, shown]) => asked !== shown);
      const instead = new Map(words);
      query = piece.replace(/[\p{Letter}\p{Number}]+/gu, (word) => instead.get(word.toLowerCase()) ?? word);
      break;
    }
    const { found, total } = answer;
    const kinds = Object.keys(found).filter((kind) => found[kind].length);
    const lists = await Promise.all(kinds.map((kind) => list(head, stemmer, answer, found[kind])));
    search.stopPulse();
    const out = /** @type {HTMLElement} */ (document.getElementById("search-results"));
    const summary = document.createElement("p");
    summary.className = "search-summary";
    summary.setAttribute("role", "status");
    const told = { n: total, query };
    summary.textContent = !total ? say("search_nothing", told) : total === 1 ? say("search_found_one", told) : say("search_found_many", told);
    const slip = Object.assign(document.createElement("p"), { className: "search-slip" });
    slip.setAttribute("role", "status");
    slip.textContent = forgiven.map(([word, shown]) => say("search_meant", { word, shown })).join(" ");
    out.replaceChildren(...(forgiven.length ? [slip] : []), summary);
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
