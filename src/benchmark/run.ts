import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { provenance } from '../archive/provenance.ts'
import { whyUnwritable } from '../archive/reasons.ts'
import { FileError, messageOf } from '../errors.ts'
import type { Model } from '../model/model.ts'
import type { Benchmark, Measurement, ThreadScaling } from './benchmark.ts'
import { measureIo } from './io.ts'
import { measureKernels } from './kernels.ts'
import { coreTime, describeMachine, quietBetween } from './machine.ts'
import { measureBarriers, measureThreadScaling, type Watch } from './thread-scaling.ts'
import { lengthsOf, type Part, type Settings, secondsOf } from './settings.ts'
import { subjectsOf } from './subject.ts'

export interface BenchmarkOptions {
  /** Where archives are written and read for the part `io`, which leaves nothing there. */
  readonly folder: string
  /** Aborting ends it soon; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Told what is measured now, and the fraction that is done. */
  readonly onProgress?: ((fraction: number, what: string) => void) | undefined
  /** What to note as the command. */
  readonly command?: string | undefined
}

/**
 * Measures all that the settings ask for, part by part. Prints nothing, writes nothing that stays.
 *
 * @param models all that the settings may name
 * @throws MachineError where there is not enough memory or disk, or a thread fails; FileError where the folder cannot be written
 */
export async function runBenchmark(settings: Settings, models: readonly Model[], options: BenchmarkOptions): Promise<Benchmark> {
  const { folder, signal, onProgress, command = 'library call' } = options
  const startedAt = new Date()
  const machine = describeMachine()
  const lengths = lengthsOf(settings)
  const subjects = subjectsOf(settings, models)
  const expected = Object.values(secondsOf(settings, machine.cores)).reduce((a, b) => a + b, 0)
  let begun = 0
  const watch: Watch = {
    signal,
    onStep: (what, seconds) => {
      signal?.throwIfAborted()
      onProgress?.(Math.min(0.99, begun / expected), what)
      begun += seconds
    },
  }
  const has = (part: Part): boolean => settings.parts.includes(part)
  const before = coreTime()
  const scalings: ThreadScaling[] = []
  for (const kind of ['strong', 'weak'] as const) {
    if (!has(kind)) continue
    for (const subject of subjects) scalings.push(await measureThreadScaling(kind, subject, settings, lengths, watch))
  }
  const measurements: Measurement[] = []
  if (has('kernels'))
    measurements.push(...(await measureKernels(subjects, settings, lengths, watch)), ...(await measureBarriers(settings, lengths, watch)))
  if (has('io')) {
    const scratch = scratchIn(folder)
    try {
      measurements.push(...(await measureIo(subjects, settings, lengths, scratch, watch)))
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  const quiet = quietBetween(before, coreTime())
  const finishedAt = new Date()
  onProgress?.(1, 'done')
  const made = provenance({
    seed: '1',
    threads: Math.max(...settings.threads),
    command,
    startedAt,
    finishedAt,
    elapsedSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
  })
  return { settings, machine, quiet, scalings, measurements, provenance: made }
}

function scratchIn(folder: string): string {
  try {
    return mkdtempSync(join(folder, '.spinpool-bench-'))
  } catch (error) {
    throw new FileError(
      `${folder}: no file can be made in this folder (${whyUnwritable(error, join(folder, 'x')) ?? messageOf(error)}); name one with --out`,
    )
  }
}
