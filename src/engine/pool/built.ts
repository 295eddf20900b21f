import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MachineError } from '../../errors.ts'

/** Where the build is: this file runs from dist/src/engine/pool, or from src/engine/pool under a test runner. */
export const dist = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/' : '../../../', import.meta.url)

/** A compiled worker entry, a path. */
export function workerFile(name: 'stepper' | 'trainer' | 'benchmark'): string {
  return fileURLToPath(new URL(`workers/${name}.js`, dist))
}

/** The commit that was built, where known. */
export function builtCommit(): string {
  const file = new URL('COMMIT', dist)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown'
}

let kernels: Promise<WebAssembly.Module> | undefined

/** The compiled kernels, one module for all threads and runs of a process. @throws MachineError where the build is missing */
export function compileKernels(): Promise<WebAssembly.Module> {
  kernels ??= compiled()
  return kernels
}

async function compiled(): Promise<WebAssembly.Module> {
  const file = new URL('workers/kernels.wasm', dist)
  if (!existsSync(file)) throw new MachineError(`the kernels are not built (${fileURLToPath(file)}); run npm run build`)
  return WebAssembly.compile(readFileSync(file))
}
