import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Archive, withArchive } from '../../src/archive/read.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { findEncoding } from '../../src/dataset/encoding.ts'
import { phases } from '../../src/dataset/phases.ts'
import { readDataset } from '../../src/dataset/read.ts'
import { splitParts } from '../../src/dataset/split.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { run, TC_ISING } from '../../src/index.ts'
import type { JobInput } from '../../src/job/input.ts'
import { o6 as sixComponents } from '../../src/model/o6/index.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const file = (name: string): string => join(folder, `${name}.h5`)

const ising: JobInput = {
  model: 'ising',
  size: 4,
  temperatures: [1.5, 2.2, TC_ISING, 3],
  sweeps: 300,
  tempering: true,
  copies: 3,
  snapshots: 7,
  seed: 1,
}
const o6: JobInput = {
  model: 'o6',
  size: 4,
  temperatures: [0.1, 0.3, 0.345, 0.6],
  sweeps: 100,
  tempering: true,
  copies: 2,
  snapshots: 4,
  seed: 1,
}
const jobs: Readonly<Record<string, JobInput>> = {
  ising,
  another: { ...ising, seed: 2 },
  field: { ...ising, size: [3, 4], parameters: { h: [0.5, 0] }, temperatures: [2, 3], seed: 3 },
  bare: { ...ising, snapshots: 0, seed: 4 },
  part: { ...o6, tempering: false, sweeps: 20, seed: 5, shard: '1/2' },
  'other part': { ...o6, tempering: false, sweeps: 20, seed: 5, shard: '2/2' },
  o6,
  stiff: { ...o6, parameters: { rho: 2 }, seed: 6 },
}

beforeAll(async () => {
  for (const [name, job] of Object.entries(jobs)) {
    await run(job, { out: file(name), threads: 1 })
  }
}, 120_000)

/** Every configuration of the only simulation of an archive, in order of temperature and snapshot. */
function configurations(name: string): Promise<{ readonly t: number; readonly snapshot: number; readonly values: number[] }[]> {
  return withArchive(file(name), ({ simulations }: Archive) =>
    [...(simulations[0]?.rows('snapshots/spins') ?? [])].map(({ first, second, values }) => ({
      t: first,
      snapshot: second,
      values: Array.from(values),
    })),
  )
}

const example = ({ x, count }: Dataset, i: number): number[] => Array.from(x.subarray((i * x.length) / count, ((i + 1) * x.length) / count))

