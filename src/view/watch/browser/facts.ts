// The lines of text, and the table of numbers.
import type { Hello, Snapshot } from '../feed.ts'
import { formatWithError } from '../../../text/number.ts'
import { at, duration, element, fixed, NOTHING, type Maybe, selectAt, temperature } from './elements.ts'

export function showHello({ title, model, path, simulations, temperatures, copies, pictures, orders, view }: Hello): void {
  at('title').textContent = title
  at('about').textContent = `${model}; ${path}`
  at('order-title').textContent = orders.length === 1 ? 'Order parameter' : 'Order parameters'
  at('order-section').hidden = orders.length === 0
  at('lattice-section').hidden = !pictures
  at('follow-label').hidden = simulations.length < 2
  element('follow', HTMLInputElement).checked = view.follows
  fill(
    'simulation',
    simulations.map(({ name }, i) => [i, name] as const),
    view.simulation,
  )
  fill(
    'temperature',
    temperatures.map(({ index, value }) => [index, `T = ${temperature(value)}`] as const),
    view.temperature,
  )
  fill(
    'copy',
    Array.from({ length: copies }, (_, copy) => [copy, String(copy + 1)] as const),
    view.copy,
  )
}

function fill(id: string, options: readonly (readonly [value: number, text: string])[], chosen: number): void {
  const list = selectAt(id)
  list.replaceChildren(...options.map(([value, text]) => new Option(text, String(value), false, value === chosen)))
  list.disabled = options.length < 2
}

/** @param ended whether nothing more comes */
export function showFacts({ progress, sweeps, simulations }: Snapshot, title: string, ended: boolean): void {
  const { fraction, elapsedSeconds, remainingSeconds, updatesPerNanosecond } = progress
  element('progress', HTMLProgressElement).value = fraction
  at('percent').textContent = `${(100 * fraction).toFixed(1)} %`
  document.title = `${Math.floor(100 * fraction)} % ${title}`
  const done = Math.min(sweeps.done, sweeps.total)
  const facts = [
    ['Time left', ended ? NOTHING : duration(remainingSeconds)],
    ['Elapsed', duration(elapsedSeconds)],
    ['Speed', `${updatesPerNanosecond < 0.1 ? updatesPerNanosecond.toPrecision(2) : updatesPerNanosecond.toFixed(2)} site updates/ns`],
    [
      'Sweeps',
      `${done.toLocaleString('en')} of ${sweeps.total.toLocaleString('en')}${done < sweeps.thermalization ? ', thermalizing' : done === sweeps.total ? ', finished' : ''}`,
    ],
    ['Simulations finished', `${simulations.done} of ${simulations.total}`],
  ] as const
  at('facts').replaceChildren(
    ...facts.map(([name, value]) => {
      const [pair, term, text] = [document.createElement('div'), document.createElement('dt'), document.createElement('dd')]
      term.textContent = name
      text.textContent = value
      pair.append(term, text)
      return pair
    }),
  )
}

/** Only where it is open. */
export function showTable({ energy, orders, flow }: Snapshot, { temperatures, orders: named }: Hello): void {
  const details = element('numbers', HTMLDetailsElement)
  if (!details.open) return
  const exchanges = flow?.along === 'temperature' && flow.values.length === temperatures.length
  const heading = [
    'T',
    'samples',
    ...['energy', ...named.map(({ name }) => name)].flatMap((name) => [name, 'R\u0302']),
    ...(exchanges ? ['accepted exchanges with the next T'] : []),
  ]
  details.querySelector('thead')?.replaceChildren(rowOf(heading, 'th'))
  details.querySelector('tbody')?.replaceChildren(
    ...temperatures.map(({ value }, i) => {
      const known = [
        temperature(value),
        (energy.samples[i] ?? 0).toLocaleString('en'),
        ...[energy, ...orders].flatMap(({ mean, error, rhat }) => [withError(mean[i], error[i]), fixed(rhat[i], 4)]),
      ]
      return rowOf([...known, ...(exchanges ? [fixed(flow?.acceptance[i], 3)] : [])], 'td')
    }),
  )
}

function withError(value: Maybe, error: Maybe): string {
  return typeof value === 'number' ? formatWithError(value, error ?? Number.NaN).replace('-', '\u2212') : NOTHING
}

function rowOf(cells: readonly string[], kind: 'th' | 'td'): HTMLTableRowElement {
  const line = document.createElement('tr')
  for (const text of cells) {
    const cell = document.createElement(kind)
    if (kind === 'th') cell.setAttribute('scope', 'col')
    cell.textContent = text
    line.append(cell)
  }
  return line
}
