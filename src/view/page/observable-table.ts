// Tables of one simulation: what was measured against temperature, and how well it was sampled.
import type { ArchivedSimulation } from '../../archive/read.ts'
import { formatTemperature } from '../../text/rounded.ts'
import { observableColumns } from '../report/observable-columns.ts'
import { type Content, html } from './html.ts'
import { scrollBox } from './scroll-box.ts'

/** What the model puts first, with exact values beside where they are known. */
export function observableTable(simulation: ArchivedSimulation): Content {
  return temperatureTable(simulation, `Observables of ${simulation.name}`, simulation.description.table)
}

/** All other quantities; undefined where there are none. */
export function otherTable(simulation: ArchivedSimulation): Content | undefined {
  const names = scalarNames(simulation).filter((name) => !simulation.description.table.includes(name))
  return names.length > 0 ? temperatureTable(simulation, `Other quantities of ${simulation.name}`, names) : undefined
}

/** Longest autocorrelation time and largest ratio of spreads between copies, of each quantity that has them. */
export function samplingTable({ name, quantities, temperature }: ArchivedSimulation): Content | undefined {
  const rows = Object.entries(quantities)
    .map(([quantity, { tau, rhat, shape }]) => ({
      quantity,
      tau: worstOf(tau, shape, temperature),
      rhat: worstOf(rhat, shape, temperature),
    }))
    .filter(({ tau, rhat }) => tau || rhat)
  if (rows.length === 0) return undefined
  const pair = (found: readonly [number, number | undefined] | undefined, digits: number): Content =>
    html`<td data-value="${found?.[0] ?? ''}">${found ? found[0].toFixed(digits) : '-'}</td><td>${found ? formatTemperature(found[1]) : '-'}</td>`
  return sortableTable(
    `Sampling of ${name}`,
    ['quantity', 'longest τ / sweeps', 'at T', 'largest R\u0302', 'at T'].map((text) => ({ text })),
    rows.map(({ quantity, tau, rhat }) => html`<tr><th scope="row">${quantity}</th>${pair(tau, 2)}${pair(rhat, 3)}</tr>`),
  )
}

/** The largest of values against temperature, and the temperature at which it is; undefined if there is none. */
export function worstOf(
  values: Float64Array | undefined,
  shape: readonly number[],
  temperature: ArrayLike<number>,
): readonly [value: number, temperature: number | undefined] | undefined {
  const places = [...(values ?? []).keys()].filter((i) => Number.isFinite(values?.[i]))
  const place = places.reduce<number | undefined>(
    (best, i) => (best === undefined || at(values, i) > at(values, best) ? i : best),
    undefined,
  )
  const length = shape.reduce((a, b) => a * b, 1)
  return place === undefined ? undefined : [at(values, place), temperature[Math.floor(place / length)]]
}

function temperatureTable(simulation: ArchivedSimulation, label: string, names: readonly string[]): Content {
  const columns = observableColumns(simulation, names)
  const { temperature, samples } = simulation
  return sortableTable(
    label,
    [{ text: 'T' }, ...columns.map(({ name, of }) => ({ text: name, ...(of === undefined ? {} : { of }) })), { text: 'samples' }],
    [...temperature].map(
      (T, t) =>
        html`<tr><th scope="row">${formatTemperature(T)}</th>${columns.map(({ cells, of }) => {
          const [text, value] = cells[t] ?? ['-', Number.NaN]
          return html`<td${of === undefined ? undefined : html` class="exact"`} data-value="${Number.isFinite(value) ? Number(value.toPrecision(7)) : ''}">${text}</td>`
        })}<td>${samples[t]}</td></tr>`,
    ),
  )
}

function sortableTable(
  label: string,
  headings: readonly { readonly text: string; readonly of?: string }[],
  rows: readonly Content[],
): Content {
  return scrollBox(
    label,
    html`<table class="sortable" aria-label="${label}">
<thead><tr>${headings.map(({ text, of }) =>
      of === undefined
        ? html`<th scope="col"><button type="button">${text}</button></th>`
        : html`<th scope="col" class="exact"><button type="button" aria-label="${text} ${of}">${text}</button></th>`,
    )}</tr></thead>
<tbody>${rows.map((row) => html`${row}\n`)}</tbody></table>`,
  )
}

function scalarNames({ quantities }: ArchivedSimulation): string[] {
  return Object.entries(quantities).flatMap(([name, { shape }]) => (shape.length === 0 ? [name] : []))
}

function at(values: ArrayLike<number> | undefined, i: number): number {
  return values?.[i] ?? Number.NaN
}
