// The page: keeps what was read from the server and what a person has chosen, and hands both to the parts that show it.

import { ApiError, getOverview } from "./api.js";
import { DetailView } from "./detail/view.js";
import { problemsPanel, unpairedPanel } from "./detail/panels.js";
import { fill, h } from "./dom.js";
import { count, formatAgo, formatStep } from "./format.js";
import { isShown, readView, writeView } from "./host.js";
import { listRows, WORST_FIRST } from "./overview/rows.js";
import { OverviewTable, verdictChips } from "./overview/table.js";
import * as states from "./states.js";
import { VERDICTS, VERDICT_NAMES } from "./verdicts.js";

/**
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {import("./overview/rows.js").Item} Item
 */

/** Pause between two looks at the progress of the first reading, in milliseconds. */
const PROGRESS_PAUSE = 600;
/** Pauses before asking a lost server again, in milliseconds; the last one repeats. */
const RETRY_PAUSES = [1000, 2000, 4000, 8000, 15000];
/** Pause before a pair is fetched while a person runs through the list with an arrow key held down. */
const SELECT_PAUSE = 60;

export class App {
  /** @type {Overview | null} */
  #overview = null;
  /** @type {readonly Item[]} */
  #items = [];
  #query = { pattern: "", verdicts: /** @type {ReadonlySet<string>} */ (new Set()), sort: WORST_FIRST };
  /** @type {string | null} */
  #selected = readView()["pair"] ?? null;
  #failures = 0;
  #timer = 0;
  #selectTimer = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #again = false;
  #missed = false;

  constructor() {
    this.filter = h("input", {
      type: "search",
      class: "filter",
      placeholder: "Filter by regex",
      "aria-label": "Filter runs and losses by regular expression",
      spellcheck: "false",
      autocomplete: "off",
      oninput: () => this.#setQuery({ pattern: this.filter.value }),
    });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Filter by verdict" });
    this.status = h("div", { class: "status" });
    this.notice = h("div", { class: "notice", role: "alert", hidden: true });
    this.table = new OverviewTable({
      onSelect: (id) => this.#select(id),
      onSort: (sort) => this.#setQuery({ sort }),
    });
    this.summary = h("footer", { class: "summary" });
    this.nothingFound = h("p", { class: "nothing-found quiet", hidden: true });
    this.detail = new DetailView({ onUnreachable: () => this.refresh() });
    this.bar = h("header", { class: "bar" }, this.filter, this.chips, this.status);
    this.panes = h(
      "main",
      { class: "panes" },
      h("section", { class: "overview", "aria-label": "All pairs" }, this.table.root, this.nothingFound, this.summary),
      this.detail.root,
    );
    this.state = h("main", { class: "state-place" });
    this.root = h("div", { class: "app" }, this.bar, this.notice, this.panes, this.state);
    this.#showOnly(this.state);
    addEventListener("resize", () => this.#catchUp());
    document.addEventListener("visibilitychange", () => this.#catchUp());
    setInterval(() => isShown() && this.#renderStatus(), 5000);
  }

  /** Asks the server for what is new. Calls while it is asked already become one further call. */
  refresh() {
    if (!isShown()) {
      this.#missed = true;
      return;
    }
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#refreshing = this.#refreshOnce().finally(() => {
      this.#refreshing = null;
      if (!this.#again) return;
      this.#again = false;
      this.refresh();
    });
  }

  /** Draws in the colours that the page has now. */
  repaint() {
    this.detail.repaint();
  }

  #catchUp() {
    if (!this.#missed || !isShown()) return;
    this.#missed = false;
    this.refresh();
  }

  async #refreshOnce() {
    try {
      const overview = await getOverview();
      const news = overview.version !== this.#overview?.version || overview.state !== this.#overview.state || this.#failures > 0;
      this.#failures = 0;
      this.notice.hidden = true;
      this.#overview = overview;
      if (news || overview.state === "loading") this.#render();
      else this.#renderStatus();
      if (overview.state === "loading") this.#timer = window.setTimeout(() => this.refresh(), PROGRESS_PAUSE);
    } catch (error) {
      this.#onFailure(error instanceof ApiError ? error : new ApiError("refused", String(error)));
    }
  }

  /** @param {ApiError} failure */
  #onFailure(failure) {
    const pause = RETRY_PAUSES[Math.min(this.#failures, RETRY_PAUSES.length - 1)];
    this.#failures++;
    this.#timer = window.setTimeout(() => this.refresh(), pause);
    if (!this.#overview) {
      states.showState(this.state, states.firstFailureState(failure.message));
      return;
    }
    fill(
      this.notice,
      h("span", {}, failure.message, " What you see is from before; trying again by itself."),
      h("button", { class: "button", type: "button", onclick: () => this.refresh() }, "Try now"),
    );
    this.notice.hidden = false;
    this.#renderStatus();
  }

  /** @param {HTMLElement} part - the panes, or a state in their place */
  #showOnly(part) {
    this.panes.hidden = part !== this.panes;
    this.state.hidden = part !== this.state;
    this.filter.hidden = this.chips.hidden = part !== this.panes;
  }

  #render() {
    const overview = /** @type {Overview} */ (this.#overview);
    const state = this.#stateInstead(overview);
    if (state) {
      states.showState(this.state, state);
      this.#showOnly(this.state);
    } else {
      this.#showOnly(this.panes);
      this.#renderTable();
      this.#renderSummary();
      this.#renderDetail();
    }
    this.#renderStatus();
  }

  /**
   * What to show in place of table and charts, if there is nothing to put into them.
   * @param {Overview} overview
   */
  #stateInstead(overview) {
    if (overview.pairs.length || overview.train_only.length) return null;
    if (overview.state === "loading") return states.loadingState(overview);
    if (overview.state === "no_logdir") return states.noLogdirState();
    const problems = overview.problems.total > 0 && h("div", { class: "state-part" }, ...problemsPanel(overview.problems));
    if (overview.state === "unreadable") return states.unreadableState(overview, problems);
    const unpaired = overview.unpaired.total > 0 && h("div", { class: "state-part" }, ...unpairedPanel(overview.unpaired));
    return states.emptyState(overview, unpaired, problems);
  }

