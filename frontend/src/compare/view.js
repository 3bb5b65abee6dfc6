// Several pairs side by side.

import * as api from "../api.js";
import { PlotStack } from "../chart/stack.js";
import { nearestIndex } from "../chart/geometry.js";
import { Toolbar } from "../detail/toolbar.js";
import { fill, h } from "../dom.js";
import { count, formatSigned, formatStep, formatValue } from "../format.js";
import { middleCut } from "../overview/cells.js";
import { fileName, saveBlob, tableCsv } from "../save/files.js";
import { pngOf, svgOf } from "../save/picture.js";
import { verdictIcon, verdictWords } from "../verdicts.js";
import { configurations } from "./model.js";
import { compareScene, drawMembers } from "./scene.js";

/**
 * @typedef {import("./model.js").Member} Member
 * @typedef {import("./scene.js").Shown} Shown
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../settings.js").Settings} Settings
 */

/** Most pairs that are drawn together: more could not be told apart. */
export const MOST_COMPARED = 21;

const isDark = () => document.documentElement.classList.contains("dark");

export class CompareView {
  /** @type {Member[]} */
  #members = [];
  /** @type {import("./scene.js").Drawn[]} */
  #drawn = [];
  /** @type {readonly PairRow[]} */
  #rows = [];
  /** @type {Map<string, { version: number, row: PairRow, detail: import("../types.js").PairDetail }>} */
  #answers = new Map();
  /** @type {Shown} */
  #shown = "both";

