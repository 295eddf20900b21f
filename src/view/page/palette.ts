// The colours of all pages, as variables of the style sheet: light and dark by the reader's choice, light on paper. Those of
// series are those of all other figures.
import { COLOUR, GREY, ORDERED } from '../figure/render.ts'

const LIGHT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(COLOUR).map((colour, i) => [`series-${i}`, colour])),
  scale: ORDERED.light.join(' '),
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
  'series-4': '#E69F00',
  'series-5': '#56B4E9',
  'series-6': '#f0f0f0',
  scale: ORDERED.dark.join(' '),
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
