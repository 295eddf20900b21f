import { statSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { provenance } from '../archive/provenance.ts'
import { withArchive } from '../archive/read.ts'
import { writeArchive } from '../archive/write.ts'
import type { ArchiveData } from '../archive/data.ts'
import { runJob } from '../run/run.ts'
import { resolveJobOf } from '../job/job.ts'
import type { WrittenKeys } from '../job/schema.ts'
import { valueBytes } from '../model/configuration.ts'
import { describeConfiguration } from '../model/description.ts'
import type { Measurement } from './benchmark.ts'
import type { Watch } from './thread-scaling.ts'
import type { Lengths, Settings } from './settings.ts'
import { copiesInBundle, type Subject } from './subject.ts'

// Writing and reading archives of real lattices, in the folder where results go. Written is what is on the disk for good; what
// is read was written a moment ago, so that it comes out of memory and not from the disk.

const MEGA = 1e6
const SIZE = 64

/**
 * @param folder where files may be made, as the disk matters; they are gone at the end
 * @throws MachineError where the disk is full
 */
export async function measureIo(
  subjects: readonly Subject[],
  settings: Settings,
  lengths: Lengths,
  folder: string,
  watch: Watch,
): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const subject of subjects) measurements.push(...(await measureModel(subject, settings.repeats, lengths, folder, watch)))
  return measurements
}

/** A job that keeps about that many megabytes of configurations. */
export function archivedJob({ model, workload }: Subject, megabytes: number): WrittenKeys {
  const { range, temperatures: count } = workload.archives
  const one = valueBytes(describeConfiguration(model, SIZE))
  const copies = copiesInBundle(model, count)
  const snapshots = Math.ceil((megabytes * MEGA) / (count * one))
  const sweeps = Math.max(50, Math.ceil(snapshots / copies))
  const { parameters } = workload
  return { size: SIZE, temperatures: { ...range, count }, copies, snapshots, parameters, sweeps, thermalization: 50, seed: 1 }
}

async function measureModel(
  subject: Subject,
  repeats: number,
  { megabytes }: Lengths,
  folder: string,
  watch: Watch,
): Promise<Measurement[]> {
  const { signal } = watch
  const { model } = subject
  const { name } = model
  const path = join(folder, `${name}.h5`)
  watch.onStep(`archives, ${name}: lattices to write`, 1)
  const job = archivedJob(subject, megabytes)
  try {
    const { simulations } = await runJob({ model: name, ...job }, { out: path, threads: 1, force: true, signal })
    signal?.throwIfAborted()
    const bytes = simulations.reduce((sum, { snapshots }) => sum + (snapshots?.values.byteLength ?? 0), 0)
    const archive = (compressed: boolean): ArchiveData => ({
      status: 'complete',
      compressed,
      job: resolveJobOf(model, job),
      provenance: provenance({ seed: '1', threads: 1, command: 'spinpool bench', startedAt: new Date(), elapsedSeconds: 0 }),
      simulations,
      checkpoints: [],
    })
    const kinds = [false, true].map((compressed) => ({
      compressed,
      data: archive(compressed),
      written: [] as number[],
      read: [] as number[],
      fraction: 1,
    }))
    for (let round = -1; round < repeats; round++) {
      for (const kind of kinds) {
        watch.onStep(`archives, ${name}${kind.compressed ? ', compressed' : ''}`, 0.035 * megabytes * 0.5)
        const written = await secondsOf(() => writeArchive(path, kind.data))
        kind.fraction = statSync(path).size / bytes
        const read = await secondsOf(() => readAll(path))
        await new Promise((resolve) => setImmediate(resolve))
        signal?.throwIfAborted()
        if (round < 0) continue
        kind.written.push(bytes / MEGA / written)
        kind.read.push(bytes / MEGA / read)
      }
    }
    return kinds.flatMap(({ compressed, written, read, fraction }): Measurement[] => {
      const how = compressed ? `gzip, ${Math.round(100 * fraction)} % of the size` : 'not compressed'
      const about = (verb: string, values: readonly number[]): Measurement => ({
        part: 'io',
        name: `${name}-${verb}${compressed ? '-compressed' : ''}`,
        longName: `${verb} lattices of ${name}, ${how}`,
        unit: 'MB/s',
        values,
      })
      return [about('write', written), about('read', read)]
    })
  } finally {
    rmSync(path, { force: true })
  }
}

async function readAll(path: string): Promise<void> {
  await withArchive(path, ({ simulations }) => {
    for (const simulation of simulations) simulation.read('snapshots/spins')
  })
}

async function secondsOf(act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}
