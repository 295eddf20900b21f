import { bits64, f64, i32 } from '../../engine/memory/fields.ts'
import type { LadderSpec } from '../spec.ts'

/** Generator and books of exchanges. Checkpoints of format 3 have those of every ladder, also if nothing is ever exchanged. */
export function exchangeFields({ slots, points, bundles }: LadderSpec, rows: number) {
  return {
    round: {
      random: bits64(4, { name: 'exchange_random', longName: 'generator of the exchanges, SFC64' }),
      uniform: f64(slots.length),
      /** Lanes that an exchange has swapped, two by two. */
      pairs: i32(2 * slots.length),
      changed: i32(bundles, { name: 'changed', longName: '1 for a bundle whose replicas have exchanged since its last sweep' }),
      /** What a replica's weight multiplies X with at each slot, see Exchange. */
      lambda: f64(slots.length),
    },
    books: {
      attempted: f64(points.length, { name: 'attempted', longName: 'exchanges attempted between points k and k + 1' }),
      accepted: f64(points.length, { name: 'accepted', longName: 'exchanges accepted between points k and k + 1' }),
      /** By replica = lane; 0: at neither end yet. */
      heading: i32(slots.length, { name: 'heading', longName: 'end at which a replica was last: 1 the first point, 2 the last' }),
      roundTrips: i32(slots.length, { name: 'round_trips', longName: 'round trips of each replica' }),
      /** (row, slots) */
      trajectory: i32(rows * slots.length, { name: 'trajectory', longName: 'point of each replica at thinned rounds' }),
    },
  }
}

export type ExchangeFields = ReturnType<typeof exchangeFields>
