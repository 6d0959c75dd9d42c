/*
 * The public API that needs no file system: what a page, a worker or any other host without Node has of it.
 */

export { SpecError, type Diagnostic, type DiagnosticCode } from './base/errors.ts'
export { compile, type CompiledModule, type CompileOptions } from './compile.ts'
export { defineNetwork, type NetworkSpec } from './language/networks/define.ts'
export { loadNetwork, type Network } from './language/networks/network.ts'
export { readSpecText } from './language/text/read.ts'
export { MissingPackageError } from './targets/wasm/optimize.ts'
