import { expectNetworksToAgree } from './expect.ts'

expectNetworksToAgree(500, { precision: 'f32' })
