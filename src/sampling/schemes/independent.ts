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
      if (restored) return
      const { a, b, c, counter } = stream('exchange')
      view.round.random.set([a, b, c, counter])
    },
    afterRound: () => {},
  }
}
