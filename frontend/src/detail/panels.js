// What the tabs below the charts hold.

import { valueSpan } from "../chart/readout.js";
import { h } from "../dom.js";
import { count, formatIn, formatProbability, formatSigned, formatStep, visibleName } from "../format.js";
import { flagText, trainAloneText, verdictText } from "../verdicts.js";

/**
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {import("../types.js").Overview} Overview
 */

/** Most rows of the table of numbers that are shown at first. */
const FIRST_ROWS = 200;

/**
 * @param {string} title
 * @param {import("../dom.js").Child[]} children
 */
function part(title, ...children) {
  return h("section", { class: "part" }, h("h4", {}, title), ...children);
}

/** @param {readonly string[]} sources */
const cited = (sources) => sources.length > 0 && h("cite", {}, ` After ${sources.join("; ")}.`);

/** @param {readonly string[]} items */
const bullets = (items) => h("ul", {}, ...items.map((item) => h("li", {}, item)));

/** @param {import("../types.js").FlagEntry} text */
function flagEntry({ title, meaning, advice, sources }) {
  return [h("dt", {}, title), h("dd", {}, `${meaning} ${advice}`, cited(sources))];
}

/** @param {PairDetail | TrainOnlyDetail} detail */
export function whyPanel(detail) {
  const { title, meaning, advice, sources } = "row" in detail ? verdictText(detail.row.verdict) : trainAloneText(detail.verdict);
  const { flags } = "row" in detail ? detail.row : detail;
  return [
    part("What the verdict means", h("p", {}, h("strong", {}, title), `: ${meaning}`)),
    part("What to do", h("p", {}, advice, cited(sources))),
    flags.length > 0 && part("Worth knowing", h("dl", { class: "flags" }, ...flags.map(flagText).flatMap(flagEntry))),
    detail.not_judged.length > 0 && part("What could not be judged", bullets(detail.not_judged)),
  ];
}

/**
 * @param {[string, string][]} rows
 */
function figureTable(rows) {
  return h(
    "table",
    { class: "figures-table" },
    h("tbody", {}, ...rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)))),
  );
}

/** @param {PairDetail} detail */
export function numbersPanel({ row, gap }) {
  const { onset } = row;
  /** @type {[string, string][]} */
  const figures = [
    ["Verdict", verdictText(row.verdict).title],
    ["Onset", onset ? `step ${formatStep(onset.step)}` : "none"],
    ...(onset
      ? /** @type {[string, string][]} */ ([
          ["Onset, 95 % interval", `${formatStep(onset.low)} \u2013 ${formatStep(onset.high)}`],
          ["Confidence", formatProbability(onset.confidence)],
          ["Confirmed live", onset.confirmed_step === null ? "no" : `step ${formatStep(onset.confirmed_step)}`],
        ])
      : []),
    ["Best validation", row.best_step === null ? "none" : `${formatIn(row.best_value, Math.abs(row.gap.maximum ?? 0), 6)} at step ${formatStep(row.best_step)}`],
    ["Gap now", formatSigned(row.gap.final, 5)],
    ["Gap at the onset", formatSigned(row.gap.at_onset, 5)],
    ["Largest gap", row.gap.maximum === null ? "none" : `${formatSigned(row.gap.maximum, 5)} at step ${formatStep(row.gap.maximum_step)}`],
    ["Evaluations", formatStep(row.evaluations)],
    ["Train points", formatStep(row.train_points)],
  ];
  return [h("div", { class: "numbers" }, figureTable(figures), evaluationTable(gap, row.best_step, onset?.step ?? null))];
}

/**
 * @param {import("../types.js").GapColumns} gap
 * @param {number | null} bestStep
 * @param {number | null} onsetStep
 */
function evaluationTable(gap, bestStep, onsetStep) {
  const span = valueSpan([{ xs: gap.steps, ys: gap.val }, { xs: gap.steps, ys: gap.train }], [-Infinity, Infinity]);
  /** @param {number} i */
  const row = (i) => {
    const step = /** @type {number} */ (gap.steps[i]);
    const note = [step === bestStep && "best", step === onsetStep && "onset"].filter(Boolean).join(", ");
    return h(
      "tr",
      { class: note ? "marked" : null },
      h("th", { scope: "row" }, formatStep(step)),
      h("td", {}, formatIn(gap.train[i], span, 5)),
      h("td", {}, formatIn(gap.val[i], span, 5)),
      h("td", {}, formatSigned(gap.gap[i], 4)),
      h("td", { class: "note" }, note),
    );
  };
  const body = h("tbody", {}, ...Array.from({ length: Math.min(FIRST_ROWS, gap.steps.length) }, (_, i) => row(i)));
  const more = h(
    "button",
    {
      class: "button",
      type: "button",
      hidden: gap.steps.length <= FIRST_ROWS,
      onclick: () => {
        body.append(...Array.from({ length: gap.steps.length - FIRST_ROWS }, (_, i) => row(i + FIRST_ROWS)));
        more.hidden = true;
      },
    },
    `Show all ${formatStep(gap.steps.length)} rows`,
  );
  return h(
    "div",
    {},
    h(
      "table",
      { class: "evaluations" },
      h("caption", {}, "At each evaluation"),
      h("thead", {}, h("tr", {}, ...["step", "train", "validation", "gap"].map((name) => h("th", { scope: "col" }, name)), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "note")))),
      body,
    ),
    more,
  );
}

/** @param {import("../types.js").TagRef} ref */
function tagName({ run, tag }) {
  return [h("code", {}, visibleName(tag)), " in run ", h("code", {}, visibleName(run))];
}

const SOURCES = /** @type {Record<string, string>} */ ({
  declared: "The training code declared this pair.",
  grammar: "Found by the names of the tags.",
  override: "Set by hand.",
});

/** @param {PairDetail} detail */
export function pairingPanel({ pairing, trainings, training }) {
  /** @type {[string, import("../types.js").TagRef | null][]} */
  const splits = [
    ["Train", pairing.train],
    ["Validation", pairing.val],
    ["Test", pairing.test],
  ];
  return [
    part(
      "Which tags this pair is made of",
      h(
        "table",
        { class: "figures-table" },
        h(
          "tbody",
          {},
          ...splits.map(([name, ref]) => ref && h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, ...tagName(ref)))),
        ),
      ),
      h("p", {}, SOURCES[pairing.source] ?? pairing.source, " ", pairing.reason),
      trainings > 1 &&
        h("p", { class: "quiet" }, `This folder holds ${count(trainings, "training")} one after the other; shown is number ${training + 1}.`),
    ),
  ];
}

/** @param {Overview["problems"]} problems */
export function problemsPanel({ total, list }) {
  if (!total) return [h("p", { class: "quiet" }, "Everything in the log folder could be read.")];
  return [
    h(
      "table",
      { class: "list-table" },
      h("caption", {}, `${count(total, "problem")} while reading`, total > list.length ? `, ${list.length} of them shown` : "", ". What could be read is shown."),
      h("thead", {}, h("tr", {}, ...["file", "at byte", "what was wrong"].map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        {},
        ...list.map(({ path, offset, reason }) =>
          h("tr", {}, h("td", {}, visibleName(path)), h("td", { class: "number" }, formatStep(offset)), h("td", {}, reason)),
        ),
      ),
    ),
  ];
}
