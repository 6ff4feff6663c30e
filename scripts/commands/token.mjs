import { parseArgs } from 'node:util';
import { issuerInUse } from '../run/issuer.mjs';

export const help = `npm run --silent token -- [customer] [--issuer URL] [--expires-in S]

Prints an access token of a customer of the example (c1 to c200; default: c3, who is gold), as the mobile app would have it:
  curl -H "Authorization: Bearer $(npm run --silent token)" http://127.0.0.1:3001/pages/account

  --issuer URL      the issuer (default: the one that npm start or npm run dev started last)
  --expires-in S    seconds that it holds, at most 3600, the default`;

/** @param {readonly string[]} args */
export async function run(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { issuer: { type: 'string' }, 'expires-in': { type: 'string' } },
  });
  const issuer = values.issuer ?? issuerInUse();
  if (!issuer) throw new Error('No issuer runs. Begin with npm start, or name one with --issuer.');
  const body = new URLSearchParams({ customer: positionals[0] ?? 'c3' });
  if (values['expires-in']) body.set('expires_in', values['expires-in']);
  const answer = await fetch(`${issuer}/developer/token`, { method: 'POST', body }).catch(error => {
    throw new Error(`No issuer answers at ${issuer} (${error.cause?.code ?? error.message}).`, { cause: error });
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  console.log(said.access_token);
}
