// Compiles workers/kernels to dist/workers/kernels.wasm, unless what is there is newer than all that it is made of: the compiler
// takes as long as the rest of a build.

import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const out = new URL('dist/workers/kernels.wasm', root)
const sources = readdirSync(new URL('workers/kernels', root)).map((name) => `workers/kernels/${name}`)
const modified = (url) => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0
const newest = Math.max(...['workers/build-kernels.mjs', 'package-lock.json', ...sources].map((path) => modified(new URL(path, root))))

if (modified(out) <= newest) {
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '64']
  const features = ['--runtime', 'stub', '--enable', 'simd', '--enable', 'threads', '--noExportMemory']
  const { default: asc } = await import('assemblyscript/asc')
  const path = (url) => fileURLToPath(new URL(url, root))
  const { error } = await asc.main(
    [path('workers/kernels/index.ts'), '-o', fileURLToPath(out), ...features, ...memory, '-O3', '--converge', '--noAssert'],
    { stderr: process.stderr, stdout: process.stdout },
  )
  // The compiler has said what is wrong.
  if (error) process.exitCode = 1
}
