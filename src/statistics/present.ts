import type { Samples } from './samples.ts'
import type { Blocks } from './blocks.ts'

// Which of the samples of a simulation are there. A part of a job has only some of the copies, and a trace may have begun in
// the middle of a run; blocks are made of what is there alone, or a few of them would pass for many.

/** Copies that have numbers at any temperature, counted from 0, and the first sample that is a number in any of them. */
interface Present {
  readonly copies: ReadonlyMap<number, number>
  readonly first: number
}

/** Looks through the energies of all replicas. */
export function presentIn(samples: Samples, temperatures: number): Present {
  const copies = new Map<number, number>()
  let first = samples.sweep.length
  for (let copy = 0; copy < samples.copies; copy++) {
    for (let t = 0; t < temperatures; t++) {
      const found = samples.of('energy', t, copy).findIndex(Number.isFinite)
      if (found < 0) continue
      if (!copies.has(copy)) copies.set(copy, copies.size)
      first = Math.min(first, found)
    }
  }
  return { copies, first }
}

/** The block of every (copy, sample), which is the same at all temperatures. */
export function placesOf({ copies, sweep }: Samples, present: Present, { of }: Blocks): Int32Array {
  const places = new Int32Array(copies * sweep.length)
  for (const [copy, index] of present.copies) {
    for (let k = present.first; k < sweep.length; k++) places[copy * sweep.length + k] = of(index, k - present.first)
  }
  return places
}
