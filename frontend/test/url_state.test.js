import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, parseSettings, formatSettings } from "../src/settings.js";
import { formatTrial, formatUrlState, parseTrial, parseTraining, parseUrlState, parseZoom } from "../src/url_state.js";

test("default settings take no room in the URL", () => {
  assert.deepEqual(Object.values(formatSettings(DEFAULTS)).filter(Boolean), []);
  assert.deepEqual(parseSettings({}), DEFAULTS);
});

test("settings survive the URL", () => {
  const settings = { axis: /** @type {const} */ ("epoch"), stepsPerEpoch: 391, log: true, smoothing: 0.6, smoothVal: true, ignoreOutliers: true };
  assert.deepEqual(parseSettings(formatSettings(settings)), settings);
});

test("settings that a URL says wrongly are the defaults or the nearest that works", () => {
  assert.deepEqual(parseSettings({ axis: "sideways", smooth: "many", epoch: "-3" }), DEFAULTS);
  assert.equal(parseSettings({ smooth: "7" }).smoothing, 0.99);
});

test("choice, filters and order survive the URL", () => {
  const query = {
    pattern: "^a|b,c$",
    runFilter: "",
    verdicts: new Set(["overfitting", "unstable"]),
    sort: { key: /** @type {const} */ ("gap"), descending: true },
    group: /** @type {const} */ ("folder"),
  };
  assert.deepEqual(parseUrlState(formatUrlState(query, ["x", "y"])), { query, selected: ["x", "y"] });
});

test("an empty URL is worst first, nothing chosen", () => {
  const { query, selected } = parseUrlState({ sort: "nonsense.down", group: "shoe size" });
  assert.deepEqual(query.sort, { key: "severity", descending: true });
  assert.equal(query.group, "");
  assert.deepEqual(selected, []);
});

test("a zoom in the URL is a range of steps", () => {
  assert.deepEqual(parseZoom("100-500"), [100, 500]);
  assert.deepEqual(parseZoom("-5-10"), [-5, 10]);
  for (const wrong of [undefined, "", "5", "9-3", "a-b"]) assert.equal(parseZoom(wrong), null);
});

test("a tried pair survives the URL, half a link is none", () => {
  const trial = { train: { run: "a,b", tag: "x" }, val: { run: ".", tag: 'y"' }, mode: /** @type {const} */ ("max") };
  assert.deepEqual(parseTrial(formatTrial(trial)), trial);
  assert.equal(formatTrial(null), "");
  for (const text of ["", "[", "[1, 2]", '["a","b","c","d"]']) assert.equal(parseTrial(text), null);
});

test("a training in a link is a small number or none", () => {
  assert.equal(parseTraining("2"), 2);
  for (const text of [undefined, "", "-1", "1.5", "x", "99999999"]) assert.equal(parseTraining(text), undefined);
});

test("a link names so many pairs that an address holds them", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `id${i}`);
  const { query } = parseUrlState({});
  assert.ok((formatUrlState(query, many)["pair"] ?? "").length < 2000);
});
