import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { readSpecFile } from '../../src/host/specFile.ts'
import { folderWith, removeFolders } from '../package/installed.ts'

afterAll(removeFolders)

const good = "{ input: 2, layers: [{ linear: 1 }], loss: 'mse' }"

async function read(text: string, timeout?: number): Promise<unknown> {
  const folder = await folderWith({
    'a.net.ts': text,
    'spin.ts': 'export function spin(x: number): never {\n  for (;;) x = Math.sin(x as number)\n}\n',
    'fails.ts':
      "type A = never\nexport const x: A = fail(0 as number)\nfunction fail(x: number): never { throw new Error('there') }\n",
  })
  return (await readSpecFile(join(folder, 'a.net.ts'), timeout === undefined ? {} : { timeout })).value
}

/** Where mistakes are found in a spec, and the message of the first. */
async function mistakesIn(text: string, timeout?: number) {
  const error: unknown = await read(text, timeout).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(SpecError)
  const { diagnostics } = error as SpecError
  return [diagnostics[0]!.message, ...diagnostics.map(({ line, column }) => [line, column])]
}

const failed = (what: string) => `the module didn't load: ${what}`
const noPlain = (what: string) => `expected plain data, got ${what}`

describe.concurrent('a TypeScript spec', () => {
  test.each<[string, string, unknown, ...[number, number][]]>([
    ['throws null', 'throw null', failed('null'), [1, 1]],
    ['throws a symbol', "throw Symbol('a')", failed('Symbol(a)'), [1, 1]],
    ['throws what is no text', 'throw { toString() { throw 1 } }', failed('what can’t be shown'), [1, 1]],
    [
      'throws an error that throws',
      "throw Object.defineProperty(new Error(), 'message', { get() { throw 1 } })",
      failed('what can’t be shown'),
      [1, 1],
    ],
    [
      'throws an error without a place',
      "throw Object.defineProperty(new Error('a'), 'stack', { get() { throw 1 } })",
      failed('a'),
      [1, 1],
    ],
    [
      'throws within what has types',
      'interface A { a: 1 }\nconst f = (a: number): never => { const b = a as number; throw new Error(`no ${b}`) }\nf(1)',
      failed('no 1'),
      [2, 64],
    ],
    ['throws in another file', "import './fails.ts'", expect.stringMatching(/there, at .*fails\.ts:3:41$/), [1, 1]],
    ['needs a file that is not there', "import './gone.ts'", 'there is no such module', [1, 8]],
    ['needs a package that is not there', 'import a from "gone"\nvoid a', 'there is no such module', [1, 15]],
    [
      'leaves a promise rejected',
      `void Promise.reject(new Error('late'))\nexport default ${good}`,
      failed('late'),
      [1, 21],
    ],
    ['awaits for ever', 'await new Promise(() => {})', failed('it awaits what never comes'), [1, 1]],
    ['exits', 'process.exitCode = 5\n process.exit(0)', failed('process.exit was called'), [2, 10]],
    [
      'is killed',
      "process.kill(process.pid, 'SIGTERM')\nfor (;;);",
      'the module ended its process, by SIGTERM',
      [1, 1],
    ],
    ['exports nothing', 'export const a = 1', 'expected `export default defineNetwork({ … })`', [1, 1]],
    ['has a getter that throws', 'export default { get a() { throw null } }', 'reading this threw null', [1, 22]],
    [
      'exports a proxy that throws',
      "export default new Proxy({}, { ownKeys() { throw new Error('no') } })",
      'reading this threw no',
      [1, 16],
    ],
    [
      'exports what is no plain data',
      'export default {\n a: 1n,\n b: [() => 1, Symbol()],\n c: new Map(),\n}',
      noPlain('a whole number of any size'),
      ...([
        [2, 5],
        [3, 6],
        [3, 15],
        [4, 5],
      ] as [number, number][]),
    ],
    [
      'exports what holds itself',
      'const a: unknown[] = []\na.push(a)\nexport default { a }',
      noPlain('a value that holds itself'),
      [1, 22],
    ],
    ['exports a promise', `export default Promise.resolve(${good})`, noPlain('an object of Promise'), [1, 32]],
  ])('that %s is a mistake where it stands', async (_, text, message, ...places) => {
    expect(await mistakesIn(text)).toEqual([message, ...places])
  })

  test.each([
    ['itself', '\n  for (;;);', 'after 8 s', [2, 3]],
    ['in another file', "import { spin } from './spin.ts'\nconst a: 1 = 1\n  spin(a as number)", 'spin.ts:2:3', [3, 7]],
  ])('that never ends %s is a mistake where it was at the limit', async (_, text, message, place) => {
    expect(await mistakesIn(text, 8000)).toEqual([expect.stringContaining(message), place])
  })

  test.each([
    ['a timer', 'setInterval(() => {}, 1e6)'],
    ['a timer that throws', 'setTimeout(() => { throw 1 }, 300)'],
    ['a listener of exit', "process.on('exit', () => { for (;;); })"],
    ['a listener of signals', "process.on('SIGINT', () => {})\nprocess.on('SIGTERM', () => {})"],
    ['a status', 'process.exitCode = 3'],
    ['another folder', "process.chdir('/')"],
    ['another sine', 'Math.sin = () => 1'],
  ])('leaves %s to itself', async (_, begin) => {
    const before = [process.cwd(), process.exitCode]
    expect(await read(`${begin}\nexport default ${good}`)).toEqual({ input: 2, layers: [{ linear: 1 }], loss: 'mse' })
    expect([process.cwd(), process.exitCode]).toEqual(before)
  })

  test('gives what its getters, proxies and shared parts are', async () => {
    const text =
      'const a = { b: undefined, c: NaN, d: -0 }\nexport default new Proxy({ a, get e() { return [a] } }, {})'
    const a = { b: undefined, c: NaN, d: -0 }
    expect(await read(text)).toStrictEqual({ a, e: [a] })
  })
})
