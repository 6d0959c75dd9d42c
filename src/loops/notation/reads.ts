import { expressionOf, isLookup, type Access, type Scalar, type Stage } from './kernel.ts'

/** All reads of a stage, those of indices among them; each expression that is shared once. */
export function readsOf(stage: Stage): Access[] {
  const reads: Access[] = []
  const add = (access: Access): void => {
    reads.push(access)
    lookupsIn(access).forEach(add)
  }
  const seen = new Set<Scalar>()
  const visit = (scalar: Scalar): void => {
    if (seen.has(scalar)) return
    seen.add(scalar)
    if (scalar.kind === 'read') add(scalar.access)
    if (scalar.kind === 'apply') scalar.operands.forEach(visit)
  }
  visit(expressionOf(stage))
  if (stage.kind === 'write') lookupsIn(stage.target).forEach(add)
  return reads
}

function lookupsIn({ address }: Access): Access[] {
  return [...address.terms.keys()].filter(isLookup).map(({ access }) => access)
}
