import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAxis } from "../src/chart/axis.js";
import { readValues, valueSpan } from "../src/chart/readout.js";

/**
 * @param {string} key
 * @param {number[]} steps
 * @param {(step: number) => number | null} value
 */
const line = (key, steps, value) => ({ key, label: key, faint: key.endsWith("Raw"), steps, xs: steps, ys: steps.map(value) });

const every = Array.from({ length: 301 }, (_, i) => i);
const evaluations = [0, 50, 100];
const model = /** @type {import("../src/chart/model.js").ChartModel} */ (
  /** @type {unknown} */ ({
    axis: makeAxis("step", [{ steps: every }], 0),
    lines: [line("trainRaw", every, (step) => step / 100), line("train", evaluations, (step) => step / 100), line("val", evaluations, (step) => step / 10)],
    gap: line("gap", evaluations, (step) => step / 10 - step / 100),
  })
);
/** @param {number} x */
const read = (x) => {
  const { step, values } = readValues(model, x, [0, 300]);
  return [step, ...values.map(({ text }) => text)];
};

test("near an evaluation all values are that one's", () => {
  assert.deepEqual(read(61), ["step 50", "0.5000", "5.000", "+4.50"]);
  assert.deepEqual(read(140), ["step 100", "1.000", "10.00", "+9.00"]);
});

test("far from every evaluation train is read where the cursor is, and the others say where they are from", () => {
  assert.deepEqual(read(250), ["step 250", "2.500", "10.00 at 100", "+9.00 at 100"]);
});

test("values logged at one time are those of one step", () => {
  const steps = [10, 20, 30];
  const at = (/** @type {string} */ key, /** @type {number} */ factor) => ({ ...line(key, steps, (step) => factor * step), xs: steps.map(() => 1.7e9) });
  const axis = makeAxis("wall", [{ steps, wall_times: steps.map(() => 1.7e9) }], 0);
  const sameTime = /** @type {import("../src/chart/model.js").ChartModel} */ (/** @type {unknown} */ ({ axis, lines: [at("train", 1), at("val", 2)], gap: at("gap", 1) }));
  const { step, values } = readValues(sameTime, 1.7e9 + 1, [1.7e9 - 1, 1.7e9 + 1]);
  assert.deepEqual([step, ...values.map(({ text }) => text)], ["step 30", "30.00", "60.00", "+30.0"]);
});

test("the span of what is visible", () => {
  assert.equal(valueSpan([{ xs: [0, 1, 2, 3, 4], ys: [9, 1, null, 3, 99] }], [1.9, 2.1]), 2);
  assert.equal(valueSpan([{ xs: [], ys: [] }], [0, 1]), 0);
});
