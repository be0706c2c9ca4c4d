// fairshare present: somebody was shown a version of a privacy notice.
import { presentNotice } from '../../register/present-notice.ts'
import { optional, required } from '../command.ts'
import { known, noticeOption, statementCommand } from './statement-command.ts'

export const presentCommand = statementCommand({
  name: 'present',
  summary: 'Record that a person was shown a version of a privacy notice',
  usage: '--notice <notice@version> [--route <route>]',
  example:
    'present --person member:M0000042 --notice online-form@2016-09 --route online --at 2016-10-03 --source web-form --grade A --enrol',
  options: {
    notice: noticeOption,
    route: { type: 'string', value: 'route', says: 'by which way in, e.g. online' },
  },
  scope: (options) => ({
    notice: required(options.notice, '--notice'),
    ...known({ route: optional(options.route) }),
  }),
  record: presentNotice,
})
