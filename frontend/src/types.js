// The shapes of the HTTP API's answers (http_api.md), for the type checker alone.

/**
 * @typedef {"overfitting" | "diverging" | "widening_gap" | "underfitting" | "unstable" | "inconclusive"
 *   | "improving" | "converged"} VerdictName
 *
 * @typedef {{ step: number, low: number, high: number, confirmed_step: number | null, confidence: number }} Onset
 *
 * @typedef {{ final: number | null, maximum: number | null, maximum_step: number | null,
 *   at_onset: number | null }} GapFigures
 *
 * @typedef {[step: number, value: number]} SparkPoint
 *
 * @typedef {object} PairRow
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {"min" | "max"} mode
 * @property {boolean} is_loss
 * @property {VerdictName} verdict
 * @property {Onset | null} onset
 * @property {boolean} recovered
 * @property {number | null} best_step
 * @property {number | null} best_value
 * @property {GapFigures} gap
 * @property {number} evaluations
 * @property {number} train_points
 * @property {string[]} flags
 * @property {number | null} last_wall_time
 * @property {number} trainings
 * @property {number} severity
 * @property {{ train: SparkPoint[], val: SparkPoint[] }} [spark]
 *
 * @typedef {object} TrainOnlyRow
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {string} tag
 * @property {"min" | "max"} mode
 * @property {VerdictName} verdict
 * @property {string} reason
 * @property {number} points
 * @property {number | null} last_wall_time
 *
 * @typedef {{ run: string, tag: string }} TagRef
 * @typedef {{ train: TagRef, val: TagRef, mode: "min" | "max" }} Trial - two tags that somebody tries as a pair
 * @typedef {{ path: string, offset: number | null, reason: string }} ReadProblem
 * @typedef {{ files_done: number, files: number, bytes_done: number, bytes: number }} Progress
 *
 * @typedef {object} Overview
 * @property {"ready" | "loading" | "no_logdir" | "unreadable"} state
 * @property {string} logdir
 * @property {number | null} since - version that the rows are relative to
 * @property {string[]} removed
 * @property {string | null} next - where the following page goes on
 * @property {number} total_pairs
 * @property {number} version
 * @property {number | null} read_at
 * @property {Progress | null} progress
 * @property {Partial<Record<VerdictName, number>>} counts
 * @property {PairRow[]} pairs
 * @property {TrainOnlyRow[]} train_only
 * @property {{ total: number, tags: (TagRef & { reason: string })[] }} unpaired
 * @property {{ total: number, list: ReadProblem[] }} problems
 * @property {number} runs
 * @property {number} tags
 *
 * @typedef {object} Curve
 * @property {number} points
 * @property {number[]} steps
 * @property {(number | null)[]} values
 * @property {number[]} wall_times
 * @property {boolean} decimated
 * @property {number | null} first_step
 * @property {number | null} last_step
 *
 * @typedef {object} GapColumns
 * @property {number[]} steps
 * @property {(number | null)[]} train
 * @property {(number | null)[]} val
 * @property {(number | null)[]} gap
 * @property {number[]} wall_times
 *
 * @typedef {{ resumed_at: number[], non_finite: { split: "train" | "val", step: number }[] }} Marks
 * @typedef {{ flag: string, text: string }} Flag
 *
 * @typedef {object} PairDetail
 * @property {number} version
 * @property {PairRow} row
 * @property {string} reason
 * @property {string[]} not_judged
 * @property {Flag[]} flags
 * @property {{ train: TagRef, val: TagRef, test: TagRef | null, source: string, reason: string }} pairing
 * @property {Curve} train
 * @property {Curve} val
 * @property {Curve | null} test
 * @property {GapColumns} gap
 * @property {Marks} marks
 * @property {number} training
 * @property {string} [toml] - of a trial: what makes it a pair for everybody
 * @property {number} trainings
 * @property {number | null} steps_per_epoch - where the run logs its epoch
 *
 * @typedef {object} TrainOnlyDetail
 * @property {number} version
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {"min" | "max"} mode
 * @property {VerdictName} verdict
 * @property {string} reason
 * @property {string[]} not_judged
 * @property {Flag[]} flags
 * @property {Curve} train
 * @property {Marks} marks
 * @property {string} how_to_log
 */

export {};
