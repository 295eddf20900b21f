/** Energies of each temperature that are compared. */
const COMPARED = 200

/**
 * Mean probability of exchanging two temperatures, min(1, e^{(β_a - β_b)(E_a - E_b)}), over pairs of their energies: a measure of
 * how far their histograms overlap that needs no bins and holds for histograms of any shape.
 */
export function overlapOf(a: EnergiesAt, b: EnergiesAt): number {
  const [first, second] = [thinned(a.energy), thinned(b.energy)]
  const step = 1 / a.temperature - 1 / b.temperature
  let sum = 0
  for (const E of first) for (const other of second) sum += Math.min(1, Math.exp(step * (E - other)))
  return sum / (first.length * second.length)
}

interface EnergiesAt {
  readonly temperature: number
  /** Total energies, not per site. */
  readonly energy: Float64Array
}

function thinned(values: Float64Array): Float64Array {
  const step = Math.max(1, values.length / COMPARED)
  return Float64Array.from({ length: Math.min(values.length, COMPARED) }, (_, i) => values[Math.floor(i * step)] as number)
}
