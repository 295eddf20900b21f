/**
 * A page's own script as one text: what tsc made of a folder `browser`, module after module, each after those it imports.
 * They share one scope, so that names at the top of a module must be unique among them. It knows only the plain imports
 * and exports that stand there, and refuses others; a bundler is not needed for so little.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dist } from '../../engine/pool/built.ts'
import { MachineError } from '../../errors.ts'

const IMPORT = /^import \{[^}]*\} from ['"](\.[^'"]*)['"];\n/gm
const EXPORT = /^export (?=(?:async )?function |const |let |class )|^export \{\};\n/gm

/**
 * @param name the folder whose `browser/main` it is
 * @throws MachineError where the build is missing; Error where a module cannot be joined to the others
 */
export function pageScript(name: 'page' | 'watch'): string {
  const parts = new Map<string, string>()
  const add = (module: URL): void => {
    if (parts.has(module.href)) return
    // Said before it is there, so that a circle ends.
    parts.set(module.href, '')
    if (!existsSync(module)) throw new MachineError(`the page's script is not built (${fileURLToPath(module)}); run npm run build`)
    const text = readFileSync(module, 'utf8')
    for (const [, path = ''] of text.matchAll(IMPORT)) add(new URL(path, module))
    const own = text.replace(IMPORT, '').replace(EXPORT, '')
    const left = /^(?:import|export)\b.*$/m.exec(own)
    if (left) throw new Error(`${module.pathname}: cannot be put into a page: ${left[0]}`)
    parts.delete(module.href)
    parts.set(module.href, own.trim())
  }
  add(new URL(`src/view/${name}/browser/main.js`, dist))
  return [...parts.values()].join('\n')
}
