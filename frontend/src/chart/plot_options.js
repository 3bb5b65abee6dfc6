// How uPlot draws one plot of a stack: its scales, axes, lines and hooks.

import uPlot from "uplot";
import { formatTicks } from "../format.js";
import { nearestIndex } from "./geometry.js";
import { isPan } from "./interaction.js";
import { drawEndLabels, endsOf } from "./labels.js";
import { labelled, logSplits, logTicks } from "./log_axis.js";
import { linearRange, logRange } from "./ranges.js";
import { rangeWithoutOutliers } from "./smoothing.js";

/**
 * @typedef {import("./axis.js").Axis} Axis
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./ranges.js").Extent} Extent
 *
 * @typedef {object} StyledLine
 * @property {readonly number[]} xs - ascending
 * @property {readonly (number | null)[]} ys
 * @property {string} colour
 * @property {number} width
 * @property {number[]} [dash]
 * @property {boolean} [dots] - a dot for each point, where there is room
 * @property {string | ((last: number) => string)} [label] - at the line's end; none where left out
 * @property {string} [labelColour]
 *
 * @typedef {object} Plot
 * @property {readonly StyledLine[]} lines
 * @property {boolean} log
 * @property {boolean} withZero - zero is always visible
 * @property {boolean} ignoreOutliers
 * @property {number} top - pixels left free above the plotting area
 * @property {string} description - for a reader who does not see it
 * @property {(u: uPlot) => void} below - draws between the grid and the lines
 * @property {(u: uPlot) => void} above
 *
 * @typedef {object} PlotContext - of a plot in its stack
 * @property {() => Plot} plot - what is drawn, which may change while the plot stands
 * @property {Axis} axis
 * @property {() => Extent} visibleRange - the visible x
 * @property {{ width: number, height: number }} size
 * @property {number} endLabelWidth - pixels right of the plotting area
 * @property {string} syncKey - shared by the plots that show their cursor together
 * @property {(u: uPlot, labels: readonly string[] | null) => number} axisSize - width of the value axis
 * @property {(x: number | null) => void} onCursor
 * @property {(zoom: Extent | null) => void} onZoom
 */

const AXIS_GAP = 8;
/** uPlot knows no tick spacings beyond 1e32. */
const HUGE = 1e30;
const HUGE_SPACINGS = Array.from({ length: 309 }, (_, i) => [1, 2, 5].map((n) => Number(`${n}e${i}`))).flat().filter(Number.isFinite);
/** Width of a digit in the font of the axes. */
const CHARACTER_WIDTH = 6.8;
/** Pixels between labels of a logarithmic axis. */
const LOG_LABEL_SPACE = 20;
const MIN_TICK_SPACE = 64;
const MAX_AXIS_WIDTH = 130;
/** Pixels that a point needs for a dot of its own. */
const DOT_SPACING = 14;

/**
 * @param {PlotContext} context
 * @param {Palette} palette
 * @returns {uPlot.Options}
 */
