// One row of the table as elements.

import { relativeTimeElement, relativeTime } from "../relative_time.js";
import { h } from "../dom.js";
import { compactRange, compactStep, compactValue, formatIn, formatLike, formatSigned, formatStep, splitForMiddleTruncation, visibleName } from "../format.js";
import { aloneKey, trainAloneText, verdictIcon, verdictNames, verdictText } from "../verdicts.js";
import { sparkline } from "./sparkline.js";

/** Longest beginning of a name that is never cut. */
const SHORT_HEAD = 6;

/**
 * A name that is cut in its middle where it does not fit; the whole of it shows on hover.
 * @param {string} name
 * @param {string} [className]
 */
export function middleTruncated(name, className = "") {
  const [head, tail] = splitForMiddleTruncation(visibleName(name));
  return h(
    "bdi",
    { class: `middle-truncated ${className}`, title: visibleName(name) },
    h("span", { class: head.length > SHORT_HEAD ? "head long" : "head" }, head),
    h("span", { class: "tail" }, tail),
  );
}

/**
 * @param {string} run
 * @param {string} name
 * @param {string} key - of the verdict's colour
 * @param {import("../verdicts.js").VerdictText} text
 * @param {number | null} lastWallTime
 */
function nameCell(run, name, key, text, lastWallTime) {
  const updated = lastWallTime === null ? undefined : `Last point logged ${relativeTime(lastWallTime)}`;
  return h(
    "div",
    { class: "cell name", role: "gridcell", title: updated },
    h("span", { class: "icon", title: text.meaning }, verdictIcon(key, text)),
    h(
      "span",
      { class: "two-lines" },
      middleTruncated(run, "run"),
      h(
        "span",
        { class: "second" },
        h("span", { class: "verdict-word", "data-verdict": key }, text.title),
        " \u00b7 ",
        middleTruncated(name),
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

/** @param {import("../types.js").Gap} gap */
function gapTitle({ final, at_onset, maximum, maximum_step }) {
  const parts = [
    final !== null && `${formatSigned(final, 5)} now`,
    at_onset !== null && `${formatSigned(at_onset)} at the onset`,
    maximum !== null && `largest ${formatSigned(maximum)} at step ${formatStep(maximum_step)}`,
  ].filter(Boolean);
  return parts.length ? `Generalization gap: ${parts.join(", ")}` : undefined;
}

/** @param {number | null} lastWallTime */
function updatedCell(lastWallTime) {
  return h("div", { class: "cell number updated", role: "gridcell" }, lastWallTime === null ? "" : relativeTimeElement(lastWallTime));
}

/**
 * @param {import("../types.js").PairRow} pair
 * @param {import("../types.js").PairRow["spark"] | null} spark
 */
export function pairCells(pair, spark) {
  const { onset, gap } = pair;
  const span = Math.abs(gap.maximum ?? 0);
  const interval = onset && `${formatStep(onset.low)}\u2009\u2013\u2009${formatStep(onset.high)}`;
  return [
    nameCell(pair.run, pair.name, pair.verdict, verdictText(pair.verdict), pair.last_wall_time),
    h("div", { class: "cell curves", role: "gridcell" }, sparkline(pair, spark)),
    numberCell(
      "onset",
      compactStep(onset?.step),
      onset ? compactRange(onset.low, onset.high) : "",
      onset ? `Onset at step ${formatStep(onset.step)}, 95 % interval ${interval}` : undefined,
    ),
    numberCell(
      "best",
      compactValue(pair.best_value, span),
      pair.best_step === null ? "" : `step ${compactStep(pair.best_step)}`,
      pair.best_step === null ? undefined : `Best validation ${formatIn(pair.best_value, span, 6)} at step ${formatStep(pair.best_step)}`,
    ),
    numberCell(
      "gap",
      formatSigned(gap.final),
      gap.at_onset === null ? "" : `from ${formatLike(gap.at_onset, gap.final)}`,
      gapTitle(gap),
    ),
    updatedCell(pair.last_wall_time),
  ];
}

/** @param {import("../types.js").TrainOnlyRow} row */
export function trainOnlyCells(row) {
  return [
    nameCell(row.run, row.name, aloneKey(row.verdict), trainAloneText(row.verdict), row.last_wall_time),
    numberCell(
      "hint",
      "no validation",
      "overfitting cannot be seen here",
      "Log a validation loss beside it, so that overfitting can be seen.",
    ),
    updatedCell(row.last_wall_time),
  ];
}

/**
 * @param {import("./rows.js").HeadingItem} heading
 * @param {() => void} onCollapse
 */
export function headingCells({ text, counts, collapsed }, onCollapse) {
  const verdicts = verdictNames().filter((name) => counts[name]);
  return [
    h(
      "div",
      { class: "cell heading", role: "gridcell" },
      h(
        "button",
        { class: "collapse", type: "button", "aria-expanded": String(!collapsed), onclick: onCollapse },
        h("span", { class: "arrow", "aria-hidden": "true" }, collapsed ? "\u25b8" : "\u25be"),
        middleTruncated(text),
      ),
      h(
        "span",
        { class: "heading-counts" },
        ...verdicts.map((name) =>
          h(
            "span",
            { class: "heading-count", "data-verdict": name, title: `${counts[name]} ${verdictText(name).title.toLowerCase()}` },
            verdictIcon(name, verdictText(name)),
            formatStep(counts[name]),
          ),
        ),
      ),
    ),
  ];
}
