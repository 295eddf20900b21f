import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { jobKeys, jobSchema } from '../../src/job/schema.ts'
import { findModel } from '../support/models.ts'
import { modelNames } from '../../src/model/registry.ts'
import { trainingKeys } from '../../src/neural/options.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Editor, openEditor } from '../support/language-service.ts'

// What the built package tells the compiler and the editor of somebody who uses it. What the types of the keys are is held against the
// schemas by same-types.test.ts, when the tests are type-checked.

/** Statements of a program that uses the library, with what the compiler says of them; nothing of what is right. */
const statements: readonly (readonly [statement: string, says?: RegExp])[] = [
  ["run({ model: 'ising', size: [8, 16], temperatures: '2:2.6/7', update: 'metropolis', parameters: { J: 1, h: [0, 0.1] } })"],
  ["run({ model: 'o6', size: 8, temperatures: 1, update: 'heat-bath', cluster: 1, reflections: 'psi', tempering: { along: 'g' } })"],
  [
    "run({ model: 'isng', size: 8, temperatures: 2 })",
    /'"isng"' is not assignable to type '"ising" \| "o6" \| "potts"'.* Did you mean '"ising"'/,
  ],
  ["run({ model: 'ising', size: 8, temperatures: 2, update: 'wolf' })", /'"wolf"' is not assignable to type '"metropolis"/],
  ["run({ model: 'ising', size: 8, temperatures: 2, update: 'heat-bath' })", /'"heat-bath"' is not assignable/],
  ["run({ model: 'ising', size: 8, temperatures: 2, parameters: { hh: 1 } })", /'hh' does not exist/],
  ["run({ model: 'o6', size: 8, temperatures: 2, parameters: { h: 1 } })", /'h' does not exist/],
  ["run({ model: 'o6', size: 8, temperatures: 2, parameters: { g: '1' } })", /'string' is not assignable to type 'number/],
  ["run({ model: 'ising', size: 8, temperatures: 2, tempering: { along: 'J' } })", /'"J"' is not assignable to type '"h"'/],
  ["run({ model: 'ising', size: 8, temperatures: 2, overrelax: 2 })", /'overrelax' does not exist/],
  ["run({ model: 'o6', size: 8, temperatures: 2, reflections: ['psy'] })", /'"psy"' is not assignable/],
  ["run({ model: 'ising', size: 8, temperatures: 2, sweps: 10 })", /'sweps' does not exist/],
  ["run({ model: 'ising', temperatures: 2 })", /'size' is missing/],
  ["const job: JobInput = { model: 'o6', size: 8, temperatures: [1] }; run(job); run({ ...job, sweeps: 10 })"],
  ["const loose = { model: 'ising', size: 8, temperatures: 2 } satisfies JobInput; run(loose)"],
  ['const read: unknown = loadJobFile("job.yaml"); run(resolveJob(read))'],
  ['run(loadJobFile("job.yaml"))', /'model' is missing|'string'/],
  ['const any = JSON.parse("{}"); run(any)'],
  ["resume('a.h5', { sweeps: 100, parameters: { J: 1 } })"],
  ["resume('a.h5', { parameters: { hh: 1 } })", /'hh' does not exist/],

  // Results.
  ["const done = await run({ model: 'ising', size: 8, temperatures: 2 })"],
  ['const J: number = done.simulations[0]!.parameters.J'],
  ['done.simulations[0]!.parameters.g', /'g' does not exist/],
  ["done.simulations[0]!.quantities.find(({ name }) => name === 'binder')"],
  ["done.simulations[0]!.quantities.find(({ name }) => name === 'bindr')", /no overlap/],
  ['done.simulations[0]!.bins.values.magnetization.length'],
  ['done.simulations[0]!.bins.values.binder', /'binder' does not exist/],
  ['done.simulations[0]!.trace.values.energy_squared', /'energy_squared' does not exist/],

  // Archives.
  ["const archive = await openArchive('a.h5'); run(archive.job); run({ ...archive.job, sweeps: 10 })"],
  ['archive.simulations[0]!.quantities.energy.mean'],
  ['archive.simulations[0]!.quantities.binder', /'binder' does not exist/],
  ["for (const one of archive.simulations) if (one.model === 'ising') one.quantities.binder.mean"],
  ["const known = await openArchive('a.h5', { model: 'o6' })"],
  ['known.simulations[0]!.quantities.helicity_modulus.error'],
  ['known.simulations[0]!.quantities.helicity_modulos', /Did you mean 'helicity_modulus'/],
  ["const open = await openArchive<string>('a.h5'); const name: string = 'any'; open.simulations[0]!.quantities[name]"],
  ['const reweighting = reweightingOf(known.simulations[0]!)'],
  ["reweightedCurve(reweighting, 'cdw_structure_factor[0,1]', [1]); peakOf(reweighting, 'specific_heat')"],
  ["peakOf(reweighting, 'specific_heet')", /'"specific_heet"' is not assignable/],
  ['finiteSizeScaling([reweighting])'],

  // Figures.
  ["const svg: string = await plot(known, { figure: 'helicity', size: [8, 16] })"],
  ["const png: Uint8Array = await plot(done, { format: 'png', observable: ['binder', 'energy'], x: 'h' })"],
  ["const page: string = await plot(['p10.h5', 'p20.h5'], { format: 'html' })"],
  ["plot(known, { observable: 'binder' })", /'"binder"' is not assignable/],
  ["plot(known, { figure: 'helicty' })", /Did you mean '"helicity"'/],
  ["plot('a.h5', { observables: 'binder' })", /'observables' does not exist/],

  // Training.
  ["train('a.h5', { layers: [10], activation: 'tanh', optimizer: 'adam' })"],
  ["train('a.h5', { activation: 'tahn' })", /'"tahn"' is not assignable to type '"identity"/],

  // A model of one's own, declared below.
  ["run({ model: 'potts', size: 8, temperatures: 1, update: 'heat-bath', parameters: { q: 3 } })"],
  ["run({ model: 'potts', size: 8, temperatures: 1, parameters: { J: 3 } })", /'J' does not exist/],
  ["const mine = await openArchive('a.h5', { model: 'potts' }); mine.simulations[0]!.quantities.energy"],
]
const calls =
  'finiteSizeScaling, type JobInput, loadJobFile, openArchive, peakOf, plot, resolveJob, resume, reweightedCurve, reweightingOf, run, train'
const declaration =
  "interface Models { potts: { update: 'heat-bath'; parameters: { q: number }; along: never; reflection: never; quantities: { energy: 'sampled' } } }"

const before = "import { openArchive, plot, run } from 'spinpool'\n"
const cursors = {
  models: [`${before}run({ model: '§' })`, modelNames],
  updates: [`${before}run({ model: 'o6', size: 8, temperatures: 1, update: '§' })`, findModel('o6').updates],
  parameters: [
    `${before}run({ model: 'o6', size: 8, temperatures: 1, parameters: { § } })`,
    findModel('o6').parameters.map(({ name }) => name),
  ],
  along: [`${before}run({ model: 'o6', size: 8, temperatures: 1, tempering: { along: '§' } })`, findModel('o6').linear],
  keys: [`${before}run({ model: 'o6', § })`, jobKeys.filter((key) => key !== 'model')],
  quantities: [
    `${before}const { simulations } = await openArchive('a.h5', { model: 'ising' })\nsimulations[0]!.quantities.§`,
    ['energy', 'specific_heat', 'binder', 'callen_ratio'],
  ],
  observables: [
    `${before}plot(await openArchive('a.h5', { model: 'ising' }), { observable: '§' })`,
    ['energy', 'specific_heat', 'binder', 'all'],
  ],
} satisfies Record<string, readonly [program: string, offers: readonly string[]]>

/** Programs of the documentation by where they are. */
const examples = Object.fromEntries(
  ['README', 'docs/library', 'docs/networks'].flatMap((page) => {
    const text = readFileSync(new URL(`../../${page}.md`, import.meta.url), 'utf8')
    return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, program = ''], i) => [`${page.replace('/', '-')}-${i + 1}`, program])
  }),
)

