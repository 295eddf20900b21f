import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { builtCommit } from '../engine/pool/built.ts'
import type { Provenance } from './data.ts'

/** Version of spinpool, from its package.json. */
export function packageVersion(): string {
  const root = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json'
  const { version } = JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8')) as { version: string }
  return version
}

/** What an archive says of its making; with the job it is enough to repeat the run. */
export function provenance(run: {
  readonly seed: string
  readonly threads: number
  readonly command: string
  readonly startedAt: Date
  readonly finishedAt?: Date | undefined
  /** Of a run that was resumed: how often, and when and how the last time. */
  readonly resumed?: { readonly count: number; readonly at: Date; readonly command: string } | undefined
  /** Seconds of all sessions. */
  readonly elapsedSeconds: number
}): Provenance {
  const slurm = ['SLURM_JOB_ID', 'SLURM_ARRAY_JOB_ID', 'SLURM_ARRAY_TASK_ID', 'SLURM_JOB_NAME'].flatMap((name) => {
    const value = process.env[name]
    const key = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    return value ? [[key, value] as const] : []
  })
  return {
    version: packageVersion(),
    commit: builtCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    threads: run.threads,
    command: run.command,
    seed: run.seed,
    startedAt: run.startedAt.toISOString(),
    ...(run.finishedAt ? { finishedAt: run.finishedAt.toISOString() } : {}),
    ...(run.resumed ? { resumes: run.resumed.count, resumedAt: run.resumed.at.toISOString(), resumeCommand: run.resumed.command } : {}),
    elapsedSeconds: run.elapsedSeconds,
    savedAt: new Date().toISOString(),
    ...Object.fromEntries(slurm),
  }
}
