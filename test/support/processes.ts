import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { main } from './command.ts'

// Processes of spinpool that are watched, and have things done to them, while they run.

const preload = (name: string): string => fileURLToPath(new URL(`workers/${name}.mjs`, import.meta.url))

/** Makes every sample of a worker take at least so many milliseconds. */
export function braked(milliseconds: number): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${preload('brake')}`, SPINPOOL_TEST_NAP: String(milliseconds) }
}

/** Sets the clock to and fro by hours, from a second after the start on. */
export const jumpingClock: NodeJS.ProcessEnv = { NODE_OPTIONS: `--import=${preload('clock')}` }

/** A process under way. */
export interface Running {
  readonly child: ChildProcess
  /** All of stderr so far. */
  readonly said: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string }>
}

const all = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of all) child.kill('SIGKILL')
})

/** Starts a command line. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return watch(spawn(process.execPath, [main, ...args], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Starts a command line of the shell, in which `$spinpool` stands for the program. */
export function startShell(line: string, env: NodeJS.ProcessEnv = {}): Running {
  const command = `'${process.execPath}' '${main}'`
  return watch(spawn('bash', ['-c', line.replaceAll('$spinpool', command)], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] }))
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { FORCE_COLOR, NO_COLOR, SLURM_CPUS_PER_TASK, SLURM_JOB_END_TIME, ...rest } = process.env
  return { ...rest, ...env }
}

function watch(child: ChildProcess): Running {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  all.add(child)
  const ended = once(child, 'close').then(([code, signal]) => {
    all.delete(child)
    return { code, signal, stdout } as Awaited<Running['ended']>
  })
  return { child, said: () => stderr, ended }
}

/** Waits until something holds, for a minute at most. @returns false where the process ended before */
export async function until(running: Running, holds: () => boolean): Promise<boolean> {
  for (const start = performance.now(); performance.now() - start < 60_000; await wait(2)) {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return false
    if (holds()) return true
  }
  throw new Error(`nothing came of it in a minute; stderr was: ${running.said()}`)
}

/** How many times longer than on an idle machine things take just now, 1 at least: limits of time are stretched by it. */
export async function slowness(): Promise<number> {
  const begin = performance.now()
  await start(['--version']).ended
  return Math.max(1, (performance.now() - begin) / 700)
}

/** Whether a run has begun to sample, or is just about to. */
export function hasBegun({ said }: Running): boolean {
  return said().includes('writing ')
}

/** Files beside an archive: its lock, and what is being written. */
export function besides(archive: string): string[] {
  const folder = dirname(archive)
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${basename(archive)}.`)) : []
}

export function partialsOf(archive: string): string[] {
  return besides(archive).filter((name) => name.endsWith('.partial'))
}
