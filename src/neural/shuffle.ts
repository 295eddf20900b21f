// What is shown in an epoch, in which order, and how it is moved: all of it depends on seed, network and epoch alone.

/** The rows in a random order, to `order` (rows.length). */
export function shuffle(rows: Int32Array, order: Int32Array, uniforms: Float64Array): void {
  order.set(rows)
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor((uniforms[i] as number) * (i + 1))
    const kept = order[i] as number
    order[i] = order[j] as number
    order[j] = kept
  }
}

/** Mirrored left to right, upside down, transposed, sign flipped; as gatherPictures has it. */
const OPERATIONS: Readonly<Record<string, number>> = { reflection: 1 + 2, transposition: 4, flip: 8 }

/**
 * For each example one move, uniform over all that the symmetries allow, to `moves` (count, 4): operation, dy, dx, 0.
 *
 * @param uniforms (3 count)
 */
export function drawMoves(moves: Int32Array, symmetries: readonly string[], height: number, width: number, uniforms: Float64Array): void {
  const operations = symmetries.reduce((bits, name) => bits | (OPERATIONS[name] ?? 0), 0)
  const [tall, wide] = symmetries.includes('translation') ? [height, width] : [1, 1]
  for (let i = 0; 4 * i < moves.length; i++) {
    moves[4 * i] = Math.floor((uniforms[3 * i] as number) * 16) & operations
    moves[4 * i + 1] = Math.floor((uniforms[3 * i + 1] as number) * tall)
    moves[4 * i + 2] = Math.floor((uniforms[3 * i + 2] as number) * wide)
  }
}

/** As many groups as there are, drawn with replacement: the rows of each as often as it was drawn. */
export function bootstrapRows(rows: Int32Array, group: Int32Array | undefined, draw: () => number): Int32Array {
  const groups = new Map<number, number[]>()
  for (const row of rows) {
    const key = group ? (group[row] as number) : row
    const members = groups.get(key)
    if (members) members.push(row)
    else groups.set(key, [row])
  }
  const all = [...groups.values()]
  return Int32Array.from(all.flatMap(() => all[Math.floor(draw() * all.length)] as number[]))
}
