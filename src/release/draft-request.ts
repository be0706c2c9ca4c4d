// A new request, question by question: what is asked for, by the names the policy has, and the three things whoever asks
// has to be able to say: why, what people were told, and what they can do about it.
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { RequestBody } from '../model/release.ts'
import { bases, channels, recipientRoles } from '../model/vocabulary.ts'
import type { RequestFile } from '../policy/write-request.ts'
