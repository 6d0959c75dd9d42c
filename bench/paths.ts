/** This code runs from node_modules/.cache/tapeless-bench, where esbuild puts it: built code that no tool looks at. */
export const benchFolder = new URL('../../../', import.meta.url)
export const cacheFolder = new URL('./', import.meta.url)
export const repository = new URL('../', benchFolder)

export const specFile = (name: string) => new URL(`specs/${name}.net.yaml`, benchFolder)
