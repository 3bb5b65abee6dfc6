// What the charts draw, made from the API's answers and the chosen settings. Pure.

import { interpolate, makeAxis } from "./axis.js";
import { movingAverage } from "./smoothing.js";

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("./axis.js").Axis} Axis
 *
 * @typedef {"train" | "trainRaw" | "val" | "valRaw" | "test" | "gap"} LineKey
 *
 * @typedef {object} Line
 * @property {LineKey} key
 * @property {string} label
 * @property {boolean} faint - stands behind another line and has no label of its own
 * @property {readonly number[]} steps
 * @property {number[]} xs
 * @property {(number | null)[]} ys
 *
 * @typedef {{ xs: number[], lower: (number | null)[], upper: (number | null)[] }} Area
 *
 * @typedef {object} ChartModel
 * @property {Axis} axis
 * @property {boolean} log
 * @property {boolean} ignoreOutliers
 * @property {Line[]} lines - of the upper chart, in drawing order
 * @property {Area | null} fill - between train and validation
 * @property {Line | null} gap
 * @property {"min" | "max"} mode
 * @property {import("../types.js").Onset | null} onset
 * @property {boolean} recovered - the onset was taken back: validation improved again
 * @property {{ step: number, value: number } | null} best
 * @property {number[]} resumedAt
 * @property {{ split: string, step: number }[]} nonFinite
 * @property {[number, number]} extent - first and last step of everything
 */

/** Known values of train at the evaluations below which they would be too few to be a curve. */
const ENOUGH_EVALUATIONS = 3;

/**
 * First and last step over several curves; a single step gets room on both sides.
 * @param {readonly Curve[]} curves
 * @returns {[number, number]}
 */
function extentOf(curves) {
  const known = curves.filter((curve) => curve.first_step !== null && curve.last_step !== null);
  if (!known.length) return [0, 1];
  const first = Math.min(...known.map((curve) => /** @type {number} */ (curve.first_step)));
  const last = Math.max(...known.map((curve) => /** @type {number} */ (curve.last_step)));
  return last > first ? [first, last] : [first - 1, last + 1];
}

/**
 * Steps between the points of a curve as they were logged.
 * @param {Curve} curve
 */
function spacingOf({ points, first_step, last_step }) {
  return points > 1 && first_step !== null && last_step !== null ? (last_step - first_step) / (points - 1) : 1;
}

/**
 * @param {LineKey} key
 * @param {string} label
 * @param {Axis} axis
 * @param {import("./axis.js").Timed} columns
 * @param {(number | null)[]} ys
 * @param {boolean} [faint]
 * @returns {Line}
 */
function line(key, label, axis, columns, ys, faint = false) {
  return { key, label, faint, steps: columns.steps, xs: axis.xs(columns), ys };
}

/**
 * A curve smoothed, with its points faint behind.
 * @param {"train" | "val"} key
 * @param {string} label
 * @param {Axis} axis
 * @param {Curve} curve
 * @param {number} weight
 * @returns {Line[]}
 */
function smoothedLines(key, label, axis, curve, weight) {
  if (weight <= 0) return [line(key, label, axis, curve, curve.values)];
  const smooth = movingAverage(curve.steps, curve.values, weight, spacingOf(curve));
  return [line(`${key}Raw`, `${label}, raw`, axis, curve, curve.values, true), line(key, label, axis, curve, smooth)];
}

/**
 * The gap is measured from train at the evaluations; where train was logged more often, every point stands faint behind
 * that curve, so that the filled gap always ends on a line that is drawn.
 * @param {PairDetail} detail
 * @param {Axis} axis
 * @param {number} weight
 * @returns {Line[]}
 */
function trainLines({ train, gap }, axis, weight) {
  const known = gap.train.filter((value) => value !== null).length;
  if (weight > 0 || known < ENOUGH_EVALUATIONS || train.points <= known) return smoothedLines("train", "train", axis, train, weight);
  return [line("trainRaw", "train, raw", axis, train, train.values, true), line("train", "train", axis, gap, gap.train)];
}

/**
 * A line's values at other steps: those between its points are interpolated, those outside unknown.
 * @param {Line} from
 * @param {readonly number[]} steps
 */
function valuesAt(from, steps) {
  const known = from.steps.map((_, i) => i).filter((i) => from.ys[i] !== null);
  const at = known.map((i) => /** @type {number} */ (from.steps[i]));
  const values = known.map((i) => /** @type {number} */ (from.ys[i]));
  const [first, last] = [at[0] ?? Infinity, at.at(-1) ?? -Infinity];
  return steps.map((step) => (step < first || step > last ? null : interpolate(at, values, step)));
}

/**
 * @param {PairDetail} detail
 * @param {Settings} settings
 * @returns {ChartModel}
 */
export function pairModel(detail, settings) {
  const { row, train, val, test, gap, marks } = detail;
  const axis = makeAxis(settings.axis, [train, val], settings.stepsPerEpoch || (detail.steps_per_epoch ?? 0));
  const ofTrain = trainLines(detail, axis, settings.smoothing);
  const ofVal = smoothedLines("val", "validation", axis, val, settings.smoothVal ? settings.smoothing : 0);
  const ofTest = test ? [line("test", "test", axis, test, test.values)] : [];
  const lines = [...ofTrain, ...ofTest, ...ofVal];
  const gapLine = line("gap", "gap", axis, gap, gap.gap);
  const smoothed = settings.smoothing > 0;
  return {
    axis,
    log: settings.log && isPositive(lines),
    ignoreOutliers: settings.ignoreOutliers,
    lines,
    fill: {
      xs: gapLine.xs,
      lower: smoothed ? valuesAt(/** @type {Line} */ (ofTrain.at(-1)), gap.steps) : gap.train,
      upper: smoothed ? valuesAt(/** @type {Line} */ (ofVal.at(-1)), gap.steps) : gap.val,
    },
    gap: gapLine,
    mode: row.mode,
    onset: row.onset,
    recovered: row.recovered,
    best: row.best_step === null || row.best_value === null ? null : { step: row.best_step, value: row.best_value },
    resumedAt: marks.resumed_at,
    nonFinite: marks.non_finite,
    extent: extentOf(test ? [train, val, test] : [train, val]),
  };
}

/**
 * @param {TrainOnlyDetail} detail
 * @param {Settings} settings
 * @returns {ChartModel}
 */
export function trainOnlyModel({ train, marks, mode }, settings) {
  const axis = makeAxis(settings.axis, [train], settings.stepsPerEpoch);
  const lines = smoothedLines("train", "train", axis, train, settings.smoothing);
  return {
    axis,
    log: settings.log && isPositive(lines),
    ignoreOutliers: settings.ignoreOutliers,
    lines,
    fill: null,
    gap: null,
    mode,
    onset: null,
    recovered: false,
    best: null,
    resumedAt: marks.resumed_at,
    nonFinite: marks.non_finite,
    extent: extentOf([train]),
  };
}

/**
 * Whether a logarithmic axis can show anything of these lines.
 * @param {readonly Line[]} lines
 */
export function isPositive(lines) {
  return lines.some(({ ys }) => ys.some((value) => value !== null && value > 0));
}

/**
 * @param {PairDetail | TrainOnlyDetail} detail
 * @param {Settings} settings
 */
export function chartModel(detail, settings) {
  return "row" in detail ? pairModel(detail, settings) : trainOnlyModel(detail, settings);
}
