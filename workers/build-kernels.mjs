// Compiles workers/kernels to dist/workers/kernels.wasm, unless what is there is newer than all that it is made of: the compiler
// takes as long as the rest of a build. Beside it lies kernels-unshared.wasm for a page in a browser, which as a rule has no shared
// memory: browsers give it only to pages that are isolated from other sites.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const out = new URL('dist/workers/kernels.wasm', root)
const unshared = new URL('dist/workers/kernels-unshared.wasm', root)
const sources = readdirSync(new URL('workers/kernels', root)).map((name) => `workers/kernels/${name}`)
const modified = (url) => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0
const newest = Math.max(...['workers/build-kernels.mjs', 'package-lock.json', ...sources].map((path) => modified(new URL(path, root))))

if (Math.min(modified(out), modified(unshared)) <= newest) {
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
  else writeFileSync(unshared, withoutSharing(readFileSync(out)))
}

/**
 * The same module for a memory that is not shared. Only the import says which kind it is, in one byte of flags (1: has a maximum,
 * 2: shared); the kernels use no atomic instructions.
 */
function withoutSharing(module) {
  const declaration = Buffer.from('\x03env\x06memory\x02', 'latin1')
  const at = module.indexOf(declaration)
  const flags = at + declaration.length
  if (at < 0 || module[flags] !== 3) throw new Error('kernels.wasm does not import a shared memory')
  module[flags] = 1
  return module
}
