import { configurationBytes } from '../../src/model/configuration.ts'
import { describe, expect, it } from 'vitest'
import {
  bits64,
  bytes,
  bytesOf,
  f32,
  f64,
  fieldsAt,
  i32,
  inside,
  openFields,
  persistentFields,
  v128,
} from '../../src/engine/memory/fields.ts'
import { findModel } from '../support/models.ts'
import { modelNames } from '../../src/model/registry.ts'

const kept = (name: string) => ({ name, longName: `what ${name} is` })

const table = {
  counts: f64(3, kept('counts')),
  masks: v128(5),
  part: { lanes: i32(17), bins: f32(8, { ...kept('part_bins'), sparse: true }) },
  couplings: f32(12),
  widths: inside('couplings', f32(4, kept('widths')), 16),
  random: bits64(4, kept('random')),
  spins: bytes(65, kept('spins')),
  words: inside('spins', bits64(8)),
  one: i32(1),
}

describe('a table of fields', () => {
  it('lays fields out in its order, each on a cache line of its own, views of other fields on those', () => {
    const { at } = openFields(table, new ArrayBuffer(2000), 100)
    expect(at).toEqual({
      counts: 128,
      masks: 192,
      part: { lanes: 320, bins: 448 },
      couplings: 512,
      widths: 528,
      random: 576,
      spins: 640,
      words: 640,
      one: 768,
    })
    expect(bytesOf(table)).toBe(768 + 64 - 128)
  })

  it('gives numbers of the declared type and length, two views of one field the same memory', () => {
    const { at, view } = openFields(table, new ArrayBuffer(2000), 0)
    expect(view.masks).toHaveLength(80)
    expect([view.part.lanes.byteOffset, view.part.lanes.length]).toEqual([at.part.lanes, 17])
    view.couplings.set([...Array(12).keys()])
    expect([...view.widths]).toEqual([4, 5, 6, 7])
    view.words[7] = 1n << 63n
    expect(view.spins[63]).toBe(128)
    expect(view.random).toBeInstanceOf(BigUint64Array)
  })

  it('keeps in a checkpoint what says so, in its order, of some fields a part that depends on the numbers themselves', () => {
    const { view } = openFields(table, new ArrayBuffer(2000), 0)
    const fields = persistentFields(table, view, { part: { bins: (all) => all.subarray(0, view.counts[0]) } })
    expect(fields.map(({ name }) => name)).toEqual(['counts', 'part_bins', 'widths', 'random', 'spins'])
    expect(fields.map(({ sparse }) => sparse ?? false)).toEqual([false, true, false, false, false])
    const bins = fields[1]
    expect(bins?.view()).toHaveLength(0)
    // As a reader does, who fills one field after the other.
    fields[0]?.view().set([2] as never)
    expect(bins?.view()).toHaveLength(2)
  })
})

describe.each(modelNames)('the memory of a bundle of %s', (name) => {
  const model = findModel(name)

  it('fits into the bytes that its table says, with lattices under the name that readers look for', () => {
    for (const [size, rungs] of [
      [2, 1],
      [5, 24],
      [16, 130],
    ] as const) {
      const fields = model.fields(size, rungs, model.updates[0])
      const kept = fieldsAt(fields, new ArrayBuffer(64 + bytesOf(fields)), 64)
      const spins = kept.find((field) => field.name === 'spins')?.view()
      expect(spins?.byteLength).toBe(configurationBytes(model, size))
      expect(new Set(kept.map((field) => field.name)).size).toBe(kept.length)
    }
  })
})
