import { Accumulator, accumulatorFields } from '../../src/sampling/accumulator.ts'
import type { LadderMemory } from '../../src/sampling/memory.ts'
import type { LadderSpec } from '../../src/sampling/spec.ts'
import { type Binned, binGrid } from '../../src/run/grid.ts'
import type { Kernels } from '../../src/engine/kernels.ts'
import { bytesOf, openFields } from '../../src/engine/memory/fields.ts'

/** The kernel of an accumulator, on memory that is no WebAssembly. */
function plainKernels(buffer: ArrayBuffer): Kernels {
  const all = new Float64Array(buffer)
  return {
    accumulate: (sample: number, origins: number, sums: number, squares: number, count: number) => {
      for (let i = 0; i < count; i++) {
        const x = (all[sample / 8 + i] as number) - (all[origins / 8 + i] as number)
        all[sums / 8 + i] = (all[sums / 8 + i] as number) + x
        all[squares / 8 + i] = (all[squares / 8 + i] as number) + x * x
      }
    },
  } as unknown as Kernels
}

/**
 * What a run would have of given samples: every copy of every temperature in a ladder of its own.
 *
 * @param names of the columns
 * @param samples of each temperature: by copy and column, in order of time; a copy without samples is not there
 */
export function binnedOf(names: readonly string[], samples: readonly (readonly (readonly ArrayLike<number>[])[])[]): Binned {
  const copies = samples[0]?.length ?? 0
  const ladders = samples.flatMap((all, temperature) =>
    all.map((columns, copy) => {
      const fields = accumulatorFields('samples', names.length, 1)
      const buffer = new ArrayBuffer(bytesOf(fields))
      const { at, view } = openFields(fields, buffer, 0)
      const accumulator = new Accumulator(at, view, names.length, 1)
      const kernels = plainKernels(buffer)
      for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
        for (const [k, column] of columns.entries()) accumulator.sample[k * accumulator.stride] = column[i] as number
        accumulator.add(kernels)
      }
      const memory = { samples: accumulator } as unknown as LadderMemory
      return { spec: {} as LadderSpec, memory, slots: [{ slot: 0, copy, temperature }], fraction: 1 }
    }),
  )
  return binGrid(ladders, (memory) => memory.samples, names, samples.length, copies)
}
