import protobuf from 'protobufjs/light.js'
import { UsageError } from '../errors.ts'
import type { ActivationName } from './architecture.ts'
import type { Network, Standardisation } from './network.ts'

// A network as an ONNX model, for every program that runs such models: no loops, no state, float32 throughout, as data are here.
// Refuses scales that such programs take to be 0. Nothing is read back; networks come in through safetensors.ts.

/** Operators as defined in this version of ONNX; IR version 8 came with it. */
const OPSET = 17
const IR_VERSION = 8

// Numbers of onnx.proto: TensorProto.DataType and AttributeProto.AttributeType.
const FLOAT = 1
const ATTRIBUTE_FLOAT = 1
const ATTRIBUTE_INT = 2

/** The messages of onnx.proto, with those of their fields that are written here. */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        producerVersion: { type: 'string', id: 3 },
        docString: { type: 'string', id: 6 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        docString: { type: 'string', id: 10 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
        docString: { type: 'string', id: 6 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: {
      fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 }, docString: { type: 'string', id: 3 } },
    },
    TypeProto: {
      fields: { tensorType: { type: 'Tensor', id: 1 } },
      nested: { Tensor: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } } } },
    },
    TensorShapeProto: {
      fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } },
      nested: { Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } } },
    },
  },
})
const modelProto = root.lookupType('ModelProto')

interface Tensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData: Uint8Array
}

interface Attribute {
  readonly name: string
  readonly type: number
  readonly f?: number
  readonly i?: number
}

interface Node {
  readonly name: string
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly Attribute[]
  readonly docString: string
}

/** What the model says of itself; `version` is that of the program that writes it. */
export interface About {
  readonly name: string
  readonly description: string
  readonly version: string
}

/**
 * The bytes of an ONNX model: input `x` (batch, n_in), output `y` (batch, n_out) after the output's activation, both float32,
 * any batch. Layer l is a Gemm with the initialisers `<2l>.weight` (n_in, n_out) and `<2l>.bias` (n_out), followed by its
 * activation.
 *
 * A standardisation stands before the first layer as nodes of its own, Sub with `mean` (n_in) and Div with `scale` (n_in): folded
 * into the weights, a mean much larger than the scale would cost digits (see folding-error.ts), while x - mean loses none. Inputs are
 * float32 all the same: data are float32 in spinpool too, so that doubles would carry nothing that `predict` sees.
 *
 * @throws UsageError if a scale is so small that programs may take it to be 0
 */
export function toOnnx(network: Network, about: About): Uint8Array {
  const { architecture, layers, standardisation } = network
  const graph = new Graph()
  let value = standardisation ? standardised(graph, standardisation) : 'x'
  architecture.layers.forEach(({ neurons, activation }, l) => {
    const layer = layers[l]
    if (!layer) throw new RangeError(`layer ${l} has no weights`)
    const inputs = architecture.layers[l - 1]?.neurons ?? architecture.inputs
    graph.tensor(`${2 * l}.weight`, [inputs, neurons], layer.weights)
    graph.tensor(`${2 * l}.bias`, [neurons], layer.biases)
    const sums = graph.node('Gemm', [value, `${2 * l}.weight`, `${2 * l}.bias`], `${2 * l}`, `layer ${l + 1}: weighted sums of its inputs`)
    const output = l === architecture.layers.length - 1 ? 'y' : `${2 * l + 1}`
    value = activate(graph, activation, sums, output)
  })
  const outputs = architecture.layers.at(-1)?.neurons ?? 0
  return modelProto
    .encode({
      irVersion: IR_VERSION,
      opsetImport: [{ domain: '', version: OPSET }],
      producerName: 'spinpool',
      producerVersion: about.version,
      docString: about.description,
      graph: {
        // The checker refuses a graph without a name.
        name: about.name || 'network',
        docString: about.description,
        node: graph.nodes,
        initializer: graph.tensors,
        input: [matrix('x', architecture.inputs, 'examples, one a row, as they are: nothing is to be standardised')],
        output: [matrix('y', outputs, `outputs after ${architecture.layers.at(-1)?.activation}, one row an example`)],
      },
    })
    .finish()
}

