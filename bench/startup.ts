// From the start of the process to the end of the first sweep of `spinpool run` with the built-in example.
//
// The command itself is timed, with all its checks, by this process' clock: from before it is spawned until a byte comes
// through a pipe that the first sweep has written (first-sweep.mjs). That includes the start of Node, which bare Node shows.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { benchmark } from './bench.ts'
import { figure, ratios } from './figure.ts'

const ROUNDS = 11

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Seconds until the process has written to its file descriptor 3; it is not needed any more then. */
async function secondsToSign(words: readonly string[]): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const exit = once(child, 'exit')
  const sign = once(child.stdio[3] as Readable, 'data').then(() => true)
  const seen = await Promise.race([sign, exit.then(() => false)])
  const seconds = (performance.now() - start) / 1000
  child.kill('SIGKILL')
  await exit
  if (!seen) throw new Error(`node ${words.join(' ')} ended without a sign`)
  return seconds
}

await benchmark('startup', async ({ folder, note }) => {
  const seen = { sweep: [] as number[], bare: [] as number[] }
  for (let round = -1; round < ROUNDS; round++) {
    const out = join(folder, `${round}.h5`)
    const sweep = await secondsToSign(['--import', here('first-sweep.mjs'), here('../dist/src/cli/main.js'), 'run', '--out', out])
    const bare = await secondsToSign(['--eval', "require('node:fs').writeSync(3, '1')"])
    // The first round reads the files from the disk; whoever has just built has them in memory.
    if (round < 0) {
      note(`the round before, which is not counted: ${sweep.toFixed(3)} s`)
      continue
    }
    seen.sweep.push(sweep)
    seen.bare.push(bare)
  }
  return [
    figure('process start to first sweep done', 's', seen.sweep, { below: 0.7 }),
    figure('the same / bare Node', 'x', ratios(seen.sweep, seen.bare)),
    figure('bare Node', 's', seen.bare),
  ]
})
