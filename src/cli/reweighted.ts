import type { Archive } from '../archive/read.ts'
import { FileError } from '../errors.ts'
import { reweighted, reweightedCsv, reweightedJson } from '../view/report/reweighted.ts'
import { checkQuantity, type Reweighting } from '../statistics/reweighting.ts'
import { reweightingOf } from '../archive/reweighting.ts'
import { observablesIn } from './flag-values.ts'
import { type Form, printTable, printTitle } from './tables.ts'
import type { Terminal } from './terminal.ts'

/** Fewer blocks than this make errors that are only good to some 25 %. */
const FEW_BLOCKS = 8

interface Asked {
  readonly archive: Archive
  readonly file: string
  readonly at: readonly number[]
  readonly form: Form
  readonly observable: unknown
}

/** `spinpool summary --at`: quantities between the simulated temperatures. */
export function printReweighted({ archive, file, at, form, observable }: Asked, terminal: Terminal): void {
  const simulations = readSamples(archive, file)
  for (const simulation of simulations) for (const T of at) simulation.refuse(T, '--at')
  const asked = observable === undefined ? undefined : observablesIn(String(observable))
  for (const { quantities, missing, name } of simulations) {
    for (const quantity of asked ?? []) checkQuantity(quantity, quantities, [...quantities, ...missing], name, '--observable: ')
  }
  const all = simulations.map((simulation) => {
    const inTable =
      form !== 'json' && form !== 'csv' ? simulation.description.table.filter((name) => simulation.quantities.includes(name)) : undefined
    return reweighted(simulation, asked ?? inTable ?? simulation.quantities, at)
  })
  if (form === 'json') terminal.print(JSON.stringify(reweightedJson(all)))
  else if (form === 'csv') terminal.print(reweightedCsv(all))
  else {
    printTitle(`${archive.title} (${archive.status}), reweighted`, form, terminal)
    for (const simulation of all) printTable(simulation, form, terminal, asked)
  }
  noteLimits(simulations, terminal)
}

/** Samples of every simulation of an archive. @throws FileError where one has none */
export function readSamples({ simulations }: Archive, file: string): Reweighting[] {
  if (simulations.length === 0) throw new FileError(`${file}: holds no simulation`)
  return simulations.map((simulation) => {
    try {
      return reweightingOf(simulation)
    } catch (error) {
      throw error instanceof FileError && !error.message.startsWith(file) ? new FileError(`${file}: ${error.message}`) : error
    }
  })
}

/** What is not there between the simulated temperatures, and errors that are not sure, each in one line. */
export function noteLimits(simulations: readonly Reweighting[], terminal: Terminal): void {
  const missing = [...new Set(simulations.flatMap((simulation) => simulation.missing))]
  if (missing.length > 0) terminal.info(`at the simulated temperatures alone: ${missing.join(', ')}`)
  for (const { name, blocks } of simulations) {
    if (blocks < 2) terminal.warn(`${name}: too short for errors; run longer or with more copies`)
    else if (blocks < FEW_BLOCKS)
      terminal.warn(`${name}: errors come from ${blocks} blocks and are uncertain; run longer or with more copies`)
  }
}
