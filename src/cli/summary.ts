import { type Archive, withArchive } from '../archive/read.ts'
import { EXIT } from '../errors.ts'
import { columnOf } from '../view/column.ts'
import { readTemperatures } from '../job/temperatures.ts'
import { sparklines } from '../view/report/sparkline.ts'
import { summaryCsv, summaryJson } from '../view/report/summary.ts'
import type { Terminal } from './terminal.ts'
import { observablesIn } from './flag-values.ts'
import { type Form, formOf, forms, printTable, printTitle, withQuantities } from './tables.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool summary`: the observables of an archive with their errors. */
export const summaryVerb: Verb = {
  usage: 'summary <file>',
  describe: 'Table of observables with errors',
  options: {
    ...jsonOption,
    csv: { type: 'boolean', describe: 'Comma-separated values on stdout' },
    format: { type: 'string', requiresArg: true, describe: `How to print it: ${forms.join(', ')} [default: table]` },
    at: {
      type: 'string',
      requiresArg: true,
      describe: 'Other temperatures within those simulated, written as --temperatures of spinpool run',
    },
    observable: {
      type: 'string',
      requiresArg: true,
      describe: 'Quantities to show, energy,binder [default: all; in a table the most important]',
    },
  },
  values: { format: forms },
  examples: [
    ['spinpool summary results/run.h5', 'a table, exact values beside where they are known'],
    ['spinpool summary results/run.h5 --csv > run.csv', 'for a spreadsheet'],
    ['spinpool summary results/run.h5 --observable energy,binder --format latex', 'two columns, for a paper'],
    ['spinpool summary results/run.h5 --at 2.2:2.3/101', 'between the simulated temperatures, with errors'],
  ],
  act: async (flags, terminal) => {
    const form = formOf(flags)
    const at = flags.at === undefined ? undefined : readTemperatures(String(flags.at), '--at', 'allowed: every temperature once')
    const file = String(flags.file)
    await withArchive(file, async (archive) => {
      if (at) {
        const { printReweighted } = await import('./reweighted.ts')
        await printReweighted({ archive, file, at, form, observable: flags.observable }, terminal)
      } else printSummary(archive, form, flags.observable === undefined ? undefined : observablesIn(String(flags.observable)), terminal)
      printWarnings(archive, terminal)
    })
    return EXIT.done
  },
}

function printSummary(archive: Archive, form: Form, asked: readonly string[] | undefined, terminal: Terminal): void {
  const shown = asked === undefined ? archive : withQuantities(archive, asked)
  if (form === 'json') terminal.print(JSON.stringify(summaryJson(shown)))
  else if (form === 'csv') terminal.print(summaryCsv(shown))
  else {
    printTitle(`${archive.title} (${archive.status})`, form, terminal)
    printTables(shown, terminal, form, asked)
  }
}

/** The table of every simulation, each with its name; on a terminal its columns as small bars too, against the temperature. */
export function printTables({ simulations }: Archive, terminal: Terminal, form: Form = 'table', asked?: readonly string[]): void {
  const bars = form === 'table' && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  for (const simulation of simulations) {
    if (simulation.samples.every((count) => count === 0)) {
      const { sweepsDone, thermalization } = simulation
      terminal.print(
        `\n${simulation.name}\nnothing was measured yet: ${Math.min(sweepsDone, thermalization)} of ${thermalization} sweeps of thermalization are done`,
      )
      continue
    }
    printTable(simulation, form, terminal, asked)
    if (bars && simulation.temperature.length > 1) {
      const columns = (asked ?? simulation.description.table).map((name): [string, Float64Array] => [
        name,
        columnOf(simulation, name)?.mean ?? new Float64Array(0),
      ])
      for (const line of sparklines(columns, process.stdout.columns)) terminal.print(line)
    }
  }
}

export function printWarnings({ simulations }: Archive, terminal: Terminal): void {
  for (const { name, warnings } of simulations) for (const warning of warnings) terminal.warn(`${name}: ${warning}`)
}