export function plotOptions(context, palette) {
  const { plot, axis, visibleRange, size, endLabelWidth, syncKey } = context;
  const { lines, log, top } = plot();
  const [min, max] = visibleRange();
  const font = `12px ${palette.font}`;
  return {
    ...size,
    padding: [top, endLabelWidth, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: axis.time, auto: false, min, max },
      y: { distr: log ? 3 : 1, range: (u, low, high) => valueRange(plot(), u, low, high) },
    },
    axes: [
      {
        stroke: palette.quiet,
        font,
        grid: { show: false },
        ticks: { stroke: palette.grid, width: 1, size: 4 },
        border: { show: true, stroke: palette.grid, width: 1 },
        size: 28,
        gap: 4,
        space: (_u, _i, low, high) => (axis.time || axis.kind === "relative" ? 110 : tickSpace(axis, low, high)),
        ...(axis.spacings && { incrs: axis.spacings }),
        values: (_, ticks) => axis.ticks(ticks),
      },
      {
        stroke: palette.quiet,
        font,
        grid: { stroke: palette.grid, width: 1 },
        ticks: { show: false },
        size: context.axisSize,
        gap: AXIS_GAP,
        space: 30,
        ...(isHuge(lines) && { incrs: HUGE_SPACINGS }),
        ...(log && {
          splits: (_u, _i, low, high) => logSplits(low, high),
          filter: (u, splits) => labelled(splits, (value) => u.valToPos(value, "y"), LOG_LABEL_SPACE),
        }),
        values: (_, ticks) => (log ? logTicks(ticks) : formatTicks(ticks)),
      },
    ],
    series: [{}, ...lines.map((_, k) => lineSeries(context, k, palette))],
    cursor: {
      y: false,
      sync: { key: syncKey, scales: ["x", null] },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { size: 8, width: 2, fill: palette.surface },
      bind: {
        mousedown: (_u, _, handler) => (event) => {
          if (!isPan(event)) handler(event);
          return null;
        },
        dblclick: () => () => {
          context.onZoom(null);
          return null;
        },
      },
    },
    hooks: {
      setCursor: [(u) => context.onCursor(u.cursor.left == null || u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x"))],
      setSelect: [(u) => zoomToSelection(u, context.onZoom)],
      drawAxes: [(u) => plot().below(u)],
      draw: [
        (u) => {
          plot().above(u);
          drawEndLabels(u, endsOf(u, plot().lines), palette);
        },
      ],
    },
  };
}

/**
 * @param {PlotContext} context
 * @param {number} k - which of the plot's lines
 * @param {Palette} palette
 * @returns {uPlot.Series}
 */
function lineSeries({ plot, visibleRange }, k, palette) {
  const { colour, width, dash, dots } = /** @type {StyledLine} */ (plot().lines[k]);
  return {
    stroke: colour,
    width,
    ...(dash && { dash }),
    points: {
      size: 5,
      fill: colour,
      stroke: palette.surface,
      width: 0,
      show: (u) => {
        const { xs = [] } = plot().lines[k] ?? {};
        const [min, max] = visibleRange();
        const visible = nearestIndex(xs, max) - nearestIndex(xs, min) + 1;
        // A point alone draws no line.
        return xs.length === 1 || (!!dots && visible * DOT_SPACING < u.bbox.width / uPlot.pxRatio);
      },
    },
  };
}

/**
 * @param {Plot} plot
 * @param {uPlot} u
 * @param {number | null} low - of all visible values
 * @param {number | null} high
 * @returns {Extent}
 */
function valueRange({ lines, log, withZero, ignoreOutliers }, u, low, high) {
  if (ignoreOutliers) {
    const { min = -Infinity, max = Infinity } = u.scales["x"] ?? {};
    const visible = lines.map(({ xs, ys }) =>
      /** @type {number[]} */ (ys.filter((y, k) => y !== null && (!log || y > 0) && /** @type {number} */ (xs[k]) >= min && /** @type {number} */ (xs[k]) <= max)),
    );
    const range = rangeWithoutOutliers(visible);
    if (range) [low, high] = range;
  }
  if (log) return logRange(low, high);
  return withZero ? linearRange(Math.min(0, low ?? 0), Math.max(0, high ?? 0)) : linearRange(low, high);
}

/**
 * @param {uPlot} u
 * @param {(zoom: Extent) => void} onZoom
 */
function zoomToSelection(u, onZoom) {
  const { left, width } = u.select;
  if (width < 4) return;
  const zoom = /** @type {Extent} */ ([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
  for (const plot of uPlot.sync(u.cursor.sync?.key ?? "").plots) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom(zoom);
}

/**
 * Width of a value axis with these labels.
 * @param {readonly string[] | null} labels
 */
export function axisWidthFor(labels) {
  const longest = Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
  return Math.min(MAX_AXIS_WIDTH, longest * CHARACTER_WIDTH + AXIS_GAP);
}

/**
 * All lines of a plot on one x axis, as uPlot wants them. On a logarithmic axis what is not positive is unknown.
 * @param {Plot} plot
 * @returns {uPlot.AlignedData}
 */
export function joined({ lines, log }) {
  return uPlot.join(
    lines.map(({ xs, ys }) => {
      const values = log ? ys.map((y) => (y !== null && y > 0 ? y : null)) : ys;
      return /** @type {uPlot.AlignedData} */ (/** @type {unknown} */ ([xs, values]));
    }),
  );
}

/** @param {readonly StyledLine[]} lines */
const isHuge = (lines) => lines.some(({ ys }) => ys.some((y) => y !== null && Math.abs(y) > HUGE));

/**
 * Pixels that a label of the x axis needs: more where it takes many digits to tell neighbours apart.
 * @param {Axis} axis
 * @param {number} low
 * @param {number} high
 */
function tickSpace(axis, low, high) {
  const spacing = 10 ** Math.floor(Math.log10((high - low) / 6 || 1));
  const base = Math.floor(high / spacing) * spacing;
  const longest = Math.max(...axis.ticks([base - spacing, base]).map((label) => label.length));
  return Math.max(MIN_TICK_SPACE, longest * CHARACTER_WIDTH + 24);
}
