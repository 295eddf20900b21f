// @module-tag slow

import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { runJob } from '../../src/run/run.ts'
import { temporaryFolder } from '../support/folder.ts'
import { random } from '../support/random.ts'

const folder = temporaryFolder()
const [complete, interrupted] = [join(folder, 'complete.h5'), join(folder, 'interrupted.h5')]
const reader = fileURLToPath(new URL('../support/workers/damage.mjs', import.meta.url))
/** Much more than an archive takes to be read. */
const HANGS_MILLISECONDS = 20_000

/** One bit that is turned over, or what is left of a file. */
type Damage = { readonly bit: number } | { readonly length: number }

interface Verdict {
  readonly damage: Damage
  /** The right job, labels, numbers and random state; other ones; an error of spinpool; another error. */
  readonly outcome: 'right' | 'wrong' | 'refused' | 'crashed'
  readonly message?: string
}

beforeAll(async () => {
  await runJob({ model: 'ising', size: 4, temperatures: [2.2, 2.4], sweeps: 20, copies: 3, seed: 51 }, { out: complete, threads: 1 })
  const abort = new AbortController()
  const job = { model: 'o6', size: 4, temperatures: [0.4, 0.5, 0.6], sweeps: 1e7, thermalization: 10, tempering: true, copies: 1, seed: 52 }
  const { status } = await runJob(job, {
    out: interrupted,
    threads: 1,
    signal: abort.signal,
    onProgress: ({ fraction }) => (fraction > 0 ? abort.abort() : undefined),
  })
  expect(status).toBe('interrupted')
})

/** Has another process read an archive with each damage in turn. @returns what came of it, and all that was printed */
async function readDamaged(file: string, damages: readonly Damage[]): Promise<{ verdicts: Verdict[]; printed: string }> {
  const child = fork(reader, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const verdicts: Verdict[] = []
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const late = (): void => reject(new Error(`it hangs, or takes long, with ${JSON.stringify(damages[verdicts.length])}`))
      const timer = setTimeout(late, HANGS_MILLISECONDS)
      child.on('message', (message: Verdict | 'ready' | 'done') => {
        timer.refresh()
        if (message === 'ready') child.send({ file, scratch: `${file}-${damages.length}`, damages })
        else if (message !== 'done') verdicts.push(message)
        else {
          clearTimeout(timer)
          resolve()
        }
      })
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        reject(new Error(`it ended (${code ?? signal}) with ${JSON.stringify(damages[verdicts.length])}; ${printed}`))
      })
    })
  } finally {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
  }
  return { verdicts, printed }
}

function expectRefusedOrRight(verdicts: readonly Verdict[], file: string): void {
  expect(verdicts.filter(({ outcome }) => outcome !== 'right' && outcome !== 'refused')).toEqual([])
  for (const { message } of verdicts) {
    if (message !== undefined) expect(message).toMatch(new RegExp(`^${file}[^:]*: [^\\n]+$`))
  }
}

/** Bits to turn over, most of them in bytes that are not 0: files of HDF5 have much room that nothing is in. */
function flips(file: string, seed: number, count: number): Damage[] {
  const bytes = readFileSync(file)
  const uniform = random(seed)
  const found: Damage[] = []
  while (found.length < count) {
    const bit = Math.floor(uniform() * 8 * bytes.length)
    if (bytes[bit >> 3] !== 0 || uniform() < 0.1) found.push({ bit })
  }
  return found
}

describe.concurrent.each([
  ['complete', complete],
  ['interrupted', interrupted],
])('a damaged archive of a run that is %s', (_, file) => {
  it('is refused on one line, or read as it was, whichever bit is turned over', async () => {
    const { verdicts, printed } = await readDamaged(file, flips(file, 53, 25))
    expect(verdicts.length).toBe(25)
    expectRefusedOrRight(verdicts, file)
    // Else nothing was damaged at all, or everything.
    expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['right', 'refused']))
    expect(printed).toBe('')
  })

  it('is refused wherever it is cut off', async () => {
    const { length } = readFileSync(file)
    const uniform = random(54)
    const lengths = [0, 7, 8, 100, length - 1, ...Array.from({ length: 15 }, () => Math.floor(uniform() * length))]
    const { verdicts, printed } = await readDamaged(
      file,
      lengths.map((left) => ({ length: left })),
    )
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(lengths.map(() => 'refused'))
    expectRefusedOrRight(verdicts, file)
    expect(printed).toBe('')
  })
})
