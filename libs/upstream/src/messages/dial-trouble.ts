/**
 * Says why a broker could not be connected to, for the log: by a code or a kind, never by a text, since what brokers and their clients say may
 * quote what they were told.
 */
export function dialTrouble(error: unknown): string {
  if (!(error instanceof Error)) return 'it refused';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
