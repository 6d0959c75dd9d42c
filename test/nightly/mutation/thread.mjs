import { parentPort } from 'node:worker_threads'
import { init, runBaseTests, setupEnvironment } from 'vitest/worker'

/** Listens for one run of tests, and after it for the next, with all modules but the tests' own as they are. */
function listen() {
  init({
    post: (message) => parentPort.postMessage(message),
    on: (callback) => parentPort.on('message', callback),
    off: (callback) => parentPort.off('message', callback),
    teardown: () => {
      parentPort.removeAllListeners('message')
      listen()
    },
    runTests: (state, traces) => {
      // No mutant is active while test files are loaded, but for one that is active from the beginning: its thread is new.
      const { __stryker__: stryker } = globalThis
      if (stryker) stryker.activeMutant = stryker.hitCount = undefined
      return runBaseTests('run', state, traces)
    },
    collectTests: (state, traces) => runBaseTests('collect', state, traces),
    setup: setupEnvironment,
  })
}

listen()
