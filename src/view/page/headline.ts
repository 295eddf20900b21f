/**
 * The numbers that a job was run for, at the top of its report: where the transition is and its exponents, if sizes can be
 * scaled; the peaks that there are, if not; values as they were measured, if there is one temperature alone. Beside them how
 * well it all was sampled.
 */
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import { type Family, familiesOf, isQuick } from '../figure/archive/analysis.ts'
import { capitalised, unbroken } from '../../text/wrap.ts'
import { titleOf } from '../figure/archive/title.ts'
import { columnOf } from '../column.ts'
import { labelOf, type Selection, setName } from '../figure/archive/selection.ts'
import { counted, formatPlain, formatWithError } from '../../text/number.ts'
import { type FiniteSizeTables, finiteSizeTables } from '../report/finite-size.ts'
import { formatEstimate } from '../../statistics/estimate.ts'
import { type Content, html } from './html.ts'
import { formatTemperature } from '../../text/rounded.ts'
import { worstOf } from './observable-table.ts'
import { scrollBox } from './scroll-box.ts'
import { typeset } from './symbols.ts'

const MOST_REMARKS = 4

/** One number, large, with what it is above and what belongs to it below. */
interface Tile {
  readonly name: Content
  readonly value: Content
  readonly about?: Content
}

/** @param selection of the archive; undefined if its model is not known here */
export function headlineSection({ simulations }: Archive, selection: Selection | undefined): Content {
  const quick = selection !== undefined && isQuick(selection)
  const found = selection ? foundIn(selection, quick ? familiesOf(selection) : []) : { tiles: [] }
  const tiles = [...found.tiles, ...qualityTiles(simulations)]
  return html`<dl class="tiles">${tiles.map(
    ({ name, value, about }) =>
      html`<div class="card"><dt>${name}</dt><dd><strong>${value}</strong>${about === undefined ? undefined : html`<span class="quiet">${about}</span>`}</dd></div>\n`,
  )}</dl>
${found.tables === undefined ? undefined : html`<div class="card">${found.tables}</div>`}
${simulations.some(({ samples }) => samples.some((count) => count > 0)) ? undefined : html`<p>Nothing has been measured yet.</p>`}
${selection && !quick ? html`<p class="quiet">Peaks, crossings and fits are left out: this archive was made before spinpool kept histograms, and its many samples would take minutes. <code>spinpool scaling</code> computes them.</p>` : undefined}`
}

interface Found {
  readonly tiles: readonly Tile[]
  readonly tables?: Content
}

function foundIn(selection: Selection, families: readonly Family[]): Found {
  const [only] = families
  if (!families.some(({ scaling: { peaks } }) => peaks.some(({ peak }) => peak.found))) return measuredValues(selection, families)
  if (only && families.length === 1) return oneFamily(selection, only)
  return { tiles: [], tables: finiteSizeContent(joinedTables(selection, families), true) }
}

