// An ONNX model evaluated by hand in float32, from its bytes: the fields of the wire format that matter and the operators of a
// standardised network. Knows nothing of the code that writes such files.

type Field = number | Uint8Array
type Message = ReadonlyMap<number, readonly Field[]>

function parse(bytes: Uint8Array): Message {
  const fields = new Map<number, Field[]>()
  let at = 0
  const varint = (): number => {
    let [value, place] = [0, 1]
    for (;;) {
      const byte = bytes[at++] as number
      value += (byte & 0x7f) * place
      if (byte < 0x80) return value
      place *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    let field: Field
    if (wire === 0) field = varint()
    else {
      const length = wire === 2 ? varint() : wire === 5 ? 4 : 8
      field = bytes.subarray(at, at + length)
      at += length
    }
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), field])
  }
  return fields
}

const messages = (of: Message, field: number): Message[] => (of.get(field) ?? []).map((bytes) => parse(bytes as Uint8Array))
const texts = (of: Message, field: number): string[] => (of.get(field) ?? []).map((bytes) => new TextDecoder().decode(bytes as Uint8Array))

interface OnnxGraph {
  readonly nodes: readonly { readonly operator: string; readonly inputs: readonly string[]; readonly output: string }[]
  readonly tensors: ReadonlyMap<string, Float32Array>
}

/** The nodes in the order of the file, and the constants by name. */
export function onnxGraph(bytes: Uint8Array): OnnxGraph {
  const [graph] = messages(parse(bytes), 7) as [Message]
  return {
    nodes: messages(graph, 1).map((node) => ({
      operator: texts(node, 4)[0] ?? '',
      inputs: texts(node, 1),
      output: texts(node, 2)[0] ?? '',
    })),
    tensors: new Map(
      messages(graph, 5).map((tensor) => {
        const raw = new Uint8Array((tensor.get(9)?.[0] ?? []) as Uint8Array)
        return [texts(tensor, 8)[0] ?? '', new Float32Array(raw.buffer)]
      }),
    ),
  }
}

/** Output `y` of one example `x`; every operation is rounded to float32. */
export function onnxOutput(bytes: Uint8Array, x: Float32Array): number[] {
  const { nodes, tensors } = onnxGraph(bytes)
  const values = new Map<string, Float32Array>([...tensors, ['x', x]])
  for (const { operator, inputs, output } of nodes) {
    const [a, b, c] = inputs.map((name) => {
      const value = values.get(name)
      if (!value) throw new Error(`${output} takes ${name}, which is not there`)
      return value
    }) as [Float32Array, Float32Array, Float32Array]
    values.set(output, evaluate(operator, a, b, c))
  }
  return [...(values.get('y') ?? [])]
}

function evaluate(operator: string, a: Float32Array, b: Float32Array, c: Float32Array): Float32Array {
  switch (operator) {
    case 'Sub':
      return a.map((value, i) => value - (b[i] as number))
    case 'Div':
      return a.map((value, i) => value / (b[i] as number))
    case 'Gemm':
      return c.map((bias, j) => a.reduce((sum, value, i) => Math.fround(sum + Math.fround(value * (b[i * c.length + j] as number))), bias))
    case 'Tanh':
      return a.map(Math.tanh)
    case 'Relu':
      return a.map((value) => Math.max(value, 0))
    case 'Sigmoid':
      return a.map((value) => 1 / (1 + Math.exp(-value)))
    case 'Softmax': {
      const exponentials = a.map((value) => Math.exp(value - Math.max(...a)))
      const total = exponentials.reduce((sum, value) => sum + value, 0)
      return exponentials.map((value) => value / total)
    }
    default:
      throw new Error(`no operator ${operator} here`)
  }
}
