// Predictions on one core against onnxruntime-web on one core, which runs our own export: 10,000 examples of 900-100-2 in one call.
//
// Timed is the call alone, ours with all that it does: laying the memory out, copying examples in and outputs out. What the
// kernels take of it is shown besides. onnxruntime-node and PyTorch, native programs with wider words than WebAssembly has, are
// there to compare with; PyTorch runs in a process of its own.

import { createArena } from '../src/engine/memory/arena.ts'
import { instantiateKernels } from '../src/engine/kernels.ts'
import { evaluate, type Networks } from '../src/neural/evaluate.ts'
import { initialise } from '../src/neural/initialisation.ts'
import { NetworkMemory, placeData } from '../src/neural/memory.ts'
import { toOnnx } from '../src/neural/onnx.ts'
import { EVALUATION } from '../src/neural/tasks.ts'
import { Trainer } from '../src/neural/trainer.ts'
import { compileKernels } from '../src/engine/pool/built.ts'
import { Random } from '../src/dataset/random.ts'
import { benchmark, Refusal } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { networkFor, settingsFor, spins, writeTask } from './mlp.ts'
import { noRuntime, openRuntime, type Predictor } from './onnxruntime.ts'
import { findTorch, NO_TORCH } from './torch.ts'

const ROUNDS = 7
const EXAMPLES = 10_000
const CALLS = 5
/** Largest difference of two probabilities. */
const DIFFERENCE = 1e-6

/** What the kernels do of it: everything is in their memory already. */
function kernelsAlone(module: WebAssembly.Module, { architecture, networks }: Networks, x: Float32Array): () => void {
  const count = x.length / architecture.inputs
  const size = { architecture, batch: 128, trained: 0, evaluated: count, augmented: false, dropout: false }
  const place = placeData(1024, count, architecture.inputs, 0)
  const offset = 1024 + place.bytes
  const memory = new NetworkMemory(size, offset)
  const arena = createArena(offset + memory.bytes)
  new Float32Array(arena.buffer, place.x, x.length).set(x)
  memory.write(arena.buffer, memory.parameters, networks[0]?.layers ?? [])
  new Int32Array(arena.buffer, memory.rows, count).set(Int32Array.from({ length: count }, (_, i) => i))
  const trainer = new Trainer({ size, offset }, instantiateKernels(module, arena), arena, place)
  return () => void trainer.epoch(EVALUATION, () => false)
}

/** @throws Refusal where a probability is not ours */
function hold(what: string, theirs: Float32Array, ours: Float32Array): void {
  const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? Number.NaN))), 0)
  if (!(worst < DIFFERENCE) || theirs.length !== ours.length) throw new Refusal(`outputs of ${what} differ from ours by up to ${worst}`)
}

/** Predictions a second. */
async function rateOf(act: () => unknown): Promise<number> {
  const start = performance.now()
  for (let call = 0; call < CALLS; call++) await act()
  return (1000 * CALLS * EXAMPLES) / (performance.now() - start)
}

await benchmark('neural-inference', async ({ folder, note }): Promise<readonly Figure[]> => {
  const module = await compileKernels()
  const data = spins(module, EXAMPLES)
  const settings = settingsFor(data, 'sigmoid', 128, 1)
  const architecture = networkFor(data, settings)
  const random = new Random('bench', 'weights')
  const layers = initialise(architecture, settings.initialisation, () => random.uniform())
  const networks: Networks = { architecture, networks: [{ layers }] }
  const predict: Predictor = async (x) => (await evaluate(networks, x, 1))[0] as Float32Array
  const outputs = await predict(data.x)

  const model = toOnnx({ architecture, layers }, { name: 'bench', description: 'bench', version: '0' })
  const programs: [string, () => unknown][] = [
    ['ours', () => predict(data.x)],
    ['kernels', kernelsAlone(module, networks, data.x)],
  ]
  for (const name of ['onnxruntime-web', 'onnxruntime-node'] as const) {
    const predictor = await openRuntime(name, model, architecture.inputs)
    if (predictor) {
      hold(name, await predictor(data.x), outputs)
      programs.push([name, () => predictor(data.x)])
    } else note(noRuntime(name))
  }
  const torch = findTorch()
  if (torch) {
    writeTask(folder, data, settings, new Int32Array(0), layers)
    hold('PyTorch', (await torch.predict(folder, 1)).outputs, outputs)
  } else note(NO_TORCH)

  const seen: Record<string, number[]> = {}
  const add = (program: string, rate: number): void => {
    seen[program] = [...(seen[program] ?? []), rate]
  }
  for (const [, act] of programs) await rateOf(act)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [program, act] of programs) add(program, await rateOf(act))
    if (!torch) continue
    // The first call lays its memory out.
    const [, ...seconds] = (await torch.predict(folder, CALLS + 1)).seconds
    add('PyTorch', (seconds.length * EXAMPLES) / seconds.reduce((a, b) => a + b))
  }
  note(`${EXAMPLES} examples of 900 numbers in one call; all outputs within ${DIFFERENCE} of ours`)
  const { ours = [], kernels = [], ...theirs } = seen
  const thousands = (rates: readonly number[]): number[] => rates.map((rate) => rate / 1000)
  return [
    ...Object.entries(theirs).map(([program, rates]) =>
      figure(`predictions / ${program}`, 'x', ratios(ours, rates), program === 'onnxruntime-web' ? { atLeast: 1 } : undefined),
    ),
    figure('predictions', 'thousand/s', thousands(ours)),
    figure('predictions, the kernels alone', 'thousand/s', thousands(kernels)),
    ...Object.entries(theirs).map(([program, rates]) => figure(program, 'thousand/s', thousands(rates))),
  ]
})
