import h5wasm, { type Dataset, type Group } from 'h5wasm/node'

/**
 * Copies an HDF5 file without what `keep` refuses: datasets and groups by their path, attributes as `path@name`. Scales
 * stay scales; what refers to them is left out.
 */
export async function copyHdf5(from: string, to: string, keep: (path: string) => boolean): Promise<void> {
  await h5wasm.ready
  const source = new h5wasm.File(from, 'r')
  const target = new h5wasm.File(to, 'w')
  try {
    copyGroup(source, target, keep)
  } finally {
    target.close()
    source.close()
  }
}

function copyGroup(from: Group, to: Group, keep: (path: string) => boolean): void {
  copyAttributes(from, to, keep)
  for (const name of from.keys()) {
    const child = from.get(name)
    const path = `${from.path === '/' ? '' : from.path}/${name}`
    if (!keep(path)) continue
    if (child instanceof h5wasm.Group) copyGroup(child, to.create_group(name), keep)
    else if (child instanceof h5wasm.Dataset) copyDataset(child, to, name, keep)
  }
}

function copyDataset(from: Dataset, group: Group, name: string, keep: (path: string) => boolean): void {
  const { value, shape, dtype } = from
  const copy = group.create_dataset(typeof value === 'string' ? { name, data: value } : { name, data: value as Float64Array, shape, dtype })
  if ('CLASS' in from.attrs) copy.make_scale(name)
  copyAttributes(from, copy, keep)
}

const OF_SCALES = new Set(['CLASS', 'NAME', 'REFERENCE_LIST', 'DIMENSION_LIST'])

function copyAttributes(from: Group | Dataset, to: Group | Dataset, keep: (path: string) => boolean): void {
  for (const name of Object.keys(from.attrs)) {
    if (OF_SCALES.has(name) || !keep(`${from.path}@${name}`)) continue
    const { value, shape, dtype } = from.attrs[name] as Group['attrs'][string]
    if (typeof value === 'string') to.create_attribute(name, value)
    else if (Array.isArray(value)) to.create_attribute(name, value as string[])
    else
      to.create_attribute(
        name,
        typeof value === 'bigint' ? BigInt64Array.of(value) : typeof value === 'number' ? Float64Array.of(value) : (value as Float64Array),
        shape,
        dtype,
      )
  }
}
