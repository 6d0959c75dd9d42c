/**
 * A small transformer learns a nursery rhyme, character by character, and goes on with it.
 *
 *     npx jiti examples/characters.ts
 */
import { createTrainer, network } from '../generated/characters.ts'
import { learnRhyme } from './characters/learn.ts'

learnRhyme(createTrainer(), network.output)
