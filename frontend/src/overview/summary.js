// Below the table: how much was read, what is missing, the grouping, and the table as a download.

import { fill, h } from "../dom.js";
import { count, formatStep } from "../format.js";
import { downloadCsv, downloadJson, tableCsv } from "../download/files.js";

/**
 * @typedef {import("./rows.js").PairItem | import("./rows.js").TrainOnlyItem} RowItem
 * @typedef {import("./rows.js").Grouping} Grouping
 */

/** @type {[Grouping, string][]} */
const GROUPINGS = [
  ["", "no groups"],
  ["folder", "by run folder"],
  ["loss", "by loss"],
];

export class Summary {
  /**
   * @param {{ onTab: (key: string) => void, onGroup: (group: Grouping) => void, listed: () => readonly RowItem[] }} events
   */
  constructor({ onTab, onGroup, listed }) {
    this.onTab = onTab;
    this.facts = h("span", { class: "facts" });
    this.group = h(
      "select",
      { "aria-label": "Group the rows", title: "Group the rows", onchange: () => onGroup(/** @type {Grouping} */ (this.group.value)) },
      ...GROUPINGS.map(([value, label]) => h("option", { value }, label)),
    );
    const rows = () => listed().flatMap((item) => (item.kind === "pair" ? [item.pair] : []));
    /**
     * @param {string} format
     * @param {() => void} save
     */
    const downloadLink = (format, save) =>
      h("button", { class: "link", type: "button", "aria-label": `Save table as ${format}`, title: `The rows listed above, as ${format}`, onclick: save }, format);
    this.root = h(
      "footer",
      { class: "summary" },
      this.facts,
      h("span", { class: "spacer" }),
      this.group,
      h(
        "span",
        { class: "table-downloads" },
        "Save table: ",
        downloadLink("CSV", () => downloadCsv(tableCsv(rows()), "losshealth.csv")),
        " ",
        downloadLink("JSON", () => downloadJson(rows(), "losshealth.json")),
      ),
    );
  }

  /**
   * @param {import("../types.js").Overview} overview
   * @param {import("./rows.js").Query} query
   */
  show({ runs, tags, unpaired, problems, state, progress }, { group, runFilter }) {
    this.group.value = group;
    fill(
      this.facts,
      h("span", {}, `${count(runs, "run")}, ${count(tags, "tag")} read`),
      state === "loading" && progress && h("span", {}, `, reading file ${formatStep(progress.files_done + 1)} of ${formatStep(progress.files)}`),
      unpaired.total > 0 && this.#link("unpaired", `${formatStep(unpaired.total)} unpaired`, ""),
      problems.total > 0 && this.#link("problems", `\u26a0 ${count(problems.total, "reading problem")}: some data is missing`, "warn"),
      runFilter && h("span", { title: "Set on TensorBoard's other dashboards" }, `TensorBoard's run filter: ${runFilter}`),
    );
  }

  /**
   * @param {string} tab
   * @param {string} label
   * @param {string} className
   */
  #link(tab, label, className) {
    return h("button", { class: `link ${className}`, type: "button", onclick: () => this.onTab(tab) }, label);
  }
}
