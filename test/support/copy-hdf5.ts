import h5wasm, { type Dataset, type Group } from 'h5wasm/node'

/**
 * Copies an HDF5 file without what `keep` refuses: datasets and groups by their path, attributes as `path@name`. Scales
 * stay scales; what refers to them is left out.
 *
 * @param rename what names of groups and all texts become
 */
export async function copyHdf5(
  from: string,
  to: string,
  keep: (path: string) => boolean,
  rename: (text: string) => string = (text) => text,
): Promise<void> {
  await h5wasm.ready
  const source = new h5wasm.File(from, 'r')
  const target = new h5wasm.File(to, 'w')
  try {
    copyGroup(source, target, { keep, rename })
  } finally {
    target.close()
    source.close()
  }
}

interface Copying {
  readonly keep: (path: string) => boolean
  readonly rename: (text: string) => string
}

function copyGroup(from: Group, to: Group, copying: Copying): void {
  copyAttributes(from, to, copying)
  for (const name of from.keys()) {
    const child = from.get(name)
    const path = `${from.path === '/' ? '' : from.path}/${name}`
    if (!copying.keep(path)) continue
    if (child instanceof h5wasm.Group) copyGroup(child, to.create_group(copying.rename(name)), copying)
    else if (child instanceof h5wasm.Dataset) copyDataset(child, to, name, copying)
  }
}

function copyDataset(from: Dataset, group: Group, name: string, copying: Copying): void {
  const { value, shape, dtype } = from
  const copy = group.create_dataset(
    typeof value === 'string' ? { name, data: copying.rename(value) } : { name, data: value as Float64Array, shape, dtype },
  )
  if ('CLASS' in from.attrs) copy.make_scale(name)
  copyAttributes(from, copy, copying)
}

const OF_SCALES = new Set(['CLASS', 'NAME', 'REFERENCE_LIST', 'DIMENSION_LIST'])

function copyAttributes(from: Group | Dataset, to: Group | Dataset, { keep, rename }: Copying): void {
  for (const name of Object.keys(from.attrs)) {
    if (OF_SCALES.has(name) || !keep(`${from.path}@${name}`)) continue
    const { value, shape, dtype } = from.attrs[name] as Group['attrs'][string]
    if (typeof value === 'string') to.create_attribute(name, rename(value))
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
