// Several pairs in one chart, with a legend and downloads.

import { MAX_WIDTH } from "../api.js";
import { ZOOM_PAUSE } from "../chart/window.js";
import { PlotStack } from "../chart/stack.js";
import { copyLink } from "../clipboard.js";
import { Toolbar } from "../detail/toolbar.js";
import { fill, h } from "../dom.js";
import { count } from "../format.js";
import { middleTruncated } from "../overview/cells.js";
import { comparedCsv, wholeCurves } from "../download/curves.js";
import { fileName, downloadJson, downloadCsv, tableCsv } from "../download/files.js";
import { downloadPng, downloadSvg } from "../download/image.js";
import { ComparedDetails } from "./compared_details.js";
import { readChosen, writeChosen } from "./colours.js";
import { isOneLoss, Legend } from "./legend.js";
import { configurations } from "./model.js";
import { compareScene, drawMembers } from "./scene.js";

/**
 * @typedef {import("./model.js").Member} Member
 * @typedef {import("./scene.js").Shown} Shown
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../chart/ranges.js").Extent} Extent
 */

/** Most pairs that are drawn together: nobody could distinguish more. */
export const MAX_COMPARED = 21;

/** @type {[Shown, string][]} */
const SHOWN = [
  ["both", "Train and validation"],
  ["val", "Validation"],
  ["gap", "Gaps"],
  ["mean", "Mean over seeds"],
];

const isDark = () => document.documentElement.classList.contains("dark");

export class CompareView {
  /** @type {Member[]} */
  #members = [];
  /** @type {import("./scene.js").Drawn[]} */
  #drawn = [];
  /** @type {readonly PairRow[]} */
  #rows = [];
  #details;
  #chosenColours = readChosen();
  /** @type {Shown} */
  #shown;
  /** @type {Extent | null} steps to start with, from a link */
  #firstZoom;
  #zoomTimer = 0;
  #isFullSize = false;
  /** Whether two of the pairs differ by their seed alone. */
  #hasSeeds = false;

