// One pair: train and validation with the gap between them, and the gap itself below.

import { h } from "../dom.js";
import { formatSigned } from "../format.js";
import { drawGap, drawOnsetBand } from "./areas.js";
import { GESTURES } from "./interaction.js";
import { LANE_HEIGHT, drawLabels, laneCount } from "./labels.js";
import { drawBestOnGap, drawBestRing, drawNonFinite, drawVerticals } from "./marks.js";
import { Readout } from "./readout.js";
import { PlotStack } from "./stack.js";

/**
 * @typedef {import("./model.js").ChartModel} ChartModel
 * @typedef {import("./model.js").Line} Line
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./ranges.js").Extent} Extent
 * @typedef {import("./stack.js").Scene} Scene
 */

const LINE_WIDTH = { train: 1.75, trainRaw: 1, val: 2.25, valRaw: 1, test: 1.5, gap: 1.75 };
/** Lines whose every point is an evaluation, worth a dot. */
const EVALUATED = new Set(["val", "valRaw", "test"]);
export class PairCharts {
  /** @type {ChartModel | null} */
  #model = null;
  #description = "";

  /**
   * @param {{ onZoom: (steps: Extent | null) => void }} events
   */
  constructor({ onZoom }) {
    this.onZoom = onZoom;
    this.readout = new Readout();
    this.stack = new PlotStack(2, {
      onZoom: () => {
        this.resetButton.hidden = !this.stack.zoom;
        this.onZoom(this.zoom);
      },
      onCursor: (x, byKey) => this.#model && this.readout.show(this.#model, x ?? this.stack.visibleRange[1], this.stack.visibleRange, byKey),
      scene: (palette) => pairScene(/** @type {ChartModel} */ (this.#model), palette, this.#description),
    });
    this.resetButton = h(
      "button",
      {
        class: "button",
        type: "button",
        title: "Show all steps (double-click on a chart does the same)",
        hidden: true,
        onclick: () => this.stack.commands.zoom(null),
      },
      "Reset zoom",
    );
    const [lossBox, gapBox] = this.stack.boxes;
    this.gapTitle = h("h3", { class: "chart-title" });
    this.root = h(
      "div",
      { class: "charts" },
      h("div", { class: "chart-head", title: GESTURES }, this.readout.root, this.readout.liveRegion, this.stack.hint, this.resetButton),
      lossBox ?? "",
      this.gapTitle,
      gapBox ?? "",
    );
  }

  /** The visible steps, or null for everything. */
  get zoom() {
    const { zoom } = this.stack;
    const axis = this.#model?.axis;
    if (!zoom || !axis) return null;
    return /** @type {Extent} */ ([Math.floor(axis.stepOf(zoom[0])), Math.ceil(axis.stepOf(zoom[1]))]);
  }

  get model() {
    return this.#model;
  }

  get resolution() {
    return this.stack.resolution;
  }

  /** @param {[number, number]} heights */
  setHeights(heights) {
    this.stack.setHeights(heights);
  }

  /**
   * Draws a pair.
   * @param {ChartModel} model
   * @param {Extent | null} zoom - in steps
   * @param {string} description - the verdict, for a reader who does not see the picture
   */
  show(model, zoom, description) {
    this.#model = model;
    this.#description = description;
    const sense = model.mode === "max" ? "train \u2212 validation" : "validation \u2212 train";
    this.gapTitle.textContent = `Generalization gap = ${sense}`;
    this.gapTitle.hidden = !model.gap;
    this.stack.show(zoom && [model.axis.xOf(zoom[0]), model.axis.xOf(zoom[1])]);
    this.resetButton.hidden = !this.stack.zoom;
  }

  /**
   * New points for the pair that is shown (a window fetched at full resolution): nothing else moves.
   * @param {ChartModel} model
   */
  refine(model) {
    this.#model = model;
    this.stack.refine();
  }

  /** Draws all anew in the colours that the page has now. */
  repaint() {
    if (this.#model) this.stack.show(this.stack.zoom);
  }
}

/**
 * @param {Line} line
 * @param {Palette} palette
 * @param {(last: number) => string} [ending] - writes the label at the line's end
 * @returns {import("./plot_options.js").StyledLine}
 */
function styled({ key, label, faint, xs, ys }, palette, ending) {
  return {
    xs,
    ys,
    colour: palette.line[key],
    width: LINE_WIDTH[key],
    dots: EVALUATED.has(key),
    ...(!faint && { label: ending ?? label, labelColour: palette.label[key] }),
  };
}

/**
 * @param {ChartModel} model
 * @param {Palette} palette
 * @param {string} description
 * @returns {Scene}
 */
export function pairScene(model, palette, description) {
  const { axis, extent, lines, gap, fill, mode } = model;
  const from = axis.xOf(extent[0]);
  const to = axis.xOf(extent[1]);
  const worse = mode === "min";
  const area = fill && model.log ? positiveOnly(fill) : fill;
  /** @type {Scene} */
  const scene = {
    axis,
    extent: to > from ? [from, to] : [from - 0.5, from + 0.5],
    plots: [
      {
        lines: lines.map((line) => styled(line, palette)),
        log: model.log,
        withZero: false,
        ignoreOutliers: model.ignoreOutliers,
        top: 6 + LANE_HEIGHT * laneCount(model),
        description: `${gap ? "Train and validation" : "Train"} by ${axis.label}. ${description}`,
        below: (u) => {
          if (area) drawGap(u, area, worse, palette);
          drawOnsetBand(u, model, palette);
        },
        above: (u) => {
          drawVerticals(u, model, palette);
          drawNonFinite(u, model, palette);
          if (model.best) drawBestRing(u, model, model.best, palette.line.val, palette);
          drawLabels(u, model, palette);
        },
      },
    ],
  };
  if (gap) {
    const gapArea = { xs: gap.xs, lower: gap.ys.map((y) => (y === null ? null : 0)), upper: gap.ys };
    scene.plots.push({
      lines: [styled(gap, palette, (last) => `gap ${formatSigned(last)}`)],
      log: false,
      withZero: true,
      ignoreOutliers: model.ignoreOutliers,
      top: 8,
      description: `Generalization gap by ${axis.label}. ${description}`,
      below: (u) => {
        drawGap(u, gapArea, true, palette);
        drawOnsetBand(u, model, palette);
      },
      above: (u) => {
        drawVerticals(u, model, palette);
        drawBestOnGap(u, model, palette);
      },
    });
  }
  return scene;
}

/**
 * @param {import("./model.js").Area} area
 * @returns {import("./model.js").Area}
 */
function positiveOnly({ xs, lower, upper }) {
  /** @param {(number | null)[]} ys */
  const positive = (ys) => ys.map((y) => (y !== null && y > 0 ? y : null));
  return { xs, lower: positive(lower), upper: positive(upper) };
}
