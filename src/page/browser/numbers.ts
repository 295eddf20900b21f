// The numbers behind a chart: a table that is made when somebody opens it, and all of them as comma-separated values.
import { plainLabel } from '../../figure/label.ts'
import { formatWithError } from '../../report/number.ts'
import type { ChartData } from '../chart-data.ts'
import { labelNodes } from './label.ts'
import { saveText } from './save.ts'

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
}

function rowsOf({ xs, series }: ChartData): Row[] {
  return series.flatMap(({ name, x, y, error, role }) =>
    y.map((value, i) => ({
      name: role === 'exact' || role === 'curve' ? `${name} (${role})` : name,
      x: xs[x]?.[i],
      y: value,
      error: error?.[i],
    })),
  )
}

function tableOf({ x, y }: ChartData, rows: readonly Row[]): HTMLElement {
  const box = document.createElement('div')
  box.className = 'scroll'
  box.tabIndex = 0
  box.setAttribute('role', 'region')
  box.setAttribute('aria-label', 'Numbers of the chart')
  const table = document.createElement('table')
  const heading = table.createTHead().insertRow()
  for (const text of ['series', x.label, y.label]) {
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
  }
  box.append(table)
  return box
}

function csvOf(data: ChartData): string {
  const number = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value))
  const lines = rowsOf(data).map(({ name, x, y, error }) => [quoted(plainLabel(name)), number(x), number(y), number(error)].join(','))
  return `${['series', plainLabel(data.x.label), plainLabel(data.y.label), 'error'].map(quoted).join(',')}\n${lines.join('\n')}\n`
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
