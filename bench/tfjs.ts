import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What `npm run bench` prints where TensorFlow.js is missing. */
export const NO_TFJS =
  'skipped: no TensorFlow.js; install @tensorflow/tfjs-core, tfjs-layers and tfjs-backend-wasm in a folder and name it in SPINPOOL_BENCH_TFJS'

/** Ways to train with it; see peers/tfjs-mlp.mjs. */
export type TfjsWay = 'fit' | 'minimize' | 'tuned'

export interface TfjsTraining {
  /** Mean over the first `warm` examples of the order, and over those from there to `end`. */
  readonly costs: readonly [number, number]
  /** Examples a second, from `warm` to `end`. */
  readonly rate: number
}

/** Trains in a process of its own, on one thread. */
export type Tfjs = (folder: string, way: TfjsWay, warm: number, end: number) => Promise<TfjsTraining>

/** @returns undefined where it is not installed */
export function findTfjs(): Tfjs | undefined {
  const named = process.env.SPINPOOL_BENCH_TFJS
  if (named === undefined) return undefined
  const packages = resolve(named)
  try {
    const require = createRequire(join(packages, 'x.js'))
    for (const name of ['core', 'layers', 'backend-wasm']) require.resolve(`@tensorflow/tfjs-${name}`)
  } catch {
    return undefined
  }
  const program = fileURLToPath(new URL('peers/tfjs-mlp.mjs', import.meta.url))
  const start = promisify(execFile)
  return async (folder, way, warm, end) =>
    JSON.parse((await start(process.execPath, [program, packages, folder, way, String(warm), String(end)])).stdout) as TfjsTraining
}
