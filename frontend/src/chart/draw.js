// Drawing onto a chart's canvas: the filled gap, the markers, the labels. All lengths below are CSS pixels.

import uPlot from "uplot";
import { formatStep, formatValue } from "../format.js";
import { areasBetween, packLanes, placeNear, spanAround, spreadLabels } from "./geometry.js";

/**
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./model.js").ChartModel} ChartModel
 * @typedef {import("./geometry.js").Point} Point
 */

export const LANE_HEIGHT = 17;
const FONT_SIZE = 12;
/** Distances at which a free place for the label of the best checkpoint is looked for. */
const LABEL_DISTANCES = [9, 18, 30, 44, 60, 80];

/**
 * Runs `draw` with a canvas measured in CSS pixels, clipped to the plotting area where asked.
 * @param {uPlot} u
 * @param {boolean} clip
 * @param {(ctx: CanvasRenderingContext2D, box: { left: number, top: number, width: number, height: number }) => void} draw
 */
function onCanvas(u, clip, draw) {
  const scale = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.scale(scale, scale);
  const box = { left: left / scale, top: top / scale, width: width / scale, height: height / scale };
  if (clip) {
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
  }
  draw(ctx, box);
  ctx.restore();
}

/**
 * @param {uPlot} u
 * @param {number} x
 */
const xOf = (u, x) => u.valToPos(x, "x", true) / uPlot.pxRatio;
/**
 * @param {uPlot} u
 * @param {number} value
 */
const yOf = (u, value) => u.valToPos(value, "y", true) / uPlot.pxRatio;

/**
 * @param {uPlot} u
 * @param {readonly number[]} xs
 */
function spanInSight(u, xs) {
  const { min = -Infinity, max = Infinity } = u.scales["x"] ?? {};
  return spanAround(xs, min, max);
}

/**
 * The area between train and validation; amber, paler where validation is the better one.
 * @param {uPlot} u
 * @param {import("./model.js").Area} curves
 * @param {boolean} positiveIsWorse
 * @param {Palette} palette
 */
export function drawGap(u, { xs, lower, upper }, positiveIsWorse, palette) {
  onCanvas(u, true, (ctx) => {
    const [start, end] = spanInSight(u, xs);
    for (const { positive, outline } of areasBetween(xs.slice(start, end), lower.slice(start, end), upper.slice(start, end))) {
      ctx.fillStyle = positive === positiveIsWorse ? palette.gapWorse : palette.gapBetter;
      ctx.beginPath();
      for (const [x, y] of outline) ctx.lineTo(xOf(u, x), yOf(u, y));
      ctx.fill();
    }
  });
}

/**
 * The area between two curves in one colour.
 * @param {uPlot} u
 * @param {readonly number[]} xs
 * @param {readonly (number | null)[]} lower
 * @param {readonly (number | null)[]} upper
 * @param {string} colour
 */
export function drawArea(u, xs, lower, upper, colour) {
  onCanvas(u, true, (ctx) => {
    ctx.fillStyle = colour;
    const [start, end] = spanInSight(u, xs);
    for (const { outline } of areasBetween(xs.slice(start, end), lower.slice(start, end), upper.slice(start, end))) {
      ctx.beginPath();
      for (const [x, y] of outline) ctx.lineTo(xOf(u, x), yOf(u, y));
      ctx.fill();
    }
  });
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

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} top
 * @param {number} bottom
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dash
 */
function verticalLine(ctx, x, top, bottom, colour, width, dash = []) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
  ctx.setLineDash([]);
}

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

/**
 * @typedef {{ x: number, text: string, colour: string, bold?: boolean, left?: boolean }} LaneLabel
 * - `left` of its line where there is room, so that it may share the lane of a label to the right
 */

/**
 * What stands above the plotting area, where no curve runs.
 * @param {ChartModel} model
 * @param {Palette} palette
 * @param {(step: number) => number} x
 * @returns {LaneLabel[]}
 */
function laneLabels({ onset, recovered, resumedAt }, palette, x) {
  /** @type {LaneLabel[]} */
  const labels = [];
  if (onset) {
    const interval = `(${formatStep(onset.low)}\u2009\u2013\u2009${formatStep(onset.high)})`;
    const word = recovered ? "onset, since recovered" : "onset";
    labels.push({ x: x(onset.step), text: `${word} ${formatStep(onset.step)} ${interval}`, colour: palette.onsetText, bold: true });
    if (onset.confirmed_step !== null) {
      const text = `confirmed live ${formatStep(onset.confirmed_step)}`;
      labels.push({ x: x(onset.confirmed_step), text, colour: palette.quiet });
    }
  }
  // Many restarts would fill the lanes; the dotted lines alone then tell.
  if (resumedAt.length <= 3) {
    for (const step of resumedAt) labels.push({ x: x(step), text: `resumed ${formatStep(step)}`, colour: palette.quiet });
  }
  return labels;
}

/**
 * Lanes that the labels above the upper chart may need.
 * @param {ChartModel} model
 */
export function laneCount({ onset, resumedAt, best }) {
  return Math.min(3, Number(!!onset) + Number(onset?.confirmed_step != null) + Number(resumedAt.length > 0) + Number(!!best && !onset));
}

/**
 * The labels of the vertical lines, each in a lane of its own above the plot, and the one of the best checkpoint: near
 * its ring where there is room that no curve crosses, else in a lane too.
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {Palette} palette
 */
