// The modules of the explorer that need no page: run by `node --test tests/js`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { along, cross } from "../../src/synth/js/explorer/cross.js";
import { engine } from "../../src/synth/js/explorer/engine.js";
import { cell, formats } from "../../src/synth/js/explorer/exports.js";
import { hits, near, spelling } from "../../src/synth/js/explorer/search.js";
import { choices, pairsIn, withPairs } from "../../src/synth/js/explorer/state.js";

/** Three gardens, five findings: the second speaks to two themes, the last study has no year. */
const data = () => ({
  version: "1", title: "Gardens", total: [5, 3], alike: { "ø": "o" }, formula: "^[=+]",
  spellings: [["[a-z]{2,}", "is", "iz", "(?:e|ing|ation)"]],
  ranks: [["level", "Level", "Levels"], ["theme", "Theme", "Themes"]],
  facets: [
    { id: "", values: ["place", "soil", "water", "people", "pay"], labels: ["Place", "Soil", "Water", "People", "Pay"],
      paths: [[0], [0, 1], [0, 2], [3], [3, 4]], nodes: [[1], [1, 4], [2], [4], [1, 2]], synonyms: { 4: ["wages"] }, looks: {}, all: [0, 1, 2, 3, 4] },
    { id: "direction", label: "Direction", values: ["helps", "hinders"], labels: ["Helps", "Hinders"], sets: [[0], [1]], looks: {}, all: [0, 0, 1, 1, 0] },
    { id: "country", label: "Country", values: ["Kenya", "Norway"], sets: [[0], [0, 1], [1]], by: [0, 1, 2], own: { 4: 0 } },
    { id: "year", label: "Year", values: ["2010", "2011"], sets: [[0], [1], []], by: [0, 1, 2], own: {} },
  ],
  studies: { id: ["ash2010", "elm2011", "oak"], label: ["Ash, 2010", "Elm, 2011", "Oak, in press"], inferred: [] },
  statements: ["Good soil helps organisation", "Water is short", "Nobody is paid", "Rain feeds the soil of Tromsø"],
  findings: { id: [1, 1, 2, 1, "odd"], study: [0, 1, 1, 2, 2], said: [0, 0, 1, 2, 3] },
});
const say = (word, values = {}) => `${word}${Object.values(values).join(",")}`;
const made = (gaps) => {
  const core = engine(data(), gaps);
  const choice = choices(core, data(), { key: "x" }, say);
  choice.restore([]);
  return { core, choice, shown: () => [...core.failed.keys()].filter((i) => !core.failed[i]).map(core.name) };
};

test("a finding counts in each of its themes, once in what they share, once in every total", () => {
  const { core, choice } = made();
  assert.equal(choice.apply(), 5);
  assert.deepEqual([...core.tree.counts], [4, 3, 2, 2, 2]);
  assert.deepEqual({ ...core.totals, ways: [...core.totals.ways] }, { statement: 4, study: 3, finding: 5, ways: [2, 2] });
});

test("values of one facet add up, facets cut, counts ignore their own filter", () => {
  const { core, choice, shown } = made();
  choice.restore([["theme", "soil"], ["theme", "pay"]]);
  choice.apply();
  assert.deepEqual(shown(), ["ash2010-01", "elm2011-01", "oak-01", "odd"]);
  choice.restore([["level", "people"], ["direction", "helps"]]);
  choice.apply();
  assert.deepEqual(shown(), ["elm2011-01"]);
  assert.deepEqual([...core.direction.counts], [1, 1]);
  assert.equal(core.lifted(core.direction.bit), 2);
});

test("undated studies are found, and only a filter of years lets them go", () => {
  const { choice, shown } = made();
  choice.restore([["since", "2011"]]);
  choice.apply();
  assert.deepEqual(shown(), ["elm2011-01", "elm2011-02"]);
  choice.restore([["q", "press"]]);
  choice.apply();
  assert.deepEqual(shown(), ["oak-01", "odd"]);
});

