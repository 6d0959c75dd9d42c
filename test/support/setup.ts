/** Before all tests: they never run with a runtime that was built from other sources. */
export { buildRuntime as setup } from '../../scripts/runtime/build.ts'
