/** Configurations as pictures, a lattice at each of some temperatures. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { FileError } from '../../../errors.ts'
import type { Picture, Pictures } from '../chart.ts'
import { componentsOf, flatShape } from '../../../model/description.ts'
import { DOWN, phaseColour, siteKey, UP } from '../site-colour.ts'
import { evenly } from '../../evenly.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Pictures of a figure, figures, and pixels along an edge, at most. */
const PICTURES = 6
const SIMULATIONS = 4
const EDGE = 256

type Colour = readonly [number, number, number]

/**
 * Pictures of the largest lattice, or of those asked for; none if no snapshots were kept, or if the lattice does not have two dimensions.
 *
 * @throws FileError if the file is damaged
 */
export function snapshots(selection: Selection): readonly Pictures[] {
  return closeUps(selection, SIMULATIONS).flatMap((simulation) => picturesOf(selection, simulation) ?? [])
}

/** Why there are none, and what to do about it. */
export function withoutSnapshots({ description }: Selection): string {
  if (flatShape(description)) return 'no configurations were kept; run with --snapshots 10'
  return `pictures are of lattices with two dimensions, and this one (${description.lattice.title}) has ${description.lattice.shape.length}`
}

function picturesOf(selection: Selection, simulation: ArchivedSimulation): Pictures | undefined {
  const { temperature, description } = simulation
  const shape = flatShape(description)
  if (!shape || !simulation.has('snapshots/spins')) return undefined
  const chosen = new Set(
    evenly(
      Array.from(temperature, (_, t) => t),
      PICTURES,
    ),
  )
  const last = new Map<number, ArrayLike<number>>()
  for (const { first, values } of simulation.rows('snapshots/spins')) if (chosen.has(first)) last.set(first, values)
  checkLength(selection, simulation, last)
  const components = componentsOf(description)
  const { says, key } = siteKey(components, description.configuration.look)
  const pictures = [...last].flatMap(([t, values]): Picture[] =>
    Array.from(values).some((value) => value !== 0)
      ? [{ caption: `T = ${numeral(temperature[t] ?? Number.NaN)}`, ...drawn(shape, colourOf(values, components)) }]
      : [],
  )
  if (pictures.length === 0) return undefined
  const label = labelOf(selection, simulation)
  const { length } = pictures
  return {
    kind: 'pictures',
    id: idOf(selection, 'snapshots', shortName(simulation)),
    title: 'Snapshots of the lattice',
    subtitle: [label, ...(says === '' ? [] : [says])].join('; '),
    columns: length === 4 ? 2 : Math.min(3, length),
    pictures,
    key,
    description: `The last snapshot of the lattice of ${label} at ${pictures.map(({ caption }) => caption).join(', ')}.`,
  }
}

function checkLength(
  { file }: Selection,
  { name, description }: ArchivedSimulation,
  snapshots: ReadonlyMap<number, ArrayLike<number>>,
): void {
  const { shape } = description.configuration
  const due = shape.reduce((product, length) => product * length, 1)
  const wrong = [...snapshots.values()].find(({ length }) => length !== due)
  if (wrong) throw new FileError(`${file}: snapshots of ${name} have ${wrong.length} numbers; a configuration has ${shape.join(' x ')}`)
}

/** The colour of a site, by its number. */
function colourOf(values: ArrayLike<number>, components: number): (site: number) => Colour {
  if (components === 1) return (site) => ((values[site] as number) > 0 ? UP : DOWN)
  return (site) => {
    const n = (k: number): number => values[components * site + k] as number
    let dark = 0
    for (let k = 2; k < components; k++) dark += n(k) ** 2
    return phaseColour(Math.atan2(n(1), n(0)), dark)
  }
}

/** A pixel for each site; of lattices larger than a picture one for the mean of a block. */
function drawn([rows, columns]: readonly [number, number], colour: (site: number) => Colour): Omit<Picture, 'caption'> {
  const block = Math.ceil(Math.max(rows, columns) / EDGE)
  const [height, width] = [Math.ceil(rows / block), Math.ceil(columns / block)]
  const rgba = new Uint8Array(4 * width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const sum = [0, 0, 0]
      let sites = 0
      for (let y = row * block; y < Math.min(rows, (row + 1) * block); y++) {
        for (let x = column * block; x < Math.min(columns, (column + 1) * block); x++) {
          for (const [k, value] of colour(y * columns + x).entries()) sum[k] = (sum[k] ?? 0) + value
          sites++
        }
      }
      rgba.set([...sum.map((value) => Math.round(value / sites)), 255], 4 * (row * width + column))
    }
  }
  return { width, height, rgba }
}