test("a study chosen is a filter like any other, and several add up", () => {
  const { core, choice, shown } = made();
  assert.deepEqual(choice.restore([["study", "elm2011"], ["study", "nobody"]]), ["study=nobody"]);
  choice.apply();
  assert.deepEqual(shown(), ["elm2011-01", "elm2011-02"]);
  assert.deepEqual([...core.direction.counts], [1, 1], "other filters count what is left of it");
  assert.deepEqual([...choice.single.counts], [1, 2, 2], "it counts what another choice would show");
  assert.equal(core.lifted(choice.single.bit), 5);
  assert.deepEqual(choice.chosen(), [["study", "elm2011"]]);
  assert.equal(choice.inForce(), "one_study: Elm, 2011");
  choice.restore([["study", "elm2011"], ["study", "oak"], ["direction", "helps"]]);
  choice.apply();
  assert.deepEqual(shown(), ["elm2011-01", "odd"]);
  for (const { off } of choice.active()) off();
  choice.apply();
  assert.equal(core.totals.finding, 5);
  // The matrix sets no study against anything: a column each would be wider than any page.
  assert.ok(!choice.names.includes("study"));
  choice.restore([["rows", "study"]]);
  assert.notEqual(choice.state.rows, "study");
});

test("a study left out takes its findings along and nothing else", () => {
  const { core, choice, shown } = made();
  choice.restore([["without", "elm2011"]]);
  choice.apply();
  assert.deepEqual(shown(), ["ash2010-01", "oak-01", "odd"]);
  assert.equal(core.lifted(core.without), 5);
  assert.deepEqual(choice.chosen(), [["without", "elm2011"]]);
});

test("searches know synonyms, both spellings, letters alike, and words mistyped", () => {
  const { choice, shown } = made();
  for (const [asked, expected] of [
    ["wages", ["elm2011-01", "oak-01"]],
    ["organization", ["ash2010-01", "elm2011-01"]],
    ["TROMSO", ["odd"]],
    ["wagse", ["elm2011-01", "oak-01"]],
    ["orgenisation", ["ash2010-01", "elm2011-01"]],
    ["rian", []],
    ["zzzzzz", []],
  ]) {
    choice.restore([["q", asked]]);
    choice.apply();
    assert.deepEqual(shown(), expected, asked);
  }
  choice.restore([["q", "wagse"]]);
  assert.deepEqual(choice.slips(), [["wagse", "wages"]]);
  assert.deepEqual(choice.chosen(), [["q", "wages"]], "the address says what is shown");
});

test("one slip of the hand is near, two are not", () => {
  for (const other of ["stigm", "stigmaa", "stigna", "sitgma", "tigma"]) assert.ok(near("stigma", other), other);
  for (const other of ["stgm", "sttigmaa", "stagna", "amgits"]) assert.ok(!near("stigma", other), other);
  assert.deepEqual(spelling(data().spellings)("organize"), ["organize", "organise"]);
});

test("a hit is told from and to, in the letters of the text", () => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
  const found = (text, words) => hits(text, words, plain).map(([from, to]) => text.slice(from, to));
  assert.deepEqual(hits("Señora señor", ["senor"], plain), [[0, 5], [7, 12]]);
  assert.deepEqual(hits("nothing", [], plain), []);
  // A sign of two halves counts as two, as an index into the text does.
  assert.deepEqual(hits("a 🌱 for all", ["all"], plain), [[9, 12]]);
  // An accent of its own belongs to its letter, a letter that becomes two is one, what overlaps is one.
  assert.deepEqual(found("e\u0301tude, ﬁrst", ["etude", "fir"]), ["e\u0301tude", "ﬁr"]);
  assert.deepEqual(found("support", ["supp", "ppo"]), ["suppo"]);
});

test("a cell counts findings, statements or studies; sums count nothing twice", () => {
  const { core, choice } = made();
  choice.apply();
  const [rows, cols] = [along(choice, "theme"), along(choice, "direction")];
  const at = (sums, row, col, way = 2) => sums[(row * 3 + col) * 3 + way];
  const findings = cross(core, rows, cols, "finding");
  assert.deepEqual([0, 1, 2].map((row) => at(findings, row, 0)), [3, 1, 1]);
  assert.equal(at(findings, 3, 2), 5);
  const statements = cross(core, rows, cols, "statement");
  assert.deepEqual([0, 1, 2].map((row) => at(statements, row, 0)), [2, 1, 1]);
  assert.equal(at(statements, 3, 2), 4);
  const studies = cross(core, rows, cols, "study");
  assert.equal(at(studies, 3, 2), 3);
  assert.equal(at(studies, 3, 1), 2);
  choice.restore([["country", "Norway"]]);
  choice.apply();
  assert.equal(at(cross(core, rows, cols, "finding"), 0, 0), 1, "it follows the filters");
  assert.equal(at(cross(core, rows, cols, "finding", true), 0, 0), 3, "unless told not to");
});

