// The dialogues of the demo's website: what they are, and who gets which.
import { describe, expect, it } from 'vitest'
import { seedDemo } from '../../src/services/demo/seed-demo.ts'
import { seedDialogues } from '../../src/services/demo/seed-dialogues.ts'
import { INPUT_FIELDS } from '../../src/services/dialogues/definition/problem.ts'
import { startAppForTest, type TestApp } from '../kit/app.ts'
import { readDemo } from '../kit/demo.ts'
import { mutate } from '../kit/mutate.ts'

const OF_README = 'http://127.0.0.1:4000'

/** @param publicUrl where the demo is */
async function startDemo(publicUrl = OF_README): Promise<TestApp> {
  const app = await startAppForTest()
  await seedDemo(app.app.services)
  await seed(app, publicUrl)
  return app
}

const seed = ({ app: { services } }: TestApp, publicUrl = OF_README) =>
  seedDialogues({ ...services, settings: { ...services.settings, publicUrl } })

const dialogueOn = async (app: TestApp, pageUrl: string, person?: object) => {
  const visit = await mutate(app, {
    mutation: 'startVisit',
    input: { publicKey: 'pk_demo', ...(person ? { person } : {}) },
    select: '... on Visit { token }',
  })
  return mutate(app, {
    mutation: 'resolveDialogue',
    token: String(visit.token),
    input: { pageUrl },
    select: '... on DialogueSession { dialogueName } ... on InvalidInputError { issues { code } }',
  })
}

const countOf = async ({ app: { services } }: TestApp) => ({
  dialogues: await services.database.dialogue.count(),
  versions: await services.database.dialogueVersion.count(),
  attributes: await services.database.attribute.count({ where: { builtIn: false } }),
})
const WHOLE = { dialogues: 4, versions: 3, attributes: 3 }

describe('the dialogues of the demo', () => {
  it('have cards of every kind between them', async () => {
    const app = await startDemo()
    const versions = await app.app.services.database.dialogue.findMany({
      where: { publishedVersionId: { not: null } },
    })
    const kinds = versions.flatMap(({ draft }) =>
      (draft as unknown as { cards: { kind: string }[] }).cards.map(({ kind }) => kind),
    )
    expect(new Set(kinds)).toEqual(new Set(Object.keys(INPUT_FIELDS)))
    expect(app.faults).toEqual([])
  })

  it('welcome visitors whom nobody knows, and others back, on every page of the server', async () => {
    const app = await startDemo()
    for (const page of [
      'http://127.0.0.1:4000/demo',
      'http://localhost:4000/graphql?query',
      'http://localhost:8080/',
    ]) {
      expect(await dialogueOn(app, page), page).toMatchObject({ dialogueName: 'Welcome' })
      expect(await dialogueOn(app, page, { email: 'ada@example.com' }), page).toMatchObject({
        dialogueName: 'Welcome back',
      })
    }
    expect(await dialogueOn(app, 'http://localhost:4001/demo')).toMatchObject({
      issues: [{ code: 'NOT_ALLOWED' }],
    })
  })

  it('are for the pages of a server that has a name, and no others', async () => {
    const app = await startDemo('https://demo.acme.example')
    const { allowedOrigins } = await app.app.services.database.workspace.findFirstOrThrow()
    expect(allowedOrigins).toEqual(['https://demo.acme.example'])
  })

  it('offer a document that is there', async () => {
    const app = await startDemo()
    const { status } = await app.fetch('/schema.graphql')
    expect(status).toBe(200)
  })

  it('are written once, also when two nodes start at the same time, and not again when staff deleted them', async () => {
    const app = await startAppForTest()
    await seedDemo(app.app.services)
    await Promise.all([seed(app), seed(app)])
    expect(await countOf(app)).toEqual(WHOLE)
    const { database } = app.app.services
    const now = app.clock.now()
    await database.dialogue.updateMany({ data: { deletedAt: now, publishedVersionId: null } })
    await seed(app)
    expect(await countOf(app)).toEqual(WHOLE)
    expect(app.faults).toEqual([])
  })

  it('are left out as a whole, and that is reported, where staff has an attribute of the same name', async () => {
    const app = await startAppForTest()
    await seedDemo(app.app.services)
    const { identities } = await readDemo(app)
    const saved = await mutate(app, {
      mutation: 'saveAttribute',
      token: identities[0]?.token ?? '',
      input: { entity: 'COMPANY', name: 'employees', type: 'TEXT' },
      select: '... on Attribute { id }',
    })
    expect(saved.__typename).toBe('Attribute')
    await seed(app)
    expect(await countOf(app)).toEqual({ dialogues: 0, versions: 0, attributes: 1 })
    expect(app.faults).toEqual([expect.objectContaining({ message: 'Another attribute has this name.' })])
  })
})
