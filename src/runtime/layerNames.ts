/** PyTorch's name of a recurrent layer's tensor, such as `lstm.weight_ih_l0`, without the number of the only layer. Optional. */
export function withoutLayer(name: string): string {
  return name.slice(-3) === '_l0' ? name.slice(0, -3) : name
}
