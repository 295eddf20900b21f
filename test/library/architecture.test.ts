import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The order of the source: which folder may import which, no circles, and no name of a model outside the model's own folder.

/** Folders and files of src from bottom to top. Each may import itself and those before it. `import type` counts. */
const FLOORS = [
  ['src/errors.ts'],
  ['src/text'],
  ['src/engine'],
  ['src/lattice'],
  ['src/model'],
  ['src/sampling'],
  ['src/job'],
  ['src/statistics'],
  ['src/archive'],
  ['src/run'],
  ['src/dataset'],
  ['src/neural'],
  ['src/benchmark'],
  // Workers are started by path, so that nothing imports them; they have no use for pages and commands.
  ['workers'],
  ['src/view'],
  ['src/cli'],
  // What the package exports.
  ['src/index.ts', 'src/types.ts'],
] as const

/** Imports from a lower floor to a higher one that are left, as `file -> file`, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {}

/** Files outside src/model that name a model; to be emptied. A file that no longer does must be taken out. */
const NAME_A_MODEL: readonly string[] = []

/** Files whose subject is which models there are: the registry, its types, and what the package exports of each. */
const MAY_NAME_MODELS = ['src/model/registry.ts', 'src/model/types.ts', 'src/index.ts', 'src/types.ts']

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Code by path, without comments. */
const sources = new Map<string, string>(
  [
    ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join('src', name)),
    ...readdirSync(join(root, 'workers')).map((name) => join('workers', name)),
  ]
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path, withoutComments(readFileSync(join(root, path), 'utf8'))]),
)

/** Good enough for this code: no string in it holds ` //` or `/*`. */
function withoutComments(code: string): string {
  return code.replace(/^\s*\/\*.*?\*\/|(?<=\s)\/\*.*?\*\/|(?<=^|\s)\/\/.*?$/gms, '')
}

/** Files that a file imports or exports from, statically or on demand, for values or for types alone. */
function importsOf(path: string, code: string): string[] {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.[^'"`]*)\1/g)
  return [...new Set([...found].map(([, , to = '']) => join(dirname(path), to)))]
}

/** A path along imports from a file back to itself, for each group of files that import each other. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file)) return
    done.add(file)
    for (const to of imports.get(file) ?? []) visit(to, [...path, file])
  }
  for (const file of imports.keys()) visit(file, [])
  return circles
}

function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.some((room) => path === room || path.startsWith(`${room}/`)))
}

/** Imports that lead from a lower floor to a higher one, or to a file that belongs to none. */
function upwardsIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  return [...imports].flatMap(([from, all]) =>
    all.filter((to) => floorOf(to) < 0 || floorOf(from) < floorOf(to)).map((to) => `${from} -> ${to}`),
  )
}

/** What of a file depends on one model: its name anywhere in the code, or an import from its folder. */
function modelsNamedIn(path: string, code: string, models: readonly string[]): string[] {
  const own = models.find((model) => path.startsWith(`src/model/${model}/`))
  return models.filter((model) => model !== own && new RegExp(`(?<![\\w$.])${model}(?![\\w$])`).test(code))
}

const imports = new Map([...sources].map(([path, code]) => [path, importsOf(path, code)] as const))
const models = readdirSync(join(root, 'src/model'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

describe('the files of src and workers', () => {
  it('are read with their imports', () => {
    expect(sources.size).toBeGreaterThan(250)
    expect(imports.get('src/index.ts')).toContain('src/run/run.ts')
    expect(imports.get('src/view/figure/archive/figures.ts')).toContain('src/archive/read.ts')
    const missing = [...imports].flatMap(([from, all]) => all.filter((to) => !existsSync(join(root, to))).map((to) => `${from} -> ${to}`))
    expect(missing).toEqual([])
  })

  it('import in no circle', () => {
    expect(circlesIn(imports)).toEqual([])
  })

  it('belong to a floor', () => {
    expect([...sources.keys()].filter((path) => floorOf(path) < 0)).toEqual([])
  })

  it('import only from their own floor and from those below', () => {
    expect(upwardsIn(imports)).toEqual(Object.keys(EXCEPTIONS))
  })

  it('name no model outside of its own folder', () => {
    const naming = [...sources].filter(([path, code]) => !MAY_NAME_MODELS.includes(path) && modelsNamedIn(path, code, models).length > 0)
    expect(naming.map(([path]) => path)).toEqual(NAME_A_MODEL)
  })

  it('of a browser folder need nothing of Node', () => {
    const reached = new Set<string>()
    const add = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      for (const to of imports.get(path) ?? []) add(to)
    }
    for (const path of sources.keys()) if (path.includes('/browser/')) add(path)
    expect(reached.size).toBeGreaterThan(20)
    expect([...reached].filter((path) => /from 'node:/.test(sources.get(path) ?? ''))).toEqual([])
  })
})

describe('these rules', () => {
  const graph = (edges: Record<string, string[]>): Map<string, string[]> => new Map(Object.entries(edges))

  it('see every form of import', () => {
    const code = [
      "import a from './a.ts'",
      "import type { B } from './b.ts'",
      "export * from './c.ts'",
      "export type { D } from '../d.ts'",
      "import {\n  e,\n} from './e.ts'",
      "const f = await import('./f.ts')",
      "type G = import('./g.ts').G",
      "import './h.ts'",
      "import fs from 'node:fs'",
      "// import './no.ts'",
    ].join('\n')
    expect(importsOf('src/x/y.ts', withoutComments(code))).toEqual([
      ...['a', 'b', 'c'].map((name) => `src/x/${name}.ts`),
      'src/d.ts',
      ...['e', 'f', 'g', 'h'].map((name) => `src/x/${name}.ts`),
    ])
  })

  it('find circles, and say which way they lead', () => {
    expect(circlesIn(graph({ a: ['b', 'd'], b: ['c'], c: ['d'], d: [] }))).toEqual([])
    expect(circlesIn(graph({ a: ['b'], b: ['c', 'd'], c: ['b'], d: ['d'] }))).toEqual(['b -> c -> b', 'd -> d'])
  })

  it('find imports that lead upwards', () => {
    const edges = { 'src/model/model.ts': ['src/engine/kernels.ts', 'src/job/job.ts'], 'src/text/wrap.ts': ['src/utils.ts'] }
    expect(upwardsIn(graph(edges))).toEqual(['src/model/model.ts -> src/job/job.ts', 'src/text/wrap.ts -> src/utils.ts'])
  })

  it('find names of models in literals, keys, patterns and imports, and not in comments or other words', () => {
    const named = (code: string): string[] => modelsNamedIn('src/run/x.ts', withoutComments(code), ['ising', 'o6'])
    for (const code of [
      "name === 'ising'",
      '["ising"]',
      '{ ising: 1 }',
      '/^ising-/',
      '`ising`',
      "import { x } from '../model/ising/exact.ts'",
    ])
      expect(named(code), code).toEqual(['ising'])
    for (const code of ['/** as of ising */ 1', '1 // o6', 'fo6', 'rising(1)', 'isingKernel']) expect(named(code), code).toEqual([])
    expect(modelsNamedIn('src/model/o6/index.ts', "'o6' + 'ising'", ['ising', 'o6'])).toEqual(['ising'])
  })
})
