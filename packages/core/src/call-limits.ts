/** Beyond these a number of a call is a mistake, whoever sent it. */

/** Tokens of one call: the largest context windows hold a hundredth of it. */
export const maxTokens = 1_000_000_000
/** A million dollars. */
export const maxCostNanoUsd = 1_000_000_000_000_000
/** So many stalls of a call are kept with their place; all are counted. */
export const maxStalls = 32
