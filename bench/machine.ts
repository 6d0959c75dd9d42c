import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem, type } from 'node:os'
import { benchFolder, repository } from './paths.ts'

const packageVersion = (folder: URL) =>
  (JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string }).version

const installed = (name: string) => packageVersion(new URL(`node_modules/${name}/`, benchFolder))

/** As lines of a Markdown list. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const torch = spawnSync('/usr/bin/python3', ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
  return [
    `- ${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${process.arch}`,
    `- Node.js ${process.versions.node} (V8 ${process.versions.v8})`,
    `- tapeless ${packageVersion(repository)}`,
    `- TF.js ${installed('@tensorflow/tfjs')}, jax-js ${installed('@jax-js/jax')}, brain.js ${installed('brain.js')}`,
    `- PyTorch ${torch.stdout?.trim() || 'not installed'}`,
  ].join('\n')
}
