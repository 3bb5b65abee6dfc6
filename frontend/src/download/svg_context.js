// The part of a canvas context that our drawing needs, over an SVG: the same code draws both kinds of image.

import { svg } from "../dom.js";

const ANCHORS = /** @type {Record<string, string>} */ ({ left: "start", right: "end", center: "middle" });

/** All lengths are CSS pixels, so `scale` does nothing. */
export class SvgContext {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  font = "12px sans-serif";
  textAlign = "left";
  textBaseline = "middle";
  /** @type {number[]} */
  #dash = [];
  #path = "";
  #clip = "";
  /** @type {Record<string, any>[]} */
  #saved = [];
  #clips = 0;
  #ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

  /** @param {SVGSVGElement} root */
  constructor(root) {
    this.root = root;
    this.defs = svg("defs");
    root.append(this.defs);
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline } = this;
    this.#saved.push({ fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline, dash: this.#dash, clip: this.#clip });
  }

  restore() {
    const { dash, clip, ...style } = this.#saved.pop() ?? {};
    Object.assign(this, style);
    this.#dash = dash;
    this.#clip = clip;
  }

  scale() {}

  beginPath() {
    this.#path = "";
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.#path += `M${round(x)} ${round(y)}`;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.#path += `${this.#path ? "L" : "M"}${round(x)} ${round(y)}`;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  rect(x, y, width, height) {
    this.#path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
  }

  /**
   * A full circle: no other arc is drawn.
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   */
  arc(x, y, radius) {
    const r = round(radius);
    this.#path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }

  clip() {
    const id = `clip${++this.#clips}`;
    this.defs.append(svg("clipPath", { id }, svg("path", { d: this.#path })));
    this.#clip = `url(#${id})`;
  }

  fill() {
    this.#add(svg("path", { d: `${this.#path}Z`, fill: this.fillStyle }));
  }

  stroke() {
    const dash = this.#dash.length ? this.#dash.join(" ") : null;
    this.#add(
      svg("path", {
        d: this.#path,
        fill: "none",
        stroke: this.strokeStyle,
        "stroke-width": this.lineWidth,
        "stroke-linejoin": "round",
        "stroke-dasharray": dash,
      }),
    );
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  fillRect(x, y, width, height) {
    this.#add(svg("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill: this.fillStyle }));
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   */
  fillText(text, x, y) {
    const [, weight, size, family] = /^(?:(\d+) )?([\d.]+px) (.*)$/.exec(this.font) ?? [];
    this.#add(
      svg(
        "text",
        {
          x: round(x),
          y: round(y),
          fill: this.fillStyle,
          "font-family": family ?? "sans-serif",
          "font-size": size ?? "12px",
          "font-weight": weight,
          "text-anchor": ANCHORS[this.textAlign] ?? "start",
          "dominant-baseline": this.textBaseline === "middle" ? "central" : "auto",
        },
        text,
      ),
    );
  }

  /** @param {string} text */
  measureText(text) {
    this.#ruler.font = this.font;
    return this.#ruler.measureText(text);
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.#dash = dash;
  }

  /** @param {SVGElement} element */
  #add(element) {
    if (this.#clip) element.setAttribute("clip-path", this.#clip);
    this.root.append(element);
  }
}

/** @param {number} length */
const round = (length) => Math.round(length * 100) / 100;
