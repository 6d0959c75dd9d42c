/*
 * What a page runs beside the modules of specs while Vite serves it. When a spec changes, the models and trainers that its module has made
 * go on as what the spec now says: they are stand-ins, each for a model that is replaced by one with the same numbers, as far as these fit.
 * It imports nothing.
 */

/** What a model or a trainer has that is used here. */
interface Made {
  readonly parameters: Views
  readonly buffers: Views
  save?(): Uint8Array
  load?(bytes: Uint8Array): void
  epochs?(x: unknown, y: unknown, options?: EpochsOptions): Generator<object, void>
}

type Views = Readonly<Record<string, Float32Array | Float64Array>>

interface EpochsOptions {
  readonly epochs?: number
}

interface Options {
  readonly seed?: number
  readonly wasm?: object
}

type Make = (options?: Options) => Made

/** The exports of a spec's module. */
interface Exports {
  readonly network: {
    readonly epochs: number
    readonly parameters: readonly Tensor[]
    readonly buffers: readonly Tensor[]
  }
  readonly createModel: Make
  readonly createTrainer?: Make
  wasmUrl?(): string
}

interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
}

/** What makes models. */
type Maker = 'createModel' | 'createTrainer'

/** What is kept of a spec from version to version. */
interface Followed {
  latest?: Exports
  /** Gives the exports to each version of the module that somebody may have imported. */
  readonly adopts: ((exports: object) => void)[]
  readonly stands: Set<WeakRef<Stand>>
}

/** A model that is made anew with each version. */
interface Stand {
  readonly maker: Maker
  readonly options: Options
  version: Exports
  made: Made
}

/**
 * Has all that earlier versions of a spec's module have made, and all that import them, go on with the latest.
 * @param adopt sets the module's own exports.
 * @param data what lasts from version to version, where there are versions.
 */
export function follow(latest: Exports, adopt: (exports: object) => void, data: { followed?: Followed } = {}): void {
  const followed = (data.followed ??= { adopts: [], stands: new Set() })
  followed.adopts.push(adopt)
  adopt(exportsOf(latest, followed))
  const isFirst = followed.latest === undefined
  followed.latest = latest
  if (!isFirst) void replaceAll(followed, latest)
}

async function replaceAll(followed: Followed, latest: Exports): Promise<void> {
  const stands = [...followed.stands].map((reference) => reference.deref()).filter((stand) => stand !== undefined)
  try {
    const wasm = latest.wasmUrl && stands.length > 0 ? await compiled(latest.wasmUrl()) : undefined
    // A later version may have come in the meantime.
    if (followed.latest !== latest) return
    for (const stand of stands) replace(stand, latest, wasm)
  } finally {
    for (const adopt of followed.adopts) adopt(exportsOf(latest, followed))
  }
}

/** As much of the platform's as is used here: the language's own library has none of it. */
declare const WebAssembly: { compileStreaming(response: Promise<Response>): Promise<object> }

async function compiled(url: string): Promise<object> {
  return WebAssembly.compileStreaming(fetch(url))
}

/** Puts a model of the latest version in the place of an earlier one. */
function replace(stand: Stand, latest: Exports, wasm: object | undefined): void {
  const make = latest[stand.maker]
  if (!make) return
  // Start values in the options were those of the first version: what has become of them is carried over.
  const made = make({
    ...(stand.options.seed === undefined ? {} : { seed: stand.options.seed }),
    ...(wasm && { wasm }),
  })
  carry(stand, made, latest)
  stand.made = made
  stand.version = latest
}

/** Copies what is of the same name and shape. */
function carry({ made: from, version }: Stand, to: Made, latest: Exports): void {
  if (from.save && to.save && to.load) return to.load(merged(from.save(), to.save()))
  for (const kind of ['parameters', 'buffers'] as const)
    for (const { name, shape } of latest.network[kind]) {
      const before = version.network[kind].find((tensor) => tensor.name === name && `${tensor.shape}` === `${shape}`)
      if (before) to[kind][name]!.set(from[kind][name]!)
    }
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

/** The safetensors file `to` with those tensors of `from` that are of the same name and shape there, and its metadata. */
function merged(from: Uint8Array, to: Uint8Array): Uint8Array {
  const [before, after] = [contentOf(from), contentOf(to)]
  const header: Record<string, unknown> = { __metadata__: before.metadata }
  const parts: Uint8Array[] = []
  let end = 0
  for (const [name, entry] of Object.entries(after.entries)) {
    const earlier = before.entries[name]
    const isSame = earlier !== undefined && `${earlier.shape}` === `${entry.shape}`
    const [{ dtype, shape, data_offsets }, data] = isSame ? [earlier, before.data] : [entry, after.data]
    const part = data.subarray(...data_offsets)
    header[name] = { dtype, shape, data_offsets: [end, (end += part.length)] }
    parts.push(part)
  }
  const text = JSON.stringify(header)
  // Names are ASCII.
  const bytes = new Uint8Array(8 + text.length + end)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(new TextEncoder().encode(text), 8)
  let at = 8 + text.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function contentOf(bytes: Uint8Array) {
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const { __metadata__: metadata, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, start)),
  ) as Record<string, unknown>
  return { metadata, entries: entries as Record<string, Entry>, data: bytes.subarray(start) }
}

/** A version's exports, whose models are replaced by later ones. */
function exportsOf(latest: Exports, followed: Followed): object {
  const making =
    (maker: Maker) =>
    (options: Options = {}) => {
      const made = latest[maker]!(options)
      const stand: Stand = { maker, options, version: latest, made }
      followed.stands.add(new WeakRef(stand))
      return standIn(stand)
    }
  return {
    ...latest,
    createModel: making('createModel'),
    ...(latest.createTrainer && { createTrainer: making('createTrainer') }),
  }
}

/** An object that has what the stand's present model has. Its functions are that model's, even if they are kept. */
function standIn(stand: Stand): object {
  const functions = new Map<PropertyKey, unknown>()
  const functionOf = (key: PropertyKey): unknown => {
    if (key === 'epochs') return (x: unknown, y: unknown, options?: EpochsOptions) => epochs(stand, x, y, options)
    return (...given: readonly unknown[]) =>
      (Reflect.get(stand.made, key) as (...given: readonly unknown[]) => unknown)(...given)
  }
  return new Proxy(
    {},
    {
      get(_, key) {
        const value: unknown = Reflect.get(stand.made, key)
        if (typeof value !== 'function') return value
        if (!functions.has(key)) functions.set(key, functionOf(key))
        return functions.get(key)
      },
      set: (_, key, value) => Reflect.set(stand.made, key, value),
      has: (_, key) => Reflect.has(stand.made, key),
      ownKeys: () => Reflect.ownKeys(stand.made),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(stand.made, key),
    },
  )
}

/** The reports of a trainer's epochs, which go on with the model that replaces it, if that comes between two of them. */
function epochs(stand: Stand, x: unknown, y: unknown, options?: EpochsOptions): Generator<object, void> {
  /** What the present model has begun, once so many epochs are done. */
  const begin = (done: number) => {
    const all = options?.epochs ?? stand.version.network.epochs
    const left = done === 0 ? options : { ...options, epochs: Math.max(0, all - done) }
    return { made: stand.made, reports: stand.made.epochs!(x, y, left) }
  }
  let running = begin(0)
  return (function* () {
    for (let done = 0; ; done++) {
      if (running.made !== stand.made) {
        running.reports.return()
        running = begin(done)
      }
      const report = running.reports.next()
      if (report.done) return
      yield report.value
    }
  })()
}
