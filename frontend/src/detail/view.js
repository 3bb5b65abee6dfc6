// One pair: the answer, the charts that prove it, and the tabs that explain it.

import * as api from "../api.js";
import { PairCharts } from "../chart/charts.js";
import { chartModel, isPositive } from "../chart/model.js";
import { spliceDetail } from "../chart/window.js";
import { fill, h } from "../dom.js";
import { count, formatStep } from "../format.js";
import { middleCut } from "../overview/cells.js";
import { curvesCsv, wholeCurves } from "../save/curves.js";
import { fileName, saveBlob } from "../save/files.js";
import { pngOf, svgOf } from "../save/picture.js";
import { copyableCode, copyText } from "../states.js";
import { headline, pairBanner, trainOnlyBanner } from "./banner.js";
import { numbersPanel, pairingPanel, problemsPanel, whyPanel } from "./panels.js";
import { Tabs } from "./tabs.js";
import { Toolbar } from "./toolbar.js";
import { UnpairedTags } from "./unpaired.js";

/**
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {import("../types.js").Overview} Overview
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../types.js").Trial} Trial
 * @typedef {{ kind: "trial", id: string, trial: Trial, row: { id: string, run: string, name: string } }} TrialItem
 * - the row is a new one whenever the log has changed
 * @typedef {import("../overview/rows.js").PairItem | import("../overview/rows.js").TrainOnlyItem | TrialItem} Chosen
 * @typedef {import("../chart/ranges.js").Extent} Extent
 * @typedef {PairDetail | TrainOnlyDetail} Detail
 */

/** Wait before a window is fetched, in milliseconds: a zoom by wheel comes in many small steps. */
const ZOOM_PAUSE = 120;
/** Widest window, in pixels, that the server answers for. */
const MOST_DETAILED = 4000;
/** Answers kept, so that going back and forth between pairs waits for nothing. */
const KEPT_ANSWERS = 12;

export class DetailView {
  /** @type {Chosen | null} */
  #chosen = null;
  /** @type {number | undefined} an earlier training of the folder; undefined is the latest */
  #session;
  /** @type {Detail | null} the whole pair, as last fetched */
  #detail = null;
  /** @type {Overview | null} */
  #overview = null;
  /** @type {AbortController | null} */
  #request = null;
  /** @type {Map<string, { row: object | null, detail: Detail }>} by pair and session, oldest first */
  #answers = new Map();
  #zoomTimer = 0;
  /** @type {Extent | null} zoom to start with, from a link */
  #firstZoom;

  /**
   * @param {{ settings: Settings, zoom: Extent | null, tab: string }} start
   * @param {{ onUnreachable: () => void, onViewChange: () => void, onSettings: (settings: Settings) => void,
   *   onFullSize: () => void, onTry: (trial: Trial | null) => void }} events - `onTry` with null ends a trial
   */
  constructor({ settings, zoom, tab }, { onUnreachable, onViewChange, onSettings, onFullSize, onTry }) {
    this.settings = settings;
    this.onUnreachable = onUnreachable;
    this.onViewChange = onViewChange;
    this.#firstZoom = zoom;
    this.heading = h("header", { class: "detail-head" });
    this.banner = h("div", { class: "banner-place", "aria-live": "polite" });
    this.failure = h("p", { class: "failure", role: "alert", hidden: true });
    this.toolbar = new Toolbar(settings, {
      onChange: (changed) => {
        this.#applySettings(changed);
        onSettings(changed);
      },
      onFullSize,
    });
    this.charts = new PairCharts({
      onZoom: (steps) => {
        this.#fetchWindow(steps);
        this.onViewChange();
      },
    });
    this.hint = h("div", { class: "how-to-log", hidden: true });
    this.onTry = onTry;
    this.unpaired = new UnpairedTags(onTry);
    this.tabs = new Tabs("About this pair", tab, () => this.onViewChange());
    this.body = h(
      "div",
      { class: "detail-body" },
      this.heading,
      this.banner,
      this.failure,
      this.toolbar.root,
      this.charts.root,
      this.hint,
      this.tabs.root,
    );
  }