let editor: Editor
/** Exports of the package by name. */
let exported: ReadonlyMap<string, ts.Symbol>

beforeAll(() => {
  const folder = join(temporaryFolder(), 'user')
  ts.sys.createDirectory(folder)
  editor = openEditor(folder, {
    user: [`import { ${calls} } from 'spinpool'`, ...statements.map(([statement]) => statement)].join('\n'),
    ...examples,
    'node.d': 'declare module "node:fs" { export function writeFileSync(path: string, data: string | Uint8Array): void }',
    potts: `import 'spinpool'\ndeclare module 'spinpool' { ${declaration} }`,
    ...Object.fromEntries(Object.entries(cursors).map(([name, [program]]) => [name, program])),
  })
  const index = editor.program.getSourceFiles().find(({ fileName }) => fileName.endsWith('/dist/src/index.d.ts')) as ts.SourceFile
  const module = editor.checker.getSymbolAtLocation(index) as ts.Symbol
  exported = new Map(editor.checker.getExportsOfModule(module).map((symbol) => [symbol.name, itself(symbol)]))
})

function itself(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? editor.checker.getAliasedSymbol(symbol) : symbol
}

/** Members of an exported type with their comments, in order. */
function commented(name: string): Record<string, string> {
  const { checker } = editor
  const type = checker.getDeclaredTypeOfSymbol(exported.get(name) as ts.Symbol)
  return Object.fromEntries(
    checker.getPropertiesOfType(type).map((member) => [member.name, ts.displayPartsToString(member.getDocumentationComment(checker))]),
  )
}

