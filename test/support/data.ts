import { createHash } from 'node:crypto'
import type { SimulationData } from '../../src/archive/data.ts'

/** Everything but seconds; arrays as the hash of their bytes, so that a difference in one bit shows and comparing is quick. */
export function dataOf(simulations: readonly SimulationData[]): Record<string, unknown>[] {
  return simulations.map(({ timing: _, ...data }) =>
    JSON.parse(
      JSON.stringify(data, (_key, value: unknown) =>
        ArrayBuffer.isView(value)
          ? createHash('sha256')
              .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
              .digest('hex')
          : value,
      ),
    ),
  )
}
