import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet, { type HelmetOptions } from 'helmet';

const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** What the browser client may do: its own scripts, styles, fonts and images, and nothing written into the document. */
const CLIENT = {
  ...NOTHING,
  baseUri: ["'none'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  manifestSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
};

/** Swagger's page styles itself from within. */
const DOCS = { ...CLIENT, styleSrc: ["'self'", "'unsafe-inline'"] };

const IS_DATA = /^\/(?:pages|api|health|bff|openapi\.json|\.well-known)(?:[/?]|$)/;
const IS_DOCS = /^\/docs(?:[/?]|$)/;

/** Helmet's headers that say something of data; the others are about documents. */
const OF_DATA = [
  'Content-Security-Policy',
  'Cross-Origin-Resource-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
];

/**
 * Tells browsers how little they may do with what they get. Helmet's headers, worked out once at boot.
 * @param isSecure  whether browsers reach the app by https: then they are told to use nothing else
 */
export function useSecurityHeaders(app: NestFastifyApplication, isSecure: boolean): void {
  const client = headersOf(CLIENT, isSecure);
  const docs = headersOf(DOCS, isSecure);
  const nothing = headersOf(NOTHING, isSecure);
  const data = Object.fromEntries(Object.entries(nothing).filter(([name]) => OF_DATA.includes(name)));
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', ({ url }, reply, done) => {
      void reply.headers(IS_DATA.test(url) ? data : IS_DOCS.test(url) ? docs : client);
      done();
    });
}

/** @returns what helmet would set, by name */
function headersOf(directives: Record<string, string[]>, isSecure: boolean): Record<string, string> {
  const options: HelmetOptions = {
    strictTransportSecurity: isSecure,
    contentSecurityPolicy: { useDefaults: false, directives },
  };
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name] = value),
    removeHeader: () => {},
  };
  helmet(options)({} as never, response as never, error => {
    if (error) throw error as Error;
  });
  return headers;
}
