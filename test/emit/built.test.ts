import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { Node, Project, type InterfaceDeclaration, type TypeLiteralNode } from 'ts-morph'
import { describe, expect, test } from 'vitest'
import { withOwnFunctions } from '../../scripts/runtime/portable.ts'
import { built } from '../../src/emit/built.ts'
import { declarations } from '../../src/emit/declarations.ts'
import { types } from '../../src/emit/narrowed.ts'
import { filled, toldOf } from '../../src/emit/docstrings.ts'
import { format } from '../../src/emit/format.ts'
import { inlineRuntime } from '../../src/emit/inline.ts'
import { hostSlots, moduleSlots } from '../../src/emit/slots.ts'
import { regression } from './regression.ts'

const readTemplate = (name: string) => readFileSync(new URL(`../../templates/${name}`, import.meta.url), 'utf8')

/** The names that a template takes from what it is given, but not what it takes from within one of them. */
function slotsOf(template: string): Set<string> {
  const visit = ({ body }: hbs.AST.Program): string[] =>
    body.flatMap((statement) => {
      if (statement.type === 'MustacheStatement') return nameOf((statement as hbs.AST.MustacheStatement).path)
      if (statement.type !== 'BlockStatement') return []
      const { path, params, program, inverse } = statement as hbs.AST.BlockStatement
      const within = [program, inverse].flatMap((part: hbs.AST.Program | undefined) => (part ? visit(part) : []))
      return [...params.flatMap(nameOf), ...(path.original === 'if' ? within : [])]
    })
  const nameOf = (expression: hbs.AST.Expression) => (expression as hbs.AST.PathExpression).original.split('.')[0]!
  return new Set(visit(Handlebars.parse(template)))
}

describe('the templates', () => {
  const runtime = inlineRuntime(['modelIn'], new Set())

  test('print all that they are given, and nothing else', () => {
    const host = hostSlots({ module: regression }, runtime)
    const module = moduleSlots({ module: regression }, { host: '', sections: [] }, runtime)
    expect([...slotsOf(readTemplate('host.ts.hbs'))].sort()).toEqual(Object.keys(host).sort())
    expect([...slotsOf(readTemplate('module.ts.hbs'))].sort()).toEqual(Object.keys(module).sort())
  })

  test('and docstrings of the runtime print all that is told of a network', () => {
    const texts = [...built.runtime.map(({ text }) => text), ...Object.values(built.docstrings)].join('\n')
    const slots = [texts, readTemplate('host.ts.hbs')].flatMap((text) =>
      Array.from(text.matchAll(/\{\{(?:#each )?(?:told\.)?(\w+)\}\}/g), ([, slot]) => slot!),
    )
    expect(Object.keys(toldOf(regression)).filter((slot) => !slots.includes(slot))).toEqual([])
    expect(() => filled('{{nothing}}', toldOf(regression))).toThrow('the slot nothing')
  })

  test('are given each declaration of the runtime’s module, with its docstring', () => {
    expect(Object.keys(built.docstrings).sort()).toEqual([...Object.keys(declarations), ...Object.keys(types)].sort())
    expect(hostSlots({ module: regression }, runtime).allocate).toBe(
      '/** Makes an array of `length` zeros. */\nfunction allocate(length: number): Vector {\nreturn new Float64Array(length)\n}',
    )
  })
})

describe('the runtime as it is built', () => {
  const all = [...built.runtime, ...built.portable]
  const divided = all.filter(({ parts }) => parts.length > 0)
  const names = [...new Set(divided.flatMap(({ parts }) => parts.flatMap(({ calls }) => calls)))]

  test('leaves out calls, and what they alone refer to', () => {
    const textOf = (absent: readonly string[]) => {
      const inlined = inlineRuntime(['trainerIn'], new Set(absent))
      return inlined.map(({ text }) => text).join('\n')
    }
    expect(textOf([])).toContain('    initialized: hasStarted(options),\n')
    expect(textOf([])).toContain('function hasStarted(')
    expect(textOf(['hasStarted'])).not.toContain('hasStarted')
    expect(textOf(['commitBatch', 'startOnce'])).toContain('        updateParameters(arena, state, states)\n')
    expect(textOf(names)).not.toMatch(new RegExp(`\\b(${names.join('|')})\\(`))
  })

  test.each([['all'], ...names.map((name) => [name])])('is formatted without calls of %s', async (name) => {
    const absent = new Set(name === 'all' ? names : [name])
    const whole = divided.map((one) => one.name)
    for (const math of ['engine', 'portable'] as const)
      for (const { text } of inlineRuntime(whole, absent, math)) expect(await format(text)).toBe(`${text}\n`)
  })
})

describe('portable functions take the place of the engine’s', () => {
  const functions = new Set(['exp', 'log', 'pow'])
  test.each([
    ['f(Math.exp(x), Math.sqrt(y))', 'f(exp(x), Math.sqrt(y))'],
    ['Math.exp(Math.log(x) * Math.PI)', 'exp(log(x) * Math.PI)'],
    ['map(Math.exp)', 'map(Math.exp)'],
    ['x ** 2 + 2 ** 53', 'pow(x, 2) + 2 ** 53'],
    ['f(g(h(x))) ** f(g(h(y)))', 'pow(f(g(h(x))), f(g(h(y))))'],
    ['x ** y ** z', 'pow(x, pow(y, z))'],
    ['Math.log(x) ** y', 'pow(log(x), y)'],
    ["'Math.exp(x) ** y'", "'Math.exp(x) ** y'"],
  ])('%s', (text, expected) => {
    expect(withOwnFunctions(text, functions)).toBe(expected)
  })
})

test('the declared library is part of the language’s own', () => {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { lib: ['lib.es2022.d.ts'], types: [] } })
  const library = project.createSourceFile('library.ts', readTemplate('library.d.ts'))
  const typed: Record<string, string> = { TypedArray: 'Float64Array', TypedArrayConstructor: 'Float64ArrayConstructor' }
  const typeOf = (one: InterfaceDeclaration) => {
    const { length } = one.getTypeParameters()
    const name = one.getName()
    return typed[name] ?? (length === 0 ? name : `${name}<${new Array(length).fill('any').join(', ')}>`)
  }
  const membersOf = (type: string, one: InterfaceDeclaration | TypeLiteralNode) =>
    [...one.getProperties(), ...one.getMethods()].map((member) => [type, member.getName()] as const)
  const members = [
    ...library.getInterfaces().flatMap((one) => membersOf(typeOf(one), one)),
    ...library.getVariableDeclarations().flatMap((one) => {
      const type = one.getTypeNodeOrThrow()
      const itself = [`{ it: typeof ${one.getName()} }`, 'it'] as const
      return [itself, ...(Node.isTypeLiteral(type) ? membersOf(`typeof ${one.getName()}`, type) : [])]
    }),
  ]
  expect(members.length).toBeGreaterThan(100)
  library.forget()
  const use = members.map(([type, member], i) => `export type T${i} = (${type})['${member}']`)
  const file = project.createSourceFile('use.ts', use.join('\n'))
  expect(project.formatDiagnosticsWithColorAndContext(file.getPreEmitDiagnostics())).toBe('')
})
