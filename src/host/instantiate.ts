import type { Emitted } from '../emit/emitted.ts'

/** Imports an emitted module from its TypeScript text. It stays until the process ends. */
export async function instantiate(text: string): Promise<Emitted> {
  const { erased } = await import('../emit/erase.ts')
  const code = Buffer.from(erased(text)).toString('base64')
  return (await import(`data:text/javascript;base64,${code}`)) as Emitted
}
