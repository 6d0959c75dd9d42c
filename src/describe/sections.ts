import type { SectionDescription } from '../emit/description.ts'
import { toAscii } from '../graph/equations/ascii.ts'
import type { Network } from '../language/networks/network.ts'
import type { Kernel } from '../loops/notation/kernel.ts'
import { equationsIn, type LoweredProgram } from '../programs/program.ts'
import { layerOf } from './announce.ts'
import type { Names } from './names.ts'

/** The section of the loss, and of kernels that belong to no layer. */
const rest = 'loss'

/** One section a layer, in the network's order; then the loss; then one for each title that programs have of their own. */
export function describeSections(
  network: Network,
  programs: readonly LoweredProgram[],
  texts: readonly { readonly kernel: Kernel; readonly text: string }[],
  ownTitle: (kernel: Kernel) => string | undefined,
  names: Names,
): SectionDescription[] {
  const titles = [...network.sections.keys(), rest]
  const grouped = new Map<string, string[]>(titles.map((title) => [title, []]))
  for (const { kernel, text } of texts)
    if (ownTitle(kernel) === undefined) grouped.get(layerOf(kernel, names) ?? rest)!.push(text)
  const layers = [...grouped]
    .filter(([, functions]) => functions.length > 0)
    .map(([title, functions]) => ({ title, equations: [], functions }))
  const own = new Set(programs.flatMap(({ section }) => (section ? [section.title] : [])))
  return [
    ...layers,
    ...[...own].map((title) => ({
      title,
      equations: programs
        .filter(({ section }) => section?.title === title)
        .flatMap(equationsIn)
        .map(toAscii),
      functions: texts.filter(({ kernel }) => ownTitle(kernel) === title).map(({ text }) => text),
    })),
  ]
}
