import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { common } from '../../../vitest.config.ts'
import { KeptThread } from './keptThread.ts'
import { roomOf } from './rooms.ts'

const { tests } = roomOf(process.env)

/** Test files in the order of the room's row: the first that fails ends a mutant's run. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => tests.findIndex((path) => moduleId.endsWith(path))
    return files.toSorted((a, b) => place(a) - place(b))
  }
}

/** Stryker asks for threads: this is one. */
const keepsThread: Plugin = {
  name: 'kept thread',
  configureVitest({ project }) {
    project.config.pool = 'kept'
    project.config.poolRunner = { name: 'kept', createPoolWorker: (options) => new KeptThread(options) }
  },
}

/** All tests of a room in one thread, so that each mutant loads the compiler once. The runtime is built before. */
export default defineConfig({
  ...common,
  plugins: [keepsThread],
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  test: {
    ...common.test,
    include: [...tests],
    setupFiles: fileURLToPath(new URL('setup.ts', import.meta.url)),
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: InOrder },
  },
})
