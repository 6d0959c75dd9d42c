import fc from 'fast-check'
import type { Model, Trainer } from '../../src/runtime/interface.ts'
import { emitted, type Emitted } from '../support/emitted.ts'
import { damaged } from './damagedFiles.ts'
import { said, type Said } from './said.ts'

/*
 * Damaged checkpoints into modules' `load`: what a file says is there afterwards, or an error of the module's own and nothing else.
 */

/** What a run over many files has seen. */
export interface Tally {
  files: number
  refused: number
  /** The longest time of the processor for a load, in milliseconds. */
  longest: number
}

/** All that a trainer carries on, in both targets and precisions; names that objects have anyway. */
const specs = [
  `input: 3
layers: [linear: 4, batchNorm, relu, dropout: 0.3, linear: 2]
loss: mse
train: { batch: 4, epochs: 9, optimizer: adam, schedule: { plateau: { patience: 1 }, warmup: { epochs: 2, start: 0.1 } } }
emit: { target: wasm, precision: f32 }`,
  `input: 3
layers: [linear: 4, actNorm, tanh, linear: 2]
loss: mse
init: lsuv
train: { batch: 4, optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } }, schedule: { cosine: { epochs: 3 } } }
emit: { target: typescript, precision: f64 }`,
  `inputs: { x: 3 }
targets: { y: 2 }
parameters: { constructor: 3, toString: { shape: 2, init: zeros }, s: scalar }
equations: ['h = dot(constructor, x) * s + toString', 'l = mean((h - y)^2)']
output: h
loss: l
train: { batch: 4, optimizer: sgd, schedule: { step: 2 } }
emit: { target: typescript, precision: f32 }`,
]

const samples = 8
const x = Float64Array.from({ length: 3 * samples }, (_, i) => Math.sin(7 * i))
const y = Float64Array.from({ length: 2 * samples }, (_, i) => Math.cos(3 * i))

interface Subject {
  readonly trainer: Trainer
  readonly model: Model
  /** What it saved at first. */
  readonly whole: Said
  readonly isSingle: boolean
}

/** Modules' trainers, models and files: trained, untrained, without a trainer's state, another network's. */
async function subjects(): Promise<{ readonly subjects: readonly Subject[]; readonly files: readonly Uint8Array[] }> {
  const modules: readonly Emitted[] = await Promise.all(specs.map((spec) => emitted(spec)))
  const trained = modules.map(({ createTrainer }) => {
    const trainer = createTrainer({ seed: 3 })
    trainer.fit(x, y, { epochs: 3 })
    return trainer as unknown as Trainer
  })
  const files = trained.flatMap((trainer, k) => [
    trainer.save(),
    trainer.save(),
    modules[k]!.createModel({ seed: 5 }).save(),
    modules[k]!.createTrainer({ seed: 4 }).save(),
  ])
  return {
    files,
    subjects: trained.map((trainer, k) => ({
      trainer,
      model: modules[k]!.createModel() as unknown as Model,
      whole: said(trainer.save())!,
      isSingle: specs[k]!.includes('f32'),
    })),
  }
}

/** Any damaged file, into a trainer and a model of each module. */
export async function loadsOrRefuses(tally: Tally): Promise<fc.IProperty<[Uint8Array]>> {
  const { subjects: all, files } = await subjects()
  return fc.property(damaged(files), (file) => {
    tally.files++
    const meant = said(file)
    const taken = all.flatMap((subject) => [
      expectLoad(subject.trainer, file, meant && stateOf(meant, subject), subject, tally),
      expectLoad(subject.model, file, meant && parametersOf(meant, subject), subject, tally),
    ])
    if (!taken.includes(true)) tally.refused++
  })
}

/** What a trainer or a model holds when it has taken a file; numbers that it works out aren't among it. */
interface Held {
  readonly tensors: ReadonlyMap<string, readonly number[]>
  readonly numbers: ReadonlyMap<string, unknown>
}

/** @returns whether it took the file, which it must if and only if there is something to be held. */
function expectLoad(
  model: Model,
  file: Uint8Array,
  held: Held | undefined,
  { isSingle }: Subject,
  tally: Tally,
): boolean {
  const before = model.save()
  const begin = process.cpuUsage()
  const error = thrownBy(() => model.load(file))
  const { user, system } = process.cpuUsage(begin)
  tally.longest = Math.max(tally.longest, (user + system) / 1000)
  const after = model.save()
  if (error !== undefined) {
    if (!isOwn(error)) throw new Error('load throws what is none of its errors', { cause: error })
    if (Buffer.compare(before, after) !== 0) throw new Error(`load refuses and yet changes something: ${error}`)
    if (held) throw new Error(`load refuses a whole file: ${error}`)
    return false
  }
  if (!held) throw new Error('load takes what is no file, or none of this network')
  const found = said(after)!
  for (const [name, values] of held.tensors) {
    const stored = isSingle ? values.map(Math.fround) : values
    if (!stored.every((value, i) => Object.is(found.tensors.get(name)!.values![i], value)))
      throw new Error(`${name} is not as the file has it`)
  }
  for (const [name, value] of held.numbers)
    if (found.numbers.get(name) !== value) throw new Error(`${name} is ${String(found.numbers.get(name))}`)
  model.predict(x)
  return true
}

function thrownBy(action: () => void): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error ?? 'nothing'
  }
}

/** Modules say what they expected, and what they got. */
function isOwn(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) && /^\w+: expected [^]+, got /.test(error.message)
}

const isOptional = (name: string) => name.startsWith('optimizer.')

/** What a model takes of a file, if it does. */
function parametersOf({ tensors }: Said, { whole }: Subject): Held | undefined {
  const held = new Map<string, readonly number[]>()
  for (const [name, { shape }] of whole.tensors) {
    if (isOptional(name)) continue
    const tensor = tensors.get(name)
    if (!tensor?.values || `${tensor.shape}` !== `${shape}`) return undefined
    held.set(name, tensor.values)
  }
  return { tensors: held, numbers: new Map() }
}

/** What a trainer takes of a file, if it does. */
function stateOf(file: Said, subject: Subject): Held | undefined {
  const { whole } = subject
  const parameters = parametersOf(file, subject)
  if (!parameters) return undefined
  const isSame = file.numbers.get('optimizer') === whole.numbers.get('optimizer')
  const held = new Map(parameters.tensors)
  for (const [name, { shape, values }] of whole.tensors) {
    if (!isOptional(name)) continue
    const tensor = isSame ? file.tensors.get(name) : undefined
    if (tensor && (!tensor.values || `${tensor.shape}` !== `${shape}`)) return undefined
    held.set(name, tensor ? tensor.values! : values!.map(() => 0))
  }
  const numbers = new Map<string, unknown>()
  for (const name of whole.numbers.keys()) {
    if (name === 'optimizer' || name === 'baseRate') continue
    if (name === 'learningRate' && !(isSame && file.numbers.get('baseRate') === whole.numbers.get('baseRate'))) continue
    const value = file.numbers.get(name) ?? undefined
    if (value === undefined) continue
    if (typeof value !== 'number') return undefined
    const isRight =
      name === 'best' || (value >= 0 && (name === 'learningRate' ? value < Infinity : Number.isSafeInteger(value)))
    if (!isRight) return undefined
    // JSON has no infinity, where the best metric starts.
    numbers.set(name, Number.isFinite(value) ? value : null)
  }
  return { tensors: held, numbers }
}
