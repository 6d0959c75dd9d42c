import { expressionOf, isLookup, type Access, type Scalar, type Stage } from './kernel.ts'

/** What a stage writes to. */
export function writesOf(stage: Stage): readonly Access[] {
  if (stage.kind === 'reduce') return []
  return stage.lost ? [stage.target, stage.lost] : [stage.target]
}

/**
 * All reads of a stage, those of indices and of what additions have lost among them; each expression that is shared once.
 * @param seen expressions that are left out; the stage's own are added.
 */
export function readsOf(stage: Stage, seen = new Set<Scalar>()): Access[] {
  const reads: Access[] = []
  const add = (access: Access): void => {
    reads.push(access)
    lookupsIn(access).forEach(add)
  }
  const visit = (scalar: Scalar): void => {
    if (seen.has(scalar)) return
    seen.add(scalar)
    if (scalar.kind === 'read') add(scalar.access)
    if (scalar.kind === 'apply') scalar.operands.forEach(visit)
  }
  visit(expressionOf(stage))
  if (stage.kind === 'write') lookupsIn(stage.target).forEach(add)
  if (stage.kind === 'write' && stage.lost) reads.push(stage.lost)
  return reads
}

function lookupsIn({ address }: Access): Access[] {
  return [...address.terms.keys()].filter(isLookup).map(({ access }) => access)
}
