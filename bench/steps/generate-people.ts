// Makes the people of the case and their histories, as files.
import { generate } from '../../examples/baby-club-2017/generate.ts'
import { dataFolder } from '../case-home.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

export async function generatePeople(context: StepContext): Promise<Figure[]> {
  let people = 0
  const seconds = await secondsOf(async () => {
    const { counts } = await generate(dataFolder(context), context.people)
    people = counts.members + counts.joiners
  })
  return [timed('making the files of the case', people, 'people', [seconds])]
}
