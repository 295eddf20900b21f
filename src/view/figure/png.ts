/**
 * From SVG to PNG, with the fonts that come with this program and no others: the same picture on every machine. The
 * renderer is loaded when the first picture is drawn.
 */
import { createRequire } from 'node:module'
import { MachineError } from '../../errors.ts'

/** The first font of figures that is there; the others are not loaded. */
const FAMILY = 'DejaVu Sans'
const FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

export interface PngOptions {
  /** Pixels of the picture for one of the drawing; default 2, so that text is sharp on paper and on fine screens. */
  readonly scale?: number
}

/** Compiled for each kind of machine; npm leaves it out with --omit=optional, or where it was installed on another machine. */
async function loadRenderer(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js')
  } catch {
    throw new MachineError(
      `the renderer of PNG files, @resvg/resvg-js, is not installed for ${process.platform} ${process.arch}; run npm ci on this machine, or write .svg or .html`,
    )
  }
}

/** A drawing as the bytes of a PNG file, on white. */
export async function renderPng(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  const { Resvg } = await loadRenderer()
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
