// Train and validation with the gap between them, and the gap itself below, on one step axis.

import uPlot from "uplot";
import { fill, h } from "../dom.js";
import { formatSigned, formatStep, formatTicks, formatValue } from "../format.js";
import * as draw from "./draw.js";
import { nearestIndex } from "./geometry.js";
import { readPalette } from "./palette.js";

/**
 * @typedef {import("./model.js").ChartModel} ChartModel
 * @typedef {import("./model.js").Line} Line
 * @typedef {import("./model.js").LineKey} LineKey
 * @typedef {[number, number]} Extent
 */

const AXIS_WIDTH = 58;
const END_LABEL_WIDTH = 86;
/** Spacings of step ticks: whole numbers alone. */
const STEP_SPACINGS = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();
/** Pixels that an evaluation needs for a dot of its own. */
const DOT_SPACING = 14;

const LINE_WIDTH = { train: 1.75, trainRaw: 1, val: 2.25, test: 1.5, gap: 1.75 };

/** Lines whose every point is an evaluation, worth a dot where there is room. */
const EVALUATED = new Set(["val", "test"]);

let chartsMade = 0;

export class PairCharts {
  /** @type {ChartModel | null} */
  #model = null;
  /** @type {Extent | null} steps in sight; null is everything */
  #zoom = null;
  /** @type {uPlot | null} */
  #lossPlot = null;
  /** @type {uPlot | null} */
  #gapPlot = null;
  #heights = { loss: 280, gap: 130 };

  /**
   * @param {{ onZoom: (zoom: Extent | null) => void }} events
   */
  constructor({ onZoom }) {
    this.onZoom = onZoom;
    this.syncKey = `losshealth-${++chartsMade}`;
    this.readout = h("div", { class: "readout" });
    this.resetButton = h(
      "button",
      { class: "button", type: "button", title: "Show all steps (double-click on a chart does the same)", onclick: () => this.#userZoom(null) },
      "Reset zoom",
    );
    this.lossBox = h("div", { class: "plot", role: "img" });
    this.gapBox = h("div", { class: "plot", role: "img" });
    this.gapTitle = h("h3", { class: "chart-title" }, "Generalization gap");
    this.root = h(
      "div",
      { class: "charts" },
      h("div", { class: "chart-head" }, this.readout, this.resetButton),
      this.lossBox,
      this.gapTitle,
      this.gapBox,
    );
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.root);
  }

  destroy() {
    this.observer.disconnect();
    this.#lossPlot?.destroy();
    this.#gapPlot?.destroy();
  }

  /** Width of the plotting area in device pixels: the resolution that curves are asked for. */
  get resolution() {
    const width = (this.root.clientWidth || 900) - AXIS_WIDTH - END_LABEL_WIDTH;
    return Math.min(4000, Math.max(100, Math.round(width * devicePixelRatio)));
  }

  /** Steps in sight, or null for everything. */
  get zoom() {
    return this.#zoom;
  }

  /**
   * Draws a pair.
   * @param {ChartModel} model
   * @param {Extent | null} zoom
   * @param {string} description - the verdict, for a reader who does not see the picture
   */
  show(model, zoom, description) {
    this.#model = model;
    this.#zoom = zoom;
    this.lossBox.setAttribute("aria-label", `Train and validation ${model.gap ? "" : "(not logged) "}by step. ${description}`);
    this.gapBox.setAttribute("aria-label", `Generalization gap by step. ${description}`);
    this.gapTitle.textContent = `Generalization gap = ${model.mode === "max" ? "train \u2212 validation" : "validation \u2212 train"}`;
    this.#rebuild();
  }

  /**
   * New points for the pair that is shown (a window fetched at full resolution): nothing else moves.
   * @param {ChartModel} model
   */
  refine(model) {
    this.#model = model;
    this.#lossPlot?.setData(this.#lossData(), true);
    if (model.gap) this.#gapPlot?.setData([model.gap.steps, model.gap.gap], true);
  }

  /** Draws all anew in the colours that the page has now. */
  repaint() {
    if (this.#model) this.#rebuild();
  }

  /**
   * @param {{ loss: number, gap: number }} heights
   */
  setHeights(heights) {
    this.#heights = heights;
    this.#resize();
  }

  #rebuild() {
    const model = /** @type {ChartModel} */ (this.#model);
    this.#lossPlot?.destroy();
    this.#gapPlot?.destroy();
    this.#gapPlot = null;
    this.palette = readPalette(this.root);
    this.#lossPlot = new uPlot(this.#lossOptions(), this.#lossData(), this.lossBox);
    const { gap } = model;
    this.gapBox.hidden = this.gapTitle.hidden = !gap;
    if (gap) this.#gapPlot = new uPlot(this.#gapOptions(), [gap.steps, gap.gap], this.gapBox);
    this.#afterZoom();
  }

  /** @returns {uPlot.AlignedData} */
  #lossData() {
    const { lines } = /** @type {ChartModel} */ (this.#model);
    return uPlot.join(lines.map(({ xs, ys }) => /** @type {uPlot.AlignedData} */ ([xs, ys])));
  }

  #size() {
    return Math.max(240, this.root.clientWidth);
  }

