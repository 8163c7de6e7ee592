// The explorer behind the same four names; everything goes through the page, as a reader would.
const explorer = document.querySelector(".synth-explorer");
const started = () => explorer.dataset.ready && peer.ready();
new MutationObserver(started).observe(explorer, { attributes: true });
started();
peer.toggle = (facet, value) => explorer.querySelector(`input[data-facet="${facet}"][value="${value}"]`).click();
peer.search = (text) => {
  const input = explorer.querySelector("input[type=search]");
  input.value = text;
  input.dispatchEvent(new Event("input"));
};
peer.count = () => Number(explorer.querySelector("output").dataset.count);
