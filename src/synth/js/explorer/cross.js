// @ts-check
/** Counting by two facets: only the matrix asks for it, so it comes with the matrix. */

/** @typedef {import("./engine.js").Axis} Axis */

/** The values of a facet, or of a rank of the codebook. @param {ReturnType<typeof import("./state.js").choices>} choice @param {string} id @returns {Axis} */
export function along(choice, id) {
  const facet = choice.axis.get(id);
  const values = facet.shown.filter((/** @type {number} */ at) => choice.slot(facet, at) === id);
  const place = new Map(values.map((/** @type {number} */ value, /** @type {number} */ at) => [value, at]));
  return { facet, values, slots: facet.sets.map((/** @type {number[]} */ set) => set.flatMap((value) => place.get(value) ?? [])) };
}

/**
 * Count by two facets and direction. After the last row, column and direction come all of them
 * together, where nothing counts twice.
 * @param {ReturnType<typeof import("./engine.js").engine>} core
 * @param {Axis} rows @param {Axis} cols @param {import("./engine.js").Unit} unit @param {boolean} [every] filters do not count
 */
export function cross({ n, direction, study, said, failed, perStudy, statements }, rows, cols, unit, every) {
  const kinds = direction.values.length;
  const [height, width, deep] = [rows.values.length + 1, cols.values.length + 1, kinds + 1];
  const sums = new Uint32Array(height * width * deep);
  const [thing, size] = /** @type {[Uint32Array, number]} */ (unit === "study" ? [study, perStudy.length] : [said, statements.length]);
  /** @type {Set<number>} */
  const seen = new Set();
  /** @param {number} at @param {number} i */
  const add = (at, i) => {
    if (unit !== "finding") {
      const key = at * size + thing[i];
      if (seen.has(key)) return;
      seen.add(key);
    }
    sums[at]++;
  };
  for (let i = 0; i < n; i++) {
    if (failed[i] && !every) continue;
    const way = direction.code[i];
    const down = rows.slots[rows.facet.code[i]];
    const across = cols.slots[cols.facet.code[i]];
    if (!down.length || !across.length) continue;
    for (const y of [...down, height - 1])
      for (const x of [...across, width - 1])
        for (const z of [way, kinds]) add((y * width + x) * deep + z, i);
  }
  return sums;
}
