import { afterEach, expect, test, vi } from 'vitest'
import { Problems } from '../../src/cli/problems.ts'
import { FileError } from '../../src/host/fileError.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test('a fault is told with the spec that shows it, and beside what is wrong with others', () => {
  let told = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text)
    return true
  })
  const problems = new Problems()
  problems.add(new TypeError('x is undefined'), 'a.net.yaml')
  problems.add(new FileError('read', 'b.net.yaml', 'a FIFO is there'), 'b.net.yaml')
  problems.tell()
  expect(process.exitCode).toBe(3)
  expect(told).toMatch(
    /^tapeless: a\.net\.yaml: TypeError: x is undefined\n {4}at [^]*\ntapeless: can't read b\.net\.yaml: a FIFO is there\n$/,
  )
})
