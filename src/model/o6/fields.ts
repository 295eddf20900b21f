import { bits64, bytes, f32, f64, i32, inside, v128 } from '../../engine/memory/fields.ts'
import { blockOf } from './observables.ts'

/** Lattices of a bundle, one number each of a SIMD word. */
export const LANES = 4
export const COMPONENTS = 6
export const SITE_BYTES = 16 * COMPONENTS
/** Sums of the kernel o6Measure; see measurement.ts. */
const SUMS = 14
const SCRATCH_BYTES = 3 * 32 * 112
/** Kinds of planes in which Metropolis proposals rotate a spin; each has a width of its own. */
export const CLASS_COUNT = 3
/** Couplings of a lane as the kernels take them: couplings.ts writes them. */
const COUPLINGS = 9
/** Rows among the couplings at which the widths of proposals and the squeeze are. */
const WIDTHS = 5
export const SQUEEZE = 8

/** The memory of one bundle. */
export function o6Fields(size: number) {
  const sites = size * size
  const block = blockOf(size)
  return {
    random: bits64(8, { name: 'random', longName: 'generators of the sweeps, two SFC64 side by side' }),
    swapRandom: bits64(4, { name: 'swap_random', longName: 'generator of the global swaps of Phi_x and Phi_y' }),
    swapUniform: f64(LANES),
    /** All ones for each lane whose planes are swapped. */
    swapped: i32(LANES),
    couplings: f32(COUPLINGS * LANES),
    widths: inside(
      'couplings',
      f32(CLASS_COUNT * LANES, { name: 'widths', longName: 'widths of Metropolis proposals, (class, lane)' }),
      4 * WIDTHS * LANES,
    ),
    /** Couplings for the check alone, computed anew each time from the points of the plan. */
    checked: f32(COUPLINGS * LANES),
    /** Numbers of Count, by index. */
    counts: f64(4, {
      name: 'counts',
      longName: 'sweeps; passes since the lengths were set right, sweeps since widths were adapted; 1 while measuring',
    }),
    rungs: i32(LANES, { name: 'placed', longName: 'point at which each lane was last swept' }),
    /** β ΔE of the moves since the lane came to its point, and the energy it came with: together the energy as tracked. */
    moved: f64(LANES, { name: 'moved', longName: 'energy of the moves since a lane came to its point, over T' }),
    tracked: f64(LANES, { name: 'tracked', longName: 'energy with which a lane came to its point' }),
    accepted: i32(CLASS_COUNT * LANES, {
      name: 'accepted_moves',
      longName: 'moves accepted since widths were adapted, (class, lane)',
    }),
    totals: f64(LANES + 1, { name: 'moves', longName: 'moves accepted of each lane, and tried of any one' }),
    sums: f64(SUMS * LANES),
    gradient: f64(2 * LANES),
    waves: f32(2 * block * size),
    rows: v128(4 * block),
    fourier: f32(4 * LANES * block * block),
    scratch: bytes(SCRATCH_BYTES),
    projections: v128(2 * sites),
    words: v128(2 * size + 24),
    bonds: bytes(sites),
    coins: bytes(sites),
    flips: bytes(sites),
    parents: i32(sites),
    sites: bytes(SITE_BYTES * sites),
    spins: inside('sites', f32((SITE_BYTES / 4) * sites, { name: 'spins', longName: 'lattices, (y, x, component, lane)' })),
  }
}
