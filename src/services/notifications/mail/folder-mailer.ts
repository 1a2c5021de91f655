// Writes mail to a folder instead of sending it: one .eml file for each message, which any mail program can open. Files
// are renamed into place, so an .eml file is always complete.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import MailComposer from 'nodemailer/lib/mail-composer'
import PostalMime from 'postal-mime'
import type { KeptMail, Mailer } from '../../ports/mailer.ts'
import { toMimeMessage } from './mime-message.ts'

/** How many mails are listed. */
export const LISTED_MAILS = 50

/** A file is named after the Message-ID of its mail, so that a retry overwrites it.
 * @param options.folder is created with the first mail if it does not exist */
export function createFolderMailer({ folder }: { folder: string }): Mailer {
  return {
    async send(mail) {
      const message = toMimeMessage(mail)
      const content = await new MailComposer({ ...message, newline: 'win' }).compile().build()
      await mkdir(folder, { recursive: true })
      await writeWhole(join(folder, fileName(mail.messageId)), content)
    },
    async listKept() {
      const names = await listFiles(folder)
      const files = await Promise.all(
        names.map(async (name) => ({ name, writtenAt: (await stat(join(folder, name))).mtimeMs })),
      )
      const latest = files.sort((one, other) => other.writtenAt - one.writtenAt).slice(0, LISTED_MAILS)
      const mails = await Promise.all(latest.map(({ name }) => readMail(folder, name)))
      return mails.sort(byDate)
    },
    async readKept(name) {
      // A name is only looked up in the list, so that it cannot lead out of the folder.
      return (await listFiles(folder)).includes(name) ? readMail(folder, name) : null
    },
    async deleteKept(which) {
      let deleted = 0
      for (const name of await listFiles(folder, { unfinished: true })) {
        const file = join(folder, name)
        const isMeant =
          'writtenBefore' in which
            ? await isOlder(file, which.writtenBefore)
            : which.messageIdPrefixes.some((prefix) => name.startsWith(encodeURIComponent(prefix)))
        if (!isMeant) continue
        await rm(file, { force: true })
        deleted += 1
      }
      return deleted
    },
  }
}

/** Not if another node has deleted it meanwhile. */
async function isOlder(file: string, instant: Date): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  return found !== null && found.mtime < instant
}

/** Different ids give different names, and no id escapes the folder: everything but "@" is percent-encoded. */
function fileName(messageId: string): string {
  const id = messageId.replace(/^<|>$/g, '').toWellFormed()
  return `${encodeURIComponent(id).replaceAll('%40', '@')}.eml`
}

async function writeWhole(file: string, content: Buffer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(unfinished, content, { flush: true })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** The newest first. Mails about one change have one date, and names that begin alike. */
function byDate(one: KeptMail, other: KeptMail): number {
  return other.sentAt.getTime() - one.sentAt.getTime() || (one.name < other.name ? -1 : 1)
}

/** @returns none if the folder does not exist yet */
async function listFiles(folder: string, { unfinished = false } = {}): Promise<string[]> {
  const isMail = unfinished ? /\.eml(\.[\w-]+\.tmp)?$/ : /\.eml$/
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && isMail.test(entry.name)).map(({ name }) => name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function readMail(folder: string, name: string): Promise<KeptMail> {
  const { date, to, subject, text, html } = await PostalMime.parse(await readFile(join(folder, name)))
  return {
    name,
    sentAt: new Date(date ?? 0),
    to: to?.[0]?.address ?? '',
    subject: subject ?? '',
    text: text ?? '',
    html: html ?? '',
  }
}