/** Sizes of one set of parameters: the best number of each kind as a tile, all of them in tables. */
function oneFamily(selection: Selection, { scaling, reweightings }: Family): Found {
  const { fits, peaks, crossings } = scaling
  const short = (column: string): string => titleOf(selection, column).short
  const quantities = [...new Set(peaks.map(({ quantity }) => quantity))]
  /** `slope of the Binder ratio at T_c` of `dbinder/dT at T_c`. */
  const readable = (from: string): string =>
    [...quantities, ...crossings.map(({ quantity }) => quantity), ...reweightings.flatMap((one) => one.quantities)].reduce(
      (text, quantity) =>
        text
          .replace(`d${quantity}/dT`, `slope of ${quantity}`)
          .replace(new RegExp(`(^| )${quantity.replace(/[[\]]/g, '\\$&')}(?= |$)`), `$1${short(quantity)}`),
      from,
    )
  const best = ['T_c', 'nu', 'gamma/nu', 'beta/nu'].flatMap((name) => {
    const ofName = fits.filter((fit) => fit.name === name)
    return ofName.find(({ biased }) => !biased) ?? ofName[0] ?? []
  })
  const fitted = best.map(
    ({ name, value, from, exact }): Tile => ({
      name: typeset(name),
      value: formatEstimate(value),
      about: [typeset(readable(from)), exact === undefined ? undefined : `; exact ${Number(formatPlain(exact))}`],
    }),
  )
  const crossing = crossings.findLast((one) => one.crossing.found)
  const crossed: readonly Tile[] =
    fits.length === 0 && crossing?.crossing.found
      ? [
          {
            name: `Crossing of the ${short(crossing.quantity)}`,
            value: ['T = ', formatEstimate(crossing.crossing.temperature)],
            about: `L = ${crossing.sizes.join(' and ')}`,
          },
        ]
      : []
  const highest = quantities.flatMap((quantity): Tile[] => {
    const last = peaks.findLast((one) => one.quantity === quantity && one.peak.found)
    return last?.peak.found
      ? [
          {
            name: `Peak of the ${short(quantity)}`,
            value: formatEstimate(last.peak.height),
            about: unbroken(`at T = ${formatEstimate(last.peak.temperature)}, L = ${last.size}`),
          },
        ]
      : []
  })
  return { tiles: [...fitted, ...crossed, ...highest], tables: finiteSizeContent(finiteSizeTables(scaling)) }
}

/**
 * Fits first, and all that they rest on to be opened; without fits that itself.
 *
 * @param open whether all of it is to be seen at once, if no tile shows any of it
 */
function finiteSizeContent({ fits, peaks, crossings, remarks }: FiniteSizeTables, open = false): Content {
  const everySize = html`${tableOf('Peaks', peaks)}${tableOf('Crossings', crossings)}`
  const said = paragraphs(remarks)
  if (fits.length === 0) return html`<h3>Peaks${crossings.length > 0 ? ' and crossings' : ''}</h3>${everySize}${said}`
  return html`<h3>Fits to all sizes</h3>${tableOf('Fits to all sizes', fits)}
${said}<details${open ? html` open` : undefined}><summary>Peaks and crossings of every size</summary>${everySize}</details>`
}

/** Tables of several sets of parameters as one, with the parameters in front. */
function joinedTables(selection: Selection, families: readonly Family[]): FiniteSizeTables {
  const all = families.map((family) => ({ name: setName(selection, family.simulation), tables: finiteSizeTables(family.scaling) }))
  const joined = (of: keyof Omit<FiniteSizeTables, 'remarks'>): readonly (readonly string[])[] => {
    const heading = all.find(({ tables }) => tables[of].length > 0)?.tables[of][0]
    return heading
      ? [['parameters', ...heading], ...all.flatMap(({ name, tables }) => tables[of].slice(1).map((row) => [name, ...row]))]
      : []
  }
  const notes = all.flatMap(({ name, tables }) => tables.remarks.map((remark) => ({ name, remark })))
  const kinds = [...new Set(notes.map(({ remark }) => remark))]
  const remarks = kinds.map((remark) => {
    const of = notes.filter((note) => note.remark === remark)
    return of.length === all.length ? remark : `${of.map(({ name }) => name).join('; ')}: ${remark}`
  })
  return { fits: joined('fits'), peaks: joined('peaks'), crossings: joined('crossings'), remarks }
}

