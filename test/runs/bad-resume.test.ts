// @module-tag slow

import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import h5wasm, { type Dataset, type Group, type File as H5File } from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { FORMAT_VERSION } from '../../src/archive/data.ts'
import { takeLock } from '../../src/archive/lock.ts'
import { packageVersion } from '../../src/archive/provenance.ts'
import { openArchive } from '../../src/archive/read.ts'
import { readJob } from '../../src/cli/job-flags.ts'
import { planInput, run } from '../../src/run/run.ts'
import { openSession } from '../../src/run/session.ts'
import { changeJob } from '../../src/job/change.ts'
import type { Job } from '../../src/job/types.ts'
import type { JobInput } from '../../src/job/input.ts'
import { type Batched, contents, expectNothingDone, expectRefusal, folderWith, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'
import { findModel } from '../support/models.ts'

// What resume, merge, --shard, --time-limit and --checkpoint-every refuse, with nothing changed or left behind.

type Files = Readonly<Record<string, Uint8Array | string>>
type Case = readonly [what: string, args: readonly string[], code: 2 | 3, says: string, files?: readonly string[]]

const folder = folderWith()
const at = (name: string): string => join(folder, name)
const ising: JobInput = { model: 'ising', size: 8, temperatures: [2, 2.3], sweeps: 200, thermalization: 20, copies: 4, seed: 7 }
const o6: JobInput = {
  model: 'o6',
  size: 4,
  temperatures: [0.4, 0.5],
  sweeps: 100,
  parameters: { g: [0, 0.1] },
  tempering: { along: 'g' },
  seed: 7,
}
/** Two sizes, a ladder each. */
const two: JobInput = { ...ising, size: [4, 6] }
/** Every archive and other file of the cases, by its name. */
const made: Record<string, Uint8Array | string> = { 'text.h5': 'energy -1.4\n' }

/** A copy of an archive, changed in place. */
function changed(from: string, name: string, change: (file: H5File) => void): void {
  copyFileSync(at(from), at(name))
  const file = new h5wasm.File(at(name), 'a')
  change(file)
  file.close()
}

function setAttribute(group: Group, name: string, value: string | number): void {
  for (const old of ['seal', 'crc32', name]) if (old in group.attrs) group.delete_attribute(old)
  if (typeof value === 'string') group.create_attribute(name, value)
  else group.create_attribute(name, BigInt64Array.of(BigInt(value)), [], '<q')
}

beforeAll(async () => {
  await h5wasm.ready
  const stopped = { signal: AbortSignal.abort(), threads: 1 }
  await run(ising, { out: at('run.h5'), ...stopped })
  await run(o6, { out: at('o6.h5'), ...stopped })
  await run(two, { out: at('two.h5'), ...stopped })
  for (const index of [1, 2]) await run({ ...two, shard: `${index}/2` }, { out: at(`part-${index}.h5`), threads: 1 })
  await run({ ...two, shard: '1/1' }, { out: at('only.h5'), threads: 1 })
  await run({ ...two, shard: '2/2' }, { out: at('unfinished.h5'), ...stopped })
  await run({ ...two, shard: '2/2', seed: 8, sweeps: 100 }, { out: at('other.h5'), threads: 1 })
  const isOfFormat1 = (name: string): boolean => !/@(?:seal|crc32)$|\/checkpoint$/.test(name)
  await copyHdf5(at('run.h5'), at('first.h5'), isOfFormat1)
  changed('first.h5', 'format-1.h5', (file) => setAttribute(file, 'formatVersion', 1))
  changed('run.h5', 'newer.h5', (file) => setAttribute(file, 'formatVersion', FORMAT_VERSION + 1))
  await copyHdf5(at('two.h5'), at('less.h5'), (name) => !/@(?:seal|crc32)$|L6\/checkpoint$/.test(name))
  changed('part-1.h5', 'damaged.h5', (file) => {
    const [name = ''] = (file.get('/simulations') as Group).keys()
    const dataset = file.get(`/simulations/${name}/checkpoint/state`) as Dataset
    dataset.write_slice([[1, 2]], Float64Array.of(3))
  })
  for (const [name, version] of Object.entries({ 'older.h5': '0.0.9', 'later.h5': '9.1.0' })) {
    changed('part-2.h5', name, (file) => setAttribute(file.get('provenance') as Group, 'version', version))
  }
  const foreign = new h5wasm.File(at('foreign.h5'), 'w')
  foreign.create_dataset({ name: 'energy', data: Float64Array.of(1, 2, 3) })
  foreign.close()
  for (const name of [
    'run',
    'o6',
    'two',
    'part-1',
    'part-2',
    'only',
    'unfinished',
    'other',
    'format-1',
    'newer',
    'less',
    'damaged',
    'older',
  ]) {
    made[`${name}.h5`] = readFileSync(at(`${name}.h5`))
  }
  for (const name of ['later.h5', 'foreign.h5']) made[name] = readFileSync(at(name))
  made['cut.h5'] = readFileSync(at('run.h5')).subarray(0, 3000)
  const yaml = (keys: object): string => `${JSON.stringify({ ...ising, ...keys })}\n`
  made['warm.yaml'] = yaml({ temperatures: [2, 2.5] })
  made['less.yaml'] = yaml({ sweeps: 100 })
  made['series.yaml'] = yaml({ series: true })
  made['limit.yaml'] = yaml({ timeLimit: '90' })
}, 60_000)

/** The files that a command line names. */
function filesOf(args: readonly string[], more: readonly string[] = []): Files {
  return Object.fromEntries([...args, ...more].filter((name) => name in made).map((name) => [name, made[name] as string]))
}

const only = 'only sweeps may be raised; for another job use spinpool run'
const differs = (flag: string, is: string, was: string): string => `${flag}: ${is} is not what the archive has, ${was}; ${only}`

/** A flag that changes an archive's job, and what is said of it. */
const changes: readonly (readonly [file: string, flags: readonly string[], says: string])[] = [
  ['run.h5', ['--sweeps=100'], '--sweeps: 100 is fewer than the 200 of the archive; allowed: 200 or more'],
  ['run.h5', ['--seed=8'], differs('--seed', "'8'", "'7'")],
  ['run.h5', ['--model=o6'], differs('--model', "'o6'", "'ising'")],
  ['run.h5', ['--size=16'], differs('--size', '[16]', '[8]')],
  ['run.h5', ['--size=8,16'], differs('--size', '[8,16]', '[8]')],
  ['run.h5', ['--temperatures=2,2.4'], differs('--temperatures', '[2,2.4]', '[2,2.3]')],
  ['run.h5', ['-p', 'J=2'], differs('--parameter J', '2', '1')],
  ['run.h5', ['-p', 'J=1', '-p', 'h=0,0.1'], differs('--parameter h', '[0,0.1]', '0')],
  ['run.h5', ['--update=wolff'], "--update: the model ising has no update 'wolff'"],
  ['run.h5', ['--tempering'], differs('--tempering', 'true', 'false')],
  ['run.h5', ['--copies=5'], differs('--copies', '5', '4')],
  ['run.h5', ['--snapshots=1'], differs('--snapshots', '1', '0')],
  ['run.h5', ['--series'], differs('--series', 'true', 'false')],
  ['run.h5', ['--title=mine'], differs('--title', "'mine'", "'2D Ising model, L = 8'")],
  ['run.h5', ['--thermalization=30'], differs('--thermalization', '30', '20')],
  ['run.h5', ['--measure-every=2'], differs('--measure-every', '2', '1')],
  ['run.h5', ['--sweeps=400', '--seed=8'], differs('--seed', "'8'", "'7'")],
  ['o6.h5', ['--update=metropolis'], differs('--update', "'metropolis'", "'heat-bath'")],
  ['o6.h5', ['--overrelax=1'], differs('--overrelax', '1', '2')],
  ['o6.h5', ['--cluster=1'], differs('--cluster', '1', '0')],
  ['o6.h5', ['--reflections=psi'], '--reflections: psi need clusters, and cluster is 0'],
  ['o6.h5', ['--no-tempering'], differs('--tempering', 'false', '{"along":"g"}')],
  ['o6.h5', ['--along=w', '-p', 'w=0,0.1'], differs('--along', "'w'", "'g'")],
  ['two.h5', ['--size=4'], differs('--size', '[4]', '[4,6]')],
]

const durations = ['90', '-1h', 'abc', '', '0s']
const durationsSay: Readonly<Record<string, string>> = {
  90: ": '90' has no unit; write 90m or 90s; allowed: 2h, 90m",
  '-1h': ": '-1h' is no duration; allowed: 2h, 90m",
  abc: ": 'abc' is no duration; allowed: 2h, 90m",
  '': ": '' is no duration; allowed: 2h, 90m",
  '0s': ": '0s' is no time at all; allowed: 2h, 90m",
}
const shards = ['0/4', '5/4', 'x', '1/0', '2', '', '1/2/3', '-1/2']
const flags = ['--model=ising', '--size=4,6', '--temperatures=2', '--sweeps=10']

const cases: readonly Case[] = [
  ['resume nothing', ['resume'], 2, 'the file is missing; write spinpool resume <file> [job]'],
  ['resume what is not there', ['resume', 'none.h5'], 3, 'none.h5: there is no such file'],
  ['resume a folder', ['resume', '.'], 3, '.: a folder, not an archive'],
  ['resume a text', ['resume', 'text.h5'], 3, 'text.h5: not an HDF5 file, so not an archive of spinpool'],
  ["resume somebody else's HDF5", ['resume', 'foreign.h5'], 3, 'foreign.h5: an HDF5 file, but not an archive of spinpool'],
  ['resume one of a newer format', ['resume', 'newer.h5'], 3, `newer.h5: format ${FORMAT_VERSION + 1} is newer than the ${FORMAT_VERSION}`],
  ['resume one that is cut off', ['resume', 'cut.h5'], 3, 'cut.h5: damaged or truncated; HDF5 cannot open it'],
  ['resume one whose checkpoint is damaged', ['resume', 'damaged.h5', '--sweeps=400'], 3, 'is not what was written (its checksum differs)'],
  ['resume one of which a checkpoint is missing', ['resume', 'less.h5'], 3, 'damaged; a part of the checkpoint is missing'],
  [
    'resume one of the first format',
    ['resume', 'format-1.h5'],
    3,
    `format-1.h5: there is no checkpoint in this archive to go on from; it was written by spinpool ${packageVersion()}`,
  ],
  ...changes.map(([file, given, says]): Case => [`resume ${file} with ${given.join(' ')}`, ['resume', file, ...given], 2, says]),
  ['resume with the file of another job', ['resume', 'run.h5', 'warm.yaml'], 2, differs('warm.yaml: temperatures', '[2,2.5]', '[2,2.3]')],
  ['resume with a job file of fewer sweeps', ['resume', 'run.h5', 'less.yaml'], 2, 'less.yaml: sweeps: 100 is fewer than the 200'],
  ['resume with the file of a job with a series', ['resume', 'run.h5', 'series.yaml'], 2, differs('series.yaml: series', 'true', 'false')],
  ['resume with a job file that is not there', ['resume', 'run.h5', 'none.yaml'], 3, 'none.yaml: there is no such job file'],
  ['resume another model with that file', ['resume', 'o6.h5', 'warm.yaml'], 2, differs('warm.yaml: model', "'ising'", "'o6'")],
  ['resume a part as another', ['resume', 'unfinished.h5', '--shard=1/2'], 2, '--shard: 1/2 is not possible, '],
  ['resume a part as one of more', ['resume', 'unfinished.h5', '--shard=2/3'], 2, 'unfinished.h5 is part 2/2 of its job; leave it out'],
  ['resume a whole as a part', ['resume', 'two.h5', '--shard=1/2'], 2, 'two.h5 is all of its job and no part; leave it out'],
  ['resume a part as what is none', ['resume', 'unfinished.h5', '--shard=3/2'], 2, "--shard: '3/2' is not possible; allowed: i/n"],
  [
    'resume to another place',
    ['resume', 'run.h5', '--out=b.h5'],
    2,
    '--out: the archive is written where it is; copy it first, and resume the copy',
  ],
  ['resume on no threads', ['resume', 'run.h5', '--threads=0'], 2, '--threads: 0 is not possible; allowed: whole numbers from 1 to 1024'],
  ['merge nothing', ['merge', '-o', 'out.h5'], 2, 'the file is missing; write spinpool merge <files..>'],
  [
    'merge without a place',
    ['merge', 'part-1.h5', 'part-2.h5'],
    2,
    '--out: missing; name the archive to write: spinpool merge FILE... -o OUT',
  ],
  ['merge what is not there', ['merge', 'part-1.h5', 'none.h5', '-o', 'out.h5'], 3, 'none.h5: there is no such file'],
  ['merge a text', ['merge', 'part-1.h5', 'text.h5', '-o', 'out.h5'], 3, 'text.h5: not an HDF5 file'],
  [
    'merge a whole',
    ['merge', 'part-1.h5', 'two.h5', '-o', 'out.h5'],
    3,
    'two.h5: not a part of a job but all of it; parts are made by spinpool run --shard i/n',
  ],
  [
    'merge a part twice',
    ['merge', 'part-1.h5', 'part-2.h5', 'part-1.h5', '-o', 'out.h5'],
    3,
    'part-1.h5: part 1/2 is there twice, also as ',
  ],
  ['merge parts of other jobs', ['merge', 'part-1.h5', 'other.h5', '-o', 'out.h5'], 3, 'other.h5: a part of another job than '],
  [
    'merge parts of other jobs, with the keys',
    ['merge', 'part-1.h5', 'other.h5', '-o', 'out.h5', '--partial'],
    3,
    '(sweeps, seed differ); merge parts of one job',
  ],
  ['merge parts of different numbers', ['merge', 'part-1.h5', 'only.h5', '-o', 'out.h5'], 3, 'merge parts of one number'],
  [
    'merge without one of them',
    ['merge', 'part-1.h5', '-o', 'out.h5'],
    3,
    'part 2/2 is missing; name what is missing too, or merge what there is with --partial',
  ],
  [
    'merge one that is not finished',
    ['merge', 'part-1.h5', 'unfinished.h5', '-o', 'out.h5'],
    3,
    'part 2/2 is interrupted; finish it with spinpool resume, or merge what there is with --partial',
  ],
  [
    'merge over an archive',
    ['merge', 'part-1.h5', 'part-2.h5', '-o', 'run.h5'],
    3,
    'run.h5 exists already; name another with --out, replace it with --force',
  ],
  [
    'merge over one of the parts',
    ['merge', 'part-1.h5', 'part-2.h5', '-o', './part-1.h5', '--force'],
    2,
    '--out: ./part-1.h5 is one of the parts',
  ],
  [
    'merge into a folder that is not there',
    ['merge', 'part-1.h5', 'part-2.h5', '-o', 'none/deep/out.h5'],
    3,
    'none/deep nor the one above it exists; make them first',
  ],
  ['merge one of an older version', ['merge', 'part-1.h5', 'older.h5', '-o', 'out.h5'], 3, 'older.h5: written by spinpool 0.0.9, format '],
  ['merge one of a later version', ['merge', 'later.h5', 'part-1.h5', '-o', 'out.h5'], 3, 'by 9.1.0, format '],
  ['merge one that is damaged', ['merge', 'damaged.h5', 'part-2.h5', '-o', 'out.h5'], 3, 'is not what was written (its checksum differs)'],
  ...shards.map(
    (shard): Case => [
      `run part '${shard}'`,
      ['run', ...flags, `--shard=${shard}`],
      2,
      `--shard: '${shard}' is not possible; allowed: i/n, the i-th of n parts, from 1/n to n/n, such as 2/4`,
    ],
  ),
  [
    'run one of more parts than there are ladders',
    ['run', ...flags, '--shard=3/3'],
    2,
    '--shard: 3/3 is not possible, the job has only 2 ladders to deal out; allowed: up to 2 parts',
  ],
  ...['--time-limit', '--checkpoint-every'].flatMap((flag) =>
    durations.flatMap((value): Case[] => [
      [`run with ${flag} '${value}'`, ['run', ...flags, `${flag}=${value}`], 2, `${flag}${durationsSay[value]}`],
      [`resume with ${flag} '${value}'`, ['resume', 'run.h5', `${flag}=${value}`], 2, `${flag}${durationsSay[value]}`],
    ]),
  ),
  ['run a job file with a duration that is none', ['run', 'limit.yaml'], 2, "limit.yaml: timeLimit: '90' has no unit; write 90m or 90s"],
  ['resume with a job file with a duration that is none', ['resume', 'run.h5', 'limit.yaml'], 2, "limit.yaml: timeLimit: '90' has no unit"],
]

describe('spinpool leaves every file as it is, byte for byte, and does not', () => {
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach(cases.map(([, args, , , files]) => [args, filesOf(args, files)]))
  }, 120_000)

  it.each(cases.map(([what, , code, says], i) => [what, code, says, i] as const))('%s', (_, code, says, i) => {
    expectNothingDone(outcomes[i], code, [says])
  })
})

