/** Hands out places in one block of memory, low to high, each on a cache line of its own (64 bytes). */
export class Layout {
  #end: number

  /** @param start first byte that may be used */
  constructor(start: number) {
    this.#end = Math.ceil(start / 64) * 64
  }

  /** First byte behind everything handed out so far. */
  get end(): number {
    return this.#end
  }

  /** @returns the offset of `count` bytes */
  bytes(count: number): number {
    const offset = this.#end
    this.#end = Math.ceil((offset + count) / 64) * 64
    return offset
  }

  /** @returns the offset of `count` 32-bit integers */
  i32(count: number): number {
    return this.bytes(4 * count)
  }

  /** @returns the offset of `count` doubles */
  f64(count: number): number {
    return this.bytes(8 * count)
  }
}
