import { kaufman } from '../src/model/ising/exact.ts'

/**
 * Every observable of an L x L Ising lattice without a field, J = 1, that is too large to be enumerated: the energies after
 * Kaufman, what is made of the magnetization by a transfer matrix that adds spin after spin and counts the spins that are up.
 *
 * @param size even, up to 10: takes 2^L first rows, less symmetry
 */
export function shortIsing(size: number): (name: string, temperature: number) => number | undefined {
  const known = new Map<number, Readonly<Record<string, number>>>()
  return (name, temperature) => {
    const values = known.get(temperature) ?? observables(size, temperature)
    known.set(temperature, values)
    return values[name]
  }
}

function observables(size: number, temperature: number): Readonly<Record<string, number>> {
  const N = size * size
  const { energy, specificHeat } = kaufman(size, temperature)
  const weights = magnetizations(size, 1 / temperature)
  const Z = weights.reduce((a, b) => a + b, 0)
  const mean = (of: (m: number) => number): number => weights.reduce((sum, weight, up) => sum + (weight / Z) * of((2 * up) / N - 1), 0)
  const [absolute, m2, m4] = [mean(Math.abs), mean((m) => m * m), mean((m) => m ** 4)]
  return {
    energy,
    energy_squared: (specificHeat * temperature ** 2) / N + energy ** 2,
    specific_heat: specificHeat,
    abs_magnetization: absolute,
    magnetization: 0,
    magnetization_squared: m2,
    magnetization_fourth: m4,
    susceptibility: (N * (m2 - absolute ** 2)) / temperature,
    binder: 1 - m4 / (3 * m2 * m2),
  }
}

/** Weight of all configurations with a number of spins up, (N + 1), up to a factor. */
function magnetizations(size: number, K: number): Float64Array {
  const N = size * size
  const rows = 1 << size
  const bond = (a: number, b: number): number => Math.exp(a === b ? K : -K)
  const spin = (row: number, i: number): number => (row >> (i % size)) & 1
  const total = new Float64Array(N + 1)
  for (const [first, count] of firstRows(size)) {
    // By the row at the front, and spins up so far.
    let front = new Float64Array(rows * (N + 1))
    let start = 1
    let ups = 0
    for (let i = 0; i < size; i++) {
      start *= bond(spin(first, i), spin(first, i + 1))
      ups += spin(first, i)
    }
    front[first * (N + 1) + ups] = start
    for (let site = size; site < N; site++) {
      const i = site % size
      const next = new Float64Array(rows * (N + 1))
      for (let row = 0; row < rows; row++) {
        for (let up = 0; up <= site; up++) {
          const weight = front[row * (N + 1) + up] as number
          if (weight === 0) continue
          for (const s of [0, 1]) {
            const changed = (row & ~(1 << i)) | (s << i)
            let factor = bond(s, spin(row, i))
            if (i > 0) factor *= bond(s, spin(changed, i - 1))
            if (i === size - 1) factor *= bond(s, spin(changed, 0))
            if (site >= N - size) factor *= bond(s, spin(first, i))
            const at = changed * (N + 1) + up + s
            next[at] = (next[at] as number) + weight * factor
          }
        }
      }
      front = next
    }
    for (let row = 0; row < rows; row++) {
      for (let up = 0; up <= N; up++) {
        const weight = (count * (front[row * (N + 1) + up] as number)) / 2
        // The first row turned over stands for its mirror image in up and down.
        total[up] = (total[up] as number) + weight
        total[N - up] = (total[N - up] as number) + weight
      }
    }
  }
  return total
}

/** First rows that differ by more than a shift, a reflection or a flip of all spins, with how many each stands for. */
function firstRows(size: number): Map<number, number> {
  const rows = 1 << size
  const counts = new Map<number, number>()
  const shifted = (row: number): number => ((row << 1) | (row >> (size - 1))) & (rows - 1)
  const mirrored = (row: number): number =>
    Array.from({ length: size }, (_, i) => ((row >> i) & 1) << (size - 1 - i)).reduce((a, b) => a | b)
  for (let row = 0; row < rows; row++) {
    let least = row
    for (let one of [row, mirrored(row), rows - 1 - row, mirrored(rows - 1 - row)]) {
      for (let k = 0; k < size; k++) {
        one = shifted(one)
        least = Math.min(least, one)
      }
    }
    counts.set(least, (counts.get(least) ?? 0) + 1)
  }
  return counts
}
