import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FileError, UsageError } from '../../src/errors.ts'
import { type ActivationName, activationNames } from '../../src/neural/architecture.ts'
import { evaluate } from '../../src/neural/evaluate.ts'
import { foldStandardisation } from '../../src/neural/folded.ts'
import { FOLDING_TOLERANCE, foldingError } from '../../src/neural/folding-error.ts'
import type { Network } from '../../src/neural/network.ts'
import { toOnnx } from '../../src/neural/onnx.ts'
import { fromSafetensors, toSafetensors } from '../../src/neural/safetensors.ts'
import { temporaryFolder } from '../support/folder.ts'
import { largestDifference, outputsFor, randomInputs, randomNetwork } from '../support/network.ts'
import { onnxGraph, onnxOutput } from '../support/onnx.ts'
import { random } from '../support/random.ts'

// Networks in and out. What PyTorch wrote once is in reference/ (torch-network.py made it); where PyTorch, onnx or onnxruntime
// are there, they read what is written here. SPINPOOL_TEST_PYTHON names another Python, SPINPOOL_TEST_ONNXRUNTIME a folder in
// which onnxruntime-web or onnxruntime-node is installed.

const folder = temporaryFolder()
const about = { name: 'ising', description: 'ordered or not', version: '0.0.0' }
const sizes = [6, 5, 4, 3]
const inputs = randomInputs(8, 6, 1)

/** A network of each activation in all of its layers, every other one standardised. */
const networks = activationNames.map((activation, k) => ({
  activation,
  network: randomNetwork(sizes, [activation, activation, activation], k, k % 2 === 0),
}))

function outputs(network: Network): number[][] {
  return inputs.map((input) => outputsFor(network, input))
}

/** The first Python that has some modules; importing them to see would take seconds. */
function pythonWith(...modules: readonly string[]): string | undefined {
  const script = `from importlib.util import find_spec\nassert all(find_spec(name) for name in ${JSON.stringify(modules)})`
  const commands = [process.env.SPINPOOL_TEST_PYTHON ?? [], '/usr/bin/python3', 'python3'].flat()
  return commands.find((command) => spawnSync(command, ['-c', script]).status === 0)
}

/** What a script prints, as JSON; it gets `given` as the variable `given`. */
function runPython(python: string | undefined, script: string, given: unknown): unknown {
  const run = spawnSync(python ?? '', ['-c', `import json, sys\ngiven = json.load(sys.stdin)\n${script}`], {
    input: JSON.stringify(given),
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  return JSON.parse(run.stdout)
}

/** What is used of onnxruntime. */
interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { data: Float32Array }>> }> }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object
}

async function onnxRuntime(): Promise<OnnxRuntime | undefined> {
  const from = [process.env.SPINPOOL_TEST_ONNXRUNTIME ?? [], import.meta.dirname].flat()
  for (const place of from) {
    for (const name of ['onnxruntime-web', 'onnxruntime-node']) {
      try {
        const found = await import(pathToFileURL(createRequire(join(place, 'x.js')).resolve(name)).href)
        return found.default ?? found
      } catch {
        // Not there; the next one may be.
      }
    }
  }
  return undefined
}

describe('a standardisation that is folded', () => {
  const network = randomNetwork(sizes, ['tanh', 'relu', 'identity'], 3, true)

  it('is part of the first layer, with the same outputs', () => {
    const folded = foldStandardisation(network)
    expect(folded.standardisation).toBeUndefined()
    expect(largestDifference(outputs(folded), outputs(network))).toBeLessThan(1e-6)
    expect(largestDifference(outputs({ ...network, standardisation: undefined }), outputs(network))).toBeGreaterThan(0.1)
  })

  it('leaves the network that was given, and its other layers, as they are', () => {
    const before = structuredClone(network)
    const folded = foldStandardisation(network)
    expect(network).toEqual(before)
    expect(folded.layers.slice(1)).toEqual(network.layers.slice(1))
    expect(foldStandardisation(folded)).toEqual(folded)
  })

  it('is refused where float32 cannot hold what comes of it', () => {
    const standardisation = { mean: new Float32Array(6), scale: new Float32Array(6).fill(1e-40) }
    expect(() => foldStandardisation({ ...network, standardisation })).toThrow(UsageError)
  })
})