/** Nothing can be told between the simulated temperatures: the largest of what was measured, or all of it if there is one. */
function measuredValues(selection: Selection, families: readonly Family[]): Found {
  const { description, simulations } = selection
  const names = description.table.filter((name) => simulations.some((simulation) => columnOf(simulation, name)))
  const cell = (simulation: ArchivedSimulation, name: string, t: number): string => {
    const column = columnOf(simulation, name)
    return formatWithError(column?.mean[t] ?? Number.NaN, column?.error[t] ?? Number.NaN)
  }
  const single = simulations.every(({ temperature }) => temperature.length === 1)
  const [first] = simulations
  if (single && first && simulations.length === 1) {
    const tiles = names.map((name) => ({
      name: capitalised(titleOf(selection, name).short),
      value: cell(first, name, 0),
      about: `at T = ${formatTemperature(first.temperature[0])}`,
    }))
    return { tiles }
  }
  if (single) {
    const rows = simulations.map((simulation) => [
      labelOf(selection, simulation),
      formatTemperature(simulation.temperature[0]),
      ...names.map((name) => cell(simulation, name, 0)),
    ])
    const all = [['simulation', 'T', ...names], ...rows]
    return { tiles: [], tables: html`<h3>Values of every simulation</h3>${tableOf('Values of every simulation', all)}` }
  }
  const rows = simulations.flatMap((simulation) =>
    description.criticality.peaks.flatMap((name) => {
      const values = [...(columnOf(simulation, name)?.mean ?? [])]
      const known = values.filter(Number.isFinite)
      if (known.length === 0) return []
      const t = values.indexOf(Math.max(...known))
      return [[labelOf(selection, simulation), name, formatTemperature(simulation.temperature[t]), cell(simulation, name, t)]]
    }),
  )
  if (rows.length === 0) return { tiles: [] }
  return {
    tiles: [],
    tables: html`<h3>Largest values at the simulated temperatures</h3>${tableOf('Largest measured values', [['simulation', 'quantity', 'at T', 'value'], ...rows])}
${paragraphs([...new Set(families.flatMap((family) => finiteSizeTables(family.scaling).remarks))])}`,
  }
}

/** How far the numbers can be trusted, at a glance. */
function qualityTiles(simulations: readonly ArchivedSimulation[]): readonly Tile[] {
  const count = simulations.reduce((sum, { warnings }) => sum + warnings.length, 0)
  const worst = (of: 'tau' | 'rhat') =>
    simulations
      .flatMap(({ name, quantities, temperature }) =>
        Object.entries(quantities).flatMap(([quantity, { shape, [of]: values }]) => {
          const found = worstOf(values, shape, temperature)
          return found ? [{ value: found[0], where: unbroken(`${quantity} of ${name}, T = ${formatTemperature(found[1])}`) }] : []
        }),
      )
      .reduce<{ value: number; where: string } | undefined>((most, one) => (most && most.value >= one.value ? most : one), undefined)
  const [tau, rhat] = [worst('tau'), worst('rhat')]
  return [
    ...(tau ? [{ name: 'Longest autocorrelation', value: counted(Number(tau.value.toPrecision(3)), 'sweep'), about: tau.where }] : []),
    ...(rhat ? [{ name: 'Largest R\u0302 (1: copies agree)', value: rhat.value.toFixed(3), about: rhat.where }] : []),
    { name: 'Warnings', value: count === 0 ? 'none' : html`<a href="#warnings">${count}</a>` },
  ]
}

function tableOf(label: string, [heading = [], ...rows]: readonly (readonly string[])[]): Content | undefined {
  if (rows.length === 0) return undefined
  return scrollBox(
    label,
    html`<table aria-label="${label}"><thead><tr>${heading.map((name) => html`<th scope="col">${typeset(name)}</th>`)}</tr></thead>
<tbody>${rows.map(
      ([first = '', ...others]) =>
        html`<tr><th scope="row">${typeset(first)}</th>${others.map((cell) => html`<td>${typeset(cell)}</td>`)}</tr>\n`,
    )}</tbody></table>`,
  )
}

/** Many of them are to be opened. */
function paragraphs(lines: readonly string[]): Content {
  const all = lines.map((line) => html`<p class="quiet">${typeset(line)}</p>\n`)
  return all.length > MOST_REMARKS ? html`<details><summary>${all.length} remarks</summary>${all}</details>` : all
}
