// Several pairs in one chart, and the mean of those that differ by their seed alone. Pure.

import { makeAxis, interpolate } from "../chart/axis.js";
import { movingAverage } from "../chart/smoothing.js";

/**
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../settings.js").Settings} Settings
 *
 * @typedef {object} Member
 * @property {number} number - from 1, the label in the charts
 * @property {PairDetail} detail
 *
 * @typedef {{ xs: number[], mean: (number | null)[], low: (number | null)[], high: (number | null)[] }} Spread
 */

/** Parts of a run's name that tell repetitions of one configuration apart. */
const REPETITION = /(^|[/_\-.=, ])(seed|rep|repeat|repetition|trial|fold|version|run)[_\-=.]?\d+(?=$|[/_\-.=, ])/giu;

/**
 * A run's name without what numbers its repetition: runs of one configuration share it.
 * @param {string} run
 */
export function configurationOf(run) {
  return run.replace(REPETITION, (_, before, word) => `${before}${word}*`);
}

/**
 * Members by configuration and loss, in order of appearance.
 * @template {Member} Some
 * @param {readonly Some[]} members
 */
export function configurations(members) {
  /** @type {Map<string, Some[]>} */
  const groups = new Map();
  for (const member of members) {
    const { run, name } = member.detail.row;
    const key = `${configurationOf(run)} \u00b7 ${name}`;
    const group = groups.get(key);
    if (group) group.push(member);
    else groups.set(key, [member]);
  }
  return groups;
}

/**
 * Mean and standard deviation (over n - 1) of several curves at all their x. Each is interpolated within its own ends; where
 * only one is known the spread is 0.
 * @param {readonly { xs: readonly number[], ys: readonly (number | null)[] }[]} curves
 * @returns {Spread}
 */
export function meanAndSpread(curves) {
  const known = curves.map(({ xs, ys }) => {
    const at = xs.map((_, i) => i).filter((i) => ys[i] != null);
    return { xs: at.map((i) => /** @type {number} */ (xs[i])), ys: at.map((i) => /** @type {number} */ (ys[i])) };
  });
  const xs = [...new Set(known.flatMap((curve) => curve.xs))].sort((a, b) => a - b);
  /** @type {Spread} */
  const spread = { xs, mean: [], low: [], high: [] };
  for (const x of xs) {
    const values = known
      .filter((curve) => x >= /** @type {number} */ (curve.xs[0] ?? Infinity) && x <= /** @type {number} */ (curve.xs.at(-1)))
      .map((curve) => interpolate(curve.xs, curve.ys, x));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
    const deviation = Math.sqrt(variance);
    spread.mean.push(mean);
    spread.low.push(mean - deviation);
    spread.high.push(mean + deviation);
  }
  return spread;
}

/**
 * The curves of one member as they are drawn.
 * @param {PairDetail} detail
 * @param {Settings} settings
 * @param {number} [origin] - as makeAxis takes it
 */
export function memberCurves({ train, val, gap, steps_per_epoch: logged }, settings, origin) {
  const axis = makeAxis(settings.axis, [train, val], settings.stepsPerEpoch || (logged ?? 0), origin);
  const isThinned = gap.train.filter((value) => value !== null).length >= 3;
  const ofTrain = isThinned && !settings.smoothing ? { columns: gap, values: gap.train } : { columns: train, values: train.values };
  const spacing = (/** @type {{ steps: readonly number[] }} */ { steps }) =>
    steps.length > 1 ? (/** @type {number} */ (steps.at(-1)) - /** @type {number} */ (steps[0])) / (steps.length - 1) : 1;
  return {
    axis,
    train: { xs: axis.xs(ofTrain.columns), ys: movingAverage(ofTrain.columns.steps, ofTrain.values, settings.smoothing, spacing(ofTrain.columns)) },
    val: { xs: axis.xs(val), ys: movingAverage(val.steps, val.values, settings.smoothVal ? settings.smoothing : 0, spacing(val)) },
    gap: { xs: axis.xs(gap), ys: gap.gap },
  };
}

/** Letters that stand beside the end of a line. */
const MAX_LABEL_CHARACTERS = 6;

/**
 * Numbers of pairs in few letters: "1 to 5" with a dash for neighbours, an ellipsis for what finds no room.
 * @param {readonly number[]} numbers - ascending
 */
export function numbersLabel(numbers) {
  /** @type {[number, number][]} */
  const stretches = [];
  for (const number of numbers) {
    const last = stretches.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else stretches.push([number, number]);
  }
  const parts = stretches.map(([first, last]) => (first === last ? `${first}` : `${first}${last > first + 1 ? "\u2013" : " "}${last}`));
  const whole = parts.join(" ");
  if (whole.length <= MAX_LABEL_CHARACTERS) return whole;
  let label = "";
  for (const part of parts) {
    if (`${label}${part} \u2026`.length > MAX_LABEL_CHARACTERS) break;
    label += `${part} `;
  }
  return label ? `${label}\u2026` : `${numbers[0]} \u2026`;
}
