// The colours of compared runs: TensorBoard's palette, or what the user chose for a run.

/** TensorBoard's palette for runs, light and dark. */
const PALETTE = /** @type {[string, string][]} */ ([
  ["#425066", "#8e98a3"],
  ["#0e97aa", "#12b5cb"],
  ["#e52592", "#f06ab4"],
  ["#c98500", "#f9ab00"],
  ["#9334e6", "#bb86f0"],
  ["#5f9430", "#7cb342"],
  ["#e8710a", "#e8710a"],
]);

const KEY = "losshealth.colours";
/** Colours remembered; the oldest is forgotten first. */
const MAX_REMEMBERED = 500;

/**
 * One colour for each run; pairs of one run alone get one each.
 * @param {readonly string[]} runs - of the pairs, in their order
 * @param {boolean} dark
 * @param {ReadonlyMap<string, string>} chosen - by run
 * @returns {string[]}
 */
export function coloursOf(runs, dark, chosen) {
  const distinct = [...new Set(runs)];
  return runs.map((run, i) => {
    const place = distinct.length > 1 ? distinct.indexOf(run) : i;
    const [inLight, inDark] = /** @type {[string, string]} */ (PALETTE[place % PALETTE.length]);
    return (distinct.length > 1 && chosen.get(run)) || (dark ? inDark : inLight);
  });
}

/**
 * The colours chosen on this and earlier visits.
 * @returns {Map<string, string>}
 */
export function readChosen() {
  try {
    const entries = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Map(entries.filter((/** @type {unknown[]} */ [run, colour]) => typeof run === "string" && /^#[0-9a-f]{6}$/i.test(String(colour))));
  } catch {
    return new Map();
  }
}

/** @param {ReadonlyMap<string, string>} chosen */
export function writeChosen(chosen) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...chosen].slice(-MAX_REMEMBERED)));
  } catch {
    // Without storage the choice lasts for this visit.
  }
}
