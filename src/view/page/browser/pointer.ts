// The point that is looked at: nearest to the mouse, or gone to with the arrow keys. It has a ring, its numbers beside it,
// and for who cannot see it a sentence.
import { plainLabel } from '../../figure/label.ts'
import { formatWithError } from '../../../text/number.ts'
import type { ChartData } from '../chart-data.ts'
import { isVisible, type Line } from './line.ts'
import { colourOf } from './colour.ts'
import { labelNodes } from './label.ts'
import type { Plot } from './plot.ts'
import type { Range } from './range.ts'

/** Farther away there is no point. */
const REACH = 48

interface Place {
  readonly line: Line
  readonly index: number
}

export interface Pointer {
  follow(): void
  /** @returns whether the key means something here */
  press(key: string): boolean
}

/** @param say a live region */
export function openPointer(plot: () => Plot, data: ChartData, lines: readonly Line[], say: HTMLElement): Pointer {
  const ring = document.createElement('div')
  const tip = document.createElement('div')
  ring.className = 'ring'
  tip.className = 'tip'
  let at: Place | undefined
  let keyed = false

  function mark(place: Place | undefined): void {
    at = place
    const { library } = plot()
    if (!ring.isConnected) library.over.append(ring, tip)
    ring.hidden = tip.hidden = place === undefined
    if (!place) return
    const [left, top] = pixelsOf(plot(), place)
    ring.style.transform = `translate(${left}px, ${top}px)`
    ring.style.borderColor = colourOf(place.line.entry.colour)
    tip.replaceChildren(...linesOfText(data, place).map((text) => paragraph(text)))
    // Above, or below where there is no room: it never lies on the point itself.
    const x = Math.min(Math.max(0, left - tip.offsetWidth / 2), library.over.clientWidth - tip.offsetWidth)
    const y = top - tip.offsetHeight - 14
    tip.style.transform = `translate(${x}px, ${y >= -30 ? y : top + 14}px)`
  }

  function goTo(place: Place | undefined): void {
    if (!place) return
    const x = place.line.x[place.index] ?? 0
    const y = place.line.y[place.index] ?? 0
    const { view } = plot()
    // What lies outside comes into the middle.
    const [across, up] = [around(view.x, x, 1, data.x.log, true), around(view.y, y, 1, data.y.log, true)]
    if (across !== view.x || up !== view.y) plot().show(across, up)
    const [left, top] = pixelsOf(plot(), place)
    keyed = true
    plot().library.setCursor({ left, top }, false)
    mark(place)
    say.textContent = plainLabel(linesOfText(data, place).join(', '))
  }

  return {
    follow: () => {
      const { left = -1, top = -1, event } = plot().library.cursor
      // Without an event it was moved from here.
      if (keyed && !event) return
      keyed = false
      mark(left < 0 ? undefined : nearest(plot(), lines, left, top))
    },
    press: (key) => {
      if (key === 'Escape') {
        mark(undefined)
        plot().library.setCursor({ left: -10, top: -10 }, false)
        plot().reset()
        say.textContent = 'Everything is shown.'
        return true
      }
      if (key === '+' || key === '=' || key === '-') {
        const { view } = plot()
        const factor = key === '-' ? 2 : 0.5
        plot().show(around(view.x, at ? at.line.x[at.index] : undefined, factor, data.x.log), view.y)
        if (at) mark(at)
        return true
      }
      const visible = lines.filter((line) => isVisible(line) && indicesOf(line).length > 0)
      const line = at && visible.includes(at.line) ? at.line : visible[0]
      if (!line) return false
      const indices = indicesOf(line)
      const now = at?.line === line ? indices.indexOf(at.index) : -1
      const turn = { ArrowUp: 1, ArrowDown: visible.length - 1 }[key]
      const next = { ArrowRight: now + 1, ArrowLeft: Math.max(0, now - 1), Home: 0, End: indices.length - 1 }[key]
      if (turn !== undefined) {
        const other = visible[(visible.indexOf(line) + turn) % visible.length] ?? line
        goTo({ line: other, index: closestTo(other, at ? (at.line.x[at.index] ?? 0) : Number.NEGATIVE_INFINITY) })
      } else if (next !== undefined) {
        goTo({ line, index: indices[Math.min(next, indices.length - 1)] ?? 0 })
      } else return false
      return true
    },
  }
}

/** Where there is something, from left to right. */
function indicesOf({ x, y }: Line): number[] {
  const there = [...x.keys()].filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]))
  return there.sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0))
}

function closestTo(line: Line, x: number): number {
  const distance = (i: number): number => Math.abs((line.x[i] ?? 0) - x)
  const indices = indicesOf(line)
  return indices.reduce((best, i) => (distance(i) < distance(best) ? i : best), indices[0] ?? 0)
}

function nearest(plot: Plot, lines: readonly Line[], left: number, top: number): Place | undefined {
  let found: Place | undefined
  let least = REACH
  for (const line of lines.filter(isVisible)) {
    // A measured point is worth more than the curve that goes through it.
    const handicap = line.role === 'data' ? 0 : 8
    for (const index of line.x.keys()) {
      if (!Number.isFinite(line.x[index]) || !Number.isFinite(line.y[index])) continue
      const [x, y] = pixelsOf(plot, { line, index })
      const distance = Math.hypot(x - left, y - top) + handicap
      if (distance >= least) continue
      least = distance
      found = { line, index }
    }
  }
  return found
}

function pixelsOf({ library }: Plot, { line, index }: Place): [number, number] {
  return [library.valToPos(line.x[index] ?? 0, 'x'), library.valToPos(line.y[index] ?? 0, 'y')]
}

/**
 * A range of another width about a value, or about its own middle.
 *
 * @param lazily leaves it as it is where the value is inside
 */
function around(range: Range, value: number | undefined, factor: number, log: boolean | undefined, lazily = false): Range {
  if (lazily && value !== undefined && value >= range[0] && value <= range[1]) return range
  const to = (one: number): number => (log ? Math.log(one) : one)
  const from = (one: number): number => (log ? Math.exp(one) : one)
  const [least, most] = [to(range[0]), to(range[1])]
  const middle = value === undefined ? (least + most) / 2 : to(value)
  const half = ((most - least) / 2) * factor
  return [from(middle - half), from(middle + half)]
}

/** `L = 32`, `temperature: 2.3`, `energy per site: -1.406(3)`. */
function linesOfText({ x, y }: ChartData, { line, index }: Place): string[] {
  const { name } = line.entry
  const value = line.y[index] ?? Number.NaN
  const error = line.error[index] ?? Number.NaN
  const kind = line.role === 'curve' ? 'curve' : line.also?.name
  const title = kind && name.trim() ? `${name}, ${kind}` : name
  const [low = Number.NaN, high = Number.NaN] = line.role === 'curve' ? [] : [line.low[index], line.high[index]]
  const band = low <= high ? ` (band ${compact(low)} to ${compact(high)})` : ''
  const text = `${error > 0 ? formatWithError(value, error) : compact(value)}${band}`
  return [...(title.trim() ? [title] : []), `${x.label}: ${compact(line.x[index] ?? Number.NaN)}`, `${y.label}: ${text}`]
}

function compact(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function paragraph(text: string): HTMLElement {
  const made = document.createElement('p')
  made.append(...labelNodes(text))
  return made
}
