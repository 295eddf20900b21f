import type { Parameters } from '../model.ts'

/** Largest lattice that is enumerated: 2^16 configurations. */
export const LARGEST_ENUMERATED = 4

/** Configurations that have the same sum over bonds and the same total spin. */
interface Level {
  readonly bonds: number
  readonly spin: number
  readonly count: number
}

const levels = new Map<number, readonly Level[]>()

/**
 * Every observable of the L x L torus by summing over all 2^(L²) configurations, any J and h. Variances are sums of squares of what
 * configurations are off, and no mean is a difference of larger numbers, so that the digits hold at any temperature.
 *
 * @param size 2, 3 or 4
 * @throws RangeError for a larger lattice
 */
export function enumerateIsing(size: number, temperature: number, { J = 1, h = 0 }: Parameters): Readonly<Record<string, number>> {
  const N = size * size
  const all = densityOfStates(size).map(({ bonds, spin, count }) => ({ E: -J * bonds - h * spin, M: spin, count }))
  const ground = all.reduce((a, b) => (b.E < a.E ? b : a))
  const weighted = all.map((level) => ({ ...level, weight: level.count * Math.exp(-(level.E - ground.E) / temperature) }))
  const Z = weighted.reduce((sum, { weight }) => sum + weight, 0)
  type Weighted = (typeof weighted)[number]
  const mean = (value: (level: Weighted) => number): number => weighted.reduce((sum, level) => sum + level.weight * value(level), 0) / Z
  const variance = (off: (level: Weighted) => number): number => {
    const middle = mean(off)
    return mean((level) => (off(level) - middle) ** 2)
  }
  const energy = meanEnergy(all, ground.E, temperature, () => mean(({ E }) => E - ground.E))
  // A level and the one with all spins turned: of those that the field favours, what is left of their difference.
  const magnetization = mean(({ M }) => (h * M > 0 ? -M * Math.expm1((-2 * h * M) / temperature) : 0))
  const absolute = mean(({ M }) => Math.abs(M))
  const ordered = Math.abs(ground.M)
  return {
    energy: energy / N,
    energy_squared: mean(({ E }) => (E / N) ** 2),
    magnetization: magnetization / N,
    abs_magnetization: absolute / N,
    magnetization_squared: mean(({ M }) => (M / N) ** 2),
    magnetization_fourth: mean(({ M }) => (M / N) ** 4),
    // Divided twice: the square of a temperature may not be a number.
    specific_heat: variance(({ E }) => E - ground.E) / N / temperature / temperature,
    susceptibility: variance(({ M }) => Math.abs(M) - ordered) / N / temperature,
    binder: 1 - (Z * fourthOverSquare(all, ground.E, temperature)) / 3,
  }
}

/** @param above mean of the energy above the ground state */
function meanEnergy(levels: readonly { E: number; count: number }[], ground: number, temperature: number, above: () => number): number {
  if (-ground / temperature > 1) return ground + above()
  // Energies of all configurations add up to 0, which is taken out: it hides what little is left of the mean at high temperatures.
  let [Z, sum] = [0, 0]
  for (const { E, count } of levels) {
    const change = Math.expm1(-E / temperature)
    Z += count * (1 + change)
    sum += count * E * change
  }
  return sum / Z
}

/** Σ w M⁴ / (Σ w M²)², weights relative to the ground state; Infinity where an antiferromagnet has as good as no magnetization. */
function fourthOverSquare(levels: readonly { E: number; M: number; count: number }[], ground: number, temperature: number): number {
  const magnetic = levels.filter(({ M }) => M !== 0)
  // Weights relative to the lowest of them: those relative to the ground state may all be too small for a number.
  const lowest = Math.min(...magnetic.map(({ E }) => E))
  let [squares, fourths] = [0, 0]
  for (const { E, M, count } of magnetic) {
    const weight = count * Math.exp(-(E - lowest) / temperature)
    squares += weight * M ** 2
    fourths += weight * M ** 4
  }
  return (fourths / squares ** 2) * Math.exp((lowest - ground) / temperature)
}

function densityOfStates(size: number): readonly Level[] {
  if (size > LARGEST_ENUMERATED) throw new RangeError(`L = ${size} has too many configurations to enumerate; at most ${LARGEST_ENUMERATED}`)
  const known = levels.get(size)
  if (known) return known
  const N = size * size
  const found = new Map<string, { bonds: number; spin: number; count: number }>()
  for (let configuration = 0; configuration < 2 ** N; configuration++) {
    const s = (x: number, y: number): number => ((configuration >> ((y % size) * size + (x % size))) & 1 ? 1 : -1)
    let [bonds, spin] = [0, 0]
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        bonds += s(x, y) * (s(x + 1, y) + s(x, y + 1))
        spin += s(x, y)
      }
    }
    const key = `${bonds} ${spin}`
    const level = found.get(key)
    if (level) level.count++
    else found.set(key, { bonds, spin, count: 1 })
  }
  const all = [...found.values()]
  levels.set(size, all)
  return all
}
