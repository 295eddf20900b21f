import { type DescribedConfiguration, describeConfiguration } from './description.ts'
import type { Model } from './model.ts'

// Configurations of the lanes of a bundle: out of the bytes as they lie, and back.

/** Bytes of the configurations of all lanes of a bundle. */
export function bundleBytes(configuration: DescribedConfiguration, lanes: number): number {
  return (valueBytes(configuration) * lanes) / (configuration.storage === 'bits' ? 8 : 1)
}

/** Bytes of one configuration in the archive. */
export function valueBytes({ shape, type }: Pick<DescribedConfiguration, 'shape' | 'type'>): number {
  return shape.reduce((product, length) => product * length, type === 'int8' ? 1 : 4)
}

/** The same of a model. */
export function configurationBytes(model: Model, size: number): number {
  return bundleBytes(describeConfiguration(model, size), model.lanes)
}

/** Room for `count` numbers of a configuration. */
export function configurationArray({ type }: Pick<DescribedConfiguration, 'type'>, count: number): Int8Array | Float32Array {
  return type === 'int8' ? new Int8Array(count) : new Float32Array(count)
}

/** The numbers of one lane. @param bytes of all lanes, of the whole lattice or of some of its sites */
export function decodeLane(
  { storage, type }: Pick<DescribedConfiguration, 'storage' | 'type'>,
  lanes: number,
  bytes: Uint8Array,
  lane: number,
): Int8Array | Float32Array {
  if (storage === 'bits') {
    const word = lanes / 8
    const spins = new Int8Array(bytes.length / word)
    for (let site = 0; site < spins.length; site++) {
      spins[site] = ((bytes[word * site + (lane >> 3)] as number) >> (lane & 7)) & 1 ? 1 : -1
    }
    return spins
  }
  const all = interleaved(type, bytes)
  const values = configurationArray({ type }, all.length / lanes)
  for (let i = 0; i < values.length; i++) values[i] = all[lanes * i + lane] as number
  return values
}

/** The way back: puts the numbers of one lane into bytes that are 0 there. */
export function encodeLane(
  { storage, type }: Pick<DescribedConfiguration, 'storage' | 'type'>,
  lanes: number,
  configuration: ArrayLike<number>,
  bytes: Uint8Array,
  lane: number,
): void {
  if (storage === 'bits') {
    for (let site = 0; site < configuration.length; site++) {
      const at = (lanes / 8) * site + (lane >> 3)
      if ((configuration[site] as number) > 0) bytes[at] = (bytes[at] as number) | (1 << (lane & 7))
    }
    return
  }
  const all = interleaved(type, bytes)
  for (let i = 0; i < configuration.length; i++) all[lanes * i + lane] = configuration[i] as number
}

function interleaved(type: 'int8' | 'float32', { buffer, byteOffset, byteLength }: Uint8Array): Int8Array | Float32Array {
  return type === 'int8' ? new Int8Array(buffer, byteOffset, byteLength) : new Float32Array(buffer, byteOffset, byteLength / 4)
}
