// @ts-check
/** What readers take along: the link, the citation and the findings of what they see. */

import { button, h, put } from "./dom.js";
import { formats, save } from "./exports.js";

/** @typedef {import("./engine.js").Data} Data */

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {Data} data
 * @param {{ say: (word: string, values?: Data) => string, some: (n: number, what?: string) => string, tell: (text: string) => void,
 *    view: () => string, shareable: () => string, extras: () => Promise<Data>, key: string, keep: unknown,
 *    note: HTMLElement, status: HTMLElement, box: HTMLElement }} page
 */
export function take(core, choice, data, { say, some, tell, view, shareable, extras, key, keep, note, status, box }) {
  /** @param {string} text */
  const announce = (text) => {
    put(status, "");
    setTimeout(() => put(status, text), 50);
  };
  /** @param {string} text @param {any} pressed the button, which then says so */
  const copy = async (text, pressed) => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a secure address there is only the old way.
      const area = box.appendChild(h("textarea", { value: text }));
      area.select();
      copied = document.execCommand("copy");
      area.remove();
      pressed.focus();
    }
    if (!copied) {
      tell(`${say("not_copied")} `);
      getSelection()?.selectAllChildren(note.appendChild(h("span", null, text)));
      return;
    }
    announce(say("copied"));
    const label = pressed.firstChild;
    const back = label.textContent;
    put(label, say("copied"));
    setTimeout(() => put(label, back), 2000);
  };
  const rows = () => ({ findings: some(core.totals.finding), statements: some(core.totals.statement, "statement"), studies: some(core.totals.study, "study") });
  return {
    copy,
    /** @returns {Node[]} */
    cite() {
      const citation = say("citation", {
        authors: data.authors.join(", ") || data.title, year: data.date.slice(0, 4), title: data.title, ...rows(),
        view: view(), url: keep ? "" : shareable(),
      });
      return [h("p", null, citation), button(".ex-btn", say("copy_cite"), ({ target }) => copy(citation, target))];
    },
    /** @returns {Node[]} */
    export: () => [h("p", null, say("chosen", rows())), h("ul", null, ...["csv", "ris", "bib", "json", "txt"].map((name) => {
      const [label, remark] = say(name).split("|");
      const press = button("", label, async () => {
        const text = formats(core, choice, data, say)[name](await extras());
        if (name === "txt") return copy(text, press);
        const file = `${key === "x" ? "findings" : key}.${name}`;
        save(text, file);
        announce(say("saved", { n: file }));
      }, h("small", null, remark));
      press.value = name;
      return h("li", null, press);
    }))],
  };
}
