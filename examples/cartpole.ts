/**
 * A pole that would fall, balanced on a cart that is pushed to the left or to the right: reinforcement learning by an actor, which
 * chooses the pushes, and a critic, which says what reward to expect.
 *
 *     npx jiti examples/cartpole.ts
 */
import { createTrainer, network } from '../generated/cartpole.ts'
import { hasFailed, push, startingState, type State } from './cartpole/cart.ts'
import { drawPlot } from './shared/plot.ts'
import { createRandom, type Random } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

/** What happened from start to end: each state, what was done in it, and the value that the critic gave it. */
interface Episode {
  readonly states: State[]
  readonly actions: number[]
  readonly values: number[]
  state: State
}

/** From the logits of left and right to one of them. */
type Choice = (left: number, right: number) => number

const longest = 500
const discount = 0.99
// Each push is worth as much as keeps values near 1.
const reward = 0.02

const random = createRandom(0)
const trainer = createTrainer()

const likelier: Choice = (left, right) => Number(right > left)
const drawn: Choice = (left, right) => Number(random.uniform() < 1 / (1 + Math.exp(left - right)))

/** Plays `count` episodes side by side, each until it fails or is the longest. */
function play(count: number, choose: Choice, starts: Random): Episode[] {
  const episodes = Array.from({ length: count }, (): Episode => {
    return { states: [], actions: [], values: [], state: startingState(starts) }
  })
  for (let step = 0; step < longest; step++) {
    const going = episodes.filter(({ state }) => !hasFailed(state))
    if (going.length === 0) break
    const { logits, value } = trainer.predict(going.flatMap(({ state }) => state))
    going.forEach((episode, i) => {
      const action = choose(logits[2 * i]!, logits[2 * i + 1]!)
      episode.states.push(episode.state)
      episode.actions.push(action)
      episode.values.push(value[i]!)
      episode.state = push(episode.state, action)
    })
  }
  return episodes
}

/** The discounted reward from each state on. An episode that was only cut short would have gone on to what the critic expects. */
function returnsOf({ states, state }: Episode): number[] {
  let sum = hasFailed(state) ? 0 : trainer.predict(state).value[0]!
  return states.map(() => (sum = reward + discount * sum)).reverse()
}

/** With mean 0 and variance 1. */
function normalized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.hypot(...values.map((value) => value - mean)) / Math.sqrt(values.length)
  return values.map((value) => (value - mean) / (deviation + 1e-8))
}

const meanLength = (episodes: readonly Episode[]) =>
  episodes.reduce((sum, { states }) => sum + states.length, 0) / episodes.length
/** Always the likelier push, from starts that training doesn't see. */
const tested = () => meanLength(play(100, likelier, createRandom(1))).toFixed(1)

console.log(`before training: ${tested()} steps on average`)
const lengths: number[] = []
for (let epoch = 0; epoch < network.epochs; epoch++) {
  const episodes = play(20, drawn, random)
  const returns = episodes.flatMap(returnsOf)
  const values = episodes.flatMap(({ values }) => values)
  const y = {
    action: episodes.flatMap(({ actions }) => actions),
    advantage: normalized(returns.map((sum, i) => sum - values[i]!)),
    return: returns,
  }
  trainer.fit(episodes.flatMap(({ states }) => states).flat(), y, { epochs: 1 })
  lengths.push(meanLength(episodes))
  if (epoch % 20 === 19) console.log(`epoch ${epoch + 1}, episodes of ${lengths[epoch]!.toFixed(1)} steps`)
}
console.log(`after training: ${tested()} steps of ${longest} on average`)

saveDrawing(
  'cartpole.svg',
  drawPlot('How long the pole stands', 'epoch', 'steps', [{ role: 'curve', x: [...lengths.keys()], y: lengths }]),
)
