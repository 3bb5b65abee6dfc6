// How several pairs are drawn: one colour a run, train solid, validation dashed, the gaps below.

import { drawArea } from "../chart/areas.js";
import { originOf } from "../chart/axis.js";
import { count } from "../format.js";
import { coloursOf } from "./colours.js";
import { configurations, meanAndSpread, memberCurves, numbersLabel } from "./model.js";

/**
 * @typedef {import("./model.js").Member} Member
 * @typedef {import("../chart/plot_options.js").Plot} Plot
 * @typedef {import("../chart/stack.js").Scene} Scene
 * @typedef {import("../chart/plot_options.js").StyledLine} StyledLine
 * @typedef {"both" | "val" | "gap" | "mean"} Shown - both curves, validation alone, gaps alone, means over seeds
 * @typedef {Omit<Plot, "log" | "ignoreOutliers">} Part
 */

const DASH = [6, 4];
/** Opacity of the spread around a mean, as the end of a colour. */
const SPREAD_ALPHA = "30";

/** @typedef {Member & { colour: string } & ReturnType<typeof memberCurves>} Drawn */

/**
 * @param {readonly Member[]} members
 * @param {import("../settings.js").Settings} settings
 * @param {boolean} dark
 * @param {ReadonlyMap<string, string>} chosen - colours by run
 * @returns {Drawn[]}
 */
export function drawMembers(members, settings, dark, chosen) {
  const origin = originOf(members.flatMap(({ detail }) => [detail.train, detail.val]));
  const colours = coloursOf(members.map(({ detail }) => detail.row.run), dark, chosen);
  const haveEpochs = members.every(({ detail }) => settings.stepsPerEpoch || detail.steps_per_epoch);
  const shown = settings.axis === "epoch" && !haveEpochs ? { ...settings, axis: /** @type {const} */ ("step") } : settings;
  return members.map((member, i) => ({ ...member, colour: /** @type {string} */ (colours[i]), ...memberCurves(member.detail, shown, origin) }));
}

/**
 * @param {readonly Drawn[]} drawn - at least one
 * @param {import("../settings.js").Settings} settings
 * @param {Shown} shown
 * @returns {Scene}
 */
export function compareScene(drawn, { log, ignoreOutliers }, shown) {
  const xs = drawn.flatMap(({ train, val }) => [train.xs[0], train.xs.at(-1), val.xs[0], val.xs.at(-1)]).filter((x) => x !== undefined);
  const [from, to] = xs.length ? [Math.min(...xs), Math.max(...xs)] : [0, 1];
  const { axis } = /** @type {Drawn} */ (drawn[0]);
  const [losses, gaps] = shown === "mean" ? meanParts(drawn) : [curvesPart(drawn, shown), gapsPart(drawn)];
  const positive = losses.lines.some(({ ys }) => ys.some((y) => y !== null && y > 0));
  const plots = [
    { ...losses, log: log && positive, ignoreOutliers },
    { ...gaps, log: false, ignoreOutliers },
  ];
  return {
    axis,
    extent: to > from ? [from, to] : [from - 0.5, from + 0.5],
    plots: shown === "gap" ? plots.slice(1) : plots,
  };
}

/**
 * @param {StyledLine[]} lines
 * @param {string} description
 * @param {Part["below"]} [below]
 * @returns {Part}
 */
function part(lines, description, below = () => {}) {
  return { lines, withZero: false, top: 8, description, below, above: () => {} };
}

/** @param {readonly Drawn[]} drawn */
const axisOf = (drawn) => drawn[0]?.axis.label;

/**
 * @param {readonly Drawn[]} drawn
 * @param {Shown} shown
 */
function curvesPart(drawn, shown) {
  /** @type {StyledLine[]} */
  const trains = shown === "val" ? [] : drawn.map(({ colour, train }) => ({ ...train, colour, width: 1.25 }));
  /** @type {StyledLine[]} */
  const vals = drawn.map(({ number, colour, val }) => ({ ...val, colour, width: 2, dash: DASH, label: String(number) }));
  const what = shown === "val" ? "Validation" : "Train, solid, and validation, dashed,";
  return part([...trains, ...vals], `${what} of ${drawn.length} pairs by ${axisOf(drawn)}`);
}

/**
 * @param {readonly Drawn[]} drawn
 * @returns {Part}
 */
function gapsPart(drawn) {
  const lines = drawn.map(({ number, colour, gap }) => ({ ...gap, colour, width: 1.5, label: String(number) }));
  return { ...part(lines, `Generalization gaps of ${drawn.length} pairs by ${axisOf(drawn)}`), withZero: true };
}

/**
 * @param {readonly Drawn[]} drawn
 * @returns {[losses: Part, gaps: Part]}
 */
function meanParts(drawn) {
  const groups = [...configurations(drawn).values()];
  /**
   * @param {"train" | "val" | "gap"} curve
   * @param {Partial<StyledLine>} style
   */
  const means = (curve, style) =>
    groups.map((members) => {
      const { colour } = /** @type {Drawn} */ (members[0]);
      const { xs, mean, low, high } = meanAndSpread(members.map((member) => member[curve]));
      const label = curve === "train" ? {} : { label: numbersLabel(members.map(({ number }) => number)) };
      return { area: { xs, lower: low, upper: high }, line: /** @type {StyledLine} */ ({ xs, ys: mean, colour, width: 2, ...label, ...style }) };
    });
  /** @param {ReturnType<typeof means>} all */
  const spreads = (all) => (/** @type {import("uplot")} */ u) => {
    for (const { area, line } of all) drawArea(u, area, () => `${line.colour}${SPREAD_ALPHA}`);
  };
  const losses = [...means("train", { width: 1.25 }), ...means("val", { dash: DASH })];
  const gaps = means("gap", {});
  const isOne = groups.length === 1;
  const spread = `of ${count(groups.length, "configuration")} with one standard deviation around ${isOne ? "it" : "each"}`;
  return [
    part(losses.map(({ line }) => line), `Mean train, solid, and validation, dashed, ${spread}`, spreads(losses)),
    { ...part(gaps.map(({ line }) => line), `Mean generalization ${isOne ? "gap" : "gaps"} ${spread}`, spreads(gaps)), withZero: true },
  ];
}
