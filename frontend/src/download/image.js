// The charts as an image: PNG copied from the canvases, SVG drawn again.

import uPlot from "uplot";
import { svg } from "../dom.js";
import { readPalette } from "../chart/palette.js";
import { drawEndLabels, endsOf } from "../chart/labels.js";
import { downloadBlob } from "./files.js";
import { wrapText } from "./wrap_text.js";
import { SvgContext } from "./svg_context.js";

/**
 * @typedef {import("../chart/stack.js").PlotStack} PlotStack
 * @typedef {import("../chart/palette.js").Palette} Palette
 *
 * @typedef {object} Caption
 * @property {string} title
 * @property {string} text
 *
 * @typedef {object} CaptionLine
 * @property {string} text
 * @property {string} font
 * @property {string} colour
 * @property {number} y - of its middle
 */

/** Height of a caption whose title and text take one line each; each further line adds its own height. */
const CAPTION_HEIGHT = 52;
const TITLE_LINE = 20;
const TEXT_LINE = 18;
const TITLE_HEIGHT = 26;
const MARGIN = 12;

/**
 * The caption in lines that fit the picture.
 * @param {Caption} caption
 * @param {number} width
 * @param {Palette} palette
 * @returns {{ lines: CaptionLine[], height: number }}
 */
function setCaption({ title, text }, width, palette) {
  const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  /**
   * @param {string} text
   * @param {string} font
   */
  const broken = (text, font) => {
    ruler.font = font;
    return wrapText(text, width - 2 * MARGIN, (part) => ruler.measureText(part).width);
  };
  const [titleFont, textFont] = [`16px ${palette.font}`, `13px ${palette.font}`];
  const [titles, sentences] = [broken(title, titleFont), broken(text, textFont)];
  const below = (titles.length - 1) * TITLE_LINE;
  return {
    lines: [
      ...titles.map((text, i) => ({ text, font: titleFont, colour: palette.text, y: 18 + i * TITLE_LINE })),
      ...sentences.map((text, i) => ({ text, font: textFont, colour: palette.quiet, y: 40 + below + i * TEXT_LINE })),
    ],
    height: CAPTION_HEIGHT + below + (sentences.length - 1) * TEXT_LINE,
  };
}

/**
 * @param {CanvasRenderingContext2D | SvgContext} ctx
 * @param {readonly CaptionLine[]} lines
 */
function drawCaption(ctx, lines) {
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { text, font, colour, y } of lines) {
    ctx.fillStyle = colour;
    ctx.font = font;
    ctx.fillText(text, MARGIN, y);
  }
}

/**
 * Where everything stands in the picture: each plot below the caption and its own title.
 * @param {PlotStack} stack
 * @param {Caption} caption
 * @param {Palette} palette
 */
function layout(stack, caption, palette) {
  const width = stack.plots[0]?.width ?? 0;
  const { lines, height } = setCaption(caption, width, palette);
  let y = height;
  const tops = stack.plots.map((plot, i) => {
    const top = y + (i ? TITLE_HEIGHT : 0);
    y = top + plot.height;
    return top;
  });
  return { width, height: y + MARGIN, tops, lines };
}

/**
 * @param {PlotStack} stack
 * @param {Caption} caption
 * @param {string} gapTitle
 * @returns {Promise<Blob>}
 */
