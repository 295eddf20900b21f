import { describe } from '../../src/model/description.ts'
import { ising } from '../../src/model/ising/index.ts'
import { TC_ISING } from '../../src/model/ising/exact.ts'
import type { Reweighting } from '../../src/statistics/reweighting.ts'
import { random } from './random.ts'

const BLOCKS = 32

/** Standard errors: relative ones of heights and slopes of L = 8, which grow as the square root of L, and that of temperatures. */
export interface Noise {
  readonly height: number
  readonly temperature: number
}

/**
 * One size of an Ising model that is made of its scaling laws, with noise: exponents are the exact ones, and corrections are as
 * large as seen in simulations of L = 8 to 128 (peaks of the specific heat: Kaufman's).
 */
export function scalingCurves(size: number, seed: number, { height, temperature }: Noise): Reweighting {
  const next = random(1000 * seed + size)
  const grown = Math.sqrt(size / 8)
  /** How far each quantity is off in height and in temperature; of the ratio, which is what tells T_c, in slope instead of in height. */
  const noise = new Map(
    ['specific_heat', 'susceptibility', 'abs_magnetization', 'binder'].map((name) => [
      name,
      [jackknifed(next, height * grown), jackknifed(next, temperature)] as const,
    ]),
  )
  const plain: Readonly<Record<string, (T: number, off: number) => number>> = {
    specific_heat: (T, off) => {
      const x = (T - TC_ISING) * size - (0.81 - 0.57 / size)
      return ((1 + off) * 0.55 * Math.log(size)) / (1 + (x / 2.5) ** 2)
    },
    susceptibility: (T, off) => {
      const place = 2.02 + 0.54 / size
      const [peak, critical] = [0.0487 * (1 - 0.42 / size), 0.0326 * (1 - 1.14 * size ** -1.75)]
      const width = place / Math.sqrt(peak / critical - 1)
      return ((1 + off) * peak * size ** 1.75) / (1 + (((T - TC_ISING) * size - place) / width) ** 2)
    },
    abs_magnetization: (T, off) => (1 + off) * 1.008 * size ** -0.125 * Math.exp(-0.27 * (T - TC_ISING) * size),
    binder: (T, off) => {
      const below = 2 / 3 - 0.6107 - 0.09 * size ** -1.75
      const slope = 0.0343 * (1 - 0.3 * size ** -1.75) * size * (1 + off)
      return 2 / 3 - below * Math.exp((slope / below) * (T - TC_ISING))
    },
  }
  return {
    name: `ising-L${size}`,
    description: describe(ising, size, { J: 1, h: 0 }),
    size,
    parameters: { J: 1, h: 0 },
    temperature: [2.1, 2.7],
    gaps: [],
    quantities: Object.keys(plain),
    missing: [],
    blocks: BLOCKS,
    refuse: () => {},
    value: (quantity, T, without) => {
      const [up, along] = noise.get(quantity) ?? []
      const offset = (of: Jackknifed | undefined): number => (without === undefined ? of?.whole : of?.left[without]) ?? 0
      return plain[quantity]?.(T + offset(along), offset(up)) ?? Number.NaN
    },
  }
}

interface Jackknifed {
  readonly whole: number
  readonly left: readonly number[]
}

/** A mean of blocks, whose standard error is given, and what it is without each of them. */
function jackknifed(next: () => number, error: number): Jackknifed {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const blocks = Array.from({ length: BLOCKS }, () => error * Math.sqrt(BLOCKS) * normal())
  const total = blocks.reduce((a, b) => a + b, 0)
  return { whole: total / BLOCKS, left: blocks.map((block) => (total - block) / (BLOCKS - 1)) }
}
