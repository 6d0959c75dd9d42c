import { z } from 'zod'

// Checks that are compiled by `Function` can't wait, as those of specs do. To only try it is an offence under a content security policy.
z.config({ jitless: true })

export { z }
