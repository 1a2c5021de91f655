/** Reads the body of a request, counted while it comes in.
 * @returns null when it is longer than that; what is left of it is read and thrown away, because a client that is cut off
 * while it sends never sees the answer
 * @throws TypeError when the client ended it too early */
export async function readText(request: Request, maxBytes: number): Promise<string | null> {
  if (request.body === null) return ''
  const reader = request.body.getReader()
  const isAnnounced = Number(request.headers.get('content-length')) > maxBytes
  const chunks: Uint8Array[] = []
  let size = 0
  while (!isAnnounced) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString('utf8')
    size += value.byteLength
    if (size > maxBytes) break
    chunks.push(value)
  }
  void discard(reader)
  return null
}

/** The HTTP server ends a request that takes too long. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The client has gone.
  }
}
