// A global move of four lattices of the six-component model: (Φx, Φy) -> (Φy, Φx) on every site of the lanes that take it.
// H is the same before and after for any parameters, so a lane takes it with probability one half.

import { SITE } from './o6-site'

/** Swaps components 3, 4 with 5, 6 of the first `count` sites, in the lanes whose word in `swapped` (v128) is all ones. */
export function o6Swap(sites: usize, count: i32, swapped: usize): void {
  const mask = v128.load(swapped)
  for (const end = sites + <usize>count * SITE; sites < end; sites += SITE) {
    const x1 = v128.load(sites, 32)
    const x2 = v128.load(sites, 48)
    const y1 = v128.load(sites, 64)
    const y2 = v128.load(sites, 80)
    v128.store(sites, v128.bitselect(y1, x1, mask), 32)
    v128.store(sites, v128.bitselect(y2, x2, mask), 48)
    v128.store(sites, v128.bitselect(x1, y1, mask), 64)
    v128.store(sites, v128.bitselect(x2, y2, mask), 80)
  }
}
