import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../checks/repository.js';
import { copies, environmentOf, execForm, lineage, stages } from '../checks/dockerfile.js';

const names = stages().map(({ name }) => name);
const images = ['app', 'example'];

describe('the Dockerfile', () => {
  it('stands on one image of Node, pinned to a patch, whose version the package allows', () => {
    const bases = stages().filter(({ from }) => !names.includes(from));
    expect(new Set(bases.map(({ from }) => from))).toEqual(
      new Set([expect.stringMatching(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/)]),
    );
    expect(Number(/:(\d+)/.exec(bases[0]!.from)![1])).toBeGreaterThanOrEqual(20);
  });

  it('takes from the context only what is there and what .dockerignore lets in', () => {
    const letIn = new Set(
      [...readFileSync(join(repository, '.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm)].map(([, path]) => path),
    );
    const sources = names.flatMap(name => copies(name)).flatMap(({ from, sources: taken }) => (from ? [] : taken));
    expect(sources.filter(path => !existsSync(join(repository, path)))).toEqual([]);
    expect(new Set(sources)).toEqual(letIn);
  });

  it('takes from earlier stages alone', () => {
    stages().forEach(({ instructions }, index) => {
      const from = instructions.flatMap(({ name, text }) => (name === 'COPY' ? [/--from=(\S+)/.exec(text)?.[1]] : []));
      for (const stage of from.filter(Boolean)) expect(names.slice(0, index)).toContain(stage);
    });
  });

  it('installs what the lock file says, builds an app by name, and leaves out what only developers need', () => {
    const runs = (name: string) => lineage(name).flatMap(one => (one.name === 'RUN' ? [one.text] : []));
    expect(runs('dependencies').join()).toContain('npm ci');
    expect(runs('build').at(-1)).toBe('node scripts/main.mjs build ${APP}');
    expect(runs('production').at(-1)).toBe('npm prune --omit=dev');
    expect(copies('app')).toContainEqual({
      from: 'production',
      sources: ['/app/node_modules'],
      target: 'node_modules',
    });
  });

  it.each(images)('%s: no root, signals that arrive, a check without other programs', name => {
    const all = lineage(name);
    expect(all.findLast(one => one.name === 'USER')!.text).toBe('1000:1000');
    expect(all.findLast(one => one.name === 'STOPSIGNAL')!.text).toBe('SIGTERM');
    expect(all.findLast(one => one.name === 'HEALTHCHECK')!.text).toContain('CMD ["node", "healthcheck.mjs"]');
    expect(execForm(name, 'CMD')[0]).toBe('node');
    expect(environmentOf(name)).toMatchObject({ PORT: '3000', MANAGEMENT_PORT: '9000' });
  });

  it('makes the app when no target is named, for production', () => {
    expect(names.at(-1)).toBe('app');
    expect(environmentOf('app')['NODE_ENV']).toBe('production');
  });

  it('holds no secret', () => {
    const text = readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8');
    expect(text).not.toMatch(/secret|password|token|api_?key/i);
  });
});
