import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that put others in the place of modules, which those who come after them would be given too. */
const mocking = ['test/runtime/**/*.test.ts', 'test/targets/wasm/assemble.test.ts']

/** Random networks take minutes a file: begun last, they would leave processors idle in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/test/property/networks/')
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** What holds for all tests, however they are run. */
export const common = {
  // Node reads nine megabytes for the names that `typescript` exports, in each test file anew.
  resolve: {
    alias: [
      { find: /^typescript$/, replacement: fileURLToPath(new URL('test/support/typescript.ts', import.meta.url)) },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    globalSetup: 'test/support/setup.ts',
    // Vitest leaves one processor idle, which is half of a machine of two.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      // A quarter of the time is for loading the compiler, and for making it fast, in each file anew.
      { extends: true, test: { name: 'together', include: ['test/**/*.test.ts'], exclude: mocking, isolate: false } },
      { extends: true, test: { name: 'apart', include: mocking } },
    ],
  },
})
