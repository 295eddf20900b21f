// @module-tag slow

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FORMAT_VERSION, type SimulationData } from '../../src/archive/data.ts'
import { slabsOf } from '../../src/archive/hdf5.ts'
import { openArchive, run } from '../../src/index.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const path = join(folder, 'archive.h5')
let simulations: readonly SimulationData<'ising'>[]

beforeAll(async () => {
  const job = {
    title: 'Ωμέγα, ü',
    model: 'ising' as const,
    size: [4, 8],
    temperatures: '2.0:2.6/4',
    sweeps: 2000,
    thermalization: 100,
    tempering: true,
    copies: 5,
    snapshots: 8,
    series: true,
    seed: '18446744073709551615',
  }
  simulations = (await run(job, { out: path, threads: 2, command: 'spinpool run job.yaml' })).simulations
})

/** A Python that has h5py, if there is one: Debian's, or the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py']).status === 0)
const xarray = python !== undefined && spawnSync(python, ['-c', 'import xarray, h5netcdf']).status === 0
const h5dump = spawnSync('h5dump', ['--version']).status === 0

function ask(program: string): unknown {
  const { stdout, stderr, status } = spawnSync(python as string, ['-c', program, path], { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('exchanges along a parameter', () => {
  it('are kept at every temperature of every value', async () => {
    const along = join(folder, 'along.h5')
    const tempering = { along: 'h' } as const
    const job = {
      model: 'ising' as const,
      size: 4,
      temperatures: [2, 3, 4],
      sweeps: 400,
      tempering,
      parameters: { h: [0, 0.2] },
      copies: 5,
      seed: 1,
    }
    const { simulations: data } = await run(job, { out: along, threads: 2 })
    const archive = await openArchive(along)
    expect(archive.simulations.map(({ name }) => name)).toEqual(['ising-L4-h0', 'ising-L4-h0.2'])
    for (const [i, simulation] of archive.simulations.entries()) {
      expect(simulation.along).toBe('h')
      expect(simulation.tempering).toBe(true)
      expect(simulation.acceptance).toEqual(data[i]?.exchange?.acceptance)
      expect(simulation.acceptance?.every((share) => (i === 0 ? share > 0.5 && share < 1 : Number.isNaN(share)))).toBe(true)
      expect(simulation.read('tempering/round_trips').shape).toEqual([3, 10])
      expect(simulation.read('tempering/acceptance').shape).toEqual([3])
      expect(simulation.read('bins/magnetization').shape.slice(0, 2)).toEqual([3, 5])
    }
    archive.close()
  })

  it.runIf(python)('have their dimensions named in h5py', () => {
    const seen = ask(`
import h5py, json, sys
with h5py.File(sys.argv[1].replace("archive.h5", "along.h5")) as f:
    s = f["simulations/ising-L4-h0/tempering"]
    print(json.dumps([s.attrs["along"], [d.keys()[0] for d in s["round_trips"].dims], [d.keys()[0] for d in s["acceptance"].dims]]))
`)
    expect(seen).toEqual(['h', ['temperature', 'replica'], ['temperature']])
  })
})

describe('a dataset larger than HDF5 is handed at once', () => {
  it('is cut into blocks that cover it once, in order', () => {
    for (const [shape, most] of [
      [[3, 4, 5], 10],
      [[3, 4, 5], 3],
      [[7], 2],
      [[2, 3, 1000], 100],
      [[4, 2, 3], 6],
    ] as const) {
      const slabs = slabsOf(shape, most)
      let next = 0
      for (const { from, to, ranges } of slabs) {
        expect(from).toBe(next)
        expect(to - from).toBeLessThanOrEqual(most)
        expect(ranges.reduce((a, [i, j]) => a * (j - i), 1)).toBe(to - from)
        const first = ranges.reduce((at, [i], k) => at * (shape[k] as number) + i, 0)
        expect(first).toBe(from)
        next = to
      }
      expect(next).toBe(shape.reduce<number>((a, b) => a * b, 1))
    }
  })

  it('is read back as it was', async () => {
    const large = join(folder, 'large.h5')
    const job = { model: 'ising' as const, size: 512, temperatures: [2, 3], sweeps: 3, thermalization: 0, snapshots: 140, seed: 1 }
    const [data] = (await run(job, { out: large, threads: 2 })).simulations
    const archive = await openArchive(large)
    const spins = archive.simulations[0]?.read('snapshots/spins')
    archive.close()
    if (!data?.snapshots || !(spins?.values instanceof Int8Array)) throw new Error('no snapshots')
    const { values } = data.snapshots
    expect(values.length).toBeGreaterThan(64 * 1024 * 1024)
    expect(spins.shape).toEqual([2, 140, 512, 512])
    const bytes = (of: Int8Array | Float32Array) => Buffer.from(of.buffer, of.byteOffset, of.byteLength)
    expect(bytes(values).equals(bytes(spins.values))).toBe(true)
  })
})

describe('the archive', () => {
  it('gives back in h5wasm what was measured', async () => {
    const archive = await openArchive(path, { model: 'ising' })
    expect(archive.status).toBe('complete')
    expect(archive.title).toBe('Ωμέγα, ü')
    expect(archive.job).toMatchObject({
      model: 'ising',
      size: [4, 8],
      temperatures: [2, 2.2, 2.4, 2.6],
      sweeps: 2000,
      copies: 5,
      seed: '18446744073709551615',
    })
    expect(archive.provenance).toMatchObject({
      command: 'spinpool run job.yaml',
      node: process.version,
      threads: 2,
      seed: '18446744073709551615',
    })
    expect(archive.provenance.elapsedSeconds).toBeGreaterThan(0)
    expect(archive.simulations.map(({ name }) => name)).toEqual(['ising-L4', 'ising-L8'])
    for (const [i, simulation] of archive.simulations.entries()) {
      const data = simulations[i] as SimulationData<'ising'>
      expect(simulation).toMatchObject({
        model: 'ising',
        size: data.size,
        parameters: { J: 1, h: 0 },
        tempering: true,
        sweeps: 2000,
        copies: 5,
      })
      expect(simulation.temperature).toEqual(data.temperature)
      expect(simulation.warnings).toEqual(data.warnings)
      for (const { name, mean, error, tau, rhat } of data.quantities) {
        expect(simulation.quantities[name]?.mean).toEqual(mean)
        expect(simulation.quantities[name]?.error).toEqual(error)
        expect(simulation.quantities[name]?.tau).toEqual(tau)
        expect(simulation.quantities[name]?.rhat).toEqual(rhat)
      }
      const bins = simulation.read('bins/energy')
      expect(bins.shape).toEqual([4, 5, data.bins.count])
      expect(bins.values).toEqual(data.bins.values.energy)
      expect(simulation.read('bins/length').values[0]).toBe(data.bins.length)
      expect(simulation.acceptance).toEqual(data.exchange?.acceptance)
    }
    expect(() => archive.simulations[0]?.read('bins/energie')).toThrow(/energie is missing/)
    archive.close()
  })

  it('keeps bins, series and means that belong together', () => {
    for (const { bins, series, quantities, samples, temperature, copies } of simulations) {
      const energies = series?.values.energy as Float64Array
      for (const t of temperature.keys()) {
        const count = 2000 * copies
        const mean = energies.slice(t * count, (t + 1) * count).reduce((a, b) => a + b, 0) / count
        expect(quantities[0]?.mean[t]).toBeCloseTo(mean, 12)
        expect(samples[t]).toBe(count)
        for (let copy = 0; copy < copies; copy++) {
          for (let bin = 0; bin < bins.count; bin++) {
            const from = (t * copies + copy) * 2000 + bin * bins.length
            const own = energies.slice(from, from + bins.length).reduce((a, b) => a + b, 0) / bins.length
            expect(bins.values.energy?.[(t * copies + copy) * bins.count + bin]).toBeCloseTo(own, 12)
          }
        }
      }
      expect(bins.count).toBeLessThanOrEqual(256)
      expect(bins.length * bins.count).toBeGreaterThan(2000 - bins.length)
    }
  })

  it('keeps snapshots whose energies belong to their temperatures', () => {
    const { snapshots, series, temperature, size, copies } = simulations[1] as SimulationData<'ising'>
    expect(snapshots?.count).toBe(8)
    expect([...(snapshots?.copy ?? [])]).toEqual([0, 1, 2, 3, 4, 0, 1, 2])
    expect(snapshots?.sweep[7]).toBe(2000)
    const sites = size ** 2
    for (const t of temperature.keys()) {
      for (let k = 0; k < 8; k++) {
        const spins = snapshots?.values.subarray((t * 8 + k) * sites, (t * 8 + k + 1) * sites) as Int8Array
        let bonds = 0
        for (let i = 0; i < sites; i++) {
          const [x, y] = [i % size, Math.floor(i / size)]
          bonds += (spins[i] as number) * ((spins[y * size + ((x + 1) % size)] as number) + (spins[((y + 1) % size) * size + x] as number))
        }
        const sample = (snapshots?.sweep[k] as number) - 1
        const copy = snapshots?.copy[k] as number
        expect(-bonds / sites).toBe(series?.values.energy?.[(t * copies + copy) * 2000 + sample])
      }
    }
  })

  it.skipIf(!python)('opens in h5py, with scales, units and long names (skipped where there is no h5py)', () => {
    const seen = ask(`
import h5py, json, sys
f = h5py.File(sys.argv[1])
s = f['simulations/ising-L8']
bare = []
f.visititems(lambda name, o: bare.append(name) if isinstance(o, h5py.Dataset) and not (o.attrs.get('units') and o.attrs.get('long_name')) else None)
print(json.dumps({
  'attributes': [str(f.attrs[k]) for k in ('format', 'status', 'title')] + [int(f.attrs['formatVersion'])],
  'job': json.loads(f['job'][()]), 'threads': int(f['provenance'].attrs['threads']), 'L': int(s.attrs['size']), 'h': float(s.attrs['h']),
  'temperature': s['temperature'][:].tolist(), 'energy': s['energy'][:].tolist(),
  'scales': [d.keys() for d in s['bins/energy'].dims], 'spins': [str(s['snapshots/spins'].dtype), list(s['snapshots/spins'].shape), [d.keys() for d in s['snapshots/spins'].dims]],
  'values': sorted(set(s['snapshots/spins'][:].ravel().tolist())), 'samples': str(s['samples'].dtype), 'bare': bare, 'wait': float(s['timing/wait'][()]),
}))`) as Record<string, unknown>
    const data = simulations[1] as SimulationData<'ising'>
    expect(seen).toMatchObject({
      attributes: ['spinpool', 'complete', 'Ωμέγα, ü', FORMAT_VERSION],
      threads: 2,
      L: 8,
      h: 0,
      temperature: [...data.temperature],
      energy: [...(data.quantities[0]?.mean ?? [])],
      scales: [['temperature'], ['copy'], ['bin']],
      spins: ['int8', [4, 8, 8, 8], [['temperature'], ['snapshot'], ['y'], ['x']]],
      values: [-1, 1],
      samples: 'int64',
      bare: [],
    })
  })

  it.skipIf(!xarray)('opens in xarray with named dimensions (skipped where there is no xarray)', () => {
    const seen = ask(`
import json, sys, xarray
d = xarray.open_dataset(sys.argv[1], group='simulations/ising-L8', engine='h5netcdf')
b = xarray.open_dataset(sys.argv[1], group='simulations/ising-L8/bins', engine='h5netcdf')
print(json.dumps({'dims': list(d.energy.dims), 'at': float(d.energy.sel(temperature=2.4)), 'bins': list(b.energy.dims), 'units': d.energy.attrs['units']}))`)
    expect(seen).toEqual({
      dims: ['temperature'],
      at: simulations[1]?.quantities[0]?.mean[2],
      bins: ['temperature', 'copy', 'bin'],
      units: '1',
    })
  })

  it.skipIf(!h5dump)("opens in HDF5's own h5dump (skipped where there is none)", () => {
    const { stdout, status } = spawnSync('h5dump', ['-d', '/simulations/ising-L4/temperature', path], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(stdout).toMatch(/2, 2\.2, 2\.4, 2\.6/)
    expect(stdout).toMatch(/DIMENSION_SCALE/)
  })
})
