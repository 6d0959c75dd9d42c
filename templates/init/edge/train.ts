/// <reference types="node" />
import { writeFileSync } from 'node:fs'
import { createModel, createTrainer } from './generated/contrast.js'

// Colours evenly through the cube, and whether white is easier to read on each than black, by the formula of the
// Web Content Accessibility Guidelines. Black and white have equal contrast where the luminance is 0.179.
const steps = Array.from({ length: 12 }, (_, k) => k / 11)
const x = steps.flatMap((red) => steps.flatMap((green) => steps.flatMap((blue) => [red, green, blue])))
const y: number[] = []
for (let i = 0; i < x.length; i += 3) {
  const [red = 0, green = 0, blue = 0] = x
    .slice(i, i + 3)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
  y.push(0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 ? 1 : 0)
}

const trainer = createTrainer()
const reports = trainer.fit(x, y)
console.log(`${(100 * (reports.at(-1)?.metrics.accuracy ?? 0)).toFixed(1)} % of ${y.length} colours right`)

// Of the model alone: a trainer's file has what it needs to go on, too.
const weights = createModel({ parameters: trainer.parameters }).save()
const text = Buffer.from(weights).toString('base64')
writeFileSync('generated/weights.ts', `// Written by train.ts.\nexport const weights = '${text}'\n`)
