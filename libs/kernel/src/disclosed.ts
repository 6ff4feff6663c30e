/** What stands for a value that may be a secret. */
export const HIDDEN = '•••';

/** Names of what nobody else must know; what only says where or how long is none. */
const SECRET = /secret|token|password|passphrase|passwd|credential|authorization|private|(?:^|[^a-z])key|Keys?$/i;
const PLACE = /(?:File|Header|Path|Url|Uri|Claim|Name)$/;
/** What is a secret whatever it is called: keys in PEM, in JWK, and tokens. */
const LOOKS_SECRET = /-----BEGIN|"(?:d|k)"\s*:|\beyJ[\w-]{8,}\./;
const MAX_LENGTH = 200;
const MAX_MEMBERS = 50;

/**
 * What of an option's value may be shown to whoever runs the app.
 * @param path    its dotted name
 * @param origin  the variable it came from, where it did
 * @returns plain JSON; {@link HIDDEN} for what may be a secret, `[function]` and the like for what is no JSON
 */
export function disclosed(path: string, value: unknown, origin = ''): unknown {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const isNamedSecret = (SECRET.test(path) && !PLACE.test(name)) || /SECRET|TOKEN|PASSWORD|_KEY$/.test(origin);
  return shown(value, isNamedSecret);
}

function shown(value: unknown, isSecret: boolean): unknown {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return value;
    case 'string':
      return isSecret || LOOKS_SECRET.test(value) ? HIDDEN : textOf(value);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map(member => shown(member, isSecret));
      if (isSecret) return HIDDEN;
      return Object.keys(value).length === 0 && Object.getPrototypeOf(value) === Object.prototype
        ? {}
        : `[${value.constructor?.name ?? 'object'}]`;
    default:
      return `[${typeof value}]`;
  }
}

/** A URL may carry a password before its host, and anything behind its `?`. */
function textOf(text: string): string {
  const bare = text.replace(/\/\/[^/@]*@/g, `//${HIDDEN}@`).replace(/^([a-z][a-z0-9+.-]*:\/\/[^?]*)\?.*$/i, '$1?…');
  return bare.length > MAX_LENGTH ? `${bare.slice(0, MAX_LENGTH - 1)}…` : bare;
}
