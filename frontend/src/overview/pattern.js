// The filter that the user typed. Pure.

/** @typedef {{ run: string, name: string }} Named */

/** Unbounded repetitions that are safe; more, or nested ones, may take exponential time. */
const SAFE_REPETITIONS = 2;
/** Longest trial of a pattern, in milliseconds. */
const TIME_LIMIT = 40;
/** Characters by which the trial texts grow. */
const GROWTH = 2;
/** A character that no name holds. */
const SPOILER = "\u0001";
/** How many of the longest texts a pattern is tried on. */
const SAMPLE_SIZE = 20;

/** @param {string} pattern */
function mayExplode(pattern) {
  const repetitions = pattern.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  return repetitions > SAFE_REPETITIONS || /\)(?:[*+]|\{\d)/.test(pattern);
}

/**
 * Whether a pattern is slow on texts such as these. It is tried on their beginnings, shortest first, so that exponential
 * time shows while it is still short.
 * @param {RegExp} expression
 * @param {readonly string[]} texts
 */
function isSlow(expression, texts) {
  const longest = [...texts].sort((a, b) => b.length - a.length).slice(0, SAMPLE_SIZE);
  const start = performance.now();
  for (let length = GROWTH; length <= (longest[0]?.length ?? 0) + GROWTH; length += GROWTH) {
    for (const text of longest) {
      const beginning = text.slice(0, length);
      // A pattern that matches at once may try everything when one more character prevents the match.
      expression.test(beginning);
      expression.test(beginning + SPOILER);
      if (performance.now() - start > TIME_LIMIT) return true;
    }
  }
  return false;
}

/** @param {Named} row */
const whole = ({ run, name }) => `${run}/${name}`;

/**
 * A test over run, name and "run/name": a regular expression without regard to case; a plain text search while the
 * pattern is invalid or too slow.
 * @param {string} pattern
 * @param {readonly Named[]} rows - that it is to be tested on
 * @returns {{ test: (row: Named) => boolean, error: string | null }}
 */
export function matcher(pattern, rows) {
  if (!pattern) return { test: () => true, error: null };
  const text = pattern.toLowerCase();
  const asText = (/** @type {Named} */ row) => whole(row).toLowerCase().includes(text);
  try {
    const expression = new RegExp(pattern, "iu");
    if (mayExplode(pattern) && isSlow(expression, rows.map(whole))) {
      return { test: asText, error: "This regular expression takes too long, searched as text" };
    }
    return { test: (row) => expression.test(row.run) || expression.test(row.name) || expression.test(whole(row)), error: null };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(": ").at(-1) ?? "") : "";
    return { test: asText, error: `Not a regular expression, searched as text: ${reason}` };
  }
}
