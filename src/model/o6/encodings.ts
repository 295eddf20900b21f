import type { Encoding, Physics } from '../physics.ts'
import { COMPONENTS } from './fields.ts'

/** Phase of the superconducting order on every site, (y, x); 0 where there is none. */
function phases(configuration: ArrayLike<number>, size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, site) =>
    Math.atan2(configuration[site * COMPONENTS + 1] as number, configuration[site * COMPONENTS] as number),
  )
}

/** The next site along x, and along y. */
function neighbours(site: number, size: number): readonly [number, number] {
  const [y, x] = [Math.floor(site / size), site % size]
  return [y * size + ((x + 1) % size), ((y + 1) % size) * size + x]
}

/** An angle in [-π, π). */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI))
}

/** Transposition would have to exchange the charge orders along x and y as well. */
const components: Encoding = {
  name: 'components',
  describe: 'all six components of every site',
  shape: (size) => [size, size, COMPONENTS],
  symmetries: () => ['flip', 'reflection', 'translation'],
  encode: (configuration, _, out) => out.set(configuration),
  caution:
    'one hidden layer on raw components finds a crossover of the order parameter that moves with the size, not the Kosterlitz-Thouless point; see --encoding, and --label kt_ratio --boundary 1',
}

const squares: Encoding = {
  name: 'squares',
  describe: '|ψ|², |Φx|² and |Φy|² of every site',
  shape: (size) => [size, size, 3],
  symmetries: () => ['reflection', 'translation'],
  encode: (configuration, _, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (configuration[2 * i] as number) ** 2 + (configuration[2 * i + 1] as number) ** 2
  },
}

/** Charge orders are not in it, so transposition is fine. */
const angles: Encoding = {
  name: 'angles',
  describe: 'cosine and sine of the phase of ψ on every site',
  shape: (size) => [size, size, 2],
  symmetries: () => ['flip', 'reflection', 'transposition', 'translation'],
  encode: (configuration, size, out) => {
    for (const [site, phase] of phases(configuration, size).entries()) {
      out[2 * site] = Math.cos(phase)
      out[2 * site + 1] = Math.sin(phase)
    }
  },
}

/** A mirrored picture would have its bonds beside other sites than these have. */
const bonds: Encoding = {
  name: 'bonds',
  describe: "cosine of the difference of ψ's phase to the next site along x, and along y",
  shape: (size) => [size, size, 2],
  symmetries: () => ['translation'],
  encode: (configuration, size, out) => {
    const phase = phases(configuration, size)
    for (let site = 0; site < phase.length; site++) {
      for (const [axis, next] of neighbours(site, size).entries()) {
        out[2 * site + axis] = Math.cos((phase[next] as number) - (phase[site] as number))
      }
    }
  },
}

/**
 * Mirrors and transposition change the sign of every winding, as ψ → ψ* does, which leaves H alone: so that with `flip` all
 * are symmetries.
 */
const vorticity: Encoding = {
  name: 'vorticity',
  describe: "windings of ψ's phase around the plaquette whose first corner a site is: -1, 0, 1",
  shape: (size) => [size, size],
  symmetries: () => ['flip', 'reflection', 'transposition', 'translation'],
  encode: (configuration, size, out) => {
    const phase = phases(configuration, size)
    for (let site = 0; site < phase.length; site++) {
      const [right, below] = neighbours(site, size)
      const [across] = neighbours(below, size)
      const around = [site, right, across, below, site].map((corner) => phase[corner] as number)
      let sum = 0
      for (let i = 0; i < 4; i++) sum += wrapped((around[i + 1] as number) - (around[i] as number))
      // Rounding may give -0, which is another number to a hash.
      out[site] = Math.round(sum / (2 * Math.PI)) + 0
    }
  },
}

/** What a network may be shown of the six components. */
export const encodings: NonNullable<Physics['encodings']> = [components, squares, angles, bonds, vorticity]
