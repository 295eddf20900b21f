import type { Options } from 'yargs'
import type { Dataset } from '../dataset/dataset.ts'
import { encodingOf } from '../dataset/encoding.ts'
import { definitionNames } from '../dataset/picture.ts'
import { EXIT, UsageError } from '../errors.ts'
import { models } from '../model/registry.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { formatBytes } from '../text/bytes.ts'
import { readSeed } from '../engine/random/read-seed.ts'
import { alignRows } from '../text/table.ts'
import type { Terminal } from './terminal.ts'
import { type Flags, jsonOption, text, type Verb } from './verb.ts'

/** Flags of one kind of data only. */
const kinds: Readonly<Record<string, Readonly<Record<string, Options>>>> = {
  rectangles: {
    width: text('rectangles: pixels from left to right [default: 3]'),
    height: text('rectangles: pixels from top to bottom [default: 3]'),
    definition: text(`rectangles: what counts as one: ${definitionNames.join(', ')} [default: exact]`),
    count: text('rectangles: pictures, half of them with a rectangle [default: all up to 16 pixels, else 10000]'),
    seed: text('rectangles: seed of the random numbers [default: drawn anew, and kept in the file]'),
  },
  phases: {
    size: text('phases: linear size L, where the archives have several'),
    parameter: {
      type: 'string',
      alias: 'p',
      array: true,
      nargs: 1,
      describe: 'phases: a parameter, where the archives have several sets: -p h=0',
    },
    label: text('phases: what divides the classes: temperature, or an observable of the archives [default: temperature]'),
    boundary: text('phases: temperature below which the phase is ordered [default: T_c where it is known], or value of the observable'),
    encoding: text(
      `phases: what of a configuration is shown: ${models
        .flatMap(({ name: model, physics }) =>
          physics.encodings ? [`${physics.encodings.map(({ name }) => name).join(', ')} (${model})`] : [],
        )
        .join('; ')} [default: the first]`,
    ),
  },
}

/** `spinpool dataset`: labelled examples for networks to learn from. */
export const datasetVerb: Verb = {
  usage: 'dataset [kind] [archives..]',
  describe: 'Make labelled examples to train on: rectangles, or phases out of archives',
  options: {
    ...kinds.rectangles,
    ...kinds.phases,
    out: { ...text('The file to write [default: results/<kind>-<date>.h5]'), alias: 'o' },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
    'dry-run': { type: 'boolean', describe: 'Say what would be made; write nothing' },
    ...jsonOption,
  },
  examples: [
    ['spinpool dataset rectangles -o results/rectangles.h5', 'all 512 pictures of 3 x 3 pixels'],
    ['spinpool dataset rectangles --width 28 --height 28 --seed 1', '10000 larger ones, half of them a rectangle'],
    ['spinpool dataset phases results/run.h5 --size 32', 'configurations of a run with --snapshots, above and below T_c'],
    ['spinpool dataset phases results/o6.h5 --encoding vorticity --label kt_ratio --boundary 1', 'labelled by an observable'],
  ],
  act: async (flags, terminal) => {
    const { kind, files } = checkKind(flags)
    const startedAt = new Date()
    const out = flags.out === undefined ? undefined : String(flags.out)
    const force = flags.force === true
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    // Known before anything is made; the folder results is left alone until then.
    if (out !== undefined && flags.dryRun !== true) freePlace(out, kind, startedAt, force)
    checkNoSource(out, files, 'one of the archives that the configurations come from')
    const { dataset, seed } = kind === 'rectangles' ? await makeRectangles(flags) : await makePhases(flags, files)
    let path: string | undefined
    if (flags.dryRun !== true) {
      const { writeDataset } = await import('../dataset/write.ts')
      path = await writeDataset(freePlace(out, kind, startedAt, force), dataset, {
        command: `spinpool ${process.argv.slice(2).join(' ')}`,
        seed,
        startedAt,
      })
    }
    await report(dataset, kind, path, seed, flags, terminal)
    return EXIT.done
  },
}

/** The kind, with archives where it takes them, and no flag of the other kind. */
function checkKind(flags: Flags): { readonly kind: string; readonly files: readonly string[] } {
  const names = Object.keys(kinds)
  const kind = flags.kind === undefined ? undefined : String(flags.kind)
  const allowed = `allowed: ${names.join(', ')}; see spinpool dataset --help`
  if (kind === undefined) throw new UsageError(`which kind of data?; write spinpool dataset KIND; ${allowed}`)
  if (!names.includes(kind)) throw new UsageError(`there is no kind of data ${shown(kind)}${didYouMean(kind, names)}; ${allowed}`)
  for (const [other, options] of Object.entries(kinds)) {
    const given = Object.keys(options).find((name) => flags[name] !== undefined)
    if (other !== kind && given !== undefined)
      throw new UsageError(`--${given}: belongs to spinpool dataset ${other}; ${kind} has no such flag`)
  }
  const files = [flags.archives ?? []].flat().map(String)
  if (kind === 'rectangles' && files.length > 0) {
    throw new UsageError(`${shown(files[0])}: rectangles are made out of no file; leave it out, or name the file to write with --out`)
  }
  return { kind, files }
}

/** Data, and the seeds of all random numbers in them. */
interface Made {
  readonly dataset: Dataset
  readonly seed: string
}

