// The explorer behind the same four names; everything goes through the page, as a reader would.
const root = document.querySelector(".synth-explorer");
const started = () => root.dataset.ready && peer.ready();
new MutationObserver(started).observe(root, { attributes: true });
started();
peer.toggle = (facet, value) => root.querySelector(`input[data-facet="${facet}"][value="${value}"]`).click();
peer.search = (text) => {
  const input = root.querySelector("input[type=search]");
  input.value = text;
  input.dispatchEvent(new Event("input"));
};
peer.count = () => Number(root.querySelector("output").dataset.count);
