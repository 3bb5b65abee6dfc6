// The line of values above the charts: at the cursor, else at the end of what is in sight.

import { fill, h } from "../dom.js";
import { formatSigned, formatStep, formatValue } from "../format.js";
import { nearestIndex } from "./geometry.js";

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
 * @param {import("./model.js").ChartModel} model
 * @param {number} x
 */
export function readValues({ lines, gap, axis }, x) {
  const anchor = lines.find(({ key }) => key === "val") ?? lines.at(-1);
  const at = anchor ? nearestIndex(anchor.xs, x) : -1;
  // All values are those of one evaluation, not of the nearest point of each line.
  const there = anchor?.xs[at] ?? x;
  const values = lines.filter(({ faint }) => !faint).map((line) => ({ key: line.key, label: line.label, text: formatValue(valueAt(line, there)) }));
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
   * @param {boolean} speak - for who moves the cursor by key and may not see it
   */
  show(model, x, speak) {
    const { step, time, values } = readValues(model, x);
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
