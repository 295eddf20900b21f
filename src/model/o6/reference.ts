import type { Parameters } from '../model.ts'

// The six-component model in plain TypeScript and doubles, term by term as H is written: the oracle of
// workers/kernels/o6*.ts. Spins are (L, L, 6) unit vectors, row by row; k_B = 1.
//
// H = (ρ/2) Σ⟨ij⟩ [ |ψ_i - ψ_j|² + λ |Φ_i - Φ_j|² ] + (ρ a²/2) Σ_i [ g q_i + g′ q_i² + w (A_i² + B_i²) ]

const COMPONENTS = 6

/** One lattice, (L, L, 6). */
export type Vectors = Float64Array | Float32Array

/** Energy of the bond between two vectors. */
function bond(a: Vectors, i: number, b: Vectors, j: number, { rho = 1, lambda = 1 }: Parameters): number {
  let sum = 0
  for (let k = 0; k < COMPONENTS; k++) sum += (k < 2 ? 1 : lambda) * ((a[i + k] as number) - (b[j + k] as number)) ** 2
  return (rho / 2) * sum
}

/** n3² + n4² and n5² + n6² of the vector at `i`. */
function squares(spins: Vectors, i: number): readonly [number, number] {
  const square = (k: number): number => (spins[i + k] as number) ** 2
  return [square(2) + square(3), square(4) + square(5)]
}

function onSite(spins: Vectors, i: number, { rho = 1, a = 1, g = 0, gPrime = 0, w = 0 }: Parameters): number {
  const [A, B] = squares(spins, i)
  const q = A + B
  return ((rho * a * a) / 2) * (g * q + gPrime * q * q + w * (A * A + B * B))
}

/** Offset of the site at column x and row y, around the torus. */
function at(size: number, x: number, y: number): number {
  return COMPONENTS * (((y + size) % size) * size + ((x + size) % size))
}

/** Total energy. */
export function energyReference(spins: Vectors, size: number, parameters: Parameters): number {
  let energy = 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = at(size, x, y)
      for (const j of [at(size, x + 1, y), at(size, x, y + 1)]) energy += bond(spins, i, spins, j, parameters)
      energy += onSite(spins, i, parameters)
    }
  }
  return energy
}

/** Terms of the energy that a vector `n` at site (x, y) takes part in. */
export function siteEnergy(spins: Vectors, size: number, parameters: Parameters, x: number, y: number, n: Vectors): number {
  let energy = onSite(n, 0, parameters)
  for (const j of [at(size, x + 1, y), at(size, x - 1, y), at(size, x, y + 1), at(size, x, y - 1)]) {
    energy += bond(n, 0, spins, j, parameters)
  }
  return energy
}

/**
 * One Metropolis sweep: at every site six rotations, each in a random plane of two components by an angle uniform in
 * (-width, width).
 *
 * @param uniform draws from [0, 1)
 */
export function sweepReference(
  spins: Float64Array,
  size: number,
  parameters: Parameters,
  temperature: number,
  width: number,
  uniform: () => number,
): void {
  const n = new Float64Array(COMPONENTS)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = at(size, x, y)
      let before = siteEnergy(spins, size, parameters, x, y, spins.subarray(i, i + COMPONENTS))
      for (let move = 0; move < COMPONENTS; move++) {
        n.set(spins.subarray(i, i + COMPONENTS))
        const j = Math.floor(COMPONENTS * uniform())
        const k = (j + 1 + Math.floor((COMPONENTS - 1) * uniform())) % COMPONENTS
        const angle = width * (2 * uniform() - 1)
        const [a, b] = [n[j] as number, n[k] as number]
        n[j] = a * Math.cos(angle) - b * Math.sin(angle)
        n[k] = a * Math.sin(angle) + b * Math.cos(angle)
        const after = siteEnergy(spins, size, parameters, x, y, n)
        if (uniform() < Math.exp((before - after) / temperature)) {
          spins.set(n, i)
          before = after
        }
      }
    }
  }
}

