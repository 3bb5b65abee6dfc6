// Labels of marks and lines, placed where no curve runs. All lengths are CSS pixels.

import uPlot from "uplot";
import { formatIn } from "../format.js";
import { onCanvas, verticalLine, xOf, yOf } from "./canvas.js";
import { packLanes, placeNear, spanAround, spreadLabels } from "./geometry.js";

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
 * @typedef {object} LaneLabel
 * @property {number} x - of its line
 * @property {string[]} texts - from long to short; the first that fits beside the line is drawn
 * @property {string} colour
 * @property {boolean} [bold]
 * @property {boolean} [left] - stands left of its line where there is room, so that it may share the lane of one to the right
 */

/**
 * What stands above the plotting area, where no curve runs.
 * @param {ChartModel} model
 * @param {Palette} palette
 * @param {(step: number) => number} x
 * @returns {LaneLabel[]}
 */
function laneLabels({ axis, onset, recovered, resumedAt }, palette, x) {
  /** @type {LaneLabel[]} */
  const labels = [];
  const { nameOf } = axis;
  if (onset) {
    const step = `onset ${nameOf(onset.step)}`;
    const word = recovered ? `onset, since recovered ${nameOf(onset.step)}` : step;
    const interval = `(${nameOf(onset.low)}\u2009\u2013\u2009${nameOf(onset.high)})`;
    labels.push({ x: x(onset.step), texts: [`${word} ${interval}`, word, step, "onset"], colour: palette.onsetText, bold: true });
    if (onset.confirmed_step !== null) {
      const texts = [`confirmed live ${nameOf(onset.confirmed_step)}`, "confirmed"];
      labels.push({ x: x(onset.confirmed_step), texts, colour: palette.quiet });
    }
  }
  // Many restarts would fill the lanes; then only dotted lines mark them.
  if (resumedAt.length <= 3) {
    for (const step of resumedAt) labels.push({ x: x(step), texts: [`resumed ${nameOf(step)}`, "resumed"], colour: palette.quiet });
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
    const visible = (x) => x >= box.left - 0.5 && x <= right + 0.5;
    const x = (/** @type {number} */ step) => xOf(u, model.axis.xOf(step));
    const labels = laneLabels(model, palette, x).filter(({ x }) => visible(x));
    const verticals = labels.map(({ x }) => x);
    const { best } = model;
    if (best && visible(x(best.step))) {
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
  const { min = 0, max = 0 } = u.scales["y"] ?? {};
  const text = `best ${formatIn(best.value, max - min)} at ${axis.nameOf(best.step)}`;
  ctx.font = `${FONT_SIZE}px ${palette.font}`;
  /** @type {Point} */
  const anchor = [xOf(u, axis.xOf(best.step)), yOf(u, best.value)];
  const size = { width: ctx.measureText(text).width + 6, height: FONT_SIZE + 4 };
  const reach = size.width + Math.max(...LABEL_DISTANCES);
  const obstacles = lines.map(({ xs, ys }) => pixelsNear(u, xs, ys, anchor[0], reach));
  for (const x of verticals) obstacles.push([[x, box.top], [x, box.top + box.height]]);
  const place = placeNear(anchor, size, box, obstacles, LABEL_DISTANCES);
  if (!place) return { x: anchor[0], texts: [text, "best"], colour: palette.text, left: true };
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
  const placed = labels.map(({ x, texts, colour, bold, left }) => {
    ctx.font = `${bold ? "500 " : ""}${FONT_SIZE}px ${palette.font}`;
    const widths = texts.map((text) => ctx.measureText(text).width);
    const room = Math.max(farthest - x - 5, x - 5 - 2);
    const fitting = widths.findIndex((width) => width <= room);
    const chosen = fitting < 0 ? texts.length - 1 : fitting;
    const width = /** @type {number} */ (widths[chosen]);
    const flip = x + 5 + width > edge || (left && x - 5 - width > 2);
    const start = Math.max(2, Math.min(flip ? x - 5 - width : x + 5, farthest - width));
    const text = /** @type {string} */ (texts[chosen]);
    return { x, text, colour, font: ctx.font, left: start, start: Math.min(start, x), end: flip ? Math.max(start + width, x) : start + width + 10 };
  });
  const lanes = packLanes(placed);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  placed.forEach(({ x, text, colour, font, left }, i) => {
    const y = box.top - LANE_HEIGHT * (/** @type {number} */ (lanes[i]) + 0.5) - 2;
    // There is no lane left for it.
    if (y < FONT_SIZE / 2) return;
    verticalLine(ctx, x, y - 5, box.top, colour, 1);
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

/**
 * Where each labelled line ends within what is visible.
 * @param {uPlot} u
 * @param {readonly import("./plot_options.js").StyledLine[]} lines
 */
export function endsOf(u, lines) {
  const max = u.scales["x"]?.max ?? 0;
  const ends = [];
  for (const { xs, ys, label, labelColour, colour } of lines) {
    if (label === undefined) continue;
    for (let i = xs.length - 1; i >= 0; i--) {
      const value = ys[i];
      if (value == null || /** @type {number} */ (xs[i]) > max) continue;
      ends.push({ text: typeof label === "string" ? label : label(value), colour: labelColour ?? colour, value });
      break;
    }
  }
  return ends;
}
