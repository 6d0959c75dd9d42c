import { expect } from 'vitest'
import { SpecError, type Diagnostic } from '../../src/base/errors.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'

export function load(text: string, file = 'test.net.yaml'): Promise<Network> {
  return Promise.resolve().then(() => loadNetwork(readSpecText({ file, text })))
}

/** The mistakes in a spec; none when it loads. Anything thrown that isn't a SpecError fails the test. */
export function diagnose(text: string, file?: string): Promise<readonly Diagnostic[]> {
  return diagnosticsOf(() => load(text, file))
}

async function diagnosticsOf(action: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await action()
    return []
  } catch (error) {
    if (error instanceof SpecError) return error.diagnostics
    throw error
  }
}

/** What is expected of one diagnostic: its code, and parts of its message and hint. */
export type Expected = readonly [code: Diagnostic['code'], message?: string | undefined, hint?: string]

interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
}

/** A text in which mistakes are marked «so»: without the marks, and where they were. */
export function unmark(marked: string): { readonly text: string; readonly places: readonly Place[] } {
  const places: Place[] = []
  const text = marked
    .split('\n')
    .map((line, index) => {
      let plain = line
      for (let from = plain.indexOf('«'); from >= 0; from = plain.indexOf('«')) {
        const to = plain.indexOf('»') - 1
        plain = plain.slice(0, from) + plain.slice(from + 1, to + 1) + plain.slice(to + 2)
        places.push({ line: index + 1, column: from + 1, length: to - from })
      }
      return plain
    })
    .join('\n')
  return { text, places }
}

/** Loads a spec in which each mistake is marked «so», and expects exactly these diagnostics, there and in this order. */
export function expectMarked(marked: string, ...expected: readonly Expected[]): Promise<void> {
  return expectMarkedBy(load, marked, ...expected)
}

/** The same of what is found by more than loading. */
export async function expectMarkedBy(
  action: (text: string) => Promise<unknown>,
  marked: string,
  ...expected: readonly Expected[]
): Promise<void> {
  const { text, places } = unmark(marked)
  const found = await diagnosticsOf(() => action(text))
  expect(found.map(({ code, line, column, length }) => ({ code, line, column, length }))).toEqual(
    expected.map(([code], index) => ({ code, ...places[index] })),
  )
  for (const [index, [, message, hint]] of expected.entries()) {
    if (message !== undefined) expect(found[index]!.message).toContain(message)
    if (hint !== undefined) expect(found[index]!.hint).toContain(hint)
  }
}