const runtime = await onnxRuntime()

describe('an ONNX model', () => {
  const python = pythonWith('onnx')
  const fileOf = (activation: ActivationName): string => join(folder, `${activation}.onnx`)
  for (const { activation, network } of networks) writeFileSync(fileOf(activation), toOnnx(network, about))

  it.skipIf(!python)('is a valid one of opset 17, for every activation', () => {
    const found = runPython(
      python,
      `
import onnx
for name in given:
    model = onnx.load(name)
    onnx.checker.check_model(model, full_check=True)
def shape(value): return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
graph = model.graph
print(json.dumps({
    'ir': model.ir_version, 'opset': [[o.domain, o.version] for o in model.opset_import],
    'producer': [model.producer_name, model.producer_version], 'doc': model.doc_string, 'name': graph.name,
    'input': [[v.name, v.type.tensor_type.elem_type, shape(v)] for v in graph.input],
    'output': [[v.name, v.type.tensor_type.elem_type, shape(v)] for v in graph.output],
    'tensors': [[t.name, t.data_type, list(t.dims)] for t in graph.initializer],
}))`,
      ['relu', ...activationNames.filter((name) => name !== 'relu'), 'relu'].map((name) => fileOf(name as ActivationName)),
    )
    expect(found).toEqual({
      ir: 8,
      opset: [['', 17]],
      producer: ['spinpool', about.version],
      doc: about.description,
      name: about.name,
      input: [['x', 1, ['batch', 6]]],
      output: [['y', 1, ['batch', 3]]],
      tensors: [
        ...(activationNames.indexOf('relu') % 2 === 0
          ? [
              ['mean', 1, [6]],
              ['scale', 1, [6]],
            ]
          : []),
        ['0.weight', 1, [6, 5]],
        ['0.bias', 1, [5]],
        ['2.weight', 1, [5, 4]],
        ['2.bias', 1, [4]],
        ['4.weight', 1, [4, 3]],
        ['4.bias', 1, [3]],
      ],
    })
  })

  it.skipIf(!runtime).each(networks)('gives the same outputs in onnxruntime: $activation', async ({ activation, network }) => {
    const { InferenceSession, Tensor } = runtime as OnnxRuntime
    const session = await InferenceSession.create(new Uint8Array(readFileSync(fileOf(activation))))
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(inputs.flat()), [inputs.length, 6]) })
    const data = Array.from(y?.data ?? [])
    const rows = inputs.map((_, r) => data.slice(3 * r, 3 * r + 3))
    expect(largestDifference(rows, outputs(network))).toBeLessThan(1e-6)
  })
})

/** Examples of means that are `ratio` times their standard deviations, and a network that was trained on such. */
function farFromZero(ratio: number): { readonly network: Network; readonly rows: readonly Float32Array[] } {
  const uniform = random(12)
  const scale = Float32Array.from({ length: 20 }, () => 0.5 + uniform())
  const mean = scale.map((s) => ratio * s * (0.5 + uniform()))
  const network = { ...randomNetwork([20, 10, 2], ['tanh', 'softmax'], 11), standardisation: { mean, scale } }
  const rows = Array.from({ length: 32 }, () => mean.map((m, i) => m + (scale[i] as number) * (4 * uniform() - 2)))
  return { network, rows }
}

/** What `predict` computes, with the kernels. */
async function predicted(network: Network, rows: readonly Float32Array[]): Promise<number[][]> {
  const x = Float32Array.from(rows.flatMap((row) => [...row]))
  const [all = []] = await evaluate({ ...network, networks: [network] }, x, 1)
  return rows.map((_, r) => [...all.slice(2 * r, 2 * r + 2)])
}

