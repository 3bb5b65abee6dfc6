// The tags that are in no pair: to search, and to try as a pair.

import { fill, h } from "../dom.js";
import { count, visibleName } from "../format.js";

/**
 * @typedef {import("../types.js").TagRef} TagRef
 * @typedef {import("../api.js").Trial} Trial
 * @typedef {import("../types.js").Overview["unpaired"]} Unpaired
 * @typedef {"train" | "val"} Split
 */

/** Pause, in milliseconds, after a typed character before the server is asked. */
const TYPING_PAUSE = 200;
const SPLITS = /** @type {[Split, string][]} */ ([
  ["train", "Train"],
  ["val", "Validation"],
]);

/**
 * @param {TagRef | null} a
 * @param {TagRef} b
 */
const isSame = (a, b) => a?.run === b.run && a.tag === b.tag;

export class UnpairedTags {
  /** @type {Record<Split, TagRef | null>} */
  #chosen = { train: null, val: null };
  #timer = 0;

  /**
   * @param {import("../api.js").Api} api
   * @param {(trial: Trial) => void} onTry
   */
  constructor(api, onTry) {
    this.api = api;
    this.onTry = onTry;
    this.search = h("input", {
      type: "search",
      class: "filter",
      placeholder: "Search run or tag",
      "aria-label": "Search unpaired tags",
      spellcheck: "false",
      oninput: () => {
        clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => void this.#find(), TYPING_PAUSE);
      },
    });
    this.trialTags = h("span", { class: "trial-tags" });
    this.mode = h(
      "select",
      { "aria-label": "Direction of the tried pair" },
      h("option", { value: "min" }, "smaller is better"),
      h("option", { value: "max" }, "larger is better"),
    );
    this.button = h("button", { class: "button", type: "button", onclick: () => this.#try() }, "Try as a pair");
    this.list = h("div", {});
    const how = h(
      "p",
      { class: "quiet" },
      "Pairs are found by their names (",
      h("code", {}, "loss/train"),
      " with ",
      h("code", {}, "loss/val"),
      "), or declared: in the training by ",
      h("code", {}, "add_paired_scalars"),
      ", for a log that exists by ",
      h("code", {}, "losshealth.toml"),
      ". Try two tags here, and the lines to write come with the answer.",
    );
    this.root = h("div", { class: "unpaired" }, how, h("div", { class: "trial-choice" }, this.search, this.trialTags, this.mode, this.button), this.list);
  }

  /** @param {Unpaired} unpaired - all of them, as the overview lists them */
  show(unpaired) {
    if (this.search.value) void this.#find();
    else this.#render(unpaired);
  }

  async #find() {
    const text = this.search.value;
    try {
      const found = await this.api.unpaired(text);
      if (text === this.search.value) this.#render(found);
    } catch (error) {
      fill(this.list, h("p", { class: "failure", role: "alert" }, error instanceof Error ? error.message : String(error)));
    }
  }

  #try() {
    const { train, val } = this.#chosen;
    if (train && val) this.onTry({ train, val, mode: this.mode.value === "max" ? "max" : "min" });
  }

  /**
   * @param {Split} split
   * @param {TagRef} ref
   */
  #choose(split, { run, tag }) {
    const other = split === "train" ? "val" : "train";
    if (isSame(this.#chosen[other], { run, tag })) this.#chosen[other] = null;
    this.#chosen[split] = isSame(this.#chosen[split], { run, tag }) ? null : { run, tag };
    this.#mark();
  }

  /** Shows what is chosen, in the words above the list and on its buttons. */
  #mark() {
    const { train, val } = this.#chosen;
    const name = (/** @type {TagRef | null} */ ref) =>
      ref ? h("code", { title: `${visibleName(ref.tag)} in run ${visibleName(ref.run)}` }, visibleName(ref.tag)) : "choose below";
    fill(this.trialTags, "train: ", name(train), ", validation: ", name(val));
    this.button.toggleAttribute("disabled", !train || !val);
    for (const button of this.list.querySelectorAll("button")) {
      const [split, run = "", tag = ""] = JSON.parse(button.dataset["choice"] ?? "[]");
      button.setAttribute("aria-pressed", String(isSame(this.#chosen[/** @type {Split} */ (split)], { run, tag })));
    }
  }

  /** @param {Unpaired} found */
  #render({ total, tags }) {
    const nothing = this.search.value ? "No unpaired tag matches." : "Every loss found a partner.";
    fill(this.list, total ? tagTable(total, tags, (split, ref) => this.#choose(split, ref)) : h("p", { class: "quiet" }, nothing));
    this.#mark();
  }
}

/**
 * @param {number} total
 * @param {Unpaired["tags"]} tags
 * @param {(split: Split, ref: TagRef) => void} onChoose
 */
function tagTable(total, tags, onChoose) {
  /** @param {TagRef} ref */
  const buttons = (ref) =>
    SPLITS.map(([split, label]) =>
      h(
        "button",
        {
          class: "segment",
          type: "button",
          "data-choice": JSON.stringify([split, ref.run, ref.tag]),
          "aria-label": `${label}: ${visibleName(ref.tag)} in run ${visibleName(ref.run)}`,
          onclick: () => onChoose(split, ref),
        },
        label,
      ),
    );
  return h(
    "table",
    { class: "list-table" },
    h("caption", {}, `${count(total, "scalar tag")} left alone`, total > tags.length ? `, ${tags.length} of them shown; search for the others` : ""),
    h("thead", {}, h("tr", {}, ...["run", "tag", "why", "try as"].map((name) => h("th", { scope: "col" }, name)))),
    h(
      "tbody",
      {},
      ...tags.map((ref) =>
        h(
          "tr",
          {},
          h("td", {}, visibleName(ref.run)),
          h("td", {}, visibleName(ref.tag)),
          h("td", {}, ref.reason),
          h("td", {}, h("div", { class: "segments" }, ...buttons(ref))),
        ),
      ),
    ),
  );
}
