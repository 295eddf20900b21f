// The numbers behind a chart: a table that is made when somebody opens it, and all of them as comma-separated values.
import { plainLabel } from '../../figure/label.ts'
import { formatWithError } from '../../../text/number.ts'
import type { ChartData } from '../chart-data.ts'
import { labelNodes } from './label.ts'
import { saveText } from './save.ts'
import { scrollBoxAround } from './scroll.ts'

/** More rows than that nobody reads; they are all in the file. */
const MOST_ROWS = 500

export function openNumbers(details: HTMLDetailsElement, data: ChartData): void {
  details.addEventListener('toggle', () => {
    if (details.querySelector('table')) return
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Save as CSV'
    button.addEventListener('click', () => saveText(`${data.id}.csv`, csvOf(data), 'text/csv'))
    const rows = rowsOf(data)
    const left = rows.length - MOST_ROWS
    details.append(
      button,
      ...(left > 0 ? [note(`The first ${MOST_ROWS} of ${rows.length} rows; the file has all.`)] : []),
      tableOf(data, rows),
    )
  })
}

interface Row {
  readonly name: string
  readonly x: number | null | undefined
  readonly y: number | null
  readonly error: number | null | undefined
  /** Ends of its band, where it has one. */
  readonly low: number | null | undefined
  readonly high: number | null | undefined
}

function rowsOf({ xs, series }: ChartData): Row[] {
  return series.flatMap(({ name, x, y, error, low, high, role }) =>
    y.map((value, i) => ({
      name: role === 'exact' || role === 'curve' ? `${name} (${role})` : name,
      x: xs[x]?.[i],
      y: value,
      error: error?.[i],
      low: low?.[i],
      high: high?.[i],
    })),
  )
}

function tableOf({ x, y }: ChartData, rows: readonly Row[]): HTMLElement {
  const table = document.createElement('table')
  const heading = table.createTHead().insertRow()
  const banded = rows.some(({ low }) => Number.isFinite(low))
  for (const text of ['series', x.label, y.label, ...(banded ? ['band from', 'to'] : [])]) {
    const cell = document.createElement('th')
    cell.scope = 'col'
    cell.append(...labelNodes(text))
    heading.append(cell)
  }
  const body = table.createTBody()
  for (const row of rows.slice(0, MOST_ROWS)) {
    const line = body.insertRow()
    const value = row.y ?? Number.NaN
    line.insertCell().append(...labelNodes(row.name))
    line.insertCell().textContent = row.x === null || row.x === undefined ? '-' : String(row.x)
    line.insertCell().textContent = row.error ? formatWithError(value, row.error) : row.y === null ? '-' : String(row.y)
    if (banded) for (const end of [row.low, row.high]) line.insertCell().textContent = String(end ?? '-')
  }
  return scrollBoxAround(table, 'Numbers of the chart')
}

function csvOf(data: ChartData): string {
  const number = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value))
  const rows = rowsOf(data)
  const banded = rows.some(({ low }) => Number.isFinite(low))
  const lines = rows.map(({ name, x, y, error, low, high }) =>
    [quoted(plainLabel(name)), ...[x, y, error, ...(banded ? [low, high] : [])].map(number)].join(','),
  )
  const heading = ['series', plainLabel(data.x.label), plainLabel(data.y.label), 'error', ...(banded ? ['low', 'high'] : [])]
  return `${heading.map(quoted).join(',')}\n${lines.join('\n')}\n`
}

/** A spreadsheet takes a text that begins with one of these for a formula. */
function quoted(text: string): string {
  return `"${text.replace(/^[=+\-@\t]/, "'$&").replace(/"/g, '""')}"`
}

function note(text: string): HTMLElement {
  const made = document.createElement('p')
  made.className = 'quiet'
  made.textContent = text
  return made
}
