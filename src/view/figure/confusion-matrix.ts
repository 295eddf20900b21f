/** Which class was taken for which: counts and shares of each true class. Colours are shares, so that rare classes show too. */
import { COLOUR, type FigureSpec, GREY, type Layers, SEQUENTIAL, widthOf } from './render.ts'

export interface ConfusionMatrix {
  readonly title: string
  readonly classes: readonly string[]
  /** (true class, predicted class) Examples. */
  readonly counts: readonly (readonly number[])[]
}

const AXIS = { labelLimit: 160, labelOverlap: false, domain: false, ticks: false } as const

export function confusionMatrix({ title, classes, counts }: ConfusionMatrix): FigureSpec {
  const names = distinct(classes)
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const cells = counts.flatMap((row, t) =>
    row.map((count, p) => {
      const share = count / total(row)
      return { true: names[t], predicted: names[p], count, share: Number.isFinite(share) ? share : 0, percent: percent(share) }
    }),
  )
  const many = classes.length > 12
  const longest = Math.max(...names.map((text) => widthOf({ text })), 0) + 10
  const wide = Math.min(Math.max(62, longest), 120)
  // Wider where that lets all names lie flat and the figure stays on a page.
  const step = many ? (classes.length > 25 ? 16 : 34) : wide * classes.length <= 700 ? wide : 62
  const x = { field: 'predicted', type: 'nominal', sort: names, title: 'predicted class' } as const
  const y = { field: 'true', type: 'nominal', sort: names, title: 'true class' } as const
  const color = { condition: { test: 'datum.share > 0.6', value: '#ffffff' }, value: COLOUR.black }
  const text = (field: 'count' | 'percent', dy: number, fontSize: number): Layers => [
    {
      mark: { type: 'text', dy, fontSize, baseline: 'middle' },
      encoding: { x, y, color, text: field === 'count' ? { field, type: 'quantitative', format: ',d' } : { field } },
    },
  ]
  const inside = many ? (classes.length > 25 ? [] : text('count', 0, 9)) : [...text('count', -7, 12), ...text('percent', 9, 10)]
  return {
    title: { text: title, subtitle: summary(counts) },
    width: { step },
    height: { step: many ? step : 46 },
    data: { values: cells },
    layer: [
      {
        mark: { type: 'rect', stroke: GREY.faint, strokeWidth: 1 },
        encoding: {
          x: { ...x, axis: { labelAngle: longest <= step ? 0 : step < 30 ? -90 : -45, ...AXIS } },
          y: { ...y, axis: AXIS },
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 0.15, 0.65, 1], range: [...SEQUENTIAL], interpolate: 'rgb' },
            legend: {
              title: ['share of the', 'true class'],
              format: '.0%',
              values: classes.length > 3 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1],
              gradientLength: classes.length > 3 ? 140 : 80,
            },
          },
        },
      },
      ...inside,
    ],
  }
}

/** `97.3%`; nothing where the class has no examples. */
function percent(share: number): string {
  if (!Number.isFinite(share)) return ''
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)}%`
}

/** Two classes of one name stay two rows. */
function distinct(names: readonly string[]): string[] {
  return names.map((name, k) => (names.indexOf(name) < k ? `${name} (${k})` : name))
}

function summary(counts: ConfusionMatrix['counts']): string {
  const rows = counts.map((row, k) => ({ right: row[k] ?? 0, all: row.reduce((a, b) => a + b, 0) }))
  const all = rows.reduce((sum, row) => sum + row.all, 0)
  if (all === 0) return 'no examples'
  const right = rows.reduce((sum, row) => sum + row.right, 0)
  const there = rows.filter((row) => row.all > 0)
  const balanced = there.reduce((sum, row) => sum + row.right / row.all, 0) / there.length
  return `${all.toLocaleString('en')} examples; accuracy ${(right / all).toFixed(3)}, mean of the classes ${balanced.toFixed(3)}`
}
