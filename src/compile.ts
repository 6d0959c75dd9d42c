import { deriveTraining } from './calculus/training.ts'
import { describe } from './describe/describe.ts'
import { lowerNetwork } from './programs/lowering.ts'
import type { ModuleDescription } from './emit/description.ts'
import { emitModule, type EmittedModule } from './emit/emit.ts'
import { checkGraph } from './graph/check.ts'
import type { Node } from './graph/node.ts'
import type { Network } from './language/networks/network.ts'
import { FindingError, throwFindings } from './language/text/source.ts'
import { typescriptCosts } from './targets/typescript/costs.ts'
import { wasmCosts } from './targets/wasm/costs.ts'

/** The stages of a compilation, in order. */
export const stages = ['differentiate', 'lower', 'print', 'type-check and format'] as const
export type Stage = (typeof stages)[number]

const maximumBytes = 2 ** 31

export interface CompileOptions {
  /** In place of the spec's. */
  readonly target?: 'typescript' | 'wasm'
  /** In place of the spec's. */
  readonly precision?: 'f32' | 'f64'
  /** Whether binaryen, which isn't installed with tapeless, optimises WebAssembly kernels. */
  readonly optimize?: boolean
  /** Called as each stage begins. */
  readonly onStage?: (stage: Stage) => void
}

export interface CompiledModule extends EmittedModule {
  readonly description: ModuleDescription
}

/** A module would need more memory than any may: 2 GiB. */
export class ModuleSizeError extends Error {
  override name = 'ModuleSizeError'
}

/**
 * The whole way from a network to the text of its module, and to the WebAssembly beside it.
 * @param specFile what the module's header names as its source.
 * @throws ModuleSizeError when the trainer's arena would be over 2 GiB.
 * @throws SpecError when it can't be as small as the spec's memory budget.
 * @throws MissingPackageError when WebAssembly is to be optimised and binaryen isn't installed.
 */
export async function compile(
  network: Network,
  specFile: string,
  options: CompileOptions = {},
): Promise<CompiledModule> {
  const description = await located(network, () => describeModule(network, specFile, options))
  options.onStage?.('type-check and format')
  const { optimize = false } = options
  return { ...(await emitModule(description, { optimize })), description }
}

/** Reports a mistake that a stage finds where it stands in the spec. */
async function located<T>({ source }: Network, stage: () => T): Promise<T> {
  try {
    return stage()
  } catch (error) {
    if (error instanceof FindingError) await throwFindings(source, [error.finding])
    throw error
  }
}

/**
 * From a network to printed kernels and what the module around them needs.
 * @throws ModuleSizeError as `compile`; FindingError when the memory budget is too small.
 */
export function describeModule(network: Network, specFile: string, options: CompileOptions = {}): ModuleDescription {
  const { target = network.emit.target, precision = network.emit.precision, onStage } = options

  onStage?.('differentiate')
  const nodes = (list: readonly { readonly node: Node }[]) => list.map(({ node }) => node)
  const training = deriveTraining(
    { ...network, parameters: nodes(network.trained), variables: nodes(network.emit.inputGradients) },
    'mean',
  )
  const { output, lossSum, gradients, variableGradients, writes, starts } = training
  checkGraph([output, lossSum, training.training.lossSum, ...gradients, ...variableGradients])
  checkGraph([...writes, ...starts].map(({ value }) => value))

  onStage?.('lower')
  const costs = target === 'wasm' ? wasmCosts(precision) : typescriptCosts
  const lowered = lowerNetwork(network, training, precision, costs)
  const bytes = lowered.plan.length * (precision === 'f32' ? 4 : 8)
  const { memory } = network.emit
  if (typeof memory === 'object' && bytes > memory.budget)
    throw new FindingError({
      code: 'out-of-range',
      path: ['emit', 'memory', 'budget'],
      part: 'value',
      message: `expected at least ${bytes} bytes, the least found for a trainer of this network, got ${memory.budget}`,
    })
  if (bytes > maximumBytes)
    throw new ModuleSizeError(
      `${network.name} would need ${bytes.toLocaleString('en')} bytes, and may have 2 GiB: take smaller layers or a smaller batch`,
    )

  onStage?.('print')
  return describe(network, training, lowered, { specFile, precision, target })
}
