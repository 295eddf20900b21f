import type UPlot from 'uplot'
import type { Ending, Hello, Snapshot } from './feed.ts'
import type { Flow } from './flow.ts'
import type { Lattice } from './lattice.ts'

// What runs in the browser. It imports types alone, so that it can stand in the page as it is compiled. Everything that comes
// from the job becomes text of an element, never markup. In JSON what is not a number is null.

declare const uPlot: typeof UPlot

type Maybe = number | null | undefined
type State = 'waiting' | 'running' | 'stopping' | 'complete' | 'interrupted' | 'failed' | 'lost'

const CONVERGED = 1.05

const query = new URLSearchParams(location.search)
const token = query.get('token') ?? ''
const tokenHeader = document.querySelector('meta[name=token-header]')?.getAttribute('content') ?? ''
let source: EventSource | undefined
let hello: Hello | undefined
let ended = false

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`)
  return found
}

const at = (id: string): HTMLElement => element(id, HTMLElement)
const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement)
const select = (id: string): HTMLSelectElement => element(id, HTMLSelectElement)

/** Said aloud by screen readers, so only when something changes. */
function say(state: State, text: string): void {
  const line = at('status')
  line.dataset.state = state
  if (line.textContent !== text) line.textContent = text
}

function fixed(value: Maybe, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits).replace('-', '\u2212') : '\u2013'
}

function duration(seconds: Maybe): string {
  if (typeof seconds !== 'number') return '\u2013'
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

// The lines of text.

function showHello(told: Hello): void {
  hello = told
  at('title').textContent = told.title
  at('about').textContent = `${told.model}; ${told.path}`
  fill(
    'simulation',
    told.simulations.map(({ name }, i) => [i, name] as const),
    told.view.simulation,
  )
  fill(
    'temperature',
    told.temperatures.map(({ index, value }) => [index, `T = ${Number(value.toPrecision(6))}`] as const),
    told.view.temperature,
  )
  fill(
    'copy',
    Array.from({ length: told.copies }, (_, copy) => [copy, String(copy + 1)] as const),
    told.view.copy,
  )
}

function fill(id: string, options: readonly (readonly [value: number, text: string])[], chosen: number): void {
  const list = select(id)
  list.replaceChildren(...options.map(([value, text]) => new Option(text, String(value), false, value === chosen)))
  list.disabled = options.length < 2
}

function showFacts({ progress, sweeps }: Snapshot): void {
  const { fraction, elapsedSeconds, remainingSeconds, updatesPerNanosecond, bundles } = progress
  element('progress', HTMLProgressElement).value = fraction
  at('percent').textContent = `${(100 * fraction).toFixed(1)} %`
  document.title = `${Math.floor(100 * fraction)} % ${hello?.title ?? ''}`
  const done = Math.min(sweeps.done, sweeps.total)
  const facts = [
    ['Time left', ended ? '\u2013' : duration(remainingSeconds)],
    ['Elapsed', duration(elapsedSeconds)],
    ['Speed', `${updatesPerNanosecond < 0.1 ? updatesPerNanosecond.toPrecision(2) : updatesPerNanosecond.toFixed(2)} updates/ns`],
    [
      'Sweeps',
      `${done.toLocaleString('en')} of ${sweeps.total.toLocaleString('en')}${done < sweeps.thermalization ? ', thermalizing' : ''}`,
    ],
    ['Bundles done', `${bundles.done} of ${bundles.total}`],
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

function showTable({ energy, flow }: Snapshot): void {
  const details = element('numbers', HTMLDetailsElement)
  if (!details.open || !hello) return
  const exchanges = flow?.along === 'temperature' && flow.values.length === hello.temperatures.length
  const row = (cells: readonly string[], kind: 'th' | 'td'): HTMLTableRowElement => {
    const line = document.createElement('tr')
    for (const text of cells) {
      const cell = document.createElement(kind)
      if (kind === 'th') cell.setAttribute('scope', 'col')
      cell.textContent = text
      line.append(cell)
    }
    return line
  }
  const [head, body] = [details.querySelector('thead'), details.querySelector('tbody')]
  head?.replaceChildren(row(['T', 'samples', 'energy', 'R\u0302', ...(exchanges ? ['acceptance, with the next'] : [])], 'th'))
  body?.replaceChildren(
    ...hello.temperatures.map(({ value }, i) =>
      row(
        [
          String(Number(value.toPrecision(6))),
          (energy.samples[i] ?? 0).toLocaleString('en'),
          fixed(energy.mean[i], 6),
          fixed(energy.rhat[i], 4),
          ...(exchanges ? [fixed(flow?.acceptance[i], 3)] : []),
        ],
        'td',
      ),
    ),
  )
}

// The lattice.

function showLattice(lattice: Lattice | null): void {
  const canvas = element('lattice', HTMLCanvasElement)
  const context = canvas.getContext('2d')
  if (!lattice || !context) return
  const { side, every, kind } = lattice
  const bytes = Uint8Array.from(atob(lattice.data), (letter) => letter.charCodeAt(0))
  canvas.width = side
  canvas.height = side
  const image = context.createImageData(side, side)
  const part = kind === 'spins' ? paintSpins(bytes, image.data) : paintVectors(bytes, image.data)
  context.putImageData(image, 0, 0)
  const size = hello?.simulations[Number(select('simulation').value)]?.size ?? side
  const shown = every === 1 ? '' : `; one site of ${every} along both sides is shown`
  at('lattice-caption').textContent = `L = ${size}, one replica as it is now${shown}`
  canvas.setAttribute(
    'aria-label',
    `lattice of ${side} by ${side} sites, ${Math.round(100 * part)} % ${kind === 'spins' ? 'up' : 'charge order'}`,
  )
  showKey(kind)
}

/** @returns the part of spins that are up */
function paintSpins(bits: Uint8Array, rgba: Uint8ClampedArray): number {
  const [up, down] = [rgbOf(colour('up')), rgbOf(colour('down'))]
  let count = 0
  for (let site = 0; 4 * site < rgba.length; site++) {
    const isUp = (((bits[site >> 3] ?? 0) >> (site & 7)) & 1) === 1
    if (isUp) count++
    rgba.set(isUp ? up : down, 4 * site)
  }
  return (4 * count) / rgba.length
}

/** Superconducting phase as hue; the more charge order, the brighter. @returns the mean charge order */
function paintVectors(pairs: Uint8Array, rgba: Uint8ClampedArray): number {
  let sum = 0
  for (let site = 0; 4 * site < rgba.length; site++) {
    const [hue, q] = [(pairs[2 * site] ?? 0) / 256, (pairs[2 * site + 1] ?? 0) / 255]
    sum += q
    rgba.set(hsl(6 * hue, 0.4 + 0.58 * q), 4 * site)
  }
  return (4 * sum) / rgba.length
}

function rgbOf(hex: string): [number, number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255, 255]
}

/** @param hue 0 to 6 */
function hsl(hue: number, lightness: number): [number, number, number, number] {
  const a = 0.85 * Math.min(lightness, 1 - lightness)
  const part = (n: number): number => {
    const k = (n + 2 * hue) % 12
    return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return [part(0), part(8), part(4), 255]
}

function showKey(kind: Lattice['kind']): void {
  const key = at('lattice-key')
  if (key.dataset.kind === kind) return
  key.dataset.kind = kind
  if (kind === 'vectors') {
    key.textContent = 'Hue: superconducting phase. Brightness: charge order, white where there is nothing else.'
    return
  }
  key.replaceChildren(
    ...(['up', 'down'] as const).map((name) => {
      const [entry, swatch] = [document.createElement('span'), document.createElement('span')]
      swatch.className = 'swatch'
      swatch.style.background = `var(--${name})`
      entry.append(swatch, `spin ${name}`)
      return entry
    }),
  )
}

// The charts.

interface Drawn {
  readonly plot: UPlot
  readonly key: string
}

const charts = new Map<string, Drawn>()
/** Where lines are drawn across the charts, and what stands at the ticks of the replica flow. */
let marked: number | undefined
let values: readonly Maybe[] = []
/** Where replicas were seen, and when, as long as the run itself does not record it. */
const MOST_SEEN = 300
let seen: { readonly view: string; readonly seconds: number[]; readonly rows: (readonly number[])[] } = { view: '', seconds: [], rows: [] }

/** Draws anew, or only the data where the chart is of the same kind as before: `kind`, with as many lines. */
function chart(
  id: string,
  kind: string,
  data: UPlot.AlignedData,
  options: () => Pick<UPlot.Options, 'series' | 'axes' | 'scales' | 'hooks'>,
): void {
  const place = at(id)
  const known = charts.get(id)
  const key = `${kind} ${data.length}`
  if (known?.key === key) {
    known.plot.setData(data)
    return
  }
  known?.plot.destroy()
  const size = { width: place.clientWidth, height: heightOf(place) }
  const plot = new uPlot({ ...size, legend: { show: false }, cursor: { drag: { x: false, y: false } }, ...options() }, data, place)
  charts.set(id, { plot, key })
}

/** The energy stands beside the lattice, which is higher. */
function heightOf(place: HTMLElement): number {
  return place.id === 'energy' ? 330 : 240
}

function axis(label: string, size: number, more: UPlot.Axis = {}): UPlot.Axis {
  const line = { stroke: colour('line'), width: 1 }
  return {
    label,
    stroke: colour('soft'),
    grid: line,
    ticks: line,
    size,
    labelSize: 20,
    font: '12px system-ui',
    labelFont: '12px system-ui',
    ...more,
  }
}

/** A line across the chart, along x or y. */
function lineAt(of: () => number | undefined, direction: 'x' | 'y', stroke: string): (plot: UPlot) => void {
  return (plot) => {
    const value = of()
    if (value === undefined) return
    const { ctx, bbox } = plot
    const position = plot.valToPos(value, direction, true)
    const [low, high] = direction === 'x' ? [bbox.left, bbox.left + bbox.width] : [bbox.top, bbox.top + bbox.height]
    if (!(position >= low && position <= high)) return
    ctx.save()
    ctx.strokeStyle = stroke
    ctx.setLineDash([6, 4])
    ctx.beginPath()
    if (direction === 'x') {
      ctx.moveTo(position, bbox.top)
      ctx.lineTo(position, bbox.top + bbox.height)
    } else {
      ctx.moveTo(bbox.left, position)
      ctx.lineTo(bbox.left + bbox.width, position)
    }
    ctx.stroke()
    ctx.restore()
  }
}

function showCharts({ energy, flow, view, progress }: Snapshot): void {
  if (!hello) return
  const T = hello.temperatures.map(({ value }) => value)
  marked = hello.temperatures.find(({ index }) => index === view.temperature)?.value
  const mark = lineAt(() => marked, 'x', colour('soft'))
  const copies = energy.latest[0]?.length ?? 0
  const latest = Array.from({ length: copies }, (_, copy) => energy.latest.map((own) => own[copy] ?? null))
  const dots: UPlot.Series = {
    stroke: colour('warm'),
    width: 0,
    paths: () => null,
    points: { show: true, size: 4, fill: colour('warm'), width: 0 },
  }
  const line: UPlot.Series = { stroke: colour('accent'), width: 2, points: { show: true, size: 5, fill: colour('accent'), width: 0 } }
  const scales = { x: { time: false } }
  chart('energy', 'energy', [T, ...latest, energy.mean as (number | null)[]], () => ({
    scales,
    series: [{}, ...latest.map(() => dots), line],
    axes: [axis('temperature T', 40), axis('energy per site', 60)],
    hooks: { draw: [mark] },
  }))
  chart('rhat', 'rhat', [T, energy.rhat as (number | null)[]], () => ({
    scales: { ...scales, y: { range: (_, __, most) => [0.998, Math.max(1.06, 1 + 1.1 * ((most ?? 1) - 1))] } },
    series: [{}, { ...line }],
    axes: [axis('temperature T', 40), axis('R\u0302', 60)],
    hooks: { draw: [mark, lineAt(() => CONVERGED, 'y', colour('warm'))] },
  }))
  at('energy').setAttribute(
    'aria-label',
    `energy per site ${fixed(energy.mean[0], 4)} at T = ${T[0]} to ${fixed(energy.mean.at(-1), 4)} at T = ${T.at(-1)}`,
  )
  at('acceptance-section').hidden = !flow
  at('flow-section').hidden = !flow
  if (flow) showFlow(flow, watched(flow, JSON.stringify(view), progress.elapsedSeconds), scales)
}

/** The recorded trajectory, or before there is any, while thermalizing, what was seen from event to event. */
function watched(
  flow: Flow,
  view: string,
  now: number,
): { readonly x: readonly number[]; readonly rows: readonly (readonly number[])[]; readonly label: string } {
  if (flow.rows.length > 0) return { x: flow.rounds, rows: flow.rows, label: 'samples' }
  if (seen.view !== view) seen = { view, seconds: [], rows: [] }
  seen.seconds.push(now)
  seen.rows.push(flow.at)
  if (seen.rows.length > MOST_SEEN) {
    seen.seconds.shift()
    seen.rows.shift()
  }
  return { x: seen.seconds, rows: seen.rows, label: 'seconds, thermalizing' }
}

function showFlow(flow: Flow, path: ReturnType<typeof watched>, scales: UPlot.Scales): void {
  const named = flow.along === 'temperature' ? 'temperature T' : flow.along
  const pairs = flow.values.length - 1
  const middle = Array.from({ length: pairs }, (_, k) => ((flow.values[k] ?? 0) + (flow.values[k + 1] ?? 0)) / 2)
  const accepted: Maybe[] = flow.acceptance.slice(0, pairs)
  chart('acceptance', flow.along, [middle, accepted as (number | null)[]], () => ({
    scales: { ...scales, y: { range: [0, 1] } },
    series: [{}, { stroke: colour('accent'), width: 2, points: { show: true, size: 6, fill: colour('accent'), width: 0 } }],
    axes: [axis(`${named}, between neighbours`, 40), axis('accepted', 60)],
  }))
  const known = accepted.filter((value): value is number => typeof value === 'number')
  at('acceptance-caption').textContent =
    known.length === 0
      ? 'Counted from the first measurement on.'
      : `Least ${fixed(Math.min(...known), 3)}, greatest ${fixed(Math.max(...known), 3)}, of all attempts so far.`
  values = flow.points === flow.values.length ? flow.values : []
  const paths = flow.replicas.map((_, i) => path.rows.map((row) => row[i] ?? null))
  chart('flow', `${path.label} ${flow.along} ${flow.points}`, [[...path.x], ...paths], () => ({
    scales: { ...scales, y: { range: [-0.5, flow.points - 0.5] } },
    series: [
      {},
      // From cold to warm, by where a replica began.
      ...paths.map(
        (_, i): UPlot.Series => ({
          stroke: between(i / Math.max(1, paths.length - 1)),
          width: 1.5,
          points: { show: false },
        }),
      ),
    ],
    axes: [
      axis(path.label, 40),
      axis(named, 60, {
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
        values: (_, ticks) =>
          ticks.map((tick) =>
            values.length === 0 ? String(tick) : typeof values[tick] === 'number' ? String(Number(values[tick].toPrecision(4))) : '',
          ),
      }),
    ],
  }))
  const all = flow.points === flow.replicas.length ? `all ${flow.points} replicas` : `${flow.replicas.length} of ${flow.points} replicas`
  const trips = flow.rows.length === 0 ? 'round trips are counted from the first measurement on' : `${flow.allTrips} round trips so far`
  at('flow-caption').textContent = `Where ${all} of this copy have been, coloured by where they began; ${trips}.`
}

/** From blue over violet to orange, which those who do not see red or green tell apart too. @param part 0 to 1 */
function between(part: number): string {
  const stops = [
    [47, 111, 191],
    [150, 95, 165],
    [232, 138, 40],
  ]
  const [i, rest] = part < 0.5 ? [0, 2 * part] : [1, 2 * part - 1]
  const mixed = [0, 1, 2].map((k) => Math.round((stops[i]?.[k] ?? 0) * (1 - rest) + (stops[i + 1]?.[k] ?? 0) * rest))
  return `rgb(${mixed.join(' ')})`
}

function resize(): void {
  for (const [id, { plot }] of charts) plot.setSize({ width: at(id).clientWidth, height: heightOf(at(id)) })
}

// What comes from the run, and what goes to it.

function open(): void {
  source?.close()
  for (const name of ['simulation', 'temperature', 'copy']) {
    const { value } = select(name)
    if (value !== '') query.set(name, value)
  }
  // A reload shows the same.
  history.replaceState(null, '', `?${query}`)
  source = new EventSource(`/events?${query}`)
  source.addEventListener('hello', ({ data }) => {
    showHello(JSON.parse(data))
    if (at('status').dataset.state !== 'stopping') say('running', 'running')
  })
  source.addEventListener('state', ({ data }) => {
    const snapshot: Snapshot = JSON.parse(data)
    showFacts(snapshot)
    showLattice(snapshot.lattice)
    showCharts(snapshot)
    showTable(snapshot)
  })
  source.addEventListener('done', ({ data }) => end(JSON.parse(data)))
  source.onerror = () => {
    if (!ended) say('lost', 'no connection: the run has ended, or its machine is busy; trying again')
  }
}

function end({ status, path, message }: Ending): void {
  ended = true
  source?.close()
  const text = status === 'failed' ? 'failed' : `${status}: ${path}`
  say(status, message === undefined ? text : `${text}; ${message}`)
  for (const id of ['stop', 'checkpoint', 'yes']) button(id).disabled = true
  for (const id of ['simulation', 'temperature', 'copy']) select(id).disabled = true
  ask(false)
}

async function send(path: 'stop' | 'checkpoint'): Promise<boolean> {
  try {
    return (await fetch(`/${path}`, { method: 'POST', headers: { [tokenHeader]: token } })).ok
  } catch {
    return false
  }
}

/** Shows the question in place of the button, or the button. */
function ask(sure: boolean): void {
  at('sure').hidden = !sure
  button('stop').hidden = sure
}

button('stop').addEventListener('click', () => {
  ask(true)
  button('yes').focus()
})
button('no').addEventListener('click', () => {
  ask(false)
  button('stop').focus()
})
at('sure').addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') button('no').click()
})
button('yes').addEventListener('click', async () => {
  ask(false)
  button('stop').disabled = true
  say('stopping', 'stopping: finishing the round and writing a checkpoint')
  if (!(await send('stop')) && !ended) {
    button('stop').disabled = false
    say('lost', 'the run did not hear the stop; try again')
  }
})
button('checkpoint').addEventListener('click', async () => {
  say('running', (await send('checkpoint')) ? 'running; a checkpoint is being written' : 'running; the checkpoint was not heard, try again')
})
for (const id of ['simulation', 'temperature', 'copy']) select(id).addEventListener('change', open)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const { plot } of charts.values()) plot.destroy()
  charts.clear()
})
addEventListener('resize', resize)
open()
