// The colours of all pages, as variables of the style sheet: light and dark by the reader's choice, light on paper. Those of
// series are those of all other figures.
import { COLOUR, GREY } from '../figure/render.ts'

/** From cold to hot, of growing lightness: for many series that are a sequence, such as temperatures. */
const SCALE = '#440154 #482878 #3e4989 #31688e #26828e #1f9e89 #35b779 #6ece58 #a5cf2f'
/** The same begun later, where the background is dark. */
const DARK_SCALE = '#7d6bd0 #5f86c9 #3f98b8 #26a69a #35b779 #6ece58 #a5cf2f #fde725'

const LIGHT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(COLOUR).map((colour, i) => [`series-${i}`, colour])),
  scale: SCALE,
  page: '#f6f7f8',
  card: '#ffffff',
  text: GREY.text,
  quiet: GREY.quiet,
  line: '#757575',
  faint: GREY.faint,
  accent: '#005a8f',
  good: '#00684b',
  'good-back': '#e2f4ed',
  alarm: '#8a3b00',
  'alarm-back': '#fdf0e4',
  shade: 'rgb(0 0 0 / 0.22)',
}

const DARK: typeof LIGHT = {
  ...LIGHT,
  'series-0': '#2f8fd0',
  'series-6': '#f0f0f0',
  scale: DARK_SCALE,
  page: '#121416',
  card: '#1b1e21',
  text: '#e8e8e8',
  quiet: '#a9adb1',
  line: '#8d9297',
  faint: '#30353a',
  accent: '#7cc0f0',
  good: '#6fd3ae',
  'good-back': '#12352a',
  alarm: '#ffb37a',
  'alarm-back': '#3a2413',
  shade: 'rgb(255 255 255 / 0.25)',
}

const variables = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ')

/** @param light and dark: variables that one page has besides */
export function paletteStyle(light: Readonly<Record<string, string>> = {}, dark = light): string {
  return `:root { ${variables({ ...LIGHT, ...light })} color-scheme: light; }
@media screen and (prefers-color-scheme: dark) { :root:not(.printing) { ${variables({ ...DARK, ...dark })} color-scheme: dark; } }`
}
