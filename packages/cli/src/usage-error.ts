/** The command line or a variable was written wrong: one line, exit code 2. */
export class UsageError extends Error {}
