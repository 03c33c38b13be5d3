import { setFlagsFromString } from 'node:v8'

/**
 * What a start loads and compiles lives just long enough to make V8's young generation grow to its full size, and it
 * does not shrink again: 14 MB for nothing. Calls may let it grow.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

export function letYoungHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
