import { readFileSync, writeFileSync } from 'node:fs'

/*
 * The mutants of what the compiler computes while it loads, such as its tables. They alone need it loaded anew; those of what test files
 * compute while they load don't, as these load for each mutant.
 */

const file = 'mutants-while-loading.json'

export function writeMutants(ids: readonly string[]): void {
  writeFileSync(file, JSON.stringify(ids))
}

export function readMutants(): ReadonlySet<string> {
  return new Set(JSON.parse(readFileSync(file, 'utf8')) as string[])
}
