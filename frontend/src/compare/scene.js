// How several pairs are drawn: one colour a pair, train solid, validation dashed, the gaps below.

import { originOf } from "../chart/axis.js";
import { drawArea } from "../chart/draw.js";
import { configurations, meanAndSpread, memberCurves } from "./model.js";

/**
 * @typedef {import("./model.js").Member} Member
 * @typedef {import("../chart/stack.js").Plot} Plot
 * @typedef {import("../chart/stack.js").Scene} Scene
 * @typedef {import("../chart/stack.js").StyledLine} StyledLine
 * @typedef {"both" | "val" | "mean"} Shown - both curves, validation alone, mean of validation over seeds
 */

/** TensorBoard's palette for runs, light and dark. */
const COLOURS = /** @type {[string, string][]} */ ([
  ["#425066", "#8e98a3"],
  ["#0e97aa", "#12b5cb"],
  ["#e52592", "#f06ab4"],
  ["#c98500", "#f9ab00"],
  ["#9334e6", "#bb86f0"],
  ["#5f9430", "#7cb342"],
  ["#e8710a", "#e8710a"],
]);

/**
 * @param {number} i
 * @param {boolean} dark
 */
export function memberColour(i, dark) {
  const [inLight, inDark] = /** @type {[string, string]} */ (COLOURS[i % COLOURS.length]);
  return dark ? inDark : inLight;
}

/** @typedef {Member & { colour: string } & ReturnType<typeof memberCurves>} Drawn */

/**
 * @param {readonly Member[]} members
 * @param {import("../settings.js").Settings} settings
 * @param {boolean} dark
 * @returns {Drawn[]}
 */
export function drawMembers(members, settings, dark) {
  const origin = originOf(members.flatMap(({ detail }) => [detail.train, detail.val]));
  return members.map((member) => ({ ...member, colour: memberColour(member.number - 1, dark), ...memberCurves(member.detail, settings, origin) }));
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
  const losses = shown === "mean" ? meanPlot(drawn) : curvesPlot(drawn, shown);
  const positive = losses.lines.some(({ ys }) => ys.some((y) => y !== null && y > 0));
  return {
    axis,
    extent: to > from ? [from, to] : [from - 0.5, from + 0.5],
    plots: [
      { ...losses, log: log && positive, ignoreOutliers },
      {
        lines: drawn.map(({ number, colour, gap }) => ({ ...gap, colour, width: 1.5, label: String(number) })),
        log: false,
        withZero: true,
        ignoreOutliers,
        top: 8,
        description: `Generalization gaps of ${drawn.length} pairs by ${axis.label}`,
        below: () => {},
        above: () => {},
      },
    ],
  };
}

/**
 * @param {readonly Drawn[]} drawn
 * @param {Shown} shown
 * @returns {Omit<Plot, "log" | "ignoreOutliers">}
 */
function curvesPlot(drawn, shown) {
  /** @type {StyledLine[]} */
  const trains = shown === "val" ? [] : drawn.map(({ colour, train }) => ({ ...train, colour, width: 1.25 }));
  /** @type {StyledLine[]} */
  const vals = drawn.map(({ number, colour, val }) => ({ ...val, colour, width: 2, dash: [6, 4], label: String(number) }));
  return {
    lines: [...trains, ...vals],
    withZero: false,
    top: 8,
    description: `${shown === "val" ? "Validation" : "Train, solid, and validation, dashed,"} of ${drawn.length} pairs by ${drawn[0]?.axis.label}`,
    below: () => {},
    above: () => {},
  };
}

/**
 * @param {readonly Drawn[]} drawn
 * @returns {Omit<Plot, "log" | "ignoreOutliers">}
 */
function meanPlot(drawn) {
  const groups = [...configurations(drawn).values()].map((members) => ({
    colour: /** @type {Drawn} */ (members[0]).colour,
    label: members.map(({ number }) => number).join(" "),
    spread: meanAndSpread(members.map(({ val }) => val)),
  }));
  return {
    lines: groups.map(({ colour, label, spread }) => ({ xs: spread.xs, ys: spread.mean, colour, width: 2.25, label })),
    withZero: false,
    top: 8,
    description: `Mean validation of ${groups.length} configurations with one standard deviation around it`,
    below: (u) => {
      for (const { colour, spread } of groups) drawArea(u, spread.xs, spread.low, spread.high, `${colour}30`);
    },
    above: () => {},
  };
}
