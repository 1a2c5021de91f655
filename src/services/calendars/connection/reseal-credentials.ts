// Seals credentials with the present key that were sealed with an earlier one, so that the earlier key can be removed.
import type { CalendarCredential } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'

/** Skips a credential that is renewed meanwhile, because the renewal seals it with the present key.
 * @returns how many credentials were sealed again
 * @throws Error when one cannot be opened; those before it are sealed already */
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
