import { expect, test } from 'vitest'
import { load } from '../../src/plugin/load.ts'

test('a spec that can’t be read is refused in words, without where in tapeless that was found', async () => {
  const read: string[] = []
  const reporting = { onRead: (file: string) => read.push(file), warn: () => undefined, errorOf: () => undefined }
  const refused = load('/nowhere/xor.net.yaml', {}, reporting)
  await expect(refused).rejects.toMatchObject({
    message: expect.stringMatching(/^can't read .*xor\.net\.yaml: there is no such file$/),
    stack: '',
    hideStack: true,
  })
  // So that a bundler that watches takes it once it is there.
  expect(read).toEqual(['/nowhere/xor.net.yaml'])
})
