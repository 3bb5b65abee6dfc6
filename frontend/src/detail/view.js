// One pair: the answer, the charts that prove it, and the tabs that explain it.

import * as api from "../api.js";
import { PairCharts } from "../chart/charts.js";
import { pairModel, spliceDetail, trainOnlyModel } from "../chart/model.js";
import { fill, h } from "../dom.js";
import { count, formatStep } from "../format.js";
import { middleCut } from "../overview/cells.js";
import { copyableCode } from "../states.js";
import { headline, pairBanner, trainOnlyBanner } from "./banner.js";
import { numbersPanel, pairingPanel, problemsPanel, unpairedPanel, whyPanel } from "./panels.js";
import { Tabs } from "./tabs.js";

/**
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {import("../types.js").Overview} Overview
 * @typedef {import("../overview/rows.js").PairItem | import("../overview/rows.js").TrainOnlyItem} Chosen
 */

/** Wait before a window is fetched, in milliseconds: a zoom by wheel comes in many small steps. */
const ZOOM_PAUSE = 120;
/** Answers kept, so that going back and forth between pairs waits for nothing. */
const KEPT_ANSWERS = 12;

export class DetailView {
  /** @type {Chosen | null} */
  #chosen = null;
  /** @type {PairDetail | TrainOnlyDetail | null} the whole pair, as last fetched */
  #detail = null;
  /** @type {Overview | null} */
  #overview = null;
  /** @type {AbortController | null} */
  #request = null;
  /** @type {Map<string, PairDetail | TrainOnlyDetail>} by id, oldest first */
  #answers = new Map();
  #zoomTimer = 0;

