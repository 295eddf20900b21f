/**
 * Colours by lightness, chroma and hue as the eye sees them: hues of the same lightness look equally bright, which those of
 * HSV do not. Source: B. Ottosson, A perceptual color space for image processing (2020).
 */

/**
 * Red, green and blue, each 0 to 255, clipped where the screen cannot show the colour.
 *
 * @param lightness 0 black, 1 white
 * @param chroma 0 grey; at lightness 0.75 all hues up to 0.12 can be shown
 * @param hue radians
 */
export function oklch(lightness: number, chroma: number, hue: number): readonly [number, number, number] {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** `#rrggbb` */
export function hexadecimal(rgb: readonly number[]): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** Linear light as a byte of sRGB. */
function encoded(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  return Math.round(255 * Math.min(1, Math.max(0, value)))
}
