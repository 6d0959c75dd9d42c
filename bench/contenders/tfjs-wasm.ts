import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { env } from '@tensorflow/tfjs'
import { prepareOn } from './tfjs.ts'

const binaries = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))

function prepareWasm(simd: boolean) {
  setWasmPaths(`${binaries}/`)
  env().set('WASM_HAS_SIMD_SUPPORT', simd)
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  return prepareOn('wasm')
}

export const prepareScalar = () => prepareWasm(false)
export const prepareSimd = () => prepareWasm(true)
