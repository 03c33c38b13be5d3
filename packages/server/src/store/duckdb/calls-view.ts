/** The view over the calls of all files. It is in memory, so that a new file costs no write. */
export const callsView = 'memory_only.calls'