describe('a network of data whose mean is large beside their scale', () => {
  it.each([1, 1e3, 1e6])('is the same as ONNX, mean / scale = %d', async (ratio) => {
    const { network, rows } = farFromZero(ratio)
    const bytes = toOnnx(network, about)
    expect(onnxGraph(bytes).nodes.slice(0, 3)).toMatchObject([
      { operator: 'Sub', inputs: ['x', 'mean'] },
      { operator: 'Div' },
      { operator: 'Gemm' },
    ])
    const found = rows.map((row) => onnxOutput(bytes, row))
    expect(largestDifference(found, await predicted(network, rows))).toBeLessThan(1e-5)
    expect(
      largestDifference(
        found,
        found.map(([a = 0, b = 0]) => [b, a]),
      ),
    ).toBeGreaterThan(0.1)
  })

  it.each([1, 1e3, 1e6])('knows what folding for safetensors costs, mean / scale = %d', (ratio) => {
    const { network, rows } = farFromZero(ratio)
    const { layers, architecture } = foldStandardisation(network)
    const [first] = layers as [Network['layers'][number]]
    // The folded layer in float32, by hand; what follows it in doubles.
    const rest = { architecture: { inputs: 10, layers: architecture.layers.slice(1) }, layers: layers.slice(1) }
    const folded = rows.map((row) => {
      const sums = first.biases.map((bias, j) =>
        row.reduce((sum, x, i) => Math.fround(sum + Math.fround(x * (first.weights[10 * i + j] as number))), bias),
      )
      return outputsFor(rest, [...sums].map(Math.tanh))
    })
    const differs = largestDifference(
      folded,
      rows.map((row) => outputsFor(network, [...row])),
    )
    const said = foldingError(network)
    expect(said / differs).toBeGreaterThan(0.2)
    expect(said / differs).toBeLessThan(5)
    expect(said > FOLDING_TOLERANCE).toBe(ratio > 1)
    const bytes = toSafetensors(network, {})
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))))
    const note = ratio > 1 ? `folded into the first layer; outputs move by about ${said.toPrecision(1)}` : undefined
    expect(JSON.parse(header).__metadata__.standardisation).toBe(note)
    expect(fromSafetensors(bytes, { file: 'net.safetensors' }).layers).toEqual(layers)
  })
})

it('refuses to write as ONNX a scale that other programs take to be 0', () => {
  const { network } = farFromZero(1)
  const scale = new Float32Array(20).fill(1).fill(1e-40, 7, 8)
  expect(() => toOnnx({ ...network, standardisation: { mean: new Float32Array(20), scale } }, about)).toThrow(
    'input 7 has the standard deviation 9.99994610111476e-41, which other programs take to be 0; train with --no-standardise',
  )
})

it.skipIf(!runtime)('gives in onnxruntime what predict gives, of data whose mean is 10^6 times their scale', async () => {
  const { InferenceSession, Tensor } = runtime as OnnxRuntime
  const { network, rows } = farFromZero(1e6)
  const session = await InferenceSession.create(toOnnx(network, about))
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(rows.flatMap((row) => [...row])), [rows.length, 20]) })
  const found = rows.map((_, r) => [...(y?.data ?? []).slice(2 * r, 2 * r + 2)])
  expect(largestDifference(found, await predicted(network, rows))).toBeLessThan(1e-5)
})

/** The bytes of a file with this header and so many bytes of numbers, 0 unless they are given. */
function fileWith(header: unknown, numbers: Uint8Array | number = 0): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, typeof numbers === 'number' ? Buffer.alloc(numbers) : numbers])
}

/** What a header says of a tensor. */
function tensor(shape: readonly number[], begin: number, end: number, dtype = 'F32'): object {
  return { dtype, shape, data_offsets: [begin, end] }
}

/** One layer of PyTorch: 3 inputs, 2 outputs. */
const oneLayer = { '0.weight': tensor([2, 3], 0, 24), '0.bias': tensor([2], 24, 32) }

