/** How much was done for a text, in steps: a unit read, a place tried, a branch taken. What bounds on it are held against; time would tell of the machine. */
export const work = { steps: 0 }
