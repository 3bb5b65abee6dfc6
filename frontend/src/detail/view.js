// One pair: the answer, the charts that prove it, and the tabs that explain it.

import { PairCharts } from "../chart/charts.js";
import { chartModel, isPositive } from "../chart/model.js";
import { spliceDetail, ZOOM_PAUSE } from "../chart/window.js";
import { fill, h } from "../dom.js";
import { formatStep } from "../format.js";
import { ApiError } from "../transport/transport.js";
import { headline, pairBanner, trainOnlyBanner } from "./banner.js";
import { pairHeading, pairHint } from "./heading.js";
import { fetchDetail, DetailCache, rowOf } from "./detail_cache.js";
import { numbersPanel, pairingPanel, problemsPanel, whyPanel } from "./panels.js";
import { Tabs } from "./tabs.js";
import { downloadActions } from "./download_menu.js";
import { Toolbar } from "./toolbar.js";
import { UnpairedTags } from "./unpaired.js";

/**
 * @typedef {import("../types.js").Overview} Overview
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../api.js").Trial} Trial
 * @typedef {import("../chart/ranges.js").Extent} Extent
 * @typedef {import("./detail_cache.js").Chosen} Chosen
 * @typedef {import("./detail_cache.js").Detail} Detail
 */

export class DetailView {
  /** @type {Chosen | null} */
  #chosen = null;
  /** @type {number | undefined} an earlier training of the folder; undefined is the latest */
  #training;
  /** @type {Detail | null} the whole pair, as last fetched */
  #detail = null;
  /** @type {Overview | null} */
  #overview = null;
  /** @type {AbortController | null} */
  #request = null;
  #cache;
  #isFullSize = false;
  #zoomTimer = 0;
  /** @type {Extent | null} zoom to start with, from a link */
  #firstZoom;
  /** @type {number | undefined} training to start with, from a link */
  #firstTraining;

  /**
   * @param {import("../api.js").Api} api
   * @param {{ settings: Settings, zoom: Extent | null, training: number | undefined, tab: string }} start
   * @param {{ onUnreachable: () => void, onViewChange: () => void, onSettings: (settings: Settings) => void,
   *   onFullSize: () => void, onTry: (trial: Trial | null) => void }} events - `onTry` with null ends a trial
   */
  constructor(api, { settings, zoom, training, tab }, { onUnreachable, onViewChange, onSettings, onFullSize, onTry }) {
    this.api = api;
    this.settings = settings;
    this.onUnreachable = onUnreachable;
    this.onViewChange = onViewChange;
    this.#cache = new DetailCache(api);
    this.#firstZoom = zoom;
    this.#firstTraining = training;
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
    this.unpaired = new UnpairedTags(api, onTry);
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

  /** The part of the URL that restores this view: the visible steps, the training and the tab. */
  get urlState() {
    const zoom = this.#detail ? this.charts.zoom : this.#firstZoom;
    const training = this.#training ?? this.#firstTraining;
    return {
      zoom: zoom ? zoom.join("-") : "",
      training: training === undefined ? "" : String(training),
      tab: this.tabs.chosen === "why" ? "" : this.tabs.chosen,
    };
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
    if (other) this.#training = chosen.kind === "pair" && (this.#firstTraining ?? 0) < chosen.pair.trainings ? this.#firstTraining : undefined;
    this.#firstTraining = undefined;
    const known = this.#cache.known(chosen, this.#training);
    const zoom = this.#firstZoom ?? (other ? null : this.charts.zoom);
    if (other) {
      clearTimeout(this.#zoomTimer);
      this.#detail = known?.detail ?? null;
      this.failure.hidden = true;
      this.#renderText();
      if (known) this.#renderCharts(zoom);
    } else if (!rowChanged && this.#detail) {
      // Nothing about this pair has changed: it holds for the new version, too.
      this.#renderText();
      return;
    }
    if (known?.isCurrent) this.#firstZoom = null;
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

  /** @param {Extent | null} zoom */
  async #load(zoom) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.body.setAttribute("aria-busy", "true");
    try {
      const chosen = /** @type {Chosen} */ (this.#chosen);
      this.#detail = await this.#cache.whole(chosen, this.#training, this.charts.resolution, request.signal);
      this.#firstZoom = null;
      this.failure.hidden = true;
      this.#renderText();
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
   * Fetches the visible steps at full resolution.
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
      const chosen = /** @type {Chosen} */ (this.#chosen);
      const window = { width: this.charts.resolution, training: this.#training, from, to };
      const part = await fetchDetail(this.api, chosen, window).catch(() => null);
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
    this.#isFullSize = isFullSize;
    this.#renderToolbar();
  }

  #renderToolbar() {
    if (!this.#chosen) return;
    const detail = this.#detail;
    const model = detail && chartModel(detail, { ...this.settings, smoothing: 0 });
    this.toolbar.update(
      {
        isFullSize: this.#isFullSize,
        canLog: !model || isPositive(model.lines),
        hasVal: !detail || "row" in detail,
        loggedPerEpoch: detail && "row" in detail ? detail.steps_per_epoch : null,
      },
      downloadActions(this.api, this.#chosen, this.#training, detail, this.charts, (error) => this.#fail("The curves could not be saved", error)),
    );
  }

  /**
   * @param {string} what
   * @param {unknown} error
   */
  #fail(what, error) {
    this.failure.textContent = `${what}: ${error instanceof Error ? error.message : error}`;
    this.failure.hidden = false;
    if (error instanceof ApiError && error.kind === "unreachable") this.onUnreachable();
  }

  #renderText() {
    const chosen = /** @type {Chosen} */ (this.#chosen);
    const detail = this.#detail;
    const overview = /** @type {Overview} */ (this.#overview);
    if (!detail) this.charts.root.classList.add("waiting");
    fill(this.heading, ...pairHeading(chosen, detail, (training) => this.#chooseTraining(training)));
    const reason = detail?.reason ?? null;
    const row = detail && "row" in detail ? detail.row : chosen.kind === "pair" ? chosen.pair : null;
    fill(this.banner, row ? pairBanner(row, reason) : chosen.kind === "train_only" && trainOnlyBanner(chosen.row, reason));
    const hint = pairHint(chosen, detail, () => this.onTry(null));
    this.hint.hidden = !hint;
    fill(this.hint, ...(hint ?? []));
    this.#renderToolbar();
    this.unpaired.show(overview.unpaired);
    this.tabs.update([...this.#pairTabs(detail), ...this.#logTabs(overview)]);
  }

  /** @param {number} training */
  #chooseTraining(training) {
    this.#training = training;
    void this.#load(null);
    this.onViewChange();
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
