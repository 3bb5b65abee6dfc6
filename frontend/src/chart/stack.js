// Plots one above the other on one x axis: they zoom, move and show their cursor together.

import uPlot from "uplot";
import { h } from "../dom.js";
import { formatTicks, formatValue } from "../format.js";
import { drawEndLabels } from "./draw.js";
import { nearestIndex } from "./geometry.js";
import { isPan, listenToDrag, listenToWheel, onKey } from "./interaction.js";
import { readPalette } from "./palette.js";
import { limitZoom, linearRange, logRange } from "./ranges.js";
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
 * @property {boolean} withZero - zero is always in sight
 * @property {boolean} ignoreOutliers
 * @property {number} top - pixels left free above the plotting area
 * @property {string} description - for a reader who does not see it
 * @property {(u: uPlot) => void} below - draws between the grid and the lines
 * @property {(u: uPlot) => void} above
 *
 * @typedef {object} Scene
 * @property {Axis} axis
 * @property {Extent} extent - all x there are
 * @property {Plot[]} plots
 */

/** Least width of the value axes; long labels widen them all. */
const AXIS_WIDTH = 58;
const MOST_AXIS_WIDTH = 130;
const AXIS_GAP = 8;
/** uPlot knows no tick spacings beyond 1e32. */
const HUGE = 1e30;
const HUGE_SPACINGS = Array.from({ length: 309 }, (_, i) => [1, 2, 5].map((n) => Number(`${n}e${i}`))).flat().filter(Number.isFinite);
/** Width of a digit in the font of the axes. */
const LETTER = 6.8;
const END_LABEL_WIDTH = 86;
/** Pixels that a point needs for a dot of its own. */
const DOT_SPACING = 14;
/** Smallest part of everything that can be zoomed into. */
const SMALLEST_ZOOM = 1e-6;

let stacksMade = 0;

export class PlotStack {
  /** @type {Scene | null} */
  #scene = null;
  /** @type {Extent | null} */
  #zoom = null;
  /** @type {uPlot[]} */
  #plots = [];
  /** @type {number[]} */
  #heights;
  #endLabelWidth = END_LABEL_WIDTH;
  #axisWidth = AXIS_WIDTH;
  #frame = 0;

  /**
   * @param {number} count
   * @param {{ onZoom: (zoom: Extent | null) => void, onCursor: (x: number | null, byKey: boolean) => void,
   *   scene: (palette: Palette) => Scene }} events - `scene` is asked for what to draw, in the colours of the moment
   */
  constructor(count, { onZoom, onCursor, scene }) {
    this.onZoom = onZoom;
    this.onCursor = onCursor;
    this.makeScene = scene;
    this.syncKey = `losshealth-${++stacksMade}`;
    this.boxes = Array.from({ length: count }, () =>
      h("div", {
        class: "plot",
        role: "img",
        tabindex: 0,
        onkeydown: (event) => onKey(/** @type {KeyboardEvent} */ (event), this.wishes),
      }),
    );
    this.#heights = this.boxes.map(() => 200);
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(/** @type {HTMLElement} */ (this.boxes[0]));
    this.wishes = {
      /** @param {Extent | null} zoom */
      zoom: (zoom) => this.#userZoom(zoom),
      sight: () => this.sight,
      /** @param {number} by */
      moveCursor: (by) => this.#moveCursor(by),
    };
  }

  /** The plots as they stand, for whoever copies them. */
  get plots() {
    return this.#plots;
  }

  /** The x in sight, or null for everything. */
  get zoom() {
    return this.#zoom;
  }

  /** @returns {Extent} the x in sight */
  get sight() {
    return this.#zoom ?? this.#scene?.extent ?? [0, 1];
  }

  /** Width of the plotting area in device pixels: the resolution that curves are asked for. */
  get resolution() {
    const width = ((this.boxes[0]?.clientWidth ?? 0) || 900) - AXIS_WIDTH - this.#endLabelWidth;
    return Math.min(4000, Math.max(100, Math.round(width * devicePixelRatio)));
  }

  /** @param {number} width - pixels that the labels at the lines' ends need */
  setEndLabelWidth(width) {
    this.#endLabelWidth = width;
  }

  /** @param {number[]} heights - in pixels, one for each plot */
  setHeights(heights) {
    this.#heights = heights;
    this.#resize();
  }

