import type { Parameters, Reflection } from '../model.ts'
import { couplingsOf } from './parameters.ts'

const needs = (wanted: Readonly<Record<string, number>>, parameters: Parameters): string | undefined =>
  Object.entries(wanted).every(([name, value]) => parameters[name] === value)
    ? undefined
    : `needs ${Object.entries(wanted)
        .map(([name, value]) => `${name} = ${value}`)
        .join(', ')}`

/**
 * Reflections that leave every on-site term as it is; the index is the kind of workers/kernels/o6-cluster.ts, which derives
 * their detailed balance: r in (1,2), in (3,4), in (5,6), in (3..6), which mixes the charge orders, in all components, and
 * the exchange of the two charge orders.
 */
export const reflections: readonly Reflection[] = [
  { name: 'psi', refuse: () => undefined },
  { name: 'phi-x', refuse: () => undefined },
  { name: 'phi-y', refuse: () => undefined },
  { name: 'phi', refuse: (parameters) => needs({ w: 0 }, parameters) },
  {
    name: 'all',
    refuse: (parameters) => {
      const { v1, v2, v3, lambda } = couplingsOf(parameters)
      return v1 === 0 && v2 === 0 && v3 === 0 && lambda === 1 ? undefined : needs({ lambda: 1, g: 0, gPrime: 0, w: 0 }, parameters)
    },
  },
  { name: 'swap', refuse: () => undefined },
]
