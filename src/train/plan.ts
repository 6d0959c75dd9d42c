import { fileName } from '../base/path.ts'
import { compile, type CompiledModule } from '../compile.ts'
import { codeUrlOf, instantiate } from '../host/instantiate.ts'
import type { Network } from '../language/networks/network.ts'
import { sampleShape } from '../graph/shape.ts'
import { chooseColumns, type Choice } from './columns/choose.ts'
import { inputNotes } from './columns/notes.ts'
import { keepRows } from './columns/rows.ts'
import { TableError } from './mistakes.ts'
import { defaults, type Settings, type TrainOptions } from './options.ts'
import { answersOf, spareClasses, type Answers } from './preparation/answers.ts'
import { encodeRows, importPreparation, type PrepareModule, type Samples } from './preparation/encode.ts'
import { preparationOf } from './preparation/prepare.ts'
import type { Preparation } from './preparation/preparation.ts'
import { printPreparation } from './preparation/print.ts'
import { nameOf, proposeSpec } from './propose.ts'
import { pathsOf, readSaved, requireOwn, type Paths, type Saved } from './saved.ts'
import { formOf, isLayered, loadProposal, loadSpec, proposalPath } from './spec.ts'
import { splitRows, type Split } from './split.ts'
import { readTable } from './table/read.ts'
import type { Table } from './table/table.ts'

/** All that is settled before the first epoch. */
export interface Plan {
  readonly network: Network
  readonly module: CompiledModule
  /** The module as a URL. */
  readonly code: string
  readonly emitted: Awaited<ReturnType<typeof instantiate>>
  readonly table: Table
  readonly settings: Settings
  readonly split: Split
  readonly preparation: Preparation
  readonly answers: Answers | undefined
  readonly prepareText: string
  readonly prepare: PrepareModule
  readonly training: { readonly x: Samples; readonly y: Samples }
  readonly validation: { readonly x: Samples; readonly y: Samples } | undefined
  readonly paths: Paths
  /** A proposed spec that isn't on the disk yet. */
  readonly proposal: { readonly path: string; readonly contents: string } | undefined
  /** What it goes on from. */
  readonly before: { readonly saved: Saved; readonly weights: Uint8Array } | undefined
  readonly notes: readonly string[]
  /** Epochs in all. */
  readonly epochs: number
}

/** Told what is under way, with the share that is done where that is known; waited for, so that signals are heard. */
export type OnStep = (what: string, fraction?: number) => void | Promise<void>

/**
 * Reads the table and the spec, or proposes one, and settles how the one is prepared for the other. Writes nothing.
 * @throws TableError, SpecError, FileError
 */
export async function planTraining(options: TrainOptions, onStep: OnStep): Promise<Plan> {
  const named = options.spec ?? (options.resume ? proposalPath(options) : undefined)
  const known = named === undefined ? undefined : await loadSpec(named, options)
  const before = known && options.resume ? await readSaved(pathsOf(options.out, known.name)) : undefined
  const settings = settle(options.settings, before?.saved)
  const table = await readTable(options.data, settings, (fraction) => onStep(`reading ${options.data}`, fraction))
  if (known && before) requireSame(known, table, before.saved)

  await onStep('choosing columns')
  const choice = chooseColumns(table, settings)
  const { rows, notes: leftOut } = keepRows(table, choice.inputs, choice.targets, settings.empty)
  if (rows.length === 0) throw new TableError([`${table.file}: no row is left to train on`, ...leftOut])
  const target = choice.targets.find(({ kind }) => kind === 'classes')
  const split = splitRows(rows, settings.validation, settings.seed, (row) => target?.column.at(row))
  const { network, proposal } = known
    ? { network: known, proposal: undefined }
    : await propose(options, table, choice, split, settings)
  const paths = pathsOf(options.out, network.name)
  if (!options.force) await requireOwn(paths)

  const { training, validation } = split
  const scaling = { training, empty: settings.empty, dates: settings.dates, isScaled: isLayered(network) }
  const preparation = preparationOf(formOf(network), choice, scaling)
  const outputs = network.outputNames ? undefined : sampleShape(network.outputs[0]!.shape)
  const answers = answersOf(formOf(network).targets, preparation.targets, outputs, isLayered(network))
  const module = await compileInline(network, (pass) => onStep(`compiling: ${pass}`))
  await onStep('preparing rows')
  const prepareText = await printPreparation({ name: network.name, table: fileName(table.file), preparation, answers })
  const prepare = await importPreparation(prepareText)
  return {
    ...{ network, module, table, settings, split, preparation, answers, prepareText, prepare, paths, proposal, before },
    ...{ code: await codeUrlOf(module.text), emitted: await instantiate(module.text) },
    training: encodeRows(prepare, preparation, table, training),
    validation: validation.length > 0 ? encodeRows(prepare, preparation, table, validation) : undefined,
    notes: [
      ...[...table.notes, ...choice.notes, ...inputNotes(choice.inputs, settings.empty, settings.dates), ...leftOut],
      ...spareClasses(formOf(network).targets, preparation.targets),
    ],
    epochs: options.epochs ?? network.train.epochs,
  }
}

/** The module that `generate` emits, whole, and with its kernels in it: here nobody hands it a binary. */
function compileInline(network: Network, onPass: (pass: string) => void | Promise<void>): Promise<CompiledModule> {
  return compile({ ...network, emit: { ...network.emit, wasm: 'inline', only: undefined } }, network.source.file, {
    onPass,
  })
}

async function propose(options: TrainOptions, table: Table, choice: Choice, split: Split, settings: Settings) {
  const path = proposalPath(options)
  const { empty, dates } = settings
  const contents = proposeSpec({
    name: nameOf(options.data),
    table: fileName(table.file),
    choice,
    training: split.training,
    empty,
    dates,
  })
  const { network, isNew } = await loadProposal(path, contents)
  return { network, proposal: isNew ? { path, contents } : undefined }
}

/** The settings: those given, else those of the training that goes on, else the defaults. @throws TableError where the first two differ. */
function settle(given: Partial<Settings>, before: Saved | undefined): Settings {
  if (!before) return { ...defaults, ...given }
  const saved = new Map<string, unknown>(Object.entries(before.settings))
  const changed = Object.entries(given).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(saved.get(name)),
  )
  if (changed.length > 0)
    throw new TableError(
      changed.map(
        ([name, value]) =>
          `--resume: the training had ${name} ${JSON.stringify(saved.get(name) ?? null)}, not ${JSON.stringify(value)}; without --resume it starts anew`,
      ),
    )
  return before.settings
}

/** @throws TableError where the spec or the table isn't that of the training that goes on. */
function requireSame({ hash, source }: Network, { hash: sha256, file }: Table, { network, table }: Saved): void {
  const changed = [
    ...(hash === network.specHash ? [] : [`${source.file} says another network than the one that was trained`]),
    ...(sha256 === table.sha256 ? [] : [`${file} isn't the table that was trained on`]),
  ]
  if (changed.length > 0)
    throw new TableError(changed.map((what) => `--resume: ${what}; without --resume it is trained anew`))
}
