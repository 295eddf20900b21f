// One lattice, a pixel for each site, in the colours of the figures.
import { DOWN, phaseColour, type SiteKey, siteKey, UP } from '../../figure/site-colour.ts'
import type { Lattice } from '../lattice.ts'
import { at, element } from './elements.ts'

/** @param size of the lattice itself, of which some sites may be left out */
export function showLattice(lattice: Lattice | null, size: number): void {
  const canvas = element('lattice', HTMLCanvasElement)
  const context = canvas.getContext('2d')
  if (!lattice || !context) return
  const { rows, columns, every, components, look } = lattice
  const bytes = Uint8Array.from(atob(lattice.data), (letter) => letter.charCodeAt(0))
  canvas.width = columns
  canvas.height = rows
  canvas.style.aspectRatio = `${columns} / ${rows}`
  const image = context.createImageData(columns, rows)
  const part = components === 1 ? paintSpins(bytes, image.data) : paintVectors(bytes, image.data)
  const { share, key } = siteKey(components, look)
  context.putImageData(image, 0, 0)
  const shown = every === 1 ? '' : `; one site of ${every} along both sides is shown`
  at('lattice-caption').textContent = `L = ${size}, one replica as it is now${shown}`
  canvas.setAttribute('aria-label', `lattice of ${rows} by ${columns} sites, ${Math.round(100 * part)} % ${share}`)
  showSiteKey(key)
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

/** @returns the mean of what makes sites dark */
function paintVectors(pairs: Uint8Array, rgba: Uint8ClampedArray): number {
  let sum = 0
  for (let site = 0; 4 * site < rgba.length; site++) {
    const [phase, dark] = [(pairs[2 * site] ?? 0) / 256, (pairs[2 * site + 1] ?? 0) / 255]
    sum += dark
    rgba.set([...phaseColour(2 * Math.PI * phase, dark), 255], 4 * site)
  }
  return (4 * sum) / rgba.length
}

function showSiteKey(key: SiteKey['key']): void {
  const shown = at('lattice-key')
  const names = key.map(({ name }) => name.replace('-', '\u2212'))
  if (shown.dataset.names === names.join()) return
  shown.dataset.names = names.join()
  shown.replaceChildren(...key.map(({ colour }, k) => swatch(colour, names[k] ?? '')))
}

function swatch(colour: string, name: string): HTMLElement {
  const [entry, sample] = [document.createElement('span'), document.createElement('span')]
  sample.className = 'swatch'
  sample.style.background = colour
  entry.append(sample, name)
  return entry
}
