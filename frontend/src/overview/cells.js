// One row of the table as elements.

import { h } from "../dom.js";
import { formatSigned, formatStep, formatValue, splitForMiddleCut, visibleName } from "../format.js";
import { VERDICT_NAMES, verdictIcon, verdictWords } from "../verdicts.js";
import { sparkline } from "./sparkline.js";

/**
 * A name that is cut in its middle where it does not fit; the whole of it shows on hover.
 * @param {string} name
 * @param {string} [className]
 */
export function middleCut(name, className = "") {
  const [head, tail] = splitForMiddleCut(visibleName(name));
  return h(
    "bdi",
    { class: `middle-cut ${className}`, title: visibleName(name) },
    h("span", { class: "head" }, head),
    h("span", { class: "tail" }, tail),
  );
}

/**
 * @param {string} run
 * @param {string} name
 * @param {string} verdict
 */
function nameCell(run, name, verdict) {
  const words = verdictWords(verdict);
  return h(
    "div",
    { class: "cell name", role: "gridcell" },
    h("span", { class: "icon", title: words.meaning }, verdictIcon(verdict)),
    h(
      "span",
      { class: "two-lines" },
      middleCut(run, "run"),
      h(
        "span",
        { class: "second" },
        h("span", { class: "verdict-word", "data-verdict": verdict }, words.label),
        " \u00b7 ",
        middleCut(name),
      ),
    ),
  );
}

/**
 * @param {string} className
 * @param {string} first
 * @param {string} second
 * @param {string} [title]
 */
function numberCell(className, first, second, title) {
  return h(
    "div",
    { class: `cell number ${className}`, role: "gridcell", title },
    h("span", {}, first),
    h("span", { class: "second" }, second),
  );
}

/** @param {import("../types.js").GapFigures} gap */
function gapTitle({ at_onset, maximum, maximum_step }) {
  const parts = [
    at_onset !== null && `${formatSigned(at_onset)} at the onset`,
    maximum !== null && `largest ${formatSigned(maximum)} at step ${formatStep(maximum_step)}`,
  ].filter(Boolean);
  return parts.length ? `Generalization gap: ${parts.join(", ")}` : undefined;
}

/**
 * @param {import("../types.js").PairRow} pair
 * @param {import("../types.js").PairRow["spark"] | null} spark
 */
export function pairCells(pair, spark) {
  const { onset, gap } = pair;
  const interval = onset && `${formatStep(onset.low)}\u2009\u2013\u2009${formatStep(onset.high)}`;
  return [
    nameCell(pair.run, pair.name, pair.verdict),
    h("div", { class: "cell curves", role: "gridcell" }, sparkline(pair, spark)),
    numberCell(
      "onset",
      formatStep(onset?.step),
      interval ?? "",
      onset ? `Onset at step ${formatStep(onset.step)}, 95 % interval ${interval}` : undefined,
    ),
    numberCell(
      "best",
      formatValue(pair.best_value),
      pair.best_step === null ? "" : `step ${formatStep(pair.best_step)}`,
    ),
    numberCell(
      "gap",
      formatSigned(gap.final),
      gap.at_onset === null ? "" : `from ${formatSigned(gap.at_onset, 2)}`,
      gapTitle(gap),
    ),
  ];
}

/** @param {import("../types.js").TrainOnlyRow} row */
export function trainOnlyCells(row) {
  return [
    nameCell(row.run, row.name, row.verdict),
    numberCell(
      "hint",
      "no validation",
      "overfitting cannot be seen here",
      "Log a validation loss beside it, so that overfitting can be seen.",
    ),
  ];
}

/** @param {import("./rows.js").HeadingItem} heading */
export function headingCells({ text, counts }) {
  const verdicts = VERDICT_NAMES.filter((name) => counts[name]);
  return [
    h(
      "div",
      { class: "cell heading", role: "gridcell" },
      middleCut(text),
      h(
        "span",
        { class: "heading-counts" },
        ...verdicts.map((name) =>
          h(
            "span",
            { class: "heading-count", "data-verdict": name, title: `${counts[name]} ${verdictWords(name).label.toLowerCase()}` },
            verdictIcon(name),
            String(counts[name]),
          ),
        ),
      ),
    ),
  ];
}
