/**
 * Loads what takes long when it is first asked for, and once. Of those who ask at once for a module, some loaders of TypeScript, jiti
 * among them, give it to the first alone, and the others what there is of it by then.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}
