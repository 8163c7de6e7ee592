// @ts-check
/** Search: the same steps as `fold` and `spellings` in text.py, the same letters and words alike. */

/** @param {Record<string, string>} alike @returns {(text: string) => string} */
export const folding = (alike) => {
  const odd = new RegExp(`[${Object.keys(alike).join("")}]`, "g");
  return (text) => {
    if (/[^\0-\x7f]/.test(text))
      text = text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(odd, (letter) => alike[letter]);
    return text.replace(/[\s\x1c-\x1f\x85\ufeff]+/g, " ").toLowerCase();
  };
};

/**
 * A word and how else it is spelled.
 * @param {string[][]} rules beginning, two spellings of its middle, ending
 * @returns {(word: string) => string[]}
 */
export const spelling = (rules) => {
  const ways = rules.flatMap(([head, one, other, tail]) => [[head, one, other, tail], [head, other, one, tail]])
    .map(([head, from, to, tail]) => /** @type {[RegExp, string]} */ ([new RegExp(`^(${head})${from}(${tail})$`), `$1${to}$2`]));
  return (word) => [...new Set([word, ...ways.map(([pattern, put]) => word.replace(pattern, put))])];
};

/** Whether one slip of the hand lies between two words. @param {string} one @param {string} other */
export const near = (one, other) => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  /** @param {number} a @param {number} b */
  const rest = (a, b) => one.slice(at + a) === other.slice(at + b);
  return rest(1, 1) || rest(1, 0) || rest(0, 1)
    || (one[at] === other[at + 1] && one[at + 1] === other[at] && rest(2, 2));
};

/**
 * Where a text holds some words, whatever the accents: from and to.
 * @param {string} text @param {string[]} words folded @param {(text: string) => string} fold
 * @returns {[number, number][]}
 */
export function hits(text, words, fold) {
  // Most texts hold none: only the others are taken apart letter by letter.
  if (!words.some((word) => fold(text).includes(word))) return [];
  let folded = "";
  /** @type {number[]} */
  const origin = [];
  let length = 0;
  for (const letter of text) {
    const small = letter < "\x80" ? letter.toLowerCase() : fold(letter);
    for (let at = 0; at < small.length; at++) origin.push(length);
    folded += small;
    length += letter.length;
  }
  origin.push(length);
  const hit = new Uint8Array(length);
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1))
      hit.fill(1, origin[at], Math.max(origin[at + word.length], origin[at + word.length - 1] + 1));
  /** @type {[number, number][]} */
  const places = [];
  for (let from = 0, to = 0; from < length; from = to) {
    while (to < length && hit[to] === hit[from]) to++;
    if (hit[from]) places.push([from, to]);
  }
  return places;
}
