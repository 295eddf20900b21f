// What the page does when it is open: charts are drawn into their places, tables learn to sort. It uses no network and
// puts text into the page only as text.
import type { ChartData } from '../chart-data.ts'
import { openLegend } from './legend.ts'
import { linesOf } from './line.ts'
import { openNumbers } from './numbers.ts'
import { openPlot, type Plot } from './plot.ts'
import { openPointer } from './pointer.ts'
import { watchScroll } from './scroll.ts'
import { makeSortable } from './sortable.ts'
import { tickText } from './ticks.ts'

const charts: readonly ChartData[] = JSON.parse(document.getElementById('chart-data')?.textContent ?? '[]')
const repaints = charts.map(openChart)
for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table)
for (const box of document.querySelectorAll('.scroll-box')) watchScroll(box)

// Where the contents stand above the text they would push it out of sight.
const contents = document.querySelector('nav details')
if (contents instanceof HTMLDetailsElement && matchMedia('(max-width: 64rem)').matches) contents.open = false

const repaintAll = (): void => {
  for (const repaint of repaints) repaint()
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaintAll)
for (const [event, printing] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const) {
  addEventListener(event, () => {
    document.documentElement.classList.toggle('printing', printing)
    repaintAll()
  })
}

/** @returns what paints it again in other colours */
function openChart(data: ChartData): () => void {
  const figure = document.getElementById(`figure-${data.id}`)
  const part = (name: string): HTMLElement => figure?.querySelector<HTMLElement>(`.${name}`) ?? document.createElement('div')
  const [target, view, say] = [part('plot'), part('view'), part('say')]
  const reset = part('reset')
  const lines = linesOf(data)
  // The chart tells its pointer of the mouse, and the pointer asks the chart for places: one of them comes first.
  const opened: { plot?: Plot } = {}
  const plotNow = (): Plot => {
    if (!opened.plot) throw new Error('the chart is not there yet')
    return opened.plot
  }
  const pointer = openPointer(plotNow, data, lines, say)
  const onView = (): void => {
    const { zoomed, view: range } = plotNow()
    reset.hidden = !zoomed
    view.textContent = zoomed ? `x from ${tickRange(range.x)}, y from ${tickRange(range.y)}` : ''
  }
  const plot = openPlot(part('canvas'), data, lines, {
    onView,
    onCursor: () => {
      if (opened.plot) pointer.follow()
    },
  })
  opened.plot = plot
  // Some charts begin with a close-up.
  onView()
  const legend = openLegend(part('legend'), lines, plot.refresh)
  reset.addEventListener('click', () => {
    plot.reset()
    target.focus()
  })
  target.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && pointer.press(event.key)) event.preventDefault()
  })
  const details = figure?.querySelector('details')
  if (details) openNumbers(details, data)
  return () => {
    plot.repaint()
    legend.repaint()
  }
}

function tickRange([least, most]: readonly [number, number]): string {
  const short = (value: number): number => Number(value.toPrecision(4))
  return `${tickText(short(least), [short(least)])} to ${tickText(short(most), [short(most)])}`
}
