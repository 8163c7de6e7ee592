// @ts-check
/** What readers take along: findings as a table, works for a reference manager. */

/** @typedef {import("./engine.js").Data} Data */

/** A cell by the rules of csv_text.py. @param {string} text @param {RegExp} formula what a spreadsheet would run */
export const cell = (text, formula) => {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^[ \xa0]|[ \xa0]$/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/**
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {ReturnType<typeof import("./state.js").choices>} choice
 * @param {Data} data @param {(word: string, values?: Data) => string} say
 * @returns {Record<string, (more: Data) => string>} each format by its name
 */
export function formats(core, choice, data, say) {
  const { tree, direction, study, name, row, node, matching } = core;
  const { declared, ranks, year, years } = choice;
  const formula = new RegExp(data.formula);
  /** @param {Data} more */
  const csv = ({ works, section, anchor, basis }) => {
    const columns = ["finding", "study", "citation", "year", ...ranks, "also", "direction", ...declared.map(({ id }) => id), "summary",
      "section", "anchor", "basis", "doi", "address", "selection", "data_version"];
    const place = data.links?.finding;
    const selection = say("selection", { title: data.title, n: core.totals.finding, total: data.total[0], filters: choice.inForce() });
    return [
      columns,
      ...matching().map((i) => {
        const id = data.studies.id[study[i]];
        const nodes = tree.paths[node(i)];
        return [
          name(i), id, data.studies.label[study[i]], years[year.code[i]] || "",
          ...ranks.map((/** @type {string} */ _, /** @type {number} */ at) => tree.labels[nodes[at]] || ""),
          tree.nodes[tree.code[i]].slice(1).map((at) => tree.labels[at]).join("; "), direction.labels[direction.code[i]],
          ...declared.map((facet) => facet.sets[facet.code[i]].map((value) => facet.values[value]).join("; ")),
          core.summary(i), section[row(i)], anchor[row(i)], basis[row(i)], works[id]?.[0].DOI || "",
          place ? (data.published || "") + place + name(i) : "", selection, data.version,
        ];
      }),
    ].map((line) => `${line.filter((_, at) => columns.indexOf(columns[at]) === at).map((text) => cell(text, formula)).join(",")}\r\n`).join("");
  };
  /** The works behind the selection, with its codes as keywords. @param {Data} more @returns {[string[], any[]][]} */
  const cited = ({ works }) => {
    /** @type {Set<string>[]} */
    const codes = [];
    for (const i of matching()) for (const at of tree.nodes[tree.code[i]])
      (codes[study[i]] ??= new Set()).add(`${tree.values[at]}: ${direction.values[direction.code[i]]}`);
    return codes.flatMap((set, at) => (works[data.studies.id[at]] ? [[[...set], works[data.studies.id[at]]]] : []));
  };
  return {
    // The mark at the start tells a spreadsheet that the letters are UTF-8.
    csv: (more) => "\ufeff" + csv(more),
    ris: (more) => cited(more).map(([codes, work]) => work[1].replace(/ER  - \r\n$/, codes.map((code) => `KW  - ${code}\r\n`).join("") + "ER  - \r\n")).join(""),
    bib: (more) => cited(more).map(([codes, work]) => work[2].replace(/}\n$/, `  keywords = {${codes.join(", ")}},\n}\n`)).join("\n"),
    json: (more) => JSON.stringify(cited(more).map(([codes, work]) => ({ ...work[0], keyword: codes.join(", ") })), null, 1) + "\n",
    txt: (more) => cited(more).map(([, work]) => work[3] + "\n").join(""),
  };
}

/** Hand a file to the reader. @param {string} text @param {string} file */
export function save(text, file) {
  const href = URL.createObjectURL(new Blob([text]));
  Object.assign(document.createElement("a"), { href, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(href), 9999);
}
