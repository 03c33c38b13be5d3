export function findPython(): string | undefined
export function makePython(): string | undefined
