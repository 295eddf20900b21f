// @module-tag slow

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { run } from '../../src/index.ts'
import { encodeTensors } from '../../src/neural/tensor-file.ts'
import { spinpool } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { bytes as bytesOf, npyFile } from '../support/labelled.ts'
import { faultsOf, type Kind, Reader } from '../support/mutations.ts'

// Every kind of file, damaged by chance, in the hands of every verb that reads it: an answer within five seconds, never wrong numbers
// with exit code 0, and one line in plain words otherwise. More of them by hand:
// SPINPOOL_MUTATIONS=2000 SPINPOOL_MUTATION_SEED=7 npx vitest run test/archive/mutations.test.ts

/** Of each kind; if nothing is asked for, fewer of those that HDF5 reads, so that the suite stays short. */
const ASKED = process.env.SPINPOOL_MUTATIONS
const USUAL = 200
const IN_HDF5 = 40
const KEEP = process.env.SPINPOOL_MUTATION_KEEP
const SEED = Number(process.env.SPINPOOL_MUTATION_SEED ?? 1)
const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const bytes = (name: string): Uint8Array => readFileSync(at(name))

beforeAll(async () => {
  const job = { model: 'ising', temperatures: [2, 2.5], sweeps: 60, thermalization: 10, copies: 4, seed: 1 } as const
  await run({ ...job, size: 4, tempering: true, snapshots: 8, series: true }, { out: at('run.h5'), threads: 1 })
  await run({ ...job, size: 4 }, { out: at('part.h5'), threads: 1, signal: AbortSignal.abort() })
  await writeDataset(at('data.h5'), rectangles({ width: 3, height: 3, definition: 'exact', seed: '1', count: 60 }), {
    command: 'test',
    seed: '1',
  })
  const made: (readonly string[])[] = [
    ['dataset', 'phases', 'run.h5', '-o', 'phases.h5'],
    ['train', 'data.h5', '--layers', '3', '--epochs', '2', '--seed', '1', '-o', 'net.h5'],
    ['train', 'phases.h5', '--layers', '2', '--epochs', '2', '--seed', '1', '-o', 'phases-net.h5'],
    ['predict', 'phases-net.h5', 'phases.h5', '--part', 'all', '-o', 'prediction.h5'],
    ['bench', '--quick', '--only', 'kernels', '--model', 'ising', '--size', '16', '--repeats', '3', '-o', 'bench.h5'],
  ]
  for (const args of made) {
    const { code, stderr } = await spinpool([...args, '-q'], { cwd: folder })
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  }
})

/** Twelve examples of four numbers, as another program would save them. */
const x = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i))
const y = Int32Array.from({ length: 12 }, (_, i) => i % 2)
const xNpy = npyFile("'<f4'", [12, 4], bytesOf(x))
const yNpy = npyFile("'<i4'", [12], bytesOf(y))
const tensors = [
  { name: '0.weight', shape: [2, 4], values: Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)) },
  { name: '0.bias', shape: [2], values: Float32Array.of(0.5, -0.5) },
  { name: '2.weight', shape: [2, 2], values: Float32Array.of(1, -1, 0.5, 2) },
  { name: '2.bias', shape: [2], values: Float32Array.of(0, 0.25) },
]
const importing = ['import', 'x.safetensors', '--activation', 'tanh', '--output-activation', 'softmax', '-o', 'out.h5', '-q']
const safetensors = encodeTensors(tensors, {})
const jobYaml = `model: ising\nsize: [4, 6]\ntemperatures: 2.0:2.6:0.2\nsweeps: 1000\ntitle: "a job"\nparameters:\n  h: [0, 0.5]\nseed: 12345678901234567890\n`
const jobJson = JSON.stringify({ model: 'o6', size: [4, 6], temperatures: [0.5, 1], sweeps: 500, seed: 7, tempering: true })

/** Kinds of which each takes a tenth of a second. */
const SLOW = ['a figure of an archive', 'a checkpoint', 'a model that goes on']

function usualOf({ name, file }: Kind): number {
  return SLOW.includes(name) ? IN_HDF5 / 2 : file.includes('.h5') ? IN_HDF5 : USUAL
}

