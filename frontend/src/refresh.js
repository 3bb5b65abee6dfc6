// When the page asks for new data: when TensorBoard reloads, at an interval, and again after a failure; never while the
// page is hidden.

import { isShown } from "./host.js";
import { ApiError } from "./transport/transport.js";

/** Pause, in milliseconds, between two requests for the progress of the first reading. */
const PROGRESS_INTERVAL = 600;
/** Pauses before asking a lost server again, in milliseconds; the last one repeats. */
const RETRY_PAUSES = [1000, 2000, 4000, 8000, 15000];
const INTERVAL_KEY = "losshealth.refresh";

/** The interval that the user chose on an earlier visit. */
function readInterval() {
  try {
    return Number(localStorage.getItem(INTERVAL_KEY)) || 0;
  } catch {
    return 0;
  }
}

export class Refresher {
  #interval = readInterval();
  #failures = 0;
  #timer = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #again = false;
  #missed = false;

  /**
   * @param {import("./store.js").OverviewStore} store
   * @param {{ onRead: (changed: boolean) => void, onLost: (message: string) => void }} events
   */
  constructor(store, { onRead, onLost }) {
    this.store = store;
    this.onRead = onRead;
    this.onLost = onLost;
    addEventListener("resize", () => this.#catchUp());
    document.addEventListener("visibilitychange", () => this.#catchUp());
  }

  get isLost() {
    return this.#failures > 0;
  }

  /** Seconds between refreshes of the page's own; 0 leaves them to TensorBoard. */
  get interval() {
    return this.#interval;
  }

  set interval(seconds) {
    this.#interval = seconds;
    try {
      localStorage.setItem(INTERVAL_KEY, String(seconds));
    } catch {
      // Without storage the choice lasts for this visit.
    }
    this.refresh();
  }

  /** Asks for new data. Calls during a request become one further request. */
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

  /** Refreshes if the interval has passed. */
  refreshIfDue() {
    const due = this.#interval && Date.now() / 1000 - (this.store.overview?.read_at ?? 0) >= this.#interval - 1;
    if (due && !this.#failures) this.refresh();
  }

  #catchUp() {
    if (!this.#missed || !isShown()) return;
    this.#missed = false;
    this.refresh();
  }

  async #refreshOnce() {
    try {
      const wasLost = this.#failures > 0;
      await this.store.refresh((changed) => {
        this.#failures = 0;
        this.onRead(changed || wasLost);
      });
      if (this.store.overview?.state === "loading") this.#timer = window.setTimeout(() => this.refresh(), PROGRESS_INTERVAL);
    } catch (error) {
      const pause = RETRY_PAUSES[Math.min(this.#failures, RETRY_PAUSES.length - 1)];
      this.#failures++;
      this.#timer = window.setTimeout(() => this.refresh(), pause);
      this.onLost(error instanceof ApiError ? error.message : String(error));
    }
  }
}
