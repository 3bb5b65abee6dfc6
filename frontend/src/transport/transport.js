// How the page asks for answers: one function, so that a server and a saved report look the same to the rest.

/**
 * @typedef {Readonly<Record<string, string | number | undefined>>} Params - query parameters; those undefined are left out
 *
 * @typedef {(route: string, params: Params, signal?: AbortSignal) => Promise<any>} Transport - resolves with the answer that
 * http_api.md describes for the route; rejects with an `ApiError` where there is none
 *
 * @typedef {"unreachable" | "gone" | "refused"} FailureKind
 */

/** A request that brought no answer; `kind` says what a person can do about it. */
export class ApiError extends Error {
  /**
   * @param {FailureKind} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}
