import { z } from 'zod';

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** What the edge lets in, and what it tells browsers. */
export const edgeOptionsSchema = z.strictObject({
  /**
   * `ALLOWED_HOSTS`: the names under which clients reach the app, with a port where it matters; `*` takes any, for an app behind a proxy
   * that checks. By default that of `PUBLIC_ORIGIN` and, outside production, this machine's own.
   */
  hosts: z
    .array(z.union([z.literal('*'), z.string().regex(HOST, 'is a host name in lower case, with or without a port')]))
    .min(1, 'names at least one host')
    .optional(),
  /** Which other origins' pages may call. */
  cors: z
    .strictObject({
      /** Exactly these: `https://app.example`. */
      origins: z.array(
        z.string().refine(isOrigin, 'is no origin (https://app.example); any origin (*) is never let in'),
      ),
      /** Whether they may send cookies. */
      credentials: z.boolean().default(false),
      /** Seconds a browser may keep the answer to a preflight. */
      maxAgeS: z.number().int().min(0).max(86_400).default(600),
    })
    .optional(),
});

/** The edge's options, complete. */
export type EdgeOptions = Readonly<z.output<typeof edgeOptionsSchema>>;
