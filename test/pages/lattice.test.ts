import { describe, expect, it } from 'vitest'
import type { Description } from '../../src/model/description.ts'
import { latticeOf } from '../../src/view/watch/lattice.ts'
import type { Seat } from '../../src/view/watch/means.ts'

/** One bundle of 32 lanes of single spins, of which lane 3 is up at sites that are multiples of 3. */
function seatOf(shape: readonly number[]): Seat {
  const sites = shape.reduce((product, length) => product * length, 1)
  const words = Uint32Array.from({ length: sites }, (_, site) => (site % 3 === 0 ? 1 << 3 : 0))
  const description = { lanes: 32, lattice: { shape }, configuration: { type: 'int8', storage: 'bits', shape } } as unknown as Description
  const live = { spec: { description }, memory: { lanes: Int32Array.of(3) }, configurations: () => new Uint8Array(words.buffer) }
  return { live, slot: 0 } as unknown as Seat
}

const upIn = (data: string): number[] =>
  [...Buffer.from(data, 'base64')].flatMap((byte, i) => Array.from({ length: 8 }, (_, k) => ((byte >> k) & 1 ? [8 * i + k] : [])).flat())

describe('the lattice that a page shows', () => {
  it('has the rows and columns of a lattice that is not as high as wide', () => {
    const { data = '', ...lattice } = latticeOf(seatOf([2, 5])) ?? {}
    expect(lattice).toEqual({ rows: 2, columns: 5, every: 1, components: 1 })
    expect(upIn(data)).toEqual([0, 3, 6, 9])
  })

  it('leaves out rows and columns alike, so that the longer side fits', () => {
    const { data = '', ...lattice } = latticeOf(seatOf([4, 300])) ?? {}
    expect(lattice).toEqual({ rows: 1, columns: 100, every: 3, components: 1 })
    // Every third site.
    expect(upIn(data)).toHaveLength(100)
  })

  it('is none of a lattice that does not have two dimensions', () => {
    expect(latticeOf(seatOf([12]))).toBeUndefined()
    expect(latticeOf(seatOf([3, 4, 5]))).toBeUndefined()
  })
})