test("an explorer of some findings knows no others", () => {
  const { core, choice, shown } = made([3, 1]);
  choice.apply();
  assert.deepEqual(shown(), ["oak-01", "odd"]);
  assert.equal(core.totals.study, 1);
});

test("an address keeps what is not the explorer's", () => {
  const before = "https://a.example/x.html?y.level=a&x.level=b&z=1#there";
  const after = withPairs(before, "x", [["q", "a b"], ["level", "c"]]);
  assert.equal(after, "https://a.example/x.html?y.level=a&z=1&x.q=a+b&x.level=c#there");
  assert.deepEqual(pairsIn(after, "x"), [["q", "a b"], ["level", "c"]]);
  assert.equal(withPairs(after, "x", []), "https://a.example/x.html?y.level=a&z=1#there");
});

test("what an address gets wrong is returned, what is right counts", () => {
  const { choice } = made();
  const odd = choice.restore([["level", "place"], ["theme", "place"], ["nope", "1"], ["since", "soon"], ["pane", "matrix"], ["constructor", "2"], ["without", "nobody"]]);
  assert.deepEqual(odd, ["theme=place", "nope=1", "since=soon", "constructor=2", "without=nobody"]);
  assert.deepEqual([...choice.chosen(), ...choice.seen()], [["level", "place"], ["pane", "matrix"]]);
});

test("every choice written to an address is read back as the same", () => {
  const { choice } = made();
  const pairs = [["level", "place"], ["theme", "pay"], ["direction", "helps"], ["country", "Norway"], ["without", "oak"], ["q", "soil"], ["since", "2010"], ["until", "2011"]];
  choice.restore(pairs);
  const sorted = (list) => list.map(String).sort();
  assert.deepEqual(sorted(choice.chosen()), sorted(pairs));
});

test("exports hold what matches, harmless for a spreadsheet", () => {
  const { core, choice } = made();
  choice.restore([["direction", "hinders"]]);
  choice.apply();
  const more = {
    works: { elm2011: [{ id: "elm2011", DOI: "10.1/e" }, "TY  - JOUR\r\nER  - \r\n", "@article{elm2011,\n}\n", "Elm (2011)."] },
    section: ["s", "s", "=1+1", "s", "s"], anchor: ["", "", "a, b", "", ""], basis: ["cited", "cited", "cited", "cited", "cited"],
  };
  const all = formats(core, choice, data(), say);
  const lines = all.csv(more).split("\r\n");
  assert.equal(lines.length, 4);
  assert.equal(lines[0], "\ufefffinding,study,citation,year,level,theme,also,direction,country,summary,section,anchor,basis,doi,address,selection,data_version");
  assert.match(lines[1], /^elm2011-02,elm2011,"Elm, 2011",2011,Place,Water,,Hinders,"Kenya; Norway",Water is short,'=1\+1,"a, b",cited,10\.1\/e,,/);
  assert.match(lines[2], /^oak-01,oak,"Oak, in press",,People,Pay,,Hinders,Norway,/);
  assert.equal(all.ris(more), "TY  - JOUR\r\nKW  - water: hinders\r\nER  - \r\n");
  assert.equal(all.txt(more), "Elm (2011).\n");
  assert.equal(JSON.parse(all.json(more))[0].keyword, "water: hinders");
  assert.equal(cell("=1", /^=/), "'=1");
  const every = made();
  every.choice.apply();
  const said = formats(every.core, every.choice, data(), say).csv(more);
  assert.match(said, /^elm2011-01,elm2011,"Elm, 2011",2011,Place,Soil,Pay,Helps,/m, "further themes stand beside");
});
