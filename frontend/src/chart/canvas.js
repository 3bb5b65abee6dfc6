// Drawing onto a plot's canvas in CSS pixels.

import uPlot from "uplot";

/**
 * Runs `draw` with a canvas measured in CSS pixels, clipped to the plotting area where asked.
 * @param {uPlot} u
 * @param {boolean} clip
 * @param {(ctx: CanvasRenderingContext2D, box: { left: number, top: number, width: number, height: number }) => void} draw
 */
export function onCanvas(u, clip, draw) {
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
export const xOf = (u, x) => u.valToPos(x, "x", true) / uPlot.pxRatio;
/**
 * @param {uPlot} u
 * @param {number} value
 */
export const yOf = (u, value) => u.valToPos(value, "y", true) / uPlot.pxRatio;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} top
 * @param {number} bottom
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dash
 */
export function verticalLine(ctx, x, top, bottom, colour, width, dash = []) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
  ctx.setLineDash([]);
}
