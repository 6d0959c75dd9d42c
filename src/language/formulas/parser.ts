import { create, parseDependencies } from 'mathjs/number'

/** mathjs's parser, without the functions that mathjs evaluates with. The packed package has it in one file, by `scripts/bundle.ts`. */
export const { parse } = create({ parseDependencies })
