import { expectNetworksToAgree } from './expect.ts'

expectNetworksToAgree(1170, {})
