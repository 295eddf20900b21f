/**
 * From SVG to PNG, with the fonts that come with this program and no others: the same picture on every machine. The
 * renderer is loaded when the first picture is drawn.
 */
import { createRequire } from 'node:module'

/** The first font of figures that is there; the others are not loaded. */
const FAMILY = 'DejaVu Sans'
const FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

export interface PngOptions {
  /** Pixels of the picture for one of the drawing; default 2, so that text is sharp on paper and on fine screens. */
  readonly scale?: number
}

/** A drawing as the bytes of a PNG file, on white. */
export async function renderPng(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const { resolve } = createRequire(import.meta.url)
  const drawing = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: FILES.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`)),
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
    },
    fitTo: { mode: 'zoom', value: scale },
    background: '#ffffff',
  })
  return drawing.render().asPng()
}
