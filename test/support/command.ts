import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { temporaryFolder } from './folder.ts'

// The command line as a user has it: a process of its own, in a folder of its own.

export const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const root = temporaryFolder()
/** Processes at once; the machine has few cores. */
const MOST = 3

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
  /** Called with the process as soon as it is started. */
  readonly started?: (child: ChildProcess) => void
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

let running = 0
const waiting: (() => void)[] = []

/** Runs spinpool; at most three at once. */
export async function spinpool(args: readonly string[], { cwd = root, env = {}, input, started }: Surroundings = {}): Promise<Outcome> {
  if (running >= MOST) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args], {
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

/** What one of many command lines did, and what was in its folder before and after. */
export interface Batched extends Outcome {
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
}

/** Runs many command lines in one process, each in a folder of its own with these files, for what ends before a run begins. */
export function spinpoolMany(lines: readonly (readonly [args: readonly string[], files?: Files | undefined])[]): Batched[] {
  const cases = lines.map(([args, files]) => ({ args, cwd: folderWith(files) }))
  const before = cases.map(({ cwd }) => contents(cwd))
  const driver = fileURLToPath(new URL('one-process.mjs', import.meta.url))
  const printed = execFileSync(process.execPath, [driver], {
    input: JSON.stringify({ main, cases }),
    encoding: 'utf8',
    env: quietEnvironment(),
  })
  const outcomes = JSON.parse(printed) as Outcome[]
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