describe('a program that uses the library', () => {
  it('is compiled where it is right, and told what is wrong', () => {
    const errors = editor.errors('user')
    const otherwise = statements.flatMap(([statement, says], i) => {
      const said = errors.get(i + 1)
      return (says ? said !== undefined && says.test(said) : said === undefined) ? [] : [{ statement, said }]
    })
    expect(otherwise).toEqual([])
    expect(statements.filter(([, says]) => says).length).toBeGreaterThan(20)
  })

  it.each(Object.keys(cursors) as (keyof typeof cursors)[])('is completed with names that there are: %s', (name) => {
    const offered = editor.completions(name)
    for (const known of cursors[name][1]) expect(offered).toContain(known)
  })

  it('is right as the documentation has it', () => {
    expect(Object.keys(examples).length).toBeGreaterThan(5)
    const wrong = Object.keys(examples).flatMap((name) =>
      [...editor.errors(name)].map(([line, said]) => `${name}, line ${line + 1}: ${said}`),
    )
    expect(wrong).toEqual([])
  })

  it('reads declarations that are valid themselves', () => {
    const { program } = editor
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.includes('/dist/src/'))
    expect(own.length).toBeGreaterThan(20)
    expect(own.flatMap((file) => program.getSemanticDiagnostics(file)).map(({ messageText }) => messageText)).toEqual([])
  })
})

describe('the exports of the package', () => {
  it('have a name for every type that a call takes or returns', () => {
    const { checker } = editor
    const all = new Set(exported.values())
    const missing = new Set<string>()
    for (const symbol of all) {
      const look = (node: ts.Node): void => {
        if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
          const found = checker.getSymbolAtLocation(ts.isTypeReferenceNode(node) ? node.typeName : node.expression)
          const type = found && itself(found)
          const file = type?.declarations?.[0]?.getSourceFile().fileName ?? ''
          if (type && !(type.flags & ts.SymbolFlags.TypeParameter) && !/\/lib\.[^/]+\.d\.ts$/.test(file) && !all.has(type)) {
            missing.add(`${type.name}, of ${symbol.name}`)
          }
        }
        ts.forEachChild(node, look)
      }
      symbol.declarations?.forEach(look)
    }
    expect([...missing]).toEqual([])
  })
})

describe('the comments that an editor shows', () => {
  it('are those of the schema, for every key of a job', () => {
    const shown = { ...commented('JobKeys'), ...commented('ModelKeys'), ...commented('MoveKeys') }
    expect(shown).toEqual(Object.fromEntries(jobKeys.map((key) => [key, jobSchema.shape[key as keyof typeof jobSchema.shape].description])))
  })

  it('are there for every key of a training, with its default', () => {
    const shown = commented('TrainingInput')
    expect(Object.keys(shown)).toEqual(trainingKeys)
    for (const [key, comment] of Object.entries(shown)) expect(comment, key).toMatch(/^.{10,}default/s)
  })

  it.each(modelNames)('are those of the model, for its parameters and quantities: %s', (name) => {
    const { parameters, observables, derived, identity } = findModel(name)
    const prefix = name === 'o6' ? 'O6' : 'Ising'
    expect(commented(`${prefix}Parameters`)).toEqual(
      Object.fromEntries(parameters.map(({ name: own, describe: says, default: usual }) => [own, `${says}; default ${usual}`])),
    )
    const quantities = [...observables, ...derived, identity]
    expect(commented(`${prefix}Quantities`)).toEqual(Object.fromEntries(quantities.map(({ name: own, longName }) => [own, longName])))
  })
})

describe('the names of a model', () => {
  it.each(modelNames)('are those of its tables: %s', (name) => {
    const { updates, linear, moves, observables, derived, identity } = findModel(name)
    const { checker } = editor
    const models = checker.getDeclaredTypeOfSymbol(exported.get('Models') as ts.Symbol)
    const entry = checker.getTypeOfSymbol(models.getProperty(name) as ts.Symbol)
    const literals = (type: ts.Type): string[] =>
      (type.isUnion() ? type.types : [type]).filter((one) => one.isStringLiteral()).map((one) => (one as ts.StringLiteralType).value)
    const namesOf = (key: string): string[] => literals(checker.getTypeOfSymbol(entry.getProperty(key) as ts.Symbol)).sort()
    expect(namesOf('update')).toEqual([...updates].sort())
    expect(namesOf('along')).toEqual([...linear].sort())
    expect(namesOf('reflection')).toEqual((moves?.reflections ?? []).map((reflection) => reflection.name).sort())
    const quantities = checker.getTypeOfSymbol(entry.getProperty('quantities') as ts.Symbol)
    const kinds = quantities.getProperties().map((member) => [member.name, ...literals(checker.getTypeOfSymbol(member))])
    expect(kinds).toEqual([
      ...observables.map(({ name: own, series, axes }) => [own, series ? 'sampled' : axes ? 'array' : 'measured']),
      ...derived.map(({ name: own }) => [own, 'derived']),
      [identity.name, 'check'],
    ])
  })
})
