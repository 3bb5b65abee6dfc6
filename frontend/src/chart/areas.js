// Filled areas: the gap between two curves, the spread around a mean, the interval of an onset.

import { onCanvas, xOf, yOf } from "./canvas.js";
import { areasBetween, spanAround } from "./geometry.js";

/**
 * @typedef {import("uplot")} uPlot
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./model.js").ChartModel} ChartModel
 */

/**
 * @param {uPlot} u
 * @param {readonly number[]} xs
 */
function visibleSpan(u, xs) {
  const { min = -Infinity, max = Infinity } = u.scales["x"] ?? {};
  return spanAround(xs, min, max);
}

/**
 * The area between two curves.
 * @param {uPlot} u
 * @param {import("./model.js").Area} area
 * @param {(positive: boolean) => string} colourOf - where the upper curve is the greater one, and where not
 */
export function drawArea(u, { xs, lower, upper }, colourOf) {
  onCanvas(u, true, (ctx) => {
    const [start, end] = visibleSpan(u, xs);
    for (const { positive, outline } of areasBetween(xs.slice(start, end), lower.slice(start, end), upper.slice(start, end))) {
      ctx.fillStyle = colourOf(positive);
      ctx.beginPath();
      for (const [x, y] of outline) ctx.lineTo(xOf(u, x), yOf(u, y));
      ctx.fill();
    }
  });
}

/**
 * The gap between train and validation: amber, paler where validation is the better one.
 * @param {uPlot} u
 * @param {import("./model.js").Area} area
 * @param {boolean} positiveIsWorse
 * @param {Palette} palette
 */
export function drawGap(u, area, positiveIsWorse, { gapWorse, gapBetter }) {
  drawArea(u, area, (positive) => (positive === positiveIsWorse ? gapWorse : gapBetter));
}

/**
 * The interval of the onset, as a pale band behind the curves.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {Palette} palette
 */
export function drawOnsetBand(u, { axis, onset }, palette) {
  if (!onset) return;
  onCanvas(u, true, (ctx, { top, height }) => {
    const left = xOf(u, axis.xOf(onset.low));
    ctx.fillStyle = palette.onsetBand;
    ctx.fillRect(left, top, Math.max(1, xOf(u, axis.xOf(onset.high)) - left), height);
  });
}
