// How curves are shown: one choice for all pairs, kept in the URL. Pure.

/**
 * @typedef {"step" | "epoch" | "relative" | "wall"} AxisKind
 *
 * @typedef {object} Settings
 * @property {AxisKind} axis
 * @property {number} stepsPerEpoch - for the epoch axis; 0 is unknown
 * @property {boolean} log - logarithmic values
 * @property {number} smoothing - weight of the past in the moving average, 0 (none) to 0.99
 * @property {boolean} smoothVal - smooth validation, too
 * @property {boolean} ignoreOutliers
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = { axis: "step", stepsPerEpoch: 0, log: false, smoothing: 0, smoothVal: false, ignoreOutliers: false };

/** @type {readonly AxisKind[]} */
export const AXES = ["step", "epoch", "relative", "wall"];

/**
 * @param {string | undefined} text
 * @param {number} low
 * @param {number} high
 */
function number(text, low, high) {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
}

/**
 * Settings from a URL; those that are missing or invalid are the defaults.
 * @param {Record<string, string>} view
 * @returns {Settings}
 */
export function parseSettings(view) {
  const axis = AXES.find((kind) => kind === view["axis"]) ?? DEFAULTS.axis;
  return {
    axis,
    stepsPerEpoch: Math.round(number(view["epoch"], 0, 1e9)),
    log: view["log"] === "1",
    smoothing: number(view["smooth"], 0, 0.99),
    smoothVal: view["smoothval"] === "1",
    ignoreOutliers: view["outliers"] === "0",
  };
}

/**
 * The same for the URL; defaults are empty, which leaves them out.
 * @param {Settings} settings
 * @returns {Record<string, string>}
 */
export function formatSettings({ axis, stepsPerEpoch, log, smoothing, smoothVal, ignoreOutliers }) {
  return {
    axis: axis === DEFAULTS.axis ? "" : axis,
    epoch: stepsPerEpoch ? String(stepsPerEpoch) : "",
    log: log ? "1" : "",
    smooth: smoothing ? String(smoothing) : "",
    smoothval: smoothVal ? "1" : "",
    outliers: ignoreOutliers ? "0" : "",
  };
}
