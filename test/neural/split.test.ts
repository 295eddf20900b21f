import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { splitParts } from '../../src/dataset/split.ts'
import { UsageError } from '../../src/errors.ts'
import { smallDataset } from '../support/labelled.ts'

/** Examples of one number each, of which `group` says which belong together. */
function grouped(group: readonly number[] | undefined, x?: readonly number[]): Dataset {
  const count = group?.length ?? x?.length ?? 0
  return {
    title: 'split',
    count,
    shape: [1],
    x: Float32Array.from(x ?? group?.map((_, i) => i) ?? []),
    y: { kind: 'classes', names: ['0'], values: new Int32Array(count) },
    ...(group ? { group: Int32Array.from(group) } : {}),
    symmetries: [],
    notes: {},
  }
}

const numbersOf = (part: Int8Array): number[] => [0, 1, 2].map((wanted) => part.filter((own) => own === wanted).length)
const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('a split into training, validation and test', () => {
  it('never parts a group, and leaves no part empty that was asked for', () => {
    const share = fc.double({ min: 0, max: 0.49, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 30 }), { minLength: 1, maxLength: 60 }),
        share,
        share,
        fc.string(),
        (group, validation, test, seed) => {
          const parts = [1, validation, test].map((one) => (one > 0 ? 1 : 0))
          const enough = new Set(group).size >= parts.reduce((a: number, b) => a + b, 0)
          if (!enough) {
            expect(() => splitParts(grouped(group), { validation, test }, seed)).toThrow(UsageError)
            return
          }
          const part = splitParts(grouped(group), { validation, test }, seed)
          for (const [i, own] of group.entries()) expect(part[i]).toBe(part[group.indexOf(own)])
          expect(numbersOf(part).map((count) => (count > 0 ? 1 : 0))).toEqual(parts)
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  it('gives every part its share of the groups', () => {
    expect(numbersOf(splitParts(grouped(ids(100)), { validation: 0.1, test: 0.2 }, '1'))).toEqual([70, 10, 20])
    expect(numbersOf(splitParts(grouped(ids(100)), { validation: 0.001, test: 0 }, '1'))).toEqual([99, 1, 0])
    expect(numbersOf(splitParts(grouped(ids(4)), { validation: 0.45, test: 0.45 }, '1'))[0]).toBe(1)
    const pairs = ids(100).map((i) => Math.floor(i / 2))
    expect(numbersOf(splitParts(grouped(pairs), { validation: 0, test: 0.5 }, '1'))).toEqual([50, 0, 50])
  })

  it('depends on the seed, and on nothing else', () => {
    const split = (seed: string): string => splitParts(grouped(ids(40)), { validation: 0.2, test: 0.2 }, seed).join('')
    expect(split('1')).toBe(split('1'))
    expect(new Set(['1', '2', '3', '18446744073709551615'].map(split)).size).toBe(4)
    // Every group is as likely as another to be tested on.
    const tested = new Array<number>(10).fill(0)
    for (let seed = 0; seed < 2000; seed++) {
      const part = splitParts(grouped(ids(10)), { validation: 0, test: 0.2 }, String(seed))
      for (const [i, own] of part.entries()) tested[i] = (tested[i] as number) + (own === 2 ? 1 : 0)
    }
    // 400 of 2000 each; 5 standard deviations of a binomial are 89.
    for (const times of tested) expect(Math.abs(times - 400)).toBeLessThan(89)
  })

  it('keeps equal examples together where there are no groups', () => {
    const x = ids(60).map((i) => (i % 20 === 0 ? -0 * (i % 3) : i % 20))
    for (let seed = 0; seed < 20; seed++) {
      const part = splitParts(grouped(undefined, x), { validation: 0.25, test: 0.25 }, String(seed))
      expect(numbersOf(part)).toEqual([30, 15, 15])
      for (const i of ids(60)) expect(part[i]).toBe(part[i % 20])
    }
  })

  it('is refused where the data themselves put a group into two parts', () => {
    const data = { ...grouped([1, 1, 2]), part: Int8Array.of(0, 2, 0) }
    expect(() => splitParts(data, { validation: 0, test: 0 }, '1')).toThrow(
      'the data put examples of group 1 into train and test, though they depend on each other; allowed: one part for each group',
    )
  })

  it('is what the data say, where they say it', () => {
    expect(splitParts(smallDataset(), { validation: 0, test: 0 }, '1')).toEqual(Int8Array.of(0, 0, 1, 1, 2, 2))
  })

  it('is refused where there are too few groups, and where nothing is left to train on', () => {
    const split = (dataset: Dataset, validation: number, test: number) => () => splitParts(dataset, { validation, test }, '1')
    expect(split(grouped([3, 3, 3, 4]), 0.1, 0.1)).toThrow(
      'the data have 2 independent groups of examples, and training, validation and test need one each; ask for fewer parts, or make more data, such as with more --copies',
    )
    expect(split(grouped([7, 7]), 0, 0.1)).toThrow('the data have 1 independent group of examples')
    expect(split(grouped(undefined, [1, 1, 1]), 0, 0.1)).toThrow('the data have 1 different example, and')
    expect(split(grouped(ids(9)), 0.5, 0.5)).toThrow('leave nothing to train on; allowed: below 1 together')
    expect(split(grouped(ids(9)), -0.1, 0.5)).toThrow('the share of validation is -0.1; allowed: from 0 to below 1')
    expect(split(grouped(ids(9)), 0, Number.NaN)).toThrow('the share of test is NaN')
  })
})
