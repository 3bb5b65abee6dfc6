// The four x axes: step, epoch, time since the start, time of day. Pure.

import { compactStep, formatStep, formatStepTicks, formatTicks } from "../format.js";

/**
 * @typedef {import("../settings.js").AxisKind} AxisKind
 * @typedef {{ steps: readonly number[], wall_times?: readonly (number | null)[] }} Timed
 *
 * @typedef {object} Axis
 * @property {AxisKind} kind
 * @property {string} label
 * @property {boolean} time - x is a wall time, in seconds since 1970
 * @property {number[] | null} spacings - of ticks; null leaves them to the plot
 * @property {(columns: Timed) => number[]} xs - x of each point of a curve
 * @property {(step: number) => number} xOf
 * @property {(x: number) => number} stepOf - the inverse, not rounded
 * @property {(ticks: number[]) => string[]} ticks
 * @property {(step: number) => string} nameOf - a step in the few letters that a label in the chart has
 * @property {(x: number) => string} read - one x in words, for the readout; "" where the step says it all
 */

const POWERS = Array.from({ length: 26 }, (_, i) => 10 ** (i - 6));
const NUMBER_SPACINGS = POWERS.flatMap((power) => [power, 2 * power, 5 * power]);
const WHOLE_SPACINGS = NUMBER_SPACINGS.filter((spacing) => spacing >= 1);
const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
/** Seconds between ticks of a duration that read as round. */
const DURATION_SPACINGS = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((n) => n * DAY),
];

/**
 * A step in full, unless it is a time in nanoseconds or the like.
 * @param {number} step
 */
const nameStep = (step) => compactStep(step, 1e15);

/**
 * @param {AxisKind} kind
 * @param {readonly Timed[]} curves - of the pair; the longest tells when each step was
 * @param {number} stepsPerEpoch
 * @param {number} [origin] - step that huge steps are counted from; pairs drawn together share it
 * @returns {Axis}
 */
export function makeAxis(kind, curves, stepsPerEpoch, origin = originOf(curves)) {
  if (kind === "epoch" && stepsPerEpoch > 0) return scaledAxis(stepsPerEpoch);
  if (kind === "relative" || kind === "wall") {
    const clock = readClock(curves);
    if (clock) return timeAxis(kind, clock);
  }
  return stepAxis(origin);
}

/**
 * Steps beyond what a number holds exactly (times in nanoseconds, say) are counted from the first one.
 * @param {readonly Timed[]} curves
 */
export function originOf(curves) {
  const ends = curves.flatMap(({ steps }) => (steps.length ? [/** @type {number} */ (steps[0]), /** @type {number} */ (steps.at(-1))] : []));
  return ends.some((step) => Math.abs(step) > Number.MAX_SAFE_INTEGER) ? Math.min(...ends) : 0;
}

/**
 * @param {number} origin - step at which x is 0
 * @returns {Axis}
 */
function stepAxis(origin) {
  const shared = { kind: /** @type {const} */ ("step"), time: false, spacings: WHOLE_SPACINGS };
  if (!origin) {
    return { ...shared, label: "step", xs: ({ steps }) => [...steps], xOf: (step) => step, stepOf: (x) => x, ticks: formatStepTicks, nameOf: formatStep, read: () => "" };
  }
  return {
    ...shared,
    label: "step since the first one",
    xs: ({ steps }) => steps.map((step) => step - origin),
    xOf: (step) => step - origin,
    stepOf: (x) => x + origin,
    ticks: (ticks) => formatStepTicks(ticks).map((tick) => (tick === "0" ? tick : `+${tick}`)),
    nameOf: (step) => `+${compactStep(step - origin)}`,
    read: (x) => `(+${formatStep(x)}; the last digits of so large a step are lost)`,
  };
}

/**
 * @param {number} stepsPerEpoch
 * @returns {Axis}
 */
function scaledAxis(stepsPerEpoch) {
  return {
    kind: "epoch",
    label: "epoch",
    time: false,
    spacings: NUMBER_SPACINGS,
    xs: ({ steps }) => steps.map((step) => step / stepsPerEpoch),
    xOf: (step) => step / stepsPerEpoch,
    stepOf: (x) => x * stepsPerEpoch,
    ticks: formatTicks,
    nameOf: nameStep,
    read: (x) => `epoch ${x < 10 ? x.toFixed(1) : formatStep(x)}`,
  };
}

