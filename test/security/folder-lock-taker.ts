// A child process of folder-lock.test.ts: tries to lock every folder that it receives, and keeps the locks that it gets.
import { DataFolderInUseError, lockFolder } from '../../src/database/folder-lock.ts'

process.on('message', async (folders: string[]) => {
  const taken: string[] = []
  for (const folder of folders) {
    try {
      await lockFolder(folder)
      taken.push(folder)
    } catch (error) {
      if (!(error instanceof DataFolderInUseError)) throw error
    }
  }
  process.send?.(taken)
})
process.send?.('ready')
