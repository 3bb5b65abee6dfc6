// The shapes of the HTTP API's answers, for the type checker alone. Written by docs/generate.py.

/** @typedef {"overfitting" | "diverging" | "widening_gap" | "underfitting" | "unstable" | "improving" | "converged" | "inconclusive"} VerdictName */
/** @typedef {"recovered" | "non_finite" | "val_below_train" | "constant_validation" | "noisy_validation" | "spikes" | "few_evaluations" | "train_sparse" | "steps_disjoint" | "step_train_epoch_val" | "resumed" | "restarted" | "direction_guessed" | "test_as_val"} FlagName */

/**
 * What a flag means.
 * @typedef {object} FlagEntry
 * @property {string} title - its name for people, with a capital
 * @property {string} meaning - what was found, one or two sentences
 * @property {string} advice - what to do about it
 * @property {string[]} sources - who says more about it
 */

/**
 * Generalization gap, validation - train, in units of the metric; positive means that validation is worse.
 * @typedef {object} Gap
 * @property {number | null} final - the gap at the last common evaluation; null if train and validation have none
 * @property {number | null} maximum - the largest gap
 * @property {number | null} maximum_step - step of the largest gap
 * @property {number | null} at_onset - the gap at the onset; null without an onset
 */

/**
 * Where validation turned for the worse.
 * @typedef {object} Onset
 * @property {number} step - the last step before the lasting rise (the turning point)
 * @property {number} low - first step of the 95 % interval
 * @property {number} high - last step of the 95 % interval
 * @property {number | null} confirmed_step - the step at which the live alarm was, or would have been, confirmed; null if never
 * @property {number} confidence - calibrated probability, 0 to 1, that this is overfitting
 */

/**
 * Something that could not be read; the rest was.
 * @typedef {object} ReadProblem
 * @property {string} path - the file or folder
 * @property {number | null} offset - byte offset in the file, null where it concerns the whole
 * @property {string} reason - one sentence for a person
 * @property {boolean} harmless - whether nothing that was logged is lost so far, as with a file that somebody may be about to write, or a rule for runs that are not here
 */

/**
 * How much of a refresh is done.
 * @typedef {object} Progress
 * @property {number} files_done
 * @property {number} files
 * @property {number} bytes_done
 * @property {number} bytes
 */

/**
 * One scalar tag of one run ("." is the root of the logdir).
 * @typedef {object} TagRef
 * @property {string} run
 * @property {string} tag
 */

/**
 * Both curves as [step, value], at most 40 points each, finite values alone.
 * @typedef {object} Spark
 * @property {[number, number][]} train
 * @property {[number, number][]} val
 */

/**
 * One pair without its curves.
 * @typedef {object} PairFacts
 * @property {string} id - the same for the same run, name and tags: use it in links
 * @property {string} run - the run that holds validation
 * @property {string} name
 * @property {"min" | "max"} mode
 * @property {boolean} is_loss
 * @property {VerdictName} verdict
 * @property {Onset | null} onset
 * @property {boolean} recovered - whether an onset was confirmed and revoked since
 * @property {number | null} best_step - the checkpoint to keep
 * @property {number | null} best_value
 * @property {Gap} gap
 * @property {number} evaluations - finite validation values
 * @property {number} train_points - finite train values
 * @property {FlagName[]} flags
 * @property {number | null} last_step - of validation
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 * @property {number} trainings - how many the folder holds, one after the other
 * @property {number} severity - greater is worse; pairs come in this order, then by run and name
 */