describe('an archive that somebody is at work on', () => {
  it.each([
    ['resumed', ['resume', 'run.h5']],
    ['replaced', ['run', ...flags, '--out=run.h5', '--force']],
    ['merged over', ['merge', 'part-1.h5', 'part-2.h5', '-o', 'run.h5', '--force']],
  ] as const)('is not %s', async (_, args) => {
    const cwd = folderWith(filesOf(args, ['run.h5']))
    const lock = takeLock(join(cwd, 'run.h5'), false)
    try {
      const before = contents(cwd)
      expectRefusal(await spinpool(args, { cwd }), 3, [`run.h5: in use by process ${process.pid} on this machine since 20`])
      expect(contents(cwd)).toEqual(before)
    } finally {
      lock.release()
    }
  })
})

describe('a job file is refused with', () => {
  const keys = ['timeLimit', 'checkpointEvery'] as const

  it.each(keys.flatMap((key) => durations.map((value) => [key, value] as const)))('%s: %s', async (key, value) => {
    const name = join(folderWith({ 'job.yaml': `${JSON.stringify({ ...ising, [key]: value })}\n` }), 'job.yaml')
    const { input, where } = await readJob({}, name)
    expect(() => openSession(input as unknown as JobInput, { where })).toThrow(`job.yaml: ${key}${durationsSay[value]}`)
  })

  it.each(shards)('shard: %s', async (shard) => {
    const name = join(folderWith({ 'job.yaml': `${JSON.stringify({ ...ising, shard })}\n` }), 'job.yaml')
    const { input, where } = await readJob({}, name)
    await expect(planInput(input, where)).rejects.toThrow(`job.yaml: shard: '${shard}' is not possible; allowed: i/n`)
  })
})

