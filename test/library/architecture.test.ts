import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The order of the source: which folder may import which, no circles, no name of a model outside the model's own folder, and a page
// in docs/ that says so.

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

/** Files that are about which models there are: the registry, its types, and what the package exports of each. */
const ABOUT_MODELS = ['src/model/registry.ts', 'src/model/types.ts', 'src/index.ts', 'src/types.ts']

/** Files with examples for a reader, in help and messages: there a name may stand in a text with spaces, but not by itself. */
const WITH_EXAMPLES = ['src/cli/dataset.ts', 'src/cli/export.ts', 'src/cli/run.ts', 'src/job/load.ts', 'src/view/figure/archive/figures.ts']

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

/** Code without imports and exports of types alone, which are not there when it runs. */
function withoutTypes(code: string): string {
  return code.replace(/^(?:import|export) type [^']*'[^']*'$/gm, '')
}

/** Files that a file imports or exports from, statically or on demand, for values or for types alone. */
function importsOf(path: string, code: string): string[] {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.[^'"`]*)\1/g)
  return [...new Set([...found].map(([, , to = '']) => join(dirname(path), to)))]
}

/** A path along imports from a file back to itself, for each import that closes one; the shortest first. */
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
  return circles.sort((a, b) => a.split(' -> ').length - b.split(' -> ').length)
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

/** Code without its texts for readers, which are those with a space in them. */
function withoutSentences(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, (text) => (text.includes(' ') ? "''" : text))
}

/** Models that code depends on: their names as a word anywhere, as a literal, a key, in a pattern, or in the path of an import. */
function modelsNamedIn(path: string, code: string, models: readonly string[]): string[] {
  const own = models.find((model) => path.startsWith(`src/model/${model}/`))
  return models.filter((model) => model !== own && new RegExp(`(?<![\\w$.])${model}(?![\\w$])`).test(code))
}

/** The floors in the table of a page whose first column has rooms and whose last one has what they import. */
function floorsIn(page: string): { readonly rooms: readonly string[]; readonly imports: string }[] {
  const [, table = ''] = /^## The floors\n.*?^\|[-|]+\|\n(.*?)^$/ms.exec(page) ?? []
  return table.split('\n').flatMap((row) => {
    const [, rooms = '', , names = ''] = row.split('|')
    return row === '' ? [] : [{ rooms: [...rooms.matchAll(/`([^`]+)`/g)].map(([, room = '']) => room), imports: names.trim() }]
  })
}

/** Files and folders of the repository that a page names, in code or as a link. After the word *new* stands what is not there yet. */
function pathsIn(page: string, folder: string): { readonly path: string; readonly isNew: boolean }[] {
  const code = page.matchAll(/(?:\b(new)\s)?`([^`\n]+)`/g)
  const links = page.matchAll(/\]\((?!\w+:)([^)#]+)/g)
  return [
    ...[...code].flatMap(([, isNew, span = '']) =>
      span
        .split(' ')
        .flatMap((path) => (/^(?:src|workers|test|bench|docs|examples)\//.test(path) ? [{ path, isNew: isNew !== undefined }] : [])),
    ),
    ...[...links].map(([, path = '']) => ({ path: join(folder, path), isNew: false })),
  ]
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
    expect(upwardsIn(imports)).toEqual([])
  })

  it('depend on no model outside of its own folder', () => {
    const depends = ([path, code]: readonly [string, string]): boolean =>
      modelsNamedIn(path, WITH_EXAMPLES.includes(path) ? withoutSentences(code) : code, models).length > 0
    const depending = [...sources].filter(([path]) => !ABOUT_MODELS.includes(path)).filter(depends)
    expect(depending.map(([path]) => path)).toEqual([])
  })

  it('assume no number of sites outside of models and lattices', () => {
    const square = [...sources].filter(
      ([path, code]) => !/^src\/(?:model|lattice)\//.test(path) && /(?<!\.)\b(?:size|SIZE|L)(?: \*\* 2\b| \* (?:size|SIZE|L)\b)/.test(code),
    )
    expect(square.map(([path]) => path)).toEqual([])
  })

  it('may name models in examples only if they do', () => {
    const idle = WITH_EXAMPLES.filter((path) => modelsNamedIn(path, sources.get(path) ?? '', models).length === 0)
    expect(idle).toEqual([])
  })

  it('need nothing of Node if a page runs them', () => {
    const reached = new Set<string>()
    const add = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      for (const to of importsOf(path, withoutTypes(sources.get(path) ?? ''))) add(to)
    }
    for (const path of sources.keys()) if (path.includes('/browser/')) add(path)
    expect(reached.size).toBeGreaterThan(20)
    expect([...reached].filter((path) => /from '(?!\.)/.test(withoutTypes(sources.get(path) ?? '')))).toEqual([])
  })
})

describe('docs/architecture.md', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

  it('has the floors in their order, and what each of them imports', () => {
    expect(floorsIn(page)).toEqual(
      FLOORS.map((rooms, floor) => {
        const below = [...imports].filter(([path]) => floorOf(path) === floor).flatMap(([, all]) => all.map(floorOf))
        // Errors are thrown from anywhere, so that the page leaves them out.
        const names = FLOORS.filter((_, other) => other > 0 && other < floor && below.includes(other)).map(([room]) =>
          room.replace('src/', ''),
        )
        return { rooms, imports: names.join(', ') }
      }),
    )
  })
})

it('the documentation names files that there are', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'))
  const named = pages.flatMap((page) => pathsIn(readFileSync(join(root, page), 'utf8'), dirname(page)).map((path) => ({ page, ...path })))
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter(({ path, isNew }) => existsSync(join(root, path)) === isNew)).toEqual([])
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
    expect(circlesIn(graph({ a: ['b'], b: ['c', 'd'], c: ['b'], d: ['d'] }))).toEqual(['d -> d', 'b -> c -> b'])
  })

  it('find imports that lead upwards', () => {
    const edges = { 'src/model/model.ts': ['src/engine/kernels.ts', 'src/job/job.ts'], 'src/text/wrap.ts': ['src/utils.ts'] }
    expect(upwardsIn(graph(edges))).toEqual(['src/model/model.ts -> src/job/job.ts', 'src/text/wrap.ts -> src/utils.ts'])
  })

  it('find the floors and the paths of a page', () => {
    const page = '## The floors\n\n| room | holds | imports |\n|---|---|---|\n| `src/a`, `src/b` | c | d, e |\n\n| `src/f` | g | h |\n'
    expect(floorsIn(page)).toEqual([{ rooms: ['src/a', 'src/b'], imports: 'd, e' }])
    const text = 'In `src/a/b.ts`, new `src/c.ts`; [d](e.md#f), [g](https://h.i) `npx src/j.ts 5` src/k.ts'
    expect(pathsIn(text, 'docs')).toEqual([
      { path: 'src/a/b.ts', isNew: false },
      { path: 'src/c.ts', isNew: true },
      { path: 'src/j.ts', isNew: false },
      { path: 'docs/e.md', isNew: false },
    ])
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
    expect(named(withoutSentences("describe: 'see --model ising' + 'Metropolis'"))).toEqual([])
    expect(named(withoutSentences('describe("it\'s ising") || model === "ising"'))).toEqual(['ising'])
    expect(modelsNamedIn('src/model/o6/index.ts', "'o6' + 'ising'", ['ising', 'o6'])).toEqual(['ising'])
  })
})
