// The answer in words: verdict, since when, how sure, which checkpoint to keep.

import { h } from "../dom.js";
import { formatIn, formatProbability, formatSigned, formatStep } from "../format.js";
import { aloneKey, trainAloneText, verdictIcon, verdictText } from "../verdicts.js";

/** @typedef {import("../types.js").PairRow} PairRow */

/**
 * @param {PairRow} row
 * @returns {string} "Overfitting since step 1,240"
 */
export function headline({ verdict, onset }) {
  const { title } = verdictText(verdict);
  return verdict === "overfitting" && onset ? `${title} since step ${formatStep(onset.step)}` : title;
}

/**
 * @param {string} label
 * @param {string} value
 * @param {string} note
 * @param {string} [title]
 */
function figure(label, value, note, title) {
  return h(
    "div",
    { class: "figure", title },
    h("span", { class: "figure-label" }, label),
    h("span", { class: "figure-value" }, value),
    h("span", { class: "figure-note" }, note || "\u00a0"),
  );
}

/**
 * How the gap grew since the onset, or where it was largest.
 * @param {PairRow} row
 */
function gapNote({ gap }) {
  if (gap.final !== null && gap.at_onset !== null && gap.at_onset > 0 && gap.final > gap.at_onset) {
    const ratio = gap.final / gap.at_onset;
    if (ratio < 1000) return `\u00d7 ${ratio.toPrecision(ratio < 100 ? 2 : 3)} since onset`;
  }
  return gap.maximum === null ? "" : `most ${formatSigned(gap.maximum)}`;
}

/** @param {PairRow} row */
function figures(row) {
  const { best_step, best_value, gap } = row;
  return [
    figure(
      "Gap now",
      formatSigned(gap.final),
      gapNote(row),
      gap.maximum === null ? undefined : `Largest ${formatSigned(gap.maximum)} at step ${formatStep(gap.maximum_step)}`,
    ),
    figure("Best validation", formatIn(best_value, Math.abs(gap.maximum ?? 0)), best_step === null ? "" : `step ${formatStep(best_step)}`),
  ];
}

/**
 * @param {PairRow} row
 * @param {string | null} reason - null while it is being fetched
 */
export function pairBanner(row, reason) {
  const { onset, verdict } = row;
  return h(
    "div",
    { class: "banner", "data-verdict": verdict },
    h(
      "div",
      { class: "banner-text" },
      h(
        "p",
        { class: "headline" },
        h("strong", {}, verdictIcon(verdict, verdictText(verdict)), headline(row)),
        onset && h("span", { class: "quiet", title: "Confidence: probability that this is overfitting" }, onsetNote(row)),
      ),
      h("p", { class: "reason" }, reason ?? verdictText(verdict).meaning),
    ),
    h("div", { class: "figures" }, ...figures(row)),
  );
}

/** @param {PairRow} row */
function onsetNote({ onset, verdict, recovered }) {
  if (!onset) return "";
  if (recovered) return `turned at step ${formatStep(onset.step)}, since recovered`;
  const sure = `confidence\u00a0${formatProbability(onset.confidence).replace(" ", "\u00a0")}`;
  // The sentence below says the interval.
  if (verdict === "overfitting") return sure;
  const interval = `95 % interval ${formatStep(onset.low)}\u2009\u2013\u2009${formatStep(onset.high)}`;
  return `validation turned at step ${formatStep(onset.step)}, ${interval}, ${sure}`;
}

/**
 * @param {import("../types.js").TrainOnlyRow} row
 * @param {string | null} reason
 */
export function trainOnlyBanner(row, reason) {
  const [key, text] = [aloneKey(row.verdict), trainAloneText(row.verdict)];
  return h(
    "div",
    { class: "banner", "data-verdict": key },
    h(
      "div",
      { class: "banner-text" },
      h(
        "p",
        { class: "headline" },
        h("strong", {}, verdictIcon(key, text), text.title),
        h("span", { class: "quiet" }, "judged on train alone"),
      ),
      h("p", { class: "reason" }, reason ?? row.reason),
      h("p", { class: "reason warn" }, "Overfitting cannot be seen here: log a validation loss beside it."),
    ),
  );
}
