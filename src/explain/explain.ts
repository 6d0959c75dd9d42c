import { describeNetwork, type CompileOptions } from '../compile.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'
import type { LoweredProgram } from '../programs/program.ts'
import { backwardBlocks } from './backward.ts'
import { paragraph, type Block, type Derivation, type Section } from './document.ts'
import { factsIn, type Known } from './facts.ts'
import { kernelsBy } from './kernels.ts'
import { keptBlocks } from './kept.ts'
import { linesIn } from './lines.ts'
import { networkBlocks } from './network.ts'
import { folded } from './repeat.ts'
import { ruleBlocks } from './rules.ts'
import { startBlocks, updateBlocks } from './training.ts'

/**
 * How a network is derived: from its equations to those of its gradients, step by step, and what trains it.
 * @param specFile the spec as the document names it.
 * @throws SpecError as `compile` does.
 */
export async function explain(network: Network, specFile: string, options: CompileOptions = {}): Promise<Derivation> {
  const { description, programs } = await describeNetwork(network, specFile, options)
  const kernels = kernelsBy(description.kernels)
  const views = viewsOf(network).map(({ network: view, objective }) => ({
    known: { network: view, lines: linesIn(view), kernels },
    objective,
  }))
  const [first] = views as [(typeof views)[number], ...typeof views]
  const sections = views.flatMap((view) => objectiveSections(view.known, view === first, view.objective, programs))
  const start = startBlocks(network)
  return {
    name: network.name,
    ...(network.description !== undefined && { description: network.description }),
    spec: specFile,
    sections: [
      { id: 'network', title: 'The network', blocks: networkBlocks(network, first.known.lines) },
      ...sections,
      ...(start.length > 0 ? [{ id: 'start', title: 'Start values', blocks: start }] : []),
    ],
  }
}

/** The derivation of one loss. */
function objectiveSections(
  known: Known,
  isFirst: boolean,
  objective: string | undefined,
  programs: readonly LoweredProgram[],
): Section[] {
  const of = objective === undefined ? '' : ` of ${objective}`
  /** A section, unless there is nothing to be told in it. */
  const section = (id: string, title: string, blocks: readonly Block[], intro?: string): Section[] => {
    if (blocks.length === 0) return []
    const all = intro === undefined ? blocks : [paragraph(intro), ...blocks]
    return [{ id: objective === undefined ? id : `${id}-${objective}`, title: `${title}${of}`, blocks: all }]
  }
  const isTrained = known.network.trained.length > 0
  return [
    ...section('forward', isFirst ? 'Forward pass' : 'Loss', forwardBlocks(known), 'For one sample.'),
    ...section('rules', 'Rules', isFirst ? ruleBlocks(known) : []),
    ...section('backward', 'Backward pass', folded(backwardBlocks(known, false)), backwardIntro),
    ...section('gradients', 'Gradients', folded(backwardBlocks(known, true)), gradientsIntro(known)),
    ...section('kept', 'What is kept', keptBlocks(known)),
    ...section('update', 'Update', isTrained ? updateBlocks(known.network, programs, objective) : []),
  ]
}

const backwardIntro =
  'The derivatives of the loss by what is computed on the way, from the loss back to the inputs. Each reuses those before it.'

function gradientsIntro({ network }: Known): string {
  const step = network.training.normalizers
    ? 'divides their sum over the samples of its batch by the sum of what the samples count'
    : 'takes their mean over the samples of its batch'
  return `The derivatives by what is trained, for one sample; a step ${step}.`
}

function forwardBlocks(known: Known): Block[] {
  const formulas = known.lines.forward.map((line): Block => ({
    kind: 'formula',
    id: `forward ${line.name}`,
    equation: line.equation,
    facts: factsIn(known, line),
  }))
  return folded(formulas)
}