describe('configurations of a run', () => {
  it('are ordered below the critical temperature of the Ising model, and not at it', async () => {
    const dataset = await phases([file('ising')], {})
    expect(dataset).toMatchObject({
      count: 28,
      shape: [4, 4],
      size: 4,
      symmetries: ['flip', 'reflection', 'transposition', 'translation'],
      y: { kind: 'classes', names: ['disordered', 'ordered'] },
      notes: { kind: 'phases', model: 'ising', J: 1, h: 0, encoding: 'spins', label: 'temperature', boundary: TC_ISING },
    })
    expect([...dataset.y.values]).toEqual([1.5, 2.2, TC_ISING, 3].flatMap((T) => new Array<number>(7).fill(T < TC_ISING ? 1 : 0)))
    expect([...(dataset.temperature ?? [])]).toEqual([1.5, 2.2, TC_ISING, 3].flatMap((T) => new Array<number>(7).fill(T)))
  })

  it('are those of the archive, each with the copy that it is of as its group', async () => {
    const dataset = await phases([file('ising')], {})
    const all = await configurations('ising')
    expect(all).toHaveLength(dataset.count)
    for (const [i, { snapshot, values }] of all.entries()) {
      expect(example(dataset, i)).toEqual(values)
      // Snapshots are taken of all copies in turn.
      expect(dataset.group?.[i]).toBe(snapshot % 3)
    }
  })

  it('have other groups in another archive, and no group is parted by a split', async () => {
    const dataset = await phases([file('ising'), file('another')], {})
    expect(dataset.count).toBe(56)
    expect(new Set(dataset.group?.subarray(0, 28))).toEqual(new Set([0, 1, 2]))
    expect(new Set(dataset.group?.subarray(28))).toEqual(new Set([3, 4, 5]))
    expect(dataset.notes).toMatchObject({ archives: 'ising.h5, another.h5', seeds: '1, 2' })
    const part = splitParts(dataset, { validation: 0.2, test: 0.2 }, '1')
    for (let copy = 0; copy < 6; copy++) {
      expect(new Set([...part].filter((_, i) => dataset.group?.[i] === copy)).size).toBe(1)
    }
  })

  it('survive being written and read', async () => {
    for (const encoding of ['components', 'vorticity']) {
      const dataset = await phases([file('o6')], { encoding })
      await writeDataset(file(`written-${encoding}`), dataset, { command: 'test', seed: '1' })
      expect(await readDataset(file(`written-${encoding}`))).toEqual(dataset)
    }
  })

  it('may be labelled by an observable of their temperature', async () => {
    const means = await withArchive(file('ising'), ({ simulations }) => [...(simulations[0]?.quantities.abs_magnetization?.mean ?? [])])
    // Exactly the value at one temperature: that one belongs to class 1.
    const boundary = means[1] as number
    const { y } = await phases([file('ising')], { label: 'abs_magnetization', boundary })
    expect(y).toMatchObject({ names: [`abs_magnetization < ${boundary}`, `abs_magnetization >= ${boundary}`] })
    expect([...y.values]).toEqual(means.flatMap((mean) => new Array<number>(7).fill(mean >= boundary ? 1 : 0)))
    expect(y.values[0]).toBe(1)
    expect(y.values[7]).toBe(1)
    expect(y.values.at(-1)).toBe(0)
    const kt = await phases([file('o6')], { label: 'kt_ratio', boundary: 1 })
    expect([kt.y.values[0], kt.y.values.at(-1)]).toEqual([1, 0])
  })

  it('of which a part of a job has none are left out', async () => {
    const whole = (await configurations('part')).length
    const [one, other] = [await phases([file('part')], {}), await phases([file('other part')], {})]
    for (const { count, x } of [one, other]) {
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThan(whole)
      for (let site = 0; site < x.length; site += 6) expect(Math.hypot(...x.subarray(site, site + 6))).toBeCloseTo(1, 5)
    }
    // Parts of one job share a seed, but no configuration.
    expect((await phases([file('part'), file('other part')], {})).count).toBe(one.count + other.count)
    expect(one.count + other.count).toBe(whole)
  })

  it('are chosen by size and parameters; a field takes the flip away', async () => {
    const asked = { size: 3, parameters: { h: 0.5 }, boundary: 2.5 }
    const dataset = await phases([file('field')], asked)
    expect(dataset).toMatchObject({ size: 3, shape: [3, 3], symmetries: ['reflection', 'transposition', 'translation'], notes: { h: 0.5 } })
    expect([...new Set(dataset.y.values)].sort()).toEqual([0, 1])
  })

  const refused: readonly (readonly [string, readonly string[], Parameters<typeof phases>[1], string])[] = [
    ['no archive', [], {}, 'no archive; name those that configurations are taken from'],
    ['a missing one', ['nothing'], {}, 'nothing.h5: there is no such file'],
    ['one without snapshots', ['bare'], {}, 'bare.h5: ising-L4 has no configurations; run it again with --snapshots N'],
    ['several sizes', ['field'], {}, '--size: missing; the archives have several sizes, choose one: 3, 4'],
    ['an unknown size', ['field'], { size: 5 }, '--size: 5 is not in the archives; allowed: 3, 4'],
    ['several parameters', ['field'], { size: 4 }, 'choose one with -p: J = 1, h = 0; J = 1, h = 0.5'],
    ['unknown parameters', ['field'], { size: 4, parameters: { H: 0 } }, "there is no parameter 'H'; did you mean 'h'?; allowed: J, h"],
    [
      'parameters that are not there',
      ['ising'],
      { parameters: { h: 7 } },
      'nothing in the archives has h = 7 and L = 4; there is L = 4, J = 1, h = 0',
    ],
    ['several models', ['ising', 'o6'], {}, 'the archives are of different models: ising, o6; one dataset has one model'],
    [
      'the same archive twice',
      ['ising', 'another', 'ising'],
      {},
      'were run with the same seed 1, so that their configurations are the same',
    ],
    [
      'no boundary in a field',
      ['field'],
      { size: 4, parameters: { h: 0.5 } },
      '--boundary: missing; the critical temperature of these parameters',
    ],
    ['no boundary of another o6', ['stiff'], {}, '--boundary: missing; the critical temperature of these parameters is not known'],
    ['no boundary of an observable', ['ising'], { label: 'energy' }, '--boundary: missing; give the value of energy from which on'],
    [
      'an unknown observable',
      ['ising'],
      { label: 'enrgy' },
      "--label: 'enrgy' is not possible; did you mean 'energy'?; allowed: temperature, abs_mag",
    ],
    ['an observable that is an array', ['o6'], { label: 'cdw_structure_factor' }, "--label: 'cdw_structure_factor' is not possible"],
    ['an unknown encoding', ['ising'], { encoding: 'angles' }, "--encoding: 'angles' is not possible; allowed for ising: spins"],
    ['a boundary below 0', ['ising'], { boundary: -1 }, '--boundary: -1 is no temperature; allowed: above 0'],
  ]
  it.each(refused)('are refused in one line: %s', async (_, names, settings, says) => {
    const error = await phases(names.map(file), settings).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toContain(says)
    expect((error as Error).message).not.toContain('\n')
  })
})

