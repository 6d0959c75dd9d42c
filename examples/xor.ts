/**
 * Exclusive or, learned in a few milliseconds.
 *
 *     npx jiti examples/xor.ts
 */
import { createModel, createTrainer } from '../generated/xor.ts'

const x = [0, 0, 0, 1, 1, 0, 1, 1]
const y = [0, 1, 1, 0]

const trainer = createTrainer()
for (const { epoch, loss } of trainer.epochs(x, y)) {
  if ((epoch + 1) % 50 === 0) console.log(`epoch ${String(epoch + 1).padStart(3)}, loss ${loss.toExponential(1)}`)
}

// What a program that only predicts would do: take the trained tensors from a file.
const model = createModel()
model.load(trainer.save())
model.predict(x).forEach((answer, i) => {
  console.log(`${x[2 * i]} xor ${x[2 * i + 1]}: ${Math.abs(answer).toFixed(3)}`)
})
