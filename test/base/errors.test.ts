import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { Diagnostics, SpecError, type Source } from '../../src/base/errors.ts'
import { renderDiagnostics } from '../../src/base/render.ts'

function errorOf(source: Source, ...spans: [offset: number, length: number][]): SpecError {
  const diagnostics = new Diagnostics(source)
  for (const [offset, length] of spans)
    diagnostics.report({ code: 'shape', message: `at ${offset}` }, { offset, length })
  return catchError(() => diagnostics.warnings())
}

function catchError(action: () => void): SpecError {
  try {
    action()
  } catch (error) {
    return error as SpecError
  }
  throw new Error('nothing was thrown')
}

describe('diagnostics', () => {
  it('throw nothing when there are none', () => {
    const diagnostics = new Diagnostics({ file: 'f', text: '' })
    expect(diagnostics.warnings()).toEqual([])
  })

  it('stand at lines and columns from 1, whatever ends the lines, in the order of the text', () => {
    const { diagnostics, message } = errorOf({ file: 'f', text: 'ab\ncd\r\nef\rgh' }, [11, 1], [0, 1], [3, 2], [8, 1])
    expect(diagnostics.map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ])
    expect(message.split('\n')[0]).toBe('f:1:1: at 0 (shape)')
  })

  it('reach to the end of their line at most, and are one long at least', () => {
    const { diagnostics } = errorOf({ file: 'f', text: 'abc\ndef' }, [1, 100], [4, 0], [7, 5])
    expect(diagnostics.map(({ length }) => length)).toEqual([2, 1, 1])
  })

  it('may point into other files: after the spec’s, and each once', () => {
    const [spec, other] = [
      { file: 'f', text: 'abc' },
      { file: 'g', text: 'def\nghi' },
    ]
    const diagnostics = new Diagnostics(spec)
    for (const offset of [6, 1, 6])
      diagnostics.report({ code: 'function', message: 'no' }, { offset, length: 1 }, other)
    diagnostics.report({ code: 'shape', message: 'wrong' }, { offset: 2, length: 1 })
    const error = catchError(() => diagnostics.warnings())
    expect(error.message).toBe('f:1:3: wrong (shape)\ng:1:2: no (function)\ng:2:3: no (function)')
    expect(renderDiagnostics(error)).toContain('g:2:3: error: no (function)\n  1 | def\n> 2 | ghi\n    |   ^')
  })

  it('are rendered with the line before, and a caret', () => {
    const error = errorOf({ file: 'f', text: 'abc\ndef\nghi' }, [5, 2])
    expect(renderDiagnostics(error)).toBe('f:2:2: error: at 5 (shape)\n  1 | abc\n> 2 | def\n    |  ^^')
    // eslint-disable-next-line no-control-regex -- colours begin with the escape character
    expect(renderDiagnostics(error, { paint: picocolors.createColors(true) })).toMatch(/\u001b\[/)
  })

  it('let no control character of the text through, and cut endless lines', () => {
    const text = `\u001b[31m${'x'.repeat(100_000)}here${'y'.repeat(100_000)}`
    const rendered = renderDiagnostics(errorOf({ file: 'f', text }, [100_005, 4]))
    expect(rendered).toContain('xxxhereyyy')
    expect(rendered).toMatch(/^> 1 \| …x+herey+…$/m)
    expect(rendered.length).toBeLessThan(400)
    // eslint-disable-next-line no-control-regex -- colours begin with the escape character
    expect(renderDiagnostics(errorOf({ file: 'f', text }, [0, 4]))).not.toMatch(/\u001b/)
  })

  it('point at the same characters in a line that is cut', () => {
    const [, line, caret] = renderDiagnostics(
      errorOf({ file: 'f', text: `${'x'.repeat(5000)}here${'y'.repeat(5000)}` }, [5000, 4]),
    ).split('\n')
    expect(caret!.indexOf('^^^^')).toBe(line!.indexOf('here'))
  })

  it('are rendered up to a hundred', () => {
    const spans = Array.from({ length: 250 }, (_, offset): [number, number] => [offset, 1])
    const rendered = renderDiagnostics(errorOf({ file: 'f', text: 'x'.repeat(250) }, ...spans))
    expect(rendered.match(/\(shape\)/g)).toHaveLength(100)
    expect(rendered).toMatch(/… and 150 more$/)
  })
})
