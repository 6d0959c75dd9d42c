import type { Emitted } from '../emit/emitted.ts'

/** Imports an emitted module from its TypeScript text. It stays until the process ends. */
export async function instantiate(text: string): Promise<Emitted> {
  return (await importText(text)) as Emitted
}

/** Imports the TypeScript text of a module that tapeless has written. It stays until the process ends. */
export async function importText(text: string): Promise<unknown> {
  return import(await codeUrlOf(text))
}

/** The TypeScript text of a module as a URL that any thread can import. */
export async function codeUrlOf(text: string): Promise<string> {
  const { erased } = await import('../emit/erase.ts')
  return `data:text/javascript;base64,${Buffer.from(erased(text)).toString('base64')}`
}
