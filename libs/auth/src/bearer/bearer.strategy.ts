import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport';
import { BearerMetrics } from '../metrics/bearer-metrics.js';
import { bearerTokenOf } from './bearer-token.js';
import { TokenRejected } from './token-rejected.js';
import { TokenVerifier } from './token-verifier.js';

/** Passport's way to ask: `authenticate` ends in `success`, `fail` or `error`. */
class BearerPassportStrategy extends Strategy {
  override readonly name = 'bearer';
  protected verifier!: TokenVerifier;
  protected metrics: BearerMetrics | undefined;

  override async authenticate(request: IncomingMessage & { raw?: IncomingMessage }): Promise<void> {
    const found = bearerTokenOf(request.raw ?? request);
    if (found.kind === 'none') return this.fail('Bearer', 401);
    if (found.kind === 'malformed') {
      this.metrics?.rejected('malformed');
      return this.fail('Bearer error="invalid_request"', 400);
    }
    try {
      const { principal } = await this.verifier.verify(found.token);
      this.success(principal);
    } catch (error) {
      if (error instanceof TokenRejected) this.fail('Bearer error="invalid_token"', 401);
      else this.error(error);
    }
  }
}

/** The passport strategy `bearer`: whoever brings an access token that verifies is its subject. */
@Injectable()
export class BearerStrategy extends PassportStrategy(BearerPassportStrategy, 'bearer') {
  constructor(verifier: TokenVerifier, @Optional() @Inject(BearerMetrics) metrics?: BearerMetrics) {
    super();
    this.verifier = verifier;
    this.metrics = metrics;
  }

  /** Not called: the strategy verifies by itself. */
  validate(): never {
    throw new Error('unreachable');
  }
}