  #renderTable() {
    const { pairs, train_only } = /** @type {Overview} */ (this.#overview);
    const listing = listRows(pairs, train_only, this.#query);
    this.#items = listing.items;
    if (!this.#chosen(this.#selected)) this.#selected = this.#firstId();
    this.table.update(listing.items, this.#query.sort);
    this.table.select(this.#selected);
    this.filter.classList.toggle("invalid", listing.patternError !== null);
    this.filter.title = listing.patternError ?? "";
    this.nothingFound.hidden = listing.items.length > 0;
    this.nothingFound.textContent = "No pair matches these filters.";
    this.#renderChips(listing.counts);
  }

  /** @param {Partial<Record<string, number>>} counts */
  #renderChips(counts) {
    const { counts: all } = /** @type {Overview} */ (this.#overview);
    const focused = this.chips.contains(document.activeElement) && document.activeElement?.getAttribute("data-verdict");
    const chips = VERDICT_NAMES.filter((name) => all[name] || this.#query.verdicts.has(name)).map((name) => ({
      name,
      ...VERDICTS[name],
      count: counts[name] ?? 0,
    }));
    fill(this.chips, ...verdictChips(chips, this.#query.verdicts, (verdicts) => this.#setQuery({ verdicts })));
    if (focused) /** @type {HTMLElement | null} */ (this.chips.querySelector(`[data-verdict="${focused}"]`))?.focus();
  }

  #renderSummary() {
    const { runs, tags, unpaired, problems, state, progress } = /** @type {Overview} */ (this.#overview);
    fill(
      this.summary,
      h("span", {}, `${count(runs, "run")}, ${count(tags, "tag")} read`),
      unpaired.total > 0 &&
        h("button", { class: "link", type: "button", onclick: () => this.detail.openTab("unpaired") }, `${formatStep(unpaired.total)} unpaired`),
      problems.total > 0 &&
        h(
          "button",
          { class: "link warn", type: "button", onclick: () => this.detail.openTab("problems") },
          `\u26a0 ${count(problems.total, "reading problem")}: some data is missing`,
        ),
      state === "loading" && progress && h("span", {}, `reading ${progress.files_done} of ${count(progress.files, "file")}`),
    );
  }

  #renderStatus() {
    const { read_at = null, state } = this.#overview ?? {};
    const ago = read_at === null ? "" : `read ${formatAgo(Math.max(0, Date.now() / 1000 - read_at))}`;
    const [dot, words] =
      this.#failures > 0 ? ["lost", "connection lost"] : state === "loading" ? ["busy", "reading\u2026"] : ["", ago];
    fill(this.status, words && h("span", { class: `dot ${dot}`, "aria-hidden": "true" }), words);
  }

  /**
   * @param {string | null} id
   * @returns {import("./detail/view.js").Chosen | null}
   */
  #chosen(id) {
    const item = this.#items.find((candidate) => candidate.id === id && candidate.kind !== "heading");
    return /** @type {import("./detail/view.js").Chosen | undefined} */ (item) ?? null;
  }

  #firstId() {
    return this.#items.find((item) => item.kind !== "heading")?.id ?? null;
  }

  /** @param {string} id */
  #select(id) {
    this.#selected = id;
    this.table.select(id, { reveal: true });
    writeView({ pair: id });
    clearTimeout(this.#selectTimer);
    this.#selectTimer = window.setTimeout(() => this.#renderDetail(), SELECT_PAUSE);
  }

  #renderDetail() {
    void this.detail.show(this.#chosen(this.#selected), /** @type {Overview} */ (this.#overview));
  }

  /** @param {Partial<import("./overview/rows.js").Query>} change */
  #setQuery(change) {
    this.#query = { ...this.#query, ...change };
    this.#renderTable();
    this.#renderDetail();
  }
}
