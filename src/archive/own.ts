import { crc32 } from 'node:zlib'
import { Damage } from './fields.ts'
import { type Dataset, hasAttribute, writeNumber } from './hdf5.ts'

// Attributes of datasets besides their units and long name, such as names of classes, which have a checksum of their own.

const OWN_CHECKSUM = 'own_crc32'

/** Notes what these attributes are now; those that are not there count too. */
export function sealOwn(dataset: Dataset, names: readonly string[]): void {
  writeNumber(dataset, OWN_CHECKSUM, checksumOf(dataset, names))
}

/** @throws Damage if these attributes are not what was written; files of other programs, and earlier ones of ours, have no checksum */
export function checkOwn(dataset: Dataset, names: readonly string[]): void {
  if (!hasAttribute(dataset, OWN_CHECKSUM)) return
  if (Number(dataset.get_attribute(OWN_CHECKSUM, false)) !== checksumOf(dataset, names)) {
    throw new Damage(`the attributes of ${dataset.path} are not what was written`)
  }
}

function checksumOf(dataset: Dataset, names: readonly string[]): number {
  const values = names.map((name) => [name, hasAttribute(dataset, name) ? dataset.get_attribute(name, true) : null])
  return crc32(JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
}