async function makeRectangles(flags: Flags): Promise<Made> {
  const { rectangles } = await import('../dataset/rectangles.ts')
  const seed = readSeed(flags.seed === undefined ? undefined : String(flags.seed), '--seed')
  const definition = definitionNames.find((name) => name === (flags.definition ?? definitionNames[0]))
  if (!definition) {
    const hint = didYouMean(String(flags.definition), definitionNames)
    throw new UsageError(`--definition: ${shown(flags.definition)} is not possible${hint}; allowed: ${definitionNames.join(', ')}`)
  }
  const [width = 3, height = 3] = [numberOf(flags, 'width'), numberOf(flags, 'height')]
  return { dataset: rectangles({ width, height, definition, count: numberOf(flags, 'count'), seed }), seed }
}

async function makePhases(flags: Flags, files: readonly string[]): Promise<Made> {
  const { phases } = await import('../dataset/phases.ts')
  const parameters = [flags.parameter ?? []].flat().map((entry): [string, number] => {
    const [, name, value = ''] = /^([A-Za-z]\w*)=(\S+)$/.exec(String(entry)) ?? []
    if (name === undefined || Number.isNaN(Number(value))) {
      throw new UsageError(`--parameter: ${shown(String(entry))} is not possible; allowed: name=number, such as -p h=0`)
    }
    return [name, Number(value)]
  })
  const dataset = await phases(files, {
    size: numberOf(flags, 'size'),
    parameters: Object.fromEntries(parameters),
    label: flags.label === undefined ? undefined : String(flags.label),
    boundary: numberOf(flags, 'boundary'),
    encoding: flags.encoding === undefined ? undefined : String(flags.encoding),
  })
  return { dataset, seed: String(dataset.notes.seeds) }
}

/** Taken as text and read here, for a message that repeats what was written. */
function numberOf(flags: Flags, name: string): number | undefined {
  const value = flags[name]
  if (value === undefined) return undefined
  const number = Number(value)
  if (String(value).trim() === '' || Number.isNaN(number))
    throw new UsageError(`--${name}: ${shown(value)} is not possible; allowed: numbers`)
  return number
}

/** What a dataset has of one class. */
interface ClassCount {
  readonly name: string
  readonly examples: number
  readonly groups?: number
  /** Lowest and highest temperature, where there are temperatures. */
  readonly temperature?: readonly [number, number]
}

async function report(
  dataset: Dataset,
  kind: string,
  path: string | undefined,
  seed: string,
  flags: Flags,
  terminal: Terminal,
): Promise<void> {
  const { title, count, shape, group, temperature, symmetries, size, notes } = dataset
  const classes = classCounts(dataset)
  const groups = group && new Set(group).size
  if (flags.json === true) {
    const { hashDataset } = await import('../dataset/hash.ts')
    const lattice = size === undefined ? {} : { size }
    const written = path === undefined ? {} : { path }
    terminal.print(
      JSON.stringify({
        ...written,
        title,
        ...notes,
        seed,
        ...lattice,
        count,
        shape,
        classes,
        groups,
        symmetries,
        hash: hashDataset(dataset),
      }),
    )
  } else {
    terminal.print(
      `${title}: ${count} examples of ${shape.join(' x ')} numbers${groups === undefined ? '' : ` in ${groups} ${groups === 1 ? 'group' : 'groups'}`}`,
    )
    const rows = classes.map(({ name, examples, groups: own, temperature: range }) => [
      name,
      String(examples),
      ...(group ? [String(own)] : []),
      ...(range ? [range.map((T) => Number(T.toPrecision(6))).join(' to ')] : temperature ? ['-'] : []),
    ])
    terminal.print(alignRows([['class', 'examples', ...(group ? ['groups'] : []), ...(temperature ? ['T'] : [])], ...rows]))
    if (path === undefined) terminal.print(`${formatBytes(4 * dataset.x.length)} of 32-bit floats in memory; nothing was written`)
    else terminal.print(path)
  }
  for (const warning of warningsOf(dataset, kind, classes)) terminal.warn(warning)
}

function classCounts({ y, group, temperature }: Dataset): ClassCount[] {
  if (y.kind !== 'classes') return []
  return y.names.map((name, label) => {
    const rows = [...y.values.keys()].filter((row) => y.values[row] === label)
    const temperatures = temperature ? rows.map((row) => temperature[row] as number) : []
    const lowest = temperatures.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const highest = temperatures.reduce((a, b) => Math.max(a, b), 0)
    return {
      name,
      examples: rows.length,
      ...(group ? { groups: new Set(rows.map((row) => group[row])).size } : {}),
      ...(temperatures.length > 0 ? { temperature: [lowest, highest] as const } : {}),
    }
  })
}

function* warningsOf(dataset: Dataset, kind: string, classes: readonly ClassCount[]): Generator<string> {
  const empty = classes.find(({ examples }) => examples === 0)
  if (empty) {
    const advice = kind === 'phases' ? '; choose another --boundary, or take archives with temperatures on both sides of it' : ''
    yield `no example of the class ${empty.name}, so that nothing can be learned${advice}`
  }
  const caution = encodingOf(dataset)?.caution
  if (caution !== undefined) yield caution
}
