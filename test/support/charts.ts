import type { Chart, Figure, Pictures, Series } from '../../src/view/figure/chart.ts'
import { TEMPERATURE } from '../../src/view/figure/label.ts'

// Figures as archives give them, made by hand: the same numbers on every machine.

/** A number that looks random, between -1 and 1. */
const wobble = (k: number): number => ((((k + 3) * 7919) % 1009) + 0.5) / 504.5 - 1

const temperatures = Array.from({ length: 17 }, (_, k) => 2 + 0.04 * k)
const fine = Array.from({ length: 65 }, (_, k) => 2 + 0.01 * k)
const critical = { axis: 'x', value: 2.269185, label: 'T_c = 2.26919' } as const
const temperature = { label: TEMPERATURE } as const

/** A peak at T_c that grows with the size. */
const peak = (size: number, t: number): number => (0.45 * Math.log(size)) / (1 + ((t - 2.27 - 0.6 / size) * size ** 0.6 * 1.4) ** 2) + 0.55

const sizes = [8, 16, 32, 64]
export const specificHeat: Chart = {
  kind: 'chart',
  id: 'ising-specific-heat',
  title: 'Specific heat, Ising model',
  subtitle: 'N (⟨e²⟩ − ⟨e⟩²) / T²; error bars: one standard error',
  x: temperature,
  y: { label: 'specific heat per site (k_B)' },
  series: sizes.flatMap((size, s): Series[] => [
    {
      name: `L = ${size}`,
      x: temperatures,
      y: temperatures.map((t, k) => peak(size, t) + 0.03 * wobble(k + 100 * s)),
      error: temperatures.map((_, k) => (k === 5 && s === 1 ? NaN : 0.03 + 0.01 * wobble(7 * k))),
      mark: 'points',
    },
    { name: `L = ${size}`, x: fine, y: fine.map((t) => peak(size, t)), mark: 'line', role: 'exact' },
  ]),
  guides: [critical],
  description: 'Peaks near T_c that grow with the size.',
}

const magnetization: Chart = {
  kind: 'chart',
  id: 'ising-magnetization',
  title: 'Magnetization, Ising model',
  x: temperature,
  y: { label: '⟨|m|⟩ per site' },
  series: [
    ...sizes.map(
      (size, s): Series => ({
        name: `L = ${size}`,
        x: temperatures,
        y: temperatures.map(
          (t, k) => (t < 2.269 ? (1 - Math.sinh(2 / t) ** -4) ** 0.125 : size ** -0.125 / (1 + (t - 2.269) * size)) + 0.004 * wobble(k + s),
        ),
        error: temperatures.map(() => 0.004),
        mark: 'points and line',
      }),
    ),
    {
      name: 'Yang, L → ∞',
      x: fine,
      y: fine.map((t) => (t < 2.269 ? (1 - Math.sinh(2 / t) ** -4) ** 0.125 : 0)),
      mark: 'line',
      role: 'exact',
    },
  ],
  guides: [critical],
  description: 'It vanishes above T_c.',
}

const binder: Chart = {
  ...magnetization,
  id: 'ising-binder',
  title: 'Binder parameter, Ising model',
  y: { label: 'Binder parameter' },
  series: sizes.map((size, s) => ({
    name: `L = ${size}`,
    x: temperatures,
    y: temperatures.map((t, k) => 0.3333 * (1 - Math.tanh(((t - 2.269) * size) / 4)) + 0.002 * wobble(k + s)),
    error: temperatures.map(() => 0.003),
    mark: 'points and line' as const,
  })),
  guides: [
    critical,
    { axis: 'y', value: 2 / 3, label: '2/3' },
    { axis: 'y', value: 0.6107, label: '0.6107' },
    { axis: 'y', value: 0, label: '0' },
  ],
  description: 'Curves of all sizes meet at T_c.',
}

export const grid: readonly Figure[] = [specificHeat, magnetization, binder]

const decades = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
export const autocorrelation: Chart = {
  kind: 'chart',
  id: 'autocorrelation',
  title: 'Autocorrelation of the energy',
  x: { label: 'distance (sweeps)', log: true },
  y: { label: 'autocorrelation', log: true },
  series: [2.1, 2.269, 2.5].map((t, s) => ({
    name: `T = ${t}`,
    x: [0, ...decades],
    // The last ones are below 0 in places: no place on a logarithmic axis.
    y: [1, ...decades.map((n, k) => Math.exp(-n / (s === 0 ? 20 : s === 1 ? 170 : 30)) + 0.0001 * wobble(k + s))],
    error: [0, ...decades.map(() => 0.0002)],
    mark: 'points and line',
  })),
  guides: [
    { axis: 'x', value: 20, label: 'τ = 20 sweeps' },
    { axis: 'x', value: 30, label: 'τ = 30 sweeps, at 2.5' },
    { axis: 'x', value: 170, label: 'τ = 170 sweeps' },
  ],
  description: 'Autocorrelations decay.',
}

export const energies: Chart = {
  kind: 'chart',
  id: 'energies',
  title: 'Energy in time',
  subtitle: 'one replica of each temperature',
  x: { label: 'sweep' },
  y: { label: 'energy per site (J)' },
  series: [1, 2].map((s) => {
    const x = Array.from({ length: 6000 }, (_, k) => 5 * k)
    const y = x.map((_, k) => -2 + 0.5 * s + 1.2 * Math.exp(-k / 150) + 0.1 * wobble(k * k + s) + 0.05 * Math.sin(k / 300))
    return { name: `T = ${1.5 + s / 2}`, x, y: y.map((value, k) => (k > 3000 && k < 3200 ? NaN : value)), mark: 'line' as const }
  }),
  guides: [{ axis: 'x', value: 2000, label: 'thermalization ends' }],
  description: 'It settles within the thermalization.',
}

