// The line of values above the charts: at the cursor, else at the end of what is visible.

import { fill, h } from "../dom.js";
import { formatIn, formatSigned, formatStep } from "../format.js";
import { nearestIndex, spanAround } from "./geometry.js";

/** @typedef {import("./model.js").Line} Line */

/**
 * A line's point nearest to x.
 * @param {Line} line
 * @param {number} x
 */
function pointNear(line, x) {
  return pointAt(line, nearestIndex(line.xs, x));
}

/**
 * A line's point nearest to one of another line: by steps, since several points may have been logged at one time.
 * @param {Line} line
 * @param {{ step: number | undefined }} other
 */
function pointBeside(line, { step = NaN }) {
  return pointAt(line, nearestIndex(line.steps, step));
}

/**
 * @param {Line} line
 * @param {number} i
 */
function pointAt({ xs, ys, steps }, i) {
  return { x: xs[i] ?? NaN, step: steps[i], value: ys[i] };
}

/**
 * x from one point of a line to the next, on average.
 * @param {Line} line
 */
const spacingOf = ({ xs }) => (xs.length > 1 ? (/** @type {number} */ (xs.at(-1)) - /** @type {number} */ (xs[0])) / (xs.length - 1) : 0);

/**
 * From the least to the greatest visible value.
 * @param {readonly { xs: readonly number[], ys: readonly (number | null)[] }[]} lines
 * @param {import("./ranges.js").Extent} visibleRange
 */
export function valueSpan(lines, [from, to]) {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs, ys } of lines) {
    const [start, end] = spanAround(xs, from, to);
    for (let i = start; i < end; i++) {
      const y = ys[i];
      if (y == null) continue;
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  return high > low ? high - low : 0;
}

/**
 * @param {import("./model.js").ChartModel} model
 * @param {number} x
 * @param {import("./ranges.js").Extent} visibleRange - the visible x
 */
export function readValues({ lines, gap, axis }, x, visibleRange) {
  const named = lines.filter(({ faint }) => !faint);
  const span = valueSpan(named, visibleRange);
  const val = lines.find(({ key }) => key === "val");
  const reach = val ? spacingOf(val) : 0;
  const densest = lines.reduce((most, line) => (line.xs.length > most.xs.length ? line : most), /** @type {Line} */ (lines[0]));
  // All values are those of one evaluation; far from every evaluation they are those of train where the cursor is.
  const isNear = val && Math.abs(pointNear(val, x).x - x) <= reach;
  const anchor = pointNear(isNear ? val : densest, x);
  /** @param {Line} line */
  const read = (line) => {
    const raw = lines.find(({ key }) => key === `${line.key}Raw`);
    const point = pointBeside(line, anchor);
    const isFar = Math.abs(point.x - anchor.x) > reach;
    return isFar && raw ? pointBeside(raw, anchor) : point;
  };
  /** @param {{ x: number, step: number | undefined }} point */
  const place = (point) => (Math.abs(point.x - anchor.x) > reach && point.step !== undefined ? ` at ${axis.nameOf(point.step)}` : "");
  const values = named.map((line) => {
    const point = read(line);
    return { key: line.key, label: line.label, text: formatIn(point.value, span) + place(point) };
  });
  if (gap) {
    const point = pointBeside(gap, anchor);
    values.push({ key: gap.key, label: gap.label, text: formatSigned(point.value) + place(point) });
  }
  return { step: `step ${formatStep(anchor.step)}`, time: axis.read(anchor.x), values };
}

export class Readout {
  constructor() {
    this.root = h("div", { class: "readout" });
    this.liveRegion = h("div", { class: "visually-hidden", "aria-live": "polite" });
  }

  /**
   * @param {import("./model.js").ChartModel} model
   * @param {number} x
   * @param {import("./ranges.js").Extent} visibleRange - the visible x
   * @param {boolean} announce - to a screen reader, when the cursor moves by key
   */
  show(model, x, visibleRange, announce) {
    const { step, time, values } = readValues(model, x, visibleRange);
    fill(
      this.root,
      h("span", { class: "readout-step" }, step),
      time && h("span", {}, time),
      ...values.map(({ key, label, text }) =>
        h("span", { class: "readout-item", "data-line": key }, h("i", { class: "swatch" }), `${label} `, h("b", {}, text)),
      ),
    );
    if (announce) this.liveRegion.textContent = [step, ...values.map(({ label, text }) => `${label} ${text}`)].join(", ");
  }
}
