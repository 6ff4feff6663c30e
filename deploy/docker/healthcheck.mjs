/**
 * Asks the process in this container whether it lives; exit code 0 or 1. Images without curl need no more.
 * `node healthcheck.mjs [path]`: default `/health/live`, on `PORT`.
 */
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST;
try {
  const answer = await fetch(`http://${host}:${PORT}${process.argv[2] ?? '/health/live'}`, {
    signal: AbortSignal.timeout(2_500),
  });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
