// A pair's curves with every logged point.

import { CURVE_COLUMNS, within } from "../chart/window.js";
import { csvField } from "./files.js";

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {PairDetail | TrainOnlyDetail} Detail
 * @typedef {{ steps: number[], values: (number | null)[], wall_times: (number | null)[] }} Columns
 * @typedef {Partial<Record<"train" | "val" | "test", Columns>>} Curves
 */

/**
 * @param {Detail} detail
 * @returns {Partial<Record<"train" | "val" | "test", Curve>>}
 */
function curvesOf(detail) {
  if (!("val" in detail)) return { train: detail.train };
  return { train: detail.train, val: detail.val, ...(detail.test && { test: detail.test }) };
}

/**
 * All points: windows that come thinned out are halved until none does, or none holds points to thin out.
 * @param {(window: { from: number, to: number }) => Promise<Detail>} fetchWindow
 * @param {number} from - first step
 * @param {number} to - last step
 * @returns {Promise<Curves>}
 */
export async function wholeCurves(fetchWindow, from, to) {
  const curves = Object.entries(curvesOf(await fetchWindow({ from, to }))).map(([split, curve]) => ({ split, ...within(curve, from, to, CURVE_COLUMNS) }));
  const middle = Math.floor((from + to) / 2);
  // Steps beyond what a number holds exactly may have no middle.
  const isLeaf = middle >= to || middle + 1 <= from;
  if (isLeaf || !curves.some(({ decimated, steps }) => decimated && steps.length > 1)) {
    return Object.fromEntries(curves.map(({ split, steps, values, wall_times }) => [split, { steps, values, wall_times }]));
  }
  const before = await wholeCurves(fetchWindow, from, middle);
  const after = await wholeCurves(fetchWindow, middle + 1, to);
  const splits = /** @type {(keyof Curves)[]} */ ([...new Set([...Object.keys(before), ...Object.keys(after)])]);
  return Object.fromEntries(splits.map((split) => [split, joined(before[split], after[split])]));
}

/**
 * @param {Columns} [a]
 * @param {Columns} [b]
 * @returns {Columns}
 */
function joined(a, b) {
  return {
    steps: [...(a?.steps ?? []), ...(b?.steps ?? [])],
    values: [...(a?.values ?? []), ...(b?.values ?? [])],
    wall_times: [...(a?.wall_times ?? []), ...(b?.wall_times ?? [])],
  };
}

const COLUMNS = ["split", "step", "wall_time", "value"];

/**
 * The fields of each point; a value that was not finite is empty.
 * @param {Curves} curves
 * @returns {(string | number | null | undefined)[][]}
 */
function records(curves) {
  return Object.entries(curves).flatMap(([split, { steps, values, wall_times }]) =>
    steps.map((step, i) => [split, step, wall_times[i], values[i]]),
  );
}

/** @param {(string | number | null | undefined)[][]} lines */
const csvOf = (lines) => [...lines.map((fields) => fields.map(csvField).join(",")), ""].join("\r\n");

/**
 * One line a point.
 * @param {Curves} curves
 */
export function curvesCsv(curves) {
  return csvOf([COLUMNS, ...records(curves)]);
}

/**
 * The same of several pairs.
 * @param {readonly { run: string, name: string, curves: Curves }[]} pairs
 */
export function comparedCsv(pairs) {
  const lines = pairs.flatMap(({ run, name, curves }) => records(curves).map((fields) => [run, name, ...fields]));
  return csvOf([["run", "name", ...COLUMNS], ...lines]);
}
