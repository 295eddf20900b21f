import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { lastingFolder } from './folder.ts'

// The command line as a user has it: a folder of its own, an environment of its own, and a process of its own where that matters.

export const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const root = lastingFolder()
/** Processes at once; the machine has few cores. */
const MOST = 3
/** Kernels are compiled in one pass: the pass that makes them faster takes some tenths of a second of a core, more than short runs save. */
const ONE_PASS = ['--liftoff-only']

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Surroundings {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** What it reads from stdin; nothing where that is left out. */
  readonly input?: string
  /** Called with the process as soon as it is started: it has one of its own then. */
  readonly started?: (child: ChildProcess) => void
  /** It has a process of its own, which ends by itself. */
  readonly alone?: boolean
}

type Files = Readonly<Record<string, string | Uint8Array>>

/** A new folder with these files in it. */
export function folderWith(files: Files = {}): string {
  const folder = mkdtempSync(join(root, 'case-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** Every file and folder below a folder, with what is in it. */
export function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    found[relative(folder, path)] = statSync(path).isDirectory() ? 'folder' : readFileSync(path, 'latin1')
  }
  return found
}

/**
 * Runs spinpool. What nobody watches is run in one process, one after the other: starting one takes half a second of a core. Each
 * verb is run `alone` somewhere too: that a process ends, and with which code, is seen there.
 */
export function spinpool(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { cwd = root, env = {}, input, started, alone = started !== undefined } = surroundings
  return alone ? spinpoolAlone(args, surroundings) : shared({ main, args, cwd, env: { ...quietEnvironment(), ...env }, input })
}

let running = 0
const waiting: (() => void)[] = []

/** At most three at once. */
async function spinpoolAlone(args: readonly string[], { cwd = root, env = {}, input, started }: Surroundings): Promise<Outcome> {
  if (running >= MOST) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      const child = spawn(process.execPath, [...ONE_PASS, main, ...args], {
        cwd,
        env: { ...quietEnvironment(), ...env },
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      })
      // What refuses before it has read all of it closes its end.
      child.stdin?.on('error', () => {}).end(input)
      let [stdout, stderr] = ['', '']
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, stdout, stderr }))
      started?.(child)
    })
  } finally {
    running--
    waiting.shift()?.()
  }
}

const driver = fileURLToPath(new URL('one-process.mjs', import.meta.url))
let server: ChildProcess | undefined
const asked: { readonly resolve: (outcome: Outcome) => void; readonly reject: (error: Error) => void }[] = []
process.once('exit', () => server?.kill('SIGKILL'))

/** Runs a command line in the process that all tests of a process share. */
function shared(line: object): Promise<Outcome> {
  server ??= serve()
  server.send(line)
  return new Promise((resolve, reject) => asked.push({ resolve, reject }))
}

function serve(): ChildProcess {
  const child = fork(driver, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ONE_PASS, env: quietEnvironment() })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.on('message', (outcome: Outcome) => asked.shift()?.resolve(outcome))
  child.on('close', () => {
    server = undefined
    for (const { reject } of asked.splice(0)) reject(new Error(`the process that runs command lines is gone: ${said}`))
  })
  return child
}

/** What one of many command lines did, and what was in its folder before and after. */
export interface Batched extends Outcome {
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
}

/** Runs many command lines, each in a folder of its own with these files. */
export async function spinpoolEach(lines: readonly (readonly [args: readonly string[], files?: Files | undefined])[]): Promise<Batched[]> {
  const cases = lines.map(([args, files]) => ({ args, cwd: folderWith(files) }))
  const before = cases.map(({ cwd }) => contents(cwd))
  const outcomes = await Promise.all(cases.map(({ args, cwd }) => spinpool(args, { cwd })))
  return outcomes.map((outcome, i) => ({ ...outcome, before: before[i] ?? {}, after: contents(cases[i]?.cwd ?? '') }))
}

/** FORCE_COLOR, NO_COLOR and Slurm's variables of whoever runs the tests would change what is printed. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR, NO_COLOR, SLURM_CPUS_PER_TASK, ...rest } = process.env
  return rest
}

/** One line on stderr that says all of this, nothing on stdout. */
export function expectRefusal(outcome: Outcome | undefined, exitCode: number, says: readonly string[]): void {
  const { code, stdout, stderr } = outcome ?? { code: null, stdout: '', stderr: 'nothing was run' }
  expect({ code, stdout, stderr }).toEqual({ code: exitCode, stdout: '', stderr: expect.stringMatching(/^spinpool: [^\n]+\n$/) })
  for (const words of says) expect(stderr).toContain(words)
}

/** The same, and the folder as it was. */
export function expectNothingDone(outcome: Batched | undefined, exitCode: number, says: readonly string[]): void {
  expectRefusal(outcome, exitCode, says)
  expect(outcome?.after).toEqual(outcome?.before)
}

/** JSON that a verb printed, which must be all of its output. */
export function jsonOf<T>(outcome: Outcome | undefined): T {
  const { code, stdout, stderr } = outcome ?? { code: null, stdout: '', stderr: 'nothing was run' }
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}
