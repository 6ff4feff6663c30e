import { format, inspect } from 'node:util';
import { Credentials } from './credentials.js';
import { RequestContext } from './request-context.js';

describe('Credentials', () => {
  it('reveal the token to who asks for it, and to nothing that writes down', () => {
    const credentials = new Credentials('s3cret');
    const context = new RequestContext('r1', 0);
    context.credentials = credentials;
    expect(credentials.reveal()).toBe('s3cret');
    const written = [
      JSON.stringify(context),
      inspect(context, { depth: 9, showHidden: true }),
      format('%o %s %j', credentials, credentials, credentials),
      String(credentials as unknown),
      JSON.stringify(Object.entries(credentials)),
      JSON.stringify(structuredClone(Object.assign({}, credentials))),
    ];
    for (const text of written) expect(text).not.toContain('s3cret');
    expect(written[0]).toContain('[redacted]');
  });
});
