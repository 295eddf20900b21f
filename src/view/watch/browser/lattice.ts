// One lattice, a pixel for each site, in the colours of the figures.
import { hexadecimal } from '../../figure/oklch.ts'
import { DOWN, phaseColour, UP } from '../../figure/site-colour.ts'
import type { Lattice } from '../lattice.ts'
import { at, element } from './elements.ts'

/** @param size of the lattice itself, of which some sites may be left out */
export function showLattice(lattice: Lattice | null, size: number): void {
  const canvas = element('lattice', HTMLCanvasElement)
  const context = canvas.getContext('2d')
  if (!lattice || !context) return
  const { side, every, kind } = lattice
  const bytes = Uint8Array.from(atob(lattice.data), (letter) => letter.charCodeAt(0))
  canvas.width = side
  canvas.height = side
  const image = context.createImageData(side, side)
  const part = kind === 'spins' ? paintSpins(bytes, image.data) : paintVectors(bytes, image.data)
  context.putImageData(image, 0, 0)
  const shown = every === 1 ? '' : `; one site of ${every} along both sides is shown`
  at('lattice-caption').textContent = `L = ${size}, one replica as it is now${shown}`
  canvas.setAttribute(
    'aria-label',
    `lattice of ${side} by ${side} sites, ${Math.round(100 * part)} % ${kind === 'spins' ? 'up' : 'charge order'}`,
  )
  showSiteKey(kind)
}

/** @returns the part of spins that are up */
function paintSpins(bits: Uint8Array, rgba: Uint8ClampedArray): number {
  let count = 0
  for (let site = 0; 4 * site < rgba.length; site++) {
    const isUp = (((bits[site >> 3] ?? 0) >> (site & 7)) & 1) === 1
    if (isUp) count++
    rgba.set([...(isUp ? UP : DOWN), 255], 4 * site)
  }
  return (4 * count) / rgba.length
}

/** @returns the mean charge order */
function paintVectors(pairs: Uint8Array, rgba: Uint8ClampedArray): number {
  let sum = 0
  for (let site = 0; 4 * site < rgba.length; site++) {
    const [phase, charge] = [(pairs[2 * site] ?? 0) / 256, (pairs[2 * site + 1] ?? 0) / 255]
    sum += charge
    rgba.set([...phaseColour(2 * Math.PI * phase, charge), 255], 4 * site)
  }
  return (4 * sum) / rgba.length
}

function showSiteKey(kind: Lattice['kind']): void {
  const key = at('lattice-key')
  if (key.dataset.kind === kind) return
  key.dataset.kind = kind
  const entries =
    kind === 'spins'
      ? [swatch(UP, 'spin up'), swatch(DOWN, 'spin down')]
      : [
          ...['0', '\u03c0/2', '\u03c0', '\u2212\u03c0/2'].map((name, k) => swatch(phaseColour((k * Math.PI) / 2, 0), `phase ${name}`)),
          swatch(phaseColour(0, 1), 'charge order alone'),
        ]
  key.replaceChildren(...entries)
}

function swatch(colour: readonly number[], name: string): HTMLElement {
  const [entry, sample] = [document.createElement('span'), document.createElement('span')]
  sample.className = 'swatch'
  sample.style.background = hexadecimal(colour)
  entry.append(sample, name)
  return entry
}
