import { COMPONENTS, LANES } from './fields.ts'

/** Puts the spins of one lane, (L, L, 6), between those of the others. */
export function encodeVectors(configuration: ArrayLike<number>, bytes: Uint8Array, lane: number): void {
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, configuration.length * LANES)
  for (let i = 0; i < configuration.length; i++) all[LANES * i + lane] = configuration[i] as number
}

/** Spins of one lane, (L, L, 6), out of the bytes of all lanes. */
export function decodeVectors(bytes: Uint8Array, lane: number, size: number): Float32Array {
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, size * size * COMPONENTS * LANES)
  return Float32Array.from({ length: size * size * COMPONENTS }, (_, i) => all[LANES * i + lane] as number)
}
