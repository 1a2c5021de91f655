// Creates the dialogues of the demo's website, all of them or none, by the same steps as staff does.
import { lockDialogue, lockInstallation, lockPublications } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { createAttribute } from '../attributes/save-attribute.ts'
import type { Services } from '../context.ts'
import { checkDialogue, dialogueFields } from '../dialogues/editing/dialogue-input.ts'
import { publishDraft } from '../dialogues/editing/publish-dialogue.ts'
import { createDialogue } from '../dialogues/editing/save-dialogue.ts'
import { parseInput } from '../input.ts'
import {
  ATTRIBUTES,
  bookingFlow,
  type DialogueInput,
  type Named,
  tradeFair,
  type Website,
  welcome,
  welcomeBack,
} from './dialogues.ts'
import { PUBLIC_KEY, TEAM } from './seed-demo.ts'

const LOOPBACK = ['127.0.0.1', 'localhost']
/** Where docs/dialogues.md serves its page. */
const WEBSITE_OF_DOCS = 'http://localhost:8080'

interface Seeding {
  tx: Transaction
  workspaceId: string
  /** Of the demo's team. */
  teamId: string
  now: Date
}

/** Has no effect unless there is the demo's workspace with its team, and it has, and had, no dialogue. A failure is reported, and leaves the workspace as it is:
 * staff may have given its own attributes the same names. */
export async function seedDialogues({
  database,
  clock,
  settings,
  onError,
}: Pick<Services, 'database' | 'clock' | 'settings' | 'onError'>): Promise<void> {
  const website = websiteOf(settings.publicUrl)
  const seed = async (tx: Transaction) => {
    await lockInstallation(tx)
    const workspace = await tx.workspace.findUnique({
      where: { publicKey: PUBLIC_KEY },
      include: { teams: { where: { name: TEAM.name } }, dialogues: { take: 1 } },
    })
    const team = workspace?.teams[0]
    if (!workspace || !team || workspace.dialogues.length > 0) return
    const { id: workspaceId, allowedOrigins } = workspace
    await lockPublications(tx, workspaceId)
    const listed = [...new Set([...allowedOrigins, ...website.origins])]
    await tx.workspace.update({ where: { id: workspaceId }, data: { allowedOrigins: listed } })
    await createDialogues({ tx, workspaceId, teamId: team.id, now: clock.now() }, website)
  }
  await database.$transaction(seed).catch(onError)
}

/** The server's own pages have another name on this machine. */
function websiteOf(publicUrl: string): Website {
  const { origin, hostname } = new URL(publicUrl)
  if (!LOOPBACK.includes(hostname)) return { publicUrl, origins: [origin] }
  const origins = LOOPBACK.map((host) => Object.assign(new URL(publicUrl), { hostname: host }).origin)
  return { publicUrl, origins: [...origins, WEBSITE_OF_DOCS] }
}

async function createDialogues(seeding: Seeding, website: Website): Promise<void> {
  const named = await createNamed(seeding)
  const flowId = await publish(seeding, bookingFlow())
  await publish(seeding, welcomeBack(named, { ...website, flowId }))
  await publish(seeding, welcome(named, { ...website, flowId }))
  await save(seeding, tradeFair())
}

async function createNamed({ tx, workspaceId, teamId, now }: Seeding): Promise<Named> {
  const create = (name: keyof typeof ATTRIBUTES) =>
    createAttribute(tx, { ...ATTRIBUTES[name], workspaceId, now })
  const interest = await create('interest')
  const source = await create('source')
  const employees = await create('employees')
  const email = await tx.attribute.findFirstOrThrow({
    where: { workspaceId, entity: 'PERSON', name: 'email' },
  })
  return { attributes: { interest, source, employees, email: email.id }, teamId }
}

/** @returns the id of the dialogue */
function save({ tx, workspaceId, now }: Seeding, input: DialogueInput): Promise<string> {
  const fields = parseInput(dialogueFields.superRefine(checkDialogue), input)
  return createDialogue(tx, { workspaceId, now, fields, path: ['input'] })
}

/** @returns the id of the dialogue */
async function publish(seeding: Seeding, input: DialogueInput): Promise<string> {
  const { tx, workspaceId, now } = seeding
  const dialogueId = await save(seeding, input)
  const dialogue = await lockDialogue(tx, { workspaceId, dialogueId })
  if (dialogue === null) throw new Error(`There is no dialogue ${input.name}.`)
  await publishDraft(tx, { dialogue, now })
  return dialogueId
}