/**
 * One pair in the overview.
 * @typedef {object} PairRow
 * @property {string} id - the same for the same run, name and tags: use it in links
 * @property {string} run - the run that holds validation
 * @property {string} name
 * @property {"min" | "max"} mode
 * @property {boolean} is_loss
 * @property {VerdictName} verdict
 * @property {Onset | null} onset
 * @property {boolean} recovered - whether an onset was confirmed and revoked since
 * @property {number | null} best_step - the checkpoint to keep
 * @property {number | null} best_value
 * @property {Gap} gap
 * @property {number} evaluations - finite validation values
 * @property {number} train_points - finite train values
 * @property {FlagName[]} flags
 * @property {number | null} last_step - of validation
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 * @property {number} trainings - how many the folder holds, one after the other
 * @property {number} severity - greater is worse; pairs come in this order, then by run and name
 * @property {Spark} [spark] - left out where `spark=0` was asked for
 */

/**
 * Where the curves of a pair were logged, and why they belong together.
 * @typedef {object} Pairing
 * @property {TagRef} train
 * @property {TagRef} val
 * @property {TagRef | null} test
 * @property {"declared" | "grammar" | "override"} source
 * @property {string} reason
 */

/**
 * Why a verdict was given.
 * @typedef {object} Reasons
 * @property {string} reason - one sentence with numbers
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 */

/**
 * One pair of `tb-losshealth report --json`.
 * @typedef {object} ReportRow
 * @property {string} id - the same for the same run, name and tags: use it in links
 * @property {string} run - the run that holds validation
 * @property {string} name
 * @property {"min" | "max"} mode
 * @property {boolean} is_loss
 * @property {VerdictName} verdict
 * @property {Onset | null} onset
 * @property {boolean} recovered - whether an onset was confirmed and revoked since
 * @property {number | null} best_step - the checkpoint to keep
 * @property {number | null} best_value
 * @property {Gap} gap
 * @property {number} evaluations - finite validation values
 * @property {number} train_points - finite train values
 * @property {FlagName[]} flags
 * @property {number | null} last_step - of validation
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 * @property {number} trainings - how many the folder holds, one after the other
 * @property {number} severity - greater is worse; pairs come in this order, then by run and name
 * @property {string} reason - one sentence with numbers
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {Pairing} pairing
 * @property {number | null} last_value - of validation; null where it is not finite
 * @property {number | null} last_train_value - likewise
 */

/**
 * One loss without validation beside it.
 * @typedef {object} TrainOnlyRow
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {string} tag
 * @property {"min" | "max"} mode
 * @property {VerdictName} verdict - of train alone
 * @property {string} reason
 * @property {number} points - train points
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 */

/**
 * A tag in no pair, and why.
 * @typedef {object} UnpairedTag
 * @property {string} run
 * @property {string} tag
 * @property {string} reason
 */

/**
 * Tags in no pair.
 * @typedef {object} UnpairedTags
 * @property {number} total - how many there are
 * @property {UnpairedTag[]} tags - at most 200 of them
 */

/**
 * What could not be read.
 * @typedef {object} ReadProblems
 * @property {number} total - how many problems there are
 * @property {ReadProblem[]} list - at most 200 of them
 */

/**
 * How a verdict is shown and what it means.
 * @typedef {object} VerdictText
 * @property {string} title - with a capital
 * @property {string} sign - one character
 * @property {string} path - the sign as an SVG path in a box of 16 x 16
 * @property {boolean} filled - whether the path is filled; otherwise it is stroked
 * @property {string} light - colour on a light page, "#rrggbb"
 * @property {string} dark - colour on a dark page
 * @property {string} either - colour of bold text where the background is unknown
 * @property {string} meaning - what the curves show
 * @property {string} advice - what to do
 * @property {string[]} sources - who recommends that
 */

/**
 * What verdicts and flags mean, the same for every log; verdicts worst first.
 * @typedef {object} Glossary
 * @property {Partial<Record<VerdictName, VerdictText>>} verdicts - of train and validation
 * @property {Partial<Record<VerdictName, VerdictText>>} train_alone - of train without validation
 * @property {Partial<Record<FlagName, FlagEntry>>} flags
 */

