// Writes mail to a folder instead of sending it: one .eml file for each message, to open in any mail program.
// A file that is there is complete.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Mailer } from '../../ports/mailer.ts'
import { toMimeMessage } from './mime-message.ts'

/** @param options.folder made with the first mail if it is not there. A file is named by the Message-ID of its
 * mail, so that a repeat overwrites it. */
export function createFolderMailer(options: { folder: string }): Mailer {
  return {
    async send(mail) {
      const message = toMimeMessage(mail)
      const content = await new MailComposer({ ...message, newline: 'win' }).compile().build()
      await mkdir(options.folder, { recursive: true })
      await writeWhole(join(options.folder, fileName(mail.messageId)), content)
    },
  }
}

/** Different ids give different names, and no id leaves the folder: only "@" is spared from the encoding. */
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
