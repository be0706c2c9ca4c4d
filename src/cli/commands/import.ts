// fairshare import: facts from a file into the register; twice is once, and what cannot be taken is listed.
import type { TableFormat } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import { type ImportedFile, importFile } from '../../service/import-file.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { instantOption } from './feed.ts'
import { formatOf } from './file-options.ts'

const formats: readonly TableFormat[] = ['csv', 'parquet', 'json', 'xlsx']

export const importCommand: Command = {
  name: 'import',
  summary: 'Import presentations, consents, objections … from a file',
  usage: '<file> --mapping <mapping.yaml>',
  example: 'import consents.csv --mapping examples/baby-club-2017/mappings/consents.yaml',
  options: {
    mapping: { type: 'string', value: 'file', says: 'how the file’s columns say a fact' },
    format: {
      type: 'string',
      value: 'format',
      says: `one of ${formats.join(', ')} (default: by the file’s ending)`,
    },
    'complete-to': {
      type: 'string',
      value: 'instant',
      says: 'up to then the file holds all its source knew: recorded as by `feed`, if nothing was rejected',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one file at a time, each with its mapping')
    const file = required(given[0], '<file>')
    const mapping = required(options.mapping, '--mapping <mapping.yaml>')
    const said = optional(options['complete-to'])
    const completeTo = said === undefined ? undefined : instantOption(said)
    const format = formatNamed(optional(options.format)) ?? formatOf(file)
    const result = await useApp(configuration, (app) =>
      importFile(app, {
        file,
        format,
        mapping,
        ...(completeTo !== undefined && { completeTo }),
        onProgress: ({ records, perSecond, done }) =>
          terminal.progress({
            step: 'importing',
            done,
            detail: `${count(records)} at ${count(perSecond)}/s`,
          }),
      }),
    )
    if (options.json === true) terminal.printJson({ ...result, rejectsFile: result.rejectsFile ?? null })
    else for (const line of importLines(result, said)) terminal.print(line)
    return 0
  },
}

function formatNamed(name: string | undefined): TableFormat | undefined {
  if (name === undefined) return undefined
  const found = formats.find((format) => format === name)
  if (found === undefined) throw new Problem('value.invalid', `--format must be one of ${formats.join(', ')}`)
  return found
}

function importLines(
  { records, events, alreadyThere, rejected, ...result }: ImportedFile,
  completeTo: string | undefined,
): string[] {
  const sum = `${count(records)} records = ${count(events)} recorded + ${count(alreadyThere)} already there + ${count(rejected)} rejected`
  const lines = [`${sum}.`]
  if (result.repeated) lines.push('This file was imported before, with this mapping; nothing was written.')
  else if (result.enrolled > 0) lines.push(`${count(result.enrolled)} people enrolled.`)
  if (result.rejectsFile !== undefined)
    lines.push(`What was rejected stands, with line and reason, in ${result.rejectsFile}`)
  if (result.complete) lines.push(`Its source is complete to ${completeTo}.`)
  else if (completeTo !== undefined)
    lines.push('Its source is not complete while records are rejected: nothing was said about it.')
  return lines
}
