/** Reads the body of a request, and counts its bytes as they arrive.
 * @returns null if the body is longer than `maxBytes`. The rest is read and discarded, because a client that is cut off
 * while it sends never sees the response.
 * @throws TypeError if the client ended the body too early */
export async function readText(request: Request, maxBytes: number): Promise<string | null> {
  if (request.body === null) return ''
  const reader = request.body.getReader()
  const isDeclaredTooLong = Number(request.headers.get('content-length')) > maxBytes
  const chunks: Uint8Array[] = []
  let size = 0
  while (!isDeclaredTooLong) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString('utf8')
    size += value.byteLength
    if (size > maxBytes) break
    chunks.push(value)
  }
  void discard(reader)
  return null
}

/** Reads the fields of a form that a page has sent.
 * @returns none of a form that is longer than `maxBytes`, or that the client did not send to its end */
export async function readForm(request: Request, maxBytes: number): Promise<URLSearchParams> {
  const text = await readText(request, maxBytes).catch(() => null)
  return new URLSearchParams(text ?? '')
}

/** Needs no deadline: the HTTP server ends a request that takes too long. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The client has disconnected.
  }
}