describe('the job of an archive takes', () => {
  const accepted: readonly (readonly [file: string, what: string, keys: Partial<JobInput>, whole: boolean])[] = [
    ['run.h5', 'nothing', {}, false],
    ['run.h5', 'its own keys', ising, false],
    ['run.h5', 'its own keys as a whole', ising, true],
    ['run.h5', 'a number of sweeps that is the same', { sweeps: 200 }, false],
    ['run.h5', 'the same sizes in a list, and temperatures as text', { size: [8], temperatures: '2.0,2.3' }, false],
    ['run.h5', 'the seed as text, and a parameter of one value', { seed: '7', parameters: { J: 1 } }, false],
    ['run.h5', 'a whole that leaves out defaults', { model: 'ising', size: 8, temperatures: [2, 2.3], sweeps: 200, copies: 4 }, true],
    ['run.h5', 'where and how to run it', { threads: 3, out: 'elsewhere.h5', timeLimit: '1h', checkpointEvery: '1m' }, false],
    ['o6.h5', 'its own keys', o6, false],
    ['o6.h5', 'its own keys as a whole', o6, true],
    ['o6.h5', 'its update', { update: 'heat-bath', overrelax: 2, cluster: 0 }, false],
  ]

  it.each(accepted)('%s: %s', async (file, _, keys, whole) => {
    const archive = await openArchive(at(file))
    archive.close()
    expect(changeJob(archive.job, findModel(archive.job.model), keys, whole, (key) => key)).toEqual(archive.job)
  })

  it('more sweeps, and nothing that would follow from them', async () => {
    const archive = await openArchive(at('run.h5'))
    archive.close()
    const more: Job = { ...archive.job, sweeps: 5000 }
    expect(changeJob(archive.job, findModel('ising'), { sweeps: 5000 }, false, (key) => key)).toEqual(more)
    expect(changeJob(archive.job, findModel('ising'), { ...ising, sweeps: 5000 }, true, (key) => key)).toEqual(more)
    expect(() => changeJob(archive.job, findModel('ising'), { ...ising, sweeps: 5000, copies: 5 }, true, (key) => key)).toThrow(
      /^copies: 5 is not what/,
    )
  })
})
