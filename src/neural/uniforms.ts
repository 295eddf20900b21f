import { instantiateKernels, type Kernels } from '../engine/kernels.ts'
import { Layout } from '../engine/memory/layout.ts'
import { seedStream } from '../engine/random/seed.ts'

/** Uniform numbers in [0, 1) for one purpose at a time, drawn by the kernel in a piece of shared memory that is set aside for it. */
export class Uniforms {
  readonly #kernels: Kernels
  readonly #state: number
  readonly #numbers: number
  readonly #buffer: ArrayBufferLike
  readonly #most: number

  /** Bytes that up to `most` numbers at a time take. */
  static bytes(most: number): number {
    const layout = new Layout(0)
    layout.bytes(32)
    layout.f64(most)
    return layout.end
  }

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, offset: number, most: number) {
    const layout = new Layout(offset)
    this.#kernels = instantiateKernels(module, memory)
    this.#state = layout.bytes(32)
    this.#numbers = layout.f64(most)
    this.#buffer = memory.buffer
    this.#most = most
  }

  /**
   * The first `count` numbers of a stream; valid until the next call.
   *
   * @param purpose what the stream is for, as in seedStream
   */
  draw(count: number, ...purpose: readonly (string | number)[]): Float64Array {
    if (count > this.#most) throw new RangeError(`${count} numbers at once, and room for ${this.#most}`)
    this.#start(purpose)
    return this.#more(count)
  }

  /** A stream that is drawn from one by one, as far as it goes; valid until the next call. */
  stream(...purpose: readonly (string | number)[]): () => number {
    this.#start(purpose)
    let numbers = this.#more(this.#most)
    let next = 0
    return () => {
      if (next === numbers.length) {
        numbers = this.#more(this.#most)
        next = 0
      }
      return numbers[next++] as number
    }
  }

  #start(purpose: readonly (string | number)[]): void {
    const { a, b, c, counter } = seedStream(...purpose)
    new BigUint64Array(this.#buffer, this.#state, 4).set([a, b, c, counter])
  }

  #more(count: number): Float64Array {
    this.#kernels.sfc64Uniform(this.#state, this.#numbers, count)
    return new Float64Array(this.#buffer, this.#numbers, count)
  }
}
