import { createTrainer } from './generated/xor.js'

// Samples one after the other: two inputs and one target each.
const x = [0, 0, 0, 1, 1, 0, 1, 1]
const y = [0, 1, 1, 0]

const trainer = createTrainer()
trainer.fit(x, y, {
  onEpoch: ({ epoch, loss }) => {
    if ((epoch + 1) % 100 === 0) console.log(`epoch ${epoch + 1}: loss ${loss.toExponential(2)}`)
  },
})

const predictions = trainer.predict(x)
for (let i = 0; i < y.length; i++) console.log(`${x[2 * i]} xor ${x[2 * i + 1]} is ${predictions[i]?.toFixed(3)}`)