const kinds = (): Kind[] => [
  {
    name: 'an archive',
    file: 'run.h5',
    bytes: bytes('run.h5'),
    guarded: true,
    readings: [
      { args: ['summary', 'run.h5', '--json', '-q'] },
      { args: ['summary', 'run.h5', '--csv', '-q'] },
      { args: ['info', 'run.h5', '--json', '-q'] },
      { args: ['status', 'run.h5', '--json', '-q'] },
      { args: ['export', 'run.h5', '-o', 'out.csv', '-q'], out: 'out.csv' },
      { args: ['info', 'run.h5', '--job', '-q'] },
      { args: ['dataset', 'phases', 'run.h5', '-o', 'out.h5', '-q'], next: ['predict', 'net.h5', 'out.h5', '--part', 'all', '--json'] },
      { args: ['summary', 'run.h5', '--at', '2.2', '--json', '-q'] },
    ],
    beside: { 'net.h5': bytes('phases-net.h5') },
  },
  {
    name: 'a figure of an archive',
    file: 'run.h5',
    bytes: bytes('run.h5'),
    guarded: true,
    readings: ['observables', 'series', 'histogram', 'snapshots', 'tempering'].map((figure) => ({
      args: ['plot', 'run.h5', '--figure', figure, '-o', 'out.svg', '-q'],
      out: 'out.svg',
    })),
  },
  {
    name: 'a checkpoint',
    file: 'part.h5',
    bytes: bytes('part.h5'),
    guarded: true,
    readings: [{ args: ['resume', 'part.h5', '-q', '--threads', '1'], next: ['summary', 'part.h5', '--csv', '-q'] }],
  },
  {
    name: 'a model',
    file: 'net.h5',
    bytes: bytes('net.h5'),
    guarded: true,
    beside: { 'data.h5': bytes('data.h5') },
    readings: [
      { args: ['predict', 'net.h5', 'data.h5', '--part', 'all', '--json', '-q'] },
      { args: ['info', 'net.h5', '--json', '-q'] },
      { args: ['export', 'net.h5', '-o', 'out.onnx', '-q'], out: 'out.onnx' },
      { args: ['export', 'net.h5', '-o', 'out.safetensors', '-q'], out: 'out.safetensors' },
      { args: ['plot', 'net.h5', '-o', 'out.svg', '-q'], out: 'out.svg' },
    ],
  },
  {
    name: 'a model that goes on',
    file: 'net.h5',
    bytes: bytes('net.h5'),
    guarded: true,
    beside: { 'data.h5': bytes('data.h5') },
    readings: [
      {
        args: ['train', 'data.h5', '--resume', 'net.h5', '--epochs', '3', '-q', '--threads', '1'],
        next: ['export', 'net.h5', '-o', 'out.onnx', '-q'],
        out: 'out.onnx',
      },
    ],
  },
  {
    name: 'a dataset',
    file: 'data.h5',
    bytes: bytes('data.h5'),
    guarded: true,
    beside: { 'net.h5': bytes('net.h5') },
    readings: [{ args: ['predict', 'net.h5', 'data.h5', '--part', 'all', '--json', '-q'] }, { args: ['info', 'data.h5', '--json', '-q'] }],
  },
  {
    name: 'a prediction',
    file: 'p.h5',
    bytes: bytes('prediction.h5'),
    guarded: true,
    readings: [{ args: ['info', 'p.h5', '--json', '-q'] }, { args: ['crossing', 'p.h5', '--json', '-q'] }],
  },
  {
    name: 'a benchmark',
    file: 'bench.h5',
    bytes: bytes('bench.h5'),
    guarded: true,
    beside: { 'old.h5': bytes('bench.h5') },
    readings: [{ args: ['bench', '--compare', 'bench.h5', 'old.h5', '--json', '-q'] }, { args: ['info', 'bench.h5', '--json', '-q'] }],
  },
  ...[
    ['.npy', 'x.npy', xNpy, 'x.npy', { 'y.npy': yNpy }],
    ['labels in .npy', 'y.npy', yNpy, '.', { 'x.npy': xNpy }],
    ['.npz', 'x.npz', zipSync({ 'x.npy': xNpy, 'y.npy': yNpy }, { level: 6 }), 'x.npz', {}],
  ].map(
    ([name, file, content, data, beside]): Kind => ({
      name: name as string,
      file: file as string,
      bytes: content as Uint8Array,
      guarded: name === '.npz',
      beside: { ...(beside as object), 'net.h5': bytes('four.h5') },
      readings: [{ args: ['predict', 'net.h5', data as string, '--part', 'all', '--json', '-q'] }],
    }),
  ),
  {
    name: 'safetensors of ours',
    file: 'x.safetensors',
    bytes: safetensors,
    guarded: false,
    readings: [{ args: importing, next: ['export', 'out.h5', '-o', 'out.onnx', '-q'], out: 'out.onnx' }],
  },
  ...[
    ['a job in YAML', 'job.yaml', jobYaml],
    ['a job in JSON', 'job.json', jobJson],
  ].map(
    ([name = '', file = '', text = '']): Kind => ({
      name,
      file,
      bytes: Buffer.from(text),
      guarded: false,
      readings: [{ args: ['run', file, '--dry-run', '--json', '-q'] }, { args: ['slurm', file, '--shards', '2', '-o', 'run.h5', '-q'] }],
    }),
  ),
  {
    name: 'a lock',
    file: 'run.h5.lock',
    bytes: Buffer.from(JSON.stringify({ pid: 2 ** 22 - 1, host: 'elsewhere', processStart: 17, startedAt: '2026-01-01T00:00:00.000Z' })),
    guarded: false,
    beside: { 'run.h5': bytes('run.h5') },
    readings: [{ args: ['status', 'run.h5', '--json', '-q'] }],
  },
]

describe('a damaged file', () => {
  beforeAll(async () => {
    writeFileSync(at('x.safetensors'), safetensors)
    const { code, stderr } = await spinpool([...importing.map((word) => (word === 'out.h5' ? 'four.h5' : word))], { cwd: folder })
    if (code !== 0) throw new Error(stderr)
  })

  it('is refused in one line, or read as it was', { timeout: 10_000_000 }, async () => {
    const only = process.env.SPINPOOL_MUTATION_KIND
    const faults: Record<string, unknown> = {}
    const reader = new Reader()
    for (const [k, kind] of kinds().entries()) {
      if (only !== undefined && !only.split(',').includes(kind.name)) continue
      const place = at(`kind-${k}`)
      mkdirSync(place)
      const count = ASKED === undefined ? usualOf(kind) : Number(ASKED)
      const begin = reader.seconds
      const found = await faultsOf(reader, kind, place, count, SEED + k, KEEP)
      if (ASKED) console.log(`${kind.name}: ${found.length} faults, ${(reader.seconds - begin).toFixed(1)} s`)
      if (found.length > 0) faults[kind.name] = found
    }
    reader.end()
    if (KEEP) writeFileSync(join(KEEP, 'faults.json'), JSON.stringify(faults, null, 1))
    expect(faults).toEqual({})
  })
})
