import {
  isLookup,
  isRepeat,
  type Access,
  type Affine,
  type Axis,
  type Kernel,
  type Reduce,
  type Scalar,
  type Step,
} from './kernel.ts'

/**
 * A kernel in index notation, for people:
 *
 *     for b < batch, i < 40
 *       r0 = sum(k < 10) x[k + 10 b] * p0[k + 10 i]
 *       activation7[i + 40 b] = add(r0, p1[i])
 */
export function printKernel(kernel: Kernel): string {
  const names = new Map<Reduce, string>()
  const lines = kernel.stages.map((stage) => {
    if (stage.kind === 'write') {
      const over = stage.over.length > 0 ? `for ${ranges(stage.over)}: ` : ''
      const assignment = stage.mode === 'add' ? '+=' : '='
      const lost = stage.lost ? `, keeping ${printAccess(stage.lost)}` : ''
      return `${over}${printAccess(stage.target)} ${assignment} ${printScalar(stage.value, names)}${lost}`
    }
    const name = `r${names.size}`
    const body = printScalar(stage.body, names)
    names.set(stage, name)
    return `${name} = ${stage.combine}(${ranges(stage.over)}) ${body}`
  })
  return [`for ${ranges(kernel.parallel) || 'the whole'}`, ...lines.map((line) => `  ${line}`)].join('\n')
}

function ranges(axes: readonly Axis[]): string {
  return axes.map((axis) => `${axis.label} < ${axis.extent}`).join(', ')
}

function printAccess({ buffer, address }: Access): string {
  return `${buffer.name}[${printAffine(address)}]`
}

function printAffine({ constant, terms }: Affine): string {
  const parts = [...terms].map(([term, coefficient]) => {
    const name = isLookup(term) ? printAccess(term.access) : term.label
    return coefficient === 1 ? name : `${coefficient} ${name}`
  })
  return [...parts, ...(constant !== 0 || parts.length === 0 ? [String(constant)] : [])].join(' + ')
}

function printScalar(scalar: Scalar, names: ReadonlyMap<Reduce, string>): string {
  switch (scalar.kind) {
    case 'literal':
      return String(scalar.value)
    case 'uniform':
      return scalar.name
    case 'index':
      return printAffine(scalar.value)
    case 'reduced':
      return names.get(scalar.stage)!
    case 'read':
      return printAccess(scalar.access)
    case 'apply':
      return `${scalar.op}(${scalar.operands.map((operand) => printScalar(operand, names)).join(', ')})`
  }
}

/** A kernel, or the kernels that a loop over time runs. */
export function printStep(step: Step): string {
  if (!isRepeat(step)) return printKernel(step)
  const heading = `in order${step.reverse ? ', from the last,' : ''} for ${ranges([step.time])}`
  const body = step.body.flatMap((kernel) => printKernel(kernel).split('\n'))
  return [heading, ...body.map((line) => `  ${line}`)].join('\n')
}
