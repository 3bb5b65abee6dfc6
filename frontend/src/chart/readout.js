// The line of values above the charts: at the cursor, else at the end of what is in sight.

import { fill, h } from "../dom.js";
import { formatIn, formatSigned, formatStep } from "../format.js";
import { nearestIndex, spanAround } from "./geometry.js";

/** @typedef {import("./model.js").Line} Line */

/**
 * The value of a line at its point nearest to x.
 * @param {Line} line
 * @param {number} x
 */
function valueAt({ xs, ys }, x) {
  return ys[nearestIndex(xs, x)];
}

/**
 * From the least to the greatest value in sight.
 * @param {readonly { xs: readonly number[], ys: readonly (number | null)[] }[]} lines
 * @param {import("./ranges.js").Extent} sight
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
 * @param {import("./ranges.js").Extent} sight - the x in sight
 */
export function readValues({ lines, gap, axis }, x, sight) {
  const anchor = lines.find(({ key }) => key === "val") ?? lines.at(-1);
  const at = anchor ? nearestIndex(anchor.xs, x) : -1;
  // All values are those of one evaluation, not of the nearest point of each line.
  const there = anchor?.xs[at] ?? x;
  const named = lines.filter(({ faint }) => !faint);
  const span = valueSpan(named, sight);
  const values = named.map((line) => ({ key: line.key, label: line.label, text: formatIn(valueAt(line, there), span) }));
  if (gap) values.push({ key: gap.key, label: gap.label, text: formatSigned(valueAt(gap, there)) });
  return { step: `step ${formatStep(anchor?.steps[at])}`, time: axis.read(there), values };
}

export class Readout {
  constructor() {
    this.root = h("div", { class: "readout" });
    this.spoken = h("div", { class: "visually-hidden", "aria-live": "polite" });
  }

  /**
   * @param {import("./model.js").ChartModel} model
   * @param {number} x
   * @param {import("./ranges.js").Extent} sight - the x in sight
   * @param {boolean} speak - for who moves the cursor by key and may not see it
   */
  show(model, x, sight, speak) {
    const { step, time, values } = readValues(model, x, sight);
    fill(
      this.root,
      h("span", { class: "readout-step" }, step),
      time && h("span", {}, time),
      ...values.map(({ key, label, text }) =>
        h("span", { class: "readout-item", "data-line": key }, h("i", { class: "swatch" }), `${label} `, h("b", {}, text)),
      ),
    );
    if (speak) this.spoken.textContent = [step, ...values.map(({ label, text }) => `${label} ${text}`)].join(", ");
  }
}
