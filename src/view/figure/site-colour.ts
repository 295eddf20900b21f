// The colours of a site, the same in figures and on the page that shows a run, whose script has this as well: so it imports
// nothing of Node.
import type { Look } from '../../model/model.ts'
import { hexadecimal, oklch } from './oklch.ts'

export const DOWN = [38, 50, 87] as const
export const UP = [247, 226, 172] as const

/** Names for components of a model that gives none. */
const ANY: Look = { hue: 'angle of the first two components', dark: 'the other components' }

/**
 * A site of several components: the angle of the first two as hue, equally light at every angle; darker and greyer with the others,
 * as the angle of what is nearly 0 means nothing.
 *
 * @param phase radians
 * @param dark sum of squares of the other components, 0 to 1
 */
export function phaseColour(phase: number, dark: number): readonly [number, number, number] {
  return oklch(0.78 - 0.62 * dark, 0.12 * (1 - dark), phase)
}

/** What the colours of a site mean. */
export interface SiteKey {
  /** For a subtitle; empty if the key says it all. */
  readonly says: string
  /** What is counted in a picture, as in `12 % up`. */
  readonly share: string
  readonly key: readonly { readonly colour: string; readonly name: string }[]
}

/** @param components numbers on each site */
export function siteKey(components: number, look: Look = ANY): SiteKey {
  if (components === 1)
    return {
      says: '',
      share: 'up',
      key: [
        { colour: hexadecimal(UP), name: 'spin up' },
        { colour: hexadecimal(DOWN), name: 'spin down' },
      ],
    }
  const hues = ['0', 'π/2', 'π', '-π/2'].map((name, k) => ({
    colour: hexadecimal(phaseColour((k * Math.PI) / 2, 0)),
    name: `phase ${name}`,
  }))
  if (components === 2) return { says: `hue: ${look.hue}`, share: look.dark, key: hues }
  return {
    says: `hue: ${look.hue}; the darker, the more ${look.dark}`,
    share: look.dark,
    key: [...hues, { colour: hexadecimal(phaseColour(0, 1)), name: `${look.dark} alone` }],
  }
}
