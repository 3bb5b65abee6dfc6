// The controls above the charts: how curves are shown, full size, and the download menu.

import { h, svg } from "../dom.js";
import { Menu } from "../menu.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../settings.js").AxisKind} AxisKind
 */

/** @type {[AxisKind, string, string][]} */
const AXIS_BUTTONS = [
  ["step", "Step", "By the step that was logged"],
  ["epoch", "Epoch", "By epoch, with the steps per epoch that were logged or that you give"],
  ["relative", "Relative", "By time since the start of the training"],
  ["wall", "Wall", "By date and time"],
];

/** The full label, hidden where space is short; the title or aria-label still names the control. */
const fullLabel = (/** @type {string} */ label) => h("span", { class: "label-full" }, label);

const fullSizeSign = () =>
  svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true", focusable: "false" }, svg("path", { d: "M8.5 1H13V5.5M13 1 8 6M5.5 13H1V8.5M1 13 6 8" }));

/**
 * @param {string} label
 * @param {HTMLElement[]} buttons
 */
function segments(label, buttons) {
  return h("div", { class: "segments", role: "group", "aria-label": label }, ...buttons);
}

export class Toolbar {
  /** @type {Settings} */
  #settings;

  /**
   * @param {Settings} settings
   * @param {{ onChange: (settings: Settings) => void, onFullSize: () => void }} events
   */
  constructor(settings, { onChange, onFullSize }) {
    this.#settings = settings;
    this.onChange = onChange;
    this.axes = AXIS_BUTTONS.map(([kind, label, title]) => this.#button(label, title, () => ({ axis: kind })));
    this.epoch = h("input", {
      type: "number",
      class: "epoch",
      min: 1,
      step: 1,
      placeholder: "steps/epoch",
      "aria-label": "Steps per epoch",
      title: "Steps per epoch",
      oninput: () => this.#change({ stepsPerEpoch: Math.max(0, Math.round(Number(this.epoch.value) || 0)) }),
    });
    this.log = this.#button("Log y", "Logarithmic values; values of 0 or less are hidden", ({ log }) => ({ log: !log }));
    this.smoothing = h("input", {
      type: "range",
      min: 0,
      max: 0.99,
      step: 0.01,
      "aria-label": "Smoothing of train",
      oninput: () => this.#change({ smoothing: Number(this.smoothing.value) }),
    });
    this.smoothingValue = h("output", { class: "smoothing-value" });
    this.smoothVal = this.#button("+ val", "Smooth validation, too", ({ smoothVal }) => ({ smoothVal: !smoothVal }));
    this.outliers = this.#button(
      "Ignore outliers",
      "Fit the axis to the middle 90 % of the values",
      ({ ignoreOutliers }) => ({ ignoreOutliers: !ignoreOutliers }),
      [fullLabel("Ignore outliers"), h("span", { class: "label-short" }, "No outliers")],
    );
    this.fullSize = h(
      "button",
      { class: "button full-size", type: "button", "aria-label": "Full size", "aria-pressed": "false", title: "Hide the list (f)", onclick: onFullSize },
      fullSizeSign(),
      fullLabel("Full size"),
    );
    this.save = new Menu("save", { title: "Save curves or pictures, copy a link" });
    this.root = h(
      "div",
      { class: "toolbar", role: "group", "aria-label": "How the curves are shown" },
      segments("X axis", this.axes),
      this.epoch,
      segments("Y axis", [this.log, this.outliers]),
      h("label", { class: "smoothing", title: "Exponential moving average of train, bias-corrected" }, fullLabel("Smoothing"), this.smoothing, this.smoothingValue),
      this.smoothVal,
      h("span", { class: "spacer" }),
      this.fullSize,
      this.save.root,
    );
    this.#render();
  }

  /** @param {Settings} settings - changed elsewhere */
  setSettings(settings) {
    this.#settings = settings;
    this.#render();
  }

  /**
   * @param {{ isFullSize?: boolean, canLog?: boolean, hasVal?: boolean, loggedPerEpoch?: number | null }} state
   * @param {import("../menu.js").Action[]} actions
   */
  update({ isFullSize = false, canLog = true, hasVal = true, loggedPerEpoch = null }, actions) {
    this.loggedPerEpoch = loggedPerEpoch;
    this.epoch.placeholder = loggedPerEpoch ? String(loggedPerEpoch) : "steps/epoch";
    this.fullSize.setAttribute("aria-pressed", String(isFullSize));
    this.log.disabled = !canLog;
    this.smoothVal.hidden = !hasVal || !this.#settings.smoothing;
    this.hasVal = hasVal;
    this.save.update(["Save", h("span", { class: "arrow", "aria-hidden": "true" }, "\u25be")], actions);
  }

  /**
   * @param {string} label
   * @param {string} title
   * @param {(settings: Settings) => Partial<Settings>} change
   * @param {import("../dom.js").Child[]} [content] - the label as it is shown
   */
  #button(label, title, change, content = [label]) {
    return h(
      "button",
      { class: "segment", type: "button", title, "aria-label": label, "aria-pressed": "false", onclick: () => this.#change(change(this.#settings)) },
      ...content,
    );
  }

  /** @param {Partial<Settings>} change */
  #change(change) {
    this.#settings = { ...this.#settings, ...change };
    this.#render();
    this.onChange(this.#settings);
    if (change.axis === "epoch" && !this.#settings.stepsPerEpoch && !this.loggedPerEpoch) this.epoch.focus();
  }

  #render() {
    const { axis, stepsPerEpoch, log, smoothing, smoothVal, ignoreOutliers } = this.#settings;
    /**
     * @param {HTMLElement | undefined} button
     * @param {boolean} on
     */
    const press = (button, on) => button?.setAttribute("aria-pressed", String(on));
    AXIS_BUTTONS.forEach(([kind], i) => press(this.axes[i], kind === axis));
    press(this.log, log);
    press(this.smoothVal, smoothVal);
    press(this.outliers, ignoreOutliers);
    this.epoch.hidden = axis !== "epoch";
    if (document.activeElement !== this.epoch) this.epoch.value = stepsPerEpoch ? String(stepsPerEpoch) : "";
    this.smoothing.value = String(smoothing);
    this.smoothingValue.textContent = smoothing.toFixed(2);
    this.smoothVal.hidden = this.hasVal === false || !smoothing;
  }
}