function messageFrom(bytes: Uint8Array, type: typeof FileError | typeof UsageError = FileError, options = {}): string {
  try {
    fromSafetensors(bytes, { file: 'net.safetensors', outputActivation: 'softmax', ...options })
  } catch (error) {
    expect(error).toBeInstanceOf(type)
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

describe('a safetensors file', () => {
  const read = (bytes: Uint8Array): Network => fromSafetensors(bytes, { file: 'net.safetensors' })

  it.each(activationNames)('comes back bit for bit: %s', (activation) => {
    const network = randomNetwork(sizes, [activation, 'relu', activation], 5)
    const { architecture, layers } = read(toSafetensors(network, {}))
    expect({ architecture, layers }).toEqual({ architecture: network.architecture, layers: network.layers })
  })

  it('takes raw inputs, a standardisation is folded', () => {
    const network = randomNetwork(sizes, ['tanh', 'relu', 'softmax'], 6, true)
    expect(largestDifference(outputs(read(toSafetensors(network, {}))), outputs(network))).toBeLessThan(1e-6)
  })

  it('begins its numbers at a multiple of 8 bytes and says what it holds', () => {
    for (const title of ['', 'a', 'ab', 'ü', 'four', 'fives', 'sixsix', 'seven..', 'eight...']) {
      const bytes = toSafetensors(randomNetwork([3, 2], ['softmax'], 7), { title })
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
      expect(length % 8).toBe(0)
      expect(bytes.length).toBe(8 + length + 32)
      expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
        __metadata__: { title, format: 'pt', activations: 'softmax', spinpool_crc32: expect.stringMatching(/^[0-9a-f]{8}$/) },
        ...oneLayer,
      })
    }
  })

  it('is read out of the middle of a larger buffer too', () => {
    const bytes = toSafetensors(randomNetwork([3, 2], ['softmax'], 7), {})
    const buffer = new Uint8Array(bytes.length + 3)
    buffer.set(bytes, 3)
    expect(read(buffer.subarray(3))).toEqual(read(bytes))
  })
})

describe('networks of PyTorch', () => {
  interface Reference {
    readonly inputs: readonly number[][]
    readonly networks: readonly { readonly file: string; readonly outputs: readonly number[][] }[]
  }
  const here = (name: string): URL => new URL(`../support/reference/${name}`, import.meta.url)
  const reference: Reference = JSON.parse(readFileSync(here('torch-network.json'), 'utf8'))

  it.each(reference.networks)('are read from $file, with the outputs that PyTorch gave', ({ file, outputs }) => {
    const network = fromSafetensors(readFileSync(here(file)), { file, activation: ['relu'], outputActivation: 'identity' })
    expect(network.architecture).toEqual({
      inputs: 5,
      layers: [
        { neurons: 7, activation: 'relu' },
        { neurons: 3, activation: 'identity' },
      ],
    })
    expect(
      largestDifference(
        reference.inputs.map((input) => outputsFor(network, input)),
        outputs,
      ),
    ).toBeLessThan(1e-6)
  })

  const readers = [
    ['safetensors', 'from safetensors.torch import load_file'],
    [
      'numpy',
      `
import numpy
def load_file(name):
    data = open(name, 'rb').read()
    start = 8 + int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:start])
    assert header.pop('__metadata__')['format'] == 'pt'
    def load(dtype, shape, data_offsets):
        assert dtype == 'F32'
        numbers = numpy.frombuffer(data[start:], dtype='<f4', offset=data_offsets[0], count=int(numpy.prod(shape)))
        return torch.from_numpy(numbers.reshape(shape).copy())
    return {key: load(**tensor) for key, tensor in header.items()}
`,
    ],
  ] as const
  const pythons = readers.map(([module, reader]) => ({ module, reader, python: pythonWith('torch', module) }))
  for (const { module, reader, python } of pythons) {
    it.skipIf(!python)(`are made from files written here, read by ${module}, with the same outputs`, () => {
      const files = networks.map(({ activation, network }) => {
        const file = join(folder, `${activation}.safetensors`)
        writeFileSync(file, toSafetensors(network, { title: 'ordered or not' }))
        return { file, activation }
      })
      const found = runPython(
        python,
        `
import torch
from torch import nn
${reader}
class Step(nn.Module):
    def forward(self, x): return (x > 0).to(x.dtype)
modules = {
    'identity': nn.Identity, 'sigmoid': nn.Sigmoid, 'tanh': nn.Tanh, 'relu': nn.ReLU, 'leaky-relu': nn.LeakyReLU, 'elu': nn.ELU,
    'gelu': nn.GELU, 'silu': nn.SiLU, 'softplus': nn.Softplus, 'softmax': lambda: nn.Softmax(dim=-1), 'step': Step,
}
outputs = []
for one in given['files']:
    sizes, activation = given['sizes'], modules[one['activation']]
    network = nn.Sequential(*[part for m, n in zip(sizes, sizes[1:]) for part in (nn.Linear(m, n), activation())])
    network.load_state_dict(load_file(one['file']))
    with torch.no_grad(): outputs.append(network(torch.tensor(given['inputs'])).tolist())
print(json.dumps(outputs))`,
        { files, sizes, inputs },
      ) as number[][][]
      const differences = networks.map(({ network }, k) => largestDifference(found[k] ?? [], outputs(network)))
      expect(Math.max(...differences)).toBeLessThan(1e-6)
    })
  }

  it('may have any prefix and any order, and the index decides', () => {
    const entries = (names: readonly string[]): object => {
      const [last, first] = names
      return { [last as string]: tensor([1, 2], 0, 8), [first as string]: tensor([2, 3], 8, 32) }
    }
    const options = { file: 'net.safetensors', activation: ['tanh' as const], outputActivation: 'sigmoid' as const }
    for (const names of [
      ['10.weight', '9.weight'],
      ['layers.2.weight', 'layers.0.weight'],
      ['fc2.weight', 'fc1.weight'],
      ['model.3.10.weight', 'model.3.2.weight'],
      ['a\nb.1.weight', 'a\nb.0.weight'],
    ]) {
      const { architecture } = fromSafetensors(fileWith(entries(names), 32), options)
      expect(architecture.inputs).toBe(3)
      expect(architecture.layers.map(({ neurons }) => neurons)).toEqual([2, 1])
    }
  })

  it('keep every number of float16 and bfloat16', () => {
    const weights = (dtype: string, bits: readonly number[]): number[] => {
      const numbers = Buffer.alloc(2 * bits.length)
      bits.forEach((one, i) => {
        numbers.writeUInt16LE(one, 2 * i)
      })
      const file = fileWith({ '0.weight': tensor([bits.length, 1], 0, numbers.length, dtype) }, numbers)
      return Array.from(fromSafetensors(file, { file: 'net.safetensors', outputActivation: 'identity' }).layers[0]?.weights ?? [])
    }
    expect(weights('F16', [0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x8000, 0x3555])).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      -0,
      0.333251953125,
    ])
    expect(weights('BF16', [0x3f80, 0xc000, 0x7f7f, 0x0080, 0x8000])).toEqual([1, -2, Math.fround(3.3895313892515355e38), 2 ** -126, -0])
  })
})

