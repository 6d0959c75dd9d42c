import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Node reads nine megabytes for the names that `typescript` exports, in each test file anew.
  resolve: {
    alias: [
      { find: /^typescript$/, replacement: fileURLToPath(new URL('test/support/typescript.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/setup.ts',
    // Vitest leaves one processor idle, which is half of a machine of two.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
