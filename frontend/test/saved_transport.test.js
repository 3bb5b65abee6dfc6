import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/api.js";
import { wholeCurves } from "../src/download/curves.js";
import { savedTransport } from "../src/transport/saved.js";

/** @typedef {import("../src/transport/saved.js").SavedReport} SavedReport */

const STEPS = [0, 10, 20, 30, 40];
const curve = () => ({ points: 900, steps: STEPS, values: [5, 4, null, 2, 1], wall_times: STEPS, decimated: true, first_step: 0, last_step: 40 });
const gap = () => ({ steps: STEPS, train: STEPS, val: STEPS, gap: STEPS, wall_times: STEPS });
const training = (/** @type {number} */ number) => ({ training: number, trainings: 3, reason: `training ${number}`, train: curve(), val: curve(), test: null, gap: gap() });

const report = /** @type {SavedReport} */ (
  /** @type {unknown} */ ({
    overview: {
      ...{ state: "ready", version: 1, total_pairs: 1, next: null, removed: [], later_field: { any: "table" } },
      unpaired: { total: 500, tags: [{ run: "Alpha", tag: "lr", reason: "no partner" }, { run: "beta", tag: "LR/g1", reason: "no partner" }] },
    },
    pairs: [{ id: "p", row: { id: "p", run: "a" }, spark: { train: [[0, 1]], val: [] }, trainings: [null, training(1), training(2)] }],
    train_only: [{ id: "t", row: { id: "t", run: "b" }, detail: { id: "t", reason: "alone", train: curve() } }],
  })
);
const get = savedTransport(report);
const api = new Api(get);

test("the first overview brings every row and whatever else the report holds", async () => {
  const overview = await api.overview({ limit: 500, spark: 0 });
  assert.deepEqual(overview, { ...report.overview, since: null, pairs: [report.pairs[0]?.row], train_only: [report.train_only[0]?.row] });
});

test("nothing has changed since", async () => {
  const { since, pairs, train_only, removed, next } = await api.overview({ since: 1, limit: 500, spark: 0 });
  assert.deepEqual({ since, pairs, train_only, removed, next }, { since: 1, pairs: [], train_only: [], removed: [], next: null });
});

test("sparklines are those of the pairs that are asked for and known", async () => {
  assert.deepEqual(await api.sparks(["p", "unknown"]), { p: report.pairs[0]?.spark });
});

test("a pair is its latest training, or the one that is asked for; in place of one left out it is the latest", async () => {
  const number = async (/** @type {number | undefined} */ asked) => (await api.pair("p", { width: 400, training: asked })).training;
  assert.deepEqual(await Promise.all([undefined, 2, 1, 0, 9].map(number)), [2, 2, 1, 2, 2]);
});

test("a whole pair is as thinned as it was saved", async () => {
  const { train, val, test: tested, gap: gaps } = await api.pair("p", { width: 400 });
  assert.deepEqual({ train, val, test: tested, gap: gaps }, { train: curve(), val: curve(), test: null, gap: gap() });
});

test("a window holds its steps and one neighbour on each side, in every curve, and nothing finer is to be had", async () => {
  const pair = await api.pair("p", { width: 400, from: 15, to: 20 });
  assert.deepEqual(pair.train, { ...curve(), steps: [10, 20, 30], values: [4, null, 2], wall_times: [10, 20, 30], decimated: false });
  assert.deepEqual(pair.val, pair.train);
  assert.deepEqual(pair.gap.gap, [10, 20, 30]);
  const steps = async (/** @type {object} */ window) => (await api.pair("p", { width: 400, ...window })).train.steps;
  assert.deepEqual(await steps({ from: 11, to: 19 }), [10, 20]);
  assert.deepEqual(await steps({ from: 35 }), [30, 40]);
  assert.deepEqual(await steps({ to: 5 }), [0, 10]);
  assert.deepEqual(await steps({ from: 50, to: 90 }), [40]);
  assert.deepEqual(report.pairs[0]?.trainings[2]?.train.steps, STEPS);
});

test("all points of a saved pair come in one answer", async () => {
  const windows = /** @type {object[]} */ ([]);
  const curves = await wholeCurves((window) => (windows.push(window), api.pair("p", { width: 4000, ...window })), 0, 40);
  assert.equal(windows.length, 1);
  assert.deepEqual(curves.train?.steps, STEPS);
});

test("a loss without validation has its curve", async () => {
  const { train, reason } = await api.trainOnly("t", { width: 400, from: 0, to: 10 });
  assert.deepEqual([train.steps, reason], [[0, 10, 20], "alone"]);
});

test("unpaired tags are searched by run and tag, whatever the case", async () => {
  const found = async (/** @type {string} */ text) => {
    const { total, tags } = await api.unpaired(text);
    return [total, tags.map(({ run }) => run)];
  };
  assert.deepEqual(await found(""), [500, ["Alpha", "beta"]]);
  assert.deepEqual(await found("lr"), [2, ["Alpha", "beta"]]);
  assert.deepEqual(await found("ALPHA"), [1, ["Alpha"]]);
  assert.deepEqual(await found("nothing"), [0, []]);
});

test("what a report does not hold is gone, and the reason says where to ask", async () => {
  const tag = { run: "a", tag: "x" };
  for (const refused of [
    () => api.pair("unknown", { width: 400 }),
    () => api.trainOnly("p", { width: 400 }),
    () => api.trial({ train: tag, val: tag, mode: "min" }, { width: 400 }),
    () => get("no_such_route", {}),
    () => get("toString", {}),
  ]) {
    await assert.rejects(refused, { kind: "gone", message: /saved report.*Loss Health tab/ });
  }
});
