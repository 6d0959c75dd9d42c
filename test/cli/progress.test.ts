import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progress } from '../../src/cli/progress.ts'

let shown = ''
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('where no terminal is, names a step a second', () => {
  expect(process.stderr.isTTY).toBeFalsy()
  const { advance, stop } = progress(3)
  advance('a.net.yaml: differentiate')
  vi.advanceTimersByTime(900)
  advance('a.net.yaml: lower')
  vi.advanceTimersByTime(200)
  advance('a.net.yaml: print')
  vi.advanceTimersByTime(300)
  advance('b.net.yaml: differentiate')
  stop()
  expect(shown).toBe('a.net.yaml: print\n')
})
