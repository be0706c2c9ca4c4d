// Where the published log of a data folder lies, and the second place that remembers what was signed.
import { join } from 'node:path'
import { openLogFolder } from '../adapters/files/log-folder.ts'
import { openSignedState } from '../adapters/files/signed-state.ts'
import type { LogPlaces, LogStore } from '../register/log-store.ts'
import type { Configuration } from './configuration.ts'

/** The second place is with the keys: they are backed up apart from the data, so an old copy of one shows in the other. */
export function openLogPlaces({ home }: Configuration): LogPlaces {
  return {
    store: openLogFolder(join(home, 'log')),
    signed: openSignedState(join(home, 'keys', 'log-signed.txt')),
  }
}

/** A copy of somebody's published log. */
export function openLogCopy(folder: string): LogStore {
  return openLogFolder(folder)
}
