import fc from 'fast-check'
import { posix, win32 } from 'node:path'
import { expect, it } from 'vitest'
import { fileName, folderOf, joinPath } from '../../src/base/path.ts'

const name = fc.constantFrom('a', 'b.net.yaml', '.', '..', '...')
const relative = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => names.join('/'))
const path = fc.tuple(fc.constantFrom('', '/', './', '../'), relative).map(([start, rest]) => `${start}${rest}`)

it('paths are split and joined as Node does it', () => {
  fc.assert(
    fc.property(path, relative, fc.constantFrom('', '/'), (folder, inner, end) => {
      expect(joinPath(folder, `${inner}${end}`)).toBe(posix.join(folder, `${inner}${end}`))
      expect(fileName(folder)).toBe(posix.basename(folder))
      expect(folderOf(folder)).toBe(posix.dirname(folder))
      const windows = `C:${folder.replaceAll('/', '\\')}`
      if (folder.startsWith('/')) expect(fileName(windows)).toBe(win32.basename(windows))
    }),
  )
  expect(folderOf('C:\\nets\\a.net.yaml')).toBe('C:/nets')
})
