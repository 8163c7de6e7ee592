// @ts-check
// Folds each word of a query as the index was folded (search.py), so that "Lopez" finds López.

/** Building a book writes the tables here. @type {any} */
const TABLES = {};

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
