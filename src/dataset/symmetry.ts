/** Any example as a picture: what comes after rows and columns are channels, however many dimensions it has. */
export function pictureOf(shape: readonly number[]): readonly [height: number, width: number, channels: number] {
  const [height = 1, width = 1, ...channels] = shape.length > 1 ? shape : [1, ...shape]
  return [height, width, channels.reduce((a, b) => a * b, 1)]
}

/**
 * For each image of an example the place that every number of it comes from: as it is, mirrored, transposed, as far as the
 * named symmetries go.
 *
 * @param shape (height, width), (height, width, channels) or (numbers), as pictureOf has it
 */
export function imagesOf(shape: readonly number[], symmetries: readonly string[]): Int32Array[] {
  const [height, width, channels] = pictureOf(shape)
  const both = symmetries.includes('reflection') ? [false, true] : [false]
  const turned = symmetries.includes('transposition') && width === height ? [false, true] : [false]
  const images: Int32Array[] = []
  for (const down of both) {
    for (const across of both) {
      for (const transposed of turned) {
        images.push(
          Int32Array.from({ length: height * width * channels }, (_, i) => {
            const place = Math.floor(i / channels)
            const [row, column] = [Math.floor(place / width), place % width]
            const [y, x] = transposed ? [column, row] : [row, column]
            return ((down ? height - 1 - y : y) * width + (across ? width - 1 - x : x)) * channels + (i % channels)
          }),
        )
      }
    }
  }
  return images
}
