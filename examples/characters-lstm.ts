/**
 * The same rhyme, learned by a network with a memory instead of attention.
 *
 *     npx jiti examples/characters-lstm.ts
 */
import { createTrainer, network } from '../generated/characters-lstm.ts'
import { learnRhyme } from './characters/learn.ts'

learnRhyme(createTrainer(), network.output)
