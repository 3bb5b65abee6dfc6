// Marks on a chart: onset, confirmation, restarts, the best checkpoint, values that were not finite.

import { onCanvas, verticalLine, xOf, yOf } from "./canvas.js";

/**
 * @typedef {import("uplot")} uPlot
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./model.js").ChartModel} ChartModel
 */

/**
 * The vertical lines: onset, live confirmation, restarts.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {Palette} palette
 */
export function drawVerticals(u, { axis, onset, recovered, resumedAt }, palette) {
  onCanvas(u, true, (ctx, { top, height }) => {
    for (const step of resumedAt) verticalLine(ctx, xOf(u, axis.xOf(step)), top, top + height, palette.quiet, 1, [1, 4]);
    if (!onset) return;
    if (onset.confirmed_step !== null) {
      verticalLine(ctx, xOf(u, axis.xOf(onset.confirmed_step)), top, top + height, palette.quiet, 1, [4, 4]);
    }
    verticalLine(ctx, xOf(u, axis.xOf(onset.step)), top, top + height, palette.onset, 1.75, recovered ? [7, 5] : []);
  });
}

/**
 * An open ring where the best checkpoint stands, whole also at the edge of the plot.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {{ step: number, value: number }} best - the value on this plot's axis
 * @param {string} colour
 * @param {Palette} palette
 */
export function drawBestRing(u, { axis }, { step, value }, colour, palette) {
  onCanvas(u, false, (ctx, { left, top, width, height }) => {
    const [x, y] = [xOf(u, axis.xOf(step)), yOf(u, value)];
    if (x < left - 0.5 || x > left + width + 0.5 || y < top - 0.5 || y > top + height + 0.5) return;
    ctx.beginPath();
    ctx.arc(x, y, 5, 0, 2 * Math.PI);
    ctx.fillStyle = palette.surface;
    ctx.fill();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.stroke();
  });
}

/**
 * Where the best checkpoint stands, on the chart of the gap: a fine line, and a ring where the gap is known there.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {Palette} palette
 */
export function drawBestOnGap(u, model, palette) {
  const { axis, best, gap } = model;
  if (!best || !gap) return;
  onCanvas(u, true, (ctx, { top, height }) => {
    verticalLine(ctx, xOf(u, axis.xOf(best.step)), top, top + height, palette.line.val, 1, [2, 3]);
  });
  const value = gap.ys[gap.steps.indexOf(best.step)];
  if (value != null) drawBestRing(u, model, { step: best.step, value }, palette.line.val, palette);
}

/**
 * Small crosses at the floor of the plot where a logged value was not finite.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {Palette} palette
 */
export function drawNonFinite(u, { axis, nonFinite }, palette) {
  onCanvas(u, true, (ctx, { top, height }) => {
    const y = top + height - 7;
    ctx.lineWidth = 1.5;
    for (const { split, step } of nonFinite) {
      const x = xOf(u, axis.xOf(step));
      ctx.strokeStyle = split === "train" ? palette.line.train : palette.line.val;
      ctx.beginPath();
      ctx.moveTo(x - 3, y - 3);
      ctx.lineTo(x + 3, y + 3);
      ctx.moveTo(x - 3, y + 3);
      ctx.lineTo(x + 3, y - 3);
      ctx.stroke();
    }
  });
}
