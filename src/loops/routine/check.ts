import {
  isVariable,
  operandsOf,
  type Address,
  type Local,
  type Routine,
  type Statement,
  type Value,
  type Variable,
} from './statement.ts'

/**
 * Checks statements: whatever they use is declared in a block around them, whatever they assign to is mutable, and buffers are the
 * routine's own.
 * @throws Error naming the label: a fault of the compiler.
 */
export function checkRoutine({ body, buffers }: Pick<Routine, 'body' | 'buffers'>): void {
  checkBlock(body, new Map())

  function checkBlock(statements: readonly Statement[], around: ReadonlyMap<Local | Variable, boolean>): void {
    const declared = new Map(around)
    /** A variable of depth 0 is the caller's. */
    const use = (name: Local | Variable) => {
      if (!declared.has(name) && name.depth > 0) throw new Error(`${name.label} is used where it isn't declared`)
    }
    const useAddress = ({ base, terms }: Address) => {
      if (!('role' in base)) useLocal(base)
      else if (!buffers.includes(base)) throw new Error(`${base.name} is no buffer of the routine`)
      for (const [variable] of terms) use(variable)
    }
    const useLocal = (local: Local) => {
      if (!declared.has(local)) throw new Error(`${local.label} is used where it isn't declared`)
    }
    const useValue = (value: Value): void => {
      if (value.kind === 'local') useLocal(value.local)
      if (value.kind === 'load') useAddress(value.address)
      if (value.kind === 'index') for (const [variable] of value.terms) use(variable)
      operandsOf(value).forEach(useValue)
    }
    for (const statement of statements) {
      if ('value' in statement) useValue(statement.value)
      if ('address' in statement) useAddress(statement.address)
      switch (statement.kind) {
        case 'for':
          if (isVariable(statement.from)) use(statement.from)
          checkBlock(statement.body, new Map(declared).set(statement.variable, false))
          break
        case 'assign':
          if (declared.get(statement.local) !== true) throw new Error(`${statement.local.label} isn't a mutable local`)
          break
        case 'let':
          declared.set(statement.local, statement.mutable)
          break
        case 'pointer':
        case 'lookup':
          declared.set(statement.local, false)
          break
        case 'store':
          break
      }
    }
  }
}