describe('encodings of six components', () => {
  const encoded = (encoding: string): Promise<Dataset> => phases([file('o6')], { encoding })
  const L = 4
  /** ψ of a site, wherever around the torus. */
  const psi = (values: readonly number[], x: number, y: number): readonly [number, number] => {
    const at = (((y + L) % L) * L + ((x + L) % L)) * 6
    return [values[at] as number, values[at + 1] as number]
  }

  it('are the components themselves, or their squares by sector, which add up to 1', async () => {
    const all = await configurations('o6')
    const [components, squares] = [await encoded('components'), await encoded('squares')]
    expect([components.shape, squares.shape]).toEqual([
      [4, 4, 6],
      [4, 4, 3],
    ])
    expect(components.y).toMatchObject({ names: ['normal', 'superconducting'] })
    expect([...components.y.values]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    for (const [i, { values }] of all.entries()) {
      expect(example(components, i)).toEqual(values)
      const own = example(squares, i)
      for (let site = 0; site < L * L; site++) {
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values.slice(6 * site, 6 * site + 6)
        const sectors = [a * a + b * b, c * c + d * d, e * e + f * f]
        for (const [k, sector] of sectors.entries()) expect(own[3 * site + k]).toBeCloseTo(sector, 6)
        expect(sectors.reduce((sum, sector) => sum + sector, 0)).toBeCloseTo(1, 5)
      }
    }
  })

  it('are the direction of ψ, and its scalar product with the next one along x and y', async () => {
    const all = await configurations('o6')
    const [angles, bonds] = [await encoded('angles'), await encoded('bonds')]
    for (const [i, { values }] of all.entries()) {
      for (let y = 0; y < L; y++) {
        for (let x = 0; x < L; x++) {
          const here = psi(values, x, y)
          const length = Math.hypot(...here)
          const at = 2 * (y * L + x)
          expect(example(angles, i)[at]).toBeCloseTo(here[0] / length, 5)
          expect(example(angles, i)[at + 1]).toBeCloseTo(here[1] / length, 5)
          for (const [axis, next] of [psi(values, x + 1, y), psi(values, x, y + 1)].entries()) {
            const cosine = (here[0] * next[0] + here[1] * next[1]) / (length * Math.hypot(...next))
            expect(example(bonds, i)[at + axis]).toBeCloseTo(cosine, 5)
          }
        }
      }
    }
  })

  it('are the windings of ψ, which add up to 0 on a torus', async () => {
    const vorticity = await encoded('vorticity')
    expect(vorticity.shape).toEqual([4, 4])
    expect([...new Set(vorticity.x)].sort()).toEqual([-1, 0, 1])
    for (const [i, { values }] of (await configurations('o6')).entries()) {
      const windings = example(vorticity, i)
      expect(windings.reduce((a, b) => a + b, 0)).toBe(0)
      for (let y = 0; y < L; y++) {
        for (let x = 0; x < L; x++) {
          // The angle from one ψ to the next by their cross and scalar products.
          const corners = [psi(values, x, y), psi(values, x + 1, y), psi(values, x + 1, y + 1), psi(values, x, y + 1), psi(values, x, y)]
          let turned = 0
          for (let k = 0; k < 4; k++) {
            const [[a, b], [c, d]] = [corners[k] as readonly [number, number], corners[k + 1] as readonly [number, number]]
            turned += Math.atan2(a * d - b * c, a * c + b * d)
          }
          expect(windings[y * L + x]).toBeCloseTo(turned / (2 * Math.PI), 5)
        }
      }
    }
  })

  it('find one vortex where there is one', () => {
    const [size, out] = [8, new Float32Array(64)]
    const vorticity = findEncoding(sixComponents, 'vorticity')
    const values = new Float32Array(64 * 6)
    for (let site = 0; site < 64; site++) {
      // Around the middle of the plaquette whose first corner is x = 3, y = 2; the angle grows from x to y.
      const phase = Math.atan2(Math.floor(site / 8) - 2.5, (site % 8) - 3.5)
      values.set([Math.cos(phase), Math.sin(phase)], 6 * site)
    }
    vorticity.encode(values, size, out)
    expect(out[2 * 8 + 3]).toBe(1)
    // All other windings are at the edges, where the field does not fit to itself.
    for (let site = 0; site < 64; site++) {
      const inside = site % 8 < 7 && site < 56 && site !== 2 * 8 + 3
      if (inside) expect(out[site]).toBe(0)
    }
  })

  it('change with the lattice as their symmetries say', async () => {
    // What turns a configuration into one that is as likely; for `flip` with the lattice left alone.
    const sites = (from: (x: number, y: number) => readonly [number, number]) => (values: readonly number[]) =>
      Array.from({ length: L * L }, (_, site) => {
        const [x, y] = from(site % L, Math.floor(site / L))
        const at = 6 * ((((y % L) + L) % L) * L + (((x % L) + L) % L))
        return values.slice(at, at + 6)
      }).flat()
    const swapped = (values: readonly number[]): number[] =>
      values.map((_, i) => values[i - (i % 6) + ([0, 1, 4, 5, 2, 3][i % 6] as number)] as number)
    const mirror = sites((x, y) => [L - 1 - x, y])
    const transpose = sites((x, y) => [y, x])
    const values = (await configurations('o6')).at(-1)?.values ?? []
    const picture = (name: string, configuration: readonly number[]): Float32Array => {
      const encoding = findEncoding(sixComponents, name)
      const out = new Float32Array(encoding.shape(L).reduce((a, b) => a * b, 1))
      encoding.encode(configuration, L, out)
      return out
    }
    const asPicture = (of: Float32Array, from: (x: number, y: number) => readonly [number, number]): number[] => {
      const channels = of.length / (L * L)
      return Array.from({ length: of.length }, (_, i) => {
        const site = Math.floor(i / channels)
        const [x, y] = from(site % L, Math.floor(site / L))
        return of[((((y % L) + L) % L) * L + (((x % L) + L) % L)) * channels + (i % channels)] as number
      })
    }
    const angles = picture('angles', values)
    expect([...picture('angles', mirror(values))]).toEqual(asPicture(angles, (x, y) => [L - 1 - x, y]))
    // Transposing the lattice leaves H alone if the charge orders are exchanged, which ψ knows nothing of.
    expect([...picture('angles', swapped(transpose(values)))]).toEqual(asPicture(angles, (x, y) => [y, x]))
    const windings = picture('vorticity', values)
    expect(windings.some((winding) => winding !== 0)).toBe(true)
    // The mirror image of a plaquette's first corner is its second one: beside the mirror there is a shift, and the sign.
    const negative = (list: readonly number[]): number[] => list.map((winding) => 0 - winding)
    expect([...picture('vorticity', mirror(values))]).toEqual(negative(asPicture(windings, (x, y) => [L - 2 - x, y])))
    expect([...picture('vorticity', swapped(transpose(values)))]).toEqual(negative(asPicture(windings, (x, y) => [y, x])))
  })
})
