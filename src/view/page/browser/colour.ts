// Colours of the style sheet, as they are at the moment: light, dark or on paper.

/** @param colour a variable of the style sheet, or a place from 0 to 1 on its scale of colours */
export function colourOf(colour: string | number): string {
  const style = getComputedStyle(document.documentElement)
  if (typeof colour === 'string') return style.getPropertyValue(colour).trim()
  const scale = style
    .getPropertyValue('--scale')
    .trim()
    .split(/[\s,]+/)
  const place = colour * (scale.length - 1)
  const first = Math.min(scale.length - 2, Math.floor(place))
  const [low, high] = [rgbOf(scale[first]), rgbOf(scale[first + 1])]
  return `rgb(${low.map((value, c) => Math.round(value + (place - first) * ((high[c] ?? value) - value))).join(' ')})`
}

function rgbOf(hex = '#000000'): readonly number[] {
  return [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16))
}
