/**
 * Exclusive or, learned in a few milliseconds.
 *
 *     npx jiti examples/xor.ts
 */
import { createModel, createTrainer } from '../generated/xor.ts'

const x = [0, 0, 0, 1, 1, 0, 1, 1]
const y = [0, 1, 1, 0]

const trainer = createTrainer()
for (const { epoch, loss } of trainer.fit(x, y)) {
  if ((epoch + 1) % 50 === 0) console.log(`epoch ${String(epoch + 1).padStart(3)}, loss ${loss.toFixed(5)}`)
}

// What a server would do: take the trained tensors from a file, and predict.
const model = createModel()
model.load(trainer.save())
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))
model.predict(x).forEach((logit, i) => {
  console.log(`${x[2 * i]} xor ${x[2 * i + 1]}: ${sigmoid(logit).toFixed(3)}`)
})
