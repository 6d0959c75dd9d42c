import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { folderWith, root, run, type Result } from '../package/installed.ts'

/*
 * Projects that use the built package as their users do: `npm run build` comes first.
 */

export const xor = `
input: 2
layers: [{ linear: 8 }, tanh, { linear: 1 }]
loss: mse
train: { batch: 4, epochs: 300, optimizer: { sgd: { learningRate: 0.2, momentum: 0.9 } } }
`

/** Trains, and prints the loss and what else the module holds. */
export const training = `
import { createTrainer, network } from './xor.net.yaml'
const x = [0, 0, 0, 1, 1, 0, 1, 1]
const y = [0, 1, 1, 0]
const trainer = createTrainer()
trainer.fit(x, y)
console.log(network.name, trainer.loss(x, y) < 0.01)
`

/** A folder with files, where tapeless and some other packages are installed. */
export async function project(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
): Promise<string> {
  const folder = await folderWith({ 'package.json': '{ "private": true, "type": "module" }\n', ...files })
  await link(folder, 'tapeless', root)
  for (const name of packages) await link(folder, name, join(root, 'node_modules', name))
  return folder
}

async function link(folder: string, name: string, target: string): Promise<void> {
  const path = join(folder, 'node_modules', name)
  await mkdir(join(path, '..'), { recursive: true })
  await symlink(target, path, 'dir')
}

/** Runs a file of the project by Node. */
export function runFile(folder: string, file: string, ...options: readonly string[]): Promise<Result> {
  return run(folder, process.execPath, file, ...options)
}
