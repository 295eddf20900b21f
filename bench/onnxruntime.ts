import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What `npm run bench` prints where a package is missing. */
export function noRuntime(name: RuntimeName): string {
  return `skipped: no ${name}; install it in a folder and name that in SPINPOOL_TEST_ONNXRUNTIME`
}

export type RuntimeName = 'onnxruntime-web' | 'onnxruntime-node'

/** What is used of onnxruntime. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number } }
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>> }>
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object
}

/** Outputs (count, outputs) for x (count, inputs), on one thread. */
export type Predictor = (x: Float32Array) => Promise<Float32Array>

/** @returns undefined where it is not installed */
export async function openRuntime(name: RuntimeName, model: Uint8Array, inputs: number): Promise<Predictor | undefined> {
  const runtime = await load(name)
  if (!runtime) return undefined
  const { env, InferenceSession, Tensor } = runtime
  // Read when the first session is made; of no meaning to the native one, which has the two options.
  env.wasm.numThreads = 1
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  return async (x) => {
    const { y } = await session.run({ x: new Tensor('float32', x, [x.length / inputs, inputs]) })
    if (!y) throw new Error(`${name} gives no output y`)
    return y.data
  }
}

async function load(name: RuntimeName): Promise<OnnxRuntime | undefined> {
  const folder = resolve(process.env.SPINPOOL_TEST_ONNXRUNTIME ?? import.meta.dirname)
  let path: string
  try {
    path = createRequire(join(folder, 'x.js')).resolve(name)
  } catch {
    return undefined
  }
  const found = await import(pathToFileURL(path).href)
  return found.default ?? found
}
