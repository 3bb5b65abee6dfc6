// Numbers, names and times as text for people. Pure.

const MINUS = "\u2212";
const NONE = "\u2013";
const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** @param {string} text */
const withTrueMinus = (text) => text.replaceAll("-", MINUS);

/**
 * A step or a count: 12,400; an en dash where there is none.
 * @param {number | null | undefined} step
 */
export function formatStep(step) {
  return step == null ? NONE : withTrueMinus(wholeNumber.format(step));
}

const UNITS = /** @type {[string, number][]} */ ([["T", 1e12], ["B", 1e9], ["M", 1e6], ["k", 1e3]]);

/**
 * A step in few letters: 12,400, 194k, 5.08M; very large ones with an exponent.
 * @param {number | null | undefined} step
 * @param {number} [from] - below this it is written in full
 */
export function compactStep(step, from = 1e6) {
  if (step == null || Math.abs(step) < from) return formatStep(step);
  if (Math.abs(step) >= 1e15) return withTrueMinus(step.toExponential(2).replace("e+", "e"));
  const [unit, size] = /** @type {[string, number]} */ (UNITS.find(([, size]) => Math.abs(step) >= size) ?? ["", 1]);
  return withTrueMinus(`${Number((step / size).toPrecision(Math.abs(step) >= 100 * size ? 4 : 3))}${unit}`);
}

/**
 * A range of steps in few letters: 186 – 194k; one of them where both would read alike.
 * @param {number} low
 * @param {number} high
 */
export function compactRange(low, high) {
  const [first, last] = [compactStep(low, 1e5), compactStep(high, 1e5)];
  if (first === last) return first;
  const unit = /[kMBT]$/.exec(first)?.[0];
  return `${unit && last.endsWith(unit) ? first.slice(0, -1) : first}\u2009\u2013\u2009${last}`;
}

/**
 * Axis labels for evenly spaced steps: in full, or with a unit where that tells them apart by few decimals.
 * @param {number[]} ticks
 */
export function formatStepTicks(ticks) {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const spacing = ticks.length > 1 ? Math.abs(/** @type {number} */ (ticks[1]) - /** @type {number} */ (ticks[0])) : largest;
  const [unit, size] = (largest >= 1e6 && UNITS.find(([, size]) => largest >= size)) || ["", 1];
  const decimals = size > 1 && spacing > 0 ? decimalsOf(spacing / size) : 0;
  if (size === 1 || decimals > 2) return ticks.map((tick) => formatStep(tick));
  return ticks.map((tick) => (tick === 0 ? "0" : withTrueMinus(`${(tick / size).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}${unit}`)));
}

/**
 * A logged value in `digits` significant digits, with an exponent where plain digits would not fit a column.
 * @param {number | null | undefined} value
 */
export function formatValue(value, digits = 4) {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return withTrueMinus(value.toExponential(digits - 2).replace("e+", "e"));
  if (size >= 10 ** (digits - 1)) return formatStep(Math.round(value));
  return withTrueMinus(value.toPrecision(digits));
}

/** Part of a range that a value within it is written to. */
const RESOLUTION = 0.01;

/**
 * A value among others: with the digits that tell it apart from its neighbours, also where all of them are large.
 * @param {number | null | undefined} value
 * @param {number} span - of the values around it: of an axis, of a curve
 * @param {number} [digits] - significant ones at least
 */