  /** @param {{ onUnreachable: () => void }} events */
  constructor({ onUnreachable }) {
    this.onUnreachable = onUnreachable;
    this.heading = h("header", { class: "detail-head" });
    this.banner = h("div", { class: "banner-place", "aria-live": "polite" });
    this.failure = h("p", { class: "failure", role: "alert", hidden: true });
    this.charts = new PairCharts({ onZoom: (zoom) => this.#onZoom(zoom) });
    this.hint = h("div", { class: "how-to-log", hidden: true });
    this.tabs = new Tabs("About this pair");
    this.root = h(
      "section",
      { class: "detail", "aria-label": "Chosen pair" },
      h("div", { class: "detail-body" }, this.heading, this.banner, this.failure, this.charts.root, this.hint, this.tabs.root),
    );
    new ResizeObserver(() => this.#fitCharts()).observe(this.root);
  }

  /** Fits both charts' heights to the room there is, so that the answer and its proof are seen without scrolling. */
  #fitCharts() {
    const room = this.root.clientHeight;
    if (!room) return;
    const loss = Math.round(Math.min(620, Math.max(210, room * 0.4)));
    this.charts.setHeights({ loss, gap: Math.round(Math.min(240, Math.max(110, room * 0.19))) });
  }

  /**
   * Shows a pair, or the same one with what has changed.
   * @param {Chosen | null} chosen
   * @param {Overview} overview
   */
  async show(chosen, overview) {
    const other = chosen?.id !== this.#chosen?.id;
    const changed = other || overview.version !== this.#detail?.version;
    this.#chosen = chosen;
    this.#overview = overview;
    this.root.classList.toggle("nothing-chosen", !chosen);
    if (!chosen) return;
    const known = this.#answers.get(chosen.id);
    if (other) {
      clearTimeout(this.#zoomTimer);
      this.#detail = known ?? null;
      this.#renderWords();
      if (known) this.#renderCharts(null);
    }
    if (!changed) return;
    if (known?.version !== overview.version) await this.#load(other ? null : this.charts.zoom);
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

  /**
   * @param {[number, number] | null} zoom
   */
  async #load(zoom) {
    const chosen = /** @type {Chosen} */ (this.#chosen);
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const get = chosen.kind === "pair" ? api.getPair : api.getTrainOnly;
    this.root.setAttribute("aria-busy", "true");
    try {
      const detail = await get(chosen.id, { width: this.charts.resolution }, request.signal);
      this.#keep(chosen.id, detail);
      this.#detail = detail;
      this.failure.hidden = true;
      this.#renderWords();
      this.#renderCharts(zoom);
      if (zoom) this.#onZoom(zoom);
    } catch (error) {
      if (request.signal.aborted) return;
      this.failure.textContent = `This pair could not be fetched: ${error instanceof Error ? error.message : error}`;
      this.failure.hidden = false;
      if (error instanceof api.ApiError && error.kind === "unreachable") this.onUnreachable();
    } finally {
      if (this.#request === request) this.root.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {string} id
   * @param {PairDetail | TrainOnlyDetail} detail
   */
  #keep(id, detail) {
    this.#answers.delete(id);
    this.#answers.set(id, detail);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }

  /**
   * Fetches the steps in sight at full resolution.
   * @param {[number, number] | null} zoom
   */
  #onZoom(zoom) {
    clearTimeout(this.#zoomTimer);
    const detail = this.#detail;
    if (!detail) return;
    if (!zoom) {
      this.charts.refine(modelOf(detail));
      return;
    }
    const curves = "val" in detail ? [detail.train, detail.val, detail.test] : [detail.train];
    if (!curves.some((curve) => curve?.decimated)) return;
    this.#zoomTimer = window.setTimeout(async () => {
      const chosen = /** @type {Chosen} */ (this.#chosen);
      const get = chosen.kind === "pair" ? api.getPair : api.getTrainOnly;
      const [from, to] = zoom;
      const part = await get(chosen.id, { width: this.charts.resolution, from, to }).catch(() => null);
      const same = this.#detail === detail && this.charts.zoom?.[0] === from && this.charts.zoom[1] === to;
      if (part && same) this.charts.refine(modelOf(spliceDetail(detail, part, from, to)));
    }, ZOOM_PAUSE);
  }

  /** @param {[number, number] | null} zoom */
  #renderCharts(zoom) {
    const detail = this.#detail;
    if (!detail) return;
    const words = "row" in detail ? headline(detail.row) : "Train alone";
    this.charts.show(modelOf(detail), zoom, `${words}. ${detail.reason}`);
    this.charts.root.classList.remove("waiting");
  }

  #renderWords() {
    const chosen = /** @type {Chosen} */ (this.#chosen);
    const detail = this.#detail;
    const overview = /** @type {Overview} */ (this.#overview);
    if (!detail) this.charts.root.classList.add("waiting");
    const [row, note] =
      chosen.kind === "pair"
        ? [chosen.pair, `${count(chosen.pair.evaluations, "evaluation")}, ${count(chosen.pair.train_points, "train point")}`]
        : [chosen.row, count(chosen.row.points, "train point")];
    fill(this.heading, h("h2", {}, middleCut(row.run, "run")), h("p", { class: "quiet" }, middleCut(row.name), " \u00b7 ", note));
    const reason = detail?.reason ?? null;
    fill(
      this.banner,
      chosen.kind === "pair"
        ? pairBanner(detail && "row" in detail ? detail.row : chosen.pair, reason)
        : trainOnlyBanner(chosen.row, reason),
    );
    this.hint.hidden = !(detail && "how_to_log" in detail);
    if (detail && "how_to_log" in detail) {
      fill(this.hint, h("h3", {}, "Log its validation loss"), copyableCode(detail.how_to_log));
    }
    this.tabs.update([...this.#pairTabs(detail), ...logTabs(overview)]);
  }

  /**
   * @param {PairDetail | TrainOnlyDetail | null} detail
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
 * Tabs about the log as a whole.
 * @param {Overview} overview
 * @returns {import("./tabs.js").Tab[]}
 */
export function logTabs({ unpaired, problems }) {
  return [
    { key: "unpaired", label: `Unpaired tags (${formatStep(unpaired.total)})`, render: () => unpairedPanel(unpaired) },
    { key: "problems", label: `Reading problems (${formatStep(problems.total)})`, render: () => problemsPanel(problems) },
  ];
}

/** @param {PairDetail | TrainOnlyDetail} detail */
function modelOf(detail) {
  return "row" in detail ? pairModel(detail) : trainOnlyModel(detail);
}
