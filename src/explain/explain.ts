import { describeNetwork, type CompileOptions } from '../compile.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf, type View } from '../language/networks/views.ts'
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
  const views = viewsOf(network)
  const [first] = views as [View, ...View[]]
  const sections = views.flatMap((view) => {
    const known = { network: view.network, lines: linesIn(view.network), kernels }
    return objectiveSections(known, view === first, view.objective, programs)
  })
  return {
    name: network.name,
    ...(network.description !== undefined && { description: network.description }),
    spec: specFile,
    sections: [
      { id: 'network', title: 'The network', blocks: networkBlocks(network, linesIn(first.network)) },
      ...sections,
      { id: 'start', title: 'Start values', blocks: startBlocks(network) },
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
  const rules = isFirst ? ruleBlocks(known) : []
  const of = objective === undefined ? '' : ` of ${objective}`
  const section = (id: string, title: string, blocks: readonly Block[]): Section => ({
    id: objective === undefined ? id : `${id}-${objective}`,
    title: `${title}${of}`,
    blocks,
  })
  return [
    section('forward', isFirst ? 'Forward pass' : 'Loss', forwardBlocks(known)),
    ...(rules.length > 0 ? [section('rules', 'Rules', rules)] : []),
    section('backward', 'Backward pass', [
      paragraph(
        'The derivatives of the loss by what is computed on the way, from the loss back to the inputs. Each reuses those before it.',
      ),
      ...folded(backwardBlocks(known, false)),
    ]),
    section('gradients', 'Gradients', [
      paragraph(`The derivatives by what is trained, for one sample; a step ${share(known)}.`),
      ...folded(backwardBlocks(known, true)),
    ]),
    section('kept', 'What is kept', keptBlocks(known)),
    section('update', 'Update', updateBlocks(known.network, programs, objective)),
  ]
}

function forwardBlocks(known: Known): Block[] {
  const formulas = known.lines.forward.map((line): Block => ({
    kind: 'formula',
    id: `forward ${line.name}`,
    equation: line.equation,
    facts: factsIn(known, line),
  }))
  return [paragraph('For one sample.'), ...folded(formulas)]
}

/** What becomes of the gradients of a batch's samples. */
function share({ network }: Known): string {
  return network.training.normalizers
    ? 'divides their sum over the samples of its batch by the sum of what the samples count'
    : 'takes their mean over the samples of its batch'
}
