// The compared pairs as a table: which line is whose, and every value at the cursor.

import { nearestIndex } from "../chart/geometry.js";
import { valueSpan } from "../chart/readout.js";
import { fill, h } from "../dom.js";
import { formatIn, formatSigned, formatStep } from "../format.js";
import { middleTruncated } from "../overview/cells.js";
import { verdictIcon, verdictText } from "../verdicts.js";

/** @typedef {import("./scene.js").Drawn} Drawn */

const COLUMNS = ["key", "run", "loss", "verdict", "step", "train", "validation", "gap", "best"];

/** Whether all pairs are of one loss: then its name is in the heading alone. */
export const isOneLoss = (/** @type {readonly { name: string }[]} */ rows) => new Set(rows.map(({ name }) => name)).size === 1;

/**
 * @param {{ xs: number[], ys: (number | null)[] }} curve
 * @param {number} x
 */
const valueAt = ({ xs, ys }, x) => ys[nearestIndex(xs, x)];

export class Legend {
  /** @type {readonly Drawn[]} */
  #drawn = [];
  /** @type {{ colour: HTMLInputElement, values: HTMLElement[] }[]} */
  #rows = [];

  /** @param {{ onOpen: (id: string) => void, onColour: (run: string, colour: string) => void }} events */
  constructor({ onOpen, onColour }) {
    this.onOpen = onOpen;
    this.onColour = onColour;
    this.body = h("tbody");
    this.liveRegion = h("div", { class: "visually-hidden", "aria-live": "polite" });
    this.root = h(
      "div",
      { class: "legend-place" },
      h(
        "table",
        { class: "list-table legend" },
        h("caption", { class: "visually-hidden" }, "The compared pairs"),
        h("thead", {}, h("tr", {}, ...COLUMNS.map((name) => h("th", { scope: "col", class: name === "loss" ? name : null }, name)))),
        this.body,
      ),
      this.liveRegion,
    );
  }

  /** @param {readonly Drawn[]} drawn */
  show(drawn) {
    const isSame = drawn.length === this.#drawn.length && drawn.every(({ detail }, i) => detail.row === this.#drawn[i]?.detail.row);
    this.#drawn = drawn;
    // A colour is being chosen on the row: it stays the same element.
    if (isSame) this.#rows.forEach(({ colour }, i) => (colour.value = /** @type {Drawn} */ (drawn[i]).colour));
    else this.#build();
  }

  #build() {
    this.root.classList.toggle("one-loss", isOneLoss(this.#drawn.map(({ detail }) => detail.row)));
    this.#rows = [];
    fill(this.body, ...this.#drawn.map((member) => this.#row(member)));
  }

  /** @param {Drawn} member */
  #row({ number, colour, detail: { row } }) {
    const input = h("input", {
      type: "color",
      class: "colour",
      value: colour,
      "aria-label": `Colour of run ${row.run}`,
      title: "Choose the colour of this run",
      oninput: () => this.onColour(row.run, input.value),
    });
    const verdict = verdictText(row.verdict);
    const values = Array.from({ length: 5 }, () => h("td", { class: "number" }));
    this.#rows.push({ colour: input, values });
    return h(
      "tr",
      {},
      h("td", { class: "key" }, input, String(number)),
      h("td", {}, h("button", { class: "link", type: "button", onclick: () => this.onOpen(row.id) }, middleTruncated(row.run))),
      h("td", { class: "loss" }, middleTruncated(row.name)),
      h(
        "td",
        { class: "verdict-cell", "data-verdict": row.verdict, title: verdict.title },
        verdictIcon(row.verdict, verdict),
        h("span", { class: "verdict-label" }, verdict.title),
      ),
      ...values,
    );
  }

  /**
   * Shows the values at x.
   * @param {number} x
   * @param {import("../chart/ranges.js").Extent} visibleRange - the visible x
   * @param {boolean} announce
   */
  read(x, visibleRange, announce) {
    const span = valueSpan(this.#drawn.flatMap(({ train, val }) => [train, val]), visibleRange);
    const texts = this.#drawn.map(({ detail: { row, val: evaluations }, train, val, gap }) => [
      formatStep(evaluations.steps[nearestIndex(val.xs, x)]),
      formatIn(valueAt(train, x), span),
      formatIn(valueAt(val, x), span),
      formatSigned(valueAt(gap, x)),
      row.best_step === null ? "\u2013" : `${formatIn(row.best_value, span)} at ${formatStep(row.best_step)}`,
    ]);
    this.#rows.forEach(({ values }, i) => values.forEach((cell, k) => (cell.textContent = texts[i]?.[k] ?? "")));
    if (announce) {
      this.liveRegion.textContent = texts.map(([step, train, val], i) => `${i + 1}: step ${step}, train ${train}, validation ${val}`).join("; ");
    }
  }
}
