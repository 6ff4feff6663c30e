import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { APP_VERSION_OPTIONS, type AppVersionOptions } from './app-version.options.js';
import { versionRank } from './version.js';

/** How many versions are remembered: apps in use have few, and whoever sends others gets no memory for it. */
const REMEMBERED = 200;

/**
 * The mobile door: an app that says by `X-App-Version` that it is older than the oldest one served gets 426 with
 * `{ minVersion, storeUrl }`, or in mode `warn` the headers `X-App-Outdated: ?1` and `X-App-Min-Version`. Who says nothing, or no version, is no app.
 */
@Injectable()
export class AppVersionGuard implements CanActivate {
  private readonly oldest: number | undefined;
  private readonly known = new Map<string, boolean>();

  constructor(@Inject(APP_VERSION_OPTIONS) private readonly options: AppVersionOptions) {
    this.oldest = options.minVersion === undefined ? undefined : versionRank(options.minVersion);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.oldest === undefined) return true;
    const http = context.switchToHttp();
    const { headers } = http.getRequest<IncomingMessage>();
    const version = headers['x-app-version'];
    if (typeof version !== 'string' || !this.isOutdated(version)) return true;
    const { minVersion, storeUrl, mode } = this.options;
    if (mode === 'refuse') {
      throw new HttpException(
        {
          code: 'app-outdated',
          title: 'A newer version of the app is needed',
          minVersion,
          ...(storeUrl !== undefined && { storeUrl }),
        },
        426,
      );
    }
    const reply = http.getResponse<Reply>();
    setHeader(reply, 'X-App-Outdated', '?1');
    setHeader(reply, 'X-App-Min-Version', minVersion!);
    return true;
  }

  private isOutdated(version: string): boolean {
    const remembered = this.known.get(version);
    if (remembered !== undefined) return remembered;
    const rank = versionRank(version);
    const isOutdated = rank !== undefined && rank < this.oldest!;
    if (this.known.size < REMEMBERED) this.known.set(version, isOutdated);
    return isOutdated;
  }
}

interface Reply {
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

function setHeader(reply: Reply, name: string, value: string): void {
  if (reply.header) reply.header(name, value);
  else reply.setHeader!(name, value);
}
