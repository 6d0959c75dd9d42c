/** What tests use of the engine's WebAssembly, for which Node has no types of its own. */
interface Engine {
  readonly Module: {
    new (bytes: Uint8Array): object
    customSections(module: object, name: string): ArrayBuffer[]
  }
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
  validate(bytes: Uint8Array): boolean
}

export const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly

/** It, with other things in place of some. */
export function engineWith(changed: Partial<Engine>): object {
  const own = Object.getOwnPropertyNames(engine).map((name) => [name, Reflect.get(engine, name)])
  return { ...Object.fromEntries(own), ...changed }
}