/**
 * What was found in the log.
 * @typedef {object} LogFacts
 * @property {Partial<Record<VerdictName, number>>} counts - pairs per verdict, zeroes left out
 * @property {number} total_pairs - how many pairs the log holds
 * @property {UnpairedTags} unpaired
 * @property {ReadProblems} problems
 * @property {number} runs - how many were looked at
 * @property {number} tags - how many scalar tags were looked at
 */

/**
 * The overview without its rows.
 * @typedef {object} OverviewHead
 * @property {Partial<Record<VerdictName, number>>} counts - pairs per verdict, zeroes left out
 * @property {number} total_pairs - how many pairs the log holds
 * @property {UnpairedTags} unpaired
 * @property {ReadProblems} problems
 * @property {number} runs - how many were looked at
 * @property {number} tags - how many scalar tags were looked at
 * @property {"ready" | "loading" | "no_logdir" | "unreadable"} state - "unreadable" where the folder is not there or reading failed
 * @property {string} logdir - as the person named it, for display
 * @property {number} version - grows when anything below changed, also over a restart of TensorBoard
 * @property {number | null} since - the version that the rows are relative to; null where they are everything
 * @property {number | null} read_at - wall time of the last finished read; null before the first
 * @property {Progress | null} progress - while state is "loading"
 * @property {string | null} next - the id to give as `after` for the following page; null on the last one
 * @property {string[]} removed - ids that are gone since then
 * @property {Glossary | null} glossary - with the first page of everything; null in other answers
 */

/**
 * What the left half of the page shows.
 * @typedef {object} Overview
 * @property {Partial<Record<VerdictName, number>>} counts - pairs per verdict, zeroes left out
 * @property {number} total_pairs - how many pairs the log holds
 * @property {UnpairedTags} unpaired
 * @property {ReadProblems} problems
 * @property {number} runs - how many were looked at
 * @property {number} tags - how many scalar tags were looked at
 * @property {"ready" | "loading" | "no_logdir" | "unreadable"} state - "unreadable" where the folder is not there or reading failed
 * @property {string} logdir - as the person named it, for display
 * @property {number} version - grows when anything below changed, also over a restart of TensorBoard
 * @property {number | null} since - the version that the rows are relative to; null where they are everything
 * @property {number | null} read_at - wall time of the last finished read; null before the first
 * @property {Progress | null} progress - while state is "loading"
 * @property {string | null} next - the id to give as `after` for the following page; null on the last one
 * @property {string[]} removed - ids that are gone since then
 * @property {Glossary | null} glossary - with the first page of everything; null in other answers
 * @property {PairRow[]} pairs - worst first
 * @property {TrainOnlyRow[]} train_only
 */

/**
 * Sparklines by the id of their pair.
 * @typedef {object} Sparks
 * @property {number} version
 * @property {Record<string, Spark>} sparks
 */

/**
 * A curve within a window, decimated to pixels.
 * @typedef {object} Curve
 * @property {number} points - of the whole curve
 * @property {number[]} steps
 * @property {(number | null)[]} values - null where the logged value was not finite
 * @property {(number | null)[]} wall_times - seconds since the epoch, to the millisecond; null where unknown
 * @property {boolean} decimated - whether points within the window were left out
 * @property {number | null} first_step - of the whole curve; null where it has no point
 * @property {number | null} last_step - likewise
 */

/**
 * Both curves and the gap at validation's steps, all of one length.
 * @typedef {object} GapColumns
 * @property {number[]} steps
 * @property {(number | null)[]} train - null where train is unknown
 * @property {(number | null)[]} val
 * @property {(number | null)[]} gap
 * @property {(number | null)[]} wall_times
 */

/**
 * A logged value that is not finite.
 * @typedef {object} NonFinite
 * @property {"train" | "val"} split
 * @property {number} step
 */

/**
 * Steps worth a mark on the axis, at most 100 of each kind.
 * @typedef {object} Marks
 * @property {number[]} resumed_at
 * @property {NonFinite[]} non_finite
 */

