import { z } from '../words/zod.ts'
import { asciiName } from '../../base/name.ts'
import { broadcast } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { number } from '../words/arguments.ts'
import { evaluateFormula, faultsIn, formulaDialect, formulaText, type Formula } from '../formulas/expression.ts'
import { defineName, namesIn } from '../formulas/names.ts'
import { keys, reportIssue } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

export interface ExpressionSettings {
  readonly formula: Formula
  /** The numbers that the trained scalars start at. */
  readonly parameters: Readonly<Record<string, number>>
}

/** A formula in x and trained scalars, element by element. */
export const expression = {
  arguments: keys({ formula: formulaText, parameters: z.record(z.string(), number).default({}) }).check((context) => {
    const { formula, parameters } = context.value
    for (const fault of faultsIn(formula, ['x', ...Object.keys(parameters)]))
      reportIssue(context, formula, ['formula'], fault)

    const defined = new Map([['x', 'x']])
    const used = new Set(namesIn(formula))
    for (const [name, start] of Object.entries(parameters)) {
      const unused = { code: 'formula', message: `the formula doesn't use '${name}'` } as const
      const fault = defineName(name, defined, formulaDialect) ?? (used.has(name) ? undefined : unused)
      if (fault) reportIssue(context, start, ['parameters', name], { ...fault, part: 'key' })
    }
  }),
  first: 'formula',
  build: (x: Node, { formula, parameters }: ExpressionSettings, context: LayerContext): Node => {
    const scalars = Object.entries(parameters).map(([name, start]) => {
      const letter = /\d$/.test(name) ? `${name}_` : name
      const scalar = context.parameter(asciiName(name), [], { init: start, letter })
      return [name, broadcast(scalar, x.shape, [])]
    })
    return evaluateFormula(formula, { x, ...Object.fromEntries(scalars) })
  },
} as const
