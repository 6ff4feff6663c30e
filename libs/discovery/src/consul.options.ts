import { z } from 'zod';
import { isHost, isPort } from './address.js';

/** Where Consul's API is. */
export interface ConsulEndpoint {
  /** An IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/**
 * Takes the address of a Consul agent apart, as its own tools write it.
 * @param text  `host`, `host:port` or `http(s)://host:port`; without a port 8500, or the scheme's own
 * @returns a sentence about what is wrong, or the endpoint
 */
export function parseConsulAddress(text: string): ConsulEndpoint | string {
  if (/^unix:/i.test(text)) return 'a unix socket is not supported: give the agent an HTTP address on loopback';
  const hasScheme = /^https?:\/\//i.test(text);
  let url: URL;
  try {
    url = new URL(hasScheme ? text : `http://${text}`);
  } catch {
    return 'is not an address';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold credentials: use CONSUL_HTTP_TOKEN';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'must be a host and a port, without a path';
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // URL drops the scheme's own port; without a scheme that was "host:80".
  const written = /:(\d+)\/?$/.exec(text)?.[1];
  const port = written !== undefined ? Number(written) : hasScheme ? (isSecure ? 443 : 80) : 8500;
  return isHost(host) && isPort(port) ? { host, port, isSecure } : 'is not an address';
}

const address = z
  .string()
  .default('127.0.0.1:8500')
  .superRefine((text, context) => {
    const parsed = parseConsulAddress(text);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  });

/** How to reach Consul: the variables of its own tools. */
export const consulOptions = z.strictObject({
  /** `CONSUL_HTTP_ADDR`: the agent, `host:port` with or without a scheme. */
  address,
  /** `CONSUL_HTTP_TOKEN`: the ACL token. Never logged. */
  token: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'is one line of ASCII')
    .optional(),
  /** `CONSUL_HTTP_SSL`: speak TLS; an address with `https://` does so anyway. */
  isSecure: z.boolean().default(false),
  /** `CONSUL_CACERT`: a PEM file with the authority that signed the agent's certificate. */
  caFile: z.string().min(1).optional(),
  /** `CONSUL_DATACENTER`: where to look for instances; the agent's own by default. */
  datacenter: z
    .string()
    .regex(/^[a-z0-9_-]+$/i, 'is not the name of a datacenter')
    .optional(),
});

/** What {@link consulOptions} takes. */
export type ConsulOptionsInput = z.input<typeof consulOptions>;
/** What {@link consulOptions} gives. */
export type ConsulOptions = Readonly<z.output<typeof consulOptions>>;

/** The variables that {@link consulOptionsFromEnv} reads, by the option they set. */
export const CONSUL_VARIABLES = {
  address: 'CONSUL_HTTP_ADDR',
  token: 'CONSUL_HTTP_TOKEN',
  isSecure: 'CONSUL_HTTP_SSL',
  caFile: 'CONSUL_CACERT',
  datacenter: 'CONSUL_DATACENTER',
} as const;

/** Reads Consul's own environment variables; an empty one counts as not set. Checks nothing: that is the schema's part. */
export function consulOptionsFromEnv(env: NodeJS.ProcessEnv): ConsulOptionsInput {
  const found = Object.entries(CONSUL_VARIABLES).flatMap(([option, variable]) => {
    const text = env[variable];
    return text === undefined || text === '' ? [] : [[option, option === 'isSecure' ? asBoolean(text) : text]];
  });
  return Object.fromEntries(found) as ConsulOptionsInput;
}

/** What is no boolean stays as it is, for the schema to refuse. */
function asBoolean(text: string): unknown {
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : text;
}