/**
 * One training of a pair with its curves; `row` is of that training.
 * @typedef {object} PairDetail
 * @property {string} reason - one sentence with numbers
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {PairFacts} row
 * @property {Pairing} pairing
 * @property {Curve} train
 * @property {Curve} val
 * @property {Curve | null} test - of the latest training, where one was logged
 * @property {GapColumns} gap
 * @property {Marks} marks
 * @property {number} training - which one is shown; 0 is the oldest
 * @property {number} trainings - how many the folder holds
 * @property {number | null} steps_per_epoch - where the run logs its epoch
 */

/**
 * A loss without validation, with its curve.
 * @typedef {object} TrainOnlyDetail
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {string} tag
 * @property {"min" | "max"} mode
 * @property {VerdictName} verdict - of train alone
 * @property {string} reason
 * @property {number} points - train points
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {FlagName[]} flags
 * @property {Curve} train
 * @property {Marks} marks
 * @property {string} how_to_log - a line of code that logs validation, too
 */

/**
 * The answer of `./pair`.
 * @typedef {object} PairAnswer
 * @property {string} reason - one sentence with numbers
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {PairFacts} row
 * @property {Pairing} pairing
 * @property {Curve} train
 * @property {Curve} val
 * @property {Curve | null} test - of the latest training, where one was logged
 * @property {GapColumns} gap
 * @property {Marks} marks
 * @property {number} training - which one is shown; 0 is the oldest
 * @property {number} trainings - how many the folder holds
 * @property {number | null} steps_per_epoch - where the run logs its epoch
 * @property {number} version
 */

/**
 * The answer of `./trial`.
 * @typedef {object} TrialAnswer
 * @property {string} reason - one sentence with numbers
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {PairFacts} row
 * @property {Pairing} pairing
 * @property {Curve} train
 * @property {Curve} val
 * @property {Curve | null} test - of the latest training, where one was logged
 * @property {GapColumns} gap
 * @property {Marks} marks
 * @property {number} training - which one is shown; 0 is the oldest
 * @property {number} trainings - how many the folder holds
 * @property {number | null} steps_per_epoch - where the run logs its epoch
 * @property {number} version
 * @property {string} toml - what makes the two tags a pair for everybody, in losshealth.toml
 */

/**
 * The answer of `./train_only`.
 * @typedef {object} TrainOnlyAnswer
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {string} tag
 * @property {"min" | "max"} mode
 * @property {VerdictName} verdict - of train alone
 * @property {string} reason
 * @property {number} points - train points
 * @property {number | null} last_wall_time - when the newest point was written, seconds since the epoch
 * @property {string[]} not_judged - what could not be judged, and why; a sentence each
 * @property {FlagName[]} flags
 * @property {Curve} train
 * @property {Marks} marks
 * @property {string} how_to_log - a line of code that logs validation, too
 * @property {number} version
 */

/**
 * The answer of `./unpaired`.
 * @typedef {object} UnpairedAnswer
 * @property {number} total - how many there are
 * @property {UnpairedTag[]} tags - at most 200 of them
 * @property {number} version
 */

/**
 * One pair of a saved report.
 * @typedef {object} SavedPair
 * @property {string} id
 * @property {PairFacts} row
 * @property {Spark} spark
 * @property {(PairDetail | null)[]} trainings - oldest first, the latest always there; null where one was left out
 */

/**
 * One loss without validation of a saved report.
 * @typedef {object} SavedTrainOnly
 * @property {string} id
 * @property {TrainOnlyRow} row
 * @property {TrainOnlyDetail} detail
 */

/**
 * The data of a saved report, which stand in for the server.
 * @typedef {object} SavedReport
 * @property {OverviewHead} overview
 * @property {SavedPair[]} pairs - worst first
 * @property {SavedTrainOnly[]} train_only
 */

/**
 * The answer to a request that failed.
 * @typedef {object} ErrorAnswer
 * @property {string} error - what was wrong, where, and what to do
 */

export {};
