import assert from "node:assert/strict";
import { test } from "node:test";
import { pairModel } from "../src/chart/model.js";
import { splice, spliceDetail } from "../src/chart/window.js";
import { DEFAULTS } from "../src/settings.js";

/**
 * @param {number[]} steps
 * @returns {import("../src/types.js").Curve}
 */
function curve(steps, value = 1) {
  return {
    points: steps.length,
    steps,
    values: steps.map(() => value),
    wall_times: steps,
    decimated: true,
    first_step: steps[0] ?? null,
    last_step: steps.at(-1) ?? null,
  };
}

/**
 * @param {number[]} train
 * @param {number[]} val
 */
function detail(train, val) {
  const known = val.map(() => 1);
  return /** @type {import("../src/types.js").PairDetail} */ (
    /** @type {unknown} */ ({
      row: { mode: "min", onset: null, recovered: false, best_step: null, best_value: null },
      train: curve(train),
      val: curve(val),
      test: null,
      gap: { steps: val, train: known, val: known, gap: val.map(() => 0), wall_times: val },
      marks: { resumed_at: [], non_finite: [] },
    })
  );
}

test("the axis spans train and validation", () => {
  assert.deepEqual(pairModel(detail([5, 10], [1, 7]), DEFAULTS).extent, [1, 10]);
});

test("one step alone still has an axis", () => {
  const [first, last] = pairModel(detail([5], [5]), DEFAULTS).extent;
  assert.ok(first < 5 && last > 5);
});

test("train points between evaluations stand faint behind train at the evaluations", () => {
  const val = [10, 20, 30, 40];
  const train = Array.from({ length: 40 }, (_, i) => i + 1);
  assert.deepEqual(pairModel(detail(train, val), DEFAULTS).lines.map(({ key }) => key), ["trainRaw", "train", "val"]);
  assert.deepEqual(pairModel(detail(val, val), DEFAULTS).lines.map(({ key }) => key), ["train", "val"]);
  assert.deepEqual(pairModel(detail(train, [40]), DEFAULTS).lines.map(({ key }) => key), ["train", "val"]);
});

test("a window replaces what lies in it and nothing else", () => {
  const whole = { steps: [0, 10, 20, 30], values: [0, 1, 2, 3] };
  const part = { steps: [10, 15, 20], values: [7, 8, 9] };
  assert.deepEqual(splice(whole, part, 10, 20, ["steps", "values"]), { steps: [0, 10, 15, 20, 30], values: [0, 7, 8, 9, 3] });
  assert.deepEqual(splice(whole, { steps: [], values: [] }, 12, 18, ["steps", "values"]), whole);
  assert.deepEqual(splice(whole, { steps: [40], values: [4] }, 35, 50, ["steps", "values"]).steps, [0, 10, 20, 30, 40]);
});

test("points beyond the window's edges do not come twice", () => {
  const whole = { steps: [0, 10, 20, 30], values: [0, 1, 2, 3] };
  const part = { steps: [0, 10, 15, 20, 30], values: [0, 1, 9, 2, 3] };
  assert.deepEqual(splice(whole, part, 10, 20, ["steps", "values"]).steps, [0, 10, 15, 20, 30]);
});

test("all curves of a pair take the window", () => {
  const spliced = spliceDetail(detail([0, 10, 20], [0, 20]), detail([8, 9, 10], [10]), 5, 15);
  assert.deepEqual(spliced.train.steps, [0, 8, 9, 10, 20]);
  assert.deepEqual(spliced.val.steps, [0, 10, 20]);
  assert.deepEqual(spliced.gap.steps, [0, 10, 20]);
});

test("smoothing changes train alone, unless validation is asked for", () => {
  const pair = detail([1, 2, 3, 4], [2, 4]);
  pair.train.values = [4, 0, 4, 0];
  pair.val.values = [4, 0];
  const { lines } = pairModel(pair, { ...DEFAULTS, smoothing: 0.9 });
  assert.deepEqual(lines.map(({ key }) => key), ["trainRaw", "train", "val"]);
  assert.deepEqual(lines[2]?.ys, [4, 0]);
  assert.ok(/** @type {number} */ (lines[1]?.ys[3]) > 1);
  const both = pairModel(pair, { ...DEFAULTS, smoothing: 0.9, smoothVal: true }).lines;
  assert.deepEqual(both.map(({ key }) => key), ["trainRaw", "train", "valRaw", "val"]);
});

test("with smoothing, the filled gap ends on the smoothed line", () => {
  const pair = detail([1, 2, 3, 4], [2, 4]);
  pair.train.values = [4, 0, 4, 0];
  const model = pairModel(pair, { ...DEFAULTS, smoothing: 0.9 });
  const train = model.lines.find(({ key }) => key === "train");
  assert.deepEqual(model.fill?.lower, [train?.ys[1], train?.ys[3]]);
});

test("a logarithmic axis needs something positive", () => {
  const pair = detail([1, 2], [1, 2]);
  assert.equal(pairModel(pair, { ...DEFAULTS, log: true }).log, true);
  pair.train.values = pair.val.values = [-1, 0];
  assert.equal(pairModel(pair, { ...DEFAULTS, log: true }).log, false);
});

test("epochs are counted by what was logged until a number is given", () => {
  const pair = { ...detail([50, 100], [50, 100]), steps_per_epoch: 25 };
  assert.deepEqual(pairModel(pair, { ...DEFAULTS, axis: "epoch" }).lines[0]?.xs, [2, 4]);
  assert.deepEqual(pairModel(pair, { ...DEFAULTS, axis: "epoch", stepsPerEpoch: 10 }).lines[0]?.xs, [5, 10]);
  assert.equal(pairModel({ ...pair, steps_per_epoch: null }, { ...DEFAULTS, axis: "epoch" }).axis.kind, "step");
});