const bins = Array.from({ length: 60 }, (_, k) => -2 + k / 30)
export const histogram: Chart = {
  kind: 'chart',
  id: 'histogram',
  title: 'Energies',
  subtitle: `Of ${'many '.repeat(60)}words`,
  x: { label: 'energy per site (J)' },
  y: { label: 'density' },
  series: Array.from({ length: 12 }, (_, s) => ({
    name: `T = ${(2 + s / 10).toFixed(1)}`,
    x: bins,
    y: bins.map((e) => Math.exp(-(((e + 1.7 - s / 10) * (14 - s / 2)) ** 2)) * (8 - s / 4)),
    mark: 'steps' as const,
  })),
  description: 'Neighbours overlap.',
}

const helicity: Chart = {
  kind: 'chart',
  id: 'helicity',
  title: 'Helicity modulus',
  x: temperature,
  y: { label: 'helicity modulus (ρ)' },
  series: [
    ...[16, 32].map((size, s) => ({
      name: `L = ${size}`,
      x: [0.2, 0.3, 0.4, 0.5],
      y: [0.8, 0.65 - 0.02 * s, 0.3 - 0.1 * s, 0.05 - 0.03 * s],
      error: [0.01, 0.01, 0.02, 0.06],
      mark: 'points and line' as const,
    })),
    { name: '2T/π', x: [0.2, 0.5], y: [0.127, 0.318], mark: 'line', role: 'guide' },
  ],
  description: 'It drops where it meets the line.',
}

export const acceptance: Chart = {
  kind: 'chart',
  id: 'acceptance',
  title: 'Twelve names that are no sequence',
  x: { label: 'pair of neighbours', whole: true },
  y: { label: 'accepted exchanges', domain: [0, 1] },
  series:
    'energy,specific heat,magnetization,susceptibility,binder,sc_order_squared,cdw_fraction,nematic_order,helicity,psi,phi,a name that is much longer than any legend can show in one line'
      .split(',')
      .map((name, s) => ({
        name,
        x: [0, 1, 2, 3, 4],
        y: [0, 1, 2, 3, 4].map((k) => 1 - s / 13 - 0.02 * k),
        mark: 'points and line' as const,
      })),
  description: 'All are accepted often enough.',
}

const nothing = { x: temperature, y: { label: 'energy' }, description: 'Little to be seen.' } as const
export const onePoint: Chart = {
  kind: 'chart',
  id: 'one-point',
  title: 'One temperature only',
  ...nothing,
  series: [{ name: 'L = 8', x: [2.3], y: [-1.4], error: [0.1], mark: 'points and line' }],
}
export const empty: Chart = {
  kind: 'chart',
  id: 'empty',
  title: 'No number at all',
  ...nothing,
  series: [
    { name: 'L = 8', x: [2, 3], y: [NaN, NaN], error: [NaN, NaN], mark: 'points' },
    { name: 'L = 16', x: [], y: [], mark: 'line' },
  ],
}

const nasty = `<script>alert("1 & 2")</script> '];alert(1)//`
export const hostile: Chart = {
  kind: 'chart',
  id: 'hostile',
  title: `${nasty} datum['x'] ${'long '.repeat(40)}`,
  subtitle: nasty,
  x: { label: `${nasty} \\" {{x}}` },
  y: { label: `${nasty} a.b[0] ${'long '.repeat(20)}` },
  series: [
    { name: nasty, x: [1, 2], y: [1, 2], mark: 'points and line' },
    { name: 'a.b[0]["c"]\\', x: [1, 2], y: [2, 1], mark: 'points' },
  ],
  guides: [
    { axis: 'x', value: 1.5, label: nasty },
    { axis: 'y', value: 1.5, label: nasty },
  ],
  description: nasty,
}

/** Ordered, or with a wall: two lattices of different sizes. */
function lattice(size: number, colours: readonly (readonly number[])[]): Uint8Array {
  const colourAt = (y: number, x: number): readonly number[] => colours[(y * y + 3 * x + ((x * y) % 5)) % 7 < 3 + y / size ? 0 : 1] ?? []
  return Uint8Array.from(Array.from({ length: size * size }, (_, k) => [...colourAt(Math.floor(k / size), k % size), 255]).flat())
}

const spinColours = [
  [0, 114, 178],
  [240, 228, 200],
]
export const snapshots: Pictures = {
  kind: 'pictures',
  id: 'ising-snapshots',
  title: 'Snapshots, L = 16',
  subtitle: 'the last one of each temperature',
  columns: 4,
  pictures: Array.from({ length: 6 }, (_, k) => ({
    caption: k === 4 ? 'T = 2.4, a caption that is longer than its picture is wide' : `T = ${2 + k / 10}`,
    width: 16,
    height: 16,
    rgba: lattice(16, k % 2 === 0 ? spinColours : [...spinColours].reverse()),
  })),
  key: [
    { colour: '#0072b2', name: 'spin up' },
    { colour: '#f0e4c8', name: 'spin down' },
  ],
  description: 'Islands grow with the temperature.',
}

/** Every figure that is compared with what it was. */
export const gallery: Readonly<Record<string, readonly Figure[]>> = {
  'chart-specific-heat': [specificHeat],
  'chart-grid': grid,
  'chart-mixed-grid': [autocorrelation, helicity, snapshots, onePoint, empty],
  'chart-log': [autocorrelation],
  'chart-series': [energies],
  'chart-steps': [histogram],
  'chart-helicity': [helicity],
  'chart-twelve-names': [acceptance],
  'chart-one-point': [onePoint],
  'chart-empty': [empty],
  'chart-hostile': [hostile],
  'chart-pictures': [snapshots],
}
