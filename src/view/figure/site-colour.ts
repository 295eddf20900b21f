// The colours of a site, the same in figures and on the page that shows a run, whose script has this as well: so it imports
// nothing of Node.
import { oklch } from './oklch.ts'

export const DOWN = [38, 50, 87] as const
export const UP = [247, 226, 172] as const

/**
 * A site of the six-component model: its superconducting phase as hue, equally light for all phases; darker and greyer with
 * the charge order, as the phase of what is nearly no superconductor means nothing.
 *
 * @param phase radians
 * @param charge n3² + n4² + n5² + n6², 0 to 1
 */
export function phaseColour(phase: number, charge: number): readonly [number, number, number] {
  return oklch(0.78 - 0.62 * charge, 0.12 * (1 - charge), phase)
}
