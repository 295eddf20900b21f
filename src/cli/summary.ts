import { type Archive, withArchive } from '../archive/read.ts'
import { EXIT, FileError, UsageError } from '../errors.ts'
import { shown } from '../suggestion.ts'
import { columnOf } from '../figure/archive/column.ts'
import { findModel, modelNames } from '../model/registry.ts'
import { sparklines } from '../report/sparkline.ts'
import { summaryCsv, summaryJson } from '../report/summary.ts'
import { observableTable } from '../report/table.ts'
import type { Terminal } from './terminal.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool summary`: the observables of an archive with their errors. */
export const summaryVerb: Verb = {
  usage: 'summary <file>',
  describe: 'Table of observables with errors',
  options: { ...jsonOption, csv: { type: 'boolean', describe: 'Comma-separated values on stdout' } },
  examples: [
    ['spinpool summary results/run.h5', 'a table, exact values beside where they are known'],
    ['spinpool summary results/run.h5 --csv > run.csv', 'for a spreadsheet'],
  ],
  act: async (flags, terminal) => {
    if (flags.json === true && flags.csv === true) throw new UsageError('--json and --csv: give one of them')
    await withArchive(String(flags.file), (archive) => {
      const foreign = archive.simulations.find(({ model }) => !modelNames.includes(model))
      if (foreign) {
        throw new FileError(
          `${String(flags.file)}: ${foreign.name} is of the model ${shown(foreign.model)}, which this version of spinpool has not; known: ${modelNames.join(', ')}`,
        )
      }
      if (flags.json === true) terminal.print(JSON.stringify(summaryJson(archive)))
      else if (flags.csv === true) terminal.print(summaryCsv(archive))
      else {
        terminal.print(`${archive.title} (${archive.status})`)
        printTables(archive, terminal)
      }
      printWarnings(archive, terminal)
    })
    return EXIT.done
  },
}

/** The table of every simulation, each with its name; on a terminal its columns as small bars too, against the temperature. */
export function printTables({ simulations }: Archive, terminal: Terminal): void {
  const bars = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  for (const simulation of simulations) {
    const model = findModel(simulation.model)
    terminal.print(`\n${simulation.name}`)
    terminal.print(observableTable(simulation, model))
    if (bars && simulation.temperature.length > 1) {
      const columns = model.table.map((name): [string, Float64Array] => [name, columnOf(simulation, name)?.mean ?? new Float64Array(0)])
      for (const line of sparklines(columns)) terminal.print(line)
    }
  }
}

export function printWarnings({ simulations }: Archive, terminal: Terminal): void {
  for (const { name, warnings } of simulations) for (const warning of warnings) terminal.warn(`${name}: ${warning}`)
}
