import type { Archive } from '../archive/read.ts'
import { UsageError } from '../errors.ts'
import { latexTable, markdownTable } from '../view/report/markup.ts'
import { observableRows, type Tabulated } from '../view/report/observable-columns.ts'
import { alignRows } from '../text/table.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { columnOf, quantityName } from '../view/column.ts'
import type { Terminal } from './terminal.ts'
import type { Flags } from './verb.ts'

// The forms that `summary` prints its tables in.

export const forms = ['table', 'csv', 'json', 'markdown', 'latex'] as const
export type Form = (typeof forms)[number]

/** @throws UsageError where several are asked for, or one that there is not */
export function formOf({ json, csv, format }: Flags): Form {
  const asked = [json === true && '--json', csv === true && '--csv', format !== undefined && '--format'].filter((flag) => flag !== false)
  if (asked.length > 1) throw new UsageError(`${asked.join(' and ')}: give one of them`)
  if (format === undefined) return json === true ? 'json' : csv === true ? 'csv' : 'table'
  const form = forms.find((candidate) => candidate === format)
  if (!form) throw new UsageError(`--format: ${shown(format)} is not possible; allowed: ${forms.join(', ')}`)
  return form
}

/** An archive with some of its quantities. @throws UsageError for a quantity or an element of one that no simulation has */
export function withQuantities(archive: Archive, names: readonly string[]): Archive {
  const known = [...new Set(archive.simulations.flatMap(({ quantities }) => Object.keys(quantities)))]
  const bases = names.map(quantityName)
  const unknown = names.find((name) => !known.includes(name) && !archive.simulations.some((simulation) => columnOf(simulation, name)))
  if (unknown !== undefined) {
    const base = quantityName(unknown)
    const { shape = [] } = archive.simulations.find(({ quantities }) => quantities[base])?.quantities[base] ?? {}
    const why = !known.includes(base)
      ? didYouMean(base, known)
      : shape.length === 0
        ? `; ${base} is a single number`
        : `; elements of ${base} go from [${shape.map(() => 0).join(',')}] to [${shape.map((length) => length - 1).join(',')}]`
    throw new UsageError(`--observable: ${shown(unknown)} is not among the quantities${why}; possible: ${known.join(', ')}`)
  }
  const simulations = archive.simulations.map((simulation) => ({
    ...simulation,
    quantities: Object.fromEntries(Object.entries(simulation.quantities).filter(([name]) => bases.includes(name))),
  }))
  return { ...archive, simulations }
}

export function printTitle(title: string, form: Form, terminal: Terminal): void {
  terminal.print(form === 'markdown' ? `# ${title}` : form === 'latex' ? `% ${title}` : title)
}

/** The table of one simulation, with its name. */
export function printTable(
  simulation: Tabulated & { readonly name: string },
  form: Form,
  terminal: Terminal,
  asked?: readonly string[] | undefined,
): void {
  const rows = observableRows(simulation, asked)
  const { name } = simulation
  if (form === 'markdown') terminal.print(`\n## ${name}\n\n${markdownTable(rows)}`)
  else if (form === 'latex') terminal.print(`\n% ${name}\n${latexTable(rows)}`)
  else terminal.print(`\n${name}\n${alignRows(rows)}`)
}
