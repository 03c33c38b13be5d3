/** The view over the calls of all files. It is in memory, so that a new file costs no write. */
export const callsView = 'memory_only.calls'
/** The same in two: the calls of ranges whose sums stand for them, and all others. */
export const summedCallsView = 'memory_only.summed_calls'
export const recentCallsView = 'memory_only.recent_calls'
/** The sums that stand for the calls which `recentCallsView` does not show, and those by user of what was dropped. */
export const sumsView = 'memory_only.sums'
export const userSumsView = 'memory_only.user_sums'
