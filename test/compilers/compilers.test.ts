import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurations, messages, newProject } from './project.ts'

/*
 * Modules and their use under TypeScript as it is installed here; `.ci/nightly compilers` asks other versions.
 */

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await newProject()
})

afterAll(() => rm(folder, { recursive: true }))

test.each(configurations)('modules, and what uses them, compile under $name', async (configuration) => {
  expect(await messages(folder, tsc, configuration)).toBe('')
})
