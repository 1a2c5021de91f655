// The files that the pages load, all from here: nothing is ever fetched from another host.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printedSchema } from '../../schema/printed-schema.ts'
import type { StaticFile } from '../static-files.ts'

const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** For every page. */
export const PAGE_FILES: Record<string, StaticFile> = {
  '/assets/icon.svg': fromDisk('icon.svg', 'image/svg+xml'),
  '/assets/page.css': fromDisk('page.css', STYLE),
  '/assets/references.js': fromDisk('references.js', SCRIPT),
  '/assets/demo.js': fromDisk('demo.js', SCRIPT),
  '/assets/meeting/meeting.css': fromDisk('meeting/meeting.css', STYLE),
  ...meetingScripts('api', 'dates', 'documents', 'elements', 'meeting', 'picker', 'texts', 'view'),
}

/** For the tools of front-end developers. */
export const SCHEMA_FILES: Record<string, StaticFile> = {
  '/schema.graphql': { type: 'text/plain; charset=utf-8', read: async () => printedSchema() },
}

/** For GraphiQL. The bundle comes out of the package, which is megabytes large and read only when it is needed. */
export const GRAPHIQL_FILES: Record<string, StaticFile> = {
  '/assets/graphiql-start.js': fromDisk('graphiql-start.js', SCRIPT),
  '/assets/read-operation.js': fromDisk('read-operation.js', SCRIPT),
  '/assets/graphql-ws.js': fromGraphqlWs(),
  '/assets/graphiql-page.css': fromDisk('graphiql.css', STYLE),
  '/assets/graphiql.css': fromPackage('css', STYLE),
  '/assets/graphiql.js': fromPackage('js', SCRIPT),
  '/assets/graphql.worker.js': fromPackage('graphqlWorker', SCRIPT),
  '/assets/json.worker.js': fromPackage('jsonWorker', SCRIPT),
  '/assets/editor.worker.js': fromPackage('editorWorkerService', SCRIPT),
}

/** The modules of the page of a visitor's link, which import each other. */
function meetingScripts(...names: string[]): Record<string, StaticFile> {
  const files = names.map((name) => [`/assets/meeting/${name}.js`, fromDisk(`meeting/${name}.js`, SCRIPT)])
  return Object.fromEntries(files)
}

function fromGraphqlWs(): StaticFile {
  const file = new URL('../umd/graphql-ws.min.js', import.meta.resolve('graphql-ws'))
  return { type: SCRIPT, read: () => readFile(file, 'utf8') }
}

function fromDisk(name: string, type: string): StaticFile {
  return { type, read: () => readFile(join(import.meta.dirname, name), 'utf8') }
}

type PartOfGraphiql = 'css' | 'js' | 'graphqlWorker' | 'jsonWorker' | 'editorWorkerService'

function fromPackage(part: PartOfGraphiql, type: string): StaticFile {
  return { type, read: async () => (await import('@graphql-yoga/render-graphiql/graphiql'))[part] }
}
