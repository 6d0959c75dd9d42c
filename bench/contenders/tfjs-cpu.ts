import { prepareOn } from './tfjs.ts'

export const prepare = prepareOn('cpu')
