// After the installation's key was replaced: what was sealed with an earlier one is sealed with the present one, so that
// the earlier one can be forgotten.
import type { CalendarCredential } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'

/** A calendar whose permission is renewed meanwhile is left alone: that is sealed with the present key anyway.
 * @returns how many were sealed anew
 * @throws Error when one cannot be opened; those before it are done */
export async function resealCredentials({
  database,
  secrets,
}: Pick<Services, 'database' | 'secrets'>): Promise<number> {
  const credentials = await database.calendarCredential.findMany()
  const isOld = ({ refreshToken, accessToken }: CalendarCredential) =>
    !secrets.isCurrent(refreshToken) || !secrets.isCurrent(accessToken)
  let resealed = 0
  for (const { connectionId, version, refreshToken, accessToken } of credentials.filter(isOld)) {
    const reseal = (sealed: Uint8Array) => secrets.seal(secrets.open(sealed, connectionId), connectionId)
    const { count } = await database.calendarCredential.updateMany({
      where: { connectionId, version },
      data: { refreshToken: reseal(refreshToken), accessToken: reseal(accessToken) },
    })
    resealed += count
  }
  return resealed
}