  /**
   * @param {import("../api.js").Api} api
   * @param {{ settings: Settings, shown: string, zoom: Extent | null }} start
   * @param {{ onSettings: (settings: Settings) => void, onFullSize: () => void, onOpen: (id: string) => void,
   *   onViewChange: () => void, onUnreachable: () => void }} events
   */
  constructor(api, { settings, shown, zoom }, { onSettings, onFullSize, onOpen, onViewChange, onUnreachable }) {
    this.api = api;
    this.settings = settings;
    this.onUnreachable = onUnreachable;
    this.onViewChange = onViewChange;
    this.#shown = SHOWN.find(([key]) => key === shown)?.[0] ?? "both";
    this.#details = new ComparedDetails(api);
    this.#firstZoom = zoom;
    this.heading = h("header", { class: "detail-head" });
    this.toolbar = new Toolbar(settings, {
      onChange: (changed) => {
        this.settings = changed;
        this.#draw(null);
        onSettings(changed);
      },
      onFullSize,
    });
    this.shownButtons = SHOWN.map(([key, label]) => h("button", { class: "segment", type: "button", onclick: () => this.#show(key) }, label));
    this.resetButton = h("button", { class: "button", type: "button", hidden: true, onclick: () => this.stack.commands.zoom(null) }, "Reset zoom");
    this.stack = new PlotStack(2, {
      onZoom: () => this.#onZoom(),
      onCursor: (x, byKey) => this.legend.read(x ?? Infinity, this.stack.visibleRange, byKey),
      scene: () => compareScene(this.#drawn, this.settings, this.#actuallyShown),
    });
    this.stack.setEndLabelWidth(48);
    this.failure = h("p", { class: "failure", role: "alert", hidden: true });
    this.legend = new Legend({ onOpen, onColour: (run, colour) => this.#setColour(run, colour) });
    this.gapTitle = h("h3", { class: "chart-title" }, "Generalization gaps");
    const [first, second] = this.stack.boxes;
    this.body = h(
      "div",
      { class: "detail-body compare" },
      this.heading,
      this.failure,
      this.toolbar.root,
      h("div", { class: "toolbar" }, h("div", { class: "segments", role: "group", "aria-label": "Curves" }, ...this.shownButtons), this.resetButton),
      h("div", { class: "charts" }, this.stack.hint, first ?? "", this.gapTitle, second ?? ""),
      this.legend.root,
    );
  }

  /** The part of the URL that restores this view. */
  get urlState() {
    const zoom = this.#members.length ? this.#steps : this.#firstZoom;
    return { zoom: zoom ? zoom.join("-") : "", compare: this.#shown === "both" ? "" : this.#shown };
  }

  /** Means need runs that differ by their seed. */
  get #actuallyShown() {
    return this.#shown === "mean" && !this.#hasSeeds ? "both" : this.#shown;
  }

  /**
   * The visible steps, or null for everything.
   * @returns {Extent | null}
   */
  get #steps() {
    const { zoom } = this.stack;
    const axis = this.#drawn[0]?.axis;
    return zoom && axis ? [Math.floor(axis.stepOf(zoom[0])), Math.ceil(axis.stepOf(zoom[1]))] : null;
  }

  /** @param {[number, number]} heights */
  setHeights(heights) {
    this.stack.setHeights(heights);
  }

  /**
   * @param {readonly PairRow[]} rows
   */
  async show(rows) {
    const shown = rows.slice(0, MAX_COMPARED);
    const hadAny = shown.some(({ id }) => this.#rows.some((row) => row.id === id));
    this.#rows = shown;
    const cut = rows.length > MAX_COMPARED ? `; the first ${MAX_COMPARED} are drawn` : "";
    const loss = isOneLoss(rows) && middleTruncated(/** @type {PairRow} */ (rows[0]).name);
    fill(this.heading, h("h2", {}, `${count(rows.length, "pair")} compared`), h("p", { class: "quiet" }, loss, `click one without Ctrl or Shift to see it alone${cut}`));
    this.#renderToolbar();
    await this.#details.load(shown, this.stack.resolution);
    // Another choice was made meanwhile.
    if (this.#rows !== shown) return;
    this.#details.keepOnly(shown);
    const steps = this.#firstZoom ?? (hadAny ? this.#steps : null);
    this.#firstZoom = null;
    this.#updateMembers();
    const axis = this.#drawMembers()[0]?.axis;
    const missing = shown.length - this.#members.length;
    this.failure.textContent = `${count(missing, "pair")} could not be fetched; the next refresh tries again.`;
    this.failure.hidden = !missing;
    if (missing) this.onUnreachable();
    this.#draw(steps && axis ? [axis.xOf(steps[0]), axis.xOf(steps[1])] : null);
    if (steps) this.#onZoom();
  }

  #updateMembers() {
    this.#members = this.#rows.flatMap(({ id }, i) => {
      const detail = this.#details.detail(id);
      return detail ? [{ number: i + 1, detail }] : [];
    });
  }

  #drawMembers() {
    return (this.#drawn = drawMembers(this.#members, this.settings, isDark(), this.#chosenColours));
  }

  /** @param {Settings} settings - changed elsewhere */
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
    this.onViewChange();
  }

  /**
   * @param {string} run
   * @param {string} colour
   */
  #setColour(run, colour) {
    this.#chosenColours.delete(run);
    this.#chosenColours.set(run, colour);
    writeChosen(this.#chosenColours);
    this.#draw(this.stack.zoom);
  }

  /** Fetches what is visible at full resolution. */
  #onZoom() {
    const steps = this.#steps;
    this.resetButton.hidden = !steps;
    this.onViewChange();
    clearTimeout(this.#zoomTimer);
    this.#zoomTimer = window.setTimeout(async () => {
      const rows = this.#rows;
      if (steps) await this.#details.loadWindow(rows, ...steps, this.stack.resolution);
      else this.#details.dropWindow();
      const now = this.#steps;
      if (rows !== this.#rows || now?.[0] !== steps?.[0] || now?.[1] !== steps?.[1]) return;
      this.#updateMembers();
      this.#drawMembers();
      this.stack.refine();
    }, ZOOM_PAUSE);
  }

  /** @param {Extent | null} zoom */
  #draw(zoom) {
    if (!this.#members.length || this.body.hidden) return;
    this.#hasSeeds = [...configurations(this.#members).values()].some((group) => group.length > 1);
    SHOWN.forEach(([key], i) => this.shownButtons[i]?.setAttribute("aria-pressed", String(key === this.#actuallyShown)));
    const ofSeeds = /** @type {HTMLButtonElement} */ (this.shownButtons.at(-1));
    ofSeeds.disabled = !this.#hasSeeds;
    ofSeeds.title = this.#hasSeeds ? "Runs that differ only by their seed, with one standard deviation" : "No two of these runs differ only by their seed";
    this.#drawMembers();
    this.legend.show(this.#drawn);
    this.gapTitle.hidden = this.#shown === "gap";
    this.stack.show(zoom);
    this.resetButton.hidden = !this.stack.zoom;
  }

  /** @param {boolean} isFullSize */
  setFullSize(isFullSize) {
    this.#isFullSize = isFullSize;
    this.#renderToolbar();
  }

  #renderToolbar() {
    const caption = () => ({
      title: `${count(this.#members.length, "pair")} compared`,
      text: this.#members.map(({ number, detail }) => `${number}: ${detail.row.run} \u00b7 ${detail.row.name}`).join("   "),
    });
    const name = (/** @type {string} */ extension) => fileName(["comparison"], extension);
    const gapTitle = "Generalization gaps";
    const perEpoch = new Set(this.#members.map(({ detail }) => detail.steps_per_epoch));
    this.toolbar.update({ isFullSize: this.#isFullSize, loggedPerEpoch: perEpoch.size === 1 ? [...perEpoch][0] : null }, [
      { label: "These rows as CSV", run: () => downloadCsv(tableCsv(this.#rows), name("csv")) },
      { label: "These rows as JSON", run: () => downloadJson(this.#rows, name("json")) },
      { label: "Curves as CSV", run: async () => downloadCsv(comparedCsv(await this.#wholeCurves()), fileName(["curves"], "csv")) },
      { label: "Curves as JSON", run: async () => downloadJson(await this.#wholeCurves(), fileName(["curves"], "json")) },
      { label: "Picture as PNG", run: () => downloadPng(this.stack, caption(), gapTitle, name("png")) },
      { label: "Picture as SVG", run: () => downloadSvg(this.stack, caption(), gapTitle, name("svg")) },
      { label: "Copy link to this view", run: copyLink },
    ]);
  }

  /** Every point of every pair, one pair after the other. */
  async #wholeCurves() {
    const all = [];
    for (const { detail } of this.#members) {
      const { row, train, val } = detail;
      const first = Math.min(train.first_step ?? Infinity, val.first_step ?? Infinity);
      const last = Math.max(train.last_step ?? -Infinity, val.last_step ?? -Infinity);
      const fetchWindow = (/** @type {{ from: number, to: number }} */ window) => this.api.pair(row.id, { ...window, width: MAX_WIDTH });
      const curves = first <= last ? await wholeCurves(fetchWindow, first, last) : {};
      all.push({ run: row.run, name: row.name, curves });
    }
    return all;
  }
}
