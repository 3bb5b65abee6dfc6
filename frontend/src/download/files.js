// Files to download.

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function downloadBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // By then the browser has read the content.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {string} csv
 * @param {string} name
 */
export function downloadCsv(csv, name) {
  downloadBlob(new Blob([csv], { type: "text/csv" }), name);
}

/**
 * @param {unknown} content
 * @param {string} name
 */
export function downloadJson(content, name) {
  downloadBlob(new Blob([JSON.stringify(content)], { type: "application/json" }), name);
}

/**
 * A file name from names in a log: no separators, nothing that a file system or a shell minds.
 * @param {string[]} parts
 * @param {string} extension
 */
export function fileName(parts, extension) {
  const clean = parts.map((part) => part.replace(/[^\p{L}\p{N}.-]+/gu, "_").replace(/^[._]+|_+$/g, ""));
  const stem = clean.filter(Boolean).join("_");
  return `${stem.slice(0, 120) || "losshealth"}.${extension}`;
}

/**
 * One field of a CSV file (RFC 4180). Text that a spreadsheet would read as a formula is quoted: names in a log are
 * hostile input.
 * @param {string | number | null | undefined} value
 */
export function csvField(value) {
  if (value == null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @typedef {import("../types.js").PairRow} PairRow */

/** @type {[string, (row: PairRow) => string | number | null | undefined][]} */
const TABLE_COLUMNS = [
  ["run", (row) => row.run],
  ["name", (row) => row.name],
  ["verdict", (row) => row.verdict],
  ["onset_step", (row) => row.onset?.step],
  ["onset_low", (row) => row.onset?.low],
  ["onset_high", (row) => row.onset?.high],
  ["onset_confidence", (row) => row.onset?.confidence],
  ["best_step", (row) => row.best_step],
  ["best_value", (row) => row.best_value],
  ["gap_final", (row) => row.gap.final],
  ["gap_at_onset", (row) => row.gap.at_onset],
  ["gap_maximum", (row) => row.gap.maximum],
  ["gap_maximum_step", (row) => row.gap.maximum_step],
  ["evaluations", (row) => row.evaluations],
  ["train_points", (row) => row.train_points],
  ["last_wall_time", (row) => row.last_wall_time],
  ["flags", (row) => row.flags.join(" ")],
];

/** @param {readonly PairRow[]} rows */
export function tableCsv(rows) {
  const lines = rows.map((row) => TABLE_COLUMNS.map(([, read]) => csvField(read(row))).join(","));
  return [TABLE_COLUMNS.map(([name]) => name).join(","), ...lines, ""].join("\r\n");
}