/** The smallest float32 with all its digits; what is below is 0 in programs that flush it. */
const LEAST_SCALE = 2 ** -126

/** Adds (x - mean) / scale, in this order: the difference of two close numbers is exact. @returns its name */
function standardised(graph: Graph, { mean, scale }: Standardisation): string {
  const tiny = scale.findIndex((value) => !(Math.abs(value) >= LEAST_SCALE))
  if (tiny >= 0) {
    throw new UsageError(
      `input ${tiny} has the standard deviation ${scale[tiny]}, which other programs take to be 0; train with --no-standardise`,
    )
  }
  graph.tensor('mean', [mean.length], mean)
  graph.tensor('scale', [scale.length], scale)
  const difference = graph.node('Sub', ['x', 'mean'], 'x-mean', 'inputs less their means over the training data')
  return graph.node('Div', [difference, 'scale'], 'standardised', 'in units of their standard deviations')
}

function matrix(name: string, columns: number, docString: string): object {
  const shape = { dim: [{ dimParam: 'batch' }, { dimValue: columns }] }
  return { name, docString, type: { tensorType: { elemType: FLOAT, shape } } }
}

/** Nodes in the order in which they are computed, and the constants that they take. */
class Graph {
  readonly nodes: Node[] = []
  readonly tensors: Tensor[] = []

  tensor(name: string, dims: readonly number[], values: Float32Array): void {
    // The file is little-endian whatever the machine is.
    const rawData = new Uint8Array(4 * values.length)
    const view = new DataView(rawData.buffer)
    values.forEach((value, i) => {
      view.setFloat32(4 * i, value, true)
    })
    this.tensors.push({ name, dims, dataType: FLOAT, rawData })
  }

  /** Adds a number for all layers that need it. @returns its name */
  constant(name: string, value: number): string {
    if (!this.tensors.some((tensor) => tensor.name === name)) this.tensor(name, [], Float32Array.of(value))
    return name
  }

  /** Adds a node. @returns the name of its output */
  node(opType: string, input: readonly string[], output: string, docString = '', attribute: readonly Attribute[] = []): string {
    this.nodes.push({ name: `${output}/${opType}`, opType, input, output: [output], attribute, docString })
    return output
  }
}

/** Adds g(x). @returns `y` */
function activate(graph: Graph, activation: ActivationName, x: string, y: string): string {
  const parts = (operator: string): string => `${y}/${operator}`
  switch (activation) {
    case 'identity':
      return graph.node('Identity', [x], y, activation)
    case 'sigmoid':
      return graph.node('Sigmoid', [x], y, activation)
    case 'tanh':
      return graph.node('Tanh', [x], y, activation)
    case 'relu':
      return graph.node('Relu', [x], y, activation)
    case 'leaky-relu':
      return graph.node('LeakyRelu', [x], y, activation, [{ name: 'alpha', type: ATTRIBUTE_FLOAT, f: 0.01 }])
    case 'elu':
      return graph.node('Elu', [x], y, activation, [{ name: 'alpha', type: ATTRIBUTE_FLOAT, f: 1 }])
    case 'softplus':
      return graph.node('Softplus', [x], y, activation)
    case 'softmax':
      return graph.node('Softmax', [x], y, activation, [{ name: 'axis', type: ATTRIBUTE_INT, i: -1 }])
    case 'silu':
      return graph.node('Mul', [x, graph.node('Sigmoid', [x], parts('sigmoid'))], y, activation)
    case 'gelu': {
      // Opset 17 has no Gelu: x/2 (1 + erf(x/√2)).
      const scaled = graph.node('Div', [x, graph.constant('sqrt2', Math.SQRT2)], parts('scaled'))
      const shifted = graph.node('Add', [graph.node('Erf', [scaled], parts('erf')), graph.constant('one', 1)], parts('shifted'))
      const half = graph.node('Mul', [x, graph.constant('half', 0.5)], parts('half'))
      return graph.node('Mul', [half, shifted], y, activation)
    }
    case 'step': {
      const positive = graph.node('Greater', [x, graph.constant('zero', 0)], parts('positive'))
      return graph.node('Cast', [positive], y, activation, [{ name: 'to', type: ATTRIBUTE_INT, i: FLOAT }])
    }
  }
}
