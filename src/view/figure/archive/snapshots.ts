/** Configurations as pictures, a lattice at each of some temperatures. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { FileError } from '../../../errors.ts'
import type { Picture, Pictures } from '../chart.ts'
import { hexadecimal } from '../oklch.ts'
import { DOWN, phaseColour, UP } from '../site-colour.ts'
import { evenly } from '../../evenly.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Pictures of a figure, figures, and pixels along an edge, at most. */
const PICTURES = 6
const SIMULATIONS = 4
const EDGE = 256

/** How a model's configurations become colours. */
interface Palette {
  /** Numbers of one site. */
  readonly width: number
  readonly colour: (values: ArrayLike<number>, site: number) => readonly [number, number, number]
  readonly subtitle: string
  readonly key: NonNullable<Pictures['key']>
}

const twoColours: Palette = {
  width: 1,
  colour: (values, site) => ((values[site] as number) > 0 ? UP : DOWN),
  subtitle: '',
  key: [
    { colour: hexadecimal(UP), name: 'spin up' },
    { colour: hexadecimal(DOWN), name: 'spin down' },
  ],
}

const sixComponents: Palette = {
  width: 6,
  colour: (values, site) => {
    const n = (k: number): number => values[6 * site + k] as number
    return phaseColour(Math.atan2(n(1), n(0)), n(2) ** 2 + n(3) ** 2 + n(4) ** 2 + n(5) ** 2)
  },
  subtitle: 'hue: superconducting phase; the darker, the more charge order',
  key: [
    ...['0', 'π/2', 'π', '-π/2'].map((name, k) => ({ colour: hexadecimal(phaseColour((k * Math.PI) / 2, 0)), name: `phase ${name}` })),
    { colour: hexadecimal(phaseColour(0, 1)), name: 'charge order alone' },
  ],
}

/** Pictures of the largest lattice, or of those asked for; none where no snapshots were kept. @throws FileError where the file is damaged */
export function snapshots(selection: Selection): readonly Pictures[] {
  return closeUps(selection, SIMULATIONS).flatMap((simulation) => picturesOf(selection, simulation) ?? [])
}

function picturesOf(selection: Selection, simulation: ArchivedSimulation): Pictures | undefined {
  if (!simulation.has('snapshots/spins')) return undefined
  const { size, temperature } = simulation
  const chosen = new Set(
    evenly(
      Array.from(temperature, (_, t) => t),
      PICTURES,
    ),
  )
  const last = new Map<number, ArrayLike<number>>()
  for (const { first, values } of simulation.rows('snapshots/spins')) if (chosen.has(first)) last.set(first, values)
  const palette = paletteOf(selection, simulation, last)
  const pictures = [...last].flatMap(([t, values]): Picture[] =>
    Array.from(values).some((value) => value !== 0)
      ? [{ caption: `T = ${numeral(temperature[t] ?? Number.NaN)}`, ...drawn(values, size, palette) }]
      : [],
  )
  if (pictures.length === 0) return undefined
  const label = labelOf(selection, simulation)
  const { length } = pictures
  return {
    kind: 'pictures',
    id: idOf(selection, 'snapshots', shortName(simulation)),
    title: 'Snapshots of the lattice',
    subtitle: [label, ...(palette.subtitle === '' ? [] : [palette.subtitle])].join('; '),
    columns: length === 4 ? 2 : Math.min(3, length),
    pictures,
    key: palette.key,
    description: `The last snapshot of the lattice of ${label} at ${pictures.map(({ caption }) => caption).join(', ')}.`,
  }
}

function paletteOf({ file }: Selection, { name, size }: ArchivedSimulation, snapshots: ReadonlyMap<number, ArrayLike<number>>): Palette {
  const length = [...snapshots.values()][0]?.length ?? size * size
  const palette = [twoColours, sixComponents].find(({ width }) => width * size * size === length)
  if (palette) return palette
  throw new FileError(`${file}: snapshots of ${name} have ${length} numbers, which is no lattice of ${size} x ${size} sites`)
}

/** A pixel for each site; of lattices larger than a picture one for the mean of a block. */
function drawn(values: ArrayLike<number>, size: number, { colour }: Palette): Omit<Picture, 'caption'> {
  const block = Math.ceil(size / EDGE)
  const edge = Math.ceil(size / block)
  const rgba = new Uint8Array(4 * edge * edge)
  for (let row = 0; row < edge; row++) {
    for (let column = 0; column < edge; column++) {
      const sum = [0, 0, 0]
      let sites = 0
      for (let y = row * block; y < Math.min(size, (row + 1) * block); y++) {
        for (let x = column * block; x < Math.min(size, (column + 1) * block); x++) {
          for (const [k, value] of colour(values, y * size + x).entries()) sum[k] = (sum[k] ?? 0) + value
          sites++
        }
      }
      rgba.set([...sum.map((value) => Math.round(value / sites)), 255], 4 * (row * edge + column))
    }
  }
  return { width: edge, height: edge, rgba }
}
