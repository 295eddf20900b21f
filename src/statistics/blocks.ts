/** Blocks that a jackknife leaves out one at a time: enough for an error that is good to some 12 %. */
const BLOCKS = 32
/** Length of a block in integrated autocorrelation times, at least: what neighbours share then hides 5 % of the variance at most. */
const LONG = 20

/** How samples are cut: the same at all temperatures, because tempering makes what happens there at one time go together. */
export interface Blocks {
  readonly count: number
  /** The block of a sample. */
  readonly of: (copy: number, sample: number) => number
}

/**
 * Cuts the samples of a simulation into blocks: groups of copies, which are independent of each other, and where there are
 * fewer copies than blocks also stretches of time, each much longer than tau.
 *
 * @param tau largest integrated autocorrelation time that matters, in samples
 * @returns a single block where one copy is too short to be cut
 */
export function blocksOf(copies: number, samples: number, tau: number): Blocks {
  const groups = Math.min(copies, BLOCKS)
  const stretches = stretchesOf(Math.floor(BLOCKS / groups), samples, tau)
  return {
    count: groups * stretches,
    of: (copy, sample) => Math.floor((copy * groups) / copies) * stretches + Math.floor((sample * stretches) / samples),
  }
}

/** Stretches of time of one copy, each much longer than tau, in samples; `most` of them at most, and one at least. */
export function stretchesOf(most: number, samples: number, tau: number): number {
  return Math.max(1, Math.min(most, Math.floor(samples / Math.max(1, LONG * tau))))
}
