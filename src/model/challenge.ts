// A challenge: sealed to the key of a recipient's card, it comes back signed from whoever can open it, and from nobody else.
// It also tells the recipient which key the register signs with.
import { readStatement } from './statement.ts'

export type Challenge = {
  format: 'fairshare/challenge@v1'
  /** Register id, and the name and key of its log, which signs whatever it sends. */
  register: string
  origin: string
  verifierKey: string
  /** Name of the organisation that asks. */
  controller: string
  /** Id under which it knows the recipient. */
  recipient: string
  /** 32 random bytes, hex. */
  token: string
}

/** What comes back, as a signed note under the key of the card. */
export type ChallengeAnswer = {
  format: 'fairshare/challenge-answer@v1'
  register: string
  recipient: string
  token: string
}

/** Undefined when it is not one: what would be signed then is somebody else's text. */
export function readChallenge(text: string): Challenge | undefined {
  const format = 'fairshare/challenge@v1'
  const { register, origin, verifierKey, controller, recipient, token, ...rest } =
    readStatement(text, format) ?? {}
  const texts = isText(register) && isText(origin) && isText(verifierKey) && isText(controller)
  if (!texts || !isText(recipient) || !isToken(token) || Object.keys(rest).length !== 1) return undefined
  return { format, register, origin, verifierKey, controller, recipient, token }
}

export function readChallengeAnswer(text: string): ChallengeAnswer | undefined {
  const format = 'fairshare/challenge-answer@v1'
  const { register, recipient, token, ...rest } = readStatement(text, format) ?? {}
  if (!isText(register) || !isText(recipient) || !isToken(token) || Object.keys(rest).length !== 1)
    return undefined
  return { format, register, recipient, token }
}

/** Printable: it is shown on a terminal. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 500 && !/[\p{C}]/u.test(value)
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