  /** What a link to this view has to say: the steps in sight and the tab. */
  get view() {
    const zoom = this.#detail ? this.charts.zoom : this.#firstZoom;
    return { zoom: zoom ? zoom.join("-") : "", tab: this.tabs.chosen === "why" ? "" : this.tabs.chosen };
  }

  /** @param {[number, number]} heights */
  setHeights(heights) {
    this.charts.setHeights(heights);
  }

  /** @param {Settings} settings - changed elsewhere */
  setSettings(settings) {
    this.toolbar.setSettings(settings);
    this.#applySettings(settings);
  }

  /**
   * Shows a pair, or the same one with what has changed.
   * @param {Chosen | null} chosen
   * @param {Overview} overview
   */
  async show(chosen, overview) {
    const other = chosen?.id !== this.#chosen?.id;
    const rowChanged = !other && rowOf(chosen) !== rowOf(this.#chosen);
    this.#chosen = chosen;
    this.#overview = overview;
    this.body.classList.toggle("nothing-chosen", !chosen);
    if (!chosen) return;
    if (other) this.#session = undefined;
    const known = this.#answers.get(this.#answerKey());
    const isCurrent = known?.row === rowOf(chosen);
    const zoom = this.#firstZoom ?? (other ? null : this.charts.zoom);
    if (other) {
      clearTimeout(this.#zoomTimer);
      this.#detail = known?.detail ?? null;
      this.failure.hidden = true;
      this.#renderWords();
      if (known) this.#renderCharts(zoom);
    } else if (!rowChanged && this.#detail) {
      // Nothing about this pair has changed: it holds for the new version, too.
      this.#renderWords();
      return;
    }
    if (isCurrent) this.#firstZoom = null;
    else await this.#load(zoom);
  }

  /** Draws the charts anew in the colours that the page has now. */
  repaint() {
    this.charts.repaint();
  }

  /** @param {string} key */
  openTab(key) {
    this.tabs.choose(key);
    this.tabs.root.scrollIntoView({ block: "nearest" });
  }

  #answerKey() {
    return `${this.#chosen?.id}/${this.#session ?? ""}`;
  }

  /**
   * @param {Partial<api.Window>} [window]
   * @param {AbortSignal} [signal]
   * @returns {Promise<Detail>}
   */
  #fetch(window = {}, signal) {
    const chosen = /** @type {Chosen} */ (this.#chosen);
    const { id, kind } = chosen;
    const width = this.charts.resolution;
    if (kind === "trial") return api.getTrial(chosen.trial, { width, session: this.#session, ...window }, signal);
    if (kind === "train_only") return api.getTrainOnly(id, { width, ...window }, signal);
    return api.getPair(id, { width, session: this.#session, ...window }, signal);
  }

  /** @param {Extent | null} zoom */
  async #load(zoom) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.body.setAttribute("aria-busy", "true");
    try {
      const [key, row] = [this.#answerKey(), rowOf(this.#chosen)];
      const detail = await this.#fetch({}, request.signal);
      this.#keep(key, { row, detail });
      this.#detail = detail;
      this.#firstZoom = null;
      this.failure.hidden = true;
      this.#renderWords();
      this.#renderCharts(zoom);
      if (zoom) this.#fetchWindow(zoom);
    } catch (error) {
      if (request.signal.aborted) return;
      this.#fail("This pair could not be fetched", error);
    } finally {
      if (this.#request === request) this.body.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {string} key
   * @param {{ row: object | null, detail: Detail }} answer
   */
  #keep(key, answer) {
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }

  /**
   * Fetches the steps in sight at full resolution.
   * @param {Extent | null} steps
   */
  #fetchWindow(steps) {
    clearTimeout(this.#zoomTimer);
    const detail = this.#detail;
    if (!detail) return;
    const curves = "val" in detail ? [detail.train, detail.val, detail.test] : [detail.train];
    if (!curves.some((curve) => curve?.decimated)) return;
    if (!steps) {
      this.charts.refine(chartModel(detail, this.settings));
      return;
    }
    this.#zoomTimer = window.setTimeout(async () => {
      const [from, to] = steps;
      const part = await this.#fetch({ from, to }).catch(() => null);
      const same = this.#detail === detail && this.charts.zoom?.[0] === from && this.charts.zoom[1] === to;
      if (part && same) this.charts.refine(chartModel(spliceDetail(detail, part, from, to), this.settings));
    }, ZOOM_PAUSE);
  }

  /** @param {Settings} settings */
  #applySettings(settings) {
    const { zoom } = this.charts;
    const { axis, stepsPerEpoch, log } = this.settings;
    const sameAxes = settings.axis === axis && settings.stepsPerEpoch === stepsPerEpoch && settings.log === log;
    this.settings = settings;
    if (!this.#detail) return;
    // Dragging the slider must not build the charts anew at each of its steps.
    if (sameAxes) this.charts.refine(chartModel(this.#detail, settings));
    else this.#renderCharts(zoom);
    this.#fetchWindow(zoom);
  }

  /** @param {Extent | null} zoom */
  #renderCharts(zoom) {
    const detail = /** @type {Detail} */ (this.#detail);
    const words = "row" in detail ? headline(detail.row) : "Train alone";
    const model = chartModel(detail, this.settings);
    this.charts.show(model, zoom, `${words}. ${detail.reason}`);
    this.charts.root.classList.remove("waiting");
  }

  /** @param {boolean} isFullSize */
  setFullSize(isFullSize) {
    this.isFullSize = isFullSize;
    this.#renderToolbar();
  }

  #renderToolbar() {
    const detail = this.#detail;
    const model = detail && chartModel(detail, { ...this.settings, smoothing: 0 });
    this.toolbar.update(
      { isFullSize: this.isFullSize ?? false, canLog: !model || isPositive(model.lines), hasVal: !detail || "row" in detail },
      this.#saveActions(),
    );
  }

  /** @returns {import("../menu.js").Action[]} */
  #saveActions() {
    const row = this.#chosen && rowOf(this.#chosen);
    if (!row) return [];
    const name = (/** @type {string} */ extension) => fileName([row.run, row.name], extension);
    const caption = () => ({
      title: `${row.run} \u00b7 ${row.name}`,
      words: this.#detail?.reason ?? "",
    });
    const gapTitle = () => this.charts.gapTitle.textContent ?? "";
    return [
      { label: "Curves as CSV", run: () => this.#saveCurves("csv", name("csv")) },
      { label: "Curves as JSON", run: () => this.#saveCurves("json", name("json")) },
      { label: "Picture as PNG", run: async () => saveBlob(await pngOf(this.charts.stack, caption(), gapTitle()), name("png")) },
      { label: "Picture as SVG", run: () => saveBlob(svgOf(this.charts.stack, caption(), gapTitle()), name("svg")) },
      { label: "Copy link to this view", run: () => copyText(linkHere()) },
    ];
  }

  /**
   * Saves every point of the pair that is shown.
   * @param {"csv" | "json"} format
   * @param {string} name
   */
  async #saveCurves(format, name) {
    const [from, to] = this.charts.model?.extent ?? [0, 0];
    try {
      const curves = await wholeCurves((window) => this.#fetch({ ...window, width: MOST_DETAILED }), Math.floor(from), Math.ceil(to));
      const text = format === "csv" ? curvesCsv(curves) : JSON.stringify(curves);
      saveBlob(new Blob([text], { type: format === "csv" ? "text/csv" : "application/json" }), name);
    } catch (error) {
      this.#fail("The curves could not be saved", error);
    }
  }

  /**
   * @param {string} what
   * @param {unknown} error
   */
  #fail(what, error) {
    this.failure.textContent = `${what}: ${error instanceof Error ? error.message : error}`;
    this.failure.hidden = false;
    if (error instanceof api.ApiError && error.kind === "unreachable") this.onUnreachable();
  }

  #renderWords() {
    const chosen = /** @type {Chosen} */ (this.#chosen);
    const detail = this.#detail;
    const overview = /** @type {Overview} */ (this.#overview);
    if (!detail) this.charts.root.classList.add("waiting");
    this.#renderHeading(chosen, detail);
    const reason = detail?.reason ?? null;
    const row = detail && "row" in detail ? detail.row : chosen.kind === "pair" ? chosen.pair : null;
    fill(this.banner, row ? pairBanner(row, reason) : chosen.kind === "train_only" && trainOnlyBanner(chosen.row, reason));
    this.#renderHint(chosen, detail);
    this.#renderToolbar();
    this.unpaired.show(overview.unpaired);
    this.tabs.update([...this.#pairTabs(detail), ...this.#logTabs(overview)]);
  }

  /**
   * What to do so that more can be said, or a tried pair stays.
   * @param {Chosen} chosen
   * @param {Detail | null} detail
   */
  #renderHint(chosen, detail) {
    this.hint.hidden = chosen.kind === "pair" || (chosen.kind === "train_only" && !detail);
    if (detail && "how_to_log" in detail) fill(this.hint, h("h3", {}, "Log its validation loss"), copyableCode(detail.how_to_log));
    if (chosen.kind !== "trial") return;
    const toml = detail && "toml" in detail ? detail.toml : undefined;
    fill(
      this.hint,
      h("h3", {}, "You are trying this pair; nobody else sees it"),
      toml !== undefined && h("p", {}, "To make it a pair for everybody, put this into ", h("code", {}, "losshealth.toml"), " in the log folder:"),
      toml !== undefined && copyableCode(toml),
      h("div", {}, h("button", { class: "button", type: "button", onclick: () => this.onTry(null) }, "End the trial")),
    );
  }

  /**
   * Tabs about the log as a whole.
   * @param {Overview} overview
   * @returns {import("./tabs.js").Tab[]}
   */
  #logTabs({ unpaired, problems }) {
    return [
      { key: "unpaired", label: `Unpaired tags (${formatStep(unpaired.total)})`, render: () => [this.unpaired.root] },
      { key: "problems", label: `Reading problems (${formatStep(problems.total)})`, render: () => problemsPanel(problems) },
    ];
  }

  /**
   * @param {Chosen} chosen
   * @param {Detail | null} detail
   */
  #renderHeading(chosen, detail) {
    const row = rowOf(chosen);
    const shown = detail && "row" in detail ? detail.row : chosen.kind === "pair" ? chosen.pair : null;
    const note = shown
      ? `${count(shown.evaluations, "evaluation")}, ${count(shown.train_points, "train point")}`
      : chosen.kind === "train_only" && count(chosen.row.points, "train point");
    fill(
      this.heading,
      h("h2", {}, middleCut(row.run, "run")),
      h("p", { class: "quiet" }, middleCut(row.name), " \u00b7 ", note),
      detail && "row" in detail && detail.sessions > 1 && this.#sessionChoice(detail),
    );
  }

  /** @param {PairDetail} detail */
  #sessionChoice({ session, sessions }) {
    const choice = h(
      "select",
      {
        "aria-label": "Training of this folder",
        title: "This folder holds several trainings, one after the other",
        onchange: () => {
          this.#session = Number(choice.value);
          void this.#load(null);
        },
      },
      ...Array.from({ length: sessions }, (_, i) =>
        h("option", { value: i, selected: i === session }, `training ${i + 1} of ${sessions}${i === sessions - 1 ? ", the latest" : ""}`),
      ),
    );
    return choice;
  }

  /**
   * @param {Detail | null} detail
   * @returns {import("./tabs.js").Tab[]}
   */
  #pairTabs(detail) {
    if (!detail) return [{ key: "why", label: "Why", render: () => [] }];
    const why = { key: "why", label: "Why", render: () => whyPanel(detail) };
    if (!("row" in detail)) return [why];
    return [
      why,
      { key: "numbers", label: "Numbers", render: () => numbersPanel(detail) },
      { key: "pairing", label: "Pairing", render: () => pairingPanel(detail) },
    ];
  }
}

/**
 * @template {Chosen | null} Some
 * @param {Some} chosen
 * @returns {Some extends null ? null : { id: string, run: string, name: string }}
 */
function rowOf(chosen) {
  return /** @type {any} */ (chosen && (chosen.kind === "pair" ? chosen.pair : chosen.row));
}

/** The address that restores this view: TensorBoard's, or ours where that is out of reach. */
function linkHere() {
  try {
    return parent.location.href;
  } catch {
    return location.href;
  }
}
