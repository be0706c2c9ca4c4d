// fairshare restore: a backup into a new data folder, checked from its signature to the last row; never an older one.
import { type Restored, restoreBackup } from '../../service/restore-backup.ts'
import { type Command, optional, required } from '../command.ts'
import { size } from '../report/readable.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Bring a backup back into a new data folder, if it is whole and the newest there is',
  usage: '<backup> [--kept <checkpoint>] [--unwitnessed] [--key <key>]',
  example: 'restore /backups/members-2018-06-12 --home members --kept checkpoint',
  options: {
    kept: {
      type: 'string',
      value: 'file',
      multiple: true,
      says: 'a checkpoint somebody kept: the backup must not end before it; repeat for each',
    },
    unwitnessed: {
      type: 'boolean',
      says: 'neither last-signed, but for a copy, nor a kept checkpoint is left to show that this is the newest backup',
    },
    key: {
      type: 'string',
      value: 'key',
      says: 'the register’s verifier key name+id+key, if its signing key is lost',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'restore takes one backup')
    const restored = await restoreBackup(configuration, {
      backup: required(given[0], '<backup>'),
      kept: [options.kept ?? []].flat().map(String),
      unwitnessed: options.unwitnessed === true,
      key: optional(options.key),
      onStep: (step) => terminal.progress(step),
    })
    if (options.json === true) terminal.printJson(asJson(restored))
    else for (const line of linesOf(restored)) terminal.print(line)
    return 0
  },
}

function asJson({ home, statement, files, sizeBytes }: Restored) {
  const { register, origin, position, root, madeAt } = statement
  return { home, register, origin, position, root, madeAt, files, sizeBytes }
}

function linesOf({ home, statement, files, sizeBytes }: Restored): string[] {
  return [
    `Restored into ${home}: position ${count(statement.position)}, made ${statement.madeAt}, ${count(files)} files, ${size(sizeBytes)}.`,
    `Every file is the one that was backed up, and the log holds from its first entry: root ${statement.root}`,
    'The projection is made anew by the first command that needs it.',
  ]
}
