// What every peer shares: the findings, one way of showing results, one way of waiting for paint.
// A peer is a page that sets `peer.toggle(facet, value)`, `peer.search(text)` (each may return a
// promise and must leave counts and the first 50 results in the page), `peer.count()` and, once it
// can be used, calls `peer.ready()`.

const peer = (window.peer = {
  pause: Number(new URLSearchParams(location.search).get("pause")),
  ready() {
    peer.readyAt ??= performance.now();
  },
  seed: 1,
  /** Where in a frame a step begins: drawn alike for every peer, so that no echo of the last decides. */
  chance: () => (peer.seed = (peer.seed * 48271) % 2147483647) / 2147483647,
  /**
   * Do something and tell how long it took: the work itself with its layout, until something was
   * painted, and until the last thing that changes was; and how many findings are shown then.
   */
  async measure(act) {
    // Between two strokes of a quick typist; whatever a peer put off is done by then, or counts.
    await new Promise((done) => setTimeout(done, peer.pause));
    await peer.painted();
    const begin = performance.now() + peer.chance() * 16.7;
    while (performance.now() < begin);
    let last = 0;
    const watching = new MutationObserver(async () => {
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
    // What a peer puts off comes within this; it is counted, not waited out.
    await new Promise((done) => setTimeout(done, 250));
    watching.disconnect();
    const rows = document.querySelectorAll("#results > li, .ex [data-finding]").length;
    return [work, first, Math.max(first, last - start), rows];
  },
  painted: () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
      }),
    ),
});

const FACETS = ["direction", "level", "theme", "country", "design"];
const fold = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

/** Replace what is shown by the first 50 of some findings. */
function show(list) {
  const results = document.getElementById("results");
  results.replaceChildren(
    ...list.slice(0, 50).map((finding) => {
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

/** A list of values with their counts, as every facet browser has; `write(counts)` changes them. */
function panel(facet, values) {
  const list = document.createElement("ul");
  const cells = new Map();
  for (const value of values) {
    const item = document.createElement("li");
    const count = document.createElement("span");
    item.append(`${value} `, count);
    cells.set(value, count);
    list.append(item);
  }
  document.getElementById("panels").append(facet, list);
  return (counts) => {
    for (const [value, cell] of cells) cell.textContent = counts.get(value) ?? 0;
  };
}
const valuesOf = (facet) => [...new Set(FINDINGS.flatMap((finding) => finding[facet]))].sort();
