import { type Archive, withArchive } from '../archive/read.ts'
import { EXIT, FileError, UsageError } from '../errors.ts'
import { shown } from '../suggestion.ts'
import { columnOf } from '../figure/archive/column.ts'
import { readTemperatures } from '../job/temperatures.ts'
import { findModel, modelNames } from '../model/registry.ts'
import { sparklines } from '../report/sparkline.ts'
import { summaryCsv, summaryJson } from '../report/summary.ts'
import { observableTable } from '../report/table.ts'
import type { Terminal } from './terminal.ts'
import { type Flags, jsonOption, type Verb } from './verb.ts'

/** `spinpool summary`: the observables of an archive with their errors. */
export const summaryVerb: Verb = {
  usage: 'summary <file>',
  describe: 'Table of observables with errors',
  options: {
    ...jsonOption,
    csv: { type: 'boolean', describe: 'Comma-separated values on stdout' },
    at: {
      type: 'string',
      requiresArg: true,
      describe: 'Other temperatures within those simulated, written as --temperatures of spinpool run',
    },
    observable: {
      type: 'string',
      requiresArg: true,
      describe: 'With --at: quantities to compute, energy,binder [default: all in the samples; in a table the most important]',
    },
  },
  examples: [
    ['spinpool summary results/run.h5', 'a table, exact values beside where they are known'],
    ['spinpool summary results/run.h5 --csv > run.csv', 'for a spreadsheet'],
    ['spinpool summary results/run.h5 --at 2.2:2.3/101', 'between the simulated temperatures, with errors'],
  ],
  act: async (flags, terminal) => {
    const form = formOf(flags)
    if (flags.observable !== undefined && flags.at === undefined) throw new UsageError('--observable: goes with --at alone; give both')
    const at = flags.at === undefined ? undefined : readTemperatures(String(flags.at), '--at', 'allowed: every temperature once')
    const file = String(flags.file)
    await withArchive(file, async (archive) => {
      checkModels(archive, file)
      if (at) {
        const { printReweighted } = await import('./reweighted.ts')
        await printReweighted({ archive, file, at, form, observable: flags.observable }, terminal)
      } else if (form === 'json') terminal.print(JSON.stringify(summaryJson(archive)))
      else if (form === 'csv') terminal.print(summaryCsv(archive))
      else {
        terminal.print(`${archive.title} (${archive.status})`)
        printTables(archive, terminal)
      }
      printWarnings(archive, terminal)
    })
    return EXIT.done
  },
}

/** What a summary is printed as. */
export type Form = 'json' | 'csv' | 'table'

function formOf(flags: Flags): Form {
  if (flags.json === true && flags.csv === true) throw new UsageError('--json and --csv: give one of them')
  if (flags.json === true) return 'json'
  return flags.csv === true ? 'csv' : 'table'
}

/** @throws FileError for a simulation of a model that this version has not */
export function checkModels({ simulations }: Archive, file: string): void {
  const foreign = simulations.find(({ model }) => !modelNames.includes(model))
  if (foreign) {
    throw new FileError(
      `${file}: ${foreign.name} is of the model ${shown(foreign.model)}, which this version of spinpool has not; known: ${modelNames.join(', ')}`,
    )
  }
}

/** The table of every simulation, each with its name; on a terminal its columns as small bars too, against the temperature. */
export function printTables({ simulations }: Archive, terminal: Terminal): void {
  const bars = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  for (const simulation of simulations) {
    const model = findModel(simulation.model)
    terminal.print(`\n${simulation.name}`)
    if (simulation.samples.every((count) => count === 0)) {
      const { sweepsDone, thermalization } = simulation
      terminal.print(`nothing was measured yet: ${Math.min(sweepsDone, thermalization)} of ${thermalization} sweeps of thermalization are done`)
      continue
    }
    terminal.print(observableTable(simulation, model))
    if (bars && simulation.temperature.length > 1) {
      const columns = model.table.map((name): [string, Float64Array] => [name, columnOf(simulation, name)?.mean ?? new Float64Array(0)])
      for (const line of sparklines(columns, process.stdout.columns)) terminal.print(line)
    }
  }
}

export function printWarnings({ simulations }: Archive, terminal: Terminal): void {
  for (const { name, warnings } of simulations) for (const warning of warnings) terminal.warn(`${name}: ${warning}`)
}
