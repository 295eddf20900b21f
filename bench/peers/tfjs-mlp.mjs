// The peer of neural-training.ts on TensorFlow.js, its WebAssembly backend with SIMD: a network of one hidden layer and Adam.
//
// tfjs-mlp.mjs PACKAGES FOLDER WAY WARM END: PACKAGES is a folder in which @tensorflow/tfjs-core, tfjs-backend-wasm and
// tfjs-layers are installed, FOLDER holds what writeTask of mlp.ts wrote. Takes the examples in the given order: the first WARM,
// then those up to END, which are timed. Prints {"costs": [mean of the first, mean of the others], "rate": timed examples a second}.
//
// WAY is one of
// - fit: model.fit of tfjs-layers
// - minimize: the loop of its guides, optimizer.minimize around matMul and softmaxCrossEntropy, batches copied together in JS
// - tuned: as minimize, but with the gradient of matMul written out with transposes. The backend multiplies by a matrix that is
//   to be read transposed tens of times slower than it transposes and multiplies; whoever has profiled would write this.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [packages, folder, way, warm, end] = process.argv.slice(2)
const load = createRequire(join(packages, 'x.js'))
const tf = load('@tensorflow/tfjs-core')
load('@tensorflow/tfjs-backend-wasm')
// Registers the gradients too, which the core alone comes without.
const layers = load('@tensorflow/tfjs-layers')
await tf.setBackend('wasm')
await tf.ready()
if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('no SIMD')

const read = (name, Type) => new Type(new Uint8Array(readFileSync(join(folder, name))).buffer)
const { inputs, hidden, outputs, batch, activation, learningRate, beta1, beta2, epsilon } = JSON.parse(
  readFileSync(join(folder, 'task.json'), 'utf8'),
)
const x = Float32Array.from(read('x.i8', Int8Array))
const y = read('y.i32', Int32Array)
const order = read('order.i32', Int32Array)
const numbers = read('weights.f32', Float32Array)
const at = [0, inputs * hidden, (inputs + 1) * hidden, (inputs + 1) * hidden + hidden * outputs, numbers.length]
const shapes = [[inputs, hidden], [hidden], [hidden, outputs], [outputs]]
const initial = shapes.map((shape, k) => tf.tensor(numbers.subarray(at[k], at[k + 1]), shape))
const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon)

/** Some rows of the data as one tensor each: x (rows, inputs), y (rows, outputs). */
function examples(rows) {
  const xs = new Float32Array(rows.length * inputs)
  const ys = new Float32Array(rows.length * outputs)
  rows.forEach((row, r) => {
    xs.set(x.subarray(row * inputs, (row + 1) * inputs), r * inputs)
    ys[r * outputs + y[row]] = 1
  })
  return [tf.tensor2d(xs, [rows.length, inputs]), tf.tensor2d(ys, [rows.length, outputs])]
}

/** @param data whether `a` are data, whose errors nobody asks for */
function multiplied(a, w, data) {
  if (way !== 'tuned') return tf.matMul(a, w)
  const product = tf.customGrad((...given) => {
    const save = given.at(-1)
    save([a, w])
    const gradFunc = (d, [left, right]) => {
      const forWeights = tf.matMul(tf.transpose(left), d)
      return data ? forWeights : [tf.matMul(d, tf.transpose(right)), forWeights]
    }
    return { value: tf.matMul(a, w), gradFunc }
  })
  return data ? product(w) : product(a, w)
}

function loop() {
  const variables = initial.map((tensor) => tf.variable(tensor))
  const [W1, b1, W2, b2] = variables
  return (rows) => {
    let sum = 0
    for (let start = 0; start < rows.length; start += batch) {
      const some = rows.subarray(start, start + batch)
      tf.tidy(() => {
        const [xs, ys] = examples(some)
        const loss = optimizer.minimize(
          () => {
            const a = tf[activation](tf.add(multiplied(xs, W1, true), b1))
            return tf.losses.softmaxCrossEntropy(ys, tf.add(multiplied(a, W2, false), b2))
          },
          true,
          variables,
        )
        sum += loss.dataSync()[0] * some.length
      })
    }
    return sum / rows.length
  }
}

function layersModel() {
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ inputShape: [inputs], units: hidden, activation }),
      layers.layers.dense({ units: outputs, activation: 'softmax' }),
    ],
  })
  model.compile({ optimizer, loss: 'categoricalCrossentropy' })
  model.setWeights(initial)
  return async (rows) => {
    const [xs, ys] = examples(rows)
    const { history } = await model.fit(xs, ys, { batchSize: batch, epochs: 1, shuffle: false, verbose: 0 })
    tf.dispose([xs, ys])
    return history.loss[0]
  }
}

const learn = way === 'fit' ? layersModel() : loop()
const first = await learn(order.subarray(0, Number(warm)))
const rows = order.subarray(Number(warm), Number(end))
const start = performance.now()
const then = await learn(rows)
console.log(JSON.stringify({ costs: [first, then], rate: (1000 * rows.length) / (performance.now() - start) }))
