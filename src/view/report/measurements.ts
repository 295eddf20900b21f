import { zipSync } from 'fflate'
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import { samplesOf, traceOf } from '../../archive/samples.ts'
import type { Samples } from '../../statistics/samples.ts'
import { FileError } from '../../errors.ts'
import { csvCell } from '../../text/cell.ts'

// Single measurements, the series and the trace of an archive, for programs that do not read HDF5.

/** More bytes than this are for a reader of HDF5. */
const MOST = 2 ** 30

/**
 * One line for each simulation, temperature, copy and sample: of the series where there is one, else of the trace.
 *
 * @throws FileError where there is neither, or where it would be too much
 */
export function measurementsCsv(archive: Archive, path: string): Uint8Array {
  const found = archive.simulations.flatMap((simulation) => {
    const samples = samplesOf(simulation)
    return samples ? [{ simulation, samples }] : []
  })
  refuseNone(found.length, path)
  const names = [...new Set(found.flatMap(({ samples }) => samples.observables))]
  refuseMore(
    found.reduce((sum, { simulation, samples }) => sum + 20 * sizeOf(simulation, samples), 0),
    path,
  )
  const encoder = new TextEncoder()
  const chunks = [encoder.encode(`${['simulation', 'temperature', 'copy', 'sweep', ...names].join(',')}\n`)]
  for (const { simulation, samples } of found) {
    for (const [t, T] of simulation.temperature.entries()) {
      for (let copy = 0; copy < samples.copies; copy++) {
        const columns = names.map((name) => (samples.observables.includes(name) ? samples.of(name, t, copy) : undefined))
        const lines = Array.from(samples.sweep, (sweep, i) => {
          const cells = columns.map((column) => csvCell(column?.[i]))
          return cells.every((cell) => cell === '') ? '' : `${simulation.name},${T},${copy},${sweep},${cells.join(',')}\n`
        })
        chunks.push(encoder.encode(lines.join('')))
      }
    }
  }
  return Buffer.concat(chunks)
}

/**
 * The same for NumPy, series and trace both: `<simulation>/temperature`, and `<simulation>/series/energy` (temperature, copy, sample)
 * with `<simulation>/series/sweep`, likewise `trace`.
 *
 * @throws FileError as `measurementsCsv`
 */
export function measurementsNpz(archive: Archive, path: string): Uint8Array {
  const members: Record<string, Uint8Array> = {}
  let bytes = 0
  for (const simulation of archive.simulations) {
    const { name, temperature } = simulation
    const both = [samplesOf(simulation), traceOf(simulation)].filter((samples) => samples !== undefined)
    const kinds = new Map(both.map((samples) => [samples.kind, samples]))
    if (kinds.size > 0) members[`${name}/temperature.npy`] = npy(temperature, [temperature.length])
    for (const [kind, samples] of kinds) {
      members[`${name}/${kind}/sweep.npy`] = npy(samples.sweep, [samples.sweep.length])
      bytes += 8 * sizeOf(simulation, samples)
      refuseMore(bytes, path)
      for (const observable of samples.observables) {
        const values = new Float64Array(temperature.length * samples.copies * samples.sweep.length)
        for (let row = 0; row < temperature.length * samples.copies; row++) {
          values.set(samples.of(observable, Math.floor(row / samples.copies), row % samples.copies), row * samples.sweep.length)
        }
        members[`${name}/${kind}/${observable}.npy`] = npy(values, [temperature.length, samples.copies, samples.sweep.length])
      }
    }
  }
  refuseNone(Object.keys(members).length, path)
  return zipSync(members, { level: 1 })
}

/** Numbers of all observables. */
function sizeOf({ temperature }: ArchivedSimulation, { observables, copies, sweep }: Samples): number {
  return temperature.length * copies * sweep.length * observables.length
}

function refuseNone(count: number, path: string): void {
  if (count === 0) throw new FileError(`${path}: holds no single measurements yet, neither a series nor a trace`)
}

function refuseMore(bytes: number, path: string): void {
  if (bytes > MOST) throw new FileError(`${path}: holds more than 1 GiB of single measurements; read it as HDF5 (h5py, xarray)`)
}

/** An array as NumPy saves it, format 1.0. */
function npy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((header.length + 11) / 64) * 64
  const bytes = Buffer.alloc(length + values.byteLength)
  bytes.write('\x93NUMPY\x01\x00', 'latin1')
  bytes.writeUInt16LE(length - 10, 8)
  bytes.write(`${header.padEnd(length - 11)}\n`, 10, 'latin1')
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), length)
  return bytes
}
