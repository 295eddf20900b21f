// @module-tag slow

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { hashDataset } from '../../src/dataset/hash.ts'
import { readDataset } from '../../src/dataset/read.ts'
import { run } from '../../src/index.ts'
import { type Batched, expectNothingDone, expectRefusal, folderWith, jsonOf, spinpool, spinpoolEach } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'

// `spinpool dataset` as a user has it; what is in the data is tested in rectangles.test.ts and phases.test.ts.

const folder = temporaryFolder()
const [ising, o6] = ['ising', 'o6'].map((name) => join(folder, `${name}.h5`)) as [string, string]

interface Made {
  readonly path?: string
  readonly count: number
  readonly classes: readonly {
    readonly name: string
    readonly examples: number
    readonly groups: number
    readonly temperature?: number[]
  }[]
  readonly hash: string
  readonly seed: string
}

beforeAll(async () => {
  const common = { tempering: true, copies: 2, snapshots: 4 }
  await run({ ...common, model: 'ising', size: [4, 6], temperatures: [2, 2.5], sweeps: 100, seed: 1 }, { out: ising, threads: 1 })
  await run({ ...common, model: 'o6', size: 4, temperatures: [0.3, 0.4], sweeps: 50, seed: 2 }, { out: o6, threads: 1 })
}, 120_000)