  /**
   * @param {Settings} settings
   * @param {{ onSettings: (settings: Settings) => void, onFullSize: () => void, onOpen: (id: string) => void }} events
   */
  constructor(settings, { onSettings, onFullSize, onOpen }) {
    this.settings = settings;
    this.onOpen = onOpen;
    this.heading = h("header", { class: "detail-head" });
    this.toolbar = new Toolbar(settings, {
      onChange: (changed) => {
        this.settings = changed;
        this.#draw(null);
        onSettings(changed);
      },
      onFullSize,
    });
    this.shownButtons = /** @type {[Shown, string][]} */ ([["both", "Train and validation"], ["val", "Validation"], ["mean", "Mean over seeds"]]).map(
      ([shown, label]) => ({
        shown,
        button: h("button", { class: "segment", type: "button", onclick: () => this.#show(shown) }, label),
      }),
    );
    this.stack = new PlotStack(2, {
      onZoom: () => {},
      onCursor: (x) => this.#renderLegend(x),
      scene: () => compareScene(this.#drawn, this.settings, this.#shown),
    });
    this.stack.setEndLabelWidth(48);
    this.legend = h("tbody");
    const [lossBox, gapBox] = this.stack.boxes;
    this.body = h(
      "div",
      { class: "detail-body compare" },
      this.heading,
      this.toolbar.root,
      h("div", { class: "segments", role: "group", "aria-label": "Curves" }, ...this.shownButtons.map(({ button }) => button)),
      h("div", { class: "charts" }, lossBox ?? "", h("h3", { class: "chart-title" }, "Generalization gaps"), gapBox ?? ""),
      h(
        "table",
        { class: "list-table legend" },
        h("caption", { class: "visually-hidden" }, "The compared pairs"),
        h(
          "thead",
          {},
          h("tr", {}, ...["key", "run", "loss", "verdict", "step", "train", "validation", "gap", "best"].map((name) => h("th", { scope: "col" }, name))),
        ),
        this.legend,
      ),
    );
  }

  /** @param {[number, number]} heights */
  setHeights(heights) {
    this.stack.setHeights(heights);
  }

  /**
   * @param {readonly PairRow[]} rows
   * @param {number} version
   */
  async show(rows, version) {
    this.#rows = rows.slice(0, MOST_COMPARED);
    const cut = rows.length > MOST_COMPARED ? `, the first ${MOST_COMPARED} shown` : "";
    fill(this.heading, h("h2", {}, `${count(rows.length, "pair")} compared`), h("p", { class: "quiet" }, `click one without Ctrl or Shift to see it alone${cut}`));
    this.#renderToolbar();
    await Promise.all(this.#rows.filter((row) => this.#answers.get(row.id)?.row !== row).map((row) => this.#load(row, version)));
    if (rows.slice(0, MOST_COMPARED).some((row, i) => row !== this.#rows[i])) return;
    const zoom = this.#members.length ? this.stack.zoom : null;
    this.#members = this.#rows.flatMap((row, i) => {
      const answer = this.#answers.get(row.id);
      return answer ? [{ number: i + 1, detail: answer.detail }] : [];
    });
    const wanted = new Set(this.#rows.map(({ id }) => id));
    for (const id of this.#answers.keys()) if (!wanted.has(id)) this.#answers.delete(id);
    this.#draw(zoom);
  }

  /**
   * @param {PairRow} row
   * @param {number} version
   */
  async #load(row, version) {
    const detail = await api.getPair(row.id, { width: Math.min(800, this.stack.resolution) }).catch(() => null);
    if (detail) this.#answers.set(row.id, { version, row, detail });
  }

  /** @param {Settings} settings */
  setSettings(settings) {
    this.settings = settings;
    this.toolbar.setSettings(settings);
  }

  repaint() {
    this.#draw(this.stack.zoom);
  }

  /** @param {Shown} shown */
  #show(shown) {
    this.#shown = shown;
    this.#draw(this.stack.zoom);
  }

  /** @param {import("../chart/ranges.js").Extent | null} zoom */
  #draw(zoom) {
    if (!this.#members.length) return;
    const hasSeeds = [...configurations(this.#members).values()].some((group) => group.length > 1);
    for (const { shown, button } of this.shownButtons) {
      button.setAttribute("aria-pressed", String(shown === this.#shown));
      if (shown === "mean") button.disabled = !hasSeeds;
      if (shown === "mean") button.title = hasSeeds ? "Runs that differ by their seed alone, with one standard deviation" : "No two of these runs differ by a seed alone";
    }
    this.#drawn = drawMembers(this.#members, this.settings, isDark());
    this.stack.show(zoom);
  }

  /** @param {boolean} isFullSize */
  setFullSize(isFullSize) {
    this.isFullSize = isFullSize;
    this.#renderToolbar();
  }

  #renderToolbar() {
    const caption = () => ({
      title: `${count(this.#members.length, "pair")} compared`,
      words: this.#members.map(({ number, detail }) => `${number}: ${detail.row.run} \u00b7 ${detail.row.name}`).join("   "),
    });
    const name = (/** @type {string} */ extension) => fileName(["comparison"], extension);
    const gapTitle = "Generalization gaps";
    this.toolbar.update({ isFullSize: this.isFullSize ?? false }, [
      { label: "These rows as CSV", run: () => saveBlob(new Blob([tableCsv(this.#rows)], { type: "text/csv" }), name("csv")) },
      { label: "Picture as PNG", run: async () => saveBlob(await pngOf(this.stack, caption(), gapTitle), name("png")) },
      { label: "Picture as SVG", run: () => saveBlob(svgOf(this.stack, caption(), gapTitle), name("svg")) },
    ]);
  }

  /**
   * The values at the cursor, or at each pair's end.
   * @param {number | null} x
   */
  #renderLegend(x) {
    fill(
      this.legend,
      ...this.#drawn.map(({ number, colour, detail: { row, val: evaluations }, train, val, gap }) => {
        const at = x ?? Infinity;
        /** @param {{ xs: number[], ys: (number | null)[] }} curve */
        const valueOf = ({ xs, ys }) => ys[nearestIndex(xs, at)];
        const swatch = h("i", { class: "swatch" });
        swatch.style.background = colour;
        const cells = [
          formatStep(evaluations.steps[nearestIndex(val.xs, at)]),
          formatValue(valueOf(train)),
          formatValue(valueOf(val)),
          formatSigned(valueOf(gap)),
          row.best_step === null ? "\u2013" : `${formatValue(row.best_value)} at ${formatStep(row.best_step)}`,
        ];
        return h(
          "tr",
          {},
          h("td", { class: "key" }, swatch, String(number)),
          h("td", {}, h("button", { class: "link", type: "button", onclick: () => this.onOpen(row.id) }, middleCut(row.run))),
          h("td", {}, middleCut(row.name)),
          h("td", { class: "verdict-cell", "data-verdict": row.verdict }, verdictIcon(row.verdict), verdictWords(row.verdict).label),
          ...cells.map((text) => h("td", { class: "number" }, text)),
        );
      }),
    );
  }
}
