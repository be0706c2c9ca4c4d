// What somebody owes us for what it holds of ours: derived from documents each time, so that it cannot drift from them.
import type { DateNumber, Instant } from '../model/instant.ts'
import type { Party } from '../model/release.ts'

/** In the order they are told of one release. The last four hold while it is used and ask for nothing back. */
export const obligationKinds = [
  'confirm',
  'apply-removal',
  'return',
  'delete',
  'close-work-order',
  'use-window',
  'uses',
  'channels',
] as const
export type ObligationKind = (typeof obligationKinds)[number]

/** What it is owed for. */
export type Held = { release: string } | { copy: string } | { workOrder: string }

/**
 * `due`: the day is near. `disputed`: the recipient says that other rows arrived. `acknowledged`: its receipt is here.
 * `met`: done otherwise. `destroyed`: what it was owed for is gone, by the evidence on record.
 */
export type ObligationState = 'open' | 'due' | 'overdue' | 'disputed' | 'acknowledged' | 'met' | 'destroyed'

export type Light = 'red' | 'amber' | 'green'

export type Obligation = {
  /** The same each time it is derived: `delete/4-acorn-email@46`, `apply-removal/4-acorn-email@46/2`. */
  id: string
  kind: ObligationKind
  of: Held
  who: Party
  words: string
  /** Who says so: an agreement, a copy grant, a work order, the request, a law pack. */
  source: string
  /** The last day; late from the next. Absent: nobody agreed on one. */
  dueOn?: DateNumber
  /** Of a removal, which counts in hours. */
  dueAt?: Instant
  /** Position of the newest document by which its holder disputes what arrived. */
  dispute?: number
  /** Whole days past the last one, from 1; also of what was done late in the end. */
  daysLate?: number
  state: ObligationState
  light: Light
  /** What we do now; absent = nothing. */
  todo?: string
  /** A removal that we have made and not sent yet: its holder knows nothing of it. */
  unsent?: true
  /** While it is overdue its holder and the holder's group are supplied nothing (A209). */
  blocks?: true
}

/** When it is looked at: a day in the controller's zone, and the instant in that day. */
export type AsOf = { today: DateNumber; now: Instant; zone: string }
