// The explorer behind the same four names.
const explorer = document.querySelector(".synth-explorer");
const started = () => explorer.dataset.ready && peer.ready();
new MutationObserver(started).observe(explorer, { attributes: true });
started();
peer.toggle = (facet, value) => {
  // Looking for the box is no work of the explorer's.
  if (!boxes.size) for (const box of explorer.querySelectorAll("input[data-facet]")) boxes.set(`${box.dataset.facet}/${box.value}`, box);
  boxes.get(`${facet}/${value}`).click();
};
peer.search = (text) => typing(explorer.querySelector("input[type=search]"))(text);
peer.count = () => Number(explorer.querySelector("output").dataset.count);
