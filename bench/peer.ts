import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Refusal } from './bench.ts'

/** What `npm run bench` prints where there is nothing to compare with. */
export const NO_COMPILER = 'skipped: there is no C compiler (cc), hence no peer to compare with'

/** Standard errors that what is right stays within: by 20 bins a wrong refusal has a chance of 1e-5. */
const MOST_ERRORS = 6

/** Runs a compiled peer with these words; what it prints is one line of JSON. */
export type Program = (words: readonly number[]) => Promise<unknown>

/**
 * Compiles peers/<name>.c for this machine.
 *
 * @returns undefined where there is no compiler
 * @throws Refusal where it does not compile
 */
export function compileProgram(folder: string, name: string, flags: readonly string[] = []): Program | undefined {
  const source = fileURLToPath(new URL(`peers/${name}.c`, import.meta.url))
  const program = join(folder, `${name}${flags.join('')}`)
  const compiler = spawnSync('cc', ['-O3', '-march=native', ...flags, '-o', program, source, '-lm'], { encoding: 'utf8' })
  if (compiler.error) return undefined
  if (compiler.status !== 0) throw new Refusal(`the peer does not compile: ${compiler.stderr.split('\n')[0]}`)
  const start = promisify(execFile)
  return async (words) => JSON.parse((await start(program, words.map(String))).stdout)
}

/** @throws Refusal where a mean is too many of its errors away from what it must be */
export function hold(what: string, mean: number, error: number, expected: number): void {
  const errors = Math.abs(mean - expected) / error
  if (!(errors < MOST_ERRORS)) {
    throw new Refusal(`${what} is ${mean}, ${errors.toFixed(1)} errors from ${expected.toFixed(6)}`)
  }
}
