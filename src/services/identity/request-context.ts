// What a use case is given that somebody asks for: the parts of the application, and who is asking.
import type { Services } from '../context.ts'
import type { Viewer } from './viewer.ts'

export interface RequestContext extends Services {
  viewer: Viewer
  /** The Origin header of a browser's request, else null. */
  origin: string | null
}
