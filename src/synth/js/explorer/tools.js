// @ts-check
/** The buttons of what readers take along: the link, the citation, the findings as a file. */

import { button, h } from "./dom.js";

/**
 * @param {import("./index.js").Page} page
 * @param {() => string} shareable the address of what is shown, as others can use it
 * @param {() => Promise<ReturnType<typeof import("./take.js").take>>} taking what they ask for, which comes when they do
 * @param {boolean} linked whether what is shown has an address
 */
export function tools({ say, more }, shareable, taking, linked) {
  /** A sheet under a button, written when it opens; Escape closes it. @param {"cite" | "export"} word */
  const sheet = (word) => {
    const inside = h("div.ex-sheet");
    const opener = h("summary.ex-btn", null, say(word));
    const menu = h("details.ex-menu", {
      ontoggle: async () => menu.open && inside.replaceChildren(...(await taking())[word]()),
      onkeydown(/** @type {KeyboardEvent} */ { key }) {
        if (key !== "Escape") return;
        menu.open = false;
        opener.focus();
      },
    }, opener, inside);
    return menu;
  };
  const menus = [sheet("cite"), sheet("export")];
  const link = button(".ex-btn", say("copy_link"), async () => (await taking()).copy(shareable(), link));
  // Some browsers copy only in the moment of a press: what copies is there by then.
  link.onfocus = more;
  return {
    box: h("div.ex-tools", { onpointerover: more }, ...(linked ? [link] : []), ...menus),
    /** Somebody pressed elsewhere. @param {Event} event */
    leave({ target }) {
      for (const menu of menus) if (!menu.contains(target)) menu.open = false;
    },
  };
}
