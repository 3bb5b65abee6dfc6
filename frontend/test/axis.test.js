import assert from "node:assert/strict";
import { test } from "node:test";
import { formatClock, formatDuration, interpolate, makeAxis } from "../src/chart/axis.js";

const curve = { steps: [0, 10, 20], wall_times: [1000, 1100, 1300] };

test("steps too large for a number are counted from the first one", () => {
  const first = 1.7639e18;
  const axis = makeAxis("step", [{ steps: [first, first + 1e12] }], 0);
  assert.deepEqual(axis.xs({ steps: [first, first + 1e12] }), [0, 1e12]);
  assert.equal(axis.stepOf(axis.xOf(first + 1e12)), first + 1e12);
  assert.deepEqual(axis.ticks([0, 5e11, 1e12]), ["0", "+0.5T", "+1.0T"]);
});

test("each axis maps steps to its own x and back", () => {
  for (const kind of /** @type {const} */ (["step", "epoch", "relative", "wall"])) {
    const axis = makeAxis(kind, [curve], 5);
    assert.equal(axis.kind, kind);
    for (const step of [0, 5, 10, 17, 20]) assert.ok(Math.abs(axis.stepOf(axis.xOf(step)) - step) < 1e-9, `${kind} ${step}`);
  }
});

test("epochs, durations and clock times", () => {
  assert.deepEqual(makeAxis("epoch", [curve], 5).xs(curve), [0, 2, 4]);
  assert.deepEqual(makeAxis("relative", [curve], 0).xs(curve), [0, 100, 300]);
  assert.deepEqual(makeAxis("wall", [curve], 0).xs(curve), [1000, 1100, 1300]);
});

test("what an axis lacks makes it the step axis", () => {
  assert.equal(makeAxis("epoch", [curve], 0).kind, "step");
  assert.equal(makeAxis("relative", [{ steps: [], wall_times: [] }], 0).kind, "step");
});

test("train and validation share one clock, also where it was set back", () => {
  const axis = makeAxis("wall", [curve, { steps: [5, 15], wall_times: [1050, 900] }], 0);
  const xs = [0, 5, 10, 15, 20].map(axis.xOf);
  assert.deepEqual(xs, [...xs].sort((a, b) => a - b));
});

test("unknown times are no times", () => {
  const partly = makeAxis("wall", [{ steps: [0, 10, 20], wall_times: [null, 1100, 1300] }], 0);
  assert.deepEqual(partly.xs(curve), [1100, 1100, 1300]);
  assert.equal(makeAxis("wall", [{ steps: [0, 10], wall_times: [null, null] }], 0).kind, "step");
});

test("beyond its ends a curve keeps its last value", () => {
  assert.equal(interpolate([1, 2], [10, 20], 0), 10);
  assert.equal(interpolate([1, 2], [10, 20], 1.5), 15);
  assert.equal(interpolate([1, 2], [10, 20], 9), 20);
});

test("durations read in two units at most", () => {
  assert.deepEqual([0.25, 59, 61, 3600, 3720, 86400 * 2 + 7200].map(formatDuration), [
    "0.25 s",
    "59 s",
    "1 min 1 s",
    "1 h",
    "1 h 2 min",
    "2 d 2 h",
  ]);
});

test("a clock's ticks say the day once", () => {
  const noon = new Date(2026, 10, 23, 12).getTime() / 1000;
  const [first, second] = formatClock([noon, noon + 3600]);
  assert.match(first ?? "", /23 Nov, 12:00/);
  assert.equal(second, "13:00");
});