/** @typedef {{ steps: number[], times: number[] }} Clock - when each step was; both never fall */

/**
 * The times at which steps were logged, over all curves and as far as they are known. A clock that was set back stands still until it catches up.
 * @param {readonly Timed[]} curves
 * @returns {Clock | null}
 */
function readClock(curves) {
  /** @type {[number, number][]} */
  const knots = curves.flatMap(({ steps, wall_times = [] }) =>
    steps.flatMap((step, i) => (wall_times[i] == null ? [] : [/** @type {[number, number]} */ ([step, wall_times[i]])])),
  );
  if (!knots.length) return null;
  knots.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = -Infinity;
  const times = knots.map(([, time]) => (now = Math.max(now, time)));
  return { steps: knots.map(([step]) => step), times };
}

/**
 * @param {"relative" | "wall"} kind
 * @param {Clock} clock
 * @returns {Axis}
 */
function timeAxis(kind, clock) {
  const start = kind === "relative" ? /** @type {number} */ (clock.times[0]) : 0;
  const xOf = (/** @type {number} */ step) => interpolate(clock.steps, clock.times, step) - start;
  const shared = {
    /** @param {Timed} columns */
    xs: ({ steps }) => steps.map(xOf),
    xOf,
    /** @param {number} x */
    stepOf: (x) => interpolate(clock.times, clock.steps, x + start),
    nameOf: nameStep,
  };
  if (kind === "wall") {
    return { kind, label: "time", time: true, spacings: null, ticks: formatClock, read: formatMoment, ...shared };
  }
  return { kind, label: "time since the start", time: false, spacings: DURATION_SPACINGS, ticks: formatDurations, read: formatDuration, ...shared };
}

/**
 * y at x on the line through sorted knots; beyond them the first or the last y.
 * @param {readonly number[]} xs
 * @param {readonly number[]} ys
 * @param {number} x
 */
export function interpolate(xs, ys, x) {
  const last = xs.length - 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (xs[middle]) <= x) low = middle;
    else high = middle;
  }
  if (x <= /** @type {number} */ (xs[0])) return /** @type {number} */ (ys[0]);
  if (x >= /** @type {number} */ (xs[last])) return /** @type {number} */ (ys[last]);
  const [x0, x1] = [/** @type {number} */ (xs[low]), /** @type {number} */ (xs[high])];
  const [y0, y1] = [/** @type {number} */ (ys[low]), /** @type {number} */ (ys[high])];
  return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y0;
}

/**
 * A duration in its two largest units: 2 h 05 min, 3.5 s.
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  if (seconds < MINUTE) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  const pair = (/** @type {number} */ big, /** @type {string} */ bigUnit, /** @type {number} */ small, /** @type {string} */ smallUnit) => {
    const rest = Math.floor((whole % big) / small);
    return rest ? `${Math.floor(whole / big)} ${bigUnit} ${rest} ${smallUnit}` : `${Math.floor(whole / big)} ${bigUnit}`;
  };
  if (whole < HOUR) return pair(MINUTE, "min", 1, "s");
  return whole < DAY ? pair(HOUR, "h", MINUTE, "min") : pair(DAY, "d", HOUR, "h");
}

/** @param {number[]} ticks */
const formatDurations = (ticks) => ticks.map((tick) => (tick === 0 ? "0" : formatDuration(tick)));

/**
 * Times of day for ticks; a day's first tick says which day it is.
 * @param {number[]} ticks - seconds since 1970
 */
export function formatClock(ticks) {
  const spacing = ticks.length > 1 ? /** @type {number} */ (ticks[1]) - /** @type {number} */ (ticks[0]) : DAY;
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
  const seconds = { ...(spacing < MINUTE && { second: "2-digit" }), ...(spacing < 1 && { fractionalSecondDigits: 2 }) };
  const format = { hour: "2-digit", minute: "2-digit", ...seconds };
  const time = new Intl.DateTimeFormat("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (format));
  let shown = "";
  return ticks.map((tick) => {
    const moment = new Date(tick * 1000);
    const today = day.format(moment);
    if (spacing >= DAY) return today;
    if (today === shown) return time.format(moment);
    shown = today;
    return `${today}, ${time.format(moment)}`;
  });
}

/** @param {number} seconds - since 1970 */
function formatMoment(seconds) {
  const format = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Intl.DateTimeFormat("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (format)).format(new Date(seconds * 1000));
}
