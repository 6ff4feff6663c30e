import type { ExecutionContext, HttpException } from '@nestjs/common';
import { AppVersionGuard } from './app-version.guard.js';
import { appVersionOptions } from './app-version.options.js';
import { versionRank } from './version.js';

function door(options: object, version: string | undefined) {
  const sent: Record<string, string> = {};
  const guard = new AppVersionGuard(appVersionOptions.parse(options));
  const context = {
    switchToHttp: () => ({
      getRequest: () => ({ headers: version === undefined ? {} : { 'x-app-version': version } }),
      getResponse: () => ({ header: (name: string, value: string) => (sent[name] = value) }),
    }),
  } as unknown as ExecutionContext;
  return { guard, context, sent };
}

const options = { minVersion: '2.10.0', storeUrl: 'https://store.example/app' };

describe('AppVersionGuard', () => {
  it.each(['2.10.0', '2.10', '3', '2.11.1-beta', '10.0.0', undefined, '', 'latest', '2.x', '9'.repeat(200)])(
    'serves %s',
    version => {
      const { guard, context, sent } = door(options, version);
      expect(guard.canActivate(context)).toBe(true);
      expect(sent).toEqual({});
    },
  );

  it.each(['2.9.9', '2', '1.99.99', '0.1', '2.9.0+build'])('refuses %s, and says what is needed', version => {
    const { guard, context } = door(options, version);
    let refusal: HttpException | undefined;
    try {
      guard.canActivate(context);
    } catch (error) {
      refusal = error as HttpException;
    }
    expect(refusal?.getStatus()).toBe(426);
    expect(refusal?.getResponse()).toMatchObject({ code: 'app-outdated', ...options });
  });

  it('serves and warns where that is the mode', () => {
    const { guard, context, sent } = door({ ...options, mode: 'warn' }, '2.9.9');
    expect(guard.canActivate(context)).toBe(true);
    expect(sent).toEqual({ 'X-App-Outdated': '?1', 'X-App-Min-Version': '2.10.0' });
  });

  it('serves everybody where no version is asked for', () => {
    const { guard, context } = door({}, '0.0.1');
    expect(guard.canActivate(context)).toBe(true);
  });
});

describe('versionRank', () => {
  it('orders by number, not by letter', () => {
    const versions = ['1', '1.0.1', '1.2', '1.10', '2', '10'];
    const ranks = versions.map(version => versionRank(version)!);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(versions.length);
  });
});
