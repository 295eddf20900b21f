import type { AxisData } from './data.ts'
import { type Dataset, type Group, writeNumbers } from './hdf5.ts'

// Dimension scales, which give the dimensions of a file's datasets their names and values in every HDF5 reader.

export type Scales = ReturnType<typeof scales>

/** The dimension scales of one simulation, in its group; subgroups refer to them, as netCDF-4 does. */
export function scales(group: Group) {
  const attach = (dataset: Dataset, names: readonly string[]): Dataset => {
    for (const [i, name] of names.entries()) dataset.attach_scale(i, `${group.path}/${name}`)
    return dataset
  }
  const write = (name: string, values: Float64Array, longName: string, units: string): void => {
    writeNumbers(group, name, values, [values.length], { longName, units }).make_scale(name)
  }
  return {
    write,
    attach,
    /** A scale that only counts 0, 1, 2 ... */
    count: (name: string, length: number, longName: string): void => {
      const values = Int32Array.from({ length }, (_, i) => i)
      writeNumbers(group, name, values, [length], { longName, units: '1' }).make_scale(name)
    },
    /** A quantity on the temperature grid, (temperature, ...axes). */
    column: (name: string, values: Float64Array, longName: string, units: string, axes: readonly AxisData[] = []): void => {
      const inner = axes.map((axis) => axis.values.length)
      const shape = [values.length / inner.reduce((a, b) => a * b, 1), ...inner]
      attach(writeNumbers(group, name, values, shape, { longName, units }), ['temperature', ...axes.map((axis) => axis.name)])
    },
  }
}
