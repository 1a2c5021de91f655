// The context of a request, for the use case that serves it: the parts of the application, and the viewer.
import type { Services } from '../context.ts'
import type { Viewer } from './viewer.ts'

export interface RequestContext extends Services {
  viewer: Viewer
  /** The Origin header of a browser's request; null for other requests. */
  origin: string | null
}
