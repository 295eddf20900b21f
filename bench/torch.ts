import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What `npm run bench` prints where PyTorch is missing. */
export const NO_TORCH = 'skipped: there is no Python with PyTorch (SPINPOOL_TEST_PYTHON names one)'

/** One training, epoch by epoch; the first one shows the examples in the order that was given. */
interface TorchTraining {
  readonly costs: readonly number[]
  readonly seconds: readonly number[]
}

/** PyTorch on one thread; see peers/torch_mlp.py. A folder is one that writeTask has filled. */
export interface Torch {
  train(folder: string, epochs: number): Promise<{ readonly plain: TorchTraining; readonly foreach: TorchTraining }>
  /** Seconds of each call, and the probabilities (count, outputs) of the last. */
  predict(folder: string, calls: number): Promise<{ readonly seconds: readonly number[]; readonly outputs: Float32Array }>
}

/** @returns undefined where no Python has it */
export function findTorch(): Torch | undefined {
  // Importing it to see would take seconds.
  const script = "from importlib.util import find_spec\nassert find_spec('torch') and find_spec('numpy')"
  const commands = [process.env.SPINPOOL_TEST_PYTHON ?? [], '/usr/bin/python3', 'python3'].flat()
  const python = commands.find((command) => spawnSync(command, ['-c', script]).status === 0)
  if (python === undefined) return undefined
  const program = fileURLToPath(new URL('peers/torch_mlp.py', import.meta.url))
  const start = promisify(execFile)
  const ask = async (...words: string[]): Promise<unknown> => JSON.parse((await start(python, [program, ...words])).stdout)
  return {
    train: async (folder, epochs) =>
      (await ask('train', folder, String(epochs))) as { readonly plain: TorchTraining; readonly foreach: TorchTraining },
    predict: async (folder, calls) => {
      const { seconds } = (await ask('predict', folder, String(calls))) as { readonly seconds: readonly number[] }
      const bytes = readFileSync(join(folder, 'outputs.f32'))
      return { seconds, outputs: new Float32Array(new Uint8Array(bytes).buffer) }
    },
  }
}
