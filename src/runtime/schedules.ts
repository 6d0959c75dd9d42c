/** The factor of the base learning rate in an epoch, from 0: `factor` once more after every `every` epochs. */
export function step(epoch: number, every: number, factor: number): number {
  return factor ** Math.floor(epoch / every)
}