/** What is read off one lattice, by the names of observables.ts, from their definitions. */
export function measureReference(spins: Vectors, size: number, parameters: Parameters): Record<string, number> {
  const N = size * size
  const M = new Float64Array(COMPONENTS)
  const current = [0, 0]
  let [bonds, fraction, nematic] = [0, 0, 0]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = at(size, x, y)
      for (let k = 0; k < COMPONENTS; k++) M[k] = (M[k] as number) + (spins[i + k] as number)
      const [A, B] = squares(spins, i)
      fraction += A + B
      nematic += A - B
      for (const [axis, j] of [at(size, x + 1, y), at(size, x, y + 1)].entries()) {
        const [a, b, c, d] = [spins[i], spins[i + 1], spins[j], spins[j + 1]] as [number, number, number, number]
        bonds += a * c + b * d
        current[axis] = (current[axis] as number) + a * d - b * c
      }
    }
  }
  const square = (...components: number[]): number => components.reduce((sum, k) => sum + ((M[k] as number) / N) ** 2, 0)
  const energy = energyReference(spins, size, parameters) / N
  const sc = square(0, 1)
  return {
    energy,
    energy_squared: energy ** 2,
    sc_order_squared: sc,
    sc_order_fourth: sc ** 2,
    cdw_order_squared: square(2, 3, 4, 5),
    cdw_fraction: fraction / N,
    nematic_order: Math.abs(nematic) / N,
    nematic_order_squared: (nematic / N) ** 2,
    sc_bond: bonds / (2 * N),
    sc_current_squared: ((current[0] as number) ** 2 + (current[1] as number) ** 2) / (2 * N),
  }
}

/** S(k) of the charge order along x at the wave vector 2π/L (kx, ky). */
export function structureFactorReference(spins: Vectors, size: number, kx: number, ky: number): number {
  let sum = 0
  for (const k of [2, 3]) {
    let [re, im] = [0, 0]
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const phase = (2 * Math.PI * (kx * x + ky * y)) / size
        const n = spins[at(size, x, y) + k] as number
        re += n * Math.cos(phase)
        im += n * Math.sin(phase)
      }
    }
    sum += re * re + im * im
  }
  return sum / (size * size)
}

/**
 * |∇E|² and ∇²E on the product of the sites' spheres by finite differences along five orthonormal tangents of each site:
 * the second derivatives along great circles add up to the Laplacian.
 */
export function gradientReference(
  spins: Float64Array,
  size: number,
  parameters: Parameters,
  step = 1e-4,
): { readonly squared: number; readonly laplacian: number } {
  let [squared, laplacian] = [0, 0]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = at(size, x, y)
      const n = spins.slice(i, i + COMPONENTS)
      const energy = (t: Float64Array, angle: number): number =>
        siteEnergy(
          spins,
          size,
          parameters,
          x,
          y,
          n.map((value, k) => value * Math.cos(angle) + (t[k] as number) * Math.sin(angle)),
        )
      for (const t of tangents(n)) {
        const [minus, zero, plus] = [energy(t, -step), energy(t, 0), energy(t, step)]
        squared += ((plus - minus) / (2 * step)) ** 2
        laplacian += (plus - 2 * zero + minus) / step ** 2
      }
    }
  }
  return { squared, laplacian }
}

/** Five orthonormal vectors across `n` (Gram-Schmidt, starting from the axes that n has least of). */
function tangents(n: Float64Array): Float64Array[] {
  const order = [...n.keys()].sort((a, b) => Math.abs(n[a] as number) - Math.abs(n[b] as number))
  const found: Float64Array[] = []
  for (const axis of order.slice(0, COMPONENTS - 1)) {
    let t = Float64Array.from({ length: COMPONENTS }, (_, k) => (k === axis ? 1 : 0))
    for (const other of [n, ...found]) {
      const overlap = t.reduce((sum, value, k) => sum + value * (other[k] as number), 0)
      t = t.map((value, k) => value - overlap * (other[k] as number))
    }
    const length = Math.hypot(...t)
    found.push(t.map((value) => value / length))
  }
  return found
}