describe('spinpool dataset', () => {
  it('makes rectangles where nobody says where: a table, and the path', async () => {
    const cwd = folderWith()
    const { code, stdout, stderr } = await spinpool(['dataset', 'rectangles'], { cwd, alone: true })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [heading, ...table] = stdout.trimEnd().split('\n')
    const path = table.pop() as string
    expect(heading).toBe('Rectangles in 3 x 3 pixels: 512 examples of 3 x 3 numbers')
    expect(table.map((row) => row.trim().split(/ {2,}/))).toEqual([
      ['class', 'examples'],
      ['no rectangle', '476'],
      ['rectangle', '36'],
    ])
    expect(path).toMatch(/\/results\/rectangles-\d{4}-\d\d-\d\d-\d{6}\.h5$/)
    expect(readdirSync(join(cwd, 'results'))).toHaveLength(1)
    expect((await readDataset(path)).count).toBe(512)
  })

  it('makes phases, and says in JSON what they are', async () => {
    const out = join(folder, 'phases.h5')
    const made = jsonOf<Made>(await spinpool(['dataset', 'phases', ising, '--size', '6', '--out', out, '--json']))
    expect(made).toMatchObject({
      path: out,
      kind: 'phases',
      model: 'ising',
      size: 6,
      count: 8,
      shape: [6, 6],
      groups: 2,
      classes: [
        { name: 'disordered', examples: 4, groups: 2, temperature: [2.5, 2.5] },
        { name: 'ordered', examples: 4, groups: 2, temperature: [2, 2] },
      ],
      encoding: 'spins',
      seed: '1',
      symmetries: ['flip', 'reflection', 'transposition', 'translation'],
    })
    expect(hashDataset(await readDataset(out))).toBe(made.hash)
  })

  it('gives the same data for the same seed, and draws one where none is given', async () => {
    const asked = ['dataset', 'rectangles', '--width', '6', '--height', '6', '--count', '50', '--json', '--dry-run']
    const made = await spinpoolEach([[[...asked, '--seed', '7']], [[...asked, '--seed', '7']], [asked], [asked]])
    for (const outcome of made) expect(outcome.after).toEqual({})
    const [one, again, drawn, other] = made.map((outcome) => jsonOf<Made>(outcome))
    expect(one).toMatchObject({ seed: '7', count: 50 })
    expect(one?.path).toBeUndefined()
    expect(again?.hash).toBe(one?.hash)
    expect(new Set([one, drawn, other].map((data) => data?.hash)).size).toBe(3)
    expect(drawn?.seed).not.toBe(other?.seed)
  })

  it('warns of what a network cannot learn', async () => {
    const [raw, encoded, oneClass] = await spinpoolEach([
      [['dataset', 'phases', o6, '--dry-run']],
      [['dataset', 'phases', o6, '--dry-run', '--encoding', 'vorticity']],
      [['dataset', 'phases', o6, '--encoding', 'bonds', '--boundary', '0.2', '--dry-run']],
    ])
    expect(raw).toMatchObject({ code: 0, after: {}, stdout: expect.stringMatching(/superconducting .*\n.*; nothing was written\n$/) })
    expect(raw?.stderr).toMatch(
      /^warning: one hidden layer on raw components finds .*, not the Kosterlitz-Thouless point; see --encoding.*\n$/,
    )
    expect(encoded).toMatchObject({ code: 0, stderr: '' })
    expect(oneClass?.stderr).toMatch(
      /^warning: no example of the class superconducting, so that nothing can be learned; choose another --bound/,
    )
  })

  it('replaces a file only by force, and never the archive that the data come from', async () => {
    const out = join(folder, 'there.h5')
    writeFileSync(out, 'mine')
    const [refused, forced, source] = await spinpoolEach([
      [['dataset', 'rectangles', '--out', out]],
      [['dataset', 'rectangles', '-o', out, '--force']],
      [['dataset', 'phases', o6, '--out', o6, '--force']],
    ])
    expectRefusal(refused, 3, [`--out: ${out} exists already; name another with --out, or replace it with --force`])
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining(out) })
    expect((await readDataset(out)).count).toBe(512)
    expectRefusal(source, 2, ['is one of the archives that the configurations come from; name another'])
    expect(existsSync(o6)).toBe(true)
  })

  const wrong: readonly (readonly [args: readonly string[], code: number, says: string])[] = [
    [[], 2, 'which kind of data?; write spinpool dataset KIND; allowed: rectangles, phases; see spinpool dataset --help'],
    [['rectangle'], 2, "there is no kind of data 'rectangle'; did you mean 'rectangles'?; allowed: rectangles, phases"],
    [['rectangles', 'file.h5'], 2, "'file.h5': rectangles are made out of no file; leave it out"],
    [['rectangles', '--boundary', '2'], 2, '--boundary: belongs to spinpool dataset phases; rectangles has no such flag'],
    [['phases', 'file.h5', '--width', '2'], 2, '--width: belongs to spinpool dataset rectangles; phases has no such flag'],
    [['rectangles', '--width', 'wide'], 2, "--width: 'wide' is not possible; allowed: numbers"],
    [['rectangles', '--width', '0'], 2, '--width: 0 is not possible; allowed: whole numbers from 1 to 256'],
    [
      ['rectangles', '--definition', 'exakt'],
      2,
      "--definition: 'exakt' is not possible; did you mean 'exact'?; allowed: exact, no-points,",
    ],
    [['rectangles', '--count', '4e9'], 2, '4000000000 pictures of 3 x 3 pixels: they need 134 GiB'],
    [['rectangles', '--seed', '-1'], 2, "--seed: '-1' is not possible; allowed: whole numbers from 0 to 2^64 - 1"],
    [['rectangles', '--seed', '18446744073709551616'], 2, '--seed: 18446744073709551616 is not possible'],
    [['rectangles', '--colour'], 2, '--colour: unknown flag'],
    [
      ['rectangles', '--out', 'nowhere/deep/data.h5'],
      3,
      'nowhere/deep nor the one above it exists; make them first, or name another with --out',
    ],
    [['phases'], 2, 'no archive; name those that configurations are taken from'],
    [['phases', 'nothing.h5'], 3, 'nothing.h5: there is no such file'],
    [['phases', 'words.h5'], 3, 'words.h5: not an HDF5 file, so not an archive of spinpool'],
    [['phases', 'words.h5', '-p', 'h'], 2, "--parameter: 'h' is not possible; allowed: name=number, such as -p h=0"],
  ]
  it('refuses in one line what is wrong, and leaves the folder alone', async () => {
    const outcomes: Batched[] = await spinpoolEach(wrong.map(([args]) => [['dataset', ...args], { 'words.h5': 'words' }]))
    for (const [i, [, code, says]] of wrong.entries()) expectNothingDone(outcomes[i], code, [says])
  })
})
