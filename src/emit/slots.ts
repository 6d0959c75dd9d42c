import { Fault } from '../base/fault.ts'
import { bytesOf } from '../base/precision.ts'
import type * as Wasm from '../runtime/wasm.ts'
import { built } from './built.ts'
import { startOf } from './carried.ts'
import { declarations } from './declarations.ts'
import type { Context, Declare } from './declare.ts'
import { filled, toldOf, type Told } from './docstrings.ts'
import { types } from './narrowed.ts'
import type { ModuleDescription, SectionDescription } from './description.ts'
import { isModel } from './has.ts'
import { typescriptHeader } from './header.ts'
import type { Inlined } from './inline.ts'
import { newArena } from './kernels.ts'
import { decimal } from './literal.ts'
import { countParameters } from './network.ts'
import { gradientType } from './ports.ts'
import { withMembers } from './members.ts'
import { programsNamed } from './objectives.ts'
import { isPublic } from './roots.ts'

/** What `templates/host.ts.hbs` prints: each declaration whole, and empty where a module is without it. */
export interface HostSlots extends Readonly<Record<keyof typeof declarations | keyof typeof types, string>> {
  readonly name: string
  readonly told: Told
  readonly interfaces: readonly string[]
  /** The type of the trainer's member of that name; empty where there is none. */
  readonly inputGradient: string
  readonly options: string
  readonly modelArena: string
  /** Empty where there is no trainer. */
  readonly trainerArena: string
  /** The programs of the kernels' binary that most modules don't have. */
  readonly ownPrograms: readonly string[]
  /** The numbers that a trainer carries on from epoch to epoch, as they start; empty where there are none. */
  readonly carried: string
}

/** What `templates/module.ts.hbs` prints: the header's figures, and the other parts as they are. */
export interface ModuleSlots {
  readonly header: readonly string[]
  readonly name: string
  readonly specHash: string
  readonly parameterCount: string
  readonly operations: string
  readonly batch: string
  /** Empty where there is no trainer. */
  readonly trainerBytes: string
  readonly modelBytes: string
  readonly recomputation:
    { readonly storedBytes: string; readonly operations: string; readonly percent: string } | undefined
  /** The kernels' binary, by where it is. */
  readonly inlined: Binary | undefined
  readonly beside: Binary | undefined
  readonly host: string
  readonly sections: readonly SectionDescription[]
  readonly runtime: readonly string[]
}

interface Binary {
  readonly bytes: string
}

/** Those that the runtime declares: what `Kernels` in `src/runtime/wasm.ts` has. */
const usualPrograms: readonly string[] = [
  ...(['predict', 'loss', 'gradient', 'commit', 'initialize', 'update', 'norm'] as const),
] satisfies (keyof Wasm.Kernels)[]

/** Fault: the description contradicts itself. */
export function hostSlots(context: Context, runtime: readonly Inlined[]): HostSlots {
  const { module } = context
  refuseUnrun(module)
  const { name, arena, inputs, inputGradients, wasm } = module
  const told = toldOf(module)
  return {
    ...declare(types, context, told),
    ...declare(declarations, context, told),
    ...{ name, told },
    interfaces: runtime.filter(isInterface).map((one) => filled(withMembers(one.name, declaration(one), module), told)),
    inputGradient: gradientType(inputs, inputGradients),
    options: wasm?.placement === 'file' ? 'options: Options' : 'options: Options = {}',
    modelArena: newArena(module, arena.modelLength),
    trainerArena: isModel(module) ? '' : newArena(module, arena.trainerLength),
    ownPrograms: wasm?.programs.filter((program) => !usualPrograms.includes(program)) ?? [],
    carried: startOf(module),
  }
}

export function moduleSlots(
  { module, kernels }: Context,
  parts: Pick<ModuleSlots, 'host' | 'sections'>,
  runtime: readonly Inlined[],
): ModuleSlots {
  const { name, specHash, precision, operations, arena, recomputation, wasm } = module
  const bytes = (length: number) => decimal(length * bytesOf[precision])
  const binary = kernels && { bytes: decimal(kernels.bytes.length) }
  return {
    header: typescriptHeader(module),
    name,
    specHash,
    batch: decimal(module.batch),
    operations: decimal(operations),
    parameterCount: decimal(countParameters(module)),
    trainerBytes: isModel(module) ? '' : bytes(arena.trainerLength),
    modelBytes: bytes(arena.modelLength),
    recomputation: recomputation && {
      storedBytes: bytes(recomputation.storedLength),
      operations: decimal(recomputation.operations),
      percent: decimal(Math.round((100 * recomputation.operations) / operations)),
    },
    inlined: wasm?.placement === 'inline' ? binary : undefined,
    beside: wasm?.placement === 'file' ? binary : undefined,
    ...parts,
    runtime: runtime.filter((one) => !isInterface(one)).map(declaration),
  }
}

function declare<Name extends string>(
  table: Readonly<Record<Name, Declare>>,
  context: Context,
  told: Told,
): Record<Name, string> {
  const texts = Object.entries<Declare>(table).map(([name, { when, unused, text }]) => [
    name,
    unused?.(context.module) || when?.(context.module) === false
      ? ''
      : `${filled(built.docstrings[name]!, told)}${text(context)}`,
  ])
  return Object.fromEntries(texts) as Record<Name, string>
}

/** Fault: there is a program that no declaration runs. */
function refuseUnrun(module: ModuleDescription): void {
  const run = new Set(
    Object.values<Declare>(declarations).flatMap(({ runs }) => (runs ? [runs, ...programsNamed(module, runs)] : [])),
  )
  for (const name of Object.keys(module.programs))
    if (!run.has(name)) throw new Fault(`No declaration runs the program ${name}.`)
}

function isInterface({ file }: Inlined): boolean {
  return file === 'interface.ts'
}

function declaration(inlined: Inlined): string {
  const { name, docstring, text } = inlined
  return `${docstring}${isInterface(inlined) && isPublic(name) ? 'export ' : ''}${text}`
}
