/** The few things a user must know. On stderr where there is one, because stdout is the application's. */
export function reportOnStderr(message: string): void {
  console.error(`[inferometer] ${message}`)
}
