import { z } from 'zod';
import { IDENTITY_KINDS } from './identity/identity-kind.js';
import { RESERVED_CLAIMS } from './identity/reserved-claims.js';

/** The options of one upstream, as checked at boot: unknown names are refused, what is left out has its default. */
export const upstreamOptionsSchema = z.strictObject({
  /** Milliseconds one attempt may take, connecting and body included. */
  timeoutMs: z.number().int().min(1).max(60_000).default(1_000),
  /** Further attempts of a GET or HEAD whose connection was refused or reset before the answer. */
  maxRetries: z.number().int().min(0).max(1).default(1),
  /** Bytes an answer's body may have. */
  maxBytes: z
    .number()
    .int()
    .min(1)
    .max(64 * 1024 * 1024)
    .default(2 * 1024 * 1024),
  /** Bytes an answer's header section may have. */
  maxHeaderBytes: z
    .number()
    .int()
    .min(1024)
    .max(256 * 1024)
    .default(16 * 1024),
  /** Connections to one instance; as many calls again may wait for one. */
  maxConnections: z.number().int().min(1).max(4_096).default(128),
  /** Milliseconds after which a connection that is not up is given up; an attempt's own timeout ends it earlier. */
  connectTimeoutMs: z.number().int().min(1).max(60_000).default(1_000),
  /** As whom it is called; a call may say otherwise. */
  identity: z.enum(IDENTITY_KINDS).default('none'),
  /** Whether a call with identity `user` or `signed` is made without any when nobody is signed in. Otherwise it fails. */
  allowsAnonymous: z.boolean().default(false),
  /** The caller's claims that a `signed` identity tells. */
  identityClaims: z
    .array(
      z
        .string()
        .min(1)
        .refine(name => !RESERVED_CLAIMS.has(name), 'is a claim of the token itself'),
    )
    .default([]),
  /** Milliseconds an idle connection is kept, where the instance does not say; keep it below the instance's own. */
  keepAliveMs: z.number().int().min(1).max(600_000).default(4_000),
});

/** The options of one upstream, as a team writes them: all may be left out. */
export type UpstreamOptions = z.input<typeof upstreamOptionsSchema>;

/** The options of one upstream, complete and frozen. */
export type UpstreamConfig = Readonly<z.output<typeof upstreamOptionsSchema>>;
