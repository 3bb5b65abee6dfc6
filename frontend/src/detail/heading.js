// Above the charts: which pair this is, and which training of its folder. Below them: what to log or declare next.

import { relativeTimeElement } from "../relative_time.js";
import { h } from "../dom.js";
import { count } from "../format.js";
import { middleTruncated } from "../overview/cells.js";
import { copyableCode } from "../copyable_code.js";
import { rowOf } from "./detail_cache.js";

/**
 * @typedef {import("./detail_cache.js").Chosen} Chosen
 * @typedef {import("./detail_cache.js").Detail} Detail
 */

/**
 * @param {Chosen} chosen
 * @param {Detail | null} detail
 * @param {(training: number) => void} onTraining
 * @returns {import("../dom.js").Child[]}
 */
export function pairHeading(chosen, detail, onTraining) {
  const { run, name } = rowOf(chosen);
  const { points, last } = factsOf(chosen, detail);
  return [
    h("h2", {}, middleTruncated(run, "run")),
    h("p", { class: "quiet" }, middleTruncated(name), points && h("span", {}, points), last !== null && h("span", {}, "last point ", relativeTimeElement(last))),
    detail && "row" in detail && detail.trainings > 1 && trainingChoice(detail, onTraining),
  ];
}

/**
 * How much was logged, and when last (null where that is not known).
 * @param {Chosen} chosen
 * @param {Detail | null} detail
 */
function factsOf(chosen, detail) {
  const row = detail && "row" in detail ? detail.row : chosen.kind === "pair" ? chosen.pair : null;
  if (row) return { points: `${count(row.evaluations, "evaluation")}, ${count(row.train_points, "train point")}`, last: row.last_wall_time };
  if (chosen.kind === "train_only") return { points: count(chosen.row.points, "train point"), last: chosen.row.last_wall_time };
  return { points: "", last: null };
}

/**
 * @param {import("../types.js").PairDetail} detail
 * @param {(training: number) => void} onTraining
 */
function trainingChoice({ training, trainings }, onTraining) {
  const choice = h(
    "select",
    {
      "aria-label": "Training of this folder",
      title: "This folder holds several trainings, one after the other",
      onchange: () => onTraining(Number(choice.value)),
    },
    ...Array.from({ length: trainings }, (_, i) =>
      h("option", { value: i, selected: i === training }, `training ${i + 1} of ${trainings}${i === trainings - 1 ? ", the latest" : ""}`),
    ),
  );
  return choice;
}

/**
 * How to log what is missing, or how to keep a tried pair; null where there is nothing to do.
 * @param {Chosen} chosen
 * @param {Detail | null} detail
 * @param {() => void} onEndTrial
 * @returns {import("../dom.js").Child[] | null}
 */
export function pairHint(chosen, detail, onEndTrial) {
  if (detail && "how_to_log" in detail) return [h("h3", {}, "Log its validation loss"), copyableCode(detail.how_to_log)];
  if (chosen.kind !== "trial") return null;
  const toml = detail && "toml" in detail ? detail.toml : undefined;
  return [
    h("h3", {}, "You are trying this pair; nobody else sees it"),
    toml !== undefined && h("p", {}, "To make it a pair for everybody, put this into ", h("code", {}, "losshealth.toml"), " in the log folder:"),
    toml !== undefined && copyableCode(toml),
    h("div", {}, h("button", { class: "button", type: "button", onclick: onEndTrial }, "End the trial")),
  ];
}
