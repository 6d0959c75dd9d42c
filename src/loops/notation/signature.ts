import {
  isLookup,
  type Access,
  type Affine,
  type Axis,
  type Buffer,
  type Kernel,
  type Lookup,
  type Scalar,
  type Stage,
} from './kernel.ts'

/** A kernel without its purpose, and with numbers for its buffers: kernels of one text are one routine, over other buffers. */
export interface Signature {
  readonly text: string
  /** The buffers by their numbers. */
  readonly buffers: readonly Buffer[]
}

interface Naming<T> {
  readonly nameOf: (thing: T) => string
  /** In the order of their names. */
  readonly things: Iterable<T>
}

export function signatureOf({ parallel, sequential, time, stages }: Kernel): Signature {
  const lines: string[] = []
  /** Names things, each where it is first met, by a line that tells what it is. */
  const naming = <T>(letter: string, tell: (thing: T) => string): Naming<T> => {
    const names = new Map<T, string>()
    const nameOf = (thing: T): string => {
      const known = names.get(thing)
      if (known !== undefined) return known
      const told = tell(thing)
      const name = `${letter}${names.size}`
      names.set(thing, name)
      lines.push(`${name}: ${told}`)
      return name
    }
    return { nameOf, things: names.keys() }
  }

  const axes: Naming<Axis> = naming('a', ({ label, extent }) => `${label} ${extent}`)
  const buffers: Naming<Buffer> = naming('b', ({ role, batched, size }) => `${role} ${batched} ${size}`)
  const list = (some: readonly Axis[]) => some.map(axes.nameOf).join()
  const affine = ({ constant, terms }: Affine): string =>
    [constant, ...Array.from(terms, ([term, coefficient]) => `${coefficient} ${factor(term)}`)].join('+')
  const factor = (term: Axis | Lookup): string =>
    isLookup(term) ? `${access(term.access)}<${term.below}` : axes.nameOf(term)
  const access = ({ buffer, address }: Access): string => `${buffers.nameOf(buffer)}[${affine(address)}]`
  const scalars: Naming<Scalar> = naming('s', (scalar) => {
    switch (scalar.kind) {
      case 'read':
        return access(scalar.access)
      case 'literal':
        return Object.is(scalar.value, -0) ? '-0' : String(scalar.value)
      case 'uniform':
        return scalar.name
      case 'index':
        return affine(scalar.value)
      case 'reduced':
        return written.nameOf(scalar.stage)
      case 'apply':
        return `${scalar.op} ${scalar.operands.map(scalars.nameOf).join()}`
    }
  })
  const written: Naming<Stage> = naming('r', (stage) => {
    if (stage.kind === 'reduce') return `${stage.combine} ${list(stage.over)} ${scalars.nameOf(stage.body)}`
    const targets = [stage.target, ...(stage.lost ? [stage.lost] : [])].map(access).join()
    return `${stage.mode} ${list(stage.over)} ${targets} ${scalars.nameOf(stage.value)}`
  })
  lines.push([parallel, sequential, time ? [time] : []].map(list).join(' in order '))
  stages.forEach(written.nameOf)
  return { text: lines.join('\n'), buffers: [...buffers.things] }
}
