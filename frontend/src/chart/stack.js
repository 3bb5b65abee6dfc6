// Plots one above the other on one x axis: they zoom, move and show their cursor together.

import uPlot from "uplot";
import { MAX_WIDTH } from "../api.js";
import { h } from "../dom.js";
import { nearestIndex } from "./geometry.js";
import { GESTURES, listenToDrag, listenToWheel, onKey } from "./interaction.js";
import { readPalette } from "./palette.js";
import { axisWidthFor, joined, plotOptions } from "./plot_options.js";
import { limitZoom } from "./ranges.js";

/**
 * @typedef {import("./axis.js").Axis} Axis
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./plot_options.js").Plot} Plot
 * @typedef {import("./ranges.js").Extent} Extent
 *
 * @typedef {object} Scene
 * @property {Axis} axis
 * @property {Extent} extent - all x there are
 * @property {Plot[]} plots
 */

/** Least width of the value axes; long labels widen them all. */
const AXIS_WIDTH = 58;
const END_LABEL_WIDTH = 86;
/** Smallest part of everything that can be zoomed into. */
const MIN_ZOOM = 1e-6;

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
    this.hint = h("p", { class: "visually-hidden", id: `${this.syncKey}-hint` }, GESTURES);
    this.boxes = Array.from({ length: count }, () =>
      h("div", {
        class: "plot",
        role: "img",
        "aria-label": "Chart on its way",
        tabindex: 0,
        "aria-describedby": this.hint.id,
        onkeydown: (event) => onKey(/** @type {KeyboardEvent} */ (event), this.commands),
      }),
    );
    this.#heights = this.boxes.map(() => 200);
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(/** @type {HTMLElement} */ (this.boxes[0]));
    this.commands = {
      /** @param {Extent | null} zoom */
      zoom: (zoom) => this.#userZoom(zoom),
      visibleRange: () => this.visibleRange,
      /** @param {number} by */
      moveCursor: (by) => this.#moveCursor(by),
    };
  }

  /** The plots as drawn, for downloads. */
  get plots() {
    return this.#plots;
  }

  /** The visible x, or null for everything. */
  get zoom() {
    return this.#zoom;
  }

  /** @returns {Extent} the visible x */
  get visibleRange() {
    return this.#zoom ?? this.#scene?.extent ?? [0, 1];
  }

  /** Width of the plotting area in device pixels: the resolution that curves are asked for. */
  get resolution() {
    const width = ((this.boxes[0]?.clientWidth ?? 0) || 900) - AXIS_WIDTH - this.#endLabelWidth;
    return Math.min(MAX_WIDTH, Math.max(100, Math.round(width * devicePixelRatio)));
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
    const pointer = this.#pointer;
    const heights = this.boxes.map((box) => box.offsetHeight);
    // Without this the page would get shorter for a moment and scroll up.
    this.boxes.forEach((box, i) => (box.style.minHeight = `${heights[i]}px`));
    for (const plot of this.#plots) plot.destroy();
    const palette = readPalette(/** @type {HTMLElement} */ (this.boxes[0]));
    const scene = (this.#scene = this.makeScene(palette));
    this.#zoom = this.#limited(zoom);
    this.#axisWidth = AXIS_WIDTH;
    this.#plots = scene.plots.map((plot, i) => {
      const box = /** @type {HTMLElement} */ (this.boxes[i]);
      box.setAttribute("aria-label", plot.description);
      const made = new uPlot(plotOptions(this.#contextOf(i), palette), joined(plot), box);
      listenToWheel(made, this.commands);
      listenToDrag(made, this.commands);
      return made;
    });
    this.boxes.forEach((box, i) => {
      box.hidden = i >= scene.plots.length;
      box.style.minHeight = "";
    });
    this.onCursor(null, false);
    if (pointer) this.#pointAgain(pointer);
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
    const [min, max] = this.visibleRange;
    scene.plots.forEach((plot, i) => {
      const shown = this.#plots[i];
      // A plot that resets its scales before its first drawing would forget the visible steps and stay blank.
      shown?.setData(joined(plot), false);
      shown?.setScale("x", { min, max });
    });
  }

  /** The plot under the pointer and where on it the pointer is, in pixels; null where it is elsewhere. */
  get #pointer() {
    const i = this.boxes.findIndex((box) => box.matches(":hover"));
    const { left = -1, top = -1 } = this.#plots[i]?.cursor ?? {};
    return left < 0 ? null : { i, left, top };
  }

  /**
   * Sets a new plot's cursor once the plot has its scales: a pointer at rest sends no events.
   * @param {{ i: number, left: number, top: number }} pointer
   */
  #pointAgain({ i, left, top }) {
    queueMicrotask(() => this.#plots[i]?.setCursor({ left, top }));
  }

  /** @param {Extent | null} zoom */
  setZoom(zoom) {
    this.#zoom = zoom;
    const [min, max] = this.visibleRange;
    for (const plot of this.#plots) {
      if (plot.scales["x"]?.min !== min || plot.scales["x"]?.max !== max) plot.setScale("x", { min, max });
    }
    this.onCursor(null, false);
  }

  destroy() {
    this.observer.disconnect();
    for (const plot of this.#plots) plot.destroy();
  }

  /**
   * A zoom within all there is.
   * @param {Extent | null} wanted
   */
  #limited(wanted) {
    const { extent } = /** @type {Scene} */ (this.#scene);
    return wanted && limitZoom(wanted, extent, (extent[1] - extent[0]) * MIN_ZOOM);
  }

  /** @param {Extent | null} wanted */
  #userZoom(wanted) {
    this.#zoom = this.#limited(wanted);
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
    const [min, max] = this.visibleRange;
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
    const wanted = axisWidthFor(labels);
    if (wanted > this.#axisWidth) {
      this.#axisWidth = wanted;
      queueMicrotask(() => this.#plots.forEach((plot) => plot !== u && plot.redraw(false, true)));
    }
    return this.#axisWidth;
  }

  #width() {
    return Math.max(240, this.boxes[0]?.clientWidth ?? 0);
  }

  /**
   * The height of a plot; a single plot gets the height of all.
   * @param {number} i
   */
  #height(i) {
    const isAlone = this.#scene?.plots.length === 1;
    return isAlone ? this.#heights.reduce((sum, height) => sum + height) : /** @type {number} */ (this.#heights[i]);
  }

  #resize() {
    if (!this.boxes[0]?.clientWidth) return;
    this.#plots.forEach((plot, i) => {
      const size = { width: this.#width(), height: this.#height(i) };
      if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
    });
  }

  /**
   * @param {number} i
   * @returns {import("./plot_options.js").PlotContext}
   */
  #contextOf(i) {
    return {
      plot: () => /** @type {Plot} */ (this.#scene?.plots[i]),
      axis: /** @type {Scene} */ (this.#scene).axis,
      visibleRange: () => this.visibleRange,
      size: { width: this.#width(), height: this.#height(i) },
      endLabelWidth: this.#endLabelWidth,
      syncKey: this.syncKey,
      axisSize: (u, labels) => this.#axisSize(u, labels),
      onCursor: (x) => this.onCursor(x, false),
      onZoom: (zoom) => this.#userZoom(zoom),
    };
  }
}
