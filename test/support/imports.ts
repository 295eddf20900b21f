import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Who imports whom, read off the sources.

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An `import type` leaves nothing behind when types are taken out; `import { type A }` still loads the module. */
const IMPORT = /^(?:import|export)\s+(?!type\b)[\w*\s{},]+?\s+from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm

/** Source of a file without its comments; paths are those inside the repository. */
export function codeOf(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll(COMMENT, '')
}

/** TypeScript files of a folder and the folders in it; a file stands for itself. */
export function filesOf(path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(path, name))
    .sort()
}

/** What a file loads at run time: files of the repository, and packages as written. */
function importsOf(file: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const names = [...codeOf(file).matchAll(IMPORT)].map(([, from, alone, later]) => from ?? alone ?? later ?? '')
  return {
    files: names.filter((name) => name.startsWith('.')).map((name) => relative(root, join(root, file, '..', name))),
    packages: names.filter((name) => !name.startsWith('.')),
  }
}

/** Every file that is loaded with some files, these included, with the packages that it imports itself. */
export function loadedWith(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const loaded = new Map<string, readonly string[]>()
  const waiting = [...files]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue
    const imports = importsOf(file)
    loaded.set(file, imports.packages)
    waiting.push(...imports.files)
  }
  return loaded
}

/** Which of the files that are loaded with some files import which packages, as `FILE imports PACKAGE`. */
export function packagesOf(files: readonly string[]): string[] {
  return [...loadedWith(files)].flatMap(([file, packages]) => packages.map((name) => `${file} imports ${name}`)).sort()
}
