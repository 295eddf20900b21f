import { Accumulator } from '../../src/ensemble/accumulator.ts'
import type { EnsembleMemory, EnsembleSpec } from '../../src/ensemble/memory.ts'
import { type Binned, binGrid } from '../../src/coordinator/grid.ts'
import type { Kernels } from '../../src/memory/kernels.ts'
import { Layout } from '../../src/memory/layout.ts'

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
 * What a run would have of given samples: every copy of every temperature in an ensemble of its own.
 *
 * @param names of the columns
 * @param samples of each temperature: by copy and column, in order of time; a copy without samples is not there
 */
export function binnedOf(names: readonly string[], samples: readonly (readonly (readonly ArrayLike<number>[])[])[]): Binned {
  const copies = samples[0]?.length ?? 0
  const ensembles = samples.flatMap((all, temperature) =>
    all.map((columns, copy) => {
      const layout = new Layout(0)
      const at = Accumulator.layout(layout, names.length, 1)
      const buffer = new ArrayBuffer(layout.end)
      const accumulator = new Accumulator(buffer, at, names.length, 1)
      const kernels = plainKernels(buffer)
      for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
        for (const [k, column] of columns.entries()) accumulator.sample[k * accumulator.stride] = column[i] as number
        accumulator.add(kernels)
      }
      const memory = { samples: accumulator } as unknown as EnsembleMemory
      return { spec: {} as EnsembleSpec, memory, slots: [{ slot: 0, copy, temperature }], share: 1 }
    }),
  )
  return binGrid(ensembles, (memory) => memory.samples, names, samples.length, copies)
}
