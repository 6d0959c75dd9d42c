import { expectNetworksToAgree } from './expect.ts'

expectNetworksToAgree(30, { isWhole: true })
