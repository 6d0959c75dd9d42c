import { sha256Of } from '../base/bytes.ts'
import type { Bundled } from './bundled.ts'

/**
 * The module's code, which exports `wasmUrl` too where its kernels are in a file: the address of the one that this engine runs.
 * @param addressOf a JavaScript expression for the address of a file, whose content the bundler is given there.
 */
export function withAddresses(
  { code, names, binaries }: Pick<Bundled, 'code' | 'names' | 'binaries'>,
  addressOf: (file: string, content: Uint8Array) => string,
): string {
  const addresses = Object.entries(binaries).map(([file, content]) => [file, addressOf(file, content)] as const)
  if (addresses.length === 0) return code
  const table = addresses.map(([file, address]) => `${JSON.stringify(file)}: ${address}`)
  const address = names.includes('wasmFile') ? `({ ${table.join(', ')} })[wasmFile()]` : addresses[0]![1]
  return `${code}export function wasmUrl() {\n    return ${address};\n}\n`
}

/** A file's name with a hash of its content, as caches want it: `digits.1f2e3d4c.wasm`. */
export function hashedName(file: string, content: Uint8Array): string {
  return file.replace(/\.wasm$/, `.${sha256Of(content).slice(0, 8)}.wasm`)
}
