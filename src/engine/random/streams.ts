import type { Sfc64State } from './sfc64.ts'

/** Writes two generators side by side, the state that workers/kernels/sfc64.ts steps: (a, b, c, counter) of two 64-bit words each. */
export function writeStreams(memory: WebAssembly.Memory, offset: number, streams: readonly [Sfc64State, Sfc64State]): void {
  const words = new BigUint64Array(memory.buffer, offset, 8)
  for (const [half, { a, b, c, counter }] of streams.entries()) {
    for (const [k, word] of [a, b, c, counter].entries()) words[2 * k + half] = word
  }
}

/** Writes one generator, the state that sfc64Uniform steps, into `words`: (a, b, c, counter). */
export function writeStream(words: BigUint64Array, { a, b, c, counter }: Sfc64State): void {
  words.set([a, b, c, counter])
}
