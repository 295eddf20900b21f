/** Sets the bits of one lane that stand for +1. */
export function encodeSpins(configuration: ArrayLike<number>, bytes: Uint8Array, lane: number): void {
  for (let site = 0; site < configuration.length; site++) {
    const at = 16 * site + (lane >> 3)
    if ((configuration[site] as number) > 0) bytes[at] = (bytes[at] as number) | (1 << (lane & 7))
  }
}

/** Spins of one lane, (L, L) of +1 and -1, out of the bytes of all lanes. */
export function decodeSpins(bytes: Uint8Array, lane: number, size: number): Int8Array {
  const spins = new Int8Array(size * size)
  for (let site = 0; site < spins.length; site++) {
    spins[site] = ((bytes[16 * site + (lane >> 3)] as number) >> (lane & 7)) & 1 ? 1 : -1
  }
  return spins
}
