// The environment variables that make the program use the emulators in place of the real providers.

export interface RegisteredClient {
  clientId: string
  clientSecret: string
}

export function googleEnvironment(origin: string, client: RegisteredClient): Record<string, string> {
  return {
    GOOGLE_CLIENT_ID: client.clientId,
    GOOGLE_CLIENT_SECRET: client.clientSecret,
    GOOGLE_AUTHORIZATION_URL: `${origin}/o/oauth2/v2/auth`,
    GOOGLE_TOKEN_URL: `${origin}/token`,
    GOOGLE_REVOCATION_URL: `${origin}/revoke`,
    GOOGLE_API_URL: origin,
  }
}

export function microsoftEnvironment(origin: string, client: RegisteredClient): Record<string, string> {
  return {
    MICROSOFT_CLIENT_ID: client.clientId,
    MICROSOFT_CLIENT_SECRET: client.clientSecret,
    MICROSOFT_LOGIN_URL: origin,
    MICROSOFT_GRAPH_URL: origin,
  }
}
