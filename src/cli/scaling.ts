import { withArchive } from '../archive/read.ts'
import { EXIT, UsageError } from '../errors.ts'
import type { Reweighting } from '../statistics/reweighting.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool scaling`: peaks, crossings and finite-size fits of one archive with several sizes, or of several archives. */
export const scalingVerb: Verb = {
  usage: 'scaling <files..>',
  describe: 'Peaks, crossings and finite-size fits',
  options: { ...jsonOption },
  examples: [
    ['spinpool scaling results/run.h5', 'all sizes of one run; one size gives its peaks'],
    ['spinpool scaling L16.h5 L32.h5 L64.h5', 'runs of one size each'],
  ],
  act: async (flags, terminal) => {
    const { noteLimits, readSamples } = await import('./reweighted.ts')
    const { finiteSizeScaling } = await import('../statistics/finite-size.ts')
    const { finiteSizeJson, finiteSizeText } = await import('../view/report/finite-size.ts')
    const files = [flags.files].flat().map(String)
    const read: Of[] = []
    for (const file of files) {
      const simulations = await withArchive(file, (archive) => {
        return readSamples(archive, file)
      })
      read.push(...simulations.map((simulation) => ({ file, simulation })))
    }
    const sets = setsOf(read, files.length > 1)
    const all = sets.map((set) => ({ set, scaling: finiteSizeScaling(set.map(({ simulation }) => simulation)) }))
    if (flags.json === true) {
      terminal.print(
        JSON.stringify({
          simulations: all.map(({ set, scaling }) => ({
            model: set[0]?.simulation.description.name,
            parameters: set[0]?.simulation.parameters,
            ...finiteSizeJson(scaling),
          })),
        }),
      )
    } else terminal.print(all.map(({ set, scaling }) => `${headingOf(set)}\n\n${finiteSizeText(scaling)}`).join('\n\n\n'))
    noteLimits(
      read.map(({ simulation }) => simulation),
      terminal,
    )
    return EXIT.done
  },
}

/** A simulation and the file that it was read from. */
interface Of {
  readonly file: string
  readonly simulation: Reweighting
}

/** Simulations that differ in size alone. One archive may hold several such sets, several archives must make up one. */
function setsOf(read: readonly Of[], one: boolean): Of[][] {
  const sets: Of[][] = []
  for (const here of read) {
    const set = sets.find(([first]) => first && difference(first, here) === undefined)
    const same = set?.find(({ simulation }) => simulation.size === here.simulation.size)
    if (same?.file === here.file) throw new UsageError(`${here.file}: given twice; allowed: every archive once`)
    if (same) {
      throw new UsageError(
        `${here.file}: L = ${here.simulation.size}, as ${same.file}; allowed: one simulation for each size; spinpool merge joins parts of one job`,
      )
    }
    if (set) set.push(here)
    else {
      const first = sets[0]?.[0]
      if (one && first)
        throw new UsageError(`${here.file}: ${difference(first, here)} in ${first.file}; allowed: archives that differ in size alone`)
      sets.push([here])
    }
  }
  return sets
}

/** What the second has otherwise than the first, as in `h = 0.1, but 0`. */
function difference({ simulation: first }: Of, { simulation: second }: Of): string | undefined {
  if (first.description.name !== second.description.name) return `of the model ${second.description.name}, but ${first.description.name}`
  const key = Object.keys(second.parameters).find((name) => first.parameters[name] !== second.parameters[name])
  return key === undefined ? undefined : `${key} = ${second.parameters[key]}, but ${first.parameters[key]}`
}

function headingOf(set: readonly Of[]): string {
  const first = set[0]?.simulation
  const parameters = Object.entries(first?.parameters ?? {}).map(([key, value]) => `${key} = ${value}`)
  const sizes = set.map(({ simulation }) => simulation.size).sort((a, b) => a - b)
  return `${first?.description.title}, L = ${sizes.join(', ')}; ${parameters.join(', ')}`
}
