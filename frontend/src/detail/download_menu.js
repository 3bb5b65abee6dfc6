// What the download menu of one pair offers.

import { MAX_WIDTH } from "../api.js";
import { copyLink } from "../clipboard.js";
import { curvesCsv, wholeCurves } from "../download/curves.js";
import { fileName, downloadCsv, downloadJson } from "../download/files.js";
import { downloadPng, downloadSvg } from "../download/image.js";
import { fetchDetail, rowOf } from "./detail_cache.js";

/**
 * @typedef {import("./detail_cache.js").Chosen} Chosen
 * @typedef {import("./detail_cache.js").Detail} Detail
 */

/**
 * @param {import("../api.js").Api} api
 * @param {Chosen} chosen
 * @param {number | undefined} training
 * @param {Detail | null} detail
 * @param {import("../chart/charts.js").PairCharts} charts
 * @param {(error: unknown) => void} onFailure
 * @returns {import("../menu.js").Action[]}
 */
export function downloadActions(api, chosen, training, detail, charts, onFailure) {
  const { run, name } = rowOf(chosen);
  const file = (/** @type {string} */ extension) => fileName([run, name], extension);
  const caption = () => ({ title: `${run} \u00b7 ${name}`, text: detail?.reason ?? "" });
  const gapTitle = () => charts.gapTitle.textContent ?? "";
  /** Every point of the pair that is shown. */
  const curves = () => {
    const [from, to] = charts.model?.extent ?? [0, 0];
    return wholeCurves((window) => fetchDetail(api, chosen, { ...window, training, width: MAX_WIDTH }), Math.floor(from), Math.ceil(to));
  };
  return [
    { label: "Curves as CSV", run: () => curves().then((all) => downloadCsv(curvesCsv(all), file("csv"))).catch(onFailure) },
    { label: "Curves as JSON", run: () => curves().then((all) => downloadJson(all, file("json"))).catch(onFailure) },
    { label: "Picture as PNG", run: () => downloadPng(charts.stack, caption(), gapTitle(), file("png")) },
    { label: "Picture as SVG", run: () => downloadSvg(charts.stack, caption(), gapTitle(), file("svg")) },
    { label: "Copy link to this view", run: copyLink },
  ];
}
