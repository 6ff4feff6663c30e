import { Controller, Get, Header, Inject, VERSION_NEUTRAL } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { UpstreamIdentity } from 'guichet/upstream';
import { Public } from '../access.decorators.js';
import { SkipIdentity } from '../skip-identity.js';
import type { OutgoingIdentity } from './outgoing-identity.js';
import type { PublishedKey } from './signing-keys.js';

/** Where upstreams find the keys that signed identities are verified with: RFC 7517. No limit counts it: it costs nothing. */
@Public()
@SkipIdentity()
@SkipThrottle()
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class JwksController {
  constructor(@Inject(UpstreamIdentity) private readonly identity: OutgoingIdentity) {}

  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  keys(): { readonly keys: readonly PublishedKey[] } {
    return { keys: this.identity.publishedKeys };
  }
}
