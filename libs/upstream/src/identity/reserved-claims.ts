/** Claims of a signed identity that speak of the token: a caller's of the same name is not what they say. */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set([
  'aud',
  'client_id',
  'cnf',
  'exp',
  'iat',
  'iss',
  'jti',
  'nbf',
  'sub',
  'sub_id',
]);