describe('activations of a network from elsewhere', () => {
  const three = { '0.weight': tensor([2, 3], 0, 24), '2.weight': tensor([2, 2], 24, 40), '4.weight': tensor([1, 2], 40, 48) }
  const silent = fileWith(three, 48)
  const telling = fileWith({ ...three, __metadata__: { activations: 'relu,tanh,sigmoid' } }, 48)
  const namesIn = (bytes: Uint8Array, options: object): string[] => {
    return fromSafetensors(bytes, { file: 'net.safetensors', ...options }).architecture.layers.map(({ activation }) => activation)
  }

  it('are given, one for all hidden layers or one for each, where the file does not tell them', () => {
    expect(namesIn(silent, { activation: ['relu'], outputActivation: 'softmax' })).toEqual(['relu', 'relu', 'softmax'])
    expect(namesIn(silent, { activation: ['relu', 'elu'], outputActivation: 'identity' })).toEqual(['relu', 'elu', 'identity'])
    expect(namesIn(fileWith(oneLayer, 32), { outputActivation: 'softmax' })).toEqual(['softmax'])
  })

  it('are those of the file where it tells them', () => {
    expect(namesIn(telling, {})).toEqual(['relu', 'tanh', 'sigmoid'])
    expect(namesIn(telling, { activation: ['relu', 'tanh'], outputActivation: 'sigmoid' })).toEqual(['relu', 'tanh', 'sigmoid'])
  })

  it('are asked for by the name of the flag', () => {
    expect(messageFrom(silent, UsageError)).toMatch(
      /^--activation: missing, net.safetensors does not say .* layer 1, .*; allowed: identity, /,
    )
    expect(messageFrom(silent, UsageError, { activation: ['relu'], outputActivation: undefined })).toMatch(
      /^--output-activation: missing, .* layer 3, the output; allowed/,
    )
    expect(messageFrom(silent, UsageError, { activation: ['relu', 'relu', 'relu'] })).toMatch(
      /^--activation: 3 for .*allowed: one for all, or one/,
    )
    expect(messageFrom(fileWith(oneLayer, 32), UsageError, { activation: ['relu'] })).toMatch(/0 hidden layers; allowed: none/)
  })

  it('may not contradict the file', () => {
    expect(messageFrom(telling, UsageError, { outputActivation: 'softmax' })).toMatch(
      /^--output-activation: softmax .* says sigmoid itself/,
    )
    expect(messageFrom(telling, UsageError, { outputActivation: 'sigmoid', activation: ['relu'] })).toMatch(
      /^--activation: relu for layer 2/,
    )
  })
})

