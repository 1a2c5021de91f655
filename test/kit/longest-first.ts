// The order of the files. Those in test/race take longest, and most of that they wait for clocks, processes and leases: begun
// first, they leave the other workers the time, and nobody waits for the last of them. Otherwise as Vitest has it.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    // A worker is kept for the files of one project only: they stay together.
    const projects = Map.groupBy(sorted, ({ project }) => project)
    return [...projects.values()].flatMap((own) => [
      ...own.filter(isRace),
      ...own.filter((file) => !isRace(file)),
    ])
  }
}

const isRace = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/race/')