export function formatIn(value, span, digits = 4) {
  if (value == null || !Number.isFinite(value) || value === 0 || !(span > 0)) return formatValue(value, digits);
  const last = Math.floor(Math.log10(span * RESOLUTION));
  const needed = Math.min(15, Math.floor(Math.log10(Math.abs(value))) - last + 1);
  if (needed <= digits) return formatValue(value, digits);
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-3) return withTrueMinus(value.toExponential(needed - 1).replace("e+", "e"));
  const decimals = Math.max(0, -last);
  return withTrueMinus(value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

/** Letters that a value in a column of the table may have. */
const MAX_COLUMN_CHARACTERS = 10;

/**
 * The same in few letters.
 * @param {number | null | undefined} value
 * @param {number} span
 */
export function compactValue(value, span) {
  const short = [formatIn(value, span), formatStep(value)].find((text) => text.length <= MAX_COLUMN_CHARACTERS);
  return value != null && Math.abs(value) < 1e3 ? formatValue(value) : (short ?? formatValue(value));
}

/**
 * A difference, always with its sign: +0.83.
 * @param {number | null | undefined} value
 */
export function formatSigned(value, digits = 3) {
  const text = formatValue(value, digits);
  return value != null && Number.isFinite(value) && value > 0 ? `+${text}` : text;
}

/**
 * A difference beside another one, in no more decimals than that has: -0.007 beside +0.758.
 * @param {number} value
 * @param {number | null} beside
 */
export function formatLike(value, beside) {
  const size = Math.max(Math.abs(value), Math.abs(beside ?? 0));
  if (!(size >= 1e-3 && size < 1e4)) return formatSigned(value, 2);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  const text = withTrueMinus(value.toFixed(Math.min(decimals, 4)));
  if (!/[1-9]/.test(text)) return "0";
  return value > 0 ? `+${text}` : text;
}

/**
 * A probability that claims no certainty: 0.97, > 0.99.
 * @param {number} probability
 */
export function formatProbability(probability) {
  if (probability > 0.99) return "> 0.99";
  return probability < 0.01 ? "< 0.01" : probability.toFixed(2);
}

/**
 * Axis labels for evenly spaced tick values: as many decimals as tell them apart.
 * @param {number[]} ticks
 */
export function formatTicks(ticks) {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const spacing = ticks.length > 1 ? Math.abs(/** @type {number} */ (ticks[1]) - /** @type {number} */ (ticks[0])) : largest;
  if (largest === 0) return ticks.map(() => "0");
  if (largest >= 1e6 || (spacing > 0 && spacing < 1e-4)) {
    // Tiny differences of large values are read better as plain numbers.
    if (largest >= 1e6 && largest < 1e9 && spacing < 1e3) return plainTicks(ticks, spacing);
    const digits = spacing > 0 ? Math.max(0, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(spacing) + 1e-9)) : 2;
    return ticks.map((tick) =>
      tick === 0 ? "0" : withTrueMinus(tick.toExponential(Math.min(digits, 6)).replace("e+", "e")),
    );
  }
  return plainTicks(ticks, spacing);
}

/**
 * @param {number[]} ticks
 * @param {number} spacing
 */
function plainTicks(ticks, spacing) {
  const decimals = spacing > 0 ? Math.min(20, decimalsOf(spacing)) : 2;
  const plain = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  // A tick next to zero may be -0 or carry rounding noise.
  return ticks.map((tick) => withTrueMinus(plain.format(Math.abs(tick) < spacing / 1e6 ? 0 : tick)));
}

/**
 * Decimals that write a tick spacing exactly: 1 for 0.5, 2 for 0.25.
 * @param {number} spacing
 */
function decimalsOf(spacing) {
  let decimals = Math.max(0, -Math.floor(Math.log10(spacing) + 1e-9));
  const scaled = spacing * 10 ** decimals;
  if (Math.abs(scaled - Math.round(scaled)) > 1e-6) decimals++;
  return decimals;
}

/**
 * "1 run", "2 runs", "1,200 runs".
 * @param {number} n
 * @param {string} noun
 */
export function count(n, noun, plural = `${noun}s`) {
  return `${formatStep(n)} ${n === 1 ? noun : plural}`;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  for (const [unit, size] of /** @type {[string, number][]} */ ([["GB", 1e9], ["MB", 1e6], ["kB", 1e3]])) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes >= 100 * size ? 0 : 1)} ${unit}`;
  }
  return `${bytes} B`;
}

/**
 * How long ago, coarsely: "just now", "40 s ago", "3 min ago", "5 h ago", "2 days ago",
 * "14 months ago", "3 years ago".
 * @param {number} seconds
 */
export function formatRelativeTime(seconds) {
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  if (days < 100) return `${days} days ago`;
  return days < 730 ? `${Math.floor(days / 30.44)} months ago` : `${Math.floor(days / 365.25)} years ago`;
}

/**
 * Control characters as their visible pictures, so that a tab or a line break in a name is seen and breaks no row.
 * @param {string} name
 */
export function visibleName(name) {
  return name.replace(/[\u0000-\u001f\u007f]/g, (c) =>
    c === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + c.charCodeAt(0)),
  );
}

/** Longest end of a name that is always kept when its middle is cut. */
const TAIL_LENGTH = 14;

/**
 * Splits a name into a part that may be cut and an end that is kept: runs differ mostly at their ends.
 * @param {string} name
 * @returns {[head: string, tail: string]}
 */
export function splitForMiddleTruncation(name) {
  const letters = Array.from(name);
  if (letters.length <= TAIL_LENGTH) return [name, ""];
  const tail = letters.slice(-TAIL_LENGTH).join("");
  const separator = tail.search(/[/_\-.=, ]/);
  // Prefer to cut at a separator, unless that would leave next to nothing at the end.
  const start = separator > 0 && tail.length - separator >= 5 ? separator : 0;
  const kept = tail.slice(start);
  return [name.slice(0, name.length - kept.length), kept];
}
