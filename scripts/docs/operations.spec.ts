import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from 'guichet/kernel';

const repository = join(__dirname, '..', '..');
const text = readFileSync(join(repository, 'docs/operations.md'), 'utf8');
const metrics = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
const dashboard = readFileSync(join(repository, 'deploy/grafana/dashboards/guichet.json'), 'utf8');

describe('docs/operations.md', () => {
  it('says of every reason what it means and what to do, and of no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)`\s*\| (client|gateway|upstream)\s*\| \S.*\| \S.*\|$/gm)];
    expect(rows.map(([, code]) => code)).toEqual([...ERROR_CODES, 'invalid-input', 'retired', 'bug']);
  });

  it('blames whom docs/problems.md blames', () => {
    const problems = readFileSync(join(repository, 'docs/problems.md'), 'utf8');
    const blamed = (from: string, columns: number) =>
      Object.fromEntries(
        [...from.matchAll(/^\| `([a-z-]+)`(.*)\|$/gm)].map(([, code, rest]) => [
          code,
          rest!.split('|')[columns]?.trim(),
        ]),
      );
    const here = blamed(text, 1);
    const faults = ['client', 'gateway', 'upstream'];
    const there = Object.entries(blamed(problems, 2)).filter(
      ([code, fault]) => here[code] && faults.includes(String(fault)),
    );
    expect(there.length).toBeGreaterThan(10);
    expect(there.filter(([code, fault]) => here[code] !== fault)).toEqual([]);
  });

  it('names metrics that there are', () => {
    const named = [...text.matchAll(/`(guichet_\w+)`/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(name => !metrics.includes(`| \`${name}\``))).toEqual([]);
  });

  it('points to panels that the dashboard has', () => {
    const runbooks = text.slice(text.indexOf('## Runbooks'), text.indexOf('## Capacity'));
    const bold = [...runbooks.matchAll(/\*\*([A-Z][^*]+)\*\*/g)].map(([, title]) => title!);
    expect(bold.length).toBeGreaterThan(20);
    expect(bold.filter(title => !dashboard.includes(`"title": ${JSON.stringify(title)}`))).toEqual([]);
  });
});
