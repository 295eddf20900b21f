import type { Chart, Figure, Pictures, Series } from '../../src/view/figure/chart.ts'

// Figures as an archive has them, of made-up numbers that are the same on every machine.

const T = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 + (0.6 * i) / Math.max(1, count - 1))
/** Looks random, between -1 and 1. */
const wobble = (k: number): number => ((((k + 3) * 7919) % 1000) + 0.5) / 500 - 1
const energy = (t: number, L: number): number => -1.4 + Math.tanh((t - 2.27) * (1.5 + L / 30)) * 0.45

function sizesAgainstTemperature(sizes: readonly number[], temperatures: number, mark: Series['mark'] = 'points'): Series[] {
  return sizes.map((L, s) => {
    const x = T(temperatures)
    const error = x.map((_, i) => 0.004 + 0.003 * Math.abs(wobble(i + s)))
    return { name: `L = ${L}`, x, y: x.map((t, i) => energy(t, L) + (error[i] ?? 0) * wobble(7 * i + s)), error, mark }
  })
}

function exactCurves(sizes: readonly number[]): Series[] {
  return sizes.map((L) => ({ name: `L = ${L}`, x: T(120), y: T(120).map((t) => energy(t, L)), mark: 'line', role: 'exact' }))
}

/** Points with errors and exact curves of three sizes, a line for infinite size, a guide at T_c. */
export const energyChart: Chart = {
  kind: 'chart',
  id: 'ising-energy',
  title: 'Energy of the 2D Ising model',
  subtitle: 'curves: Kaufman, finite lattices',
  x: { label: 'temperature T (k_B = 1)' },
  y: { label: 'energy per site' },
  series: [
    ...exactCurves([8, 16, 32]),
    ...sizesAgainstTemperature([8, 16, 32], 13),
    { name: 'Onsager, L = ∞', x: T(120), y: T(120).map((t) => energy(t, 90)), mark: 'line', role: 'exact' },
  ],
  guides: [{ axis: 'x', value: 2.269185, label: 'T_c' }],
  description: 'Energy per site rises with temperature, steepest near T_c, for three sizes.',
}

/** Thirteen temperatures on two logarithmic axes, with a gap and values that cannot be there. */
const autocorrelationChart: Chart = {
  kind: 'chart',
  id: 'ising-autocorrelation',
  title: 'Autocorrelation of |m|, L = 32',
  x: { label: 'lag / sweeps', log: true },
  y: { label: 'autocorrelation', log: true },
  series: T(13).map((t, k) => ({
    name: `T = ${Number(t.toFixed(2))}`,
    x: Array.from({ length: 400 }, (_, i) => i),
    y: Array.from({ length: 400 }, (_, i) => (i === 50 ? NaN : Math.exp(-i / (8 + 6 * k)) - (i > 300 ? 1 : 0))),
    mark: 'line',
  })),
  description: 'Autocorrelations fall exponentially, slowest at the highest temperature.',
}

export const histogramChart: Chart = {
  kind: 'chart',
  id: 'ising-histogram',
  title: 'Energy histograms, L = 16',
  x: { label: 'energy per site' },
  y: { label: 'share of samples', domain: [0, 0.09] },
  series: [2, 2.3, 2.6].map((t, k) => ({
    name: `T = ${t}`,
    x: Array.from({ length: 60 }, (_, i) => -2 + i / 40),
    y: Array.from({ length: 60 }, (_, i) => 0.08 * Math.exp(-(((i - 12 - 12 * k) / 7) ** 2))),
    mark: 'steps',
  })),
  description: 'Three histograms beside each other.',
}

export const acceptanceChart: Chart = {
  kind: 'chart',
  id: 'ising-tempering-acceptance',
  title: 'Exchanges accepted',
  x: { label: 'pair of temperatures', whole: true },
  y: { label: 'accepted share' },
  series: [8, 16, 32].map((L, s) => ({
    name: `L = ${L}`,
    x: Array.from({ length: 12 }, (_, i) => i),
    y: Array.from({ length: 12 }, (_, i) => (i === 4 ? NaN : 0.9 - 0.2 * s - 0.15 * Math.exp(-((i - 5) ** 2) / 6))),
    mark: 'points and line',
  })),
  guides: [{ axis: 'y', value: 0.2, label: '20 %' }],
  description: 'The share of accepted exchanges has a minimum in the middle.',
}

/** Small lattices of two colours. */
function snapshots(count: number, side: number, id = 'ising-snapshots'): Pictures {
  return {
    kind: 'pictures',
    id,
    title: 'Snapshots, L = 32',
    columns: 4,
    pictures: Array.from({ length: count }, (_, k) => ({
      caption: `T = ${(2 + k / 10).toFixed(1)}`,
      width: side,
      height: side,
      rgba: Uint8Array.from({ length: 4 * side * side }, (_, i) => {
        const site = i >> 2
        const up = Math.sin((site % side) / (2 + k)) + Math.sin(site / side / (3 + k)) + wobble(site) > 0.2
        return i % 4 === 3 ? 255 : ((up ? [0, 114, 178] : [255, 255, 255])[i % 4] ?? 0)
      }),
    })),
    key: [
      { colour: '#0072B2', name: 'spin up' },
      { colour: '#ffffff', name: 'spin down' },
    ],
    description: 'Domains grow towards low temperature.',
  }
}

export const someFigures: readonly Figure[] = [energyChart, autocorrelationChart, histogramChart, acceptanceChart, snapshots(4, 32)]

/** What a report has by default, and then some: 4 sizes, 25 temperatures. */
export const manyFigures: readonly Figure[] = [
  ...Array.from({ length: 18 }, (_, k): Chart => {
    const sizes = [8, 16, 32, 64]
    return {
      ...energyChart,
      id: `ising-observable-${k}`,
      title: `Observable ${k}`,
      series: [...exactCurves(sizes), ...sizesAgainstTemperature(sizes, 25)],
    }
  }),
  ...[8, 16, 32, 64].flatMap((L): Figure[] => [
    { ...autocorrelationChart, id: `ising-autocorrelation-L${L}`, title: `Autocorrelation, L = ${L}` },
    manySeries(`ising-series-L${L}`, `Time series, L = ${L}`),
    manySeries(`ising-tempering-replica-L${L}`, `Replicas, L = ${L}`),
    {
      ...histogramChart,
      id: `ising-histogram-L${L}`,
      title: `Histograms, L = ${L}`,
      series: manySeries('', '').series.map((one) => ({ ...one, mark: 'steps' })),
    },
    { ...acceptanceChart, id: `ising-tempering-acceptance-L${L}`, title: `Acceptance, L = ${L}` },
    snapshots(12, L, `ising-snapshots-L${L}`),
  ]),
]

function manySeries(id: string, title: string): Chart {
  return {
    kind: 'chart',
    id,
    title,
    x: { label: 'sweeps' },
    y: { label: 'energy per site' },
    series: T(13).map((t, k) => ({
      name: `T = ${Number(t.toFixed(2))}`,
      x: Array.from({ length: 400 }, (_, i) => 25 * i + 1),
      y: Array.from({ length: 400 }, (_, i) => energy(t, 16) + (wobble(i * 31 + k * 17) + wobble(i * 13 + k)) / 30),
      mark: 'line',
    })),
    description: 'Samples go up and down about their means.',
  }
}