async function pngOf(stack, caption, gapTitle) {
  const palette = readPalette(/** @type {HTMLElement} */ (stack.boxes[0]));
  const { width, height, tops, lines } = layout(stack, caption, palette);
  const canvas = document.createElement("canvas");
  const scale = uPlot.pxRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.scale(scale, scale);
  ctx.fillStyle = palette.surface;
  ctx.fillRect(0, 0, width, height);
  drawCaption(ctx, lines);
  stack.plots.forEach((plot, i) => {
    const top = /** @type {number} */ (tops[i]);
    if (i) drawPlotTitle(ctx, gapTitle, top, palette);
    ctx.drawImage(plot.ctx.canvas, 0, top, plot.width, plot.height);
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}

/**
 * @param {CanvasRenderingContext2D | SvgContext} ctx
 * @param {string} title
 * @param {number} top
 * @param {Palette} palette
 */
function drawPlotTitle(ctx, title, top, palette) {
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.quiet;
  ctx.font = `13px ${palette.font}`;
  ctx.fillText(title, 58, top - TITLE_HEIGHT / 2);
}

/**
 * @param {PlotStack} stack
 * @param {Caption} caption
 * @param {string} gapTitle
 * @returns {Blob}
 */
function svgOf(stack, caption, gapTitle) {
  const palette = readPalette(/** @type {HTMLElement} */ (stack.boxes[0]));
  const { width, height, tops, lines } = layout(stack, caption, palette);
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(svg("title", {}, `${caption.title}: ${caption.text}`), svg("rect", { width, height, fill: palette.surface }));
  drawCaption(new SvgContext(root), lines);
  const scene = stack.makeScene(palette);
  stack.plots.forEach((plot, i) => {
    const top = /** @type {number} */ (tops[i]);
    if (i) drawPlotTitle(new SvgContext(root), gapTitle, top, palette);
    const part = svg("svg", { y: top, width: plot.width, height: plot.height });
    root.append(part);
    const ctx = new SvgContext(part);
    const copy = /** @type {uPlot} */ (Object.create(plot, { ctx: { value: ctx } }));
    const spec = /** @type {import("../chart/plot_options.js").Plot} */ (scene.plots[i]);
    drawAxes(ctx, plot, palette);
    spec.below(copy);
    drawLines(ctx, plot, spec);
    spec.above(copy);
    drawEndLabels(copy, endsOf(plot, spec.lines), palette);
  });
  return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
}

/**
 * @param {PlotStack} stack
 * @param {Caption} caption
 * @param {string} gapTitle
 * @param {string} name
 */
export async function downloadPng(stack, caption, gapTitle, name) {
  downloadBlob(await pngOf(stack, caption, gapTitle), name);
}

/**
 * @param {PlotStack} stack
 * @param {Caption} caption
 * @param {string} gapTitle
 * @param {string} name
 */
export function downloadSvg(stack, caption, gapTitle, name) {
  downloadBlob(svgOf(stack, caption, gapTitle), name);
}

/**
 * The plotting area in CSS pixels.
 * @param {uPlot} u
 */
function areaOf({ bbox }) {
  const scale = uPlot.pxRatio;
  return { left: bbox.left / scale, top: bbox.top / scale, width: bbox.width / scale, height: bbox.height / scale };
}

/**
 * @param {SvgContext} ctx
 * @param {uPlot} u
 * @param {Palette} palette
 */
function drawAxes(ctx, u, palette) {
  const { left, top, width, height } = areaOf(u);
  const [xTicks, yTicks] = u.axes.map((axis) => {
    // Only these two private fields hold uPlot's ticks and labels.
    const { _splits, _values } = /** @type {{ _splits?: number[], _values?: string[] }} */ (axis);
    return (_splits ?? []).map((value, i) => ({ value, label: _values?.[i] ?? "" }));
  });
  ctx.font = `12px ${palette.font}`;
  ctx.fillStyle = palette.quiet;
  ctx.strokeStyle = palette.grid;
  ctx.textBaseline = "middle";
  for (const { value, label } of yTicks ?? []) {
    const y = top + u.valToPos(value, "y");
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.textAlign = "right";
    if (label) ctx.fillText(label, left - 8, y);
  }
  ctx.beginPath();
  ctx.moveTo(left, top + height);
  ctx.lineTo(left + width, top + height);
  ctx.stroke();
  ctx.textAlign = "center";
  for (const { value, label } of xTicks ?? []) {
    if (label) ctx.fillText(label, left + u.valToPos(value, "x"), top + height + 16);
  }
}

/**
 * @param {SvgContext} ctx
 * @param {uPlot} u
 * @param {import("../chart/plot_options.js").Plot} plot
 */
function drawLines(ctx, u, { lines, log }) {
  const { left, top, width, height } = areaOf(u);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  lines.forEach(({ xs, ys, colour, width: lineWidth, dash = [] }, k) => {
    const { show, size = 0 } = u.series[k + 1]?.points ?? {};
    const dots = typeof show === "function" && show(u, k + 1, 0, 0) === true;
    ctx.beginPath();
    ctx.strokeStyle = colour;
    ctx.lineWidth = lineWidth;
    ctx.setLineDash(dash);
    /** @type {[number, number][]} */
    const points = [];
    let pen = false;
    xs.forEach((x, i) => {
      const y = ys[i];
      if (y == null || (log && y <= 0)) {
        pen = false;
        return;
      }
      const point = /** @type {[number, number]} */ ([left + u.valToPos(x, "x"), top + u.valToPos(y, "y")]);
      points.push(point);
      if (pen) ctx.lineTo(...point);
      else ctx.moveTo(...point);
      pen = true;
    });
    ctx.stroke();
    if (!dots) return;
    ctx.fillStyle = colour;
    for (const [x, y] of points) {
      ctx.beginPath();
      ctx.arc(x, y, size / 2);
      ctx.fill();
    }
  });
  ctx.restore();
}