export function drawLabels(u, model, palette) {
  onCanvas(u, false, (ctx, box) => {
    const right = box.left + box.width;
    /** @param {number} x */
    const inSight = (x) => x >= box.left - 0.5 && x <= right + 0.5;
    const x = (/** @type {number} */ step) => xOf(u, model.axis.xOf(step));
    const labels = laneLabels(model, palette, x).filter(({ x }) => inSight(x));
    const verticals = labels.map(({ x }) => x);
    const { best } = model;
    if (best && inSight(x(best.step))) {
      const label = bestLabel(ctx, u, model, best, box, verticals, palette);
      if (label) labels.push(label);
    }
    drawLaneLabels(ctx, labels, box, u.width, palette);
  });
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {uPlot} u
 * @param {ChartModel} model
 * @param {{ step: number, value: number }} best
 * @param {import("./geometry.js").Rect} box
 * @param {readonly number[]} verticals
 * @param {Palette} palette
 * @returns {LaneLabel | null} a label for a lane, where no place near the ring was free
 */
function bestLabel(ctx, u, { axis, lines }, best, box, verticals, palette) {
  const text = `best ${formatValue(best.value)} at ${formatStep(best.step)}`;
  ctx.font = `${FONT_SIZE}px ${palette.font}`;
  /** @type {Point} */
  const anchor = [xOf(u, axis.xOf(best.step)), yOf(u, best.value)];
  const size = { width: ctx.measureText(text).width + 6, height: FONT_SIZE + 4 };
  const reach = size.width + Math.max(...LABEL_DISTANCES);
  const obstacles = lines.map(({ xs, ys }) => pixelsNear(u, xs, ys, anchor[0], reach));
  for (const x of verticals) obstacles.push([[x, box.top], [x, box.top + box.height]]);
  const place = placeNear(anchor, size, box, obstacles, LABEL_DISTANCES);
  if (!place) return { x: anchor[0], text, colour: palette.text, left: true };
  if (place.distance > 18) {
    ctx.strokeStyle = palette.quiet;
    ctx.lineWidth = 1;
    ctx.beginPath();
    const below = place.top > anchor[1];
    ctx.moveTo(anchor[0], anchor[1] + (below ? 6 : -6));
    ctx.lineTo(Math.min(Math.max(anchor[0], place.left + 4), place.left + place.width - 4), below ? place.top : place.top + place.height);
    ctx.stroke();
  }
  ctx.fillStyle = palette.text;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, place.left + 3, place.top + place.height / 2);
  return null;
}

/**
 * A line's pixels within `reach` of x, as polyline; unknown values are left out.
 * @param {uPlot} u
 * @param {readonly number[]} xs
 * @param {readonly (number | null)[]} ys
 * @param {number} x
 * @param {number} reach
 * @returns {Point[]}
 */
function pixelsNear(u, xs, ys, x, reach) {
  /** @type {Point[]} */
  const points = [];
  const valueAt = (/** @type {number} */ px) => u.posToVal(px * uPlot.pxRatio, "x", true);
  const [start, end] = spanAround(xs, valueAt(x - reach), valueAt(x + reach));
  for (let i = start; i < end; i++) {
    const value = ys[i];
    if (value != null) points.push([xOf(u, /** @type {number} */ (xs[i])), yOf(u, value)]);
  }
  return points;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {LaneLabel[]} labels
 * @param {import("./geometry.js").Rect} box
 * @param {number} plotWidth - with its axes
 * @param {Palette} palette
 */
function drawLaneLabels(ctx, labels, box, plotWidth, palette) {
  const edge = box.left + box.width + 40;
  const farthest = plotWidth - 2;
  const placed = labels.map(({ x, text, colour, bold, left }) => {
    ctx.font = `${bold ? "500 " : ""}${FONT_SIZE}px ${palette.font}`;
    const width = ctx.measureText(text).width;
    const flip = x + 5 + width > edge || (left && x - 5 - width > 2);
    // A label too long for either side of its line stands across it.
    const start = Math.max(2, Math.min(flip ? x - 5 - width : x + 5, farthest - width));
    const crosses = start < x + 2 && start + width > x - 2;
    return { x, text, colour, crosses, font: ctx.font, start: Math.min(start, x), end: flip ? Math.max(start + width, x) : start + width + 10, left: start };
  });
  const lanes = packLanes(placed);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  placed.forEach(({ x, text, colour, crosses, font, left }, i) => {
    const y = box.top - LANE_HEIGHT * (/** @type {number} */ (lanes[i]) + 0.5) - 2;
    // No lane was left for it.
    if (y < FONT_SIZE / 2) return;
    verticalLine(ctx, x, crosses ? y + 8 : y - 5, box.top, colour, 1);
    ctx.font = font;
    ctx.fillStyle = colour;
    ctx.fillText(text, left, y);
  });
}

/**
 * The lines' names at their right ends, outside the plotting area and apart from each other.
 * @param {uPlot} u
 * @param {readonly { text: string, colour: string, value: number }[]} ends
 * @param {Palette} palette
 */
export function drawEndLabels(u, ends, palette) {
  onCanvas(u, false, (ctx, { left, top, width, height }) => {
    const wanted = ends.map(({ value }) => yOf(u, value));
    const placed = spreadLabels(wanted, FONT_SIZE + 3, top + 6, top + height - 6);
    ctx.font = `500 ${FONT_SIZE}px ${palette.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ends.forEach(({ text, colour }, i) => {
      ctx.fillStyle = colour;
      ctx.fillText(text, left + width + 8, /** @type {number} */ (placed[i]));
    });
  });
}