  /**
   * Draws everything anew.
   * @param {Extent | null} zoom
   */
  show(zoom) {
    for (const plot of this.#plots) plot.destroy();
    const palette = readPalette(/** @type {HTMLElement} */ (this.boxes[0]));
    const scene = (this.#scene = this.makeScene(palette));
    this.#zoom = zoom;
    this.#axisWidth = AXIS_WIDTH;
    this.#plots = scene.plots.map((plot, i) => {
      const box = /** @type {HTMLElement} */ (this.boxes[i]);
      box.setAttribute("aria-label", plot.description);
      const made = new uPlot(this.#options(i, palette), joined(plot), box);
      listenToWheel(made, this.wishes);
      listenToDrag(made, this.wishes);
      return made;
    });
    this.boxes.forEach((box, i) => (box.hidden = i >= scene.plots.length));
    this.onCursor(null, false);
  }

  /** Takes other points for the same lines; nothing else moves. */
  refine() {
    const scene = this.makeScene(readPalette(/** @type {HTMLElement} */ (this.boxes[0])));
    const same =
      scene.plots.length === this.#plots.length &&
      scene.plots.every(({ lines }, i) => lines.length === (this.#plots[i]?.series.length ?? 0) - 1);
    if (!same) {
      this.show(this.#zoom);
      return;
    }
    this.#scene = scene;
    const [min, max] = this.sight;
    scene.plots.forEach((plot, i) => {
      const shown = this.#plots[i];
      // Told to reset its scales, a plot that has not been drawn yet would forget the steps in sight and stay blank.
      shown?.setData(joined(plot), false);
      shown?.setScale("x", { min, max });
    });
  }

  /** @param {Extent | null} zoom */
  setZoom(zoom) {
    this.#zoom = zoom;
    const [min, max] = this.sight;
    for (const plot of this.#plots) {
      if (plot.scales["x"]?.min !== min || plot.scales["x"]?.max !== max) plot.setScale("x", { min, max });
    }
    this.onCursor(null, false);
  }

  destroy() {
    this.observer.disconnect();
    for (const plot of this.#plots) plot.destroy();
  }

  /** @param {Extent | null} wanted */
  #userZoom(wanted) {
    const { extent } = /** @type {Scene} */ (this.#scene);
    this.#zoom = wanted && limitZoom(wanted, extent, (extent[1] - extent[0]) * SMALLEST_ZOOM);
    // A wheel sends more events than there are frames.
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.setZoom(this.#zoom);
      this.onZoom(this.#zoom);
    });
  }

  /** @param {number} by */
  #moveCursor(by) {
    const [first] = this.#plots;
    const plot = this.#scene?.plots[0];
    const line = plot?.lines.find(({ dots }) => dots) ?? plot?.lines.at(-1);
    if (!first || !line?.xs.length) return;
    const [min, max] = this.sight;
    const [low, high] = [nearestIndex(line.xs, min), nearestIndex(line.xs, max)];
    const { left = -1 } = first.cursor;
    const from = left < 0 ? (by > 0 ? low - 1 : high + 1) : nearestIndex(line.xs, first.posToVal(left, "x"));
    const x = /** @type {number} */ (line.xs[Math.min(high, Math.max(low, from + by))]);
    first.setCursor({ left: first.valToPos(x, "x"), top: 10 });
    this.onCursor(x, true);
  }

  /**
   * Width of the value axes for these labels. Plots stand one above the other, so the longest label counts for all.
   * @param {uPlot} u
   * @param {readonly string[] | null} labels
   */
  #axisSize(u, labels) {
    const longest = Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
    const wanted = Math.min(MOST_AXIS_WIDTH, longest * LETTER + AXIS_GAP);
    if (wanted > this.#axisWidth) {
      this.#axisWidth = wanted;
      queueMicrotask(() => this.#plots.forEach((plot) => plot !== u && plot.redraw(false, true)));
    }
    return this.#axisWidth;
  }

  #width() {
    return Math.max(240, this.boxes[0]?.clientWidth ?? 0);
  }

  #resize() {
    if (!this.boxes[0]?.clientWidth) return;
    this.#plots.forEach((plot, i) => {
      const size = { width: this.#width(), height: /** @type {number} */ (this.#heights[i]) };
      if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
    });
  }

  /** @param {number} i */
  #plot(i) {
    return /** @type {Plot} */ (this.#scene?.plots[i]);
  }

  /**
   * @param {number} i
   * @param {Palette} palette
   * @returns {uPlot.Options}
   */
  #options(i, palette) {
    const { lines, log, top } = this.#plot(i);
    const { axis } = /** @type {Scene} */ (this.#scene);
    const [min, max] = this.sight;
    const font = `12px ${palette.font}`;
    return {
      width: this.#width(),
      height: /** @type {number} */ (this.#heights[i]),
      padding: [top, this.#endLabelWidth, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: axis.time, auto: false, min, max },
        y: { distr: log ? 3 : 1, range: (u, low, high) => this.#range(i, u, low, high) },
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
          size: (u, labels) => this.#axisSize(u, labels),
          gap: AXIS_GAP,
          space: log ? 22 : 36,
          ...(isHuge(lines) && { incrs: HUGE_SPACINGS }),
          values: (_, ticks) => (log ? logTicks(ticks) : formatTicks(ticks)),
        },
      ],
      series: [{}, ...lines.map((line, k) => this.#series(line, i, k, palette))],
      cursor: {
        y: false,
        sync: { key: this.syncKey, scales: ["x", null] },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 8, width: 2, fill: palette.surface },
        bind: {
          mousedown: (_u, _, handler) => (event) => {
            if (!isPan(event)) handler(event);
            return null;
          },
          dblclick: () => () => {
            this.#userZoom(null);
            return null;
          },
        },
      },
      hooks: {
        setCursor: [(u) => this.onCursor(u.cursor.left == null || u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x"), false)],
        setSelect: [(u) => this.#onSelect(u)],
        drawAxes: [(u) => this.#plot(i).below(u)],
        draw: [
          (u) => {
            this.#plot(i).above(u);
            drawEndLabels(u, endsOf(u, this.#plot(i).lines), palette);
          },
        ],
      },
    };
  }

  /**
   * @param {StyledLine} line
   * @param {number} i - of its plot
   * @param {number} k - of the line in it
   * @param {Palette} palette
   * @returns {uPlot.Series}
   */
  #series({ colour, width, dash, dots }, i, k, palette) {
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
          const { xs = [] } = this.#plot(i).lines[k] ?? {};
          const [min, max] = this.sight;
          const inSight = nearestIndex(xs, max) - nearestIndex(xs, min) + 1;
          // A point alone draws no line.
          return xs.length === 1 || (!!dots && inSight * DOT_SPACING < u.bbox.width / uPlot.pxRatio);
        },
      },
    };
  }

  /**
   * @param {number} i
   * @param {uPlot} u
   * @param {number | null} low
   * @param {number | null} high
   * @returns {Extent}
   */
  #range(i, u, low, high) {
    const { lines, log, withZero, ignoreOutliers } = this.#plot(i);
    if (ignoreOutliers) {
      const { min = -Infinity, max = Infinity } = u.scales["x"] ?? {};
      const inSight = lines.map(({ xs, ys }) =>
        /** @type {number[]} */ (ys.filter((y, k) => y !== null && (!log || y > 0) && /** @type {number} */ (xs[k]) >= min && /** @type {number} */ (xs[k]) <= max)),
      );
      const range = rangeWithoutOutliers(inSight);
      if (range) [low, high] = range;
    }
    if (log) return logRange(low, high);
    return withZero ? linearRange(Math.min(0, low ?? 0), Math.max(0, high ?? 0)) : linearRange(low, high);
  }

  /** @param {uPlot} u */
  #onSelect(u) {
    const { left, width } = u.select;
    if (width < 4) return;
    const zoom = /** @type {Extent} */ ([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
    for (const plot of this.#plots) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#userZoom(zoom);
  }
}

/**
 * All lines of a plot on one x axis, as uPlot wants them. On a logarithmic axis what is not positive is unknown.
 * @param {Plot} plot
 * @returns {uPlot.AlignedData}
 */
function joined({ lines, log }) {
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
 * Pixels that a label of the x axis needs: 90, more where it takes many digits to tell neighbours apart.
 * @param {Axis} axis
 * @param {number} low
 * @param {number} high
 */
function tickSpace(axis, low, high) {
  const spacing = 10 ** Math.floor(Math.log10((high - low) / 6 || 1));
  const base = Math.floor(high / spacing) * spacing;
  const longest = Math.max(...axis.ticks([base - spacing, base]).map((label) => label.length));
  return Math.max(90, longest * LETTER + 24);
}

/**
 * Labels of a logarithmic axis, each with the digits it needs; uPlot passes null where there is no room.
 * @param {(number | null)[]} ticks
 */
function logTicks(ticks) {
  return ticks.map((tick) => {
    if (tick === null) return "";
    return tick >= 1e-4 && tick < 1e6 ? formatTicks([tick, tick * 2])[0] ?? "" : formatValue(tick, 3);
  });
}

/**
 * Where each labelled line ends within what is in sight.
 * @param {uPlot} u
 * @param {readonly StyledLine[]} lines
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
