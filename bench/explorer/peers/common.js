// What every peer shares: the findings, one way of showing results, one way of waiting for paint.
// A peer is a page that sets `peer.toggle(facet, value)`, `peer.search(text)` (each may return a
// promise and must leave counts and the first `peer.rows` results in the page), `peer.count()` and,
// once a choice would work, calls `peer.ready()`. A step goes through the page as a reader's does: a
// box is clicked (`panel`), a field is typed into (`field`). The click alone costs a browser a millisecond.

const ASKED = new URLSearchParams(location.search);
const REST = Number(ASKED.get("rest")); // milliseconds without a change after which a page is at rest

const peer = (window.peer = {
  /** How many findings are to be shown: as many as the explorer shows, so that all do the same. */
  rows: Number(ASKED.get("rows")),
  seed: 1,
  /** Where in a frame a step begins: drawn alike for every peer, so that no echo of the last decides. */
  chance: () => (peer.seed = (peer.seed * 48271) % 2147483647) / 2147483647,
  /** How many findings are shown; -1 where a peer draws them its own way and they are not counted. */
  shown: () => document.querySelectorAll("#results > li, .ex [data-finding]").length,
  /** Once all findings of the start are painted too, the page says so; nobody asks it meanwhile. */
  ready() {
    // A page may say so again at every step: one watcher each would be work that is not the peer's.
    peer.ready = () => {};
    const full = async () => {
      const shown = peer.shown();
      if (peer.readyAt || (shown >= 0 && shown < peer.rows)) return;
      watching.disconnect();
      await peer.painted();
      peer.readyAt = performance.now();
      performance.mark("peer is ready"); // a trace ends here
      console.info("ready", peer.readyAt);
    };
    const watching = new MutationObserver(full);
    watching.observe(document.body, { subtree: true, childList: true });
    full();
  },
  painted: () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
      }),
    ),
  /**
   * Do something and tell how long it took: the work itself with its layout, until something was
   * painted, and until the last thing that changes was; how many findings are shown then, and match.
   */
  async measure(act) {
    await peer.painted();
    const begin = performance.now() + peer.chance() * 16.7;
    while (performance.now() < begin);
    let changed = 0;
    let last = 0;
    const watching = new MutationObserver(async () => {
      changed = performance.now();
      await peer.painted();
      last = performance.now();
    });
    watching.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const start = performance.now();
    await act();
    document.body.getBoundingClientRect();
    const work = performance.now() - start;
    await peer.painted();
    const first = performance.now() - start;
    // The rest a quick typist leaves; what a peer puts off is done within it, and counted.
    for (let left = REST; left > 0; left = REST - (performance.now() - Math.max(start, changed, last)))
      await new Promise((done) => setTimeout(done, left));
    watching.disconnect();
    return [work, first, Math.max(first, last - start), peer.shown(), peer.count()];
  },
  /** Some steps one after another, without a word from outside between them. */
  async steps(kind, acts, rows) {
    const times = [];
    for (const [at, act] of acts.entries()) {
      peer.rows = rows[at] ?? 50;
      times.push(await peer.measure(() => (kind === "toggle" ? peer.toggle(...act) : peer.search(act))));
    }
    return times;
  },
});

const FACETS = ["direction", "level", "theme", "country", "design"];
const fold = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

/** Replace what is shown by the first of some findings. */
function show(list) {
  const results = document.getElementById("results");
  results.replaceChildren(
    ...list.slice(0, peer.rows).map((finding) => {
      const item = document.createElement("li");
      for (const [tag, text] of [
        ["b", finding.label],
        ["span", finding.direction],
        ["p", finding.summary],
        ["p", `${finding.level} › ${finding.theme} · ${finding.country.join(", ")} · ${finding.design}`],
      ]) {
        const part = document.createElement(tag);
        part.textContent = text;
        item.append(part);
      }
      return item;
    }),
  );
}

/** Boxes by facet and value. @type {Map<string, HTMLInputElement>} */
const boxes = new Map();
peer.toggle = (facet, value) => boxes.get(`${facet}/${value}`).click();

/** A list of values to tick with their counts, as every facet browser has; `write(counts)` changes them. */
function panel(facet, values, ticked) {
  const list = document.createElement("ul");
  const cells = new Map();
  for (const value of values) {
    const item = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const count = document.createElement("span");
    box.type = "checkbox";
    box.onchange = () => ticked(value);
    boxes.set(`${facet}/${value}`, box);
    label.append(box, ` ${value} `, count);
    item.append(label);
    cells.set(value, count);
    list.append(item);
  }
  document.getElementById("panels").append(facet, list);
  return (counts) => {
    for (const [value, cell] of cells) cell.textContent = counts.get(value) ?? 0;
  };
}
/** What types into a field as a reader does. */
const typing = (input) => (text) => {
  input.value = text;
  input.dispatchEvent(new Event("input"));
};
/** A field to type into, as every search has; `typed(text)` is called at each stroke. */
function field(typed) {
  const input = document.createElement("input");
  input.type = "search";
  input.oninput = () => typed(input.value);
  document.getElementById("panels").append(input);
  peer.search = typing(input);
}
const valuesOf = (facet) => [...new Set(FINDINGS.flatMap((finding) => finding[facet]))].sort();
