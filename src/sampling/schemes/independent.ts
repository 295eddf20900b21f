import { writeStream } from '../../engine/random/streams.ts'
import { filledLanes } from '../cut.ts'
import type { OpenLadder, Scheme, SchemeMemory } from '../scheme.ts'
import { type ExchangeFields, exchangeFields } from './books.ts'

/** Every replica stays at its point. */
export const independent: Scheme<ExchangeFields> = {
  name: 'independent',
  cut: filledLanes,
  seedWord: () => false,
  fields: (spec) => exchangeFields(spec, 0),
  open,
}

function open({ view }: OpenLadder<ExchangeFields>): SchemeMemory {
  return {
    changed: view.round.changed,
    everyRound: false,
    parts: {},
    begin: (restored, stream) => {
      if (!restored) writeStream(view.round.random, stream('exchange'))
    },
    afterRound: () => {},
  }
}
