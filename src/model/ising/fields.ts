import { bits64, bytes, f64, i32, inside, v128 } from '../../engine/memory/fields.ts'

/** Lattices of a bundle, one bit each of a SIMD word. */
export const LANES = 128
/** Probabilities whose masks the kernels walk: without a field, and with one. */
export const KINDS_PLAIN = 2
export const KINDS_FIELD = 5
/** Words that the counting kernels collect at most: ten lists of 64. */
const LIST_WORDS = 640

/** The memory of one bundle. */
export function isingFields(size: number, rungs: number) {
  const sites = size * size
  return {
    random: bits64(8, { name: 'random', longName: 'generators of the sweeps, two SFC64 side by side' }),
    table: i32(KINDS_FIELD * rungs),
    /** The rung at which each lane is; with the masks all that a stepper on another thread needs to know of that. */
    rungs: i32(LANES, { name: 'placed', longName: 'point at which each lane was last swept' }),
    masks: v128(32 * KINDS_FIELD),
    free: i32(8 * KINDS_FIELD),
    transposed: i32(KINDS_FIELD * LANES),
    planes: v128(10 * 32),
    unequal: i32(LANES),
    up: i32(LANES),
    fields: i32(10 * LANES),
    /** h of the point at which each lane is. */
    field: f64(LANES),
    scratch: v128(Math.max(LIST_WORDS, 8 + 2 * (size + 3))),
    flipRandom: bits64(8, {
      name: 'flip_random',
      longName: 'generator of the global flips, two SFC64 side by side, or one with fields',
    }),
    flipUniform: f64(LANES),
    flipCost: f64(LANES),
    flipped: v128(1),
    /** [1] while `up` holds what the lattices are at this moment. */
    counted: i32(1),
    spins: bytes(16 * sites, { name: 'spins', longName: 'lattices, (y, x) words of 128 lanes, one bit each' }),
    words: inside('spins', bits64(2 * sites)),
  }
}