  #resize() {
    if (!this.root.clientWidth) return;
    for (const [plot, height] of /** @type {[uPlot | null, number][]} */ ([
      [this.#lossPlot, this.#heights.loss],
      [this.#gapPlot, this.#heights.gap],
    ])) {
      if (plot && (plot.width !== this.#size() || plot.height !== height)) {
        plot.setSize({ width: this.#size(), height });
      }
    }
  }

  /**
   * @param {number} height
   * @param {number} top
   * @param {boolean} showSteps
   * @returns {Omit<uPlot.Options, "series">}
   */
  #commonOptions(height, top, showSteps) {
    const palette = /** @type {import("./palette.js").Palette} */ (this.palette);
    const [min, max] = this.#zoom ?? /** @type {ChartModel} */ (this.#model).extent;
    const font = `12px ${palette.font}`;
    const grid = { stroke: palette.grid, width: 1 };
    return {
      width: this.#size(),
      height,
      padding: [top, END_LABEL_WIDTH, showSteps ? 0 : 6, 0],
      legend: { show: false },
      scales: {
        x: { time: false, auto: false, min, max },
        y: { range: (_, low, high) => valueRange(low, high) },
      },
      axes: [
        {
          show: true,
          stroke: palette.quiet,
          font,
          grid: { show: false },
          ticks: { stroke: palette.grid, width: 1, size: 4 },
          border: { show: true, stroke: palette.grid, width: 1 },
          size: showSteps ? 28 : 4,
          gap: 4,
          space: 90,
          incrs: STEP_SPACINGS,
          values: (_, ticks) => (showSteps ? formatTicks(ticks) : ticks.map(() => "")),
        },
        {
          stroke: palette.quiet,
          font,
          grid,
          ticks: { show: false },
          size: AXIS_WIDTH,
          gap: 8,
          space: 36,
          values: (_, ticks) => formatTicks(ticks),
        },
      ],
      cursor: {
        y: false,
        sync: { key: this.syncKey, scales: ["x", null] },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 8, width: 2, fill: palette.surface },
        bind: {
          dblclick: () => () => {
            this.#userZoom(null);
            return null;
          },
        },
      },
      hooks: {
        setCursor: [(u) => this.#onCursor(u)],
        setSelect: [(u) => this.#onSelect(u)],
      },
    };
  }

  /** @returns {uPlot.Options} */
  #lossOptions() {
    const palette = /** @type {import("./palette.js").Palette} */ (this.palette);
    const { lines, gap, mode, best, nonFinite } = /** @type {ChartModel} */ (this.#model);
    const top = 6 + draw.LANE_HEIGHT * draw.laneCount(/** @type {ChartModel} */ (this.#model));
    const options = this.#commonOptions(this.#heights.loss, top, true);
    const model = () => /** @type {ChartModel} */ (this.#model);
    return {
      ...options,
      series: [{}, ...lines.map((line, i) => this.#series(line, () => /** @type {Line} */ (model().lines[i])))],
      hooks: {
        ...options.hooks,
        drawAxes: [
          (u) => {
            const now = model().gap;
            if (gap && now) drawGapOf(u, now.steps, now.train, now.val, mode, palette);
            draw.drawOnsetBand(u, model(), palette);
          },
        ],
        draw: [
          (u) => {
            draw.drawVerticals(u, model(), palette);
            draw.drawNonFinite(u, nonFinite, palette);
            if (best) draw.drawBestRing(u, best, palette);
            draw.drawLabels(u, model(), model().lines, palette);
            draw.drawEndLabels(u, endsOf(u, model().lines), palette);
          },
        ],
      },
    };
  }

  /** @returns {uPlot.Options} */
  #gapOptions() {
    const palette = /** @type {import("./palette.js").Palette} */ (this.palette);
    const model = () => /** @type {ChartModel} */ (this.#model);
    const options = this.#commonOptions(this.#heights.gap, 8, true);
    /** @type {() => Line} */
    const line = () => {
      const { gap } = model();
      return { key: "gap", label: "gap", xs: gap?.steps ?? [], ys: gap?.gap ?? [] };
    };
    return {
      ...options,
      scales: { ...options.scales, y: { range: (_, low, high) => valueRange(Math.min(0, low ?? 0), Math.max(0, high ?? 0)) } },
      series: [{}, this.#series(line(), line)],
      hooks: {
        ...options.hooks,
        drawAxes: [
          (u) => {
            const { xs, ys } = line();
            drawGapOf(u, xs, ys.map((y) => y && 0), ys, "min", palette);
            draw.drawOnsetBand(u, model(), palette);
          },
        ],
        draw: [
          (u) => {
            draw.drawVerticals(u, model(), palette);
            draw.drawEndLabels(u, endsOf(u, [line()], formatSigned), palette);
          },
        ],
      },
    };
  }

  /**
   * @param {Line} line
   * @param {() => Line} now - the same line with the points it has now
   * @returns {uPlot.Series}
   */
  #series({ key }, now) {
    const palette = /** @type {import("./palette.js").Palette} */ (this.palette);
    return {
      stroke: palette.line[key],
      width: LINE_WIDTH[key],
      points: {
        size: 5,
        fill: palette.line[key],
        width: 0,
        show: (u) => EVALUATED.has(key) && countInSight(u, now().xs) * DOT_SPACING < u.bbox.width / uPlot.pxRatio,
      },
    };
  }

  /** @param {uPlot} u */
  #onCursor(u) {
    const { left } = u.cursor;
    this.#renderReadout(left == null || left < 0 ? null : u.posToVal(left, "x"));
  }

  /** @param {uPlot} u */
  #onSelect(u) {
    const { left, width } = u.select;
    if (width < 4) return;
    const zoom = /** @type {Extent} */ ([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
    for (const plot of [this.#lossPlot, this.#gapPlot]) plot?.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#userZoom(zoom);
  }

  /** @param {Extent | null} zoom */
  #userZoom(zoom) {
    this.#zoom = zoom && this.#limit(zoom);
    this.#afterZoom();
    this.onZoom(this.#zoom);
  }

  /**
   * The wanted steps within what there is, whole, and at least one step wide; null if that is everything.
   * @param {Extent} zoom
   * @returns {Extent | null}
   */
  #limit(zoom) {
    const [first, last] = /** @type {ChartModel} */ (this.#model).extent;
    const from = Math.max(first, Math.min(last - 1, Math.round(zoom[0])));
    const to = Math.min(last, Math.max(from + 1, Math.round(zoom[1])));
    return from <= first && to >= last ? null : [from, to];
  }

  #afterZoom() {
    const [min, max] = this.#zoom ?? /** @type {ChartModel} */ (this.#model).extent;
    for (const plot of [this.#lossPlot, this.#gapPlot]) {
      if (plot && (plot.scales["x"]?.min !== min || plot.scales["x"]?.max !== max)) plot.setScale("x", { min, max });
    }
    this.resetButton.hidden = !this.#zoom;
    this.#renderReadout(null);
  }

  /**
   * The values at a step, or at the end of what is in sight.
   * @param {number | null} x
   */
  #renderReadout(x) {
    const { lines, gap, extent } = /** @type {ChartModel} */ (this.#model);
    const at = x ?? this.#zoom?.[1] ?? extent[1];
    const anchor = lines.find((line) => line.key === "val") ?? lines[0];
    const step = anchor && anchor.xs[nearestIndex(anchor.xs, at)];
    const parts = lines
      .filter(({ key }) => key !== "trainRaw")
      .map(({ key, label, xs, ys }) => readoutItem(key, label, formatValue(ys[nearestIndex(xs, step ?? at)])));
    if (gap) parts.push(readoutItem("gap", "gap", formatSigned(gap.gap[nearestIndex(gap.steps, step ?? at)])));
    fill(this.readout, h("span", { class: "readout-step" }, `step ${formatStep(step)}`), ...parts);
  }
}

/**
 * @param {LineKey} key
 * @param {string} label
 * @param {string} value
 */
function readoutItem(key, label, value) {
  return h("span", { class: "readout-item", "data-line": key }, h("i", { class: "swatch" }), `${label} `, h("b", {}, value));
}

/**
 * @param {uPlot} u
 * @param {readonly number[]} xs
 * @param {readonly (number | null)[]} lower
 * @param {readonly (number | null)[]} upper
 * @param {"min" | "max"} mode
 * @param {import("./palette.js").Palette} palette
 */
function drawGapOf(u, xs, lower, upper, mode, palette) {
  draw.drawGap(u, { xs, lower, upper }, mode === "min", palette);
}

/**
 * Range of a value axis: some air on both sides, and zero where it is near.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function valueRange(low, high) {
  if (low === null || high === null) return [0, 1];
  if (low === high) return [low - (Math.abs(low) || 1) * 0.5, high + (Math.abs(high) || 1) * 0.5];
  const air = (high - low) * 0.08;
  const bottom = low >= 0 && low < (high - low) * 0.25 ? 0 : low - air;
  return [low === 0 ? 0 : bottom, high === 0 ? 0 : high + air];
}

/**
 * Points of a line within the steps in sight.
 * @param {uPlot} u
 * @param {readonly number[]} xs
 */
function countInSight(u, xs) {
  const { min, max } = /** @type {{ min: number, max: number }} */ (u.scales["x"]);
  return nearestIndex(xs, max) - nearestIndex(xs, min) + 1;
}

/**
 * Where each line ends within the steps in sight.
 * @param {uPlot} u
 * @param {readonly Line[]} lines
 * @param {(value: number) => string} [withValue] - how to write the value behind the name
 */
function endsOf(u, lines, withValue) {
  const max = u.scales["x"]?.max ?? 0;
  const ends = [];
  for (const { key, label, xs, ys } of lines) {
    if (key === "trainRaw") continue;
    for (let i = xs.length - 1; i >= 0; i--) {
      const value = ys[i];
      if (value == null || /** @type {number} */ (xs[i]) > max) continue;
      ends.push({ key, text: withValue ? `${label} ${withValue(value)}` : label, value });
      break;
    }
  }
  return ends;
}
