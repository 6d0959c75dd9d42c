import type { Access, Scalar, Stage } from './kernel.ts'

/** All reads of a stage, each expression that is shared once. */
export function readsOf(stage: Stage): Access[] {
  const reads: Access[] = []
  const seen = new Set<Scalar>()
  const visit = (scalar: Scalar): void => {
    if (seen.has(scalar)) return
    seen.add(scalar)
    if (scalar.kind === 'read') reads.push(scalar.access)
    if (scalar.kind === 'apply') scalar.operands.forEach(visit)
  }
  visit(stage.kind === 'reduce' ? stage.body : stage.value)
  return reads
}
