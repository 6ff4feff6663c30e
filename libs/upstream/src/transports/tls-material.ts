import { readFileSync } from 'node:fs';
import type { BootProblems } from 'guichet/kernel';
import type { UpstreamConfig } from '../upstream-options.js';

/** What a connection by https is made with, as Node's `tls.connect` takes it. */
export interface TlsMaterial {
  readonly servername: string;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2';
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const FILES = { ca: 'caFile', cert: 'certFile', key: 'keyFile' } as const;

/**
 * Reads what an upstream's `tls` options name. The certificate must be for the service, whatever address discovery gave: who can
 * register an address cannot thereby get a certificate.
 * @param problems  notes files that cannot be read, and what production must not have
 */
export function tlsMaterial(
  upstream: string,
  { tls }: UpstreamConfig,
  problems?: BootProblems,
  production = false,
): TlsMaterial {
  const note = (path: string, message: string, mend: string): void =>
    problems?.add({ where: `upstream ${upstream}`, path: `tls.${path}`, message, mend });
  if (production && tls.acceptsAnyCertificate) {
    note('acceptsAnyCertificate', 'is for development', 'remove it; name the authority by caFile');
  }
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    note('certFile', 'stands without its other half', 'set both certFile and keyFile, or neither');
  }
  const read: { -readonly [N in keyof typeof FILES]?: string } = {};
  for (const [name, option] of Object.entries(FILES) as [keyof typeof FILES, 'caFile' | 'certFile' | 'keyFile'][]) {
    const path = tls[option];
    if (path === undefined) continue;
    try {
      read[name] = readFileSync(path, 'utf8');
    } catch (error) {
      note(option, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'name a PEM file');
    }
  }
  return {
    ...read,
    servername: tls.servername ?? upstream,
    // Said in either case: a process-wide NODE_TLS_REJECT_UNAUTHORIZED=0 must not decide.
    rejectUnauthorized: !tls.acceptsAnyCertificate,
    minVersion: 'TLSv1.2',
  };
}