describe('a file that is no network', () => {
  const nan = Buffer.alloc(32)
  nan.writeFloatLE(Number.NaN, 4)
  const large = Buffer.alloc(8)
  large.writeDoubleLE(1e300)
  const { buffer } = new Uint8Array(40)
  const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['nothing at all', new Uint8Array(0), /it has 0 bytes/],
    ['a header beyond its end', fileWith(oneLayer, 32).subarray(0, 60), /its header should have \d+ bytes, but 52 are left/],
    ['a header of 2^64 - 1 bytes', new Uint8Array(buffer).fill(255), /should have 18446744073709551615 bytes/],
    ['bad JSON', fileWith('{"0.weight": '), /its header is no JSON/],
    ['bad UTF-8', fileWith('{"__metadata__": {"a": "~"}}').map((byte) => (byte === 0x7e ? 0xff : byte)), /its header is no JSON/],
    ['JSON of another kind', fileWith('[1, 2]'), /no mapping of names to tensors/],
    ['JSON that goes very deep', fileWith('['.repeat(100_000)), /its header is no JSON/],
    ['metadata of another kind', fileWith({ ...oneLayer, __metadata__: { a: 1 } }, 32), /__metadata__ is no mapping of text to text/],
    ['an entry of another kind', fileWith({ ...oneLayer, '2.weight': 'none' }, 32), /what its header says of '2.weight'/],
    ['a negative shape', fileWith({ '0.weight': tensor([-2, -3], 0, 24) }, 24), /what its header says of '0.weight'/],
    ['numbers that are missing', fileWith(oneLayer, 31), /its tensors have 32 bytes, but 31 follow/],
    ['numbers that are too many', fileWith(oneLayer, 33), /its tensors have 32 bytes, but 33 follow/],
    [
      'numbers that overlap',
      fileWith({ ...oneLayer, '0.bias': tensor([2], 20, 28) }, 32),
      /'0.bias' should be bytes 20 to 28, those before end at 24/,
    ],
    ['numbers with a gap', fileWith({ ...oneLayer, '0.bias': tensor([2], 28, 36) }, 36), /should be bytes 28 to 36/],
    ['numbers that end before they begin', fileWith({ '0.weight': tensor([2, 3], 0, -4) }, 24), /what its header says/],
    [
      'too few numbers for a shape',
      fileWith({ '0.weight': tensor([2, 4], 0, 24) }, 24),
      /of shape \(2, 4\) and type F32 takes 32 bytes, it has 24/,
    ],
    ['a shape that no memory holds', fileWith({ '0.weight': tensor([2 ** 52, 2 ** 52], 0, 24) }, 24), /it has 24/],
    ['a bias that no memory holds', fileWith({ '0.weight': tensor([2 ** 52, 0], 0, 0) }), /at least one output and one input/],
    ['no tensor', fileWith({}), /without a single tensor/],
    ['a layer without neurons', fileWith({ '0.weight': tensor([0, 3], 0, 0) }), /at least one output and one input/],
    ['NaN', fileWith(oneLayer, nan), /number 1 of '0.weight' is NaN; allowed: finite/],
    ['numbers too large', fileWith({ '0.weight': tensor([1, 1], 0, 8, 'F64') }, large), /number 0 of '0.weight' is 1e\+300/],
    ['whole numbers', fileWith({ '0.weight': tensor([1, 1], 0, 8, 'I64') }, 8), /numbers of type 'I64'; allowed: F64, F32, F16, BF16/],
    ['numbers of a type like a method', fileWith({ '0.weight': tensor([1, 1], 0, 8, 'toString') }, 8), /of type 'toString'/],
    ['a bias alone', fileWith({ '0.bias': tensor([2], 0, 8) }, 8), /'0.bias' is there without its weight/],
    ['a bias of another length', fileWith({ ...oneLayer, '0.bias': tensor([3], 24, 36) }, 36), /'0.bias' has 3 numbers; allowed: 2/],
    ['two layers of one index', fileWith({ ...oneLayer, '00.bias': tensor([2], 32, 40) }, 40), /'0.bias' and '00.bias' have one index/],
    [
      'layers that do not fit',
      fileWith({ ...oneLayer, '2.weight': tensor([1, 3], 32, 44) }, 44),
      /'2.weight' takes 3 inputs, but '0.weight' before it has 2 outputs/,
    ],
    [
      'two networks',
      fileWith({ 'encoder.0.weight': tensor([2, 3], 0, 24), 'decoder.0.weight': tensor([3, 2], 24, 48) }, 48),
      /begin with 'encoder.', 'decoder.'/,
    ],
    [
      'convolutions and normalisations',
      fileWith(
        {
          '0.weight': tensor([1, 1, 1, 1], 0, 4),
          '1.running_mean': tensor([1], 4, 8),
          '1.weight': tensor([1], 8, 12),
          x: tensor([], 12, 16),
        },
        16,
      ),
      /: '0.weight' \(1, 1, 1, 1\), '1.running_mean' \(1\), '1.weight' \(1\) and 1 more cannot be used/,
    ],
    ['a name of other letters', fileWith({ 'conv\n1.weights': tensor([1], 0, 4) }, 4), /'conv\\n1.weights' \(1\) cannot be used/],
    [
      'unknown activations',
      fileWith({ ...oneLayer, __metadata__: { activations: 'sinus' } }, 32),
      /the activations 'sinus'; allowed: one for each of 1 layers/,
    ],
    [
      'too many activations',
      fileWith({ ...oneLayer, __metadata__: { activations: 'relu,relu' } }, 32),
      /'relu,relu'; allowed: one for each of 1/,
    ],
  ]

  it.each(refused)('is refused in one line: %s', (_, bytes, message) => {
    const said = messageFrom(bytes)
    expect(said).toMatch(message)
    expect(said).toMatch(/^net\.safetensors: [^\n]+$/)
    expect(said.length).toBeLessThan(500)
  })

  it('is refused at once, also with a name of very many digits', () => {
    const bytes = fileWith({ ['1'.repeat(100_000)]: tensor([1, 1], 0, 4) }, 4)
    const start = performance.now()
    expect(messageFrom(bytes)).toMatch(/cannot be used/)
    // Some milliseconds; a search that begins anew at each digit takes many seconds.
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('is refused or read as a network of the same shape, whatever was damaged', () => {
    const network = randomNetwork([5, 7, 3], ['relu', 'softmax'], 8)
    const whole = toSafetensors(network, { title: 'ordered or not' })
    const uniform = random(9)
    const below = (n: number): number => Math.floor(n * uniform())
    const damages = Array.from({ length: 600 }, (_, k) => {
      if (k % 4 === 3) return whole.slice(0, below(whole.length))
      const bytes = whole.slice()
      // Half of the flips hit the header, where most can go wrong.
      const place = k % 2 === 0 ? below(300) : below(bytes.length)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8))
      return bytes
    })
    let refusals = 0
    for (const bytes of damages) {
      try {
        const read = fromSafetensors(bytes, { file: 'net.safetensors', activation: ['relu'], outputActivation: 'softmax' })
        expect(read.architecture).toEqual(network.architecture)
        expect(read.layers.map(({ weights, biases }) => [weights.length, biases.length])).toEqual([
          [35, 7],
          [21, 3],
        ])
        expect(read.layers.every(({ weights, biases }) => [...weights, ...biases].every(Number.isFinite))).toBe(true)
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        expect(error.message).toMatch(/^net\.safetensors: [^\n]+$/)
        refusals++
      }
    }
    // Every truncation, and most of what hits the header.
    expect(refusals).toBeGreaterThan(300)
    expect(refusals).toBeLessThan(600)
  })
})
